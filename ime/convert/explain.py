"""What the score of a candidate is made of, term by term.

Computed from the states of the search that listed it, so the terms are those that ranked it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ime.convert.score.formula import TokenScore
from ime.convert.search import BeamSearch
from ime.pinyin.graph import Edge
from ime.ports import FloatArray, IntArray, LanguageModel
from ime.values import Candidate, LeftContext, Shares

ROUNDING = 1e-3  # nats


@dataclass(frozen=True, slots=True)
class _Terms:
    """Nats of the tokens of one candidate, summed; each layer holds those before it."""

    ngram: float = 0.0
    model: float = 0.0
    cached: float = 0.0
    whole: float = 0.0


@dataclass(frozen=True, slots=True)
class _Chain:
    """Tokens whose probabilities a score holds.

    Attributes:
        tokens: of the candidate.
        scored: how many of them the score asked for, from the first.
        gains: whether it gained as a whole input.
    """

    tokens: tuple[int, ...]
    scored: int
    gains: bool = False

    @property
    def is_estimate(self) -> bool:
        """Whether the score asked for the first token alone, of a word that goes on."""
        return self.scored < len(self.tokens)


class Explainer:
    """Takes scores apart.

    Args:
        search: that found the candidates.
        score: of its tokens.
        ngram: alone; None where `score` knows no other model.
    """

    def __init__(
        self, search: BeamSearch, score: TokenScore, ngram: LanguageModel | None = None
    ) -> None:
        self._search, self._score, self._ngram = search, score, ngram
        self._ids = score.tokens.ids

    def shares(
        self, context: LeftContext, raw: str, items: Sequence[Candidate]
    ) -> list[Shares | None]:
        """The terms of candidates; None where no token stands for one.

        Args:
            context: left of the letters.
            raw: that the search has just run behind it.
            items: candidates for it, whose `end` counts its letters.
        """
        chains = [self._chain(item, len(raw)) for item in items]
        scored = [chain.tokens[: chain.scored] if chain else () for chain in chains]
        terms = self._terms(context, scored)
        edges = _edges_by_start(self._search, raw)
        return [
            None if chain is None else self._shares(item, chain, term, edges)
            for item, chain, term in zip(items, chains, terms, strict=True)
        ]

    def _chain(self, item: Candidate, length: int) -> _Chain | None:
        search = self._search
        paths = search.paths(item.end, search.options.beam) if item.end <= search.reach else ()
        for path in paths:
            # The estimate of a word may be above what the search found for it.
            same = abs(path.score + item.own - item.score) < ROUNDING
            if same and path.text == item.text:
                return _Chain(path.tokens, len(path.tokens), gains=item.end == length)
        pairs = list(zip(item.text, item.syllables, strict=False))
        tokens = tuple(self._ids[pair] for pair in pairs if pair in self._ids)
        return _Chain(tokens, 1) if len(tokens) == len(item.text) else None

    def _shares(
        self,
        item: Candidate,
        chain: _Chain,
        terms: _Terms,
        edges: Mapping[int, Sequence[Edge]],
    ) -> Shares:
        spelling = self._spelling(chain.tokens, item.end, edges)
        user = terms.whole - terms.cached + item.own
        rest = item.score - (terms.cached + user + spelling)
        words = rest if chain.is_estimate else 0.0
        if chain.gains:
            words = float(self._search.input_gain([chain.tokens])[0])
        spelling += rest - words  # what a text pays that is not spelled in full
        network, cache = terms.model - terms.ngram, terms.cached - terms.model
        return Shares(terms.ngram, network, cache, user, words, spelling)

    def _terms(self, context: LeftContext, texts: Sequence[Sequence[int]]) -> list[_Terms]:
        """Sums over the tokens of each text."""
        score = self._score
        sums = np.zeros((len(texts), 4))
        states = np.full(len(texts), self._search.vertices[0].states[0])
        counted = np.zeros(len(texts), np.int64)
        if self._ngram is not None:
            counted += self._ngram.start(context)
        made = []
        for place in range(max(map(len, texts), default=0)):
            rows = np.array([i for i, text in enumerate(texts) if len(text) > place])
            tokens = np.array([texts[row][place] for row in rows.tolist()])
            at = np.arange(len(rows)), tokens
            plain, cached, nats = (layer[at] for layer in score.layers(states[rows]))
            whole = self._with_own(nats, states[rows], tokens)
            layers = [plain, cached, whole]
            if self._ngram is not None:
                layers.insert(0, self._ngram.log_probs(counted[rows])[at])
                counted[rows] = self._ngram.extend(counted[rows], tokens)
            else:
                layers.insert(0, layers[0])
            sums[rows] += np.stack(layers, axis=1)
            states[rows] = self._search.score.extend(states[rows], tokens, nats)
            made.append(states[rows])
        if made:
            score.release(np.concatenate(made))
        return [_Terms(*row) for row in sums.tolist()]

    def _with_own(self, nats: FloatArray, states: IntArray, tokens: IntArray) -> FloatArray:
        """(B,) nats of a token behind each state, own words with them."""
        own, found = self._search.score.own, nats.copy()
        if own is not None:
            for row in range(len(found)):
                one = slice(row, row + 1)
                own.begin(found[one, None], states[one], tokens[one])
        return found

    def _spelling(
        self, tokens: Sequence[int], end: int, edges: Mapping[int, Sequence[Edge]]
    ) -> float:
        """Nats of the likeliest way in which the letters [0, end) spell tokens.

        A word that goes on behind the letters is spelled by its first tokens; 0 where nothing
        spells them.
        """
        best, found = {0: 0.0}, 0.0
        for token in tokens:
            longer: dict[int, float] = {}
            for start, nats in best.items():
                for edge in edges.get(start, ()):
                    place = self._search.score.places(edge).get(token)
                    if place is not None and edge.end <= end:
                        penalty = float(self._search.score.edge_tokens(edge)[1][place])
                        total = nats + edge.log_prob + penalty
                        longer[edge.end] = max(total, longer.get(edge.end, -np.inf))
            best = longer
            found = best.get(end, found)
        return found


def _edges_by_start(search: BeamSearch, raw: str) -> dict[int, list[Edge]]:
    found: dict[int, list[Edge]] = {}
    for end in range(1, len(raw) + 1):
        for edge in search.segmenter.edges_into(raw, end, last=end == len(raw)):
            found.setdefault(edge.start, []).append(edge)
    return found
