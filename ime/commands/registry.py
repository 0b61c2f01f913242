"""The subcommands of `moyin`: each is a file with `add` and `run`, and a row in `COMMANDS`.

Their imports are written out, because the frozen build finds no others, and are done once a
command is asked for: `moyin --version` loads nothing heavy.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Protocol

from ime import __version__

Run = Callable[[argparse.Namespace], int]
"""Does what the arguments say; returns the exit status."""


class Command(Protocol):
    """A file of a subcommand."""

    def add(self, parser: argparse.ArgumentParser) -> None:
        """Give its arguments to a parser."""
        ...

    def run(self, args: argparse.Namespace) -> int:
        """Do what the arguments say; returns the exit status."""
        ...


def _convert() -> Command:
    from ime.commands import convert

    return convert


def _pinyin() -> Command:
    from ime.commands import pinyin

    return pinyin


def _replay() -> Command:
    from ime.commands import replay

    return replay


def _bench() -> Command:
    from ime.commands import bench

    return bench


def _learning() -> Command:
    from ime.commands import learning

    return learning


def _errors() -> Command:
    from ime.commands import errors

    return errors


def _personalize() -> Command:
    from ime.commands import personalize

    return personalize


def _words() -> Command:
    from ime.commands import words

    return words


def _doctor() -> Command:
    from ime.commands import doctor

    return doctor


def _ibus() -> Command:
    from ime.commands import ibus

    return ibus


def _fcitx() -> Command:
    from ime.commands import fcitx

    return fcitx


def _backup() -> Command:
    from ime.commands import backup

    return backup


def _restore() -> Command:
    from ime.commands import restore

    return restore


def _settings() -> Command:
    from ime.commands import settings

    return settings


COMMANDS: tuple[tuple[str, str, Callable[[], Command]], ...] = (
    ("convert", "convert pinyin to candidates", _convert),
    ("pinyin", "tell how text is read", _pinyin),
    ("replay", "type a table of rows and time every key", _replay),
    ("bench", "measure beside other engines, or key times", _bench),
    ("learning", "measure what learning gains and costs", _learning),
    ("errors", "list wrong rows and guess why", _errors),
    ("words", "list, add, import and export your own words", _words),
    ("personalize", "learn from your choices; forget", _personalize),
    ("backup", "write everything of yours to one file", _backup),
    ("restore", "put back what backup wrote", _restore),
    ("settings", "show the settings without the window", _settings),
    ("ibus", "be an input method of the desktop, by IBus", _ibus),
    ("fcitx", "be the engine behind the addon of fcitx5", _fcitx),
    ("doctor", "check everything and say what to do", _doctor),
)
"""Name, what help says of it, and where it is."""


def make_parser(words: Sequence[str], otherwise: Run) -> argparse.ArgumentParser:
    """The command line; what is parsed has a `run`.

    Args:
        words: to be parsed; a command that they do not name is there for the help alone.
        otherwise: what runs where no command is named.
    """
    parser = argparse.ArgumentParser(
        prog="moyin",
        description="Type pinyin, pick hanzi; without a subcommand the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"moyin {__version__}")
    parser.set_defaults(run=otherwise)
    commands = parser.add_subparsers(dest="command", title="subcommands", metavar="")
    for name, told, find in COMMANDS:
        below = commands.add_parser(name, help=told)
        if name in words:
            command = find()
            command.add(below)
            below.set_defaults(run=command.run)
    return parser
