"""`moyin errors`: rows that one engine or both got wrong, with a guess why."""

from __future__ import annotations

import argparse
import sys
from itertools import islice
from pathlib import Path

from ime.backend.opening import open_by_settings
from ime.backend.options import graph_options
from ime.bench.error_analysis import Judge, Side, cases, write_cases
from ime.bench.test_sets import read_answers, read_set
from ime.commands.options import add_model, up_to, warn, with_model
from ime.lexicon.words import Lexicon
from ime.pinyin.graph import Segmenter
from ime.settings import Settings, assets_folder


def add(parser: argparse.ArgumentParser) -> None:
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


def run(args: argparse.Namespace) -> int:
    """List them; the answers were made with the same options of the model."""
    asked = read_set(args.set)
    ours = read_answers(args.ours)
    peer = read_answers(args.peer) if args.peer is not None else None
    switches = ((Side.LOST, True), (Side.WON, args.both), (Side.BOTH, args.all))
    sides = frozenset(side for side, on in switches if on)
    settings = with_model(Settings(), args)
    converter = open_by_settings(settings, warn)
    lexicon = Lexicon(assets_folder() / "lexicon")
    pairs = converter.shipped.pairs if converter.shipped is not None else None
    judge = Judge(converter.score, Segmenter(graph_options(settings)), lexicon, pairs)
    found = islice(cases(asked.questions, ours, peer, sides), args.limit)
    counts = write_cases(found, judge, use_context=args.context, out=sys.stdout)
    for (side, kind), count in counts.most_common():
        print(f"{count:5} {side.value} {kind.value}", file=sys.stderr)
    return 0
