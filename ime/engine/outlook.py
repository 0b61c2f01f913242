"""How well a hypothesis can go on: a look at the next letter before the beam is cut.

A rare character that only makes sense with the next one (寂 of 寂寞) has a low score while it
is last, and a narrow beam drops it. Once the next letter is typed, the best bigram that begins
with that letter says what the hypothesis may still gain:

    outlook(token, letter) = max over tokens t whose syllable begins with letter
                             of log P(t | token)

It only decides what is kept (the future cost of Koehn et al. 2003, one token ahead); scores are
not changed by it.
"""

from __future__ import annotations

import math
import string

import numpy as np

from ime.engine.port import FloatArray, IntArray, LanguageModel

WORST = -12.0  # nats; unknown pairs differ by chance below that
LETTERS = string.ascii_lowercase


class Outlook:
    """Outlooks of tokens, each computed when it is first asked for.

    Args:
        model: whose bigrams count.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        groups: dict[int, list[int]] = {}
        for token, syllable in enumerate(model.tokens.syllables):
            if syllable:
                groups.setdefault(LETTERS.index(syllable[0]), []).append(token)
        self._groups = {letter: np.array(group) for letter, group in groups.items()}
        size = len(model.tokens.texts)
        self._known = np.zeros(size, np.bool_)
        self._table = np.full((size, len(LETTERS)), WORST, np.float32)

    def of(self, tokens: IntArray, letter: str) -> FloatArray:
        """(N,) nats, `WORST` to 0, of the best sequel of each of `tokens` (N,).

        Args:
            tokens: ids of hanzi.
            letter: a to z, that the next syllable begins with.
        """
        for token in tokens[~self._known[tokens]].tolist():
            self._learn(token)
        found: FloatArray = self._table[tokens, LETTERS.index(letter)]
        return found

    def _learn(self, token: int) -> None:
        after = self._model.after(token)
        for letter, group in self._groups.items():
            likeliest = float(after[group].max())
            self._table[token, letter] = max(WORST, math.log(max(likeliest, 1e-30)))
        self._known[token] = True
