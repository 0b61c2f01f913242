"""What reports are made of: curves as PNG files, and Markdown tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Cell = str | int | float
Curve = tuple[Sequence[float], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes.

    Attributes:
        x_label: what runs to the right, with its unit.
        y_label: what runs up, with its unit.
        curves: (x, y) by name; a single one gets no legend.
        logarithmic: the axes with a logarithmic scale: "", "x", "y" or "xy".
        marker: how points are drawn, in matplotlib's letters; "" for lines alone.
    """

    x_label: str
    y_label: str
    curves: Mapping[str, Curve]
    logarithmic: str = ""
    marker: str = ""


def plot_panels(panels: Sequence[Panel], target: Path) -> None:
    """Draw panels side by side; curves without points are left out."""
    plt = _pyplot()
    figure, axes = plt.subplots(
        1, len(panels), figsize=(5 * len(panels), 3.6), squeeze=False, constrained_layout=True
    )
    for axis, panel in zip(axes[0], panels, strict=True):
        _draw(axis, panel)
    figure.savefig(target, dpi=110)
    plt.close(figure)


def _draw(axis: Any, panel: Panel) -> None:
    drawn = {name: curve for name, curve in panel.curves.items() if len(curve[0])}
    for name, (x, y) in drawn.items():
        axis.plot(x, y, label=name, marker=panel.marker or None)
    axis.set(xlabel=panel.x_label, ylabel=panel.y_label)
    if drawn and "x" in panel.logarithmic:
        axis.set_xscale("log")
    if drawn and "y" in panel.logarithmic:
        axis.set_yscale("log")
    if len(drawn) > 1:
        axis.legend()
    axis.grid(alpha=0.3)


def _pyplot() -> Any:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    return plt


def training_panels(log: Path) -> list[Panel]:
    """Loss and conversion rate over tokens seen, from the JSONL log of a training run."""
    records = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    records.sort(key=lambda record: record["tokens"])  # a resumed run repeats a little

    def curve(key: str, factor: float = 1.0) -> Curve:
        found = [
            (record["tokens"] / 1e6, factor * record[key])
            for record in records
            if key in record
        ]
        return [x for x, _ in found], [y for _, y in found]

    seen = "million tokens seen"
    losses = {"train": curve("loss"), "dev": curve("dev_loss")}
    return [
        Panel(seen, "loss, nats a token", losses),
        Panel(seen, "dev units right first, %", {"": curve("dev_conversion", 100)}, marker="."),
    ]


def plot_training(log: Path, target: Path) -> None:
    """Draw `training_panels`."""
    plot_panels(training_panels(log), target)


def log_histogram(values: npt.NDArray[np.int64], bins: int = 40) -> Curve:
    """Counts of positive whole numbers in bins of equal ratio, at the middle of each bin."""
    positive = values[values > 0]
    if not len(positive):
        return [], []
    edges = np.unique(np.geomspace(1, positive.max() + 1, bins + 1).round())
    counts, edges = np.histogram(positive, edges)
    middles = np.sqrt(edges[:-1] * edges[1:])
    return middles.tolist(), counts.tolist()


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
