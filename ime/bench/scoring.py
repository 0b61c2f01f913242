"""What answers are worth: the figures of one engine.

A row is right when a candidate is the whole gold. Shares are of the rows that were answered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from difflib import SequenceMatcher

from ime.bench.test_sets import Answer, Question

STUCK_COST = 3.0
"""Picks charged for a character that the simulated user cannot reach."""

Z = 1.96
"""Of the normal distribution, for 95 %."""

Pair = tuple[Question, Answer]


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of keys; NaN where no key was timed.

    Attributes:
        count: of the keys.
        p50: half of them are no slower.
        p95: 95 of 100 are no slower.
        p99: 99 of 100 are no slower.
        max: the slowest.
    """

    count: int
    p50: float
    p95: float
    p99: float
    max: float

    @classmethod
    def of(cls, microseconds: Iterable[int]) -> Times:
        """Figures of times in microseconds, in any order."""
        ordered = sorted(microseconds)
        parts = (percentile(ordered, share) / 1000 for share in (0.50, 0.95, 0.99, 1.0))
        return cls(len(ordered), *parts)


@dataclass(frozen=True, slots=True)
class Share:
    """A share from 0 to 1 with its 95 % interval (Wilson).

    Attributes:
        count: of all that it is a share of.
        value: the share.
        low: lower end of the interval.
        high: upper end.
    """

    count: int
    value: float
    low: float
    high: float

    @classmethod
    def of(cls, hits: int, count: int) -> Share:
        """`hits` of `count`."""
        return cls(count, _share(hits, count), *wilson(hits, count))


@dataclass(frozen=True, slots=True)
class Effort:
    """What entering the gold costs besides letters, for each 100 characters of it.

    Attributes:
        cost: picks and page turns, with `STUCK_COST` for each character out of reach.
        turns: page turns among them.
        stuck: share of characters out of reach, 0 to 1.
    """

    cost: float
    turns: float
    stuck: float


@dataclass(frozen=True, slots=True)
class Score:
    """Figures of one engine on one set; shares from 0 to 1.

    Attributes:
        rows: that were answered.
        missing: rows without an answer.
        top1: share with the gold first.
        top1_low: lower end of its 95 % interval (Wilson).
        top1_high: upper end.
        top5: share with the gold among the first five.
        top10: among the first ten.
        char_acc: characters of the gold that the first candidate has right.
        keys: times of single keys.
        row_ms: mean time of all keys of a row.
        effort: of the simulated user; None where nobody picked.
        pool: share with the gold anywhere in the list; None where the engine does not tell.
        marked: marked characters right in the first candidate; None where no row marks one.
    """

    rows: int
    missing: int
    top1: float
    top1_low: float
    top1_high: float
    top5: float
    top10: float
    char_acc: float
    keys: Times
    row_ms: float
    effort: Effort | None
    pool: float | None
    marked: Share | None

    def plain(self) -> dict[str, object]:
        """As JSON has it."""
        return asdict(self)


def pairs_of(questions: Iterable[Question], answers: Iterable[Answer]) -> list[Pair]:
    """Answers with their rows, in the order of the answers; without those to other rows."""
    asked = {question.id: question for question in questions}
    return [(asked[answer.id], answer) for answer in answers if answer.id in asked]


def score(pairs: Sequence[Pair], asked: int) -> Score:
    """Figures of an engine.

    Args:
        pairs: rows with its answers.
        asked: how many rows there were.
    """
    rows = len(pairs)
    first = sum(answer.first == question.gold for question, answer in pairs)
    low, high = wilson(first, rows)
    hits = sum(characters_right(answer.first, question.gold) for question, answer in pairs)
    characters = sum(len(question.gold) for question, _ in pairs)
    return Score(
        rows=rows,
        missing=asked - rows,
        top1=_share(first, rows),
        top1_low=low,
        top1_high=high,
        top5=_share(_within(pairs, 5), rows),
        top10=_share(_within(pairs, 10), rows),
        char_acc=_share(hits, characters),
        keys=_key_times([answer for _, answer in pairs]),
        row_ms=_share(sum(answer.total for _, answer in pairs), rows) / 1000,
        effort=_effort(pairs),
        pool=_pool([answer.rank for _, answer in pairs]),
        marked=_marked(pairs),
    )


