"""Texts with letters or a dot that the user typed, in the user's database.

The selection log masks letters, so that these stand in a table of their own. What looks like a
password is never written (`ime.lexicon.kept_letters`), nor what was typed only once since the
program started: a password of small letters mostly is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from ime.lexicon.kept_letters import may_be_kept
from ime.userdb.database import told, transaction
from ime.values import Selection

MOST = 8
"""Times that letters are written; more tell nothing new."""

_Row = tuple[float, int, int, str, str]
"""Time, run, commit, letters, text."""


class LetterTable:
    """Table `letter_text` of an open database; every method may raise `StoreError`.

    Args:
        db: the connection.
        path: of the database, for what is told of it.
        run: names this start of the program.
    """

    def __init__(self, db: sqlite3.Connection, path: Path, run: int) -> None:
        self._db, self._path, self._run = db, path, run
        self._once: dict[str, _Row] = {}

    def append(self, commit_id: int, selections: Sequence[Selection], time: float) -> None:
        """Add what a commit chose; hanzi alone end what was chosen for their letters.

        Args:
            commit_id: of this run.
            selections: all of the commit.
            time: seconds since 1970, UTC.
        """
        kept: list[_Row] = []
        for one in selections:
            if not one.syllables and may_be_kept(one.chosen):
                row = (time, self._run, commit_id, one.typed, one.chosen)
                kept += self._with_first(row) if one.chosen.isascii() else [row]
        hanzi = [(one.raw,) for one in selections if one.syllables and self._is_mixed(one.raw)]
        if not kept and not hanzi:
            return
        with told("written", self._path), transaction(self._db):
            self._db.executemany("DELETE FROM letter_text WHERE typed = ? AND mixed", hanzi)
            self._db.executemany(
                "INSERT INTO letter_text (time, run, commit_id, typed, text, mixed) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [(*row, not row[-1].isascii()) for row in kept],
            )

    def _is_mixed(self, typed: str) -> bool:
        """Whether letters were typed for hanzi with letters or a dot among them."""
        with told("read", self._path):
            found = self._db.execute(
                "SELECT 1 FROM letter_text WHERE typed = ? AND mixed LIMIT 1", (typed,)
            )
            return found.fetchone() is not None

    def _with_first(self, row: _Row) -> list[_Row]:
        """The rows to write for letters: none for the first time, and then both."""
        text = row[-1]
        if text in self._once:
            return [self._once.pop(text), row]
        with told("read", self._path):
            (count,) = self._db.execute(
                "SELECT count(*) FROM letter_text WHERE text = ?", (text,)
            ).fetchone()
        if count:
            return [row] if count < MOST else []
        self._once[text] = row
        return []

    def retract(self, commit_id: int) -> None:
        """Take back what a commit of this run added."""
        self._once = {text: row for text, row in self._once.items() if row[2] != commit_id}
        with told("written", self._path), transaction(self._db):
            self._db.execute(
                "DELETE FROM letter_text WHERE run = ? AND commit_id = ?",
                (self._run, commit_id),
            )

    def forget(self, text: str) -> None:
        """Delete a text whatever letters it was typed by."""
        self._once.pop(text, None)
        with told("changed", self._path), transaction(self._db):
            self._db.execute("DELETE FROM letter_text WHERE text = ?", (text,))

    def rows(self) -> list[tuple[str, str]]:
        """Letters and text of every choice, oldest first."""
        with told("read", self._path):
            return self._db.execute(
                "SELECT typed, text FROM letter_text ORDER BY id"
            ).fetchall()
