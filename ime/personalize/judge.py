"""Converts cases by the score of typing, a dozen at a time, to judge what training brought.

Syllables are given, and the beam is narrower than in typing. What is learned at once is left
out, because the cases were learned from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ime.convert.score.formula import ManyTokenScores, Score
from ime.convert.score.whole_input import WholeInput
from ime.decode.language_model import ScorerModel
from ime.ports import WordPairs
from ime.values import LeftContext
from model.batch_decoder import Hypothesis, convert_many
from model.finetune.examples import Example
from model.mixture import MixtureScorer
from model.vocab import Vocabulary

BEAM = 6
"""Hypotheses; narrower than in typing, and the same before and after."""

Tick = Callable[[int], None]
"""Called with the number of conversions done; may wait and may raise."""


class CaseConverter:
    """Converts cases with one network.

    Args:
        vocabulary: of the network.
        scorer: the network, mixed with the n-gram.
        pairs: which words follow each other; None to do without.
        beam: hypotheses of each case.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        scorer: MixtureScorer,
        pairs: WordPairs | None,
        beam: int = BEAM,
    ) -> None:
        self._beam = beam
        self._by_syllable, self._texts = vocabulary.by_syllable(), vocabulary.texts
        self.tokens = ManyTokenScores(ScorerModel(vocabulary, scorer))
        self._score = Score(self.tokens, WholeInput(self.tokens, pairs))

    def first(self, cases: Sequence[Example], tick: Tick) -> list[str]:
        """The first candidate of each case; empty where a syllable is unknown.

        Args:
            cases: what to convert.
            tick: told of every dozen.
        """
        return [next(iter(texts), "") for texts in self.ranked(cases, tick)]

    def ranked(self, cases: Sequence[Example], tick: Tick = lambda _: None) -> list[list[str]]:
        """The candidates of each case, best first; none where a syllable is unknown."""
        asked = [(LeftContext(case.context, case.readings), case.syllables) for case in cases]
        found = convert_many(self.tokens, self._by_syllable, asked, self._beam, tick)
        return [
            self._listed(context, hypotheses) if hypotheses else []
            for (context, _), hypotheses in zip(asked, found, strict=True)
        ]

    def _listed(self, context: LeftContext, hypotheses: Sequence[Hypothesis]) -> list[str]:
        paths = [path for _, path in hypotheses]
        scores = np.array([score for score, _ in hypotheses], np.float32)
        scores += self._score.input_gain(self.tokens.encode(context), paths)
        order = np.argsort(-scores, kind="stable").tolist()
        return ["".join(self._texts[token] for token in paths[place]) for place in order]
