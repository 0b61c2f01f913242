"""Emoji and other symbols by the pinyin of their names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ime.lexicon.tables import SortedTable


@dataclass(frozen=True, slots=True)
class Symbols:
    """Read-only symbols.

    Attributes:
        table: pinyin -> symbol, name.
    """

    table: SortedTable = field(default_factory=SortedTable)

    @classmethod
    def load(cls, path: Path) -> Symbols:
        """Read the shipped file.

        Raises:
            OSError: it cannot be read.
            ValueError: it is no text.
        """
        return cls(SortedTable.load(path))

    def called(self, letters: str) -> list[tuple[str, str]]:
        """(symbol, name) of what is called so, the best first."""
        spelled = letters.replace("lue", "lve").replace("nue", "nve")
        return [(row[0], row[1]) for row in self.table.rows(spelled)]
