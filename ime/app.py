"""The composition root: builds the window over the backend, runs it, and takes it down again.

Qt is imported late. On a machine without a screen or without Qt's system libraries its import
fails, or its start ends the whole process; `run_window` says why instead.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from ime import __version__
from ime.backend.threaded import Backend, OpenConverter
from ime.errors import Message
from ime.settings import Folders, Settings
from ime.texts.catalogue import told
from ime.ui.screen import cannot_load, check_libraries

if TYPE_CHECKING:
    from ime.ui.window import MainWindow

_log = logging.getLogger(__name__)


def run_window(
    settings: Settings,
    folders: Folders,
    notices: Sequence[str | Message],
    open_converter: OpenConverter,
) -> int:
    """Show the window until it is closed.

    Args:
        settings: as loaded.
        folders: of the user.
        notices: for the user, for instance what was wrong with the settings file.
        open_converter: called on the decode thread; may take seconds.

    Returns:
        The exit status.

    Raises:
        EnvironmentFaultError: there is no screen, or a library that Qt needs is missing.
    """
    check_libraries(os.environ, sys.platform)
    try:
        from ime.ui.application import make_application
    except ImportError as exc:
        raise cannot_load("Qt", str(exc)) from exc
    app = make_application()
    parts = Parts(settings, folders, open_converter)
    sys.excepthook = parts.note_bug
    try:
        for notice in notices:
            parts.window.notices.add(notice)
        parts.show()
        if not folders.settings_file.exists():
            parts.window.begin_tour()
        return int(app.exec())
    finally:
        sys.excepthook = sys.__excepthook__
        parts.close()


class Parts:
    """The window, and what it stands on."""

    def __init__(
        self,
        settings: Settings,
        folders: Folders,
        open_converter: OpenConverter,
    ) -> None:
        """Build everything; `show` starts it, `close` ends it.

        Args:
            settings: as loaded.
            folders: of the user.
            open_converter: called on the decode thread.
        """
        from PySide6.QtCore import Qt

        from ime.ui.application import SignalWatch
        from ime.ui.thread_bridge import Bridge

        self._closing = False
        self.bridge = Bridge()
        self.backend = Backend(
            settings,
            folders,
            open_converter,
            self.bridge,
            self._notify,
            self.bridge.tell_learning,
            self.bridge.tell_settings,
        )
        self.window = self._make_window(settings, folders)
        self.bridge.settings_told.connect(self._follow, Qt.ConnectionType.QueuedConnection)
        self._signals = SignalWatch(self.window.close, self.window)

    def _make_window(self, settings: Settings, folders: Folders) -> MainWindow:
        from ime.ui.window import MainWindow, Services

        services = Services(
            decoder=self.backend.worker,
            journal=self.backend.store,
            bridge=self.bridge,
            folders=folders,
            settings_changed=self.backend.change_settings,
            describe=describe,
            words_changed=self.backend.worker.reopen,
            version=__version__,
            learning=self.backend.learning,
        )
        return MainWindow(services, settings)

    def _follow(self, settings: Settings) -> None:
        """Another process changed the settings."""
        if settings != self.window.settings:
            self.window.apply_settings(settings)
            self.backend.adopt_settings(settings)

    def close(self) -> None:
        """End all threads; the window is closed or about to go."""
        self._signals.close()
        self._closing = True
        self.backend.close()

    def show(self) -> None:
        """Show the window; the decode thread starts once it is painted."""
        self.window.painted_once.connect(self.backend.start)
        self.window.show()
        self.window.start()

    def _notify(self, message: str | Message) -> None:
        """Tell the user; when the window is gone, where a terminal and the log show it."""
        if self._closing:
            _log.error("%s", message)
            sys.stderr.write(f"moyin: {told(message)}\n")
        else:
            self.bridge.notice(message)

    def note_bug(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log a fault in the window's own code, without typed text; the window stays open."""
        _log.error("%s\n%s", kind.__name__, "".join(traceback.format_tb(trace)))
        _log.debug("the message was: %s", error)
        self.bridge.notice(Message.of("window.fault", kind=kind.__name__))


def describe(converter: object) -> tuple[Message, Message]:
    """Whether a converter is ready, and its details."""
    return (
        getattr(converter, "description", Message("engine.other")),
        getattr(converter, "explanation", Message("engine.details.other")),
    )
