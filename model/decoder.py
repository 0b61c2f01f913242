"""Beam search where the syllables are given: how training and evaluation measure conversion.

The input method's own search, which also has to find the syllables, is `ime.engine.search`;
this one is its core without the graph, so that models can be compared without the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from model.vocab import BEGIN, FIRST_HANZI, Vocabulary

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]


class Scorer(Protocol):
    """Anything that gives next-token log-probabilities for a tree of histories."""

    def start(self, context: Sequence[int]) -> int:
        """State after `context`; forgets everything else."""
        ...

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        """(B,) states after one more token each."""
        ...

    def log_probs(self, states: IntArray) -> FloatArray:
        """(B, V) log-probabilities in nats."""
        ...


def convert_syllables(
    scorer: Scorer,
    by_syllable: dict[str, IntArray],
    context: Sequence[int],
    syllables: Sequence[str],
    beam: int = 16,
) -> list[tuple[float, list[int]]]:
    """The most probable token sequences that read `syllables`, best first.

    Returns:
        At most `beam` pairs of log-probability in nats and tokens; none where a syllable is
        unknown.
    """
    states = np.array([scorer.start(context)])
    scores = np.zeros(1, np.float32)
    paths: list[list[int]] = [[]]
    for i, syllable in enumerate(syllables):
        ids = by_syllable.get(syllable)
        if ids is None:
            return []
        total = (scores[:, None] + scorer.log_probs(states)[:, ids]).ravel()
        top = np.argsort(-total)[:beam]
        parents, tokens = top // len(ids), ids[top % len(ids)]
        paths = [[*paths[p], t] for p, t in zip(parents.tolist(), tokens.tolist(), strict=True)]
        scores = total[top]
        if i + 1 < len(syllables):
            states = scorer.extend(states[parents], tokens)
    return list(zip(scores.tolist(), paths, strict=True))


def sample_units(
    tokens: npt.NDArray[np.uint16], count: int, seed: int, context: int = 64
) -> list[tuple[list[int], list[int]]]:
    """Runs of 2 to 20 hanzi of a split, each with up to `context` tokens of its document.

    Returns:
        `count` pairs (context, unit), the same ones for the same seed.
    """
    hanzi = np.concatenate(([False], tokens >= FIRST_HANZI, [False]))
    edges = np.flatnonzero(hanzi[1:] != hanzi[:-1])
    starts, ends = edges[::2], edges[1::2]
    fits = (ends - starts >= 2) & (ends - starts <= 20)
    starts, ends = starts[fits], ends[fits]
    generator = np.random.default_rng(seed)
    chosen = generator.choice(len(starts), min(count, len(starts)), replace=False)
    units = []
    for start, end in zip(starts[chosen].tolist(), ends[chosen].tolist(), strict=True):
        left = tokens[max(0, start - context) : start].tolist()
        if BEGIN in left:
            left = left[len(left) - left[::-1].index(BEGIN) :]
        units.append((left, tokens[start:end].tolist()))
    return units


def conversion_rate(
    scorer: Scorer,
    vocabulary: Vocabulary,
    units: Sequence[tuple[list[int], list[int]]],
    beam: int = 8,
) -> float:
    """Share (0 to 1) of units whose text comes first when their syllables are given."""
    by_syllable = vocabulary.by_syllable()
    hits = 0
    for context, unit in units:
        syllables = [vocabulary.syllables[token] for token in unit]
        found = convert_syllables(scorer, by_syllable, context, syllables, beam)
        gold = "".join(vocabulary.texts[token] for token in unit)
        hits += bool(found) and "".join(vocabulary.texts[t] for t in found[0][1]) == gold
    return hits / max(1, len(units))
