"""The converter on its thread, for fronts that must not wait: a window, an input-method daemon.

Opens converter, log and phrases, teaches what was chosen and pinned before, and follows the
settings while it is open. It tells by callables that are called on its threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import msgspec

from ime.backend.following import Following
from ime.backend.options import complaints, converter_options, model_options
from ime.backend.relearn import (
    Past,
    Relearning,
    past_of,
    relearn,
    tell_damaged,
    versions_of,
)
from ime.decode.thread import DecodeWorker, Listener, Openers
from ime.errors import ImeError, Notify, SettingsError
from ime.lexicon.phrases import load_phrases
from ime.personalize.facade import News, Personalizer
from ime.ports import Converter
from ime.session.rewriters import RewriteOptions, rewrite
from ime.settings import Folders, Settings, save
from ime.userdb.selection_log import SelectionLog
from ime.userdb.thread import Store
from ime.values import Candidate, CandidateList, LeftContext, Repair, Shares

OpenConverter = Callable[[Settings, Notify], Relearning]
"""Opens the converter that the settings ask for; tells where a lower tier has to do."""


class Backend:
    """All that is behind a front; `start` begins, `close` ends it.

    Attributes:
        worker: converts.
        store: keeps what is chosen.
        learning: trains on it.

    Args:
        settings: as loaded.
        folders: of the user.
        open_converter: may take seconds.
        listener: told of lists and faults.
        notify: told what the user should read.
        tell_learning: told of all that comes of training.
        tell_settings: told of settings that another process of the user's wrote; whoever shows
            them calls `adopt_settings`.
    """

    def __init__(
        self,
        settings: Settings,
        folders: Folders,
        open_converter: OpenConverter,
        listener: Listener,
        notify: Notify,
        tell_learning: Callable[[News], None],
        tell_settings: Callable[[Settings], object] = lambda _: None,
    ) -> None:
        self._settings, self._folders = settings, folders
        self._open_converter = open_converter
        self._notify = notify
        self._past = Past()
        self._rewriting = RewriteOptions()
        self._saver = ThreadPoolExecutor(max_workers=1, thread_name_prefix="settings")
        self.store = Store(folders.database, notify)
        openers = Openers(self._open_first, self._open_better, self._adjust, self._remember)
        noting = _VersionNoting(self.store, listener)
        self.worker = DecodeWorker(openers, noting, self._rewrite)
        self.learning = Personalizer(
            folders,
            settings.model.threads,
            self.store,
            self.worker.reopen,
            tell_learning,
        )
        self.learning.follow(settings)
        self._following = Following(
            folders, self.store, self.worker, tell_settings, self._read_phrases
        )

    def start(self) -> None:
        """Begin to open the converter, and to follow what other processes change."""
        self.worker.start()
        self._following.start()

    def change_settings(self, settings: Settings) -> None:
        """Put settings into effect, and save them; returns at once."""
        self.adopt_settings(settings)
        self._saver.submit(self._save, settings)

    def adopt_settings(self, settings: Settings) -> None:
        """Put settings into effect that are saved already; returns at once."""
        before, self._settings = self._settings, settings
        self.learning.follow(settings)
        if converter_options(settings) != converter_options(before):
            self.worker.adjust()
        if model_options(settings) != model_options(before):
            self.worker.reopen_better()
        known = complaints(before)
        for complaint in complaints(settings):
            if complaint not in known:
                self._notify(complaint)

    def close(self) -> None:
        """End all threads; what waits is written first."""
        self._following.close()
        self.learning.close()
        self.worker.close()
        self.store.close()
        self._saver.shutdown()

    # --- on the decode thread and the one that loads ---------------------------------------

    def _remember(self) -> None:
        """Read what was chosen, pinned and hidden before."""
        found = [Past()]
        if self._folders.database.exists():  # else reading would make one: not in private mode
            told = self.store.ask(
                self._read_past, found.append, lambda error: self._notify(error.told)
            )
            told.result()
        else:
            self._following.choices.begin_empty()
        self._past = found[-1]
        tell_damaged(self._past, self._folders.database, self._notify)

    def _read_past(self, log: SelectionLog) -> Past:
        self._following.opened()
        self._following.choices.begin(log)
        return past_of(log)

    def _open_first(self) -> Relearning:
        """The n-gram alone, which is there at once."""
        self._read_phrases()
        model = msgspec.structs.replace(self._settings.model, tier="ngram")
        return self._open(msgspec.structs.replace(self._settings, model=model))

    def _read_phrases(self) -> None:
        """Also where the file is another, on the thread that looks at it."""
        book, notices = load_phrases(self._folders.phrases_file)
        for notice in notices:
            self._notify(notice)
        self._rewriting = RewriteOptions(phrases=book)

    def _open_better(self) -> Relearning | None:
        """The Transformer, where the settings want it."""
        settings = self._settings
        return None if settings.model.tier == "ngram" else self._open(settings)

    def _open(self, settings: Settings) -> Relearning:
        converter = self._open_converter(settings, self._notify)
        relearn(converter, self._past)
        return converter

    def _adjust(self, converter: Relearning) -> None:
        converter.set_options(converter_options(self._settings))

    def _rewrite(self, listed: CandidateList) -> CandidateList:
        return rewrite(listed, datetime.now().astimezone(), self._rewriting)

    # --- on the thread of the settings -----------------------------------------------------

    def _save(self, settings: Settings) -> None:
        try:
            save(settings, self._folders.settings_file)
        except SettingsError as error:
            self._notify(error.told)
        else:
            self._following.saved()


class _VersionNoting:
    """A listener that has the log say which converter answers, before another listener."""

    def __init__(self, store: Store, listener: Listener) -> None:
        self._store, self._listener = store, listener

    def opened(self, converter: Converter, *, better_follows: bool) -> None:
        self._store.versions = versions_of(converter)
        self._listener.opened(converter, better_follows=better_follows)

    def listed(self, answer: CandidateList) -> None:
        self._listener.listed(answer)

    def offered(self, context: LeftContext, items: Sequence[Candidate]) -> None:
        self._listener.offered(context, items)

    def repaired(self, context: LeftContext, repairs: Sequence[Repair]) -> None:
        self._listener.repaired(context, repairs)

    def explained(self, item: Candidate, shares: Shares | None) -> None:
        self._listener.explained(item, shares)

    def failed(self, error: ImeError) -> None:
        self._listener.failed(error)
