"""The session without a window: each key is answered before the next is read.

For the terminal, `moyin convert`, replay and measurements. A user's session knows what was
chosen and pinned before, as the window's does; the shipped one knows nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from ime.backend.opening import open_by_settings
from ime.backend.options import session_options
from ime.backend.relearn import Past, past_of, relearn, tell_damaged, versions_of
from ime.decode.opening import OpenedConverter
from ime.errors import Message, Notify, StoreError
from ime.lexicon.phrases import PhraseBook, load_phrases
from ime.ports import Converter, Journal
from ime.session.rewriters import RewriteOptions, rewrite
from ime.session.runner import SyncRunner
from ime.session.state import SessionOptions
from ime.settings import Folders, Settings
from ime.userdb.selection_log import SelectionLog
from ime.userdb.thread import Store
from ime.values import CandidateList


def shipped_runner(
    settings: Settings, notify: Notify, options: SessionOptions | None = None
) -> SyncRunner:
    """A session of nobody: no folder of the user's is read.

    Args:
        settings: say which model runs where.
        notify: told when a lower tier has to do.
        options: of the session; None for those of the settings.

    Raises:
        AssetError: a shipped file is missing or damaged.
    """
    converter = open_by_settings(settings, notify)
    return runner_of(converter, options or session_options(settings))


def personal_runner(settings: Settings, folders: Folders, notify: Notify) -> SyncRunner:
    """A session of the user's, which knows what was chosen before and keeps nothing.

    Args:
        settings: of the user.
        folders: where phrases, choices and versions are.
        notify: told when a lower tier has to do, and what cannot be read.

    Raises:
        AssetError: a shipped file is missing or damaged.
    """
    converter = _personal_converter(settings, folders, notify)
    return runner_of(converter, session_options(settings), _phrases(folders, notify))


@contextmanager
def logged_runner(settings: Settings, folders: Folders, notify: Notify) -> Iterator[SyncRunner]:
    """The same, and what is chosen in it is written down; in private mode nothing is.

    Args:
        settings: as for `personal_runner`.
        folders: as for `personal_runner`.
        notify: told, on the thread of the log, when it cannot be written, too.

    Raises:
        AssetError: a shipped file is missing or damaged.
    """
    converter = _personal_converter(settings, folders, notify)
    store = Store(folders.database, notify, versions_of(converter))
    try:
        yield runner_of(converter, session_options(settings), _phrases(folders, notify), store)
    finally:
        store.close()


def runner_of(
    converter: Converter,
    options: SessionOptions,
    phrases: PhraseBook | None = None,
    journal: Journal | None = None,
) -> SyncRunner:
    """A session with a converter behind it, its lists rewritten as in the window.

    Args:
        converter: asked in this thread.
        options: of the session.
        phrases: of the user; None for none.
        journal: writes down what is chosen; None to keep nothing.
    """
    rewriting = RewriteOptions(phrases=phrases or PhraseBook())

    def rewrite_now(candidates: CandidateList) -> CandidateList:
        return rewrite(candidates, datetime.now().astimezone(), rewriting)

    return SyncRunner(converter, options, rewrite_now, journal)


def _personal_converter(
    settings: Settings, folders: Folders, notify: Notify
) -> OpenedConverter:
    converter = open_by_settings(settings, notify, folders.adapters)
    relearn(converter, _read_past(folders, notify))
    return converter


def _read_past(folders: Folders, notify: Notify) -> Past:
    """What the log holds, if there is one that can be read."""
    if not folders.database.exists():
        return Past()  # reading would make one, and private mode makes no files
    try:
        log = SelectionLog(folders.database, run=0)
        try:
            past = past_of(log)
        finally:
            log.close()
    except StoreError as exc:
        notify(Message.of("store.past_lost", why=exc.told))
        return Past()
    tell_damaged(past, folders.database, notify)
    return past


def _phrases(folders: Folders, notify: Notify) -> PhraseBook:
    book, notices = load_phrases(folders.phrases_file)
    for notice in notices:
        notify(notice)
    return book
