"""The words that the user added or imported, in the user's database.

What is learned by choosing is not written here: the selection log holds it, and taking a choice
back or forgetting it there is all that it needs.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from ime.userdb.database import told, transaction
from ime.values import UserWord

Order = Literal["reading", "newest", "weight", "text", "source"]
"""In which words are listed."""

_BATCH = 2000  # rows read at a time, so that a long iteration holds no lock
_HAS_PART = "(instr(text, ?1) OR instr(replace(syllables, ' ', ''), ?1) = 1)"
_KEYS: dict[Order, tuple[tuple[str, bool], ...]] = {
    "reading": (("syllables", False), ("text", False)),
    "newest": (("time", True), ("id", True)),
    "weight": (("weight", True), ("syllables", False), ("text", False)),
    "text": (("text", False), ("syllables", False)),
    "source": (("source", False), ("syllables", False), ("text", False)),
}
"""Columns of each order, and whether the greatest comes first."""


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

    def ids(
        self, part: str = "", *, order: Order = "reading", back: bool = False
    ) -> array[int]:
        """Numbers of the words that `find` gives, for a table that shows few of many.

        Args:
            part: hanzi, or letters without blanks; empty for every word.
            order: of the list.
            back: the last first.
        """
        with told("read", self._path):
            found = self._db.execute(
                f"SELECT id FROM user_word WHERE {_HAS_PART} "
                f"ORDER BY {_keys(order, back=back)}",
                (part,),
            )
            return array("q", (id_ for (id_,) in found))

    def at(self, ids: Sequence[int]) -> list[UserWord]:
        """The words of these numbers, in their order; one that is gone is left out."""
        found: dict[int, UserWord] = {}
        for start in range(0, len(ids), _BATCH):
            some = ids[start : start + _BATCH]
            marks = ", ".join("?" * len(some))
            with told("read", self._path):
                rows = self._db.execute(
                    "SELECT id, text, syllables, weight, source, time FROM user_word "
                    f"WHERE id IN ({marks})",
                    tuple(some),
                )
                for id_, text, syllables, weight, source, time in rows:
                    found[id_] = UserWord(text, tuple(syllables.split()), weight, source, time)
        return [found[id_] for id_ in ids if id_ in found]

    def remove_ids(self, ids: Sequence[int]) -> list[UserWord]:
        """Delete the words of these numbers; returns what was deleted."""
        gone = self.at(ids)
        with told("changed", self._path), transaction(self._db):
            self._db.executemany("DELETE FROM user_word WHERE id = ?", ((one,) for one in ids))
        return gone

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
                    f"{_HAS_PART} ORDER BY {_keys(order)} LIMIT ?2 OFFSET ?3",
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


def _keys(order: Order, *, back: bool = False) -> str:
    """The columns of an order as sqlite wants them."""
    return ", ".join(
        f"{name} {'DESC' if down != back else 'ASC'}" for name, down in _KEYS[order]
    )
