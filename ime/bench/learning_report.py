"""The result of `moyin learning`: errors along a stream, as Markdown and for JSON."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from ime.bench.environment import Environment
from ime.bench.paired_test import PairedTest, duel
from ime.bench.scoring import Pair, pairs_of
from ime.bench.tables import NONE, points, ratio, table
from ime.bench.test_sets import Answer, Question
from ime.personalize.report import RunFigures

NOTE = """\
Errors per 100 rows: the first candidate is not the whole text. fewer: errors less than without
learning, in per cent of those, over all rows. rescued, broken: rows that only this way of
learning, or only no learning, gets right. last two: the last two parts together."""


@dataclass(frozen=True, slots=True)
class Line:
    """One engine along the stream.

    Attributes:
        name: of the engine.
        errors: of each part, per 100 rows.
        late: of the last two parts together, per 100 rows.
        whole: of all rows, per 100.
        against: no learning; None for that itself.
    """

    name: str
    errors: tuple[float, ...]
    late: float
    whole: float
    against: PairedTest | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """What learning costs on a set that this user did not type.

    Attributes:
        name: of the set.
        way: of learning.
        duel: with what was learned, against the shipped model.
    """

    name: str
    way: str
    duel: PairedTest


@dataclass(frozen=True, slots=True)
class Learning:
    """Everything that was measured.

    Attributes:
        circumstances: of this run.
        table: name of the stream.
        rows: of it.
        lines: ours without learning first, peers last.
        prices: on sets of others.
        wrong: on the first part of the stream, with a wrong history; None if not asked for.
        runs: of training, oldest first.
        commands: by which the answers were made, by name.
    """

    circumstances: Environment
    table: str
    rows: int
    lines: tuple[Line, ...]
    prices: tuple[Price, ...] = ()
    wrong: PairedTest | None = None
    runs: tuple[RunFigures, ...] = ()
    commands: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, object]:
        """As JSON has it."""
        return {
            "circumstances": self.circumstances.plain(),
            "table": self.table,
            "rows": self.rows,
            "lines": [
                asdict(line) | {"against": line.against and line.against.plain()}
                for line in self.lines
            ],
            "prices": [asdict(price) | {"duel": price.duel.plain()} for price in self.prices],
            "wrong_history": self.wrong and self.wrong.plain(),
            "runs": [asdict(run) for run in self.runs],
            "commands": dict(self.commands),
        }


def line_of(
    name: str,
    questions: Sequence[Question],
    answers: Sequence[Answer],
    parts: int,
    without: Sequence[Answer] | None = None,
) -> Line:
    """One engine along the stream.

    Args:
        name: of the engine.
        questions: all rows, in order.
        answers: to them; a row without one is wrong.
        parts: into which the stream is cut, as even as can be.
        without: answers of no learning to compare with.
    """
    given = {answer.id: answer.first for answer in answers}
    wrong = [given.get(question.id) != question.gold for question in questions]
    cuts = [part * len(wrong) // parts for part in range(parts + 1)]
    pieces = [wrong[low:high] for low, high in itertools.pairwise(cuts)]
    against = None
    if without is not None:
        against = duel(pairs_of(questions, answers), pairs_of(questions, without))
    return Line(
        name,
        tuple(_per_hundred(piece) for piece in pieces),
        _per_hundred(wrong[cuts[max(0, parts - 2)] :]),
        _per_hundred(wrong),
        against,
    )


def _per_hundred(wrong: Sequence[bool]) -> float:
    return 100 * sum(wrong) / max(1, len(wrong))


def price_of(name: str, way: str, learned: Sequence[Pair], shipped: Sequence[Pair]) -> Price:
    """What a way of learning costs on a set."""
    return Price(name, way, duel(learned, shipped))


def markdown(found: Learning) -> str:
    """All tables."""
    lines = ["# Learning", "", *found.circumstances.lines(), "", *NOTE.split("\n")]
    lines += ["", f"## {found.table} ({found.rows} rows in order)", "", *_stream(found)]
    if found.runs:
        lines += ["", "## Runs of training", "", *_runs(found.runs)]
    if found.prices:
        lines += ["", "## Text of others, afterwards", "", *_prices(found.prices)]
    if found.wrong is not None:
        gain = points(found.wrong.gain)
        lines += ["", "## A wrong history", ""]
        lines += [f"First part of the stream, points against no learning: {gain}."]
    return "\n".join(lines) + "\n"


def _stream(found: Learning) -> list[str]:
    count = len(found.lines[0].errors)
    head = ["errors per 100 rows", *map(str, range(1, count + 1)), "last two", "all", "fewer"]
    rows = []
    for line in found.lines:
        cells = [line.name, *map(_one, line.errors), _one(line.late), f"{line.whole:.2f}"]
        rows.append([*cells, _fewer(line.against), _changed(line.against)])
    return table([*head, "rescued / broken"], rows)


def _one(value: float) -> str:
    return f"{value:.1f}"


def _fewer(against: PairedTest | None) -> str:
    if against is None or not against.other_errors:
        return NONE
    figure = against.error_ratio
    return f"{100 * (1 - figure.value):.1f} % (ratio {ratio(figure)})"


def _changed(against: PairedTest | None) -> str:
    return NONE if against is None else f"{against.rescued} / {against.broken}"


def _runs(runs: Sequence[RunFigures]) -> list[str]:
    head = ["run", "used as", "choices", "newest choices first", "everyday sentences", "s"]
    rows = []
    for number, run in enumerate(runs, start=1):
        held_out, general = (
            f"{tally.before} -> {tally.after} of {tally.count}"
            for tally in (run.held_out, run.general)
        )
        name = run.version or "refused"
        rows.append(
            [str(number), name, str(run.learned), held_out, general, f"{run.seconds:.0f}"]
        )
    return table(head, rows)


def _prices(prices: Sequence[Price]) -> list[str]:
    ways = list(dict.fromkeys(price.way for price in prices))
    names = list(dict.fromkeys(price.name for price in prices))
    known = {(price.way, price.name): price.duel for price in prices}
    rows = []
    for way in ways:
        found = [known[way, name] for name in names]
        total = 100 * sum(one.gain.value for one in found)
        cells = [f"{100 * one.gain.value:+.1f} ({_changed(one)})" for one in found]
        rows.append([way, *cells, f"{total:+.1f}"])
    return table(["points (rescued / broken)", *names, "in sum"], rows)
