"""The results of `moyin bench` as Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from ime.commands.circumstances import Circumstances
from ime.commands.engines import Run
from ime.commands.scoring import Duel, Effort, Score, Times
from ime.commands.sheets import Column, Sheet

NONE = "-"

_NOTE = """\
top-1, top-5, top-10: the whole text right, in per cent, with the 95 % interval of top-1. char:
characters of the first candidate. in list: the text stands anywhere in the list. marked: the
one character that a row asks for. picks/100: what is pressed besides letters for 100 characters
(page turns among them; share of characters out of reach, each charged as three)."""

_COMPARED = """\
error ratio: wrong first candidates over those of {0}; rescued and broken: rows that only this
engine, or only {0}, gets right."""


def markdown(circumstances: Circumstances, sheets: Sequence[Sheet], reference: str) -> str:
    """All tables: the engines, a summary, and one table a set.

    Args:
        circumstances: stand at the head.
        sheets: one a set and pass.
        reference: name of the engine that others are compared with.
    """
    lines = ["# Bench", "", *circumstances.lines(), "", *_NOTE.split("\n")]
    if any(column.engine != reference for sheet in sheets for column in sheet.columns):
        lines += _COMPARED.format(reference).split("\n")
    lines += ["", "## Summary", "", *summary(sheets, reference)]
    lines += ["", "## Engines", "", *engines(sheets)]
    for sheet in sheets:
        lines += ["", f"## {title(sheet)} ({sheet.rows} rows)", "", *sheet_table(sheet)]
        kinds = kind_table(sheet)
        if kinds:
            lines += ["", "Top-1 / top-5 of each kind:", "", *kinds]
    return "\n".join(lines) + "\n"


def title(sheet: Sheet) -> str:
    """Name of a set and how it was typed."""
    return f"{sheet.name}, {'with' if sheet.context else 'without'} context"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table."""
    cells = [list(head), ["---"] * len(head), *(list(row) for row in rows)]
    return [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in cells]


def sheet_table(sheet: Sheet) -> list[str]:
    """The figures of every engine on a set."""
    scores = [column.score for column in sheet.columns if column.score is not None]
    has_pool = any(figures.pool is not None for figures in scores)
    has_marks = any(figures.marked is not None for figures in scores)
    head = ["engine", "rows", "top-1", "top-5", "top-10", "char"]
    head += ["in list"] * has_pool + ["marked"] * has_marks
    head += ["picks/100 (turns, stuck)", "key ms p50 / p95 / p99 / max"]
    head += ["error ratio", "rescued / broken"]
    rows = []
    for column in sheet.columns:
        figures = column.score
        if figures is None:
            failure = f"failed: {column.run.error}"
            rows.append([column.engine, failure, *[NONE] * (len(head) - 2)])
            continue
        cells = [column.engine, _rows(figures), _top1(figures)]
        cells += [percent(figures.top5), percent(figures.top10), percent(figures.char_acc, 2)]
        cells += [percent(figures.pool)] * has_pool + [percent(figures.marked)] * has_marks
        cells += [_effort(figures.effort), milliseconds(figures.keys)]
        rows.append([*cells, *_duel(column.duel)])
    return table(head, rows)


def kind_table(sheet: Sheet) -> list[str]:
    """Top-1 and top-5 of every kind of row; nothing where there is one kind."""
    columns = [column for column in sheet.columns if column.kinds]
    kinds = sorted({kind for column in columns for kind in column.kinds})
    if not kinds:
        return []
    rows = []
    for kind in kinds:
        scores = [column.kinds.get(kind) for column in columns]
        count = max(figures.rows for figures in scores if figures is not None)
        rows.append([kind, str(count), *map(_tops, scores)])
    return table(["kind", "rows", *(column.engine for column in columns)], rows)


