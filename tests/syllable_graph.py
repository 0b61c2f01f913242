"""All of the graph that the search sees edge by edge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ime.pinyin.graph import Edge, GraphOptions, Segmenter


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
        """Every segmentation of raw[:reach]; their number grows exponentially."""
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
