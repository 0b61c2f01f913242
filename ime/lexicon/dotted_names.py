"""Where a name of two parts has its dot: 比尔·盖茨, 裘德·洛.

`dotted_names.tsv` holds first parts with a dot behind them, last parts with one before them,
and whole names, each with its count.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ime.errors import AssetError

DOT = "·"
SHORTEST, LONGEST = 3, 14
"""Hanzi of a name."""


class DottedNames:
    """Read-only names.

    Args:
        rows: `比尔·`, `·盖茨`, `比尔·盖茨`.
    """

    def __init__(self, rows: Iterable[str] = ()) -> None:
        self._known = frozenset(rows)
        self._names = {
            row.replace(DOT, ""): row
            for row in self._known
            if not (row.startswith(DOT) or row.endswith(DOT))
        }

    @classmethod
    def load(cls, path: Path) -> DottedNames:
        """Read the shipped file.

        Raises:
            AssetError: it is missing or damaged.
        """
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, ValueError) as exc:
            raise AssetError(
                f"The names {path} cannot be read ({exc}). Install Moyin again."
            ) from exc
        return cls(line.partition("\t")[0] for line in lines if line)

    def with_dot(self, text: str) -> str:
        """The name that a text is, with its dot; empty where it is none."""
        if not SHORTEST <= len(text) <= LONGEST:
            return ""
        if name := self.whole_name(text):
            return name
        for place in range(2, len(text) - 1):
            first, last = text[:place], text[place:]
            if first + DOT in self._known and DOT + last in self._known:
                return first + DOT + last
        return ""

    def whole_name(self, text: str) -> str:
        """A name that is known as a whole, with its dot; empty for other texts."""
        return self._names.get(text, "")
