"""The whole result of `moyin bench`: as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from ime.bench.environment import Environment
from ime.bench.latency import Latency, latency_lines
from ime.bench.results import Sheet
from ime.bench.tables import accuracy, effort, engines, kind_table, sheet_table, title, variants

_NOTE = """\
top-1, top-5: the whole text stands first, or among the first five candidates, in per cent.
picks/100: what is pressed besides letters to enter 100 characters of the text (picks and page
turns, and three for each character that cannot be reached)."""

_DETAILS = """\
char: characters of the first candidate. in list: the text stands anywhere in the list. marked:
the one character that a row asks for. turns, stuck: page turns among the picks, and the share
of characters out of reach."""

_COMPARED = """\
error ratio: wrong first candidates over those of {0}, with the 95 % interval of paired rows;
rescued and broken: rows that only this engine, or only {0}, gets right."""


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that was measured so far.

    Attributes:
        circumstances: of this run.
        reference: name of the engine that others are compared with.
        engines: command line and version of each engine.
        sheets: one a set and pass.
        disk: bytes of the shipped files that convert, by name.
        latency: of keys on everyday sentences; None where it was not asked for.
    """

    circumstances: Environment
    reference: str
    engines: Mapping[str, Mapping[str, object]]
    sheets: tuple[Sheet, ...] = ()
    disk: Mapping[str, int] = field(default_factory=dict)
    latency: Latency | None = None

    def plain(self) -> dict[str, object]:
        """As JSON has it."""
        return {
            "circumstances": self.circumstances.plain(),
            "reference": self.reference,
            "engines": dict(self.engines),
            "sheets": [sheet.plain() for sheet in self.sheets],
            "disk": dict(self.disk),
            "latency": self.latency and asdict(self.latency),
        }


def markdown(results: Results) -> str:
    """All tables: those of all sets, the engines, and one of each set."""
    lines = ["# Bench", "", *results.circumstances.lines(), "", *_notes(results)]
    lines += ["", "## Summary", "", *_overview(results)]
    if results.sheets:
        lines += ["", "## Engines", "", *engines(results.sheets), "", *_DETAILS.split("\n")]
    for sheet in results.sheets:
        lines += ["", f"## {title(sheet)} ({sheet.rows} rows)", "", *sheet_table(sheet)]
        kinds = kind_table(sheet)
        if kinds:
            lines += ["", "Top-1 / top-5 of each kind:", "", *kinds]
    return "\n".join(lines) + "\n"


def _notes(results: Results) -> list[str]:
    lines = _NOTE.split("\n")
    columns = [column for sheet in results.sheets for column in sheet.columns]
    if any(column.engine != results.reference for column in columns):
        lines += _COMPARED.format(results.reference).split("\n")
    return lines


def _overview(results: Results) -> list[str]:
    lines: list[str] = []
    if results.sheets:
        lines += accuracy(results.sheets, results.reference)
        lines += ["", *effort(results.sheets, results.reference)]
        gains = variants(results.sheets)
        lines += ["", *gains] if gains else []
    if results.latency is not None:
        lines += ["", *latency_lines(results.latency)]
    if results.disk:
        sizes = (f"{name} {size / 2**20:.1f}" for name, size in results.disk.items())
        total = sum(results.disk.values()) / 2**20
        lines += ["", f"On disk: {', '.join(sizes)}; together {total:.1f} MiB."]
    return lines[1:] if lines and not lines[0] else lines
