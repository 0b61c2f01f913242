"""How well text is read: Moyin, pypinyin and the tagger of the training text, side by side.

Each reads the hanzi of a labelled row behind its context. pypinyin knows words, the tagger
words and rules, Moyin the probability of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ime.bench.scoring import Share
from ime.bench.tables import share, table
from ime.bench.test_sets import SetError
from ime.convert.text_to_pinyin import Reader
from model.data.labelled import LabelledRow, read_labelled

ReadRow = Callable[[LabelledRow], Sequence[str]]
"""Syllables of the hanzi of a row."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What one reader got right.

    Attributes:
        name: of the reader.
        marked: characters that the rows ask for; None where no row marks one.
        syllables: all of them.
    """

    name: str
    marked: Share | None
    syllables: Share


def check(reader: Reader, path: Path, limit: int | None, notify: Callable[[str], None]) -> str:
    """All readers on a labelled set, as a Markdown table.

    Args:
        reader: ours.
        path: of the set.
        limit: rows, taken evenly; None for all.
        notify: told which reader is left out.

    Raises:
        SetError: the set cannot be read.
    """
    rows = labelled_rows(path, limit)
    found = [measure("moyin", by_model(reader), rows)]
    found.append(measure("pypinyin", by_pypinyin(), rows))
    try:
        found.append(measure("tagger", by_tagger(), rows))
    except ImportError as exc:
        notify(f"The tagger of the training text is left out ({exc}).")
    return written(found)


def labelled_rows(path: Path, limit: int | None = None) -> list[LabelledRow]:
    """Rows of a labelled set.

    Args:
        path: of a table: id, context, keys, gold, syllables, domain, and what it marks.
        limit: rows to keep, taken evenly over the file; None for all.

    Raises:
        SetError: it cannot be read.
    """
    try:
        rows = read_labelled(path)
    except OSError as exc:
        raise SetError(f"{path} cannot be read ({exc.strerror}).") from exc
    except ValueError as exc:
        raise SetError(f"{exc}.") from exc
    total = len(rows)
    if not limit or total <= limit:
        return rows
    return [rows[place * total // limit] for place in range(limit)]


def measure(name: str, read: ReadRow, rows: Iterable[LabelledRow]) -> Readings:
    """Let a reader read all rows."""
    marks: list[bool] = []
    places: list[bool] = []
    for row in rows:
        found = read(row)
        places += [a == b for a, b in zip(found, row.syllables, strict=True)]
        if row.marked is not None:
            index, reading = row.marked
            marks.append(found[index] == reading)
    marked = Share.of(sum(marks), len(marks)) if marks else None
    return Readings(name, marked, Share.of(sum(places), len(places)))


def by_model(reader: Reader) -> ReadRow:
    """Ours."""

    def read(row: LabelledRow) -> Sequence[str]:
        return reader.read(row.context + row.gold)[len(row.context) :]

    return read


def by_pypinyin() -> ReadRow:
    """Pypinyin as it comes, in the spelling of the keyboard."""
    from pypinyin import lazy_pinyin

    pinyin: Callable[..., list[str]] = lazy_pinyin

    def read(row: LabelledRow) -> Sequence[str]:
        text = row.context + row.gold
        found = pinyin(text, errors=lambda part: ["" for _ in part], v_to_u=False)
        return found[len(row.context) :]

    return read


def by_tagger() -> ReadRow:
    """The tagger of the training text.

    Raises:
        ImportError: the packages that only training needs are not installed.
    """
    from model.data.readings import ReadingTagger, load_standard_readings
    from model.data.tagging import tag_row

    tagger = ReadingTagger(load_standard_readings())
    return lambda row: tag_row(tagger, row)


def written(found: Sequence[Readings]) -> str:
    """A Markdown table."""
    rows = [[each.name, *_cells(each.marked), *_cells(each.syllables)] for each in found]
    head = ["reader", "marked characters", "right (95 %)", "syllables", "right (95 %)"]
    return "\n".join(table(head, rows)) + "\n"


def _cells(figure: Share | None) -> tuple[str, str]:
    return (str(figure.count) if figure is not None else "-"), share(figure)
