"""Words of the user's own in documents: hanzi that keep together and are in no dictionary.

Candidates are runs of two to five hanzi that stand in the documents three times and more. A
word is told from a chance sequence by its parts, which keep together (pointwise mutual
information, Church & Hanks 1990), and by what stands beside it, which changes (entropy of its
neighbours, Huang & Powers 2003). It begins and ends where the words of the dictionary do, and
at least one of its parts is a single hanzi or holds to the rest very well. What everybody
writes as often is no word of the user's own.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

SHORTEST, LONGEST = 2, 5
"""Hanzi of a word that is found; longer ones are mostly titles and sayings of others."""

FEWEST = 3
"""Times that a word was written."""

TOGETHER = 4.0
"""Nats of mutual information between the parts of a word, wherever it is cut in two."""

VERY_WELL = 7.0
"""The same, from which on two words of the dictionary are one of the user's."""

FREEDOM = 0.8
"""Nats of entropy of what stands before a word, and of what stands behind it: between two
neighbours as often as each other (0.69) and three (1.1)."""

OWN = 5.0
"""Nats by which a word is likelier in the documents than everybody's text has it."""

CUT = 0.7
"""Share of its places at which a word begins and ends where the dictionary cuts."""

PART = 0.7
"""Share of a word's places that a longer word may take, or it is but a part of that."""

_CUTS = 8  # places of a word that are cut by the dictionary, evenly drawn
_AROUND = 6  # hanzi on both sides of a place that are cut with it
_LONGEST_KNOWN = 4  # hanzi of a word of the dictionary that is cut by; longer ones are rare
_EDGE = ""  # a neighbour that is no hanzi
_COMMON = 0.003  # share of all hanzi above which one begins or ends no word of the user's own
_COMMONEST = 0.02  # and above which one stands in none: 的

Syllables = tuple[str, ...]
Paragraph = tuple[str, Sequence[str]]
"""A text, and the syllable of each of its characters, empty for what is no hanzi."""


@dataclass(frozen=True, slots=True)
class FoundWord:
    """A word of the documents.

    Attributes:
        text: hanzi.
        syllables: one a hanzi, as it is mostly read there.
        count: times that it was written.
    """

    text: str
    syllables: Syllables
    count: int


class Everyone(Protocol):
    """What everybody's text and the dictionary know of words."""

    def word_nats(self, text: str, syllables: Syllables) -> float:
        """Log-probability of a word of the dictionary; -inf where it is none."""
        ...

    def nats(self, text: str, syllables: Syllables) -> float:
        """Log-probability of hanzi with their syllables, wherever."""
        ...

    def share(self, hanzi: str) -> float:
        """Of one hanzi among all, 0 to 1."""
        ...


def words_of(paragraphs: Iterable[Paragraph], everyone: Everyone) -> list[FoundWord]:
    """Words of the user's own, those first that tell most of him.

    Args:
        paragraphs: of the documents, with their readings.
        everyone: what is no word of his.
    """
    counts = _Counts(paragraphs)
    found: list[tuple[float, FoundWord]] = []
    for text, there in _places(counts, everyone).items():
        syllables, count = Counter(one.syllables for one in there).most_common(1)[0]
        if count < FEWEST or everyone.word_nats(text, syllables) > -math.inf:
            continue
        if min(_entropy(one.before for one in there), _entropy(one.behind for one in there)) < (
            FREEDOM
        ):
            continue
        own = counts.nats(text) - everyone.nats(text, syllables)
        if own >= OWN and _is_cut_so(text, there, counts, everyone):
            found.append((count * own, FoundWord(text, syllables, count)))
    found.sort(key=lambda pair: (-pair[0], pair[1].text))
    return list(_whole([word for _, word in found], counts.of))


