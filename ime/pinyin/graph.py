"""Raw letters to the graph of all syllables they may spell.

Vertices are offsets in the raw input. The beam search walks them left to right and asks for
the edges that end at each, so nothing here looks at letters to the right of that vertex: a key
typed at the end adds a vertex and changes no older one. The only exception is declared by the
caller: at the end of the input the last syllable may be unfinished.

Delimiters belong to the edge behind them: of `xi'an` the edges are [0, 2) xi and [2, 5) an,
and no edge leads to offset 3. Delimiters that end the input belong to the edge before them
instead, so that the end of the input is a vertex: of `xi'` the edge is [0, 3) xi. They also
close that syllable: `zho'` is not the beginning of zhong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ime.pinyin.inventory import DELIMITER
from ime.pinyin.rules import EdgeKind, FuzzyPair
from ime.pinyin.spellings import GraphOptions, SpellingTable

__all__ = [
    "Edge",
    "EdgeKind",
    "FuzzyPair",
    "GraphOptions",
    "Segmenter",
    "SyllableGraph",
    "build_graph",
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

    Safe to use from several threads, because nothing changes after construction.

    Args:
        options: which ways of spelling are on.
    """

    def __init__(self, options: GraphOptions) -> None:
        self.options = options
        self._table = SpellingTable(options)

    def edges_into(self, raw: str, end: int, *, last: bool) -> tuple[Edge, ...]:
        """All edges that end at `end`, shortest first, and of one span the likeliest first.

        The answer depends on raw[:end] and `last` alone. At most six spans end at a vertex and
        have two edges each; with every option on they are seven with five each.

        Args:
            raw: letters, delimiters, and characters that no edge crosses.
            end: 1 to len(raw).
            last: whether `end` is the end of the input.
        """
        stop = end
        if last:
            while stop and raw[stop - 1] == DELIMITER:
                stop -= 1
        edges: list[Edge] = []
        unfinished = last and stop == end
        for first in range(stop - 1, max(-1, stop - 1 - self._table.longest), -1):
            if raw[first] not in _LETTERS:
                break
            meanings = self._table.meanings(raw[first:stop], last=unfinished)
            if not meanings or (self.options.undivided and not _opens_stretch(raw, first)):
                continue
            start = first
            while start and raw[start - 1] == DELIMITER:
                start -= 1
            edges += [Edge(start, end, m.syllables, m.kind, m.log_prob) for m in meanings]
        return tuple(edges)


def _opens_stretch(raw: str, first: int) -> bool:
    return first == 0 or raw[first - 1] == DELIMITER


@dataclass(frozen=True, slots=True)
class SyllableGraph:
    """All ways to cut raw input into syllables.

    Attributes:
        raw: the input.
        edges: every edge, in the order of their ends; those that no path from 0 uses included.
        reach: the furthest offset that a path from 0 leads to; what lies behind it cannot be
            converted. 0 where nothing can, len(raw) where all can.
    """

    raw: str
    edges: tuple[Edge, ...]
    reach: int

    def paths(self) -> Iterator[tuple[Edge, ...]]:
        """Every segmentation of raw[:reach]; their number grows exponentially, so for tests."""
        leaving: dict[int, list[Edge]] = {}
        for edge in self.edges:
            leaving.setdefault(edge.start, []).append(edge)

        def walk(at: int, path: tuple[Edge, ...]) -> Iterator[tuple[Edge, ...]]:
            if at == self.reach:
                yield path
            for edge in leaving.get(at, []):
                yield from walk(edge.end, (*path, edge))

        yield from walk(0, ())


def build_graph(raw: str, segmenter: Segmenter | GraphOptions) -> SyllableGraph:
    """The whole graph of `raw`, in time linear in its length.

    Args:
        raw: letters, delimiters, and characters that no edge crosses.
        segmenter: finds the edges; or options, from which one is made.
    """
    if isinstance(segmenter, GraphOptions):
        segmenter = Segmenter(segmenter)
    edges: list[Edge] = []
    reached = {0}
    for end in range(1, len(raw) + 1):
        arriving = segmenter.edges_into(raw, end, last=end == len(raw))
        if any(edge.start in reached for edge in arriving):
            reached.add(end)
        edges += arriving
    return SyllableGraph(raw, tuple(edges), max(reached))
