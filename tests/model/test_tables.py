from __future__ import annotations

import pytest

from model.tables import markdown_table, percent


@pytest.mark.parametrize(
    ("share", "digits", "expected"),
    [(0.1234, 1, "12.3 %"), (0.5, 0, "50 %"), (1.0, 2, "100.00 %"), (0.0, 1, "0.0 %")],
)
def test_share_is_written_in_per_cent(share: float, digits: int, expected: str) -> None:
    assert percent(share, digits) == expected


def test_columns_of_numbers_are_set_to_the_right() -> None:
    rows = [("chat", 12345, "1.5 %", "de 9"), ("news", 0.123456, "", "le 1")]
    assert markdown_table(("file", "rows", "wrong", "note"), rows) == (
        "| file | rows | wrong | note |\n"
        "|---|---:|---:|---|\n"
        "| chat | 12,345 | 1.5 % | de 9 |\n"
        "| news | 0.1235 |  | le 1 |\n"
    )


def test_bars_inside_cells_are_escaped() -> None:
    assert markdown_table(("a",), [("x|y",)]).splitlines()[2] == r"| x\|y |"


def test_table_without_rows_has_its_header() -> None:
    assert markdown_table(("a", "b"), []).splitlines()[0] == "| a | b |"
