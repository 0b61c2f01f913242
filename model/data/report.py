"""The data report: what the shards hold, as Markdown, JSON and curves.

Everything is counted from the finished folder, so that the report can be made again at any time
without tagging the text again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.data.labelled import read_labelled
from model.data.readings import ReadingTagger, load_standard_readings
from model.data.shards import LINES, SPLITS, LineCounts, load_lines
from model.data.statistics import (
    MIN_SHARE,
    Counts,
    Coverage,
    Heteronym,
    SplitCounts,
    count_split,
    measure_coverage,
    measure_heteronyms,
)
from model.data.tagging import (
    Confusions,
    TaggingResult,
    WorstCharacter,
    error_rate,
    measure_tagging,
    worst_characters,
)
from model.figures import Cell, Panel, log_histogram, markdown_table, percent, plot_panels
from model.vocab import FIRST_HANZI, Vocabulary

HETERONYMS = 40
WORST = 20
PERCENTILES = (5, 50, 95)


@dataclass(frozen=True)
class DataFacts:
    """All that the report says; splits by name.

    Attributes:
        splits: counts of the shards.
        lines: counts of lines.
        coverage: of the standard characters, by the train split.
        heteronyms: of the train split.
        tagging: results by name of the labelled file.
    """

    splits: Mapping[str, SplitCounts]
    lines: Mapping[str, LineCounts]
    coverage: Coverage
    heteronyms: Sequence[Heteronym]
    tagging: Mapping[str, TaggingResult]


def gather(data: Path, labelled: Sequence[Path] = ()) -> DataFacts:
    """Count everything in a folder made by `python -m model.data`.

    Args:
        data: that folder.
        labelled: files of labelled rows to measure the reading tagger with.

    Raises:
        OSError: shards, line counts or a labelled file cannot be read.
        ValueError: vocabulary, line counts or a labelled file are damaged.
    """
    results = {}
    if labelled:
        tagger = ReadingTagger(load_standard_readings())
        results = {path.stem: measure_tagging(tagger, read_labelled(path)) for path in labelled}
    vocabulary = Vocabulary.load(data / "vocab.tsv")
    splits = {split: count_split(data, split, len(vocabulary)) for split in SPLITS}
    tokens = splits["train"].tokens
    return DataFacts(
        splits,
        load_lines(data / LINES),
        measure_coverage(vocabulary, tokens, list(load_standard_readings())),
        measure_heteronyms(vocabulary, tokens, HETERONYMS),
        results,
    )


def write_report(facts: DataFacts, folder: Path) -> Path:
    """Write `report.md`, `report.json` and the curves; returns the path of the first."""
    folder.mkdir(parents=True, exist_ok=True)
    _plot(facts, folder)
    values = json.dumps(as_json(facts), ensure_ascii=False, indent=1)
    (folder / "report.json").write_text(values, encoding="utf-8")
    target = folder / "report.md"
    target.write_text(as_markdown(facts), encoding="utf-8")
    return target


def _lengths(values: Counts) -> dict[str, float]:
    if not len(values):
        return {}
    found = np.percentile(values, PERCENTILES).round().astype(int).tolist()
    numbers = {f"p{name}": value for name, value in zip(PERCENTILES, found, strict=True)}
    return {"mean": round(float(values.mean()), 1), **numbers, "longest": int(values.max())}


def _spread(lines: LineCounts) -> Counts:
    """(N,) length of every line."""
    return np.repeat(np.arange(len(lines.lengths)), lines.lengths)


def _tagging_json(result: TaggingResult) -> dict[str, Any]:
    return {
        "rows": result.rows,
        "rows_wrong": result.wrong_rows,
        "syllables": result.syllables.total(),
        "syllable_error": error_rate(result.syllables),
        "marked": result.marked.total(),
        "marked_error": error_rate(result.marked),
    }


def as_json(facts: DataFacts) -> dict[str, Any]:
    """The whole report as JSON values; shares and rates run from 0 to 1."""
    every, marked = pooled(facts.tagging)
    return {
        "splits": {name: split.summary() for name, split in facts.splits.items()},
        "lines": {
            name: {"kept": sum(lines.lengths), "repeated": lines.repeated}
            for name, lines in facts.lines.items()
        },
        "document_lengths": {
            name: _lengths(split.document_lengths) for name, split in facts.splits.items()
        },
        "line_lengths": {name: _lengths(_spread(lines)) for name, lines in facts.lines.items()},
        "coverage": asdict(facts.coverage),
        "heteronyms": [asdict(heteronym) for heteronym in facts.heteronyms],
        "tagging": {name: _tagging_json(result) for name, result in facts.tagging.items()},
        "worst_characters": [asdict(worst) for worst in worst_characters(every, WORST)],
        "worst_marked": [asdict(worst) for worst in worst_characters(marked, WORST)],
    }


def pooled(tagging: Mapping[str, TaggingResult]) -> tuple[Confusions, Confusions]:
    """Tags of all files together: of all hanzi, and of the marked ones."""
    every: Confusions = Confusions()
    marked: Confusions = Confusions()
    for result in tagging.values():
        every.update(result.syllables)
        marked.update(result.marked)
    return every, marked


def as_markdown(facts: DataFacts) -> str:
    """The whole report for reading."""
    sections = [
        "# Data report\n",
        _counts_section(facts),
        _lengths_section(facts),
        _coverage_section(facts.coverage),
        _heteronym_section(facts.heteronyms),
    ]
    if facts.tagging:
        sections.append(_tagging_section(facts.tagging))
    return "\n".join(sections)


def _counts_section(facts: DataFacts) -> str:
    rows: list[Sequence[Cell]] = []
    for name, split in facts.splits.items():
        summary = split.summary()
        lines = facts.lines[name]
        unknown = percent(summary["unknown"] / max(1, summary["tokens"]), 2)
        counted = (summary["documents"], sum(lines.lengths), lines.repeated)
        rows.append((name, *counted, summary["tokens"], summary["hanzi"], unknown))
    header = (
        "split",
        "documents",
        "lines",
        "repeated lines dropped",
        "tokens",
        "hanzi",
        "unknown",
    )
    return f"## Counts\n\n{markdown_table(header, rows)}"


def _lengths_section(facts: DataFacts) -> str:
    rows: list[Sequence[Cell]] = []
    for name, split in facts.splits.items():
        rows.append((f"documents, {name}", *_lengths(split.document_lengths).values()))
    for name, lines in facts.lines.items():
        rows.append((f"lines, {name}", *_lengths(_spread(lines)).values()))
    header = ("tokens in", "mean", *(f"p{percentile}" for percentile in PERCENTILES), "longest")
    table = markdown_table(header, rows)
    plots = "![Lengths](lengths.png)\n\n![Rank and frequency](rank_frequency.png)\n"
    return f"## Lengths and frequencies\n\n{table}\n{plots}"


def _coverage_section(coverage: Coverage) -> str:
    rows: list[tuple[str, str]] = [
        (f"seen {least:,} times or more", percent(share, 2))
        for least, share in coverage.seen.items()
    ]
    rows.append(("share of the hanzi of the text", percent(coverage.text, 3)))
    header = (f"the {coverage.characters:,} standard characters, train", "")
    return f"## Coverage\n\n{markdown_table(header, rows)}"


def _heteronym_section(heteronyms: Sequence[Heteronym]) -> str:
    rows = []
    for heteronym in heteronyms:
        shares = (
            f"{syllable} {percent(share, 2)}"
            for syllable, share in heteronym.shares.items()
            if share >= MIN_SHARE
        )
        rows.append((heteronym.char, heteronym.count, ", ".join(shares)))
    return f"## Heteronyms, train\n\n{markdown_table(('', 'count', 'readings'), rows)}"


def _tagging_section(tagging: Mapping[str, TaggingResult]) -> str:
    rows: list[Sequence[Cell]] = []
    for name, result in tagging.items():
        marked = percent(error_rate(result.marked), 2) if result.marked else ""
        units = percent(result.wrong_rows / max(1, result.rows), 2)
        syllables = (result.syllables.total(), percent(error_rate(result.syllables), 3))
        rows.append((name, result.rows, units, *syllables, result.marked.total(), marked))
    header = ("file", "rows", "rows wrong", "syllables", "wrong", "marked characters", "wrong")
    text = f"## Tagging error\n\n{markdown_table(header, rows)}"
    every, marked_only = pooled(tagging)
    for title, found in (("All syllables", every), ("Marked characters", marked_only)):
        worst = worst_characters(found, WORST)
        if worst:
            text += f"\n### {title}: the worst characters\n\n{_worst_table(worst)}"
    return text


def _worst_table(worst: Sequence[WorstCharacter]) -> str:
    rows = []
    for found in worst:
        confusions = (f"{label} as {tag} {count}" for label, tag, count in found.confusions)
        rows.append((found.char, found.count, found.wrong, ", ".join(confusions)))
    return markdown_table(("", "occurs", "wrong", "label as tag"), rows)


def _plot(facts: DataFacts, folder: Path) -> None:
    documents = {
        name: log_histogram(split.document_lengths) for name, split in facts.splits.items()
    }
    lines = {
        name: (range(1, len(found.lengths)), found.lengths[1:])
        for name, found in facts.lines.items()
    }
    panels = [
        Panel("tokens in a document", "documents", documents, "xy"),
        Panel("tokens in a line", "lines", lines, "y"),
    ]
    plot_panels(panels, folder / "lengths.png")
    ranks = {}
    for name, split in facts.splits.items():
        found = np.sort(split.tokens[FIRST_HANZI:])[::-1]
        found = found[found > 0]
        ranks[name] = (range(1, len(found) + 1), found.tolist())
    panel = Panel("rank of the hanzi token", "occurrences", ranks, "xy")
    plot_panels([panel], folder / "rank_frequency.png")
