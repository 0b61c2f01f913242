"""The composition root: builds the window and all behind it, runs it, and takes it down again.

Qt is imported late. On a machine without a screen or without Qt's system libraries its import
fails, or its start ends the whole process; `run_window` says why instead.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

import msgspec

from ime import __version__
from ime.backend.relearn import Past, Relearning, past_of, relearn
from ime.decode.thread import DecodeWorker, Openers
from ime.errors import Message, SettingsError
from ime.lexicon.phrases import load_phrases
from ime.personalize.facade import Personalizer
from ime.ports import Converter
from ime.session.rewriters import RewriteOptions, rewrite
from ime.settings import Folders, Settings, save
from ime.ui.screen import cannot_load, check_libraries
from ime.userdb.selection_log import SelectionLog, Versions
from ime.userdb.thread import Store
from ime.values import CandidateList, Mark

if TYPE_CHECKING:
    from ime.ui.window import MainWindow

_log = logging.getLogger(__name__)

PHRASES = "phrases.txt"
"""The user's phrases, in the folder of the settings."""

RememberedT = TypeVar("RememberedT")
Notify = Callable[[str | Message], None]

OpenConverter = Callable[[Settings, Notify], Relearning]
"""Opens the converter that the settings ask for; tells where a lower tier has to do."""


def run_window(
    settings: Settings,
    folders: Folders,
    notices: Sequence[str],
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
        return int(app.exec())
    finally:
        sys.excepthook = sys.__excepthook__
        parts.close()


class Parts:
    """The window, the decode thread, the store and what joins them."""

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
        from ime.ui.application import SignalWatch
        from ime.ui.thread_bridge import Bridge

        self._folders = folders
        self.bridge = Bridge()
        self.store = Store(folders.database, self.bridge.notice)
        self._saver = ThreadPoolExecutor(max_workers=1, thread_name_prefix="settings")
        self._rewriting = RewriteOptions()
        self._settings = settings
        self._open_converter = open_converter
        self._past = Past()
        self._marks: list[Mark] = []
        openers = Openers(self._open_first, self._open_better)
        self.worker = DecodeWorker(openers, self.bridge, self._rewrite)
        self.learning = Personalizer(
            folders,
            settings.model.threads,
            self.store,
            self.worker.mark,
            self.worker.reopen,
            self.bridge.tell_learning,
        )
        self.learning.follow(settings)
        self.window = self._make_window(settings)
        self._signals = SignalWatch(self.window.close, self.window)

    def _make_window(self, settings: Settings) -> MainWindow:
        from ime.ui.window import MainWindow, Services

        services = Services(
            decoder=self.worker,
            journal=self.store,
            bridge=self.bridge,
            folders=self._folders,
            settings_changed=self._settings_changed,
            describe=describe,
            version=__version__,
            learning=self.learning,
        )
        return MainWindow(services, settings)

    def close(self) -> None:
        """End all threads; the window is closed or about to go."""
        self._signals.close()
        self.learning.close()
        self.worker.close()
        self.store.close()
        self._saver.shutdown()

    def show(self) -> None:
        """Show the window; the decode thread starts once it is painted."""
        self.window.painted_once.connect(self.worker.start)
        self.window.show()
        self.window.start()

    def _open_first(self) -> Converter:
        """The n-gram alone, which is there at once; on the decode thread."""
        book, notices = load_phrases(self._folders.config / PHRASES)
        for notice in notices:
            self.bridge.notice(notice)
        self._rewriting = RewriteOptions(phrases=book)
        self._past = self._remembered(past_of, Past())
        self._marks = self._remembered(SelectionLog.marks, [])
        model = msgspec.structs.replace(self._settings.model, tier="ngram")
        return self._open(msgspec.structs.replace(self._settings, model=model))

    def _open_better(self) -> Converter | None:
        """The Transformer, where the settings want it; on a thread of its own."""
        settings = self._settings
        return None if settings.model.tier == "ngram" else self._open(settings)

    def _open(self, settings: Settings) -> Converter:
        converter = self._open_converter(settings, self.bridge.notice)
        self.store.versions = Versions(
            model=str(getattr(converter, "model", "")),
            adapter=str(getattr(converter, "adapter", "")),
        )
        relearn(converter, self._past, self._marks)
        return converter

    def _remembered(
        self, read: Callable[[SelectionLog], RememberedT], nothing: RememberedT
    ) -> RememberedT:
        """What the log holds, if there is a log."""
        if not self._folders.database.exists():
            return nothing  # reading would make one, and private mode makes no files
        found = [nothing]
        self.store.ask(
            read, found.append, lambda error: self.bridge.notice(error.told)
        ).result()
        return found[-1]

    def _rewrite(self, listed: CandidateList) -> CandidateList:
        return rewrite(listed, datetime.now().astimezone(), self._rewriting)

    def _settings_changed(self, settings: Settings) -> None:
        before, self._settings = self._settings, settings
        self.learning.follow(settings)
        if _converter_settings(settings) != _converter_settings(before):
            self.worker.reopen()
        self._saver.submit(self._save, settings)

    def _save(self, settings: Settings) -> None:
        try:
            save(settings, self._folders.settings_file)
        except SettingsError as error:
            self.bridge.notice(error.told)

    def note_bug(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log a fault in the window's own code, without typed text; the window stays open."""
        _log.error("%s\n%s", kind.__name__, "".join(traceback.format_tb(trace)))
        _log.debug("the message was: %s", error)
        self.bridge.notice(Message.of("window.fault", kind=kind.__name__))


def _converter_settings(settings: Settings) -> tuple[object, ...]:
    """What the converter is opened with."""
    typing = settings.typing
    chosen = (typing.correction, typing.scheme, typing.fixed_order)
    return settings.fuzzy, *chosen, settings.model


def describe(converter: object) -> tuple[Message, Message]:
    """Whether a converter is ready, and its details."""
    return (
        getattr(converter, "description", Message("engine.other")),
        getattr(converter, "explanation", Message("engine.details.other")),
    )
