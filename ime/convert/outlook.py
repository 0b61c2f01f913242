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

from ime.ports import FloatArray, IntArray, LanguageModel

WORST = -12.0  # nats; unknown pairs differ by chance below that
LETTERS = string.ascii_lowercase


class Outlook:
    """Outlooks of all tokens, computed at once: no key has to wait for them.

    Args:
        model: whose bigrams count.
    """

    def __init__(self, model: LanguageModel) -> None:
        syllables = model.tokens.syllables
        groups = [LETTERS.index(syllable[0]) if syllable else -1 for syllable in syllables]
        known = model.best_sequels(np.array(groups, np.int64))
        table = np.full((len(syllables), len(LETTERS)), math.exp(WORST), np.float32)
        table[:, : known.shape[1]] = np.maximum(known, table[:, : known.shape[1]])
        self._table = np.log(table)  # (V, 26); columns of letters that begin nothing are WORST

    def of(self, tokens: IntArray, letter: str) -> FloatArray:
        """(N,) nats, `WORST` to 0, of the best sequel of each of `tokens` (N,).

        Args:
            tokens: ids of hanzi.
            letter: a to z, that the next syllable begins with.
        """
        found: FloatArray = self._table[tokens, LETTERS.index(letter)]
        return found
