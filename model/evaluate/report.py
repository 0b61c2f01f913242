"""Results of `model.evaluate` as Markdown, JSON and curves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from model.figures import (
    Cell,
    Curve,
    Panel,
    markdown_table,
    percent,
    plot_panels,
    training_panels,
)
from model.mixture import mix
from model.ngram.trie import ORDER

TRAINING_LOG = "training.jsonl"
POSITIONS = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Likelihoods:
    """What models say about the scored hanzi of one set, N of them.

    Attributes:
        nats: (N,) negative log-probabilities, by model.
        known: (N,) tokens of history that the n-gram knows, 1 to ORDER - 1.
        position: (N,) tokens before the hanzi in its passage.
    """

    nats: Mapping[str, FloatArray]
    known: IntArray
    position: IntArray

    def with_mixture(self, shares: tuple[float, ...]) -> Likelihoods:
        """The same and the mixture of network and n-gram, with the network's `shares`."""
        mixed = mix(-self.nats["network"], -self.nats["n-gram"], self.known, shares)
        return replace(self, nats={**self.nats, "mixture": -mixed})

    def means(self) -> dict[str, float]:
        """Nats per hanzi by model; nothing where there are no hanzi."""
        return {name: float(nats.mean()) for name, nats in self.nats.items() if len(nats)}

    def chosen(self, rows: npt.NDArray[np.bool_]) -> Likelihoods:
        """Of the hanzi where `rows` (N,) is true."""
        nats = {name: values[rows] for name, values in self.nats.items()}
        return Likelihoods(nats, self.known[rows], self.position[rows])


@dataclass(frozen=True, slots=True)
class Conversion:
    """Shares (0 to 1) of `rows` whose text comes first, and among the first five."""

    rows: int
    first: float
    top_five: float


@dataclass(frozen=True)
class Evaluation:
    """Everything measured.

    Attributes:
        likelihoods: by set; `dev` is one of them.
        conversions: by labelled file, then by model.
        shares: the network's in the mixture by known length from 1; None without a mixture.
        facts: of the network's training.
        notices: why something was not measured.
    """

    likelihoods: Mapping[str, Likelihoods]
    conversions: Mapping[str, Mapping[str, Conversion]]
    shares: tuple[float, ...] | None
    facts: Mapping[str, Any]
    notices: tuple[str, ...]

    @property
    def models(self) -> tuple[str, ...]:
        """Names of what was measured, in the order of the columns."""
        return tuple(self.likelihoods["dev"].nats)


def write_evaluation(evaluation: Evaluation, folder: Path, weights: Path) -> Path:
    """Write `evaluation.md`, `evaluation.json` and `evaluation.png`; returns the first.

    Args:
        evaluation: what to write.
        folder: made if need be.
        weights: folder of the checkpoint; a training log in it gives the loss curve.
    """
    folder.mkdir(parents=True, exist_ok=True)
    values = json.dumps(as_json(evaluation), ensure_ascii=False, indent=1)
    (folder / "evaluation.json").write_text(values + "\n", encoding="utf-8")
    panels = likelihood_panels(evaluation.likelihoods["dev"])
    log = weights / TRAINING_LOG
    if log.exists():
        panels += training_panels(log)
    plot_panels(panels, folder / "evaluation.png")
    target = folder / "evaluation.md"
    target.write_text(as_markdown(evaluation), encoding="utf-8")
    return target


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The whole evaluation as JSON values."""
    return {
        "nats_per_hanzi": {
            name: {"hanzi": len(found.known), **found.means()}
            for name, found in evaluation.likelihoods.items()
        },
        "dev_by_known_length": [
            {"known": known, "hanzi": len(found.known), **found.means()}
            for known, found in by_known(evaluation.likelihoods["dev"]).items()
        ],
        "conversion": {
            file: {name: asdict(found) for name, found in models.items()}
            for file, models in evaluation.conversions.items()
        },
        "network_share": evaluation.shares,
        "training": dict(evaluation.facts),
        "notices": evaluation.notices,
    }


def as_markdown(evaluation: Evaluation) -> str:
    """The whole evaluation for reading."""
    sections = ["# Evaluation\n", *(f"{notice}\n" for notice in evaluation.notices)]
    sections += [_likelihood_section(evaluation), _known_section(evaluation)]
    if evaluation.conversions:
        sections.append(_conversion_section(evaluation))
    sections.append("![Curves](evaluation.png)\n")
    return "\n".join(sections)


def _nats(means: Mapping[str, float], models: tuple[str, ...]) -> list[str]:
    return [f"{means[name]:.3f}" if name in means else "" for name in models]


def _likelihood_section(evaluation: Evaluation) -> str:
    rows: list[list[Cell]] = [
        [name, len(found.known), *_nats(found.means(), evaluation.models)]
        for name, found in evaluation.likelihoods.items()
    ]
    table = markdown_table(("set", "hanzi", *evaluation.models), rows)
    return f"## Nats per hanzi (log of perplexity)\n\n{table}"


def by_known(likelihoods: Likelihoods) -> dict[int, Likelihoods]:
    """Hanzi apart by how many tokens of their history the n-gram knows."""
    known = likelihoods.known
    return {length: likelihoods.chosen(known == length) for length in range(1, ORDER)}


def _known_section(evaluation: Evaluation) -> str:
    rows: list[list[Cell]] = []
    dev = evaluation.likelihoods["dev"]
    for length, found in by_known(dev).items():
        row: list[Cell] = [length, percent(len(found.known) / max(1, len(dev.known)))]
        row += _nats(found.means(), evaluation.models)
        if evaluation.shares is not None:
            row.append(f"{evaluation.shares[length - 1]:.3f}")
        rows.append(row)
    header = ["tokens of history the n-gram knows", "of dev hanzi", *evaluation.models]
    if evaluation.shares is not None:
        header.append("share of the network")
    return f"## Dev by known history\n\n{markdown_table(header, rows)}"


def _conversion_section(evaluation: Evaluation) -> str:
    header = ["file", "rows"]
    for name in evaluation.models:
        header += [f"{name}, first", f"{name}, top 5"]
    rows: list[list[Cell]] = []
    for file, models in evaluation.conversions.items():
        row: list[Cell] = [file, max(found.rows for found in models.values())]
        for name in evaluation.models:
            row += [percent(models[name].first), percent(models[name].top_five)]
        rows.append(row)
    table = markdown_table(header, rows)
    return f"## Conversion, syllables given, with context\n\n{table}"


def likelihood_panels(dev: Likelihoods) -> list[Panel]:
    """Nats per hanzi by position in the document, and by known history."""
    bins = np.searchsorted(POSITIONS, dev.position, side="right") - 1
    positions: dict[str, Curve] = {}
    known: dict[str, Curve] = {}
    for name in dev.nats:
        found = [(i, dev.chosen(bins == i).means().get(name)) for i in range(len(POSITIONS))]
        # The start of a document is drawn at 1: a logarithmic axis has no 0.
        points = [(max(1, 1.4 * POSITIONS[i]), nats) for i, nats in found if nats is not None]
        positions[name] = [x for x, _ in points], [y for _, y in points]
        parts = [(length, part.means().get(name)) for length, part in by_known(dev).items()]
        lengths = [(length, nats) for length, nats in parts if nats is not None]
        known[name] = [x for x, _ in lengths], [y for _, y in lengths]
    return [
        Panel("tokens before it in the document", "nats a hanzi", positions, "x", "."),
        Panel("tokens of history the n-gram knows", "nats a hanzi", known, "", "."),
    ]
