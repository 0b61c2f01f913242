"""What the n-gram says beside a network, so that training sees the mixture that converts.

Where the n-gram is sure, the network changes nothing; trained alone it would spend itself on
just these places.

Legend: N places, G tokens of the largest syllable.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from model.ngram.trie import ORDER, NgramScorer
from model.vocab import Vocabulary

_MOST_KNOWN = 1 << 16
"""Places kept: all of a run over choices, 40 MB; of documents few come twice."""

_LEAST = 1e-12
"""Probability below which none is told from another."""

_Known = tuple[float, np.ndarray]
"""Share of the network, and probabilities (G,) of the tokens of the target's syllable."""


@dataclass(frozen=True)
class Beside:
    """What stands beside the network at N places.

    Attributes:
        shares: (N, 1) of the network in the mixture, 0 to 1.
        ids: (N, G) tokens of the target's syllable; filled up with 0.
        rest: (N, G) probability of each in the n-gram, times the n-gram's share.
        real: (N, G) where `ids` holds a token.
        places: (N, 1) of the target in `ids`.
    """

    shares: Tensor
    ids: Tensor
    rest: Tensor
    real: Tensor
    places: Tensor

    def mixed(self, logs: Tensor) -> Tensor:
        """(N, G) nats of `ids` under the mixture; -inf where there is no token.

        What `MixtureScorer.log_probs` gives, with a gradient.

        Args:
            logs: (N, V) log-probabilities of the network.
        """
        chances = self.shares * logs.gather(1, self.ids).exp() + self.rest
        return chances.clamp(min=_LEAST).log().masked_fill(~self.real, -math.inf)


class NgramMixture:
    """The n-gram's part of a mixture, kept for places that were asked for before.

    Args:
        vocabulary: of the tokens.
        ngram: its scorer; None leaves the network alone.
        shares: of the network, as for `MixtureScorer`.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        ngram: NgramScorer | None = None,
        shares: Sequence[float] = (),
    ) -> None:
        self._ngram = ngram
        self._shares = (0.0, *shares)
        self._by_syllable = vocabulary.by_syllable()
        self._syllables = vocabulary.syllables
        self._known: dict[tuple[int, ...], _Known] = {}
        width = max(map(len, self._by_syllable.values()))
        self._ids = torch.zeros((len(vocabulary), width), dtype=torch.long)
        self._real = torch.zeros((len(vocabulary), width), dtype=torch.bool)
        self._places = torch.zeros((len(vocabulary), 1), dtype=torch.long)
        self._ids[:, 0], self._real[:, 0] = torch.arange(len(vocabulary)), True
        for group in map(torch.from_numpy, self._by_syllable.values()):
            self._ids[group, : len(group)] = group
            self._real[group, : len(group)] = True
            self._places[group, 0] = torch.arange(len(group))

    def beside(self, tokens: Tensor, wanted: Tensor) -> Beside:
        """What the n-gram says where the token that follows is wanted.

        Args:
            tokens: (B, T) ids.
            wanted: (B, T) where the next token is asked for; N times.
        """
        rows, places = wanted.nonzero(as_tuple=True)
        targets = tokens[rows, places + 1]
        shares, rest = self._counted_at(tokens.tolist(), wanted)
        return Beside(
            shares=shares,
            ids=self._ids[targets],
            rest=rest,
            real=self._real[targets],
            places=self._places[targets],
        )

    def _counted_at(self, rows: list[list[int]], wanted: Tensor) -> tuple[Tensor, Tensor]:
        """Shares (N, 1) of the network, and what the n-gram adds (N, G)."""
        asked = wanted.nonzero().tolist()
        shares = torch.ones((len(asked), 1))
        rest = torch.zeros((len(asked), self._ids.shape[1]))
        if self._ngram is None:
            return shares, rest
        for number, (row, place) in enumerate(asked):
            gram = tuple(rows[row][max(0, place - ORDER + 2) : place + 2])
            shares[number, 0], counted = self._at(self._ngram, gram)
            rest[number, : len(counted)] = torch.from_numpy(counted)
        return shares, rest

    def _at(self, ngram: NgramScorer, gram: tuple[int, ...]) -> _Known:
        """Of a target behind the tokens before it, `ORDER` - 1 at most."""
        known = self._known.get(gram)
        if known is None:
            alone = np.array(gram[-1:])
            group = self._by_syllable.get(self._syllables[gram[-1]], alone)
            state = np.array([ngram.start(gram[:-1])])
            share = self._shares[int(ngram.knowledge(state)[0])]
            known = share, ngram.probabilities(state)[0][group] * np.float32(1 - share)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[gram] = known
        return known
