"""A language model of two dozen tokens, small enough to foretell by reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ime.ports import FloatArray, IntArray, TokenTable
from ime.values import LeftContext
from tests.fakes import best_of_groups

COUNTS = {
    ("在", "zai"): 900,
    ("再", "zai"): 300,
    ("见", "jian"): 300,
    ("间", "jian"): 400,
    ("先", "xian"): 500,
    ("线", "xian"): 300,
    ("西", "xi"): 300,
    ("安", "an"): 250,
    ("的", "de"): 3000,
    ("银", "yin"): 200,
    ("行", "xing"): 500,
    ("行", "hang"): 200,
    ("董", "dong"): 1,
    ("洞", "dong"): 200,
    ("大", "da"): 900,
    ("打", "da"): 500,
}
"""How often the training text has each (hanzi, syllable)."""

PAIRS = {
    ("在", "见"): -3.0,
    ("再", "见"): 3.0,
    ("西", "安"): 3.0,
    ("银", "行"): 2.0,
    ("先", "在"): -2.0,
    ("不", "再"): 5.0,
}
"""Nats that a character gains behind another one, before all are made to sum to 1."""


class TinyModel:
    """Satisfies the `LanguageModel` port with a bigram of characters.

    A character of the left context that is no token is a history of its own.

    Attributes:
        tokens: of the model.
        batches: sizes of the batches that `extend` was called with.
    """

    def __init__(
        self,
        counts: Mapping[tuple[str, str], int] = COUNTS,
        pairs: Mapping[tuple[str, str], float] = PAIRS,
    ) -> None:
        self._texts = [text for text, _ in counts]
        syllables = [syllable for _, syllable in counts]
        values = np.array(list(counts.values()), np.int64)
        by_syllable = {
            syllable: np.flatnonzero(np.array(syllables) == syllable)
            for syllable in set(syllables)
        }
        self.tokens = TokenTable(self._texts, syllables, by_syllable, values)
        self._pairs = pairs
        self._last: list[str] = []
        self.batches: list[int] = []

    def encode(self, context: LeftContext) -> list[int]:
        return [self._texts.index(char) for char in context.text if char in self._texts]

    def start(self, context: LeftContext) -> int:
        self._last = [context.text[-1:]]
        return 0

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        self.batches.append(len(tokens))
        assert all(0 <= parent < len(self._last) for parent in parents)
        first = len(self._last)
        self._last += [self._texts[token] for token in tokens.tolist()]
        return np.arange(first, len(self._last))

    def log_probs(self, states: IntArray) -> FloatArray:
        return np.stack([self._row(self._last[state]) for state in states.tolist()])

    def best_sequels(self, groups: IntArray) -> FloatArray:
        return best_of_groups(np.exp([self._row(text) for text in self._texts]), groups)

    def endings(self, histories: Sequence[Sequence[int]]) -> FloatArray:
        return np.zeros(len(histories), np.float32)

    def release(self, states: IntArray) -> None:
        del states

    def _row(self, last: str) -> FloatArray:
        gains = np.array([self._pairs.get((last, text), 0.0) for text in self._texts])
        scores = np.log(self.tokens.counts) + gains
        return (scores - np.logaddexp.reduce(scores)).astype(np.float32)


def nats(model: TinyModel, before: str, tokens: Sequence[tuple[str, str]]) -> float:
    """Score of a chain of (hanzi, syllable), computed step by step."""
    total = 0.0
    state = np.array([model.start(LeftContext(before))])
    ids = list(zip(model.tokens.texts, model.tokens.syllables, strict=True))
    for pair in tokens:
        token = ids.index(pair)
        total += float(model.log_probs(state)[0, token])
        state = model.extend(state, np.array([token]))
    return total
