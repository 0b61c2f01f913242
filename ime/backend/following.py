"""Looks twice a second whether another process changed the user's files.

Window and engine run side by side on one folder. What the one sets, learns, pins or makes its
personal version is to reach the other within a second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from ime.backend.foreign_choices import ForeignChoices, Learner
from ime.personalize.active_version import ACTIVE
from ime.settings import Folders, Settings, load
from ime.userdb.thread import Store

POLL_SECONDS = 0.4

Stamp = tuple[int, int, int] | None


class Following:
    """One thread; its callables are called there."""

    def __init__(
        self,
        folders: Folders,
        store: Store,
        learner: Learner,
        tell_settings: Callable[[Settings], object],
        tell_phrases: Callable[[], object],
    ) -> None:
        """Prepare; `start` begins.

        Args:
            folders: of the user.
            store: whose thread reads the log.
            learner: told of choices, and to open anew for another personal version.
            tell_settings: called with settings that another process wrote.
            tell_phrases: called where the file of phrases is another.
        """
        self.choices = ForeignChoices(learner)
        self._folders, self._store, self._learner = folders, store, learner
        self._tell_settings, self._tell_phrases = tell_settings, tell_phrases
        self._active = folders.adapters / ACTIVE
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="following", daemon=True)
        self._lock = threading.Lock()
        self._settings = _stamp(folders.settings_file)
        self._phrases = _stamp(folders.phrases_file)
        self._unsteady: Stamp = None
        self._version = _stamp(self._active)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join()

    def saved(self) -> None:
        """The settings file is as this process wrote it."""
        with self._lock:
            self._settings = _stamp(self._folders.settings_file)

    def opened(self) -> None:
        """The personal version in use is known; called before it is read."""
        self._version = _stamp(self._active)

    def _run(self) -> None:
        while not self._closing.wait(POLL_SECONDS):
            self._look_at_settings()
            self._look_at_version()
            self._look_at_phrases()
            if self._folders.database.exists():  # else reading would make one
                self._store.ask(self.choices.follow, lambda _: None, lambda _: None)

    def _look_at_settings(self) -> None:
        with self._lock:
            now = _stamp(self._folders.settings_file)
            if now == self._settings:
                return
            steady, self._unsteady = now == self._unsteady, now
            if not steady:
                return  # an editor may be in the middle of writing it
            self._settings = now
        self._tell_settings(load(self._folders.settings_file).settings)

    def _look_at_phrases(self) -> None:
        now = _stamp(self._folders.phrases_file)
        if now != self._phrases:
            self._phrases = now
            self._tell_phrases()

    def _look_at_version(self) -> None:
        now = _stamp(self._active)
        if now != self._version:
            self._version = now
            self._learner.reopen()


def _stamp(path: Path) -> Stamp:
    """What changes with a file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
