"""Network and n-gram as one: a weighted mean of probabilities.

The network knows the topic and the far context, the n-gram has seen far more text. The
weight of the network depends on how long a suffix of the history the n-gram knows: where it
knows little, the network counts more. `python -m model.evaluate --tune` finds the weights
on the dev split.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from model.network.scorer import NetworkScorer
from model.ngram.trie import ORDER, NgramScorer

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]


class MixtureScorer:
    """Next-token log-probabilities of both models mixed.

    Args:
        network: the network's scorer.
        ngram: the n-gram's scorer.
        weights: share of the network, 0 to 1, where the n-gram knows a suffix of 1, 2, 3, 4
            tokens.
    """

    def __init__(
        self, network: NetworkScorer, ngram: NgramScorer, weights: Sequence[float]
    ) -> None:
        if len(weights) != ORDER - 1 or not all(0 <= weight <= 1 for weight in weights):
            raise ValueError(f"need {ORDER - 1} weights from 0 to 1, got {list(weights)}")
        self._network, self._ngram = network, ngram
        self._weights = np.array([0.0, *weights], np.float32)
        self._states: list[tuple[int, int]] = []  # of the network, of the n-gram
        self._dead: set[int] = set()

    def start(self, context: Sequence[int]) -> int:
        """Forget everything; the state after `context`."""
        self._states = [(self._network.start(context), self._ngram.start(context))]
        self._dead.clear()
        return 0

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        """(B,) states of `parents` (B,) each followed by its token (B,)."""
        pairs = self._pairs(parents)
        neural = self._network.extend(pairs[:, 0], tokens)
        counted = self._ngram.extend(pairs[:, 1], tokens)
        first = len(self._states)
        self._states += zip(neural.tolist(), counted.tolist(), strict=True)
        return np.arange(first, len(self._states))

    def log_probs(self, states: IntArray) -> FloatArray:
        """(B, V) log-probabilities in nats of the token after each state."""
        pairs = self._pairs(states)
        weights = self._weights[self._ngram.knowledge(pairs[:, 1])][:, None]
        mixed = self._network.probabilities(pairs[:, 0])
        mixed *= weights
        mixed += self._ngram.probabilities(pairs[:, 1]) * (1 - weights)
        result: FloatArray = np.log(mixed, out=mixed)
        return result

    def best_sequels(self, groups: IntArray) -> FloatArray:
        """(V, G) highest probabilities of each group behind each token, of the n-gram.

        The network would need a decode step for every token.
        """
        return self._ngram.best_sequels(groups)

    def followers(
        self, histories: Sequence[Sequence[int]], kind: npt.NDArray[np.bool_]
    ) -> FloatArray:
        """(N,) probabilities that a token of a kind (V,) follows each history, of the n-gram.

        The network would need a decode step of its own for them.
        """
        return self._ngram.followers(histories, kind)

    def release(self, states: IntArray) -> None:
        """Forget states; the room of one is used again once all later ones are forgotten."""
        pairs = self._pairs(states)
        self._network.release(pairs[:, 0])
        self._ngram.release(pairs[:, 1])
        self._dead.update(states.tolist())
        while self._states and len(self._states) - 1 in self._dead:
            self._states.pop()
            self._dead.remove(len(self._states))

    def _pairs(self, states: IntArray) -> IntArray:
        """(B, 2) states of the network and of the n-gram."""
        pairs = [self._states[state] for state in states.tolist()]
        return np.array(pairs, np.int64).reshape(-1, 2)
