"""Markdown tables of `moyin bench`: those of all sets, one a set, and one of the engines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from ime.bench.engines import Run
from ime.bench.paired_test import Estimate, PairedTest
from ime.bench.results import Column, Sheet
from ime.bench.scoring import Effort, Score, Share, Times

NONE = "-"
FAILED = "failed"


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
        cells = [column.engine, _rows(figures), top1(figures)]
        cells += [percent(figures.top5), percent(figures.top10), percent(figures.char_acc, 2)]
        cells += [percent(figures.pool)] * has_pool + [share(figures.marked)] * has_marks
        cells += [_effort(figures.effort), milliseconds(figures.keys)]
        rows.append([*cells, *duel_cells(column.duel)])
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


def share(figure: Share | None) -> str:
    """A share in per cent, with its interval."""
    if figure is None:
        return NONE
    return _interval(figure.value, figure.low, figure.high)


def top1(figures: Score) -> str:
    """Top-1 in per cent, with its interval."""
    return _interval(figures.top1, figures.top1_low, figures.top1_high)


def ratio(figure: Estimate | None) -> str:
    """A ratio with its interval."""
    if figure is None or math.isnan(figure.value):
        return NONE
    if math.isnan(figure.low):
        return f"{figure.value:.2f}"
    return f"{figure.value:.2f} ({figure.low:.2f}-{figure.high:.2f})"


def points(figure: Estimate) -> str:
    """A difference of two shares, in points of per cent with its interval."""
    if math.isnan(figure.value):
        return NONE
    value, low, high = (
        f"{100 * part:+.1f}" for part in (figure.value, figure.low, figure.high)
    )
    return f"{value} ({low} to {high})"


def milliseconds(times: Times) -> str:
    """The times of keys."""
    parts = (times.p50, times.p95, times.p99, times.max)
    return " / ".join(NONE if math.isnan(part) else f"{part:.2f}" for part in parts)


def _rows(figures: Score) -> str:
    return f"{figures.rows}" + (f" ({figures.missing} missing)" if figures.missing else "")


def _interval(value: float, low: float, high: float) -> str:
    return f"{percent(value)} ({percent(low)}-{percent(high)})"


def _tops(figures: Score | None) -> str:
    return NONE if figures is None else f"{percent(figures.top1)} / {percent(figures.top5)}"


def _effort(effort: Effort | None) -> str:
    if effort is None:
        return NONE
    return f"{effort.cost:.1f} ({effort.turns:.1f}, {percent(effort.stuck, 2)}%)"


def duel_cells(against: PairedTest | None) -> tuple[str, str]:
    """Error ratio; rescued and broken."""
    if against is None:
        return NONE, NONE
    return ratio(against.error_ratio), f"{against.rescued} / {against.broken}"


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


def accuracy(sheets: Sequence[Sheet], reference: str) -> list[str]:
    """Top-1 and top-5 of all engines on each set, and the first engine's errors.

    Variants of the first engine have rows of their own, as have marked characters.

    Args:
        sheets: one a set and pass.
        reference: name of the engine that the first one is compared with.
    """
    first, others = _engines(sheets)
    head = ["set", "rows", *(f"{name} top-1 (95 %) / top-5" for name in (first, *others))]
    head += [f"error ratio to {reference} (95 %)", "rescued / broken"]
    rows = []
    for sheet in sheets:
        by_name = {column.engine: column for column in sheet.columns}
        for label, column in _ours(sheet, first):
            columns = [column, *(by_name[name] for name in others if name in by_name)]
            cells = [_column_tops(each) for each in columns]
            rows.append([label, str(sheet.rows), *cells, *duel_cells(column.duel)])
            marked = column.score.marked if column.score is not None else None
            if marked is None:
                continue
            cells = [share(each.score.marked) if each.score else FAILED for each in columns]
            name = f"{label}: marked character"
            rows.append([name, str(marked.count), *cells, *duel_cells(column.marked_duel)])
    return table(head, rows)


def effort(sheets: Sequence[Sheet], reference: str) -> list[str]:
    """What is pressed besides letters, and how long a key takes; ours and the reference's."""
    first, _ = _engines(sheets)
    names = [first] if first == reference else [first, reference]
    head = ["set", *(f"{name} picks/100" for name in names), "ratio (95 %)"]
    head += [f"{name} key ms p50 / p95 / p99 / max" for name in names]
    rows = []
    for sheet in sheets:
        others = [column for column in sheet.columns if column.engine in names[1:]]
        for label, column in _ours(sheet, first):
            columns = [column, *others]
            picks = [_picks(each.score.effort) if each.score else FAILED for each in columns]
            times = [_times(each.score) for each in columns]
            rows.append([label, *picks, ratio(column.picks), *times])
    return table(head, rows)


def variants(sheets: Sequence[Sheet]) -> list[str]:
    """What other options of the first engine gain; nothing where none were tried."""
    first, _ = _engines(sheets)
    head = ["set", "variant", f"points of top-1 over {first} (95 %)"]
    head += ["right only so", f"right only in {first}"]
    rows = []
    for sheet in sheets:
        for column in sheet.columns:
            found = column.own_duel
            if found is not None:
                cells = [points(found.gain), str(found.rescued), str(found.broken)]
                rows.append([title(sheet), column.engine, *cells])
    return table(head, rows) if rows else []


def _engines(sheets: Sequence[Sheet]) -> tuple[str, list[str]]:
    """The first engine, and the others that are no variants of it."""
    columns = [column for sheet in sheets for column in sheet.columns]
    names = dict.fromkeys(column.engine for column in columns if not column.variant)
    first, *others = names
    return first, others


def _ours(sheet: Sheet, first: str) -> Iterator[tuple[str, Column]]:
    """Labels and columns of the first engine and of its variants."""
    for column in sheet.columns:
        if column.engine == first:
            yield title(sheet), column
        elif column.variant:
            yield f"{title(sheet)}, {column.engine}", column


def _column_tops(column: Column) -> str:
    if column.score is None:
        return FAILED
    return f"{top1(column.score)} / {percent(column.score.top5)}"


def _picks(figures: Effort | None) -> str:
    return NONE if figures is None else f"{figures.cost:.1f}"


def _times(figures: Score | None) -> str:
    return NONE if figures is None else milliseconds(figures.keys)
