"""The words that the user added or imported, in the user's database.

What is learned by choosing is not written here: the selection log holds it, and taking a choice
back or forgetting it there is all that it needs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from ime.userdb.database import told, transaction
from ime.values import UserWord

Order = Literal["reading", "newest", "weight"]
"""In which words are listed."""

_BATCH = 2000  # rows read at a time, so that a long iteration holds no lock
_ORDERS: dict[Order, str] = {
    "reading": "syllables, text",
    "newest": "time DESC, id DESC",
    "weight": "weight DESC, syllables, text",
}


class UserWordTable:
    """Table `user_word` of an open database; every method may raise `StoreError`.

    Args:
        db: the connection.
        path: of the database, for what is told of it.
    """

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self._path = path

    def put(self, words: Iterable[UserWord]) -> int:
        """Add words, all of them or none; of one that is known the greater weight stays.

        Returns:
            How many were new.
        """
        rows = (
            (word.text, " ".join(word.syllables), word.weight, word.source, word.time)
            for word in words
        )
        with told("written", self._path), transaction(self._db):
            before = self.count()
            self._db.executemany(
                "INSERT INTO user_word (text, syllables, weight, source, time) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT (syllables, text) DO UPDATE SET "
                "weight = excluded.weight, source = excluded.source, time = excluded.time "
                "WHERE excluded.weight > weight",
                rows,
            )
            return self.count() - before

    def count(self) -> int:
        """How many words there are."""
        with told("read", self._path):
            (count,) = self._db.execute("SELECT count(*) FROM user_word").fetchone()
        return int(count)

    def rows(self) -> list[tuple[str, str, float]]:
        """Text, reading with blanks between its syllables, and weight of every word."""
        with told("read", self._path):
            return self._db.execute("SELECT text, syllables, weight FROM user_word").fetchall()

    def find(
        self, part: str = "", *, order: Order = "reading", limit: int = -1
    ) -> Iterator[UserWord]:
        """Words whose text holds `part`, or whose reading begins with it.

        Args:
            part: hanzi, or letters without blanks; empty for every word.
            order: of the list.
            limit: no more words than this; below 0 for all.
        """
        offset = 0
        while limit < 0 or offset < limit:
            size = _BATCH if limit < 0 else min(_BATCH, limit - offset)
            with told("read", self._path):
                batch = self._db.execute(
                    "SELECT text, syllables, weight, source, time FROM user_word WHERE "
                    "instr(text, ?1) OR instr(replace(syllables, ' ', ''), ?1) = 1 "
                    f"ORDER BY {_ORDERS[order]} LIMIT ?2 OFFSET ?3",
                    (part, size, offset),
                ).fetchall()
            for text, syllables, weight, source, time in batch:
                yield UserWord(text, tuple(syllables.split()), weight, source, time)
            if len(batch) < size:
                return
            offset += size

    def remove(self, text: str, syllables: tuple[str, ...] = ()) -> int:
        """Delete a word with one reading, or with all where none is given; returns how many."""
        with told("changed", self._path), transaction(self._db):
            return self._db.execute(
                "DELETE FROM user_word WHERE text = ?1 AND (?2 = '' OR syllables = ?2)",
                (text, " ".join(syllables)),
            ).rowcount

    def remove_source(self, source: str) -> int:
        """Delete all words that came from one file; returns how many."""
        with told("changed", self._path), transaction(self._db):
            return self._db.execute(
                "DELETE FROM user_word WHERE source = ?", (source,)
            ).rowcount

    def sources(self) -> list[tuple[str, int]]:
        """Where words came from, and how many from each."""
        with told("read", self._path):
            return self._db.execute(
                "SELECT source, count(*) FROM user_word GROUP BY source ORDER BY source"
            ).fetchall()
