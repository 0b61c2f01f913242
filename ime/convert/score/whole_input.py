"""What speaks for a text as the whole input, beyond the probability that the model gives it.

    gain = END_SHARE * log(P(no hanzi follows) + END_FLOOR)
           + WORD_SHARE * (log P(words of the text | word before) - ALONE * words of one hanzi)

An input mostly ends where a phrase does, and is made of words that follow each other. How much
each counts was chosen on the chat, news, wiki, social and chunk sets; between half and twice
these numbers little changes.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Protocol

import numpy as np

from ime.convert.score.cutting import WordCutter
from ime.ports import FloatArray, TokenTable, WordPairs

HISTORY = 4  # tokens before the input that its ending may depend on
END_SHARE = 0.5
END_FLOOR = 0.02  # an input may be committed in the middle of a phrase
# Pools of the beam, 7,572 rows of four sets: first right with 0, 0.1, 0.15, 0.2, 0.3 in 74.1,
# 74.6, 74.8, 74.9, 74.7 %.
WORD_SHARE = 0.15


class Endings(Protocol):
    """The part of a `LanguageModel` that tells where a text ends."""

    @property
    def tokens(self) -> TokenTable:
        """The tokens of histories."""
        ...

    def endings(self, histories: Sequence[Sequence[int]]) -> FloatArray:
        """(N,) probabilities that no hanzi follows each of N histories of tokens."""
        ...


class WholeInput:
    """Gains of texts as the whole input.

    Args:
        model: tells how likely an input ends.
        pairs: tells how likely words follow each other; None to do without.
        own: texts that the user made words of.
    """

    def __init__(
        self, model: Endings, pairs: WordPairs | None = None, own: Container[str] = ()
    ) -> None:
        self._model = model
        self._cutter = WordCutter(pairs, own) if pairs is not None else None

    def reset(self) -> None:
        """Forget what is known, because the user's words changed."""
        if self._cutter is not None:
            self._cutter.reset()

    def gains(self, before: Sequence[int], texts: Sequence[Sequence[int]]) -> FloatArray:
        """(N,) nats, at most about 0, of each of N texts behind the tokens `before`."""
        tail = tuple(before[-HISTORY:])
        chances = self._model.endings([(*tail, *text) for text in texts])
        gains: FloatArray = np.float32(END_SHARE) * np.log(chances + np.float32(END_FLOOR))
        if self._cutter is None:
            return gains
        self._cutter.enter(self._hanzi_before(before))
        names = self._model.tokens.texts
        words = ["".join(names[token] for token in text) for text in texts]
        nats = [self._cutter.log_prob(text) for text in words]
        return gains + np.float32(WORD_SHARE) * np.array(nats, np.float32)

    def _hanzi_before(self, before: Sequence[int]) -> str:
        tokens = self._model.tokens
        start = len(before)
        while start and tokens.syllables[before[start - 1]]:
            start -= 1
        return "".join(tokens.texts[token] for token in before[start:])
