"""Takes out of a damaged database what can still be read.

Rows are asked for from both ends, each time up to the first page that cannot be read, and one
by one between these two places. Where the first page is gone, nothing can be found.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from ime.userdb.database import FILES, read_as_text, transaction

_log = logging.getLogger(__name__)

TABLES: Final = ("selection", "mark", "user_word", "letter_text", "daily_count")
"""What cannot be made again; all have a column `id`."""

MOST_TRIED: Final = 200_000
"""Rows between two unreadable places that are asked for one by one: two seconds."""

_BATCH = 50


def salvage(damaged: Path, db: sqlite3.Connection) -> int:
    """Copy the rows that can be read into a new database, with their ids.

    Args:
        damaged: where the old one was set aside; it is not changed.
        db: the new one, of the newest version.

    Returns:
        How many rows were copied.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".salvage-", dir=damaged.parent) as folder:
            # Of a copy, because reading a write-ahead log writes it into the database.
            copy = Path(folder) / damaged.name
            for suffix in FILES[:2]:
                part = damaged.with_name(damaged.name + suffix)
                if part.exists():
                    shutil.copyfile(part, copy.with_name(copy.name + suffix))
            source = sqlite3.connect(copy, isolation_level=None)
            with contextlib.closing(source):
                source.text_factory = read_as_text
                # Else sqlite reads nothing of a file that is shorter than it says.
                source.execute("PRAGMA writable_schema = ON")
                return sum(_copy(source, db, table) for table in TABLES)
    except (OSError, sqlite3.Error) as exc:
        _log.warning("nothing could be read out of %s: %s", damaged.name, exc)
        return 0


def _copy(source: sqlite3.Connection, db: sqlite3.Connection, table: str) -> int:
    known = {row[1] for row in _asked(source, f"PRAGMA table_info({table})") or ()}
    wanted = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] in known]
    if "id" not in wanted:
        return 0
    columns, places = ", ".join(wanted), ", ".join("?" * len(wanted))
    copied = 0
    with transaction(db):
        for row in _rows(source, f"SELECT id, {columns} FROM {table}"):
            with contextlib.suppress(sqlite3.IntegrityError):  # a value that cannot be
                copied += db.execute(
                    f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})", row[1:]
                ).rowcount
    return copied


def _rows(source: sqlite3.Connection, select: str) -> Iterator[tuple[Any, ...]]:
    """The rows that can be read, each once; the first column is the id."""
    low, high = -1, 2**63 - 1
    ascending = f"{select} WHERE id > ? AND id < ? ORDER BY id LIMIT {_BATCH}"
    while (batch := _asked(source, ascending, low, high)) is not None:
        yield from batch
        if len(batch) < _BATCH or batch[-1][0] <= low:
            return
        low = batch[-1][0]
    descending = f"{select} WHERE id > ? AND id < ? ORDER BY id DESC LIMIT {_BATCH}"
    while batch := _asked(source, descending, low, high):
        yield from batch
        if batch[-1][0] >= high:
            return
        high = batch[-1][0]
    for id_ in range(low + 1, min(high, low + MOST_TRIED)):
        yield from _asked(source, f"{select} WHERE id = ?", id_) or ()


def _asked(
    source: sqlite3.Connection, statement: str, *values: int
) -> Sequence[tuple[Any, ...]] | None:
    """The rows of a statement; None where a page that it needs cannot be read."""
    try:
        return source.execute(statement, values).fetchall()
    except sqlite3.DatabaseError:
        return None
