"""What the beam search keeps: vertices with their hypotheses, and how a beam is cut."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ime.ports import FloatArray, IntArray

GAINED = 1.0
"""Nats from which on a hypothesis leads by a word of the user's own."""


class Found(NamedTuple):
    """What an edge adds to its end; N each.

    Attributes:
        scores: nats.
        parents: index of the parent in its vertex.
        tokens: ids.
        hopes: scores with the outlook on the next letter, by which the beam is cut.
        highest: the best scores, outlook or not.
        own: nats of those that stand inside an own word, as parts of that word; -inf for the
            others.
    """

    scores: FloatArray
    parents: IntArray
    tokens: IntArray
    hopes: FloatArray
    highest: FloatArray
    own: FloatArray


@dataclass(frozen=True, slots=True)
class Path:
    """One hypothesis written out.

    Attributes:
        end: letters it covers, from 0.
        tokens: ids, first to last.
        spans: [start, end) letters of each token.
        score: nats.
        gain: nats of `score` that words of the user's own gave.
    """

    end: int
    tokens: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    score: float
    gain: float = 0.0


@dataclass(slots=True)
class Vertex:
    """Hypotheses of all paths to one offset, best first; K of them.

    Attributes:
        scores: (K,) nats.
        tokens: (K,) last token of each.
        sources: (K,) offset of the vertex that each comes from.
        parents: (K,) index of each one's parent there.
        states: (K,) of the model, -1 where not computed.
        log_probs: (K, V) of the next token; rows without a state are not filled. None where
            there are no states, and far from the end of the input, where it is dropped.
        paths: the hypotheses written out, once somebody asked for them.
        certainties: by index, of the last tokens that somebody asked for.
        held: (K,) which are kept for the own word that they stand inside.
        gains: (K,) nats of `scores` that words of the user's own gave.
    """

    scores: FloatArray
    tokens: IntArray
    sources: IntArray
    parents: IntArray
    states: IntArray
    log_probs: FloatArray | None = None
    paths: list[Path] | None = None
    certainties: dict[int, float] = field(default_factory=dict)
    held: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    gains: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def has_states(self) -> bool:
        """Whether a state of any hypothesis was computed."""
        return bool((self.states >= 0).any())


def best(scores: FloatArray, count: int) -> IntArray:
    """Places of the `count` highest, ascending; the first ones where scores are equal."""
    if len(scores) <= count:
        return np.arange(len(scores))
    least = np.partition(scores, -count)[-count]
    above = np.flatnonzero(scores > least)
    equal = np.flatnonzero(scores == least)[: count - len(above)]
    return np.sort(np.concatenate((above, equal)))


def best_values(scores: FloatArray, count: int) -> FloatArray:
    """The `count` highest, in no order."""
    return scores if len(scores) <= count else np.partition(scores, -count)[-count:]


def first_of_each(
    order: IntArray, sources: IntArray, parents: IntArray, tokens: IntArray
) -> IntArray:
    """`order` without hypotheses that repeat a better one reached over another kind of edge."""
    seen: set[tuple[int, int, int]] = set()
    kept = []
    for i in order.tolist():
        key = (int(sources[i]), int(parents[i]), int(tokens[i]))
        if key not in seen:
            seen.add(key)
            kept.append(i)
    return np.array(kept, np.int64)
