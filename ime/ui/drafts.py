"""Drafts on disk: the text of a window, kept for the case that the program does not end well.

Each window holds one numbered place in the drafts folder by a lock file; a start takes the
first place that no running window holds, and with it the text that a crashed window left there.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile

from ime import atomic_write, private_folder
from ime.errors import EnvironmentFaultError, Message
from ime.ui.files import CHINESE, UTF_8, cannot_write

FORMAT = 1
PLACES = 20  # windows open at once that each have a draft


class DraftError(EnvironmentFaultError):
    """The draft cannot be kept."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What comes back after a crash.

    Attributes:
        text: of the window.
        file: path of the document it belongs to; empty for none.
        caret: position in `text`, in UTF-16 units as Qt counts.
        newline: what ends lines in that document.
        mark: whether it begins with a byte order mark.
        encoding: of that document.
    """

    text: str = ""
    file: str = ""
    caret: int = 0
    newline: str = "\n"
    mark: bool = False
    encoding: str = UTF_8


class DraftFile:
    """One place in the drafts folder. Not for the UI thread."""

    def __init__(self, folder: Path) -> None:
        """Nothing is touched before `claim`.

        Args:
            folder: where drafts live; made if it is missing.
        """
        self._folder = folder
        self._lock: QLockFile | None = None
        self._path = folder / "draft-1.json"

    @property
    def path(self) -> Path:
        """The file of the place that is held."""
        return self._path

    def claim(self) -> Draft | None:
        """Hold the first free place and return the text that was left there, if any.

        Raises:
            DraftError: the folder cannot be made or written, or what lies there is damaged; a
                damaged file is moved aside and the place is held all the same.
        """
        try:
            private_folder.make(self._folder.parent, self._folder)
        except OSError as exc:
            raise self._unusable(exc.strerror or str(exc)) from exc
        for number in range(1, PLACES + 1):
            lock = QLockFile(str(self._folder / f"draft-{number}.lock"))
            # By process id alone: a long session must not look stale to the next window.
            lock.setStaleLockTime(0)
            if lock.tryLock(0):
                self._lock = lock
                self._path = self._folder / f"draft-{number}.json"
                self._sweep()
                return self._read()
            if lock.error() == QLockFile.LockError.PermissionError:
                raise self._unusable("permission denied")
        raise self._unusable(Message.of("document.drafts_held", windows=PLACES))

    def write(self, draft: Draft) -> None:
        """Replace what is in the place.

        Raises:
            EnvironmentFaultError: it cannot be written.
        """
        self._must_hold()
        table = {
            "format": FORMAT,
            "text": draft.text,
            "file": draft.file,
            "caret": draft.caret,
            "newline": draft.newline,
            "mark": draft.mark,
            "encoding": draft.encoding,
        }
        # ASCII escapes carry half surrogate pairs, which UTF-8 cannot.
        try:
            atomic_write.replace(self._path, json.dumps(table).encode("ascii"), mode=0o600)
        except OSError as exc:
            raise cannot_write(self._path, exc) from exc

    def clear(self) -> None:
        """Empty the place.

        Raises:
            DraftError: the file cannot be deleted.
        """
        self._must_hold()
        try:
            self._path.unlink(missing_ok=True)
        except OSError as exc:
            raise self._unusable(exc.strerror or str(exc)) from exc

    def release(self) -> None:
        """Give the place back."""
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def _sweep(self) -> None:
        """Delete half-written files of a window that died while writing."""
        for leftover in self._folder.glob(f".{self._path.name}.*"):
            with contextlib.suppress(OSError):
                leftover.unlink()

    def _must_hold(self) -> None:
        if self._lock is None:
            raise self._unusable("no place in it could be held")

    def _read(self) -> Draft | None:
        try:
            table = json.loads(self._path.read_bytes())
            if table["format"] != FORMAT:
                raise ValueError(f"its format is {table['format']!r}, expected {FORMAT}")
            return Draft(
                str(table["text"]),
                str(table["file"]),
                int(table["caret"]),
                str(table["newline"]),
                bool(table.get("mark", False)),
                _known(table.get("encoding")),
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as exc:
            aside = self._path.with_suffix(".bad")
            self._path.replace(aside)
            why = type(exc).__name__
            raise DraftError(
                Message.of("document.draft_unreadable", why=why, aside=str(aside))
            ) from exc

    def _unusable(self, why: str | Message) -> DraftError:
        return DraftError(Message.of("document.no_draft", folder=str(self._folder), why=why))


def _known(encoding: object) -> str:
    """An encoding that documents may have; UTF-8 where a draft names another."""
    return encoding if isinstance(encoding, str) and encoding in CHINESE else UTF_8
