"""The dialog that backs everything up into one file and restores it, with progress."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from ime.backend.backup import Manifest, back_up, contents_of, read_manifest
from ime.backend.restore import forgotten_since, restore
from ime.errors import ImeError, Message
from ime.settings import Folders
from ime.texts.backups import question
from ime.texts.catalogue import say
from ime.ui.announce import SpokenLabel
from ime.ui.controls import push_button
from ime.ui.dialogs import is_sure
from ime.ui.language import Wording
from ime.ui.placing import fit

FoundT = TypeVar("FoundT")

STEPS = 1000  # of the bar
LEAST_STEP = 0.05  # seconds between two signs of progress


class _StoppedError(Exception):
    """The user stopped the work."""


class BackupDialog(QDialog):
    """Two buttons and a bar; all work is on a thread of its own.

    Signals:
        restored: another state is in the user's folders.

    Args:
        parent: the window.
        folders: of the user.
        is_learning: whether training is at work, which a restore would meet half-way.
        folder: where file dialogs begin.
    """

    restored = Signal()
    _then = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        folders: Folders,
        is_learning: Callable[[], bool],
        folder: Path,
    ) -> None:
        super().__init__(parent)
        self._folders, self._is_learning, self._folder = folders, is_learning, folder
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="backup")
        self._stopping = False
        self._shown_at = 0.0
        self._wording = Wording()
        self.save_button = push_button(self._wording, "backup.button.save", self._ask_where)
        self.restore_button = push_button(
            self._wording, "backup.button.restore", self._ask_which
        )
        self.stop_button = push_button(self._wording, "personalize.button.cancel", self.stop)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.told = SpokenLabel()
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self._then.connect(lambda then: then(), Qt.ConnectionType.QueuedConnection)
        self._lay_out()
        self._name_parts()
        self._show_working(working=False)

    def stop(self) -> None:
        """Stop what is at work; nothing has changed then."""
        self._stopping = True

    def close_thread(self) -> None:
        """Begin nothing more: the window goes. What is being put in place is finished."""
        self.stop()
        self._thread.shutdown()

    def save(self, path: Path) -> None:
        """Back up to a file."""
        self._folder = path.parent

        def work() -> Message:
            back_up(self._folders, path, time.time(), self._tick)
            size = path.stat().st_size / 1e6
            return Message.of("backup.done", path=str(path), size=size)

        self._do("backup.saving", work, self._tell)

    def read(self, path: Path) -> None:
        """Look at a backup and ask whether to restore it."""
        self._folder = path.parent
        if self._is_learning():
            self._tell(Message("backup.fault.learning"))
            return

        def work() -> tuple[Manifest, str]:
            manifest = read_manifest(path)
            kept = forgotten_since(self._folders, manifest.made)
            return manifest, question(manifest, contents_of(self._folders), kept)

        def ask(found: tuple[Manifest, str]) -> None:
            action = say("backup.button.restore_now")
            if is_sure(self, say("backup.title"), found[1], action):
                self._restore(path)

        self._do("backup.looking", work, ask)

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._wording.say_again()
            self._name_parts()

    # --- building ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        about = QLabel()
        about.setWordWrap(True)
        self._wording(about.setText, "backup.about")
        buttons = QHBoxLayout()
        for button in (self.save_button, self.restore_button, self.stop_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(14)
        column.addWidget(about)
        column.addLayout(buttons)
        column.addWidget(self.bar)
        column.addWidget(self.told)
        column.addStretch(1)
        column.addWidget(close)
        fit(self, QSize(560, 280))

    def _name_parts(self) -> None:
        self.setWindowTitle(say("backup.title"))
        self.bar.setAccessibleName(say("backup.progress"))

    # --- what is asked for ---------------------------------------------------------------

    def _ask_where(self) -> None:
        day = datetime.now().astimezone().strftime("%Y-%m-%d")
        proposal = str(self._folder / f"moyin-{day}.zip")
        path, _ = QFileDialog.getSaveFileName(
            self, say("backup.save_title"), proposal, say("backup.filter")
        )
        if path:
            self.save(Path(path))

    def _ask_which(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, say("backup.restore_title"), str(self._folder), say("backup.filter")
        )
        if path:
            self.read(Path(path))

    def _restore(self, path: Path) -> None:
        def work() -> Message:
            restore(self._folders, path, time.time(), self._tick)
            return Message("backup.restored")

        def tell(message: Message) -> None:
            self._tell(message)
            self.restored.emit()

        self._do("backup.restoring", work, tell)

    def _do(
        self, code: str, work: Callable[[], FoundT], then: Callable[[FoundT], object]
    ) -> None:
        """Work on the thread, then go on here."""
        self._stopping = False
        self._wording(self.told.setText, code)
        self._show_working(working=True)

        def run() -> None:
            try:
                found = work()
            except _StoppedError:
                self._then.emit(lambda: self._end(Message("personalize.cancelled")))
            except ImeError as error:
                why = error.told
                self._then.emit(lambda: self._end(why))
            else:
                self._then.emit(lambda: self._go_on(then, found))

        self._thread.submit(run)

    # --- what is told --------------------------------------------------------------------

    def _tick(self, done: int, total: int) -> None:
        """On the thread: show progress now and then, and stop where that is wanted."""
        if self._stopping:
            raise _StoppedError
        now = time.monotonic()
        if now - self._shown_at >= LEAST_STEP:
            self._shown_at = now
            step = STEPS * done // max(total, 1)
            self._then.emit(lambda: self.bar.setValue(step))

    def _go_on(self, then: Callable[[FoundT], object], found: FoundT) -> None:
        self._end("")
        then(found)

    def _end(self, why: str | Message) -> None:
        self._show_working(working=False)
        self._tell(why)

    def _tell(self, message: str | Message) -> None:
        self._wording.tell(self.told.setText, message)

    def _show_working(self, *, working: bool) -> None:
        self.bar.setRange(0, STEPS)
        self.bar.setValue(0)
        self.bar.setVisible(working)
        self.stop_button.setVisible(working)
        self.save_button.setEnabled(not working)
        self.restore_button.setEnabled(not working)
