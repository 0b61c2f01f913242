"""Single characters beyond the vocabulary of the network: by sound, by strokes, by parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from ime.lexicon.tables import SortedTable

STROKES = re.compile("[hspnz]+")
"""横 héng, 竖 shù, 撇 piě, 捺 nà (点 too), 折 zhé."""
MOST_BEGUN = 40
"""Rows that are looked at for what is not finished."""


@dataclass(frozen=True, slots=True)
class Characters:
    """Read-only characters.

    Attributes:
        readings: syllable -> standard characters, other ones.
        sounds: character -> its readings with tones, the usual one first.
        strokes: letters of `STROKES` -> characters.
        parts: pinyin of the parts -> characters.
    """

    readings: SortedTable = field(default_factory=SortedTable)
    sounds: Mapping[str, str] = field(default_factory=dict)
    strokes: SortedTable = field(default_factory=SortedTable)
    parts: SortedTable = field(default_factory=SortedTable)

    @classmethod
    def load(cls, folder: Path) -> Characters:
        """Read the shipped files.

        Raises:
            OSError: one cannot be read.
            ValueError: one is no text.
        """
        return cls(
            SortedTable.load(folder / "readings.tsv"),
            {row[0]: row[1] for row in SortedTable.load(folder / "sounds.tsv").begun("")},
            SortedTable.load(folder / "strokes.tsv"),
            SortedTable.load(folder / "parts.tsv"),
        )

    def reading_so(self, syllable: str, *, large: bool) -> str:
        """Characters that have a syllable among their readings, standard ones first.

        Args:
            syllable: toneless.
            large: whether those that are not standard are wanted, too.
        """
        row = next(self.readings.rows(syllable), ("", ""))
        return "".join(row if large else row[:1])

    def sound_of(self, character: str) -> str:
        """Its readings with tones; empty where they are not known."""
        return self.sounds.get(character, "")

    def drawn(self, strokes: str) -> frozenset[str]:
        """Characters whose strokes begin so."""
        return frozenset(c for c in self.strokes.block(strokes) if not c.isascii())

    def made_of(self, code: str) -> list[str]:
        """Characters by strokes or by the pinyin of their parts, whole codes first.

        Args:
            code: letters; both tables are asked where they may be strokes.
        """
        tables = [self.strokes, self.parts] if STROKES.fullmatch(code) else [self.parts]
        whole = [c for table in tables for row in table.rows(code) for c in row[0]]
        begun = [row for table in tables for row in islice(table.begun(code), MOST_BEGUN)]
        begun.sort(key=lambda row: len(row[0]))
        return list(dict.fromkeys([*whole, *(row[1][0] for row in begun)]))
