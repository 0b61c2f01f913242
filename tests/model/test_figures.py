from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.figures import (
    Panel,
    log_histogram,
    markdown_table,
    percent,
    plot_panels,
    plot_training,
    training_panels,
)

pytest.importorskip("matplotlib")


def write_log(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_panels_become_one_picture(tmp_path: Path) -> None:
    curves = {"one": ([1.0, 2.0], [3.0, 4.0]), "two": ([1.0], [2.0])}
    plot_panels([Panel("x", "y", curves, "xy", ".")], tmp_path / "one.png")
    plot_panels([Panel("x", "y", curves), Panel("x", "y", curves, "y")], tmp_path / "two.png")
    one, two = ((tmp_path / name).read_bytes() for name in ("one.png", "two.png"))
    assert one.startswith(b"\x89PNG")
    assert int.from_bytes(two[16:20], "big") == 2 * int.from_bytes(one[16:20], "big")


def test_panel_without_points_is_drawn_empty(tmp_path: Path) -> None:
    plot_panels([Panel("x", "y", {"": ([], [])}, "xy")], tmp_path / "a.png")
    assert (tmp_path / "a.png").exists()


def test_training_curves_come_from_the_log(tmp_path: Path) -> None:
    log = write_log(
        tmp_path / "training.jsonl",
        {"tokens": 1_000_000, "loss": 5.0},
        {"tokens": 3_000_000, "loss": 3.0},
        {"tokens": 2_000_000, "loss": 4.0, "dev_loss": 4.5, "dev_conversion": 0.25},
    )
    losses, conversion = training_panels(log)
    assert losses.curves["train"] == ([1.0, 2.0, 3.0], [5.0, 4.0, 3.0])
    assert losses.curves["dev"] == ([2.0], [4.5])
    assert conversion.curves[""] == ([2.0], [25.0])
    plot_training(log, tmp_path / "training.png")
    assert (tmp_path / "training.png").read_bytes().startswith(b"\x89PNG")


def test_histogram_holds_every_positive_value() -> None:
    values = np.array([0, 1, 1, 2, 5, 50, 500, 10_000])
    x, y = log_histogram(values)
    assert sum(y) == 7
    assert list(x) == sorted(x)
    assert 1 <= x[0] < 2
    assert y[0] == 2
    assert x[-1] <= 10_001


@pytest.mark.parametrize("values", [[], [0, 0]])
def test_histogram_of_nothing_is_empty(values: list[int]) -> None:
    assert log_histogram(np.array(values, np.int64)) == ([], [])


def test_histogram_of_ones_has_one_bin() -> None:
    x, y = log_histogram(np.array([1, 1, 1]))
    assert list(y) == [3]
    assert len(x) == 1


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
