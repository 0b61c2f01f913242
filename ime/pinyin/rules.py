"""Ways in which typed letters differ from the syllable meant, as data.

Every rule carries log P(letters typed | syllable meant) in nats. Exact spelling is 0: what the
other rules take from it is too little to matter, and so an exact reading is outranked only
where the language model speaks strongly against it. The shares are estimates of an average
typist on a full keyboard; they are here, and only here, so that measurement can replace them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from types import MappingProxyType

ABBREVIATION = -2.303  # log(0.1): few are cut, but who cuts one cuts its neighbours, too
COMPLETION = -2.996  # log(0.05): lists that are used while the last syllable is unfinished
FUZZY = -1.609  # log(0.2): who switches a pair on mixes it up about every fifth time
SLIP = -4.605  # log(0.01): a habit of hand or of school, see `SLIPS`

# A random slip spoils about 6 letters in 1,000 that nobody takes back. Half of them hit a
# neighbouring key (of about five), a quarter leave a letter out, 15 % swap two letters and 10 %
# double one. With slips at 2 in 100, abbreviated words lost 2 points of first candidates.
NEIGHBOUR = -7.419  # log(0.006 * 0.5 / 5)
MISSING = -6.502  # log(0.006 * 0.25)
SWAPPED = -7.013  # log(0.006 * 0.15)
DOUBLED = -7.419  # log(0.006 * 0.1)


class EdgeKind(Enum):
    """How the letters of an edge spell its syllables."""

    EXACT = "exact"
    """In full."""
    COMPLETION = "completion"
    """Unfinished, at the end of the input: zho."""
    ABBREVIATION = "abbreviation"
    """By the initial alone: zh."""
    FUZZY = "fuzzy"
    """By a sound that the speaker does not keep apart: zong for zhong."""
    CORRECTION = "correction"
    """With a slip of the hand: zhogn."""


class Part(Enum):
    """The part of a syllable that a fuzzy pair is about."""

    INITIAL = "initial"
    FINAL = "final"


class FuzzyPair(Enum):
    """Two sounds that some speakers do not keep apart; each pair is one switch."""

    Z_ZH = "z/zh"
    C_CH = "c/ch"
    S_SH = "s/sh"
    N_L = "n/l"
    F_H = "f/h"
    R_L = "r/l"
    AN_ANG = "an/ang"
    EN_ENG = "en/eng"
    IN_ING = "in/ing"
    IAN_IANG = "ian/iang"
    UAN_UANG = "uan/uang"

    @property
    def sounds(self) -> tuple[str, str]:
        """The two spellings, either of which may be typed for the other."""
        first, _, second = self.value.partition("/")
        return first, second

    @property
    def part(self) -> Part:
        """Whether the sounds are initials or finals."""
        return Part.FINAL if self.value[0] in "aeiou" else Part.INITIAL


@dataclass(frozen=True, slots=True)
class Slip:
    """A systematic misspelling of the end of a syllable.

    Attributes:
        meant: letters a syllable ends in.
        typed: letters typed in their place.
    """

    meant: str
    typed: str


SLIPS: tuple[Slip, ...] = (
    Slip("ng", "gn"),  # two fingers out of step
    Slip("ng", "mg"),  # m lies beside n
    Slip("ong", "on"),  # -on ends no syllable, so the g is felt to be superfluous
    Slip("iu", "iou"),  # the full forms taught at school: i + ou, u + ei, u + en
    Slip("ui", "uei"),
    Slip("un", "uen"),
)

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> dict[str, str]:
    # A key touches the ones left and right of it and, the rows being shifted by about half a
    # key, two in the row above and two in the row below.
    found: dict[str, set[str]] = {key: set() for row in _ROWS for key in row}
    for row in _ROWS:
        for left, right in pairwise(row):
            found[left].add(right)
            found[right].add(left)
    for upper, lower in pairwise(_ROWS):
        for column, key in enumerate(lower):
            for other in upper[column : column + 2]:
                found[key].add(other)
                found[other].add(key)
    return {key: "".join(sorted(others)) for key, others in found.items()}


NEIGHBOURS: Mapping[str, str] = MappingProxyType(_neighbours())
"""Keys that touch each letter key on the QWERTY layout."""


def slip_spellings(syllable: str) -> tuple[str, ...]:
    """What `SLIPS` make of a syllable.

    A slip that leaves no initial (`gn`, `on`) is left out: too short to be told from anything.
    """
    return tuple(
        syllable[: -len(slip.meant)] + slip.typed
        for slip in SLIPS
        if syllable.endswith(slip.meant) and len(syllable) > len(slip.meant)
    )


def slipped_spellings(syllable: str) -> dict[str, float]:
    """One random slip applied to a syllable in every way.

    Returns:
        Each spelling that is not the syllable, with the log-probability in nats of its
        likeliest slip.
    """
    found: dict[str, float] = {}

    def note(typed: str, log_prob: float) -> None:
        if typed != syllable:
            found[typed] = max(log_prob, found.get(typed, log_prob))

    for at, letter in enumerate(syllable):
        before, after = syllable[:at], syllable[at + 1 :]
        note(before + after, MISSING)
        note(before + letter + letter + after, DOUBLED)
        for other in NEIGHBOURS[letter]:
            note(before + other + after, NEIGHBOUR)
        if after:
            note(before + after[0] + letter + after[1:], SWAPPED)
    return found
