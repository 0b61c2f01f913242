"""Markdown tables for reports."""

from __future__ import annotations

from collections.abc import Sequence

Cell = str | int | float


def percent(share: float, digits: int = 1) -> str:
    """A share from 0 to 1 in per cent."""
    return f"{100 * share:.{digits}f} %"


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """A table; columns of numbers are set to the right.

    Whole numbers get thousands separators, other numbers four significant places.
    """
    written = [[_text(cell) for cell in row] for row in rows]
    numeric = [
        all(not row[i] or row[i][0] in "-0123456789" for row in written)
        for i in range(len(header))
    ]
    rule = "|" + "|".join("---:" if right else "---" for right in numeric) + "|"
    return "\n".join([_line(header), rule, *map(_line, written)]) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _text(cell: Cell) -> str:
    match cell:
        case int():
            return f"{cell:,}"
        case float():
            return f"{cell:,.4g}"
        case _:
            return cell
