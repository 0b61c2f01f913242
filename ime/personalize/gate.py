"""The gate: an adapter is used only if it helps on what it has not seen and harms nothing else.

Three sets are converted before and after, syllables given: the newest text, chosen or of
documents, which training never saw; selections that were right when they were made; and general
sentences, which ship with the product, beside text that the base model made up. All reasons are
named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ime.errors import AssetError, Message
from ime.personalize.report import Outcome, Reason, Refusal, Tally
from model.finetune.examples import Example
from model.vocab import FIRST_HANZI, SPECIALS, Vocabulary

GENERAL_LOSS = 0.004
"""Share of general sentences that may be lost net of those won: one or two in 400."""

KNOWN_LOSS = 0.02
"""Share of choices that were right before that may be broken: two in 120."""

CHANCE = 0.05
"""Probability that a gain in likelihood is none, above which it counts as chance."""

LIKELIER = 0.01
"""Share of its loss by which the newest text must be likelier to be worth a version."""

MADE_UP = 60
"""Runs of hanzi out of made-up text that are general cases, too."""

_RESAMPLES = 2000
_RUN = (3, 12)  # hanzi of a made-up case


@dataclass(frozen=True, slots=True)
class Gain:
    """By how much the newest text became likelier.

    Attributes:
        share: of its loss that is gone, below 1.
        chance: probability that there is no gain, 0 to 1.
    """

    share: float
    chance: float


def gain_of(before: Sequence[float], after: Sequence[float]) -> Gain:
    """The gain, and by a paired bootstrap over pieces of text whether it is one.

    Pieces are drawn anew as often as there are, with repetition, before and after together
    (Efron & Tibshirani 1993, chapter 16): whole pieces, because the hanzi of one hang together.

    Args:
        before: nats of each piece.
        after: the same with the new adapter.
    """
    old, new = np.array(before), np.array(after)
    drawn = np.random.default_rng(len(old)).integers(len(old), size=(_RESAMPLES, len(old)))
    without = int(((old - new)[drawn].sum(axis=1) <= 0).sum())
    return Gain(float(1 - new.sum() / old.sum()), without / _RESAMPLES)


def is_won(held_out: Tally, gain: Gain) -> bool:
    """Whether the newest text is likelier beyond chance, and no more of it breaks than is won.

    First places alone cannot say it: of 1,500 cases 150 are wrong, and a gain of a tenth
    changes fewer of them than chance does.

    Args:
        held_out: the newest text.
        gain: in its likelihood.
    """
    return (
        gain.chance <= CHANCE and gain.share >= LIKELIER and held_out.rescued >= held_out.broken
    )


def refusals(held_out: Tally, known: Tally, general: Tally, gain: Gain) -> list[Refusal]:
    """Why an adapter with these figures must not be used; empty where it may.

    Args:
        held_out: the newest text.
        known: choices that were right before.
        general: everyday sentences and made-up text.
        gain: in the likelihood of the newest text.
    """
    reasons = []
    if not is_won(held_out, gain):
        reasons.append(
            Refusal(
                Reason.NO_GAIN, held_out.count, held_out.broken, 0, held_out.rescued, gain.share
            )
        )
    allowed = max(1, int(KNOWN_LOSS * known.count))
    if known.broken > allowed:
        reasons.append(Refusal(Reason.KNOWN_BROKEN, known.count, known.broken, allowed))
    lost, bound = general.before - general.after, max(1, int(GENERAL_LOSS * general.count))
    if lost > bound:
        reasons.append(Refusal(Reason.GENERAL_LOST, general.count, lost, bound))
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
        raise AssetError(
            Message.of("fault.asset_unreadable", path=str(path), why=str(exc))
        ) from exc
    cases = []
    for number, line in enumerate(lines, start=1):
        text, _, syllables = line.partition("\t")
        if not text or len(text) != len(syllables.split()):
            raise AssetError(
                Message.of("fault.asset_line_damaged", path=str(path), line=number)
            )
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
