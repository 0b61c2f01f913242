"""Curves and histograms as PNG files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def _pyplot() -> Any:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    return plt


def plot_training(log: Path, target: Path) -> None:
    """Loss and conversion rate over tokens seen, from a JSONL log."""
    records = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    plt = _pyplot()
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), constrained_layout=True)
    for key, label in (("loss", "train"), ("dev_loss", "dev")):
        found = [(r["tokens"] / 1e6, r[key]) for r in records if key in r]
        if found:
            left.plot(*zip(*found, strict=True), label=label)
    left.set(xlabel="million tokens seen", ylabel="loss, nats a token")
    left.legend()
    found = [
        (r["tokens"] / 1e6, 100 * r["dev_conversion"]) for r in records if "dev_conversion" in r
    ]
    if found:
        right.plot(*zip(*found, strict=True), marker=".")
    right.set(xlabel="million tokens seen", ylabel="dev units right first, %")
    for axis in (left, right):
        axis.grid(alpha=0.3)
    figure.savefig(target, dpi=110)
    plt.close(figure)


def plot_histograms(
    panels: Mapping[str, tuple[Sequence[float], Sequence[float]]], target: Path
) -> None:
    """One log-scaled panel a name, from (positions, counts)."""
    plt = _pyplot()
    figure, axes = plt.subplots(
        1, len(panels), figsize=(5 * len(panels), 3.6), constrained_layout=True
    )
    for axis, (title, (positions, counts)) in zip(axes, panels.items(), strict=True):
        axis.plot(positions, counts)
        axis.set(title=title, yscale="log")
        axis.grid(alpha=0.3)
    figure.savefig(target, dpi=110)
    plt.close(figure)
