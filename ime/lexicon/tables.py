"""Shipped tables of lines that are sorted by their first column; one block of bytes each.

They cost nothing to load, and a look-up is a search through a megabyte at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


class SortedTable:
    """Read-only rows.

    Args:
        data: lines of columns that tabs divide, the key first; in UTF-8.
    """

    def __init__(self, data: bytes = b"") -> None:
        self._data = b"\n" + data.rstrip(b"\n")

    @classmethod
    def load(cls, path: Path) -> SortedTable:
        """Read a shipped file.

        Raises:
            OSError: it cannot be read.
            ValueError: it is no text.
        """
        data = path.read_bytes()
        data.decode("utf-8")
        return cls(data)

    def rows(self, key: str) -> Iterator[tuple[str, ...]]:
        """The further columns of the rows with a key, in the order of the file."""
        return (columns[1:] for columns in self._starting(f"{key}\t"))

    def begun(self, key: str) -> Iterator[tuple[str, ...]]:
        """All columns of the rows whose key begins so, in the order of the file."""
        return self._starting(key)

    def block(self, key: str) -> str:
        """All rows whose key begins so, as they stand in the file."""
        start = b"\n" + key.encode("utf-8")
        first, last = self._data.find(start), self._data.rfind(start)
        if first < 0:
            return ""
        end = self._data.find(b"\n", last + 1)
        return self._data[first : end if end >= 0 else None].decode("utf-8")

    def _starting(self, text: str) -> Iterator[tuple[str, ...]]:
        start = b"\n" + text.encode("utf-8")
        place = self._data.find(start) if len(self._data) > 1 else -1
        while place >= 0 and self._data.startswith(start, place):
            end = self._data.find(b"\n", place + 1)
            end = len(self._data) if end < 0 else end
            yield tuple(self._data[place + 1 : end].decode("utf-8").split("\t"))
            place = end
