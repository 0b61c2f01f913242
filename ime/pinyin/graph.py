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

Letters may also stand for themselves, in the middle as anywhere: of `woquKTVla` the edge [4, 7)
is KTV. Where such a run may begin and end is told by its capitals, digits and marks; small
letters are one only where a list has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from math import inf

from ime.pinyin import rules
from ime.pinyin.inventory import DELIMITER, DOT_KEY
from ime.pinyin.rules import EdgeKind, FuzzyPair
from ime.pinyin.spellings import GraphOptions, Meaning, spelling_table
from ime.ports import LetterRuns

__all__ = [
    "Edge",
    "EdgeKind",
    "FuzzyPair",
    "GraphOptions",
    "Segmenter",
]

_ENDS = frozenset((DELIMITER, DOT_KEY))
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Edge:
    """Letters that spell one syllable in one way.

    Attributes:
        start: offset in the raw input where the edge begins, delimiters included.
        end: offset behind its last letter.
        syllables: what the letters may mean, in alphabetical order; of `inventory.SYLLABLES`,
            or one of `inventory.TYPED_ONLY` on an exact edge; none for letters that are meant.
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
        letters: runs of letters that are no pinyin; None for no edges of letters.
    """

    def __init__(self, options: GraphOptions, letters: LetterRuns | None = None) -> None:
        self.options = options
        self._letters = letters
        self._table = spelling_table(options)
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
        and have two edges each; with every option on there are seven spans and 35 edges. Those
        of letters come behind them.

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
        if self.options.undivided and behind and behind not in _ENDS:
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
            start = _with_delimiters(raw, first)
            edges += [Edge(start, end, m.syllables, m.kind, m.log_prob) for m in meanings]
        if stop and raw[stop - 1] == DOT_KEY:
            return (Edge(_with_delimiters(raw, stop - 1), end, (), EdgeKind.DOT, 0.0),)
        if self._letters is not None and stop:
            edges += self._letters_into(self._letters, raw, stop, end, last=last)
        return tuple(edges)

    def letters_of(self, typed: str) -> str:
        """What is written for the letters of an edge of letters."""
        typed = typed.strip(DELIMITER)
        return typed if self._letters is None else self._letters.text_of(typed)

    def _letters_into(
        self, letters: LetterRuns, raw: str, stop: int, end: int, *, last: bool
    ) -> Iterator[Edge]:
        """Edges of letters, shortest first."""
        if _splits_name(raw, stop):
            return
        whole = last and not (raw[:stop].isalpha() and raw[:stop].islower())
        longest = stop if whole else letters.longest
        for first in range(stop - 1, max(-1, stop - 1 - longest), -1):
            if raw[first] in _ENDS:
                break
            if _continues_name(raw, first):
                continue
            typed = raw[first:stop]
            nats = letters.log_prob(typed)
            if typed.isalpha() and typed.islower():
                nats += _price_of_small(len(typed), alone=last and stop - len(typed) == 0)
                # Codes of shuangpin are no letters that anybody meant, nor is a held key.
                known = not self.options.undivided and len(set(typed)) > 1
            else:
                known = True
                nats = max(nats, self._unknown(raw, first, stop, whole=whole))
                if len(typed) == 1 and raw[stop : stop + 1].islower():
                    nats += rules.LONE_CAPITAL
            if known and nats > -inf:
                yield Edge(_with_delimiters(raw, first), end, (), EdgeKind.LETTERS, nats)

    @staticmethod
    def _unknown(raw: str, first: int, stop: int, *, whole: bool) -> float:
        """Nats of raw[first:stop] as a name that no list has."""
        nats = rules.UNKNOWN_LETTER * (stop - first)
        if raw[first].islower():
            return nats + rules.MIXED_CASE if whole and first == 0 else -inf
        small = sum(letter.islower() for letter in raw[first:stop])
        nats += (rules.UNKNOWN_SMALL_LETTER - rules.UNKNOWN_LETTER) * small
        if raw[stop - 1].islower() and raw[stop : stop + 1].islower():
            return -inf  # where pinyin begins behind its small letters is not to be told
        return nats

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


def _price_of_small(count: int, *, alone: bool) -> float:
    """Nats of `count` small letters that are meant; `alone` where they are the whole input."""
    if count > rules.SHORT_RUN:
        return rules.SMALL_LETTERS
    inside = count == rules.SHORT_RUN and not alone
    return rules.SHORT_RUN_INSIDE if inside else rules.SHORT_SMALL_LETTERS


def _with_delimiters(raw: str, first: int) -> int:
    """Where an edge begins whose first letter is at `first`."""
    while first and raw[first - 1] == DELIMITER:
        first -= 1
    return first


def _splits_name(raw: str, stop: int) -> bool:
    """Whether a name goes on at `stop`: within capitals, before a digit or mark, behind one."""
    before, behind = raw[stop - 1], raw[stop : stop + 1]
    if not behind or behind in _ENDS:
        return False
    if not behind.isalpha():
        return True
    return (before.isupper() and behind.isupper()) or before in "-.&"


def _continues_name(raw: str, first: int) -> bool:
    """Whether no run of letters begins at `first`: behind a capital, a digit or a mark."""
    return first > 0 and raw[first - 1] not in _ENDS and not raw[first - 1].islower()


def _opens_stretch(raw: str, first: int) -> bool:
    return first == 0 or raw[first - 1] in _ENDS
