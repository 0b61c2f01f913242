"""The conversation in the terminal, for machines without a screen.

A line is typed into the session key by key, as the window would, and the page that the window
would paint is printed. An empty line is Space. What is composed stays until it is chosen.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TextIO

from ime.backend import direct
from ime.commands.options import loaded_settings, warn
from ime.session.keys import Key, KeyEvent, typed
from ime.session.runner import SyncRunner
from ime.settings import user_folders
from ime.values import Candidate

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
    with direct.logged_runner(settings, folders, warn) as runner:
        converse(runner, sys.stdin, sys.stdout)
    return 0


def converse(runner: SyncRunner, lines: Iterable[str], out: TextIO) -> str:
    """Talk until the lines end or one says so.

    Args:
        runner: of the session.
        lines: what is typed, one Enter each.
        out: where pages are printed.

    Returns:
        The text that was written.
    """
    print(HELP, file=out)
    _prompt(runner, out)
    for line in lines:
        typed_line = line.rstrip("\r\n")
        if typed_line.strip() in _QUIT:
            break
        _type(runner, typed_line)
        for painted in paint(runner):
            print(painted, file=out)
        _prompt(runner, out)
    print(file=out)
    return runner.committed


def _labelled(item: Candidate) -> str:
    return f"{item.text}({item.comment})" if item.comment else item.text


def paint(runner: SyncRunner) -> list[str]:
    """What the window shows, as lines: the preedit, and the page with its digits."""
    state = runner.state
    if not state.composing:
        return []
    lines = [f"  {state.preedit.text}"]
    if state.page is not None:
        texts = (f"{n} {_labelled(item)}" for n, item in enumerate(state.page.items, start=1))
        arrows = "< " * state.page.has_previous, " >" * state.page.has_next
        lines.append(f"  {arrows[0]}{'  '.join(texts)}{arrows[1]}")
    return lines


def _type(runner: SyncRunner, line: str) -> None:
    command = _COMMANDS.get(line.strip())
    for event in [command] if command else typed(line):
        runner.feed(event)


def _prompt(runner: SyncRunner, out: TextIO) -> None:
    print(f"{runner.committed}> ", end="", file=out, flush=True)
