"""What a run found out and what forgetting did: codes and figures, kept as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import msgspec

EXAMPLES = 40
"""Rescued and broken choices kept in a report, each."""

RUNS = "runs.json"
"""File with the figures of all runs, in the folder of the versions."""


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


class Reason(Enum):
    """Why an adapter is not used; the values are kept in reports."""

    NOTHING_LEARNED = "nothing_learned"
    """Training made the newest choices no likelier."""
    NO_GAIN = "no_gain"
    """No more of the newest choices would be first than chance would have it."""
    KNOWN_BROKEN = "known_broken"
    """Too many choices that were right before would break."""
    GENERAL_LOST = "general_lost"
    """Too many everyday sentences would be lost."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason with its figures; 0 where a figure does not belong to the reason.

    Attributes:
        reason: why.
        cases: in the set.
        lost: right before and not with the adapter.
        allowed: as many may be lost.
        gained: right with the adapter and not before.
        likelier: share of the loss on the newest choices that is gone, below 1.
    """

    reason: Reason
    cases: int = 0
    lost: int = 0
    allowed: int = 0
    gained: int = 0
    likelier: float = 0.0


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the learning curve.

    Attributes:
        step: of the optimiser.
        loss: of training, nats a hanzi; None at the start.
        held_out: on choices that were held out, nats a hanzi.
    """

    step: int
    loss: float | None
    held_out: float


@dataclass(frozen=True, slots=True)
class RunReport:
    """One run.

    Attributes:
        version: name of what it made; empty where that was refused.
        accepted: whether it is in use.
        reasons: why it was refused; in reports of older versions, sentences in English.
        parent: version it went on from; empty for the base model.
        created: seconds since 1970, UTC.
        seconds: the run took.
        learned: selections it learned from.
        fresh: new ones among them.
        strength: share of what was learned that is used, 0 to 1.
        held_out: the newest choices, unseen by training.
        known: choices that were right before.
        general: everyday sentences and made-up text, against the base model.
        rescued: examples.
        broken: examples.
        curve: of learning.
        hanzi: of new text in documents that it learned from.
    """

    version: str
    accepted: bool
    reasons: tuple[Refusal | str, ...]
    parent: str
    created: float
    seconds: float
    learned: int
    fresh: int
    strength: float
    held_out: Tally
    known: Tally
    general: Tally
    rescued: tuple[Outcome, ...] = ()
    broken: tuple[Outcome, ...] = ()
    curve: tuple[Point, ...] = ()
    hanzi: int = 0


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What is remembered of every run: numbers, no text.

    Attributes:
        created: seconds since 1970, UTC.
        version: name; empty where it was refused.
        learned: selections it learned from.
        held_out: the newest choices.
        general: everyday sentences.
        seconds: it took.
        hanzi: of new text in documents that it learned from.
    """

    created: float
    version: str
    learned: int
    held_out: Tally
    general: Tally
    seconds: float
    hanzi: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a word stands when its syllables are typed with nothing before them.

    Attributes:
        rank: place among the candidates, from 1; 0: not among them.
        probability: of the word, 0 to 1.
    """

    rank: int
    probability: float


@dataclass(frozen=True, slots=True)
class Proof:
    """What forgetting did.

    Attributes:
        word: that was forgotten; empty for a period or everything.
        removed: selections that were deleted.
        versions: adapters that had learned from them and were deleted.
        before: the word's standing before; None where it cannot be told.
        after: and after.
        traces: files below the user's folder that still contain the word.
        rebuilt: the run that learned anew from what is left; None where too little is.
        documents: files that are learned from no more.
        drafts: of closed windows that the word was cut out of.
    """

    word: str
    removed: int
    versions: tuple[str, ...]
    before: Standing | None
    after: Standing | None
    traces: tuple[str, ...]
    rebuilt: RunReport | None
    documents: int = 0
    drafts: int = 0


def figures(report: RunReport) -> RunFigures:
    """The numbers of a report."""
    return RunFigures(
        created=report.created,
        version=report.version,
        learned=report.learned,
        held_out=report.held_out,
        general=report.general,
        seconds=report.seconds,
        hanzi=report.hanzi,
    )


def to_json(value: object) -> bytes:
    """A value of this module as JSON, readable for people, too."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1)


def read_report(data: bytes) -> RunReport:
    """A report that `to_json` wrote.

    Raises:
        ValueError: it is damaged.
    """
    return msgspec.json.decode(data, type=RunReport)


def read_figures(data: bytes) -> list[RunFigures]:
    """The numbers of all runs that `to_json` wrote.

    Raises:
        ValueError: they are damaged.
    """
    return msgspec.json.decode(data, type=list[RunFigures])
