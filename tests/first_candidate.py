"""`python -m tests.first_candidate SET...`: how still and how sure the first candidate is.

A set is one of `moyin bench`. While a row is typed, the first candidate flips where a character
of it becomes another over the same letters. With a margin, what stood first goes on where the
best text that begins with it is so many nats behind at most; always, or only where the last
syllable is unfinished. Once a row is typed, each character has a certainty; those of like
certainty are counted with how many are right.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from ime.backend.opening import open_by_settings
from ime.bench.test_sets import Question, read_set
from ime.convert.beam import Hypothesis
from ime.decode.opening import OpenedConverter
from ime.settings import Settings
from ime.values import DecodeRequest, LeftContext

MARGINS = (0.0, 0.5, 1.0, 2.0, 3.0, 5.0)
BOUNDS = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 0.995, 2.0)


class Watched:
    """The first candidate with a margin, over the rows."""

    def __init__(self, margin: float, *, unfinished: bool) -> None:
        self.margin, self.unfinished = margin, unfinished
        self.flips = self.right = 0
        self._shown: Hypothesis | None = None

    def begin(self) -> None:
        self._shown = None

    def see(self, paths: Sequence[Hypothesis], *, finished: bool) -> None:
        """Another letter was typed."""
        margin = 0.0 if finished and self.unfinished else self.margin
        near = [path for path in paths if path.score >= paths[0].score - margin]
        chosen = next((path for path in near if self._goes_on(path)), paths[0])
        self.flips += not self._goes_on(chosen)
        self._shown = chosen

    def end(self, gold: str, text: str) -> None:
        self.right += gold == text

    def _goes_on(self, path: Hypothesis) -> bool:
        """Whether a path has the characters that were shown where it has the same spans."""
        if self._shown is None:
            return True
        pairs = zip(self._shown.spans, path.spans, strict=False)
        count = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        return self._shown.tokens[:count] == path.tokens[:count]

    @property
    def shown(self) -> Hypothesis | None:
        return self._shown


def type_row(converter: OpenedConverter, row: Question, watched: Sequence[Watched]) -> None:
    """Type a row and watch; what stands at its end is right or not."""
    search = converter._search
    for each in watched:
        each.begin()
    for end in range(1, len(row.keys) + 1):
        converter.convert(DecodeRequest(end, LeftContext(row.context), row.keys[:end]))
        paths = search.paths(search.reach, search.options.beam) if search.reach else []
        for each in watched if paths else ():
            each.see(paths, finished=_is_finished(converter, paths[0], row.keys[:end]))
    for each in watched:
        if each.shown is not None:
            each.end(row.gold, each.shown.text)


def _is_finished(converter: OpenedConverter, path: Hypothesis, raw: str) -> bool:
    """Whether the last syllable of a path is spelled in full."""
    start, end = path.spans[-1]
    return raw[start:end] == converter.score.tokens.syllables[path.tokens[-1]]


def count_sure(
    converter: OpenedConverter, row: Question, counted: Counter[tuple[float, bool]]
) -> None:
    """Count the characters of the row's first candidate by certainty and rightness."""
    request = DecodeRequest(0, LeftContext(row.context), row.keys)
    listed = converter.convert(request)
    first = listed.items[0] if listed is not None and listed.items else None
    if first is None or len(first.text) != len(row.gold):
        return
    for chance, found, wanted in zip(first.certainty, first.text, row.gold, strict=False):
        bound = next(each for each in BOUNDS if chance < each)
        counted[bound, found == wanted] += 1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, prog="python -m tests.first_candidate"
    )
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=300, help="rows of each set (300)")
    args = parser.parse_args()
    converter = open_by_settings(Settings())
    for path in args.sets:
        rows = read_set(path, args.limit).questions
        watched = [
            Watched(margin, unfinished=only) for only in (False, True) for margin in MARGINS
        ]
        counted: Counter[tuple[float, bool]] = Counter()
        for row in rows:
            type_row(converter, row, watched)
            count_sure(converter, row, counted)
        print(f"{path.stem}: {len(rows)} rows")
        for each in watched:
            print(
                f"  margin {each.margin}{', unfinished' * each.unfinished}: "
                f"{each.flips / len(rows):.3f} flips a row, "
                f"{100 * each.right / len(rows):.1f} % right at its end"
            )
        for low, high in zip((0.0, *BOUNDS), BOUNDS, strict=False):
            right, wrong = counted[high, True], counted[high, False]
            share = 100 * right / max(1, right + wrong)
            print(
                f"  certainty {low} to {min(high, 1.0)}: {right + wrong}, {share:.1f} % right"
            )


if __name__ == "__main__":
    main()
