"""Raw letters to the graph of all syllables they may spell.

Vertices are offsets in the raw input. The beam search walks them left to right and asks for
the edges that end at each. These depend on the letters to the left and on one letter to the
right, with which the last one may have changed places: a key typed at the end adds a vertex and
changes the one before it at most. At the end of the input, which the caller declares, the last
syllable may be unfinished.

Delimiters belong to the edge behind them: of `xi'an` the edges are [0, 2) xi and [2, 5) an,
and no edge leads to offset 3. Delimiters that end the input belong to the edge before them
instead, so that the end of the input is a vertex: of `xi'` the edge is [0, 3) xi. They also
close that syllable: `zho'` is not the beginning of zhong.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from math import inf

from ime.pinyin.inventory import DELIMITER
from ime.pinyin.rules import EdgeKind, FuzzyPair
from ime.pinyin.spellings import GraphOptions, Meaning, SpellingTable

__all__ = [
    "Edge",
    "EdgeKind",
    "FuzzyPair",
    "GraphOptions",
    "Segmenter",
]

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Edge:
    """Letters that spell one syllable in one way.

    Attributes:
        start: offset in the raw input where the edge begins, delimiters included.
        end: offset behind its last letter.
        syllables: what the letters may mean, in alphabetical order; of `inventory.SYLLABLES`,
            or one of `inventory.TYPED_ONLY` on an exact edge.
        kind: the way of spelling.
        log_prob: log P(letters typed | syllable meant) in nats, at most 0.
    """

    start: int
    end: int
    syllables: tuple[str, ...]
    kind: EdgeKind
    log_prob: float


class Segmenter:
    """Finds the edges of raw input; holds the spelling table of one set of options.

    Safe to use from several threads: nothing changes after construction but what is kept.

    Args:
        options: which ways of spelling are on.
    """

    def __init__(self, options: GraphOptions) -> None:
        self.options = options
        self._table = SpellingTable(options)
        self._slips = 0.0
        self._kept: dict[tuple[str, bool], tuple[Meaning, ...]] = {}

    def for_typist(self, slips: float) -> Segmenter:
        """The same for somebody who slips more or less often than `rules` count on.

        Args:
            slips: log of how many times as often, added to the log-probability of each slip.
        """
        other = copy(self)
        other._slips, other._kept = slips, {}
        return other

    def edges_into(self, raw: str, end: int, *, last: bool) -> tuple[Edge, ...]:
        """All edges that end at `end`, shortest first, and of one span the likeliest first.

        The answer depends on raw[: end + 1] and `last` alone. At most six spans end at a vertex
        and have two edges each; with every option on there are seven spans and 35 edges.

        Args:
            raw: letters, delimiters, and characters that no edge crosses.
            end: 1 to len(raw).
            last: whether `end` is the end of the input.
        """
        stop = end
        if last:
            while stop and raw[stop - 1] == DELIMITER:
                stop -= 1
        behind = "" if last else raw[end : end + 1]
        if self.options.undivided and behind not in ("", DELIMITER):
            return ()  # within a stretch
        edges: list[Edge] = []
        unfinished = last and stop == end
        for first in range(stop - 1, max(-1, stop - 1 - self._table.longest), -1):
            if raw[first] not in _LETTERS:
                break
            meanings = self._meanings(raw[first:stop], last=unfinished)
            if self.options.correction:
                meanings = _with_swapped(meanings, self._swapped(raw, first, stop, behind))
            if not meanings or (self.options.undivided and not _opens_stretch(raw, first)):
                continue
            start = first
            while start and raw[start - 1] == DELIMITER:
                start -= 1
            edges += [Edge(start, end, m.syllables, m.kind, m.log_prob) for m in meanings]
        return tuple(edges)

    def _meanings(self, letters: str, *, last: bool) -> tuple[Meaning, ...]:
        """What the table says, at this typist's prices; kept, as keys ask for it again."""
        meanings = self._table.meanings(letters, last=last)
        if not self._slips or not meanings:
            return meanings
        key = letters, last
        if key not in self._kept:
            self._kept[key] = self._priced(meanings)
        return self._kept[key]

    def _priced(self, meanings: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
        """Meanings at the price of this typist's slips, likeliest first."""
        if not self._slips:
            return meanings
        priced = (
            replace(m, log_prob=min(0.0, m.log_prob + self._slips))
            if m.kind is EdgeKind.CORRECTION
            else m
            for m in meanings
        )
        return tuple(sorted(priced, key=lambda m: -m.log_prob))

    def _swapped(self, raw: str, first: int, stop: int, behind: str) -> tuple[Meaning, ...]:
        """What raw[first:stop] means if it swapped a letter with its neighbour syllables."""
        letters = raw[first:stop]
        # The second part of a swap follows from the first and is no slip of its own.
        away = self._priced(self._table.swapped_away(letters, behind))
        before = raw[first - 1] if first else ""
        back = self._table.swapped_back(before, letters)
        if back and not self._swap_ends(raw, first):
            return away
        return away + back

    def _swap_ends(self, raw: str, end: int) -> bool:
        """Whether a syllable that ends at `end` may have swapped with the letter behind."""
        for first in range(end - 2, max(-1, end - 1 - self._table.longest), -1):
            if raw[first] not in _LETTERS:
                return False
            if self._table.swapped_away(raw[first:end], raw[end]):
                return True
        return False


def _with_swapped(
    meanings: tuple[Meaning, ...], swapped: tuple[Meaning, ...]
) -> tuple[Meaning, ...]:
    """Both, each syllable once under its likeliest way, likeliest first."""
    for meaning in swapped:
        (syllable,) = meaning.syllables
        known = max((m.log_prob for m in meanings if syllable in m.syllables), default=-inf)
        if known >= meaning.log_prob:
            continue
        rest = (
            replace(m, syllables=tuple(s for s in m.syllables if s != syllable))
            for m in meanings
        )
        kept = [m for m in rest if m.syllables]
        meanings = tuple(sorted((*kept, meaning), key=lambda m: -m.log_prob))
    return meanings


def _opens_stretch(raw: str, first: int) -> bool:
    return first == 0 or raw[first - 1] == DELIMITER
