"""Plays scenario files: keys and what must come of them, one a line; # starts a comment.

    python -m tests.scenario [--converter MODULE:CLASS] FILE...

What a directive does is said beside it in the tables ACTIONS and CHECKS.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ime.errors import ImeError
from ime.ports import Converter
from ime.session.events import (
    CandidatePicked,
    DeadlinePassed,
    FocusLost,
    GivenUp,
    OptionsChanged,
)
from ime.session.input_context import InputContext
from ime.session.list_deadline import Timer
from ime.session.rewriters import rewrite
from ime.session.runner import DirectDecoder, NoJournal, NoWait, SyncRunner
from ime.values import CandidateList, Commit, DecodeRequest, LeftContext

NOW = datetime(2026, 3, 5, 14, 7)


class ScenarioError(ImeError):
    """A scenario does not come out as written, or cannot be read."""


class HeldDecoder(DirectDecoder):
    """Keeps requests back while it holds."""

    def __init__(self, converter: Converter) -> None:
        super().__init__(converter, lambda listed: rewrite(listed, NOW))
        self.holds = False
        self.held: list[DecodeRequest] = []

    def convert(self, request: DecodeRequest) -> None:
        if self.holds:
            self.held.append(request)
        else:
            super().convert(request)

    def release(self, which: str) -> None:
        """Let one held list come: the oldest, or the "newest"."""
        super().convert(self.held.pop(-1 if which == "newest" else 0))


class Notebook(NoJournal):
    """What was chosen, by the id of the commit."""

    def __init__(self) -> None:
        self.learned: dict[int, str] = {}

    def append(self, commit: Commit) -> None:
        self.learned[commit.id] = "+".join(s.chosen for s in commit.selections)

    def retract(self, commit_id: int) -> None:
        self.learned.pop(commit_id, None)


class Player(SyncRunner):
    """A runner whose lists can be held back, and that notes what is learned."""

    def __init__(self, converter: Converter) -> None:
        super().__init__(converter)
        self.decoder = HeldDecoder(converter)
        self.notebook = Notebook()
        self.context = InputContext(
            self.host, self.decoder, self.notebook, None, self._make_timer
        )
        self.decoder.deliver = self.context.list_arrived
        self.context.decoder_ready()
        self.seen = 0

    def _make_timer(self, call: Callable[[], object]) -> Timer:
        """No time passes while lists are held; otherwise none is needed."""
        return NoWait(lambda: None if self.decoder.holds else call())


def _hold(player: Player, _: str) -> None:
    player.decoder.holds = True


def _option(player: Player, words: str) -> None:
    name, value = words.split()
    changed: dict[str, Any] = {name: int(value) if value.isdigit() else value == "on"}
    player.feed(OptionsChanged(replace(player.state.options, **changed)))


def _preedit(player: Player) -> str:
    text, caret = player.state.preedit.text, player.state.preedit.caret
    return f"{text[:caret]}|{text[caret:]}" if text else ""


def _page(player: Player) -> str:
    page = player.state.page
    texts = [item.text for item in page.items] if page else []
    return " ".join(
        f"<{t}>" if page and i == page.highlight else t for i, t in enumerate(texts)
    )


def _new_text(player: Player) -> str:
    seen, player.seen = player.seen, len(player.committed)
    return player.committed[seen:].replace("\n", "\\n")


def _listed(player: Player) -> str:
    return " ".join(item.text for item in (player.state.candidates or _NOTHING).items)


_NOTHING = CandidateList(-1, "", ())
ACTIONS: dict[str, Callable[[Player, str], object]] = {
    "KEYS": Player.type,  # type these characters
    "KEY": Player.press,  # press keys by name: Space Control+comma
    "PICK": lambda player, place: player.feed(CandidatePicked(int(place) - 1)),  # click, from 1
    "BLUR": lambda player, _: player.feed(FocusLost()),  # the editor loses the keyboard
    "OPTION": _option,  # page_size 3, private on
    "CONTEXT": lambda player, text: player.reset(LeftContext(text)),  # start anew behind text
    "HOLD": _hold,  # from here on lists come only with ANSWER
    "ANSWER": lambda player, which: player.decoder.release(
        which
    ),  # the oldest held list comes, or the "newest"
    "DEADLINE": lambda p, _: p.feed(DeadlinePassed(p.state.composition.revision)),
    "GIVE_UP": lambda p, _: p.feed(GivenUp(p.state.composition.revision)),  # no list will come
}
CHECKS: dict[str, Callable[[Player], str]] = {
    "PREEDIT": _preedit,  # | stands for the caret
    "PAGE": _page,  # what is painted, the highlight in <>
    "COMMIT": _new_text,  # what came into the editor since the last COMMIT
    "TEXT": lambda player: player.committed.replace("\n", "\\n"),  # all of the editor
    "MODE": lambda player: player.state.mode.value,
    "WAITING": lambda player: " ".join(map(str, player.state.waiting)),  # keys that wait
    "LEARNED": lambda player: " ".join(
        player.notebook.learned.values()
    ),  # a commit's choices joined by +
}


def play(path: Path, converter: Converter) -> None:
    """Play a file.

    Raises:
        ScenarioError: says file, line, what was expected and what came.
    """
    player = Player(converter)
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        name, _, rest = line.partition("#")[0].strip().partition(" ")
        if name and (wrong := _play_line(player, name, rest.strip())):
            raise ScenarioError(f"{path}:{number}: {name}: {wrong}")


def _play_line(player: Player, name: str, rest: str) -> str:
    """What is wrong, or nothing."""
    if name in ACTIONS:
        ACTIONS[name](player, rest)
        return ""
    if name in ("OFFERED", "NOT_OFFERED"):  # anywhere in the list
        offered = _listed(player).split()
        wrong = [text for text in rest.split() if (text in offered) != (name == "OFFERED")]
        return f"{wrong} against the list {offered}" if wrong else ""
    if name not in CHECKS:
        return f"no such directive; there are {', '.join([*ACTIONS, *CHECKS])}"
    found = CHECKS[name](player)
    return "" if found == rest else f"expected {rest!r}, got {found!r}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns 1 if a scenario failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.scenario", description=__doc__)
    parser.add_argument("--converter", default="tests.fakes:FakeConverter")
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args(arguments)
    module, _, name = options.converter.partition(":")
    make_converter: Callable[[], Converter] = getattr(importlib.import_module(module), name)
    failed = 0
    for path in options.files:
        try:
            play(path, make_converter())
            report = f"ok   {path}"
        except ScenarioError as error:
            failed, report = 1, f"FAIL {error}"
        sys.stdout.write(report + "\n")
    return failed


if __name__ == "__main__":
    sys.exit(main())
