"""A converter that learns as the window's does: at once, into a log, and by training.

For measuring. What the window does on three threads is done here one after the other: each
choice is in the log before the next key, and a run of training is over before the next row.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from ime.backend.relearn import Relearning, past_of, relearn, versions_of
from ime.errors import EnvironmentFaultError, Message, StoreError
from ime.personalize.protocol import Answer, Cancelled, Failed, Finished, Task
from ime.personalize.report import RunReport, Tally
from ime.personalize.supervisor import carry_out, run_task
from ime.settings import HOME_VARIABLE, Folders, user_folders
from ime.texts.catalogue import told
from ime.texts.learning_reports import reason_text
from ime.userdb.selection_log import SelectionLog
from ime.userdb.thread import Store
from ime.values import (
    Candidate,
    CandidateList,
    Commit,
    DecodeRequest,
    LeftContext,
    Mark,
    Repair,
    Shares,
)

Open = Callable[[], Relearning]
"""Opens a converter with the adapter in use."""

Work = Callable[[Task], Answer]
"""Carries out a task and waits for its end."""


class HomeError(EnvironmentFaultError):
    """The folder for choices and versions cannot be used."""


@contextlib.contextmanager
def home_folders(home: Path | None) -> Iterator[Folders]:
    """Folders of a user who is not the one at this machine.

    Args:
        home: a folder with what such a user has learned, or for it; None for one that is
            empty and goes afterwards.

    Raises:
        HomeError: it is the folder of the real user.
    """
    with tempfile.TemporaryDirectory(prefix="moyin-") as empty:
        folders = user_folders({HOME_VARIABLE: str(home or empty)})
        if folders.data.resolve() == user_folders().data.resolve():
            raise HomeError(f"{home} is where your own choices are; name another folder.")
        yield folders


class SimulatedUser:
    """A `Converter` with a log and versions of its own.

    Attributes:
        version: of the adapter in use; empty for none.

    Args:
        folders: of the user; what they hold already is learned from first.
        opener: opens the converter, with the adapter in use there.
        threads: of the processor for training; 0 for all, up to a few.
        said: where the outcome of each run is told.
        work: carries out the runs of training, and may show how far they are.

    Raises:
        StoreError: the log cannot be read.
    """

    def __init__(
        self,
        folders: Folders,
        opener: Open,
        threads: int = 0,
        said: TextIO | None = None,
        work: Work | None = None,
    ) -> None:
        self._folders, self._opener, self._threads = folders, opener, threads
        self._said = said or sys.stderr
        self._work = work or _quietly
        self._store = Store(folders.database, self._tell)
        self.version = ""
        self._converter = self._opened()

    def close(self) -> None:
        """Close the log."""
        self._store.close()

    # ------------------------------------------------------------------ the port
    def prepare(self, context: LeftContext) -> None:
        """Read the left context ahead of the first letter."""
        self._converter.prepare(context)

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList | None:
        """Candidates for a request, or None when `stale` stopped the search."""
        return self._converter.convert(request, stale)

    def explain(
        self, request: DecodeRequest, items: Sequence[Candidate]
    ) -> tuple[Shares | None, ...]:
        """What the scores of candidates are made of."""
        return self._converter.explain(request, items)

    def next_words(
        self, context: LeftContext, limit: int, stale: Callable[[], bool] | None = None
    ) -> tuple[Candidate, ...] | None:
        """Words that may follow a text."""
        return self._converter.next_words(context, limit, stale)

    def repairs(
        self, context: LeftContext, stale: Callable[[], bool] | None = None
    ) -> tuple[Repair, ...] | None:
        """What the last sentence of a text should have been."""
        return self._converter.repairs(context, stale)

    def learn(self, commit: Commit) -> None:
        """Write a commit down, and let it change the very next list.

        Raises:
            StoreError: it cannot be written.
        """
        self._written(self._store.append(commit).result())
        self._converter.learn(commit)

    def retract(self, commit_id: int) -> None:
        """Take a commit back.

        Raises:
            StoreError: that cannot be written down.
        """
        self._written(self._store.retract(commit_id).result())
        self._converter.retract(commit_id)

    def mark(self, mark: Mark) -> None:
        """Heed the user's word on a candidate.

        Raises:
            StoreError: it cannot be written down.
        """
        self._written(self._store.mark(mark).result())
        self._converter.mark(mark)

    # ------------------------------------------------------------------ training
    def train(self, row: int) -> None:
        """Do what `moyin personalize run` does, tell what came of it, and use it.

        Args:
            row: how many rows were typed, to be told.

        Raises:
            KeyboardInterrupt: the user stopped it.
        """
        answer = self._work(run_task(self._folders, self._threads))
        if isinstance(answer, Cancelled):
            raise KeyboardInterrupt
        for line in outcome_lines(row, answer):
            self._tell(line)
        if isinstance(answer, Finished) and answer.report.accepted:
            self._converter = self._opened()

    def _opened(self) -> Relearning:
        """A converter that has learned what the log holds, as at a start of the window."""
        converter = self._opener()
        self.version = str(getattr(converter, "adapter", ""))
        self._store.versions = versions_of(converter)
        if self._folders.database.exists():
            log = SelectionLog(self._folders.database, run=0)
            try:
                relearn(converter, past_of(log))
            finally:
                log.close()
        return converter

    def _written(self, done: bool) -> None:
        if not done:
            raise StoreError(f"{self._folders.database} cannot be written; free some space.")

    def _tell(self, line: str | Message) -> None:
        print(told(line), file=self._said, flush=True)


def _quietly(task: Task) -> Answer:
    return carry_out(task, lambda _: None)


def outcome_lines(row: int, answer: Answer) -> list[str]:
    """What came of a run, as lines: figures on one that begins with `#run`, then reasons."""
    match answer:
        case Finished(report):
            reasons = [f"#run row={row} refused: {reason_text(one)}" for one in report.reasons]
            return [f"#run row={row} {_figures(report)}", *reasons]
        case Failed(message):
            return [f"#run row={row} failed: {told(message)}"]
        case _:
            return [f"#run row={row} ended without a word"]


def _figures(report: RunReport) -> str:
    pairs = {
        "accepted": int(report.accepted),
        "version": report.version or "-",
        "parent": report.parent or "-",
        "strength": report.strength,
        "learned": report.learned,
        "fresh": report.fresh,
        "seconds": round(report.seconds, 1),
        "held_out": _tally(report.held_out),
        "known": _tally(report.known),
        "general": _tally(report.general),
    }
    return " ".join(f"{name}={value}" for name, value in pairs.items())


def _tally(tally: Tally) -> str:
    """Right before and after, of all; rescued and broken."""
    return f"{tally.before}-{tally.after}/{tally.count}+{tally.rescued}-{tally.broken}"