def score_kinds(pairs: Iterable[Pair]) -> dict[str, Score]:
    """Figures of each kind of row, by name; empty where all rows are of one kind."""
    groups: dict[str, list[Pair]] = {}
    for question, answer in pairs:
        groups.setdefault(question.kind, []).append((question, answer))
    if len(groups) < 2:
        return {}
    return {kind: score(groups[kind], len(groups[kind])) for kind in sorted(groups)}


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """95 % interval of a share (E. B. Wilson, 1927)."""
    if not trials:
        return 0.0, 0.0
    share, scale = successes / trials, 1 + Z * Z / trials
    middle = share + Z * Z / (2 * trials)
    half = Z * math.sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials))
    return (middle - half) / scale, (middle + half) / scale


def percentile(ordered: Sequence[int], share: float) -> float:
    """The smallest value that `share` of all do not exceed; NaN of nothing."""
    if not ordered:
        return math.nan
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def characters_right(text: str, gold: str) -> int:
    """Characters of the gold that a text has: place by place, or by edit distance."""
    if len(text) == len(gold):
        return sum(a == b for a, b in zip(text, gold, strict=True))
    return max(0, len(gold) - edit_distance(text, gold))


def edit_distance(first: str, second: str) -> int:
    """Insertions, deletions and replacements that turn one text into the other."""
    before = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        row = [i]
        for j, b in enumerate(second, start=1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b)))
        before = row
    return before[-1]


def character_stands(text: str, gold: str, place: int) -> bool:
    """Whether a text has the character of the gold at `place`.

    Texts of different lengths are laid side by side where they agree.
    """
    if not 0 <= place < len(gold):
        return False
    if len(text) == len(gold):
        return text[place] == gold[place]
    blocks = SequenceMatcher(None, gold, text, autojunk=False).get_matching_blocks()
    return any(block.a <= place < block.a + block.size for block in blocks)


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0


def _within(pairs: Iterable[Pair], places: int) -> int:
    return sum(question.gold in answer.candidates[:places] for question, answer in pairs)


def _key_times(answers: Sequence[Answer]) -> Times:
    times = Times.of(time for answer in answers for time in answer.keys)
    if times.count:
        return times
    # Who does not time single keys tells at least the slowest of each row.
    return replace(times, max=max((answer.slowest for answer in answers), default=0) / 1000)


def pressed(answer: Answer) -> float:
    """Picks and page turns, with `STUCK_COST` for each character out of reach; 0 unpicked."""
    picks, turns, stuck = answer.effort or (0, 0, 0)
    return picks + turns + STUCK_COST * stuck


def mark_stands(pairs: Iterable[Pair]) -> Iterator[tuple[Question, bool]]:
    """Rows that mark a character, and whether it stands in the first candidate."""
    for question, answer in pairs:
        if question.marked is not None:
            yield question, character_stands(answer.first, question.gold, question.marked)


def _effort(pairs: Iterable[Pair]) -> Effort | None:
    picked = [(question, answer) for question, answer in pairs if answer.effort is not None]
    characters = sum(len(question.gold) for question, _ in picked)
    if not characters:
        return None
    efforts = [answer.effort for _, answer in picked if answer.effort is not None]
    cost = 100 * sum(pressed(answer) for _, answer in picked) / characters
    turns, stuck = (sum(effort[place] for effort in efforts) for place in (1, 2))
    return Effort(cost, 100 * turns / characters, stuck / characters)


def _pool(ranks: Sequence[int | None]) -> float | None:
    known = [rank for rank in ranks if rank is not None]
    return _share(sum(rank >= 0 for rank in known), len(known)) if known else None


def _marked(pairs: Iterable[Pair]) -> Share | None:
    stands = [right for _, right in mark_stands(pairs)]
    return Share.of(sum(stands), len(stands)) if stands else None
