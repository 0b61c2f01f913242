"""How much was typed each day: four sums, and nothing of what it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ime.userdb.database import told, transaction
from ime.values import How, Selection


@dataclass(frozen=True, slots=True)
class DailyCount:
    """The sums of a day.

    Attributes:
        day: as 2026-11-29, where the typist was.
        characters: that were chosen.
        keys: letters typed for them, and one key for each choice.
        choices: made.
        first: of these, the first candidate.
    """

    day: str
    characters: int
    keys: int
    choices: int
    first: int


class DailyCounts:
    """Table `daily_count` of an open database; every method may raise `StoreError`.

    Args:
        db: the connection.
        path: of the database, for what is told of it.
    """

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db, self._path = db, path

    def add(self, selections: Sequence[Selection], time: float) -> None:
        """Count the choices of a commit, within a transaction of the caller's.

        Letters that Enter committed as they are were no choice.

        Args:
            selections: all of it, also what the log leaves out.
            time: seconds since 1970, UTC.
        """
        selections = [one for one in selections if one.how is not How.ENTER]
        if not selections:
            return
        sums = (
            sum(len(one.chosen) for one in selections),
            sum(len(one.raw) + 1 for one in selections),
            len(selections),
            sum(one.rank == 0 for one in selections),
        )
        self._db.execute(
            "INSERT INTO daily_count (day, characters, keys, choices, first) "
            "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (day) DO UPDATE SET "
            "characters = characters + ?2, keys = keys + ?3, choices = choices + ?4, "
            "first = first + ?5",
            (day_of(time), *sums),
        )

    def read(self) -> list[DailyCount]:
        """The days on which something was typed, oldest first."""
        with told("read", self._path):
            rows = self._db.execute(
                "SELECT day, characters, keys, choices, first FROM daily_count ORDER BY day"
            ).fetchall()
        return [DailyCount(*row) for row in rows]

    def delete(self, start: str = "", end: str = "9999") -> None:
        """Delete the days from `start` to `end`, both included; all without them."""
        with told("changed", self._path), transaction(self._db):
            self._db.execute(
                "DELETE FROM daily_count WHERE day >= ? AND day <= ?", (start, end)
            )


def day_of(time: float) -> str:
    """The day of a moment here, as 2026-11-29.

    Args:
        time: seconds since 1970, UTC.
    """
    return datetime.fromtimestamp(time).astimezone().strftime("%Y-%m-%d")
