"""Personalizing as a window sees it: everything returns at once and answers by callback.

Callbacks come on threads of their own; a window has to queue them to its own. torch is imported
where a call needs it, not with this module.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ime.errors import BugError, ImeError
from ime.personalize.protocol import Answer, Finished, Forgotten, Kind, Task
from ime.personalize.report import RunFigures, RunReport, report_text
from ime.personalize.supervisor import Jobs, Listener

if TYPE_CHECKING:
    from ime.personalize.versions import AdapterFolder

_log = logging.getLogger(__name__)
ResultT = TypeVar("ResultT")
Refuse = Callable[[ImeError], None]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version, as a list shows it.

    Attributes:
        name: such as v0003.
        active: whether it is in use.
        created: seconds since 1970, UTC; 0 where it is damaged.
        learned: selections of its run.
        before: share of the newest choices that were first before its run, 0 to 1.
        after: and with it.
        damaged: whether it cannot be used.
    """

    name: str
    active: bool
    created: float
    learned: int
    before: float
    after: float
    damaged: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """How things stand.

    Attributes:
        active: version in use; empty for the base model.
        versions: all, newest first.
        runs: figures of all runs, oldest first.
        report: of the newest run; None before the first.
        text: that report in words; empty before the first.
    """

    active: str
    versions: tuple[VersionLine, ...]
    runs: tuple[RunFigures, ...]
    report: RunReport | None
    text: str


class Personalizer:
    """Runs, versions and forgetting for one user.

    Args:
        database: the selection log.
        assets: folder of the shipped files.
        adapters: folder of the versions.
        threads: of the processor for training; 0 for all, up to a few.
        searched: the user's folders, in which a forgotten word is looked for.
        changed: called when another version is in use, or rows have been forgotten.
    """

    def __init__(
        self,
        database: Path,
        assets: Path,
        adapters: Path,
        threads: int,
        searched: Sequence[Path],
        changed: Callable[[], None],
    ) -> None:
        self._database, self._assets, self._adapters = database, assets, adapters
        self._threads = threads
        self._searched = tuple(map(str, searched))
        self._changed = changed
        self._jobs = Jobs()
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="versions")

    @property
    def running(self) -> bool:
        """Whether a child is at work."""
        return self._jobs.running

    def run(self, listener: Listener) -> bool:
        """Learn from the log; False if something is at work already."""
        return self._start(self._task(Kind.RUN), listener)

    def forget_word(self, word: str, listener: Listener) -> bool:
        """Forget a word; False if something is at work already."""
        return self._start(self._task(Kind.FORGET_WORD, word=word), listener)

    def forget_everything(self, listener: Listener) -> bool:
        """Forget everything; False if something is at work already."""
        return self._start(self._task(Kind.FORGET_ALL), listener)

    def pause(self) -> None:
        """Let the work wait."""
        self._jobs.pause()

    def resume(self) -> None:
        """Let the work go on."""
        self._jobs.resume()

    def cancel(self) -> None:
        """Stop the work; its listener is told when it has ended."""
        self._jobs.cancel()

    def typing(self) -> None:
        """A key went down: the work rests for a moment."""
        self._jobs.typing()

    def overview(self, answer: Callable[[Overview], None], refuse: Refuse) -> None:
        """Look at versions and reports."""
        self._ask(overview, answer, refuse)

    def roll_back(self, answer: Callable[[Overview], None], refuse: Refuse) -> None:
        """Use the parent of the version in use."""

        def work(folder: AdapterFolder) -> Overview:
            folder.roll_back()
            return self._other_version(folder)

        self._ask(work, answer, refuse)

    def use(self, name: str, answer: Callable[[Overview], None], refuse: Refuse) -> None:
        """Use a version; an empty name means the base model."""

        def work(folder: AdapterFolder) -> Overview:
            folder.activate(name)
            return self._other_version(folder)

        self._ask(work, answer, refuse)

    def delete(self, name: str, answer: Callable[[Overview], None], refuse: Refuse) -> None:
        """Delete a version."""

        def work(folder: AdapterFolder) -> Overview:
            folder.delete(name)
            return self._other_version(folder)

        self._ask(work, answer, refuse)

    def export(
        self, name: str, path: Path, answer: Callable[[Overview], None], refuse: Refuse
    ) -> None:
        """Copy a version to a file."""

        def work(folder: AdapterFolder) -> Overview:
            folder.export(name, path)
            return overview(folder)

        self._ask(work, answer, refuse)

    def close(self) -> None:
        """Stop all work and wait for its end."""
        self._jobs.close()
        self._executor.shutdown()

    def _other_version(self, folder: AdapterFolder) -> Overview:
        self._changed()
        return overview(folder)

    def _task(self, kind: Kind, word: str = "") -> Task:
        places = (str(self._database), str(self._assets), str(self._adapters))
        return Task(kind, *places, self._threads, word, searched=self._searched)

    def _start(self, task: Task, listener: Listener) -> bool:
        def heard(answer: Answer) -> None:
            accepted = isinstance(answer, Finished) and answer.report.accepted
            if accepted or isinstance(answer, Forgotten):
                self._changed()
            listener(answer)

        return self._jobs.start(task, heard)

    def _ask(
        self,
        work: Callable[[AdapterFolder], ResultT],
        answer: Callable[[ResultT], None],
        refuse: Refuse,
    ) -> None:
        def run() -> None:
            from ime.personalize.versions import AdapterFolder

            try:
                answer(work(AdapterFolder(self._adapters)))
            except ImeError as error:
                refuse(error)
            except Exception as error:  # noqa: BLE001  the thread's outer loop
                _log.error("the versions could not be handled: %s", type(error).__name__)
                refuse(BugError(f"The versions cannot be handled ({type(error).__name__})."))

        self._executor.submit(run)


def overview(folder: AdapterFolder) -> Overview:
    """How things stand in a folder of versions."""
    lines = []
    for version in reversed(folder.versions()):
        report, info = version.report, version.info
        tally = report.held_out if report is not None else None
        count = tally.count if tally is not None else 0
        lines.append(
            VersionLine(
                name=version.name,
                active=version.active,
                created=info.created if info is not None else 0.0,
                learned=report.learned if report is not None else 0,
                before=tally.before / count if tally is not None and count else 0.0,
                after=tally.after / count if tally is not None and count else 0.0,
                damaged=info is None,
            )
        )
    report = folder.report()
    return Overview(
        active=folder.active(),
        versions=tuple(lines),
        runs=tuple(folder.runs()),
        report=report,
        text=report_text(report) if report is not None else "",
    )
