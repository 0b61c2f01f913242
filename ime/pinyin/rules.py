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
COMPLETION = -4.605  # log(0.01): few choose while the last syllable is unfinished
FUZZY = -1.609  # log(0.2): who switches a pair on mixes it up about every fifth time
SLIP = -4.605  # log(0.01): a habit of hand or of school, see `SLIPS`

# A pair that is not switched on: one sound in 400, as if one typist in 80 mixed the pair up
# every fifth time. Losing the h or g is an accent; adding one is overdoing it, and rarer. From
# -5, -6 and -7 on odd rows of the set `typo`: at -7 it has 2 points fewer, at -5 clean text
# loses too much.
ACCENT = -5.991  # log(0.0025)
OVERDONE = -7.378  # log(0.0025 / 4)

# Random slips that nobody takes back are taken to spoil 3 letters in 1,000. A quarter leave one
# out; half hit a neighbouring key (of about five); one in ten doubles a letter and as many swap
# two. With slips at 2 in 100, abbreviated words lost 2 points of first candidates.
MISSING = -7.195  # log(0.003 * 0.25)
NEIGHBOUR = -8.112  # log(0.003 * 0.5 / 5)
DOUBLED = -8.112  # log(0.003 * 0.1)
SWAPPED = -8.112  # log(0.003 * 0.1)

# Where the two swapped letters belong to two syllables (batiuo for bai tuo), each syllable pays
# its part. The second pays little, because it only follows a first; it pays at all, because the
# search does not know how a syllable before was spelled.
SWAPPED_AWAY = -6.612
SWAPPED_BACK = -1.5

# A short input that spells a text in full is mostly meant so, and little stands beside it that
# could tell otherwise. What is spelled by a slip, unfinished or by initials pays `INEXACT`, and
# the best text in full goes before everything that is not `EARNEST` nats likelier; both are
# shared among the syllables of the input, up to `EARNEST_SYLLABLES`. Of longer ones the model
# knows more than this does: with up to 6, 6 of 116 rows of the set `typo` were lost.
INEXACT = 4.0
EARNEST = 12.0
EARNEST_SYLLABLES = 2

# A longer input that spells a good text in full, at least `GOOD` nats a syllable, is rarely one
# in which the first letter of a syllable was lost and the rest happens to be a syllable, too
# (ai for zai): such a slip has to be `FIRST_LETTER` nats likelier. Of 2,000 rows with a slip
# this costs 1; with every random slip it would be 8, with accents 20.
FIRST_LETTER = 3.0
GOOD = -8.0

# Letters that stay letters. Those who write English words among pinyin mostly mark them by a
# capital or choose them; two or three small letters are far more often initials.
SMALL_LETTERS = -2.0
SHORT_RUN = 3
SHORT_SMALL_LETTERS = -6.0  # up to `SHORT_RUN`; at -3.5 nmd stands before 那么多
SHORT_RUN_INSIDE = -3.5  # `SHORT_RUN` of them with pinyin around: 这个bug很难修
# A run that is in no list, for each character: log(1/26) is even chance.
UNKNOWN_LETTER = -3.258
LONE_CAPITAL = -5.0  # before small letters it mostly is the first of a name
UNKNOWN_SMALL_LETTER = -4.5  # behind capitals: mostly pinyin
MIXED_CASE = -4.0  # an unknown run that begins with small letters: openSUSE


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
    LETTERS = "letters"
    """They are meant as they are: KTV."""
    DOT = "dot"
    """The dot between the parts of a name."""


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

    @property
    def sounds(self) -> tuple[tuple[str, str], ...]:
        """Initials or finals, two and two, either of which may be typed for the other."""
        first, _, second = self.value.partition("/")
        # Those who do not keep an and ang apart do not do so behind an i or u, either.
        glides = ("", "i", "u") if self is FuzzyPair.AN_ANG else ("",)
        return tuple((glide + first, glide + second) for glide in glides)

    @property
    def syllables(self) -> tuple[tuple[str, str], ...]:
        """Whole syllables, two and two, where more than the initial or final differs."""
        return _F_HU if self is FuzzyPair.F_H else ()

    @property
    def part(self) -> Part:
        """Whether the sounds are initials or finals."""
        return Part.FINAL if self.value[0] in "aeiou" else Part.INITIAL


# Southern speakers have f and hu- for each other: huang for fang, fei for hui.
_F_HU = (
    ("fa", "hua"),
    ("fan", "huan"),
    ("fang", "huang"),
    ("fei", "hui"),
    ("fen", "hun"),
    ("feng", "hong"),
    ("fo", "huo"),
)


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
