"""The tables of `moyin bench` that hold all sets: errors, effort and speed.

They are what a reader looks at first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ime.bench.results import Column, Sheet
from ime.bench.scoring import Effort, Score
from ime.bench.tables import (
    NONE,
    duel_cells,
    milliseconds,
    percent,
    points,
    ratio,
    share,
    table,
    title,
    top1,
)

FAILED = "failed"


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
            cells = [_tops(each) for each in columns]
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


def _tops(column: Column) -> str:
    if column.score is None:
        return FAILED
    return f"{top1(column.score)} / {percent(column.score.top5)}"


def _picks(figures: Effort | None) -> str:
    return NONE if figures is None else f"{figures.cost:.1f}"


def _times(figures: Score | None) -> str:
    return NONE if figures is None else milliseconds(figures.keys)
