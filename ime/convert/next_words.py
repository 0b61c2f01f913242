"""Words that may follow a text, before any letter of them is typed.

A beam search over tokens alone: what the score of tokens, the user's terms in it, thinks likely
behind the text, as far as it is a word of the lexicon, one of the user's own, or one hanzi.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ime.convert.search import BeamSearch
from ime.ports import FloatArray, IntArray, Words
from ime.values import Candidate, LeftContext, Source

LONGEST = 4  # hanzi of a word
BEAM = 32
LEAST = -9.0  # nats; what is less likely is not guessed
MOST_CHARACTERS = 3  # of five; single hanzi are likelier, words save more keys


@dataclass(frozen=True, slots=True)
class _Beginning:
    """Tokens behind the text, their nats, and the state before the last of them.

    Attributes:
        tokens: ids.
        score: nats of all.
        before: state of the model.
        nats: that the model gives to the last token.
    """

    tokens: tuple[int, ...]
    score: float
    before: int
    nats: float


class NextWords:
    """Thinks of what may follow.

    Args:
        search: stands behind the text afterwards, ready for the next letter.
        lexicon: the words.
    """

    def __init__(self, search: BeamSearch, lexicon: Words) -> None:
        self._search, self._lexicon = search, lexicon
        tokens = search.model.tokens
        self._texts, self._syllables = tokens.texts, tokens.syllables
        self._characters = frozenset(text for text, syllable in tokens.ids if syllable)
        self._hanzi = np.array([bool(syllable) for syllable in tokens.syllables])

    def after(
        self, context: LeftContext, limit: int, stale: Callable[[], bool] | None = None
    ) -> tuple[Candidate, ...] | None:
        """The likeliest words behind a text that ends with a hanzi; none behind others.

        Args:
            context: the text.
            limit: no more words than this.
            stale: asked between steps; once it is true the work stops.

        Returns:
            Best first; None where `stale` stopped it.
        """
        self._search.start(context)
        if not context.text or context.text[-1] not in self._characters:
            return ()
        made: list[IntArray] = []
        found: dict[str, Candidate] = {}
        try:
            beginnings = self._first()
            for length in range(1, LONGEST + 1):
                for item in self._words(beginnings):
                    found.setdefault(item.text, item)
                if length == LONGEST or not beginnings:
                    break
                if stale is not None and stale():
                    return None
                beginnings, states = self._longer(beginnings)
                made.append(states)
        finally:
            if made:
                self._search.model.release(np.concatenate(made))
        return _chosen(sorted(found.values(), key=lambda item: -item.score), limit)

    def _first(self) -> list[_Beginning]:
        """The likeliest single hanzi."""
        root = self._search.vertices[0].states
        (nats,), (scores,) = self._scored(root)
        return [
            _Beginning((token,), float(scores[token]), int(root[0]), float(nats[token]))
            for token in _best(scores).tolist()
        ]

    def _scored(self, states: IntArray) -> tuple[FloatArray, FloatArray]:
        """(B, V) nats of the model behind states, and scores; -inf for what is no hanzi."""
        nats = self._search.model.log_probs(states)
        scores = self._search.score.token_nats(nats, states, np.arange(len(self._hanzi)))
        return nats, np.where(self._hanzi, scores, -np.inf)

    def _longer(self, beginnings: Sequence[_Beginning]) -> tuple[list[_Beginning], IntArray]:
        """The likeliest beginnings that are one hanzi longer, and the states made for them."""
        before = np.array([each.before for each in beginnings], np.int64)
        tokens = np.array([each.tokens[-1] for each in beginnings])
        known = np.array([each.nats for each in beginnings], np.float32)
        states = self._search.score.extend(before, tokens, known)
        nats, scores = self._scored(states)
        scores += np.array([each.score for each in beginnings], np.float32)[:, None]
        longer = []
        for place in _best(scores.ravel()).tolist():
            row, token = divmod(place, scores.shape[1])
            longer.append(
                _Beginning(
                    (*beginnings[row].tokens, token),
                    float(scores[row, token]),
                    int(states[row]),
                    float(nats[row, token]),
                )
            )
        return longer, states

    def _words(self, beginnings: Sequence[_Beginning]) -> list[Candidate]:
        """Those that are words, best first."""
        found = []
        for each in beginnings:
            text = "".join(self._texts[token] for token in each.tokens)
            syllables = tuple(self._syllables[token] for token in each.tokens)
            source: Source | None = Source.CHARACTER
            if len(text) > 1:
                words = self._lexicon.words_of(syllables)
                source = next((word.source for word in words if word.text == text), None)
            if source is not None:
                found.append(Candidate(text, syllables, 0, source, each.score))
        return found


def _best(scores: FloatArray) -> IntArray:
    """Places of the `BEAM` highest that are likely enough, best first."""
    count = min(BEAM, len(scores))
    top = np.argpartition(-scores, count - 1)[:count]
    top = top[scores[top] > LEAST]
    order: IntArray = top[np.argsort(-scores[top], kind="stable")]
    return order


def _chosen(ranked: Sequence[Candidate], limit: int) -> tuple[Candidate, ...]:
    """The first `limit`, so that longer words have their share."""
    characters = [item for item in ranked if len(item.text) == 1][:MOST_CHARACTERS]
    kept = [item for item in ranked if len(item.text) > 1 or item in characters]
    return tuple(kept[:limit])
