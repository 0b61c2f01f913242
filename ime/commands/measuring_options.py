"""The command lines of `moyin bench` and `moyin errors`; nothing heavy is imported here."""

from __future__ import annotations

import argparse
from pathlib import Path

from ime.commands.model_options import add_model, up_to


def add_bench(parser: argparse.ArgumentParser) -> None:
    """The command line below `moyin bench`."""
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET.tsv", help="as for replay")
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=COMMAND",
        help="an engine that speaks the protocol of replay; all are compared with the first",
    )
    parser.set_defaults(contexts=(True,))
    context = parser.add_mutually_exclusive_group()
    for name, passes, told in (
        ("context", (True,), "use column 2 (as without any of these three)"),
        ("no-context", (False,), "do not use it"),
        ("both", (True, False), "type every set with it and without"),
    ):
        context.add_argument(
            f"--{name}", dest="contexts", action="store_const", const=passes, help=told
        )
    parser.add_argument("--picks", action="store_true", help="count what entering gold costs")
    parser.add_argument(
        "--limit", type=up_to(10**9), metavar="N", help="rows of each set, taken evenly"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("bench"), metavar="DIR", help="for results (bench)"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="ask peers again, whatever DIR knows of them"
    )
    parser.add_argument(
        "--latency", action="store_true", help="key times, start-up and memory; takes no sets"
    )
    parser.add_argument("--json", action="store_true", help="with --latency: an object")
    add_model(parser)


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
