"""What README shows of `moyin bench` is its output: every figure fits the others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ime.commands.bench_report import BEGIN, END

README = Path(__file__).parents[2] / "README.md"
ROUNDING = 0.05  # of a figure with one place

BLOCK = f"""\
{BEGIN}
Measured 2024-05-01 on a processor.

| set | rows | moyin top-1 (95 %) / top-5 | libime top-1 (95 %) / top-5 | error ratio | won / lost |
| --- | --- | --- | --- | --- | --- |
| chat, with context | 200 | 78.5 (72.3-83.6) / 88.3 | 62.5 (55.6-68.9) / 73.5 | 0.57 (0.45-0.73) | 44 / 12 |
| typo, with context: marked character | 200 | 95.0 (91.0-97.3) | 62.5 (55.6-68.9) | 0.13 (0.07-0.25) | 66 / 1 |

| set | moyin picks/100 | libime picks/100 | ratio (95 %) |
| --- | --- | --- | --- |
| chat, with context | 20.0 | 40.0 | 0.50 (0.45-0.55) |
{END}
"""  # noqa: E501


def tables(block: str) -> list[list[dict[str, str]]]:
    """Tables of the block, each a list of rows by column."""
    found: list[list[dict[str, str]]] = []
    head: list[str] | None = None
    for line in block.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            head = None
        elif head is None:
            head = cells
            found.append([])
        elif set(line) - set("|- "):
            found[-1].append(dict(zip(head, cells, strict=True)))
    return found


def interval(cell: str) -> tuple[float, float, float]:
    """Value, lower and upper end."""
    match = re.match(r"([\d.]+) \(([\d.]+)-([\d.]+)\)", cell)
    assert match is not None, cell
    value, low, high = map(float, match.groups())
    assert low <= value <= high, cell
    return value, low, high


def check_errors(row: dict[str, str]) -> None:
    tops = [cell for name, cell in row.items() if "top-1" in name]
    for cell in tops:
        value, _, _ = interval(cell)
        _, slash, top5 = cell.partition(" / ")
        assert not slash or value <= float(top5), row
    ratio = next((cell for name, cell in row.items() if name.startswith("error ratio")), "-")
    if ratio == "-":
        return
    (ours, _, _), (theirs, _, _), (value, _, _) = map(interval, (*tops[:2], ratio))
    low = (100 - ours - ROUNDING) / (100 - theirs + ROUNDING)
    high = (100 - ours + ROUNDING) / (100 - theirs - ROUNDING)
    assert low - 0.005 <= value <= high + 0.005, row


def check_picks(row: dict[str, str]) -> None:
    ours, theirs = (cell for name, cell in row.items() if name.endswith("picks/100"))
    if row["ratio (95 %)"] == "-":
        return
    value, _, _ = interval(row["ratio (95 %)"])
    low = (float(ours) - ROUNDING) / (float(theirs) + ROUNDING)
    high = (float(ours) + ROUNDING) / (float(theirs) - ROUNDING)
    assert low - 0.005 <= value <= high + 0.005, row


def check(text: str) -> None:
    block = text.partition(BEGIN)[2].partition(END)[0]
    errors, picks, *_ = tables(block)
    assert errors
    for row in errors:
        check_errors(row)
    for row in picks:
        if any(name.startswith("ratio") for name in row):
            check_picks(row)


def test_the_checks_accept_what_fits() -> None:
    check(BLOCK)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("0.57 (0.45", "0.52 (0.45", id="error-ratio"),
        pytest.param("78.5 (", "84.5 (", id="interval"),
        pytest.param("/ 88.3", "/ 78.3", id="top-5"),
        pytest.param("| 20.0 |", "| 24.0 |", id="picks"),
        pytest.param(" | 200 | 78.5", " | 78.5", id="column"),
    ],
)
def test_the_checks_refuse_what_does_not_fit(right: str, wrong: str) -> None:
    assert right in BLOCK
    with pytest.raises((AssertionError, ValueError)):
        check(BLOCK.replace(right, wrong))


def test_the_figures_in_readme_fit_each_other() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) <= 1
    if BEGIN not in text:
        pytest.skip("README shows no results of moyin bench")
    check(text)
