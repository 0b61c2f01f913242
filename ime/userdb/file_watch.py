"""Notices what others do to the files of an open database behind sqlite's back.

sqlite goes on writing into a file that was deleted or replaced, and believes the pages that it
has in memory of one that was cut or written over.
"""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path

_LEAST = 512  # bytes of a page; an emptied file passes for a new database


class Fate(Enum):
    """What became of the files since they were looked at."""

    UNTOUCHED = auto()
    WRITTEN = auto()
    """Another program wrote into them, as sqlite does or otherwise: to be checked anew."""
    REPLACED = auto()
    """What is open is no longer what stands at the path."""


class FileWatch:
    """The database and its write-ahead log.

    Args:
        path: of the database, which is open.
    """

    def __init__(self, path: Path) -> None:
        self._paths = (path, path.with_name(path.name + "-wal"))
        self.look()

    def look(self) -> None:
        """Take what stands there for right."""
        self._known = tuple(map(_status, self._paths))

    def fate(self) -> Fate:
        """What became of them; 20 microseconds."""
        now = tuple(map(_status, self._paths))
        (main, journal), (main_now, journal_now) = self._known, now
        another = main[:2] != main_now[:2] or (journal[1] and journal[:2] != journal_now[:2])
        if another or main_now[2] < min(main[2], _LEAST):
            return Fate.REPLACED
        shrunk = journal_now[2] < journal[2]
        return Fate.WRITTEN if shrunk or main != main_now else Fate.UNTOUCHED


def _status(path: Path) -> tuple[int, int, int, int]:
    """Device, inode, bytes and time of the last change; zeros where there is no file."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0, 0, 0
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
