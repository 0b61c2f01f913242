"""Rows of labelled text: hanzi with the syllables they were read as, and the text before them.

Tab-separated UTF-8 without a header: id, context, keys, gold, syllables, domain and, in some
files, a seventh column; where that reads `char:index:reading` it marks the character that the
row is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from model.vocab import Vocabulary


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """One input unit with its answer.

    Attributes:
        context: text just before it, may be empty.
        gold: its hanzi.
        syllables: one a hanzi, toneless, ü written v.
        domain: name of the kind of text.
        marked: index in `gold` of the character the row is about, and its reading.
    """

    context: str
    gold: str
    syllables: tuple[str, ...]
    domain: str
    marked: tuple[int, str] | None = None

    def tokens(self, vocabulary: Vocabulary) -> list[int]:
        """Token ids of `gold`; a reading not in the vocabulary gives way to the commonest."""
        readings = dict(enumerate(self.syllables))
        return vocabulary.encode(self.gold, readings)


def read_labelled(path: Path) -> list[LabelledRow]:
    """All rows of a file.

    Raises:
        OSError: the file cannot be read.
        ValueError: a line does not have the columns, or not one syllable a hanzi.
    """
    rows = []
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, start=1):
        if line:
            try:
                rows.append(_parse(line))
            except ValueError as exc:
                raise ValueError(f"{path}, line {number}: {exc}") from exc
    return rows


def _parse(line: str) -> LabelledRow:
    fields = line.split("\t")
    if len(fields) < 6:
        raise ValueError(
            f"{len(fields)} columns; need id, context, keys, gold, syllables, domain"
        )
    context, gold, syllables, domain = fields[1], fields[3], tuple(fields[4].split()), fields[5]
    if len(syllables) != len(gold):
        raise ValueError(f"{len(syllables)} syllables for the {len(gold)} hanzi of {gold!r}")
    marked = None
    if len(fields) > 6 and fields[6].count(":") == 2:
        char, index, reading = fields[6].split(":")
        if gold[int(index) : int(index) + 1] != char:
            raise ValueError(f"{fields[6]!r} marks another character than {gold!r} has there")
        marked = int(index), reading
    return LabelledRow(context, gold, syllables, domain, marked)
