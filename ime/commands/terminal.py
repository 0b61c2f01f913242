"""The conversation in the terminal, for machines without a screen.

A line is typed into the session key by key, as the window would, and the page that the window
would paint is printed. An empty line is Space. What is composed stays until it is chosen.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Protocol, TextIO

from ime.commands import opening
from ime.commands.options import loaded_settings, warn, warn_all
from ime.lexicon.phrases import load_phrases
from ime.session.events import Learn, Retract, SetMark
from ime.session.keys import Key, KeyEvent, typed
from ime.session.options import session_options
from ime.session.runner import SyncRunner
from ime.settings import user_folders
from ime.userdb.thread import Store
from ime.values import Commit, Mark

HELP = """\
Type pinyin and press Enter to see the candidates; then
  1-9         choose one             Enter alone  choose the first
  = and -     next, previous page    :esc         drop the letters
  :undo       Backspace              :quit        end (or Ctrl+D)
Everything else is typed as in the window: xi'an, nihao1, nihao, shijie."""

_COMMANDS = {
    "": KeyEvent(Key.SPACE),
    ":esc": KeyEvent(Key.ESCAPE),
    ":undo": KeyEvent(Key.BACKSPACE),
}
_QUIT = (":quit", ":q")


def run() -> int:
    """Talk until the input ends."""
    folders = user_folders()
    settings = loaded_settings(folders)
    book, notices = load_phrases(folders.phrases_file)
    warn_all(notices)
    options = session_options(settings)
    runner = opening.open_runner(settings, warn, options, book, folders.adapters)
    store = Store(folders.database, warn)
    try:
        converse(runner, sys.stdin, sys.stdout, store)
    finally:
        store.close()
    return 0


class Recorder(Protocol):
    """What keeps the choices; every method returns at once."""

    def append(self, commit: Commit) -> object:
        """Write a commit's selections down."""
        ...

    def retract(self, commit_id: int) -> object:
        """Take a commit back."""
        ...

    def mark(self, mark: Mark) -> object:
        """Write down the user's word on a candidate."""
        ...


def converse(runner: SyncRunner, lines: Iterable[str], out: TextIO, recorder: Recorder) -> str:
    """Talk until the lines end or one says so.

    Args:
        runner: of the session.
        lines: what is typed, one Enter each.
        out: where pages are printed.
        recorder: is told of commits as the window's log is.

    Returns:
        The text that was written.
    """
    print(HELP, file=out)
    _prompt(runner, out)
    for line in lines:
        typed_line = line.rstrip("\r\n")
        if typed_line.strip() in _QUIT:
            break
        _type(runner, typed_line, recorder)
        for painted in paint(runner):
            print(painted, file=out)
        _prompt(runner, out)
    print(file=out)
    return runner.committed


def paint(runner: SyncRunner) -> list[str]:
    """What the window shows, as lines: the preedit, and the page with its digits."""
    state = runner.state
    if not state.composing:
        return []
    lines = [f"  {state.preedit.text}"]
    if state.page is not None:
        texts = (f"{n} {item.text}" for n, item in enumerate(state.page.items, start=1))
        arrows = "< " * state.page.has_previous, " >" * state.page.has_next
        lines.append(f"  {arrows[0]}{'  '.join(texts)}{arrows[1]}")
    return lines


def _type(runner: SyncRunner, line: str, recorder: Recorder) -> None:
    command = _COMMANDS.get(line.strip())
    for event in [command] if command else typed(line):
        for effect in runner.feed(event):
            match effect:
                case Learn(commit):
                    recorder.append(commit)
                case Retract(commit_id):
                    recorder.retract(commit_id)
                case SetMark(mark):
                    recorder.mark(mark)
                case _:
                    pass


def _prompt(runner: SyncRunner, out: TextIO) -> None:
    print(f"{runner.committed}> ", end="", file=out, flush=True)
