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

_Known = tuple[float, np.ndarray, np.ndarray, int]
"""Share of the network, ids (G,) of the syllable, probabilities (G,), place of the target."""


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
        self._width = max(map(len, self._by_syllable.values()))
        self._known: dict[tuple[int, ...], _Known] = {}

    def beside(self, tokens: Tensor, wanted: Tensor) -> Beside:
        """What the n-gram says where the token that follows is wanted.

        Args:
            tokens: (B, T) ids.
            wanted: (B, T) where the next token is asked for; N times.
        """
        rows = tokens.tolist()
        found = [
            self._at(tuple(rows[row][max(0, place - ORDER + 2) : place + 2]))
            for row, place in wanted.nonzero().tolist()
        ]
        ids = torch.zeros((len(found), self._width), dtype=torch.long)
        rest = torch.zeros((len(found), self._width))
        real = torch.zeros((len(found), self._width), dtype=torch.bool)
        for row, (_, group, probabilities, _) in enumerate(found):
            ids[row, : len(group)] = torch.from_numpy(group)
            rest[row, : len(group)] = torch.from_numpy(probabilities)
            real[row, : len(group)] = True
        return Beside(
            shares=torch.tensor([[share] for share, _, _, _ in found]),
            ids=ids,
            rest=rest,
            real=real,
            places=torch.tensor([[place] for _, _, _, place in found]),
        )

    def _at(self, gram: tuple[int, ...]) -> _Known:
        """Of a target behind the tokens before it, `ORDER` - 1 at most."""
        known = self._known.get(gram)
        if known is None:
            target = gram[-1]
            alone = np.array([target])
            group = self._by_syllable.get(self._syllables[target], alone)
            share, rest = self._counted(gram[:-1], group)
            known = share, group, rest, int(np.flatnonzero(group == target)[0])
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[gram] = known
        return known

    def _counted(self, history: Sequence[int], group: np.ndarray) -> tuple[float, np.ndarray]:
        if self._ngram is None:
            return 1.0, np.zeros(len(group), np.float32)
        state = np.array([self._ngram.start(history)])
        share = self._shares[int(self._ngram.knowledge(state)[0])]
        return share, self._ngram.probabilities(state)[0][group] * np.float32(1 - share)
