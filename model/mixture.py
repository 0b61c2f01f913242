"""Network and n-gram as one: a weighted mean of probabilities.

The network knows the topic and the far context, the n-gram has seen far more text. The
weight of the network depends on how long a suffix of the history the n-gram knows: where it
knows little, the network counts more. `python -m model.evaluate --tune` finds the weights
on the dev split.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from model.ngram.trie import ORDER, NgramScorer

if TYPE_CHECKING:  # it imports torch
    from model.network.scorer import NetworkScorer

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]
Logs = npt.NDArray[np.float64]

SHARES = "mixture.json"
LEAST_EVIDENCE = 50  # hanzi below which a share falls back on that of all hanzi together


class SharesError(ValueError):
    """The file of the shares is damaged."""


class MixtureScorer:
    """Next-token log-probabilities of both models mixed.

    Args:
        network: the network's scorer.
        ngram: the n-gram's scorer.
        shares: of the network, 0 to 1, where the n-gram knows a suffix of 1, 2, 3, 4
            tokens.
    """

    def __init__(
        self, network: NetworkScorer, ngram: NgramScorer, shares: Sequence[float]
    ) -> None:
        _check(shares)
        self._network, self._ngram = network, ngram
        self._shares = np.array([0.0, *shares], np.float32)
        self._states: list[tuple[int, int]] = []  # of the network, of the n-gram
        self._dead: set[int] = set()

    def start(self, context: Sequence[int]) -> int:
        """Forget everything; the state after `context`."""
        self._states = [(self._network.start(context), self._ngram.start(context))]
        self._dead.clear()
        return 0

    def start_many(self, contexts: Sequence[Sequence[int]]) -> IntArray:
        """Forget everything; the states after all contexts."""
        neural = self._network.start_many(contexts)
        counted = self._ngram.start_many(contexts)
        self._states = list(zip(neural.tolist(), counted.tolist(), strict=True))
        self._dead.clear()
        return np.arange(len(self._states))

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        """(B,) states of `parents` (B,) each followed by its token (B,)."""
        pairs = self._pairs(parents)
        neural = self._network.extend(pairs[:, 0], tokens)
        counted = self._ngram.extend(pairs[:, 1], tokens)
        first = len(self._states)
        self._states += zip(neural.tolist(), counted.tolist(), strict=True)
        return np.arange(first, len(self._states))

    def log_probs(self, states: IntArray) -> FloatArray:
        """(B, V) log-probabilities in nats of the token after each state."""
        pairs = self._pairs(states)
        shares = self._shares[self._ngram.knowledge(pairs[:, 1])][:, None]
        mixed = self._network.probabilities(pairs[:, 0])
        mixed *= shares
        mixed += self._ngram.probabilities(pairs[:, 1]) * (1 - shares)
        result: FloatArray = np.log(mixed, out=mixed)
        return result

    def best_sequels(self, groups: IntArray) -> FloatArray:
        """(V, G) highest probabilities of each group behind each token, of the n-gram.

        The network would need a decode step for every token.
        """
        return self._ngram.best_sequels(groups)

    def followers(
        self, histories: Sequence[Sequence[int]], kind: npt.NDArray[np.bool_]
    ) -> FloatArray:
        """(N,) probabilities that a token of a kind (V,) follows each history, of the n-gram.

        The network would need a decode step of its own for them.
        """
        return self._ngram.followers(histories, kind)

    def release(self, states: IntArray) -> None:
        """Forget states; the room of one is used again once all later ones are forgotten."""
        pairs = self._pairs(states)
        self._network.release(pairs[:, 0])
        self._ngram.release(pairs[:, 1])
        self._dead.update(states.tolist())
        while self._states and len(self._states) - 1 in self._dead:
            self._states.pop()
            self._dead.remove(len(self._states))

    def _pairs(self, states: IntArray) -> IntArray:
        """(B, 2) states of the network and of the n-gram."""
        pairs = [self._states[state] for state in states.tolist()]
        return np.array(pairs, np.int64).reshape(-1, 2)


def load_shares(folder: Path) -> tuple[float, ...]:
    """The network's shares that `save_shares` wrote to `folder`, each 0 to 1.

    Raises:
        OSError: the file cannot be read.
        SharesError: it is damaged.
    """
    path = folder / SHARES
    data = path.read_bytes()
    try:
        found = json.loads(data)["network_share"]
        shares = tuple(float(share) for share in found)
        _check(shares)
    except (ValueError, KeyError, TypeError) as exc:
        raise SharesError(f"{path} is damaged ({exc})") from exc
    return shares


def _check(shares: Sequence[float]) -> None:
    if len(shares) != ORDER - 1 or not all(0 <= share <= 1 for share in shares):
        raise ValueError(f"need {ORDER - 1} shares from 0 to 1, got {list(shares)}")


def save_shares(folder: Path, shares: Sequence[float], nats: float, hanzi: int) -> None:
    """Write `shares`, the `nats` per hanzi they reach on dev, and on how many hanzi."""
    values = {
        "network_share": [round(share, 4) for share in shares],
        "dev_nats": round(nats, 4),
        "dev_hanzi": hanzi,
        "units": "nats per hanzi",
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SHARES).write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


def mix(network: Logs, ngram: Logs, known: IntArray, shares: Sequence[float]) -> Logs:
    """(N,) nats under the mixture with the network's `shares` by known length from 1."""
    share = np.array([0.0, *shares])[known]
    return np.log(share * np.exp(network) + (1 - share) * np.exp(ngram))


def tune_shares(network: Logs, ngram: Logs, known: IntArray) -> tuple[float, ...]:
    """The network's shares that make the hanzi most probable, by expectation maximisation.

    Args:
        network: (N,) nats of the true hanzi under the network.
        ngram: (N,) the same under the n-gram.
        known: (N,) how many tokens of the history the n-gram knows.

    Returns:
        A share, 0 to 1, for each known length from 1 to ORDER - 1.
    """
    odds = np.exp(np.clip(ngram - network, -60, 60))
    together = _maximise(odds)
    shares = []
    for length in range(1, ORDER):
        chosen = odds[known == length]
        shares.append(_maximise(chosen) if len(chosen) >= LEAST_EVIDENCE else together)
    return tuple(shares)


def _maximise(odds: Logs) -> float:
    """The share that maximises the sum of log(share + (1 - share) * odds), which is concave."""
    share = 0.5
    for _ in range(1000):
        # The mean posterior probability that a token came from the network.
        updated = float(np.mean(share / (share + (1 - share) * odds))) if len(odds) else share
        if abs(updated - share) < 1e-7:
            break
        share = updated
    return share
