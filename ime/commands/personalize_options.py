"""The command line below `moyin personalize`; nothing heavy is imported here."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line below `moyin personalize`."""
    parser.set_defaults(action="status", json=False)
    actions = parser.add_subparsers(dest="action", title="actions", metavar="")
    for name, text in (
        ("run", "learn from what is new, and use it if it helps"),
        ("status", "which version is in use, and how much there is to learn from"),
        ("report", "what the newest run, or that of a version, found out"),
        ("list", "all versions"),
        ("rollback", "go back to the version before, or to one that is named"),
        ("delete", "delete a version"),
        ("words", "the candidates that are pinned or hidden"),
        ("forget", "forget a word, a period or everything"),
        ("export", "write the choices (.tsv, .json) or a version (.safetensors) to a file"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("--json", action="store_true", help="print JSON")
        _ADD.get(name, lambda _: None)(action)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--threads", type=int, metavar="N", help="processor threads (all, up to 4)"
    )


def _add_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("version", nargs="?", default="", help="such as v0002")


def _add_forget(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("word", nargs="?", default="", help="the word to forget")
    parser.add_argument("--from", dest="start", metavar="TIME", help="such as 2026-01-31T18:00")
    parser.add_argument("--until", dest="end", metavar="TIME", help="not included; default now")
    parser.add_argument("--all", action="store_true", help="everything that was learned")


def _add_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--remove", metavar="WORD", help="take back what was set for a word")


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="ends in .tsv, .json or .safetensors")
    parser.add_argument("--version", default="", help="version to export; default that in use")


_ADD = {
    "run": _add_run,
    "report": _add_version,
    "rollback": _add_version,
    "delete": _add_version,
    "forget": _add_forget,
    "words": _add_words,
    "export": _add_export,
}
