"""Two engines on the same rows: who makes fewer errors and needs fewer picks.

The rows are paired, so that the intervals of the ratios are narrower than those of two
separate samples would suggest.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from ime.bench.scoring import Pair, Z, mark_stands, pressed


@dataclass(frozen=True, slots=True)
class Estimate:
    """One engine's figure against another's, with its 95 % interval; NaN where there is none.

    Attributes:
        value: the one over the other, or for a gain less the other.
        low: lower end.
        high: upper end.
    """

    value: float
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True, slots=True)
class PairedTest:
    """An engine against another one, on the rows that both answered.

    Attributes:
        rows: both answered.
        errors: rows that this engine gets wrong.
        other_errors: rows that the other one gets wrong.
        rescued: rows only this engine gets right.
        broken: rows only the other one gets right.
    """

    rows: int
    errors: int
    other_errors: int
    rescued: int
    broken: int

    @property
    def error_ratio(self) -> Estimate:
        """Errors over those of the other one; NaN where that made none.

        The interval is that of the ratio of two shares of the same rows: the logarithm has the
        variance (rescued + broken) / (errors * other errors), by the delta method.
        """
        if not self.other_errors:
            return Estimate(math.nan)
        value = self.errors / self.other_errors
        if not self.errors:
            return Estimate(value)
        error = math.sqrt((self.rescued + self.broken) / (self.errors * self.other_errors))
        return Estimate(value, value * math.exp(-Z * error), value * math.exp(Z * error))

    @property
    def gain(self) -> Estimate:
        """Share of rows that this engine has right beyond those of the other one, -1 to 1.

        The interval is that of the difference of two shares of the same rows.
        """
        if not self.rows:
            return Estimate(math.nan)
        value = (self.rescued - self.broken) / self.rows
        differing = (self.rescued + self.broken) / self.rows
        error = math.sqrt(max(0.0, differing - value * value) / self.rows)
        return Estimate(value, value - Z * error, value + Z * error)

    def plain(self) -> dict[str, object]:
        """As JSON has it."""
        return asdict(self) | {"error_ratio": asdict(self.error_ratio)}


def duel(pairs: Iterable[Pair], others: Iterable[Pair]) -> PairedTest:
    """Whole texts: a row is right if the first candidate is the gold."""
    return _duel(
        {question.id: answer.first == question.gold for question, answer in pairs},
        {question.id: answer.first == question.gold for question, answer in others},
    )


def marked_duel(pairs: Iterable[Pair], others: Iterable[Pair]) -> PairedTest | None:
    """Marked characters, in the first candidates; None where no row marks one."""
    ours = {question.id: stands for question, stands in mark_stands(pairs)}
    theirs = {question.id: stands for question, stands in mark_stands(others)}
    return _duel(ours, theirs) if ours else None


def picks_ratio(pairs: Iterable[Pair], others: Iterable[Pair]) -> Estimate | None:
    """What is pressed besides letters, over what the other engine wants pressed.

    The interval is that of a ratio of two sums over the same rows (Cochran, Sampling
    Techniques, 1977, section 6.3).

    Returns:
        None where one of them has no row that was entered, or nothing was pressed.
    """
    theirs = {q.id: pressed(answer) for q, answer in others if answer.effort is not None}
    both = [
        (pressed(answer), theirs[question.id])
        for question, answer in pairs
        if answer.effort is not None and question.id in theirs
    ]
    total = sum(other for _, other in both)
    if not total:
        return None
    value = sum(own for own, _ in both) / total
    error = _error(both, value)
    low = value - Z * error
    return Estimate(value, 0.0 if low < 0 else low, value + Z * error)


def _error(both: Sequence[tuple[float, float]], value: float) -> float:
    """Standard error of a ratio of sums; NaN of a single row."""
    rows = len(both)
    if rows < 2:
        return math.nan
    squares = sum((own - value * other) ** 2 for own, other in both)
    return math.sqrt(squares * rows / (rows - 1)) / sum(other for _, other in both)


def _duel(right: dict[str, bool], other: dict[str, bool]) -> PairedTest:
    both = [(right[row], other[row]) for row in right if row in other]
    return PairedTest(
        rows=len(both),
        errors=sum(not ours for ours, _ in both),
        other_errors=sum(not theirs for _, theirs in both),
        rescued=sum(ours and not theirs for ours, theirs in both),
        broken=sum(theirs and not ours for ours, theirs in both),
    )
