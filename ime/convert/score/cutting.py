"""The likeliest way to cut a text into words that follow each other."""

from __future__ import annotations

from collections.abc import Container

from ime.ports import WordPairs

LONGEST_WORD = 5  # hanzi; longer words nearly always consist of shorter ones
TAIL = 8  # hanzi before the input that are cut into words, too
MOST_CUT = 4096  # texts whose ways to be cut are remembered while the context stays

ALONE = 3.0  # nats that a word of one hanzi costs besides, unless it is the whole text
OWN = -14.0  # nats; one word in a million, as rare as a name that many know

_Cuts = tuple[tuple[int, float], ...]
"""Ways to cut a text into words: the last word's number, and nats of the best such way."""


class WordCutter:
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
