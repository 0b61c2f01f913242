"""Writes the window's draft on a thread of its own, in the next pause of typing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from ime.errors import EnvironmentFaultError, Message
from ime.ui.drafts import Draft, DraftFile

SETTLE_MS = 1500  # a crash loses at most this much typing, and half a second for writing it
PAUSE_MS = 500  # a pause this long is used to write
COMMIT_PAUSE_MS = 150  # and one this long after a commit
CLOSE_SECONDS = 5.0


class DraftKeeper(QObject):
    """Decides when a draft is written; all methods are for the UI thread and return at once.

    Attributes:
        folder: where drafts live.

    Signals:
        wanted: call `keep` with the text now.
        restored: the `Draft` that the last session left; not sent where there was none.
        failed: a message for the user; sent once until a write succeeds again.
        waiting: a message for the user about drafts of other windows that did not end well.
    """

    wanted = Signal()
    restored = Signal(object)
    failed = Signal(object)
    waiting = Signal(object)
    _done = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        """Nothing is read before `start`.

        Args:
            folder: where drafts live; made if it is missing.
            parent: Qt owner.
        """
        super().__init__(parent)
        self.folder = folder
        self._file = DraftFile(folder)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="drafts")
        self._newest: Future[Draft | None] | None = None
        self._healthy = True
        self._closed = False
        self._committed = False
        self._settle = _single_shot(self, SETTLE_MS, self._want)
        self._pause = _single_shot(self, PAUSE_MS, self._want)
        self._done.connect(self._note)

    def start(self) -> None:
        """Take a place in the folder and look for what the last session left."""
        self._submit(self._file.claim)
        self._submit(self._look_for_others)

    def _look_for_others(self) -> None:
        if left := self._file.left_by_others():
            self.waiting.emit(Message.of("document.drafts_left", count=left))

    def changed(self, *, committed: bool) -> None:
        """The text changed; `wanted` follows.

        Args:
            committed: by a commit, behind which a shorter pause is used.
        """
        if not self._settle.isActive():
            self._settle.start()
        self._committed |= committed
        self._pause.start(COMMIT_PAUSE_MS if self._committed else PAUSE_MS)

    def keep(self, draft: Draft) -> None:
        """Write a draft."""
        self._submit(lambda: self._file.write(draft))

    def clear(self) -> None:
        """Delete the draft: the text is saved, or the user gave it up."""
        self._stop()
        self._submit(self._file.clear)

    def finish(self) -> bool:
        """Wait for what was asked last.

        Returns:
            Whether it is safely on disk.
        """
        self._stop()
        if self._newest is None:
            return False
        try:
            self._newest.result(CLOSE_SECONDS)
        except (EnvironmentFaultError, TimeoutError):
            return False
        return True

    def close(self) -> None:
        """Give the place back and end the thread; nothing is written any more."""
        self._stop()
        if not self._closed:
            self._closed = True
            self._thread.submit(self._file.release)
            self._thread.shutdown(wait=True)

    def _want(self) -> None:
        self._stop()
        self.wanted.emit()

    def _stop(self) -> None:
        self._settle.stop()
        self._pause.stop()
        self._committed = False

    def _submit(self, work: Callable[[], Draft | None]) -> None:
        if self._closed:
            return
        self._newest = self._thread.submit(work)
        # Called on the writing thread; the signal brings it to this one.
        self._newest.add_done_callback(self._done.emit)

    def _note(self, done: Future[Draft | None]) -> None:
        error = done.exception()
        if isinstance(error, EnvironmentFaultError):
            if self._healthy:
                self.failed.emit(error.told)
            self._healthy = False
            return
        if error is not None:
            raise error
        self._healthy = True
        draft = done.result()
        if draft is not None:
            self.restored.emit(draft)


def _single_shot(parent: QObject, interval: int, then: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval)
    timer.timeout.connect(then)
    return timer
