"""`moyin replay`: rows of a table are typed, with or without learning from them."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from ime import __version__
from ime.backend import direct, opening
from ime.bench.process_cost import Memory, milliseconds_alive
from ime.bench.replay import Plan, opened, read_rows, replay, warm_up, write_meta
from ime.bench.simulated_user import SimulatedUser, home_folders
from ime.commands.options import add_model, up_to, warn, with_model
from ime.commands.personalize import UsageError, carry_out_with_bar
from ime.session.state import SessionOptions
from ime.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """The command line below `moyin replay`."""
    parser.add_argument(
        "table", nargs="?", default="-", help="id, context, keys, gold by tabs; - is the input"
    )
    parser.add_argument("--picks", action="store_true", help="count what entering gold costs")
    parser.add_argument("--learn", action="store_true", help="commit gold and learn from it")
    parser.add_argument(
        "--personalize-after",
        type=up_to(10**9),
        metavar="N",
        help="with --learn: train after every N rows, and use what passes the gate",
    )
    parser.add_argument(
        "--home",
        type=Path,
        metavar="DIR",
        help="a user's choices and versions to begin with, and with --learn to add to",
    )
    parser.add_argument("--context", action="store_true", help="use column 2")
    parser.add_argument("--limit", type=up_to(10**9), metavar="N", help="rows to type")
    parser.add_argument(
        "--pool", action="store_true", help="tell the place of gold in the list"
    )
    parser.add_argument(
        "--page", type=int, choices=range(3, 10), default=5, help="candidates a page (5)"
    )
    add_model(parser)


def run(args: argparse.Namespace) -> int:
    """Type the rows; the user's folders are neither read nor written.

    Raises:
        UsageError: there is to be training without learning.
    """
    settings = with_model(Settings(), args)
    options = SessionOptions(page_size=args.page, private=not args.learn)
    if args.personalize_after and not args.learn:
        raise UsageError("--personalize-after needs --learn: there would be nothing to learn.")
    with opened(args.table) as lines, contextlib.ExitStack() as stack:
        between = None
        if args.personalize_after or args.home:
            learner = stack.enter_context(_learner(args, settings))
            runner = direct.runner_of(learner, options)
            between = partial(_train, learner, args.personalize_after)
        else:
            runner = direct.shipped_runner(settings, warn, options)
        warm_up(runner)
        start_ms, start = milliseconds_alive(), Memory.now()
        plan = Plan(
            picks=args.picks,
            learn=args.learn,
            context=args.context,
            limit=args.limit,
            pool=args.pool,
        )
        rows = replay(runner, read_rows(lines), plan, sys.stdout, between)
    write_meta(__version__, start_ms, start, rows, args.context)
    return 0


@contextlib.contextmanager
def _learner(args: argparse.Namespace, settings: Settings) -> Iterator[SimulatedUser]:
    """What types for a user of its own, with a log and versions."""
    with home_folders(args.home) as folders:
        opener = partial(opening.open_by_settings, settings, warn, folders.adapters)
        learner = SimulatedUser(folders, opener, args.threads or 0, work=carry_out_with_bar)
        try:
            yield learner
        finally:
            learner.close()


def _train(learner: SimulatedUser, every: int | None, rows: int) -> None:
    if every and rows % every == 0:
        learner.train(rows)
