"""`moyin learning`: what learning from one user's choices gains along a stream, and costs."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from ime.bench import learning, learning_report
from ime.bench.comparison import BenchError, to_json
from ime.bench.environment import Environment, identity
from ime.bench.test_sets import Answer, read_answers, read_set
from ime.commands.options import add_model, model_words, up_to
from ime.settings import assets_folder

PARTS = 5


def add(parser: argparse.ArgumentParser) -> None:
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


def run(args: argparse.Namespace) -> int:
    """Measure; the user's folders are neither read nor written."""
    stream = read_set(args.table)
    rows = args.rows or None
    plan = learning.Plan(
        stream=stream,
        parts=max(1, args.parts),
        general=tuple(read_set(path, rows) for path in args.general),
        wrong=tuple(read_set(path, rows) for path in args.wrong),
        peers=dict(map(_peer, args.peer)),
        out=args.out,
        model=model_words(args),
        version=identity(assets_folder()),
        fresh=args.fresh,
        jobs=max(1, args.jobs),
    )
    now = Environment.now(datetime.now().astimezone(), assets_folder())
    try:
        found = learning.measure(plan, now)
        text = learning_report.markdown(found)
        (plan.out / "learning.md").write_text(text, encoding="utf-8")
        (plan.out / "learning.json").write_text(to_json(found.plain()), encoding="utf-8")
    except OSError as exc:
        raise BenchError(f"{plan.out} cannot be written ({exc.strerror}).") from exc
    print(text, end="")
    return 0


def _peer(text: str) -> tuple[str, list[Answer]]:
    name, _, file = text.partition("=")
    if not name or not file:
        raise BenchError(f"{text!r} is not NAME=FILE.")
    return name, read_answers(Path(file))
