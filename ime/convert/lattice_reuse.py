"""What a search knows of the letters behind a change, for the search after the change.

Choosing a part of a long input, giving it back and mending a letter in front change what stands
before letters that were searched already. A few syllables behind the change the hypotheses are
the same again. From there on the old ones are taken over: what they add to the score is the
n-gram's to a hair, because it looks at `MATCHED` tokens, and the network's as it was before the
change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ime.convert.beam import Vertex
from ime.ports import FloatArray, IntArray

MATCHED = 4
"""Last tokens by which hypotheses are the same: as many as the n-gram looks at."""

FEWEST = 24
"""Letters behind a change from which on it pays."""

CLOSE = 3.0
"""Nats below the best of a vertex: a hypothesis that near must be known."""


@dataclass(frozen=True, slots=True)
class _Moved:
    """Where the hypotheses of an old vertex have gone; K each.

    Attributes:
        places: in the new vertex, -1 where it has none.
        scores: nats to add to the old ones.
        gains: the same of what words of the user's own gave.
    """

    places: IntArray
    scores: FloatArray
    gains: FloatArray


class Tail:
    """The vertices of an earlier search, to be joined to those of a new one.

    Args:
        raw: letters of the earlier search, which went to their end.
        vertices: at the offsets from 0.
        final: at the end.
    """

    def __init__(self, raw: str, vertices: list[Vertex], final: Vertex) -> None:
        self.raw = raw
        self._vertices, self._final = vertices, final
        self._shared = self._through_all(final)

    def _through_all(self, final: Vertex) -> frozenset[int]:
        """Offsets that every hypothesis of the end goes through."""
        ways = [
            self._way(int(source), int(parent))
            for source, parent in zip(
                final.sources.tolist(), final.parents.tolist(), strict=True
            )
        ]
        return frozenset.intersection(*ways) if ways else frozenset()

    def _way(self, offset: int, index: int) -> frozenset[int]:
        """The offsets that a hypothesis goes through, its own first."""
        found = {offset}
        while offset:
            vertex = self._vertices[offset]
            offset, index = int(vertex.sources[index]), int(vertex.parents[index])
            found.add(offset)
        return frozenset(found)

    def common(self, raw: str) -> int:
        """How many letters at the end of `raw` are the same."""
        count = 0
        for mine, other in zip(reversed(self.raw), reversed(raw), strict=False):
            if mine != other:
                break
            count += 1
        return count

    def joined(self, raw: str, vertices: list[Vertex]) -> list[Vertex] | None:
        """The vertices behind the last of `vertices` up to the end; None where they differ.

        Args:
            raw: letters of the new search; `Tail.common` of them are the same.
            vertices: of the new search, as far as it went.
        """
        end = len(vertices) - 1
        shift = len(self.raw) - len(raw)
        offset = end + shift
        if end <= len(raw) - self.common(raw) or offset not in self._shared:
            return None
        moved = self._matched(vertices, end, offset)
        if moved is None:
            return None
        behind = self._behind(offset, shift, moved)
        if behind is not None:  # it was searched from the old states
            old = self._vertices[offset]
            known = np.flatnonzero((moved.places >= 0) & (old.states >= 0))
            vertices[end].states[moved.places[known]] = old.states[known]
        return behind

    def _matched(self, vertices: list[Vertex], end: int, offset: int) -> _Moved | None:
        """Which hypotheses of the old vertex at `offset` are those of the new one at `end`."""
        new, old = vertices[end], self._vertices[offset]
        if not len(new) or not len(old):
            return None
        known: dict[tuple[tuple[int, int], ...], int] = {}
        for index in range(len(old)):
            known.setdefault(_last(self._vertices, offset, index, offset), index)
        places = np.full(len(old), -1)
        for index in range(len(new)):
            last = _last(vertices, end, index, end)
            found = known.get(last, -1) if len(last) == MATCHED else -1
            if found >= 0:
                places[found] = index if places[found] < 0 else places[found]
            elif new.scores[index] > new.scores[0] - CLOSE:
                return None
        scores = np.where(places < 0, 0, new.scores[places] - old.scores)
        gains = np.where(places < 0, 0, new.gains[places] - old.gains)
        return _Moved(places, scores, gains)

    def _behind(self, start: int, shift: int, first: _Moved) -> list[Vertex] | None:
        """The old vertices behind `start` with the hypotheses that go through it.

        None where what was best in the end does not go through one that `first` has.
        """
        moved = {start: first}
        found = []
        for offset in range(start + 1, len(self._vertices)):
            old = self._vertices[offset]
            places = np.full(len(old), -1)
            scores = np.zeros(len(old), np.float32)
            gains = np.zeros(len(old), np.float32)
            for source in {*old.sources.tolist()} & moved.keys():
                rows = np.flatnonzero(old.sources == source)
                parents = old.parents[rows]
                places[rows] = moved[source].places[parents]
                scores[rows] = moved[source].scores[parents]
                gains[rows] = moved[source].gains[parents]
            kept = np.flatnonzero(places >= 0)
            kept = kept[np.argsort(-(old.scores + scores)[kept], kind="stable")]
            found.append(_kept(old, kept, _Moved(places, scores, gains), shift))
            places = np.full(len(old), -1)
            places[kept] = np.arange(len(kept))
            moved[offset] = _Moved(places, scores, gains)
        best = moved[int(self._final.sources[0])].places[self._final.parents[0]]
        return found if best >= 0 else None


def _kept(old: Vertex, kept: IntArray, moved: _Moved, shift: int) -> Vertex:
    """The hypotheses `kept` of an old vertex, whose parents have `moved`."""
    vertex = Vertex(
        (old.scores + moved.scores)[kept],
        old.tokens[kept],
        old.sources[kept] - shift,
        moved.places[kept],
        old.states[kept],
        None if old.log_probs is None else old.log_probs[kept],
        held=old.held[kept],
        gains=(old.gains + moved.gains)[kept],
    )
    vertex.certainties = {
        new: old.certainties[index]
        for new, index in enumerate(kept.tolist())
        if index in old.certainties
    }
    return vertex


def _last(
    vertices: list[Vertex], offset: int, index: int, end: int
) -> tuple[tuple[int, int], ...]:
    """The last `MATCHED` tokens of a hypothesis, each with the letters from it to `end`."""
    found: list[tuple[int, int]] = []
    while offset and len(found) < MATCHED:
        vertex = vertices[offset]
        token = int(vertex.tokens[index])
        offset, index = int(vertex.sources[index]), int(vertex.parents[index])
        found.append((token, end - offset))
    return tuple(found)
