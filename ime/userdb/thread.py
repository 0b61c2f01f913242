"""The store thread: the only one that touches the selection log.

Calls return at once and are carried out in order. A log that cannot be written never disturbs
typing: the user is told once, what is to be written waits in memory, and every later call tries
again. A damaged log is kept aside and a new one begun with what can still be read. What this
start has written stays in memory, too: where the file is deleted or replaced meanwhile, it is
written anew.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from ime.errors import Message, Notify, StoreError
from ime.userdb.database import DamagedStoreError, move_aside
from ime.userdb.file_watch import Fate, FileWatch
from ime.userdb.forgetting import without_words
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, Mark

_logger = logging.getLogger(__name__)

WAITING_LIMIT = 1000
"""Commits that wait in memory for a log that cannot be written; older ones are dropped. As many
that were written are kept to be written anew."""

ResultT = TypeVar("ResultT")
Work = Callable[[SelectionLog], object]


class Store:
    """Writes selections in the background; made, used and closed on one thread.

    Callbacks are called on the store thread: a window has to queue them to its own.
    """

    def __init__(
        self,
        path: Path,
        notify: Notify,
        versions: Versions | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Start the thread; the log is opened by the first call that needs it.

        Args:
            path: of the database.
            notify: called with a message for the user when something is wrong.
            versions: what makes the candidates; may be set later through `versions`.
            clock: seconds since 1970.
        """
        self.versions = versions or Versions()
        self._path = path
        self._notify = notify
        self._clock = clock
        self._run = secrets.randbits(48)  # 48 bits: exact in any program that reads an export
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        # All below belongs to the store thread.
        self._log: SelectionLog | None = None
        self._watch = FileWatch(path)
        self._waiting: deque[Work] = deque(maxlen=WAITING_LIMIT)
        self._written: deque[Work] = deque(maxlen=WAITING_LIMIT)
        self._forgotten: set[str] = set()
        self._told = False

    def append(self, commit: Commit) -> Future[bool]:
        """Write a commit's selections down; the result is True once they are in the log."""
        moment, versions = self._clock(), self.versions
        if not commit.selections:
            done: Future[bool] = Future()
            done.set_result(True)
            return done

        def append(log: SelectionLog) -> None:
            if not log.holds(commit.id):
                kept = without_words(commit, self._forgotten) if self._forgotten else commit
                log.append(kept, moment, versions)

        return self._submit(lambda: self._write(append))

    def retract(self, commit_id: int) -> Future[bool]:
        """Mark a commit of this run as taken back; the result is as that of `append`."""
        return self._submit(lambda: self._write(lambda log: log.retract(commit_id)))

    def mark(self, mark: Mark) -> Future[bool]:
        """Write down the user's word on a candidate; the result is as that of `append`."""
        moment = self._clock()
        return self._submit(lambda: self._write(lambda log: log.set_mark(mark, moment)))

    def forgot(self, word: str) -> None:
        """Keep no copy of what is in the log: some of it was forgotten there.

        Args:
            word: that was forgotten; the text before the caret may still have it, and it is
                cut out of what is written from now on. Empty for none.
        """

        def run() -> bool:
            self._written.clear()
            if word:
                self._forgotten.add(word)
            return True

        self._submit(run)

    def count(self, callback: Callable[[int], None]) -> None:
        """Call back with the number of selections; 0 where the log cannot be read."""
        self.ask(SelectionLog.count, callback, lambda _: callback(0))

    def ask(
        self,
        work: Callable[[SelectionLog], ResultT],
        answer: Callable[[ResultT], None],
        refuse: Callable[[StoreError], None],
    ) -> Future[bool]:
        """Do any other work on the log, after all that was asked before.

        Args:
            work: done on the store thread.
            answer: called there with what `work` returned.
            refuse: called there instead when the log cannot be read or written.
        """

        def run() -> bool:
            try:
                result = work(self._opened())
                self._watch.look()
            except StoreError as exc:
                self._close_log()
                refuse(exc)
                return False
            answer(result)
            return True

        return self._submit(run)

    def close(self) -> None:
        """Write what waits, close the log and end the thread; a second call does nothing."""
        self._submit(self._finish)
        self._executor.shutdown()

    def _submit(self, work: Callable[[], bool]) -> Future[bool]:
        def outermost() -> bool:
            try:
                return work()
            except Exception:  # a bug must not end typing; the next call starts afresh
                _logger.exception("the store thread could not do its work")
                self._close_log()
                return False

        try:
            return self._executor.submit(outermost)
        except RuntimeError:  # closed: the program is ending
            closed: Future[bool] = Future()
            closed.set_result(False)
            return closed

    def _write(self, work: Work) -> bool:
        self._waiting.append(work)
        try:
            self._opened()
        except StoreError as exc:
            self._close_log()
            self._tell(Message.of("store.kept_in_memory", why=exc.told))
            return False
        self._told = False
        return True

    def _opened(self) -> SelectionLog:
        """The log with nothing waiting; a damaged one is replaced, once."""
        try:
            return self._flushed()
        except DamagedStoreError as exc:
            self._close_log()
            aside = move_aside(self._path)
            self._write_anew()
            rows = self._open().take_over(aside)
            code = "store.salvaged" if rows else "store.begun_anew"
            self._notify(Message.of(code, why=exc.told, aside=aside.name, count=rows))
            return self._flushed()

    def _flushed(self) -> SelectionLog:
        log = self._current()
        while self._waiting:
            work = (
                self._waiting.popleft()
            )  # gone before it is tried: a bug in it must not recur
            try:
                work(log)
            except StoreError:
                self._waiting.appendleft(work)
                raise
            self._written.append(work)
        self._watch.look()
        return log

    def _current(self) -> SelectionLog:
        """The log that stands at the path, opened anew where others changed its files."""
        fate = Fate.WRITTEN if self._log is None else self._watch.fate()
        if self._log is not None and fate is Fate.UNTOUCHED:
            return self._log
        self._close_log()
        if fate is Fate.REPLACED:
            self._notify(Message.of("store.replaced", path=str(self._path)))
            self._write_anew()
        return self._open()

    def _open(self) -> SelectionLog:
        self._log = SelectionLog(self._path, self._run)
        self._watch.look()
        return self._log

    def _write_anew(self) -> None:
        """Let what this start wrote wait once more; what is there is not written twice."""
        self._waiting = deque([*self._written, *self._waiting], maxlen=WAITING_LIMIT)
        self._written.clear()

    def _finish(self) -> bool:
        if self._waiting:
            try:
                self._opened()
            except StoreError as exc:
                self._notify(Message.of("store.lost", why=exc.told, count=len(self._waiting)))
        self._close_log()
        return True

    def _close_log(self) -> None:
        if self._log is not None:
            log, self._log = self._log, None
            with contextlib.suppress(StoreError):
                log.close()

    def _tell(self, message: Message) -> None:
        if not self._told:
            self._told = True
            self._notify(message)
