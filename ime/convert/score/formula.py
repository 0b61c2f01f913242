"""How the terms of the score are put together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def mixed_scores(
    texts: Sequence[str], scores: Sequence[float], shares: Mapping[str, float]
) -> list[float]:
    """Scores of candidates of one reading with the user's choices mixed in.

    Args:
        texts: of the candidates.
        scores: their log-probabilities in nats.
        shares: of the reading, by text; those of texts that are no candidates count, too.

    Returns:
        New log-probabilities; their sum is that of the old ones where all texts with a share
        are candidates.
    """
    if not shares or not scores:
        return list(scores)
    best = max(scores)
    mass = sum(math.exp(score - best) for score in scores)
    left = 1.0 - sum(shares.values())
    mixed = []
    for text, score in zip(texts, scores, strict=True):
        value = left * math.exp(score - best) / mass + shares.get(text, 0.0)
        mixed.append(best + math.log(mass) + math.log(max(value, 1e-30)))
    return mixed
