"""The gate: an adapter is used only if it helps on what it has not seen and harms nothing else.

Three sets are converted before and after, syllables given: the newest selections, which
training never saw; selections that were right when they were made; and general sentences, which
ship with the product, beside text that the base model made up. All reasons are named.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ime.errors import AssetError
from model.finetune.examples import Example
from model.vocab import FIRST_HANZI, SPECIALS, Vocabulary

GENERAL_LOSS = 0.004
"""Share of general sentences that may be lost net of those won: one or two in 400."""

KNOWN_LOSS = 0.02
"""Share of choices that were right before that may be broken: two in 120."""

CHANCE = 0.1
"""Probability up to which a gain in first places does not count as chance: 4 to 0, 6 to 1."""

LIKELIER = 0.01
"""Share of their loss by which the newest choices must be likelier, besides."""

MADE_UP = 60
"""Runs of hanzi out of made-up text that are general cases, too."""

_RUN = (3, 12)  # hanzi of a made-up case


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case before and after.

    Attributes:
        context: end of the text before it.
        wanted: the right text.
        before: first candidate without the new adapter.
        after: first candidate with it.
    """

    context: str
    wanted: str
    before: str
    after: str

    @property
    def rescued(self) -> bool:
        """Right now and not before."""
        return self.after == self.wanted != self.before

    @property
    def broken(self) -> bool:
        """Right before and not now."""
        return self.before == self.wanted != self.after


@dataclass(frozen=True, slots=True)
class Tally:
    """A set in figures.

    Attributes:
        count: cases.
        before: right without the new adapter.
        after: right with it.
        rescued: right only with it.
        broken: right only without it.
    """

    count: int
    before: int
    after: int
    rescued: int
    broken: int

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Tally:
        """Counted."""
        return cls(
            count=len(outcomes),
            before=sum(one.before == one.wanted for one in outcomes),
            after=sum(one.after == one.wanted for one in outcomes),
            rescued=sum(one.rescued for one in outcomes),
            broken=sum(one.broken for one in outcomes),
        )


def chance_of(rescued: int, broken: int) -> float:
    """Probability of so many rescued ones or more if each change were the toss of a coin.

    The one-sided sign test (Dixon & Mood 1946), 0 to 1.
    """
    changed = rescued + broken
    ways = sum(math.comb(changed, many) for many in range(rescued, changed + 1))
    return ways * 0.5**changed


def is_won(held_out: Tally, likelier: float) -> bool:
    """Whether more of the newest choices are first than chance would have it, and all likelier.

    A hundred choices hold a dozen errors, so that one or two more in the first place say
    nothing; and how likely all are says little about places.

    Args:
        held_out: the newest choices.
        likelier: share of their loss that is gone, below 1.
    """
    return chance_of(held_out.rescued, held_out.broken) <= CHANCE and likelier >= LIKELIER


def refusals(held_out: Tally, known: Tally, general: Tally, likelier: float) -> list[str]:
    """Why an adapter with these figures must not be used; empty where it may.

    Args:
        held_out: the newest choices.
        known: choices that were right before.
        general: everyday sentences and made-up text.
        likelier: as for `is_won`.
    """
    reasons = []
    if not is_won(held_out, likelier):
        reasons.append(
            f"Of your newest {held_out.count} choices, which it had not seen, it would put "
            f"{held_out.rescued} more in the first place and lose {held_out.broken}, and make "
            f"them {100 * likelier:.1f} % likelier: no gain beyond chance."
        )
    allowed = max(1, int(KNOWN_LOSS * known.count))
    if known.broken > allowed:
        reasons.append(
            f"Of {known.count} choices that were right before it would break {known.broken}; "
            f"{allowed} may be broken."
        )
    lost, bound = general.before - general.after, max(1, int(GENERAL_LOSS * general.count))
    if lost > bound:
        reasons.append(
            f"Of {general.count} everyday sentences it would lose {lost}; {bound} may be lost."
        )
    return reasons


def outcomes(
    cases: Sequence[Example], before: Sequence[str], after: Sequence[str]
) -> list[Outcome]:
    """Cases with what was offered for them before and after."""
    return [
        Outcome(case.context[-24:], case.chosen, old, new)
        for case, old, new in zip(cases, before, after, strict=True)
    ]


def load_general(path: Path) -> list[Example]:
    """The general sentences of `assets/anchors`.

    Raises:
        AssetError: they are missing or damaged.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as exc:
        raise AssetError(f"{path} cannot be read: {exc}. Install Moyin again.") from exc
    cases = []
    for number, line in enumerate(lines, start=1):
        text, _, syllables = line.partition("\t")
        if not text or len(text) != len(syllables.split()):
            raise AssetError(f"{path}, line {number}, is damaged. Install Moyin again.")
        cases.append(Example("", tuple(syllables.split()), text))
    return cases


def made_up_cases(vocabulary: Vocabulary, texts: Sequence[Sequence[int]]) -> list[Example]:
    """Runs of hanzi with what precedes them, out of token texts that the base made up.

    Args:
        vocabulary: of the tokens.
        texts: each begins with the begin token.
    """
    cases: list[Example] = []
    for tokens in texts:
        start = 1
        for place in range(1, len(tokens) + 1):
            if place < len(tokens) and tokens[place] >= FIRST_HANZI:
                continue
            if _RUN[0] <= place - start <= _RUN[1]:
                cases.append(_case(vocabulary, tokens, start, place))
            start = place + 1
    return cases[:: max(1, len(cases) // MADE_UP)][:MADE_UP]


def _case(vocabulary: Vocabulary, tokens: Sequence[int], start: int, end: int) -> Example:
    before, run = tokens[1:start], tokens[start:end]
    context = [vocabulary.texts[token] if token >= len(SPECIALS) else " " for token in before]
    readings = [
        (place, vocabulary.syllables[token])
        for place, token in enumerate(before)
        if token >= FIRST_HANZI
    ]
    return Example(
        context="".join(context),
        syllables=tuple(vocabulary.syllables[token] for token in run),
        chosen="".join(vocabulary.texts[token] for token in run),
        readings=tuple(readings),
    )