def summary(sheets: Sequence[Sheet], reference: str) -> list[str]:
    """One row a set: everyone's top-1 and top-5, and the first engine against the reference."""
    names = list(dict.fromkeys(column.engine for sheet in sheets for column in sheet.columns))
    head = ["set", "rows", *(f"{name} top-1 / top-5" for name in names)]
    head += [
        f"error ratio to {reference}",
        "rescued / broken",
        "picks ratio",
        "key ms p50 / p95 / p99 / max",
    ]
    rows = []
    for sheet in sheets:
        by_name = {column.engine: column for column in sheet.columns}
        ours, other = by_name[names[0]], by_name.get(reference)
        cells = [title(sheet), str(sheet.rows)]
        cells += [_tops(by_name[name].score) if name in by_name else NONE for name in names]
        times = milliseconds(ours.score.keys) if ours.score is not None else NONE
        rows.append([*cells, *_duel(ours.duel), _picks_ratio(ours, other), times])
    return table(head, rows)


def engines(sheets: Sequence[Sheet]) -> list[str]:
    """Start-up and memory as the engines tell them themselves; the median of the sets."""
    runs: dict[str, list[Run]] = {}
    for sheet in sheets:
        for column in sheet.columns:
            runs.setdefault(column.engine, []).append(column.run)
    rows = []
    for name, of_engine in runs.items():
        sizes = ("rss_start_kb", "rss_end_kb", "anon_end_kb")
        earlier = sum(run.earlier for run in of_engine)
        rows.append(
            [
                name,
                _median(of_engine, "start_ms", 1),
                *(_median(of_engine, size, 1024) for size in sizes),
                f"{earlier} of {len(of_engine)}",
            ]
        )
    head = ["engine", "ready ms", "MiB when ready", "MiB at the end", "of it private"]
    return table([*head, "sets from an earlier run"], rows)


def percent(share: float | None, places: int = 1) -> str:
    """A share in per cent."""
    return NONE if share is None else f"{100 * share:.{places}f}"


def milliseconds(times: Times) -> str:
    """The times of keys."""
    parts = (times.p50, times.p95, times.p99, times.max)
    return " / ".join(NONE if math.isnan(part) else f"{part:.2f}" for part in parts)


def _rows(figures: Score) -> str:
    return f"{figures.rows}" + (f" ({figures.missing} missing)" if figures.missing else "")


def _top1(figures: Score) -> str:
    interval = f"{percent(figures.top1_low)}-{percent(figures.top1_high)}"
    return f"{percent(figures.top1)} ({interval})"


def _tops(figures: Score | None) -> str:
    return NONE if figures is None else f"{percent(figures.top1)} / {percent(figures.top5)}"


def _effort(effort: Effort | None) -> str:
    if effort is None:
        return NONE
    return f"{effort.cost:.1f} ({effort.turns:.1f}, {percent(effort.stuck, 2)}%)"


def _duel(against: Duel | None) -> tuple[str, str]:
    if against is None:
        return NONE, NONE
    ratio = against.error_ratio
    return (
        NONE if math.isnan(ratio) else f"{ratio:.2f}",
        f"{against.rescued} / {against.broken}",
    )


def _picks_ratio(ours: Column, other: Column | None) -> str:
    if ours.score is None or other is None or other.score is None or other is ours:
        return NONE
    mine, theirs = ours.score.effort, other.score.effort
    if mine is None or theirs is None or not theirs.cost:
        return NONE
    return f"{mine.cost / theirs.cost:.2f}"


def _median(runs: Iterable[Run], name: str, unit: float) -> str:
    values = sorted(_numbers(run.meta.get(name, "") for run in runs))
    return f"{values[len(values) // 2] / unit:.0f}" if values else NONE


def _numbers(texts: Iterable[str]) -> Iterator[float]:
    """Those that are numbers, and not -1, which stands for unknown."""
    for text in texts:
        try:
            value = float(text)
        except ValueError:
            continue
        if value >= 0:
            yield value
