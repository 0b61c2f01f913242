"""`python -m tests.repair SET...`: what repairs find where one wrong homophone was planted.

A set is one of `moyin bench`; a text is the context and the hanzi of a row. Into the hanzi,
before their last one, a wrong character or word of the same sound is planted: for 他 她 它,
在 再, 的 地 得 another one of the group, else a word of the same reading, drawn by how common
it is. On the first half of the texts the least gain of a repair that is offered is swept, and
the smallest taken with which at most `MOST_ALARMS` texts in 1,000 characters have an offer as
they were. The second half tells what that one does.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ime.backend.opening import open_by_settings
from ime.bench.test_sets import Question, read_set
from ime.convert import repair
from ime.decode.opening import OpenedConverter
from ime.lexicon.words import Lexicon
from ime.settings import Settings
from ime.values import LeftContext, Repair, Word

GROUPS = ("他她它", "在再", "的地得")
GAINS = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
MOST_ALARMS = 3.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A text, and the same with something wrong in it."""

    kind: str
    right: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was offered for a piece as it was, and with what was planted."""

    piece: Piece
    clean: tuple[Repair, ...]
    planted: tuple[Repair, ...]


def plant(row: Question, lexicon: Lexicon, draw: random.Random) -> Piece | None:
    """A piece of a row; None where nothing can be planted."""
    gold, syllables = row.gold, row.syllables
    places = [
        (place, group)
        for place, char in enumerate(gold[:-1])
        for group in GROUPS
        if char in group and syllables[place] in ("ta", "zai", "de")
    ]
    if places:
        place, group = draw.choice(places)
        other = draw.choice(group.replace(gold[place], ""))
        return _piece(row, group[:1], place, other)
    options = [
        (place, word)
        for place in range(len(gold) - 2)
        if any(word.text == gold[place : place + 2] for word in _words(lexicon, row, place))
        for word in _words(lexicon, row, place)
        if word.text != gold[place : place + 2]
    ]
    if not options:
        return None
    (chosen,) = draw.choices(options, [word.count for _, word in options])
    return _piece(row, "word", chosen[0], chosen[1].text)


def _words(lexicon: Lexicon, row: Question, place: int) -> Sequence[Word]:
    return lexicon.words_of(row.syllables[place : place + 2])


def _piece(row: Question, kind: str, place: int, other: str) -> Piece:
    wrong = row.gold[:place] + other + row.gold[place + len(other) :]
    return Piece(kind, row.context + row.gold, row.context + wrong)


def search(converter: OpenedConverter, pieces: Sequence[Piece], gain: float) -> list[Found]:
    """What is offered where a repair must gain so much."""
    repair.LEAST_GAIN = gain
    return [
        Found(
            piece,
            converter.repairs(LeftContext(piece.right)) or (),
            converter.repairs(LeftContext(piece.wrong)) or (),
        )
        for piece in pieces
    ]


def figures(found: Sequence[Found], gain: float) -> tuple[int, int, float, float]:
    """Right repairs first and at all; offers in 1,000 clean characters, and texts with one."""
    first = offered = alarms = texts = characters = 0
    for each in found:
        kept = [one for one in each.planted if one.gain >= gain]
        mended = [each.piece.wrong.removesuffix(one.old) + one.new for one in kept]
        first += each.piece.right in mended[:1]
        offered += each.piece.right in mended
        clean = sum(one.gain >= gain for one in each.clean)
        alarms, texts = alarms + clean, texts + (clean > 0)
        characters += len(each.piece.right) - repair.last_sentence(each.piece.right)
    thousands = characters / 1000
    return first, offered, alarms / thousands, texts / thousands


def report(found: Sequence[Found], gain: float) -> None:
    """A line of figures."""
    first, offered, alarms, texts = figures(found, gain)
    count = len(found)
    print(
        f"{gain:4.1f} nats: right first {100 * first / count:5.1f} %, offered "
        f"{100 * offered / count:5.1f} % of {count}; without an error {alarms:.2f} offers, "
        f"{texts:.2f} texts with one in 1,000 characters"
    )


def main() -> None:
    """Sweep, choose, report."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.repair")
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=150, help="rows of each set (150)")
    parser.add_argument(
        "--gain", type=float, help="no sweep: the second half with this least gain"
    )
    args = parser.parse_args()
    converter = open_by_settings(Settings())
    assert converter.shipped is not None
    draw, pieces = random.Random(7), list[Piece]()
    for path in args.sets:
        for row in draw.sample(read_set(path).questions, args.limit):
            if len(row.gold) > 2 and (piece := plant(row, converter.shipped.lexicon, draw)):
                pieces.append(piece)
    draw.shuffle(pieces)
    half = len(pieces) // 2
    gain = args.gain
    if not gain:
        swept = search(converter, pieces[:half], GAINS[0])
        for gain in GAINS:
            report(swept, gain)
        sound = [each for each in GAINS if figures(swept, each)[3] <= MOST_ALARMS]
        gain = min(sound, default=GAINS[-1])
        print(f"taken: {gain:.1f} nats; on the other half:")
    found = search(converter, pieces[half:], gain)
    report(found, gain)
    for kind in sorted({each.piece.kind for each in found}):
        print(end=f"{kind:>5} ")
        report([each for each in found if each.piece.kind == kind], gain)


if __name__ == "__main__":
    main()
