"""The subcommands that measure, as `moyin` runs them: arguments in, exit status out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from ime.bench import learning, learning_report
from ime.bench.comparison import BenchError, Plan, bench, peers_of, to_json, variants_of
from ime.bench.engines import ourselves
from ime.bench.environment import Circumstances
from ime.bench.error_analysis import Judge, Side, cases, write_cases
from ime.bench.identity import DECIDING_ASSETS, identity
from ime.bench.latency import Latency, measure_apart, report, time_keys, time_starts
from ime.bench.process_cost import Memory, disk_sizes
from ime.bench.replay import warm_up
from ime.bench.test_sets import Answer, read_answers, read_set
from ime.bench.word_set import NAME, ceiling, draw_words, word_set
from ime.commands.measuring_options import WORDS
from ime.commands.model_options import model_words
from ime.commands.opening import open_runner
from ime.commands.running import with_model
from ime.decode.opening import graph_options, open_converter
from ime.engine.state import SessionOptions
from ime.lexicon.words import Lexicon
from ime.pinyin.graph import Segmenter
from ime.settings import Settings, assets_folder


def run_bench(args: argparse.Namespace) -> int:
    """`moyin bench`; 1 if an engine failed. The user's folders are neither read nor written."""
    words = args.words if args.words is not None else WORDS if args.everything else 0
    timed = args.latency or args.everything
    sets = _set_files(args.sets)
    if not (sets or words or timed):
        raise BenchError("Nothing to measure: name test sets, --words or --latency.")
    circumstances = Circumstances.now(datetime.now().astimezone(), assets_folder())
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
    path = folder / f"{NAME}.tsv"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(word_set(words).text, encoding="utf-8")
    except OSError as exc:
        told = f"{folder} cannot be written ({exc.strerror}); name another --out."
        raise BenchError(told) from exc
    share = ceiling(lexicon, words)
    print(
        f"{NAME}: {len(words)} rows in {path}; {100 * share:.1f} % of them are the commonest "
        "word of their letters",
        file=sys.stderr,
    )
    return path


def run_learning(args: argparse.Namespace) -> int:
    """`moyin learning`; the user's folders are neither read nor written."""
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
    now = Circumstances.now(datetime.now().astimezone(), assets_folder())
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


def run_errors(args: argparse.Namespace) -> int:
    """`moyin errors`; the answers were made with the same options of the model."""
    asked = read_set(args.set)
    ours = read_answers(args.ours)
    peer = read_answers(args.peer) if args.peer is not None else None
    switches = ((Side.LOST, True), (Side.WON, args.both), (Side.BOTH, args.all))
    sides = frozenset(side for side, on in switches if on)
    settings = with_model(Settings(), args)
    converter = open_converter(assets_folder(), settings, _warn)
    lexicon = Lexicon(assets_folder() / "lexicon")
    pairs = converter.shipped.pairs if converter.shipped is not None else None
    judge = Judge(converter.personal, Segmenter(graph_options(settings)), lexicon, pairs)
    found = islice(cases(asked.questions, ours, peer, sides), args.limit)
    counts = write_cases(found, judge, use_context=args.context, out=sys.stdout)
    for (side, kind), count in counts.most_common():
        print(f"{count:5} {side.value} {kind.value}", file=sys.stderr)
    return 0


def _run_latency(args: argparse.Namespace, circumstances: Circumstances) -> int:
    print("moyin: starting processes, then typing; do nothing else here", file=sys.stderr)
    starts = time_starts(model_words(args))
    settings = with_model(Settings(), args)
    runner = open_runner(settings, _warn, SessionOptions(private=True))
    warm_up(runner)
    ready = Memory.now()
    measured = Latency(time_keys(runner), starts, ready, Memory.now())
    if args.json:
        everything = {"circumstances": circumstances.plain(), **measured.plain()}
        print(to_json(everything), end="")
    else:
        print(report(circumstances, measured), end="")
    return 0


def _warn(notice: str) -> None:
    print(f"moyin: {notice}", file=sys.stderr)
