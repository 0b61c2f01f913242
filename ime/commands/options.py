"""Options of the command line that stand above the settings file, and what all commands say.

A subcommand that starts Moyin again hands them on with `model_words`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable

import msgspec

from ime.errors import Message
from ime.settings import Folders, FuzzySettings, Settings, load
from ime.texts.catalogue import told

ON_OFF = ("on", "off")
NAMES = ("tier", "device", "threads", "beam", "correction", "fuzzy")
"""Of the options, as in the parsed arguments."""


def add_model(parser: argparse.ArgumentParser) -> None:
    """Which model converts, where it runs, and how forgiving it is."""
    parser.add_argument("--tier", choices=("auto", "ngram"), help="which model converts")
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda", "mps"), help="where it runs"
    )
    parser.add_argument("--threads", type=up_to(64), metavar="N", help="processor threads")
    parser.add_argument("--beam", type=up_to(32), metavar="N", help="partial sentences kept")
    parser.add_argument("--correction", choices=ON_OFF, help="offer readings of slips")
    parser.add_argument(
        "--fuzzy",
        type=_pairs,
        metavar="PAIRS",
        help="sounds not kept apart, such as z_zh,an_ang; all, or none",
    )


def model_words(args: argparse.Namespace) -> tuple[str, ...]:
    """The same options again, for the command line of a child process."""
    given = ((name, getattr(args, name, None)) for name in NAMES)
    return tuple(
        word for name, value in given if value is not None for word in (f"--{name}", str(value))
    )


def with_model(settings: Settings, args: argparse.Namespace) -> Settings:
    """Settings with what the command line says about model and ways of spelling put in."""
    given = {
        name: value
        for name in ("tier", "device", "threads", "beam")
        if (value := getattr(args, name, None)) is not None
    }
    model = msgspec.structs.replace(settings.model, **given)
    typing, fuzzy = settings.typing, settings.fuzzy
    if (correction := getattr(args, "correction", None)) is not None:
        typing = msgspec.structs.replace(typing, correction=correction == "on")
    if (pairs := getattr(args, "fuzzy", None)) is not None:
        named = fuzzy_names(pairs)
        fuzzy = FuzzySettings(**{name: name in named for name in fuzzy.__struct_fields__})
    return msgspec.structs.replace(settings, model=model, typing=typing, fuzzy=fuzzy)


def loaded_settings(folders: Folders) -> Settings:
    """The user's settings; what is wrong with them is told."""
    loaded = load(folders.settings_file)
    warn_all(loaded.notices)
    return loaded.settings


def warn_all(notices: Iterable[str | Message]) -> None:
    """`warn` of each."""
    for notice in notices:
        warn(notice)


def warn(notice: str | Message) -> None:
    """Tell something on standard error."""
    print(f"moyin: {told(notice)}", file=sys.stderr)


def fuzzy_names(text: str) -> frozenset[str]:
    """Fields of `FuzzySettings` that a value of `--fuzzy` names.

    Raises:
        ValueError: one of them is no pair.
    """
    known = frozenset(FuzzySettings.__struct_fields__)
    if text in ("all", "none"):
        return known if text == "all" else frozenset()
    named = frozenset(text.split(","))
    if named - known:
        wrong, names = min(named - known), ", ".join(sorted(known))
        raise ValueError(f"{wrong!r} is no pair; write all, none, or some of {names}")
    return named


def up_to(most: int) -> Callable[[str], int]:
    """Reads a number from 0 to `most`."""

    def number(text: str) -> int:
        value = int(text)
        if not 0 <= value <= most:
            raise argparse.ArgumentTypeError(f"{value} is not between 0 and {most}")
        return value

    return number


def _pairs(text: str) -> str:
    try:
        fuzzy_names(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc
    return text
