"""What speaks for a text as the whole input, beyond the probability that the model gives it.

    gain = END_SHARE * log(P(no hanzi follows) + END_FLOOR) - LOOSE * loose characters

An input mostly ends where a phrase does, and is mostly made of words. Both weights were chosen
on 240 rows each of the chat, news, wiki, social and chunk sets, where the errors fell by 7 % of
all together; between half and twice these numbers little changes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ime.engine.port import FloatArray, LanguageModel
from ime.lexicon.words import Lexicon

HISTORY = 4  # tokens before the input that its ending may depend on
END_SHARE = 0.5
END_FLOOR = 0.02  # an input may be committed in the middle of a phrase
LOOSE = 0.7  # nats for each character that is in no word of the text
LONGEST_WORD = 4  # longer words nearly always consist of shorter ones


class WholeInput:
    """Gains of texts as the whole input.

    Args:
        model: tells how likely an input ends.
        lexicon: tells words.
    """

    def __init__(self, model: LanguageModel, lexicon: Lexicon) -> None:
        self._model = model
        self._lexicon = lexicon

    def gains(self, before: Sequence[int], texts: Sequence[Sequence[int]]) -> FloatArray:
        """(N,) nats, at most about 0, of each of N texts behind the tokens `before`."""
        before = before[-HISTORY:]
        chances = self._model.endings([(*before, *text) for text in texts])
        names = self._model.tokens.texts
        loose = self._loose(["".join(names[token] for token in text) for text in texts])
        gains: FloatArray = np.float32(END_SHARE) * np.log(chances + np.float32(END_FLOOR))
        return gains - np.float32(LOOSE) * loose

    def _loose(self, texts: Sequence[str]) -> FloatArray:
        """(N,) characters that stay alone when each text is cut into words as far as can be.

        A text of one character is a word.
        """
        spans = {
            text[start : start + length]
            for text in texts
            for start in range(len(text) - 1)
            for length in range(2, LONGEST_WORD + 1)
        }
        words = self._lexicon.known(spans)
        found = np.zeros(len(texts), np.float32)
        for row, text in enumerate(texts):
            if len(text) > 1:
                found[row] = _fewest_alone(text, words)
        return found


def _fewest_alone(text: str, words: frozenset[str]) -> int:
    fewest = [0]
    for end in range(1, len(text) + 1):
        best = fewest[end - 1] + 1
        for start in range(max(0, end - LONGEST_WORD), end - 1):
            if fewest[start] < best and text[start:end] in words:
                best = fewest[start]
        fewest.append(best)
    return fewest[-1]
