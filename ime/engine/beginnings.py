"""Which beginning of the hypotheses is worth a place in the list.

Where none of the offered sentences is right, most of its characters mostly are. One pick takes
the beginning that the hypotheses agree on, instead of one pick for each of its words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

SHORTEST = 2  # characters
# The scores are taken at this temperature: what the beam kept is less certain than it says.
TEMPERATURE = 2.0


def best_beginning(
    texts: Sequence[str], scores: Sequence[float], covered: Sequence[int]
) -> tuple[int, int] | None:
    """The beginning that saves the most characters in the mean.

    A beginning b of length |b| saves, over the texts t that start with it,

        sum of P(t) * (|b| - covered characters of t)

    Args:
        texts: hypotheses for the whole input, without those that are offered whole.
        scores: of each, in nats.
        covered: characters of each that another candidate already takes in one pick.

    Returns:
        (index of a text, characters of it); None where no proper beginning is longer than
        what is covered.
    """
    best = max(scores, default=0.0)
    saved: dict[str, float] = {}
    origin: dict[str, int] = {}
    for index, (text, score, known) in enumerate(zip(texts, scores, covered, strict=True)):
        mass = math.exp((score - best) / TEMPERATURE)
        for length in range(max(SHORTEST, known + 1), len(text)):
            beginning = text[:length]
            saved[beginning] = saved.get(beginning, 0.0) + mass * (length - known)
            origin.setdefault(beginning, index)
    if not saved:
        return None
    chosen = max(saved, key=lambda text: (saved[text], len(text)))
    return origin[chosen], len(chosen)
