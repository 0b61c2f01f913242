"""The command lines of `moyin bench` and `moyin errors`; nothing heavy is imported here."""

from __future__ import annotations

import argparse
from pathlib import Path

from ime.commands.model_options import add_model, up_to

WORDS, SEED = 2000, 1


def add_bench(parser: argparse.ArgumentParser) -> None:
    """The command line below `moyin bench`."""
    parser.add_argument(
        "sets", nargs="*", type=Path, metavar="SET", help="a .tsv as for replay, or a folder"
    )
    _add_engines(parser)
    _add_passes(parser)
    parser.add_argument("--picks", action="store_true", help="count what entering gold costs")
    parser.add_argument(
        "--limit", type=up_to(10**9), metavar="N", help="rows of each set, taken evenly"
    )
    parser.add_argument(
        "--words",
        type=up_to(10**6),
        nargs="?",
        const=WORDS,
        metavar="N",
        help=f"a further set of N words of the lexicon, the common ones likelier ({WORDS})",
    )
    parser.add_argument(
        "--seed", type=up_to(2**32 - 1), default=SEED, metavar="N", help="of --words (1)"
    )
    parser.add_argument(
        "--latency", action="store_true", help="key times, start-up and memory, too or alone"
    )
    parser.add_argument(
        "--everything", action="store_true", help="the same as --picks --words --latency"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("bench"), metavar="DIR", help="for results (bench)"
    )
    parser.add_argument("--json", action="store_true", help="with --latency alone: an object")
    add_model(parser)


def _add_engines(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=COMMAND",
        help="an engine that speaks the protocol of replay; all are compared with the first",
    )
    parser.add_argument(
        "--variant",
        action="append",
        default=[],
        metavar="NAME[@SET,SET]=OPTIONS",
        help="Moyin once more, with further options of replay, on all sets or on some",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="ask all again, whatever DIR knows of them"
    )


def _add_passes(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(contexts=(True,))
    context = parser.add_mutually_exclusive_group()
    for name, passes, told in (
        ("context", (True,), "use column 2 (as without any of these)"),
        ("no-context", (False,), "do not use it"),
        ("both", (True, False), "type every set with it and without"),
    ):
        context.add_argument(
            f"--{name}", dest="contexts", action="store_const", const=passes, help=told
        )
    parser.add_argument(
        "--both-of",
        type=lambda text: frozenset(text.split(",")),
        default=frozenset(),
        metavar="SET,SET",
        help="type these sets with it and without",
    )


def add_errors(parser: argparse.ArgumentParser) -> None:
    """The command line below `moyin errors`."""
    parser.add_argument("set", type=Path, metavar="SET.tsv", help="as for replay")
    parser.add_argument(
        "--ours", type=Path, required=True, metavar="OUT.tsv", help="answers of moyin replay"
    )
    parser.add_argument(
        "--peer", type=Path, metavar="OUT.tsv", help="answers of another engine"
    )
    parser.add_argument(
        "--both", action="store_true", help="rows that only the peer gets wrong, too"
    )
    parser.add_argument("--all", action="store_true", help="rows that both get wrong, too")
    parser.add_argument(
        "--context", action="store_true", help="the answers were made with column 2"
    )
    parser.add_argument("--limit", type=up_to(10**9), metavar="N", help="rows to print")
    add_model(parser)
