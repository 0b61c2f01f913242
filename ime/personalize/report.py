"""What a run found out, for programs as JSON and for a typist in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from ime.personalize.gate import Outcome, Tally

EXAMPLES = 40
"""Rescued and broken choices kept in a report, each."""

RUNS = "runs.json"
"""File with the figures of all runs, in the folder of the versions."""

_SHOWN = 5  # of each, in the text


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
        reasons: why it was refused.
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
    """

    version: str
    accepted: bool
    reasons: tuple[str, ...]
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
    """

    created: float
    version: str
    learned: int
    held_out: Tally
    general: Tally
    seconds: float


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
    """

    word: str
    removed: int
    versions: tuple[str, ...]
    before: Standing | None
    after: Standing | None
    traces: tuple[str, ...]
    rebuilt: RunReport | None


def figures(report: RunReport) -> RunFigures:
    """The numbers of a report."""
    return RunFigures(
        created=report.created,
        version=report.version,
        learned=report.learned,
        held_out=report.held_out,
        general=report.general,
        seconds=report.seconds,
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


def report_text(report: RunReport) -> str:
    """A report in words."""
    held, general = report.held_out, report.general
    when = datetime.fromtimestamp(report.created).astimezone().strftime("%Y-%m-%d %H:%M")
    lines = [
        f"{report.version or 'Not used'}, {when}, "
        f"from {report.learned:,} choices ({report.fresh:,} new) in {report.seconds:.0f} s",
        verdict(report),
        "",
        f"Of your newest {held.count} choices, which training did not see,",
        f"  {held.before} had the first place before, {held.after} would have it now "
        f"({percent(held.before, held.count)} -> {percent(held.after, held.count)}):",
        f"  {held.rescued} rescued, {held.broken} broken.",
        f"Of {report.known.count} choices that were right before, {report.known.broken} broke.",
        f"Of {general.count} everyday sentences, {general.before} are right with the base "
        f"model and {general.after} now ({percent(general.before, general.count)} -> "
        f"{percent(general.after, general.count)}).",
    ]
    lines += _table("Rescued", report.rescued) + _table("Broken", report.broken)
    return "\n".join(lines)


def verdict(report: RunReport) -> str:
    """Whether the run is in use, and if not, why."""
    if report.accepted:
        weaker = f", at {report.strength:.0%} of its strength" if report.strength < 1 else ""
        return f"In use{weaker}."
    return "It is not used; everything stays as it was. " + " ".join(report.reasons)


def percent(part: int, whole: int) -> str:
    """A share in per cent."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _table(title: str, examples: Sequence[Outcome]) -> list[str]:
    if not examples:
        return []
    rows = [
        f"  …{one.context[-8:]}  {one.before or '-'} -> {one.after or '-'}"
        for one in examples[:_SHOWN]
    ]
    return ["", f"{title} (text before, first candidate before -> now):", *rows]


def proof_text(proof: Proof) -> str:
    """What forgetting did, in words."""
    lines = [f"{proof.removed:,} choices deleted and overwritten."]
    if proof.versions:
        names = ", ".join(proof.versions)
        lines.append(f"Deleted, because they had learned from them: {names}.")
    if proof.before is not None and proof.after is not None:
        lines.append(
            f"Typed alone, it was {_place(proof.before)} before and is "
            f"{_place(proof.after)} now."
        )
    if proof.word:
        found = ", ".join(proof.traces)
        lines.append(
            f"These files still contain it: {found}."
            if found
            else "No file in Moyin's folders contains it any more."
        )
    if proof.rebuilt is not None:
        lines.append(f"Learned anew without them: {verdict(proof.rebuilt)}")
    return "\n".join(lines)


def _place(standing: Standing) -> str:
    if not standing.rank:
        return f"not among the candidates (probability {standing.probability:.2g})"
    return f"number {standing.rank} (probability {standing.probability:.2g})"
