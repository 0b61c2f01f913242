"""The subcommands that measure, as `moyin` runs them: arguments in, exit status out."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import datetime
from itertools import islice

from ime.commands.answers import read_answers, read_set
from ime.commands.bench import BenchError, Plan, bench, peers_of, to_json
from ime.commands.circumstances import Circumstances
from ime.commands.engines import ourselves
from ime.commands.latency import Latency, report, time_keys, time_starts
from ime.commands.measures import Memory
from ime.commands.mistakes import Judge, Side, cases, write_cases
from ime.commands.model_options import model_words
from ime.commands.opening import open_runner
from ime.commands.replay import warm_up
from ime.commands.running import with_model
from ime.decode.opening import graph_options, open_converter
from ime.engine.state import SessionOptions
from ime.lexicon.words import Lexicon
from ime.pinyin.graph import Segmenter
from ime.settings import Settings, assets_folder


def run_bench(args: argparse.Namespace) -> int:
    """`moyin bench`; 1 if an engine failed. The user's folders are neither read nor written."""
    if args.latency == bool(args.sets):
        raise BenchError("Nothing to measure: name test sets, or --latency without any.")
    circumstances = Circumstances.now(datetime.now().astimezone(), assets_folder())
    if args.latency:
        return _run_latency(args, circumstances)
    peers = (replace(peer, kept=not args.fresh) for peer in peers_of(args.peer))
    plan = Plan(
        sets=tuple(args.sets),
        engines=(ourselves(model_words(args)), *peers),
        contexts=args.contexts,
        picks=args.picks,
        limit=args.limit,
        out=args.out,
    )
    return int(not bench(plan, circumstances, sys.stdout))


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
    judge = Judge(converter.personal, Segmenter(graph_options(settings)), lexicon)
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
