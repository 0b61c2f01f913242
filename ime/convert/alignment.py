"""How the model sees a given text: the likeliest way in which letters spell it, and its score.

The search finds the best text; this finds the best reading of one text. It walks the same graph
with the same penalties, so that its scores and those of the search can be compared; what the
search takes from a text because another one is spelled in full is not among them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ime.convert.score.edge_tokens import MISREADING
from ime.convert.score.formula import Score, spelled
from ime.pinyin.graph import Edge, Segmenter
from ime.ports import IntArray
from ime.values import LeftContext

KEPT = 16
"""Readings followed at once; a text rarely has more than four."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Letters laid against a text.

    Attributes:
        spans: letters [start, end) of each character.
        syllables: reading of each character as the model has it.
        misread: places of the characters typed by a reading that the model does not have.
        score: nats, with the penalties of the edges.
    """

    spans: tuple[tuple[int, int], ...]
    syllables: tuple[str, ...]
    misread: tuple[int, ...]
    score: float


@dataclass(frozen=True, slots=True)
class _Step:
    """One character over one edge."""

    edge: Edge
    token: int
    penalty: float


@dataclass(frozen=True, slots=True)
class _Trail:
    """Steps so far, their score, and the model's state before the last of them."""

    steps: tuple[_Step, ...]
    score: float
    before: int

    @property
    def end(self) -> int:
        return self.steps[-1].edge.end if self.steps else 0


class Aligner:
    """Lays letters against texts.

    Args:
        score: that counts; the states of its model are dropped.
        segmenter: letters to edges.
    """

    def __init__(self, score: Score, segmenter: Segmenter) -> None:
        self._score, self._model = score, score.model
        self._segmenter = segmenter

    def align(self, context: LeftContext, raw: str, text: str) -> Alignment | None:
        """The likeliest way in which all of `raw` spells `text`; None where it cannot.

        Args:
            context: left of the letters.
            raw: letters and delimiters.
            text: one character a syllable.
        """
        levels = self._levels(raw, text)
        if not levels:
            return None
        root = self._model.start(context)
        trails = [_Trail((), 0.0, root)]
        for level in levels:
            trails = self._follow(trails, level)
        if not trails:
            return None
        before = self._model.encode(context)
        texts = [[step.token for step in trail.steps] for trail in trails]
        gains = self._score.input_gain(before, texts).tolist()
        totals = [trail.score + gain for trail, gain in zip(trails, gains, strict=True)]
        best = max(range(len(trails)), key=totals.__getitem__)
        return self._written(trails[best], totals[best])

    def _levels(self, raw: str, text: str) -> list[list[_Step]]:
        """For each character the steps that lie on a way from 0 to the end of `raw`."""
        edges = [
            edge
            for end in range(1, len(raw) + 1)
            for edge in self._segmenter.edges_into(raw, end, last=end == len(raw))
        ]
        starts = {0}
        levels: list[list[_Step]] = []
        for char in text:
            leaving = [edge for edge in edges if edge.start in starts]
            level = [step for edge in leaving for step in self._steps(edge, char)]
            levels.append(level)
            starts = {step.edge.end for step in level}
        ends = {len(raw)}
        for i in range(len(levels) - 1, -1, -1):
            levels[i] = [step for step in levels[i] if step.edge.end in ends]
            ends = {step.edge.start for step in levels[i]}
        return levels if levels and levels[0] else []

    def _steps(self, edge: Edge, char: str) -> list[_Step]:
        ids, penalties = self._score.edge_tokens(edge)
        texts = self._model.tokens.texts
        return [
            _Step(edge, token, penalty)
            for token, penalty in zip(ids.tolist(), penalties.tolist(), strict=True)
            if texts[token] == char
        ]

    def _follow(self, trails: list[_Trail], level: list[_Step]) -> list[_Trail]:
        """The best trails that are one step longer."""
        states = self._states(trails)
        log_probs = self._model.log_probs(states)
        longer = []
        for trail, state, row in zip(trails, states.tolist(), log_probs, strict=True):
            for step in level:
                if step.edge.start == trail.end:
                    log_prob = float(row[step.token])
                    score = spelled(trail.score, log_prob, step.penalty, step.edge)
                    longer.append(_Trail((*trail.steps, step), score, state))
        longer.sort(key=lambda trail: -trail.score)
        kept: dict[int, list[_Trail]] = {}
        for trail in longer:
            group = kept.setdefault(trail.end, [])
            if len(group) < KEPT:
                group.append(trail)
        return [trail for group in kept.values() for trail in group]

    def _states(self, trails: list[_Trail]) -> IntArray:
        """States behind the trails, computed in one step."""
        before = np.array([trail.before for trail in trails], np.int64)
        if not trails[0].steps:
            return before
        tokens = np.array([trail.steps[-1].token for trail in trails], np.int64)
        return self._model.extend(before, tokens)

    def _written(self, trail: _Trail, score: float) -> Alignment:
        syllables = self._model.tokens.syllables
        return Alignment(
            tuple((step.edge.start, step.edge.end) for step in trail.steps),
            tuple(syllables[step.token] for step in trail.steps),
            tuple(
                place
                for place, step in enumerate(trail.steps)
                if step.penalty <= MISREADING
                and syllables[step.token] not in step.edge.syllables
            ),
            score,
        )
