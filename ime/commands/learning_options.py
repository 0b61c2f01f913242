"""The command line of `moyin learning`; nothing heavy is imported here."""

from __future__ import annotations

import argparse
from pathlib import Path

from ime.commands.model_options import add_model, up_to

PARTS = 5


def add_learning(parser: argparse.ArgumentParser) -> None:
    """The command line below `moyin learning`."""
    parser.add_argument(
        "table", type=Path, metavar="SET.tsv", help="what one user typed, in order"
    )
    parser.add_argument(
        "--parts", type=up_to(100), default=PARTS, metavar="N", help="of the table (5)"
    )
    _add_others(parser)
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="answers of another engine to the table, for a row beside ours",
    )
    parser.add_argument(
        "--jobs", type=up_to(64), default=1, metavar="N", help="processes at a time (1)"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="ask all again, whatever DIR knows of them"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("learning"), metavar="DIR", help="for results"
    )
    add_model(parser)


def _add_others(parser: argparse.ArgumentParser) -> None:
    sets = {
        "--general": "sets of others, typed before and after, to see what learning costs there",
        "--wrong": "sets to learn from first, to see what a wrong history costs",
    }
    for name, told in sets.items():
        parser.add_argument(name, type=Path, nargs="*", default=[], metavar="SET", help=told)
    parser.add_argument(
        "--rows",
        type=up_to(10**9),
        metavar="N",
        help="rows of each of these sets, taken evenly, and of the first part",
    )
