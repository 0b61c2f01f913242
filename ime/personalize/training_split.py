"""What a run learns from: new selections and some older ones; the newest are held out."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ime.errors import EnvironmentFaultError, Message
from ime.userdb.selection_log import LoggedSelection
from model.finetune.examples import Example

FEWEST = 40
"""New selections below which a run is not worth its noise."""

HELD_OUT = 0.15
"""Share of new selections, the newest, that are kept from training to judge by."""

MOST_HELD_OUT = 1500
OLDER_SHARE = 0.5
"""Older selections beside each new one, so that what was learned stays."""

BLOCK = 8  # neighbours share their context, so older selections are drawn in blocks
KNOWN = 120
"""Selections whose first candidate was chosen that are watched for damage."""


class TooFewSelectionsError(EnvironmentFaultError):
    """There is not enough new to learn from."""


@dataclass(frozen=True, slots=True)
class RunPlan:
    """The material of one run, oldest first.

    Attributes:
        train: to learn from; older selections come first.
        held_out: newer than all of `train`, to judge by.
        known: selections of `train` that were offered first when they were chosen.
        fresh: how many of `train` are new.
        through: id of the newest selection of `train`.
    """

    train: tuple[Example, ...]
    held_out: tuple[Example, ...]
    known: tuple[Example, ...]
    fresh: int
    through: int


def learnable(rows: Iterable[LoggedSelection]) -> list[LoggedSelection]:
    """Rows that stand and have a syllable for every hanzi."""
    return [
        row
        for row in rows
        if not row.retracted and len(row.selection.syllables) == len(row.selection.chosen) > 0
    ]


def example_of(row: LoggedSelection) -> Example:
    """A row as training text."""
    selection = row.selection
    return Example(
        context=selection.context.text,
        syllables=selection.syllables,
        chosen=selection.chosen,
        offered=selection.offered,
        readings=selection.context.readings,
    )


def make_plan(rows: Iterable[LoggedSelection], through: int, seed: int) -> RunPlan:
    """Divide the log.

    Args:
        rows: of the log, oldest first.
        through: id up to which the active adapter was trained; 0 for none.
        seed: of the draw among older selections.

    Raises:
        TooFewSelectionsError: less than `FEWEST` are new.
    """
    usable = learnable(rows)
    if usable and usable[-1].id < through:  # the log was begun anew
        through = 0
    new = [row for row in usable if row.id > through]
    if len(new) < FEWEST:
        raise TooFewSelectionsError(
            Message.of("personalize.fault.too_few", count=len(new), missing=FEWEST - len(new))
        )
    held_out = min(MOST_HELD_OUT, max(1, round(HELD_OUT * len(new))))
    fresh = new[:-held_out]
    old = [row for row in usable if row.id < new[0].id]
    chooser = random.Random(seed)
    train = _blocks(old, round(OLDER_SHARE * len(fresh)), chooser) + fresh
    first = [row for row in train if row.selection.rank == 0]
    known = sorted(chooser.sample(first, min(KNOWN, len(first))), key=lambda row: row.id)
    return RunPlan(
        train=tuple(map(example_of, train)),
        held_out=tuple(map(example_of, new[-held_out:])),
        known=tuple(map(example_of, known)),
        fresh=len(fresh),
        through=fresh[-1].id,
    )


def _blocks(
    rows: Sequence[LoggedSelection], count: int, chooser: random.Random
) -> list[LoggedSelection]:
    """About `count` of the rows, in order, in blocks of neighbours."""
    if count >= len(rows):
        return list(rows)
    starts = list(range(0, len(rows), BLOCK))
    drawn = sorted(chooser.sample(starts, min(len(starts), -(-count // BLOCK))))
    return [row for start in drawn for row in rows[start : start + BLOCK]]
