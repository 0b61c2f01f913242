"""Which candidates stand on the first pages, so that entering what is wanted takes few presses.

What the wanted text may be is told by beliefs. A page is filled with the candidates that save
most presses in the mean; what a page showed and the user turned away from is no longer
believed. This is greedy maximum coverage (Nemhauser, Wolsey and Fisher 1978), evaluated lazily
(Minoux 1978): what a candidate saves only falls while others are shown.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import numpy as np

from ime.ports import FloatArray
from ime.values import Candidate, Source

# Presses: of a page turn with what is read in vain, of a part that is left over, and of each
# character of it. With 1 to 2, 0 to 1 and 0.4 to 0.9 the sets differ by 2 % at most.
TURN = 1.2
PART = 0.5
CHARACTER = 0.5
# What is believed of the wanted text: that it is one of the hypotheses; that it begins as the
# best of them does, up to a first error; that it begins with a word or a character.
HYPOTHESES, FIRST_ERROR, WORD, LETTER = 0.25, 0.5, 0.125, 0.125
# The scores of hypotheses are taken at this temperature: what the beam kept is less certain
# than it says.
TEMPERATURE = 2.0
# Those who take a sentence piece by piece do not mean that its rest is wrong.
PASSED_OVER = 0.01
UNLIKELY = 4.0  # nats below the best of their letters: words that get no place here
MOST_CHARACTERS = 20


class Belief(NamedTuple):
    """What the wanted text may be.

    Attributes:
        text: its beginning, as far as it is known.
        mass: probability.
        length: characters of the whole of it.
    """

    text: str
    mass: float
    length: int


class Evidence(NamedTuple):
    """What a search and the lists tell of the wanted text.

    Attributes:
        hypotheses: (text, nats) for the whole input, best first, at least one.
        certainties: of each character of the best of them, the probability that it is right if
            those before it are.
        words: (text, nats above the best of the same letters) of words of a prefix.
        characters: (text, the same) of characters of the first syllable.
        passed_over: beginnings that the user has seen and not chosen.
    """

    hypotheses: Sequence[tuple[str, float]]
    certainties: Sequence[float]
    words: Sequence[tuple[str, float]]
    characters: Sequence[tuple[str, float]]
    passed_over: AbstractSet[str] = frozenset()


def gathered(
    hypotheses: Sequence[tuple[str, float]],
    certainties: Sequence[float],
    listed: Iterable[Candidate],
    ends: Mapping[int, float],
    passed_over: AbstractSet[str],
) -> Evidence:
    """Evidence with the words and characters of a list.

    Args:
        hypotheses: as in `Evidence`.
        certainties: as in `Evidence`.
        listed: candidates, best first among words of the same letters and among characters.
        ends: where hypotheses end a syllable, and the nats of the best there; words and
            characters that end elsewhere are left out. What the user chose before never is.
        passed_over: as in `Evidence`.
    """
    words: dict[str, float] = {}
    characters: dict[str, float] = {}
    for item in listed:
        nats = item.score - ends.get(item.end, math.inf)
        if item.source is Source.USER and len(item.text) > 1:
            words[item.text] = 0.0
        elif item.source is Source.WORD and nats > -UNLIKELY:
            words.setdefault(item.text, nats)
        elif item.source is Source.CHARACTER and item.end in ends:
            characters.setdefault(item.text, nats)
            if len(characters) == MOST_CHARACTERS:
                break
    return Evidence(
        hypotheses, certainties, [*words.items()], [*characters.items()], passed_over
    )


def believed(evidence: Evidence) -> list[Belief]:
    """What the wanted text may be, by what is known of it; masses of 1 together at most."""
    best = evidence.hypotheses[0][0]
    found = [
        Belief(text, HYPOTHESES * mass, len(text))
        for text, mass in _shares(evidence.hypotheses, TEMPERATURE)
    ]
    right = 1.0
    for known, certainty in enumerate(evidence.certainties):
        if known:
            found.append(Belief(best[:known], FIRST_ERROR * right * (1 - certainty), len(best)))
        right *= certainty
    for share, parts in ((WORD, evidence.words), (LETTER, evidence.characters)):
        found += [
            Belief(text, share * mass, max(len(text), len(best)))
            for text, mass in _shares(parts, 1.0)
        ]
    if not evidence.passed_over:
        return found
    passed = tuple(evidence.passed_over)
    return [
        belief._replace(mass=belief.mass * PASSED_OVER)
        if belief.text.startswith(passed)
        else belief
        for belief in found
    ]


def _shares(
    parts: Sequence[tuple[str, float]], temperature: float
) -> Iterable[tuple[str, float]]:
    """Texts with their shares of 1."""
    if not parts:
        return ()
    nats: FloatArray = np.array([score for _, score in parts], np.float32) / temperature
    weights = np.exp(nats - nats.max())
    shares = (weights / weights.sum()).tolist()
    return zip((text for text, _ in parts), shares, strict=True)


def arrange(evidence: Evidence, shown: Sequence[str], count: int, page_size: int) -> list[str]:
    """The texts of the first places: beginnings of hypotheses, words, characters.

    Args:
        evidence: what the wanted text may be.
        shown: what stands in front in any case.
        count: places, those of `shown` among them.
        page_size: candidates a page. Lists made for 4 or 6 and read 5 a page took 1 to 3 % more
            presses.

    Returns:
        `shown` and those that save most, `count` at most; fewer where no other saves anything.
    """
    offers = {text for text, _ in (*evidence.words, *evidence.characters)}
    offers |= {text[:end] for text, _ in evidence.hypotheses for end in range(1, len(text) + 1)}
    table = _Coverage(believed(evidence), offers | set(shown))
    placed = list(shown)
    for text in shown:
        table.show(text)
    queue = [(-table.saved(text), -len(text), text) for text in table.texts if text in offers]
    heapq.heapify(queue)
    taken = set(shown)
    while len(placed) < count and queue:
        _, length, text = heapq.heappop(queue)
        saved = table.saved(text)
        if text in taken or saved <= 0:
            continue
        if queue and -saved > queue[0][0]:
            heapq.heappush(queue, (-saved, length, text))
            continue
        placed.append(text)
        taken.add(text)
        table.show(text)
        if len(placed) % page_size == 0:
            table.turn()
    return placed


class _Coverage:
    """How much of each belief the shown candidates enter."""

    def __init__(self, beliefs: Sequence[Belief], offers: AbstractSet[str]) -> None:
        self._masses = [belief.mass for belief in beliefs]
        self._lengths = [belief.length for belief in beliefs]
        self._covered = [0] * len(beliefs)
        self._by_text: dict[str, list[int]] = {}
        for place, belief in enumerate(beliefs):
            for end in range(1, len(belief.text) + 1):
                if belief.text[:end] in offers:
                    self._by_text.setdefault(belief.text[:end], []).append(place)

    @property
    def texts(self) -> Mapping[str, Sequence[int]]:
        """Offers that begin what is believed."""
        return self._by_text

    def show(self, text: str) -> None:
        """A candidate stands on the page."""
        for place in self._by_text.get(text, ()):
            self._covered[place] = max(self._covered[place], len(text))

    def turn(self) -> None:
        """The page is turned: nothing that it begins is wanted."""
        self._masses = [
            0.0 if covered else mass
            for mass, covered in zip(self._masses, self._covered, strict=True)
        ]

    def saved(self, text: str) -> float:
        """Presses that a candidate saves in the mean."""
        total = 0.0
        for place in self._by_text[text]:
            covered = self._covered[place]
            if len(text) > covered and self._masses[place]:
                length = self._lengths[place]
                now = _presses(length - covered) + (0.0 if covered else TURN)
                total += self._masses[place] * (now - _presses(length - len(text)))
        return total


def _presses(left: int) -> float:
    """For so many characters that a candidate leaves over."""
    return PART + CHARACTER * left if left else 0.0
