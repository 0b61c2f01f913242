"""`moyin bench`: our replay and other engines side by side, and key times."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ime.backend import direct
from ime.bench.comparison import BenchError, Plan, bench, peers_of, to_json, variants_of
from ime.bench.engines import ourselves
from ime.bench.environment import DECIDING_ASSETS, Environment, identity
from ime.bench.latency import Latency, measure_apart, report, time_keys, time_starts
from ime.bench.process_cost import Memory, disk_sizes
from ime.bench.replay import warm_up
from ime.bench.test_sets import WORD_SET, ceiling, draw_words, word_set
from ime.commands.options import add_model, model_words, up_to, warn, with_model
from ime.lexicon.words import Lexicon
from ime.session.state import SessionOptions
from ime.settings import Settings, assets_folder

WORDS, SEED = 2000, 1


def add(parser: argparse.ArgumentParser) -> None:
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


def run(args: argparse.Namespace) -> int:
    """Measure; 1 if an engine failed. The user's folders are neither read nor written."""
    words = args.words if args.words is not None else WORDS if args.everything else 0
    timed = args.latency or args.everything
    sets = _set_files(args.sets)
    if not (sets or words or timed):
        raise BenchError("Nothing to measure: name test sets, --words or --latency.")
    circumstances = Environment.now(datetime.now().astimezone(), assets_folder())
    if not (sets or words):
        return _run_latency(args, circumstances)
    if words:
        sets = (*sets, _write_words(args.out, words, args.seed))
    model = model_words(args)
    ours = replace(ourselves(model, identity(assets_folder())), kept=not args.fresh)
    peers = (replace(peer, kept=not args.fresh) for peer in peers_of(args.peer))
    plan = Plan(
        sets=sets,
        engines=(ours, *peers),
        variants=variants_of(ours, args.variant),
        contexts=args.contexts,
        both=args.both_of,
        picks=args.picks or args.everything,
        limit=args.limit,
        out=args.out,
        disk=disk_sizes(assets_folder(), DECIDING_ASSETS),
        latency=(lambda: measure_apart(model)) if timed else None,
    )
    return int(not bench(plan, circumstances, sys.stdout))


def _set_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Files, and for folders the tables in them."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.tsv")) if path.is_dir() else [path]
    return tuple(found)


def _write_words(folder: Path, count: int, seed: int) -> Path:
    """Write the set of drawn words; returns its path.

    Raises:
        BenchError: the folder cannot be written.
    """
    lexicon = Lexicon(assets_folder() / "lexicon")
    words = draw_words(lexicon, count, seed)
    path = folder / f"{WORD_SET}.tsv"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(word_set(words).text, encoding="utf-8")
    except OSError as exc:
        told = f"{folder} cannot be written ({exc.strerror}); name another --out."
        raise BenchError(told) from exc
    share = ceiling(lexicon, words)
    print(
        f"{WORD_SET}: {len(words)} rows in {path}; {100 * share:.1f} % of them are the "
        "commonest word of their letters",
        file=sys.stderr,
    )
    return path


def _run_latency(args: argparse.Namespace, circumstances: Environment) -> int:
    print("moyin: starting processes, then typing; do nothing else here", file=sys.stderr)
    starts = time_starts(model_words(args))
    settings = with_model(Settings(), args)
    runner = direct.shipped_runner(settings, warn, SessionOptions(private=True))
    warm_up(runner)
    ready = Memory.now()
    measured = Latency(time_keys(runner), starts, ready, Memory.now())
    if args.json:
        everything = {"circumstances": circumstances.plain(), **measured.plain()}
        print(to_json(everything), end="")
    else:
        print(report(circumstances, measured), end="")
    return 0
