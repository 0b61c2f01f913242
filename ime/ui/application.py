"""The Qt application: its name and icon, and a clean end when the system asks for one."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, MutableMapping
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from ime.settings import assets_folder
from ime.ui.theme import interface_font

ICON = "icons/moyin.svg"


def make_application() -> QApplication:
    """The one application of the process, named and with its icon."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        with _no_other_input_method(os.environ):
            # Qt's own options are not offered: arguments are read before.
            app = QApplication(["moyin"])
    app.setApplicationName("moyin")
    app.setApplicationDisplayName("墨音 Moyin")
    app.setDesktopFileName("moyin")
    app.setWindowIcon(QIcon(str(assets_folder() / ICON)))
    # Before any widget is made: those that a style sheet touches do not follow later changes.
    app.setFont(interface_font())
    return app


@contextlib.contextmanager
def _no_other_input_method(environ: MutableMapping[str, str]) -> Iterator[None]:
    """Let Qt choose dead keys and compose sequences, where the desktop names IBus or Fcitx.

    Keys would pass through that first, and it would turn them to hanzi before Moyin sees them.
    Qt reads the names once; programs that are started later get what the desktop named.
    """
    names = ("QT_IM_MODULE", "QT_IM_MODULES")  # Qt 6.7 and later ask for the second first
    before = {name: environ.get(name) for name in names}
    environ.update(dict.fromkeys(names, "compose"))
    try:
        yield
    finally:
        for name, value in before.items():
            del environ[name]
            if value is not None:
                environ[name] = value


class SignalWatch(QObject):
    """Calls back on the UI thread when the process is told to end.

    Python runs signal handlers between byte codes, and Qt's loop runs none while the user
    rests; a pipe that the interpreter writes to from the C level wakes it.
    """

    def __init__(self, end: Callable[[], object], parent: QObject) -> None:
        """Watch until `close`; does nothing on Windows, which has no such signals.

        Args:
            end: called once for each signal.
            parent: Qt owner.
        """
        super().__init__(parent)
        self._old: dict[int, object] = {}
        self._ends: tuple[int, int] | None = None
        if sys.platform == "win32":
            return
        self._ends = read, write = os.pipe()
        os.set_blocking(read, False)
        os.set_blocking(write, False)
        self._old_descriptor = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._old[number] = signal.signal(number, _ignore)
        self._notifier = QSocketNotifier(read, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(lambda: self._wake(end))

    def close(self) -> None:
        """Give the signals back."""
        if self._ends is None:
            return
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_descriptor)
        for number, handler in self._old.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        for descriptor in self._ends:
            os.close(descriptor)
        self._ends = None

    def _wake(self, end: Callable[[], object]) -> None:
        if self._ends is not None and os.read(self._ends[0], 64):
            end()


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Let the pipe do the work; a Python handler must be there for it to be written to."""
