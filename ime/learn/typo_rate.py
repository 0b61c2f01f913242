"""How often this user's fingers slip, and so how far letters are read as slips.

`ime.pinyin.rules` prices slips for an average typist. Who never slips loses by it: what was
typed right is read as something likelier. So the share of slipped syllables is estimated from
what the user chose, with the average as a prior (the mean of a Beta distribution):

    share = (DOUBT * SHARE + slipped) / (DOUBT + typed)

and every slip costs log(share / SHARE) nats more or less.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from ime.learn.online_ngrams import REMEMBERED_COMMITS
from ime.pinyin.graph import Edge, EdgeKind, Segmenter
from ime.pinyin.inventory import COLLOQUIAL_BY_TYPED, letters_of
from ime.values import Commit, Selection

# Slipped syllables among all, as `rules` price them: 3 letters in 1,000 at three letters a
# syllable, and a sound that is not kept apart now and then.
SHARE = 0.01
DOUBT = 600.0  # syllables that weigh as much as what is thought of everyone: six slips
HALF_LIFE = 20_000.0  # syllables; keyboards and habits change
MOST = 2.0  # nats by which slips get cheaper at most: a typist who slips in every 14th syllable


@dataclass(slots=True)
class _Typed:
    commit_id: int
    syllables: int
    slipped: int


class TypoRate:
    """Counts slips in what was chosen.

    Attributes:
        segmenter: tells which letters are slips; may be changed.
    """

    def __init__(self, segmenter: Segmenter) -> None:
        self.segmenter = segmenter
        self._syllables = 0.0
        self._slipped = 0.0
        self._recent: deque[_Typed] = deque(maxlen=REMEMBERED_COMMITS)

    @property
    def nats(self) -> float:
        """What is to be added to the log-probability of a slip; at most `MOST`."""
        share = (DOUBT * SHARE + self._slipped) / (DOUBT + self._syllables)
        return min(MOST, math.log(share / SHARE))

    def learn(self, commit: Commit) -> None:
        """Count the syllables of a commit; those with an unknown spelling do not count."""
        typed = _Typed(commit.id, 0, 0)
        for selection in commit.selections:
            slipped = slips_in(selection, self.segmenter)
            if slipped is not None:
                typed.syllables += len(selection.syllables)
                typed.slipped += slipped
        kept = 0.5 ** (typed.syllables / HALF_LIFE)
        self._syllables = self._syllables * kept + typed.syllables
        self._slipped = self._slipped * kept + typed.slipped
        self._recent.append(typed)

    def retract(self, commit_id: int) -> None:
        """Take back what a recent commit added; unknown ids are ignored."""
        for typed in self._recent:
            if typed.commit_id == commit_id:
                self._syllables = max(0.0, self._syllables - typed.syllables)
                self._slipped = max(0.0, self._slipped - typed.slipped)
                self._recent.remove(typed)
                return


def slips_in(selection: Selection, segmenter: Segmenter) -> int | None:
    """The fewest slips with which the letters of a selection spell what was chosen.

    Args:
        selection: with one syllable a character.
        segmenter: letters to edges.

    Returns:
        None where they do not spell it, as far as is known.
    """
    raw, syllables = selection.raw, selection.syllables
    if not raw or len(syllables) != len(selection.chosen):
        return None
    if letters_of(raw) == "".join(syllables):
        return 0
    fewest = {(0, 0): 0}  # by letters and characters done
    for end in range(1, len(raw) + 1):
        for edge in segmenter.edges_into(raw, end, last=end == len(raw)):
            for done, (char, syllable) in enumerate(
                zip(selection.chosen, syllables, strict=True)
            ):
                before = fewest.get((edge.start, done))
                if before is not None and _may_mean(edge, char, syllable):
                    slips = before + (edge.kind is EdgeKind.CORRECTION)
                    place = (end, done + 1)
                    fewest[place] = min(slips, fewest.get(place, slips))
    return fewest.get((len(raw), len(syllables)))


def _may_mean(edge: Edge, char: str, syllable: str) -> bool:
    return syllable in edge.syllables or (
        edge.kind is EdgeKind.EXACT
        and any(
            item.char == char and item.syllable == syllable
            for typed in edge.syllables
            for item in COLLOQUIAL_BY_TYPED.get(typed, ())
        )
    )
