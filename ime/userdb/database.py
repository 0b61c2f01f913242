"""Opens the user's sqlite database: private to the user, migrated, checked, set up."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ime import private_folder
from ime.errors import Message, StoreError

MAJOR: Final = 1
"""Format that this program reads; user_version holds MAJOR << 16 | minor."""

_OLDEST_SQLITE = (3, 37)  # the first with STRICT tables
_LOCK_WAIT = 2.0  # seconds that another process may hold the database before it counts as busy
FILES: Final = ("", "-wal", "-shm")
"""What the names of a database and its companions end in."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_ADVICE = {
    sqlite3.SQLITE_FULL: Message("store.advice.full"),
    sqlite3.SQLITE_BUSY: Message("store.advice.busy"),
    sqlite3.SQLITE_READONLY: Message("store.advice.read_only"),
    sqlite3.SQLITE_CANTOPEN: Message("store.advice.cannot_open"),
}

# Step i brings a database of minor version i to i + 1. A step only adds, so that programs which
# know fewer steps can still read and write the result; anything else is a new MAJOR.
_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE selection (
            id INTEGER PRIMARY KEY,
            time REAL NOT NULL,
            run INTEGER NOT NULL,
            commit_id INTEGER NOT NULL,
            context TEXT NOT NULL,
            readings TEXT NOT NULL,
            raw TEXT NOT NULL,
            syllables TEXT NOT NULL,
            offered TEXT NOT NULL,
            chosen TEXT NOT NULL,
            rank INTEGER NOT NULL,
            how TEXT NOT NULL,
            retracted INTEGER NOT NULL DEFAULT 0,
            model TEXT NOT NULL,
            adapter TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX selection_commit ON selection (run, commit_id)",
    ),
    (
        """
        CREATE TABLE mark (
            id INTEGER PRIMARY KEY,
            time REAL NOT NULL,
            kind TEXT NOT NULL,
            letters TEXT NOT NULL,
            syllables TEXT NOT NULL,
            text TEXT NOT NULL
        ) STRICT
        """,
    ),
    ("ALTER TABLE selection ADD COLUMN scores TEXT NOT NULL DEFAULT '[]'",),
    (
        # Sums over the rows up to one, so that a start need not read them all. They must not
        # outlive what they were made of, whichever program changes it.
        """
        CREATE TABLE kept_sums (
            name TEXT PRIMARY KEY,
            through INTEGER NOT NULL,
            sums TEXT NOT NULL
        ) STRICT
        """,
        *(
            f"""
            CREATE TRIGGER kept_sums_{event} AFTER {event} ON selection
            BEGIN DELETE FROM kept_sums WHERE through >= old.id; END
            """
            for event in ("update", "delete")
        ),
    ),
    (
        """
        CREATE TABLE user_word (
            id INTEGER PRIMARY KEY,
            text TEXT NOT NULL,
            syllables TEXT NOT NULL,
            weight REAL NOT NULL,
            source TEXT NOT NULL,
            time REAL NOT NULL,
            UNIQUE (syllables, text)
        ) STRICT
        """,
    ),
    # Of what was typed. Without one is what a program wrote that does not know them.
    ("ALTER TABLE selection ADD COLUMN checksum INTEGER",),
    (
        """
        CREATE TABLE letter_text (
            id INTEGER PRIMARY KEY,
            time REAL NOT NULL,
            run INTEGER NOT NULL,
            commit_id INTEGER NOT NULL,
            typed TEXT NOT NULL,
            text TEXT NOT NULL,
            mixed INTEGER NOT NULL
        ) STRICT
        """,
    ),
    (
        """
        CREATE TABLE daily_count (
            id INTEGER PRIMARY KEY,
            day TEXT NOT NULL UNIQUE,
            characters INTEGER NOT NULL,
            keys INTEGER NOT NULL,
            choices INTEGER NOT NULL,
            first INTEGER NOT NULL
        ) STRICT
        """,
        # What was typed before there was the table; some letters may not be kept.
        """
        INSERT INTO daily_count (day, characters, keys, choices, first)
        SELECT date(time, 'unixepoch', 'localtime') AS day, sum(length(chosen)),
            sum(length(iif(raw = '', replace(syllables, ' ', ''), raw)) + 1), count(*),
            sum(rank = 0)
        FROM selection GROUP BY day HAVING day IS NOT NULL
        """,
    ),
)


class DamagedStoreError(StoreError):
    """The database file is no database, or not a whole one."""


