"""Converts cases as typing does, a dozen at a time, to judge what training brought.

Syllables are given, and the beam is narrower than in typing; else all that decides there counts
here, too: the mixture of network and n-gram, hanzi that come again, where a text ends, and what
words it is made of. What is learned at once is left out, because the cases were learned from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ime.convert.score.cache_model import Recurrence
from ime.convert.score.whole_input import WholeInput
from ime.ports import FloatArray, TokenTable, WordPairs
from ime.values import CONTEXT_TOKENS
from model.batch_decoder import convert_many
from model.finetune.examples import Example
from model.mixture import MixtureScorer
from model.vocab import Vocabulary

BEAM = 6
"""Hypotheses; narrower than in typing, and the same before and after."""

Tick = Callable[[int], None]
"""Called with the number of conversions done; may wait and may raise."""


class CaseConverter:
    """Converts cases with one network or another.

    Args:
        vocabulary: of the networks.
        pairs: which words follow each other; None to do without.
    """

    def __init__(self, vocabulary: Vocabulary, pairs: WordPairs | None) -> None:
        self._vocabulary, self._pairs = vocabulary, pairs
        self._by_syllable = vocabulary.by_syllable()
        self._tokens = TokenTable(
            vocabulary.texts, vocabulary.syllables, self._by_syllable, vocabulary.counts
        )
        self._recurrence = Recurrence(self._tokens)

    def convert(self, scorer: MixtureScorer, cases: Sequence[Example], tick: Tick) -> list[str]:
        """The first candidate of each case; empty where a syllable is unknown.

        Args:
            scorer: the network, mixed with the n-gram.
            cases: what to convert.
            tick: told of every dozen.
        """
        asked = [(self._context(case), case.syllables) for case in cases]

        def recurring(place: int, log_probs: FloatArray) -> FloatArray:
            self._recurrence.enter(asked[place][0])
            return self._recurrence.add_to(log_probs)

        found = convert_many(scorer, self._by_syllable, asked, BEAM, tick, recurring)
        whole = WholeInput(_Endings(self._tokens, scorer), self._pairs)
        texts = []
        for (context, _), hypotheses in zip(asked, found, strict=True):
            paths = [path for _, path in hypotheses]
            scores = np.array([score for score, _ in hypotheses], np.float32)
            if paths:
                best = int(np.argmax(scores + whole.gains(context, paths)))
                texts.append("".join(self._vocabulary.texts[token] for token in paths[best]))
            else:
                texts.append("")
        return texts

    def _context(self, case: Example) -> list[int]:
        readings = dict(case.readings)
        return self._vocabulary.encode(case.context, readings, limit=CONTEXT_TOKENS - 1)


class _Endings:
    """What `WholeInput` asks of a model."""

    def __init__(self, tokens: TokenTable, scorer: MixtureScorer) -> None:
        self.tokens = tokens
        self._scorer = scorer
        self._marks = np.array([not syllable for syllable in tokens.syllables])

    def endings(self, histories: Sequence[Sequence[int]]) -> FloatArray:
        """(N,) probabilities that no hanzi follows each history."""
        return self._scorer.followers(histories, self._marks)
