"""Drafts on disk: the text of a window, kept for the case that the program does not end well.

Each window holds one numbered place in the drafts folder by a lock file; a start takes the
first place that no running window holds, and with it the text that a crashed window left there.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile

from ime import atomic_write, private_folder, untrusted_files
from ime.errors import EnvironmentFaultError, Message
from ime.ui.files import CHINESE, UTF_8, cannot_write
from ime.userdb import draft_format

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
            if (lock := self._lock_of(number)) is not None:
                self._lock = lock
                self._path = self._folder / f"draft-{number}.json"
                self._sweep()
                return self._read()
        raise self._unusable(Message.of("document.drafts_held", windows=PLACES))

    def left_by_others(self) -> int:
        """How many drafts of windows that did not end well wait for a window of their own."""
        left = 0
        for path in self._folder.glob("draft-*.json"):
            number = path.stem.removeprefix("draft-")
            if path != self._path and number.isdecimal() and path.is_file():
                lock = self._lock_of(int(number))
                if lock is not None:
                    lock.unlock()
                    left += 1
        return left

    def _lock_of(self, number: int) -> QLockFile | None:
        """The lock of a place, held; None where a running window holds it.

        Raises:
            DraftError: nothing can be locked in the folder.
        """
        path = self._folder / f"draft-{number}.lock"
        with contextlib.suppress(OSError):
            if (path.exists() or path.is_symlink()) and not path.is_file():
                untrusted_files.set_aside(path, ".bad")  # Qt would wait for a pipe
        lock = QLockFile(str(path))
        # By process id alone: a long session must not look stale to the next window.
        lock.setStaleLockTime(0)
        held = lock.tryLock(0)
        if not held and lock.error() == QLockFile.LockError.PermissionError:
            raise self._unusable("permission denied")
        if not held and not lock.getLockInfo()[0] and lock.removeStaleLockFile():
            held = lock.tryLock(0)  # what stood there named no process
        if not held:
            return None
        with contextlib.suppress(OSError):
            path.chmod(0o600)
        return lock

    def write(self, draft: Draft) -> None:
        """Replace what is in the place.

        Raises:
            EnvironmentFaultError: it cannot be written.
        """
        self._must_hold()
        table: dict[str, object] = {
            "file": draft.file,
            "caret": draft.caret,
            "newline": draft.newline,
            "mark": draft.mark,
            "encoding": draft.encoding,
        }
        try:
            data = draft_format.pack(table, draft.text)
            atomic_write.replace(self._path, data, mode=0o600)
        except OSError as exc:
            raise cannot_write(self._path, exc) from exc

    def clear(self) -> None:
        """Empty the place.

        Raises:
            DraftError: the file cannot be deleted.
        """
        if self._lock is None:
            return  # nothing was kept
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
            return _draft(untrusted_files.read(self._path, draft_format.MOST_BYTES))
        except FileNotFoundError:
            return None
        except draft_format.UNREADABLE as exc:
            try:
                aside = str(untrusted_files.set_aside(self._path, ".bad"))
            except OSError:
                aside = str(self._path)
            why = type(exc).__name__
            raise DraftError(
                Message.of("document.draft_unreadable", why=why, aside=aside)
            ) from exc

    def _unusable(self, why: str | Message) -> DraftError:
        return DraftError(Message.of("document.no_draft", folder=str(self._folder), why=why))


def _draft(data: bytes) -> Draft:
    """A draft as it was written; raises various errors where it is not."""
    table, text = draft_format.unpack(data)
    caret = table["caret"]
    if not isinstance(caret, int):
        raise TypeError("the caret is no number")
    return Draft(
        text,
        str(table["file"]),
        max(0, min(caret, 2 * len(text))),
        str(table["newline"]),
        bool(table.get("mark", False)),
        _known(table.get("encoding")),
    )


def _known(encoding: object) -> str:
    """An encoding that documents may have; UTF-8 where a draft names another."""
    return encoding if isinstance(encoding, str) and encoding in CHINESE else UTF_8
