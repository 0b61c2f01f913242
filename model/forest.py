"""Converting many texts at once: the trees of several contexts side by side in one cache.

Small steps cost a processor mostly their beginning and end, so that a dozen searches in one
batch take a fraction of the time they take one by one. For measuring; typing has one context.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from model.mixture import MixtureScorer
from model.network.scorer import NetworkScorer
from model.ngram.trie import NgramScorer
from model.vocab import BEGIN

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]
TOGETHER = 12
"""Searches in one batch; more of them cost memory and save little."""

Hypothesis = tuple[float, list[int]]
"""Nats, and tokens."""

Adjust = Callable[[int, FloatArray], FloatArray]
"""From the place of a case and its (K, V) log-probabilities to those that count."""


class ForestNetwork(NetworkScorer):
    """A `NetworkScorer` with several roots."""

    @torch.inference_mode()
    def start_many(self, contexts: Sequence[Sequence[int]]) -> IntArray:
        """Forget everything, read all contexts in one step, return their states."""
        self._cache.clear()
        tokens: list[int] = []
        ends = []
        room = self._context - 1
        self._reserve(len(contexts) * self._context)
        for context in contexts:
            first = len(tokens)
            tokens += [BEGIN, *context[max(0, len(context) - room) :]]
            end = len(tokens)
            self._mask[first:end, :end] = False
            self._mask[first:end, first:end] = np.tri(end - first, dtype=np.bool_)
            self._depth[first:end] = np.arange(end - first)
            ends.append(end - 1)
        self._run(np.asarray(tokens))
        return np.asarray(ends)


class Forest(MixtureScorer):
    """A `MixtureScorer` with several roots.

    Args:
        network: the network's scorer.
        ngram: the n-gram's scorer.
        weights: share of the network, as for `MixtureScorer`.
    """

    def __init__(
        self, network: ForestNetwork, ngram: NgramScorer, weights: Sequence[float]
    ) -> None:
        super().__init__(network, ngram, weights)
        self._trees = network

    def start_many(self, contexts: Sequence[Sequence[int]]) -> IntArray:
        """Forget everything; the states after all contexts."""
        neural = self._trees.start_many(contexts).tolist()
        root = self._ngram.start([])
        pairs = []
        for state, context in zip(neural, contexts, strict=True):
            counted = np.array([root])
            for token in context[-4:]:  # the n-gram reads no further back
                counted = self._ngram.extend(counted, np.array([token]))
            pairs.append((state, int(counted[0])))
        self._states = pairs
        return np.arange(len(pairs))


@dataclass(slots=True)
class _Search:
    """One text on its way: its place in the answer, what it must read, its hypotheses."""

    place: int
    groups: list[IntArray]
    states: IntArray
    scores: FloatArray
    paths: list[list[int]]


def convert_many(
    forest: Forest,
    by_syllable: dict[str, IntArray],
    cases: Sequence[tuple[Sequence[int], Sequence[str]]],
    beam: int,
    tick: Callable[[int], None],
    adjust: Adjust | None = None,
) -> list[list[Hypothesis]]:
    """The most probable token sequences for each case, best first.

    Args:
        forest: scores all of them.
        by_syllable: tokens of every syllable.
        cases: (context, syllables).
        beam: hypotheses of each.
        tick: called with the number of cases done, after each batch.
        adjust: changes the log-probabilities that count for a case.

    Returns:
        At most `beam` hypotheses of each case; none where a syllable is unknown.
    """
    found: list[list[Hypothesis]] = [[] for _ in cases]
    for first in range(0, len(cases), TOGETHER):
        batch = cases[first : first + TOGETHER]
        states = forest.start_many([context for context, _ in batch])
        searches = []
        for i, (_, syllables) in enumerate(batch):
            groups = [by_syllable[one] for one in syllables if one in by_syllable]
            if groups and len(groups) == len(syllables):
                start = np.zeros(1, np.float32)
                searches.append(_Search(first + i, groups, states[i : i + 1], start, [[]]))
        while searches:
            searches = _advance(forest, searches, beam, found, adjust)
        tick(first + len(batch))
    return found


def _advance(
    forest: Forest,
    searches: list[_Search],
    beam: int,
    found: list[list[Hypothesis]],
    adjust: Adjust | None,
) -> list[_Search]:
    """One more token for every search; those that are done give what they found and go."""
    logs = forest.log_probs(np.concatenate([search.states for search in searches]))
    going: list[_Search] = []
    parents: list[IntArray] = []
    tokens: list[IntArray] = []
    at = 0
    for search in searches:
        rows = logs[at : at + len(search.states)]
        at += len(search.states)
        if adjust is not None:
            rows = adjust(search.place, rows)
        ids = search.groups[len(search.paths[0])]
        total = (search.scores[:, None] + rows[:, ids]).ravel()
        top = np.argsort(-total)[:beam]
        before, chosen = top // len(ids), ids[top % len(ids)]
        search.paths = [
            [*search.paths[p], t] for p, t in zip(before.tolist(), chosen.tolist(), strict=True)
        ]
        search.scores = total[top]
        if len(search.paths[0]) == len(search.groups):
            found[search.place] = list(zip(search.scores.tolist(), search.paths, strict=True))
            continue
        going.append(search)
        parents.append(search.states[before])
        tokens.append(chosen)
    if going:
        states = forest.extend(np.concatenate(parents), np.concatenate(tokens))
        cuts = np.cumsum([len(part) for part in parents])[:-1]
        for search, part in zip(going, np.split(states, cuts), strict=True):
            search.states = part
    return going