class _Counts:
    """How often runs of hanzi stand in texts, as far as that is `FEWEST` times and more."""

    def __init__(self, paragraphs: Iterable[Paragraph]) -> None:
        self.runs = [run for text, readings in paragraphs for run in _runs(text, readings)]
        self.of: dict[str, int] = {}
        for size in range(1, LONGEST + 1):
            counts = Counter(self._parts(size))
            self.of |= {part: count for part, count in counts.items() if count >= FEWEST}
        self.hanzi = sum(len(text) for text, _ in self.runs)

    def _parts(self, size: int) -> Iterator[str]:
        """Parts of the runs whose own parts are frequent, or they cannot be."""
        for text, _ in self.runs:
            for at in range(len(text) - size + 1):
                part = text[at : at + size]
                if size == 1 or (part[1:] in self.of and part[:-1] in self.of):
                    yield part

    def nats(self, text: str) -> float:
        """Log-probability that a run of hanzi begins at a place."""
        return math.log(self.of[text] / self.hanzi)

    def together(self, text: str) -> float:
        """Nats of mutual information where a text is cut in two at its loosest place."""
        whole = self.nats(text)
        return min(
            whole - self.nats(text[:at]) - self.nats(text[at:]) for at in range(1, len(text))
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a candidate stands: its run of hanzi, and where it begins there."""

    text: str
    readings: Syllables
    start: int
    size: int

    @property
    def syllables(self) -> Syllables:
        return self.readings[self.start : self.start + self.size]

    @property
    def before(self) -> str:
        return self.text[self.start - 1] if self.start else _EDGE

    @property
    def behind(self) -> str:
        return self.text[self.start + self.size : self.start + self.size + 1]


def _runs(text: str, readings: Sequence[str]) -> Iterator[tuple[str, Syllables]]:
    """The runs of hanzi of a text, with their syllables."""
    pairs = zip(text, readings, strict=True)
    for is_hanzi, group in groupby(pairs, key=lambda pair: bool(pair[1])):
        if is_hanzi:
            hanzi, syllables = zip(*group, strict=True)
            yield "".join(hanzi), syllables


def _places(counts: _Counts, everyone: Everyone) -> Mapping[str, list[_Place]]:
    """The places of all candidates."""
    candidates = {
        text
        for text in counts.of
        if len(text) >= SHORTEST
        and max(everyone.share(text[0]), everyone.share(text[-1])) < _COMMON
        and max(map(everyone.share, text)) < _COMMONEST
        and counts.together(text) >= TOGETHER
    }
    found: defaultdict[str, list[_Place]] = defaultdict(list)
    for text, readings in counts.runs:
        for size in range(SHORTEST, LONGEST + 1):
            for at in range(len(text) - size + 1):
                if text[at : at + size] in candidates:
                    found[text[at : at + size]].append(_Place(text, readings, at, size))
    return found


def _entropy(neighbours: Iterable[str]) -> float:
    """Nats; each mark or end of a line is another neighbour, for anything may stand beyond."""
    counted = Counter(neighbours)
    edges = counted.pop(_EDGE, 0)
    total = edges + counted.total()
    shares = [1 / total] * edges + [count / total for count in counted.values()]
    return -sum(share * math.log(share) for share in shares)


def _is_cut_so(
    text: str, places: Sequence[_Place], counts: _Counts, everyone: Everyone
) -> bool:
    """Whether the dictionary cuts around a word, and leaves a hanzi of it or two good parts."""
    drawn = places[:: max(1, len(places) // _CUTS)][:_CUTS]
    fitting = single = 0
    for one in drawn:
        ends = _cuts(one, everyone)
        inside = sorted(end for end in ends if one.start <= end <= one.start + one.size)
        if {one.start, one.start + one.size} <= ends:
            fitting += 1
            sizes = [end - begin for begin, end in itertools.pairwise(inside)]
            single += 1 in sizes
    if fitting < CUT * len(drawn):
        return False
    return 2 * single > fitting or counts.together(text) >= VERY_WELL


def _cuts(place: _Place, everyone: Everyone) -> set[int]:
    """Where the likeliest words of the dictionary around a place begin and end."""
    first = max(0, place.start - _AROUND)
    last = min(len(place.text), place.start + place.size + _AROUND)
    best: dict[int, tuple[float, int]] = {first: (0.0, first)}
    for end in range(first + 1, last + 1):
        best[end] = max(
            (best[start][0] + _word_nats(place, start, end, everyone), start)
            for start in range(max(first, end - _LONGEST_KNOWN), end)
        )
    ends, at = {last}, last
    while at > first:
        at = best[at][1]
        ends.add(at)
    return ends


def _word_nats(place: _Place, start: int, end: int, everyone: Everyone) -> float:
    """Log-probability of a word of the dictionary; a hanzi alone is always one."""
    text, syllables = place.text[start:end], place.readings[start:end]
    if len(text) == 1:
        return math.log(max(everyone.share(text), 1e-8))
    return everyone.word_nats(text, syllables)


def _whole(found: Sequence[FoundWord], counts: Mapping[str, int]) -> Iterator[FoundWord]:
    """The words that are not mostly parts of longer ones."""
    longer: defaultdict[str, int] = defaultdict(int)
    for one in found:
        for size in range(SHORTEST, len(one.text)):
            for at in range(len(one.text) - size + 1):
                part = one.text[at : at + size]
                longer[part] = max(longer[part], one.count)
    for one in found:
        if longer[one.text] < PART * counts[one.text]:
            yield one