def open_database(path: Path) -> sqlite3.Connection:
    """Open the database, making or migrating it where needed.

    Raises:
        DamagedStoreError: the file is damaged; nothing was changed.
        StoreError: it cannot be opened, or a newer program wrote it; nothing was changed.
    """
    _make_private(path)
    with told("opened", path):
        db = sqlite3.connect(path, timeout=_LOCK_WAIT, isolation_level=None)
        # A file that was cut within its last page passes sqlite's check, and its last row may
        # hold half a character: that row must not keep the others from being read.
        db.text_factory = read_as_text
        try:
            _prepare(db, path)
        except BaseException:
            db.close()
            raise
    return db


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of the body or nothing of it; IMMEDIATE, so that two processes take turns."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def move_aside(path: Path) -> Path:
    """Rename a damaged database to the first free `<name>.corrupt-<n>`; returns the new path.

    Raises:
        StoreError: it cannot be renamed.
    """
    number = 1
    while (aside := path.with_name(f"{path.name}.corrupt-{number}")).exists():
        number += 1
    try:
        # sqlite finds the write-ahead log by its name, so that the two must stay together.
        for suffix in FILES:
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.replace(aside.with_name(aside.name + suffix))
    except OSError as exc:
        why = exc.strerror or str(exc)
        raise StoreError(
            Message.of("store.damaged_and_stuck", path=str(path), why=why)
        ) from exc
    return aside


def kept_aside(path: Path) -> list[Path]:
    """Files of the damaged databases that `move_aside` kept."""
    start = f"{path.name}.corrupt-"
    return [other for other in path.parent.iterdir() if other.name.startswith(start)]


def read_as_text(stored: bytes) -> str:
    """Text of a column, whatever bytes it has."""
    return stored.decode("utf-8", "replace")


def _make_private(path: Path) -> None:
    """Create the file before sqlite does, so that it and its companions get mode 0600.

    A file that is there is not opened: closing it would drop the locks that another connection
    of this process holds on it (the rule of POSIX), and a third program could write into the
    middle of a transaction.
    """
    try:
        private_folder.make(path.parent)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        if not path.is_file():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        for suffix in FILES:
            part = path.with_name(path.name + suffix)
            with contextlib.suppress(FileNotFoundError):
                if part.stat().st_mode & 0o077:
                    part.chmod(0o600)
    except OSError as exc:
        advice = Message("store.advice.cannot_open")
        raise _cannot("opened", path, exc.strerror or str(exc), advice) from exc


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    """Check and migrate a database, and set it up for this connection."""
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreError(Message.of("store.sqlite_too_old", version=sqlite3.sqlite_version))
    _check_version(db, path)  # first: a newer program's file is not to be touched
    for pragma in (
        "secure_delete = ON",
        "journal_mode = WAL",
        "synchronous = NORMAL",  # a power cut may lose the last commits, never the file
        "temp_store = MEMORY",  # VACUUM would leave a copy in the system's /tmp
    ):
        db.execute(f"PRAGMA {pragma}").fetchall()
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise _damaged(path, verdict)
    with transaction(db):
        for step in range(_check_version(db, path), len(_MIGRATIONS)):
            for statement in _MIGRATIONS[step]:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {MAJOR << 16 | step + 1}")


def _check_version(db: sqlite3.Connection, path: Path) -> int:
    """The minor version of a database that this program may write; 0 for an empty one."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    major, minor = divmod(version, 1 << 16)
    if version and major != MAJOR:
        found = f"{major}.{minor}"
        raise StoreError(
            Message.of("store.newer_format", path=str(path), found=found, known=MAJOR)
        )
    return int(minor)


@contextlib.contextmanager
def told(doing: str, path: Path) -> Iterator[None]:
    """Turn sqlite's errors into ours; a wrong statement is a bug and stays what it is.

    Args:
        doing: opened, closed, read, written, changed or compacted, as in `store.cannot`.
        path: of the database.
    """
    try:
        yield
    except sqlite3.DatabaseError as exc:
        code = getattr(exc, "sqlite_errorcode", None)
        if code is None:
            raise
        if code & 0xFF in _DAMAGED:
            raise _damaged(path, str(exc)) from exc
        advice = _ADVICE.get(code & 0xFF, Message("store.advice.disk"))
        raise _cannot(doing, path, str(exc), advice) from exc


def _cannot(doing: str, path: Path, why: str, advice: Message) -> StoreError:
    told = Message.of(f"store.cannot.{doing}", path=str(path), why=why, advice=advice)
    return StoreError(told)


def _damaged(path: Path, why: str) -> DamagedStoreError:
    return DamagedStoreError(Message.of("store.damaged", path=str(path), why=why))
