"""The adapter from the `LanguageModel` port to the scorers of `model`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ime.ports import FloatArray, IntArray, TokenTable
from ime.values import CONTEXT_TOKENS, LeftContext
from model.vocab import Vocabulary

BoolArray = npt.NDArray[np.bool_]

CONTEXTS = 4  # read until the process is tidied, which takes 4 ms


class Scorer(Protocol):
    """What every scorer of `model` can do; states are small integers."""

    def start(self, context: Sequence[int]) -> int:
        """Forget everything; the state after `context`."""
        ...

    def start_many(self, contexts: Sequence[Sequence[int]]) -> IntArray:
        """Forget everything; the states after all contexts."""
        ...

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        """(B,) states after one more token each."""
        ...

    def log_probs(self, states: IntArray) -> FloatArray:
        """(B, V) log-probabilities in nats."""
        ...

    def best_sequels(self, groups: IntArray) -> FloatArray:
        """(V, G) highest probabilities that a token of each group follows each token."""
        ...

    def followers(self, histories: Sequence[Sequence[int]], kind: BoolArray) -> FloatArray:
        """(N,) probabilities that a token of a kind follows each history."""
        ...

    def release(self, states: IntArray) -> None:
        """Forget states."""
        ...


class ScorerModel:
    """A `LanguageModel` made of a vocabulary and a scorer.

    Args:
        vocabulary: of the scorer's token ids.
        scorer: n-gram, network or their mixture.
        context_tokens: of the left context that are read, the last.
        tidy: called for every fourth left context that was read; may take some milliseconds.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        scorer: Scorer,
        context_tokens: int = CONTEXT_TOKENS,
        tidy: Callable[[], None] = lambda: None,
    ) -> None:
        self._context_tokens = context_tokens
        self._vocabulary = vocabulary
        self._scorer = scorer
        self.tokens = TokenTable(
            vocabulary.texts, vocabulary.syllables, vocabulary.by_syllable(), vocabulary.counts
        )
        self._tidy = tidy
        self._read = 0
        self._marks = np.array([not syllable for syllable in vocabulary.syllables])

    def encode(self, context: LeftContext) -> list[int]:
        """Token ids of a left context, the last `context_tokens`."""
        return self._vocabulary.encode(
            context.text, dict(context.readings), limit=self._context_tokens
        )

    def start(self, context: LeftContext) -> int:
        """Drop all states, read `context`, and return its state."""
        state = self._scorer.start(self.encode(context))
        self._read += 1
        if self._read % CONTEXTS == 0:
            self._tidy()
        return state

    def start_many(self, contexts: Sequence[LeftContext]) -> IntArray:
        """Drop all states, read the contexts (N), and return their states (N,)."""
        return self._scorer.start_many([self.encode(context) for context in contexts])

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        """(B,) states after one more token each, in one batched step."""
        return self._scorer.extend(parents, tokens)

    def log_probs(self, states: IntArray) -> FloatArray:
        """(B, V) log-probabilities in nats of the token after each state."""
        return self._scorer.log_probs(states)

    def best_sequels(self, groups: IntArray) -> FloatArray:
        """(V, G) highest probabilities that a token of each group follows each token."""
        return self._scorer.best_sequels(groups)

    def endings(self, histories: Sequence[Sequence[int]]) -> FloatArray:
        """(N,) probabilities that no hanzi follows each of N histories of tokens."""
        return self._scorer.followers(histories, self._marks)

    def release(self, states: IntArray) -> None:
        """Forget states that no other state descends from."""
        self._scorer.release(states)
