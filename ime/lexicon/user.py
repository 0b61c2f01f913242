"""What the user chose for a reading: the tier that changes the very next list.

A reading that was typed and chosen for before gives its candidates a share of the user's own
choices:

    p(text | reading) = (1 - share) p_model + share * chosen(text) / chosen(any),
    share = chosen(any) / (chosen(any) + CAUTION)

so that one slip does not outrank what the model is sure of, and two or three consistent
choices do. Choices age: each new choice for a reading takes a tenth off the older ones.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

CAUTION = 3.0  # choices that weigh as much as the model: one gets a quarter, three get half
FADING = 0.9  # of an older choice when the same reading is chosen for again
REMEMBERED = 64  # choices for one reading; an older one would weigh 0.9 ** 64 = 0.001

Reading = tuple[str, ...]


class UserChoices:
    """Chosen texts by reading, in memory; rebuilt from the selection log at each start."""

    def __init__(self) -> None:
        self._chosen: dict[Reading, list[str]] = {}  # oldest first
        self._texts: Counter[str] = Counter()

    def __contains__(self, text: object) -> bool:
        """Whether a text was chosen, by itself, for any reading."""
        return text in self._texts

    def add(self, syllables: Reading, text: str) -> None:
        """Count one choice of `text` for its full reading."""
        group = self._chosen.setdefault(syllables, [])
        group.append(text)
        self._texts[text] += 1
        if len(group) > REMEMBERED:
            self._uncount(group.pop(0), 1)

    def remove(self, syllables: Reading, text: str) -> None:
        """Take back the newest choice of `text`; nothing happens where it was never chosen.

        What is left counts as if that choice had never been made.
        """
        group = self._chosen.get(syllables, [])
        for place in range(len(group) - 1, -1, -1):
            if group[place] == text:
                del group[place]
                self._uncount(text, 1)
                break
        if not group:
            self._chosen.pop(syllables, None)

    def forget(self, syllables: Reading, text: str) -> None:
        """Take back every choice of `text` for its full reading."""
        before = self._chosen.pop(syllables, [])
        group = [other for other in before if other != text]
        self._uncount(text, len(before) - len(group))
        if group:
            self._chosen[syllables] = group

    def _uncount(self, text: str, times: int) -> None:
        self._texts[text] -= times
        if self._texts[text] <= 0:
            del self._texts[text]

    def of(self, syllables: Reading) -> Mapping[str, float]:
        """Texts chosen for a reading, with their aged counts."""
        counts: dict[str, float] = {}
        weight = 1.0
        for text in reversed(self._chosen.get(syllables, [])):
            counts[text] = counts.get(text, 0.0) + weight
            weight *= FADING
        return counts


def mixed_scores(
    texts: Sequence[str], scores: Sequence[float], chosen: Mapping[str, float]
) -> list[float]:
    """Scores of candidates of one reading with the user's choices mixed in.

    Args:
        texts: of the candidates.
        scores: their log-probabilities in nats.
        chosen: counts of the user's choices; texts that are no candidates count, too.

    Returns:
        New log-probabilities; their sum is that of the old ones where all chosen texts are
        candidates.
    """
    total = sum(chosen.values())
    if not total or not scores:
        return list(scores)
    best = max(scores)
    mass = sum(math.exp(score - best) for score in scores)
    share = total / (total + CAUTION)
    mixed = []
    for text, score in zip(texts, scores, strict=True):
        own = chosen.get(text, 0.0) / total
        value = (1 - share) * math.exp(score - best) / mass + share * own
        mixed.append(best + math.log(mass) + math.log(max(value, 1e-30)))
    return mixed
