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

from ime.ports import FloatArray, TokenTable, WordPairs

HISTORY = 4  # tokens before the input that its ending may depend on
END_SHARE = 0.5
END_FLOOR = 0.02  # an input may be committed in the middle of a phrase
# Pools, 1,800 rows of five sets: first right with 0.15, 0.2, 0.25, 0.3, 0.35, 0.4 in
# 78.3, 78.8, 78.8, 79.1, 79.1, 79.1 %; of social the less, the larger it is.
WORD_SHARE = 0.25

LONGEST_WORD = 5  # hanzi; longer words nearly always consist of shorter ones
TAIL = 8  # hanzi before the input that are cut into words, too
MOST_CUT = 4096  # texts whose ways to be cut are remembered while the context stays

ALONE = 3.0  # nats that a word of one hanzi costs besides, unless it is the whole text
OWN = -14.0  # nats; one word in a million, as rare as a name that many know

_Cuts = tuple[tuple[int, float], ...]
"""Ways to cut a text into words: the last word's number, and nats of the best such way."""


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
        self._cutter = WordSegmenter(pairs, own) if pairs is not None else None

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
        names, syllables = self._model.tokens.texts, self._model.tokens.syllables
        words = ["".join(names[t] for t in text if syllables[t]) for text in texts]
        nats = [self._cutter.log_prob(text) for text in words]
        return gains + np.float32(WORD_SHARE) * np.array(nats, np.float32)

    def _hanzi_before(self, before: Sequence[int]) -> str:
        tokens = self._model.tokens
        start = len(before)
        while start and tokens.syllables[before[start - 1]]:
            start -= 1
        return "".join(tokens.texts[token] for token in before[start:])


class WordSegmenter:
    """Viterbi search over the words of texts behind one left context at a time.

    Args:
        pairs: tells how likely words follow each other.
        own: texts that the user made words of; they follow any word with `OWN` nats.
    """

    def __init__(self, pairs: WordPairs, own: Container[str] = ()) -> None:
        self._pairs = pairs
        self._own = own
        self._before: str | None = None
        self._cuts: dict[str, _Cuts] = {}

    def enter(self, before: str) -> None:
        """Stand behind `before`, the hanzi since the last mark.

        What is known of texts is kept while it stays the same.
        """
        if before == self._before and len(self._cuts) < MOST_CUT:
            return
        self._before = before
        self._cuts = {"": ((self._pairs.find(""), 0.0),)}
        cuts = self._cut(before[-TAIL:])
        best = max(nats for _, nats in cuts)
        self._cuts = {"": tuple((word, nats - best) for word, nats in cuts)}

    def reset(self) -> None:
        """Forget what is known, because `own` changed."""
        self._before = None

    def log_prob(self, text: str) -> float:
        """Nats of the best way to cut a text, behind the best way to cut what is before it.

        Those of a text of several hanzi are less `ALONE` for each word of one.
        """
        nats = max(nats for _, nats in self._cut(text))
        return nats + ALONE if len(text) == 1 else nats

    def _cut(self, text: str) -> _Cuts:
        known = self._cuts.get(text)
        if known is None:
            known = self._cuts[text] = tuple(self._last_words(text))
        return known

    def _last_words(self, text: str) -> list[tuple[int, float]]:
        """The cuts of a text by its last word, each behind the best cut of what is left."""
        follow = self._pairs.log_prob
        found = []
        for length in range(1, min(LONGEST_WORD, len(text)) + 1):
            last, rest = text[-length:], self._cut(text[:-length])
            word = self._pairs.find(last)
            if word >= 0 or length == 1:
                nats = max(nats + follow(before, word) for before, nats in rest)
                found.append((word, nats if length > 1 else nats - ALONE))
            elif last in self._own:
                found.append((word, max(nats for _, nats in rest) + OWN))
        return found
