"""Personalizing as a front sees it: everything returns at once, what comes of it is told.

It is told on threads of their own; a window has to queue it to its own. The model is imported
where a call needs it, not with this module.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ime.errors import BugError, ImeError, Message
from ime.personalize.documents.source_file import SourceFile
from ime.personalize.documents.words_of_text import FoundWord
from ime.personalize.idle import IdleFacts, IdleLearner, IdleRules, Sign, newest_run, on_mains
from ime.personalize.protocol import Answer, Finished, Forgotten, Kind
from ime.personalize.report import RunFigures, RunReport
from ime.personalize.supervisor import Jobs, Listener, task_of
from ime.settings import Folders, Settings
from ime.userdb.selection_log import SelectionLog
from ime.userdb.thread import Store
from ime.values import UserWord

if TYPE_CHECKING:
    from ime.personalize.versions import AdapterFolder

_log = logging.getLogger(__name__)

FROM_DOCUMENTS = "documents"
"""Source of words that were found there."""


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
        documents: to learn from, the oldest first, as they were when they were last read.
    """

    active: str
    versions: tuple[VersionLine, ...]
    runs: tuple[RunFigures, ...]
    report: RunReport | None
    documents: tuple[SourceFile, ...] = ()


@dataclass(frozen=True, slots=True)
class NotDone:
    """A wish about versions could not be fulfilled."""

    error: ImeError


News = Answer | Overview | NotDone | Sign
"""What is told: progress and end of work, how things stand, what learning by itself does."""


class Personalizer:
    """Runs, versions and forgetting for one user; and learning while the user rests.

    Args:
        folders: of the user.
        threads: of the processor for training; 0 for all, up to a few.
        store: of the selections.
        changed: called when another version is in use, or rows have been forgotten.
        tell: told of all that comes of it, on any thread.
        clock: seconds, from any moment on.
        wall: seconds since 1970, UTC.
    """

    def __init__(
        self,
        folders: Folders,
        threads: int,
        store: Store,
        changed: Callable[[], None],
        tell: Callable[[News], None],
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._folders, self._threads = folders, threads
        self._store, self._changed, self._tell = store, changed, tell
        self._clock, self._wall = clock, wall
        self._jobs = Jobs()
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="versions")
        work = _IdleWork(self._jobs, lambda listener: self._start(Kind.RUN, listener=listener))
        self._idle = IdleLearner(work, self._facts, on_mains, tell, tell, clock())

    # --- learning and forgetting ---------------------------------------------------------

    @property
    def working(self) -> bool:
        """Whether something is at work."""
        return self._jobs.running

    def run(self) -> bool:
        """Learn from the log; False if something is at work already."""
        return self._start(Kind.RUN)

    def forget_word(self, word: str) -> bool:
        """Forget a word; False if something is at work already."""
        return self._start(Kind.FORGET_WORD, word)

    def forget_everything(self) -> bool:
        """Forget everything; False if something is at work already."""
        return self._start(Kind.FORGET_ALL)

    def add_documents(self, paths: Sequence[Path]) -> bool:
        """Put files and folders on the list to learn from; False if something is at work."""
        return self._start(Kind.ADD_DOCUMENTS, paths=paths)

    def remove_documents(self, paths: Sequence[Path]) -> bool:
        """Take files back, and what was learned of them; False if something is at work."""
        return self._start(Kind.FORGET_DOCUMENTS, paths=paths)

    def find_words(self) -> bool:
        """Look for words of the user's own in his documents; False if something is at work."""
        return self._start(Kind.FIND_WORDS)

    def add_words(self, words: Sequence[FoundWord]) -> None:
        """Make words that were found the user's own."""
        added = words_to_add(words, self._wall())

        def added_to(log: SelectionLog) -> int:
            return log.words.put(added)

        self._store.ask(added_to, lambda _: self._changed(), self._refuse)

    def pause(self) -> None:
        """Let the work wait."""
        self._idle.hand_over()
        self._jobs.pause()

    def resume(self) -> None:
        """Let the work go on."""
        self._idle.hand_over()
        self._jobs.resume()

    def cancel(self) -> None:
        """Stop the work; its end is told."""
        self._jobs.cancel()

    def typing(self) -> None:
        """A key went down: the work rests for a moment. Costs next to nothing."""
        self._idle.key(self._clock())
        self._jobs.typing()

    def follow(self, settings: Settings) -> None:
        """Learn by itself, or not, as the settings have it; never in private mode."""
        wanted = settings.personalize
        self._idle.set_rules(
            IdleRules(
                on=wanted.idle and not settings.typing.private,
                rest=60.0 * wanted.idle_minutes,
                fewest=wanted.idle_choices,
            )
        )

    def rest(self) -> None:
        """Some seconds have passed; perhaps the user has rested long enough to learn."""
        self._idle.tick(self._clock(), self._wall())

    def close(self) -> None:
        """Stop all work and wait for its end."""
        self._jobs.close()
        self._executor.shutdown()

    # --- versions ------------------------------------------------------------------------

    def survey(self) -> None:
        """Tell how things stand."""
        self._ask(lambda _: None, changes=False)

    def roll_back(self) -> None:
        """Use the parent of the version in use."""
        self._ask(lambda folder: folder.roll_back())

    def use(self, name: str) -> None:
        """Use a version; an empty name means the base model."""
        self._ask(lambda folder: folder.activate(name))

    def delete(self, name: str) -> None:
        """Delete a version."""
        self._ask(lambda folder: folder.delete(name))

    def export(self, name: str, path: Path) -> None:
        """Copy a version to a file."""
        self._ask(lambda folder: folder.export(name, path), changes=False)

    def _start(
        self,
        kind: Kind,
        word: str = "",
        listener: Listener | None = None,
        paths: Sequence[Path] = (),
    ) -> bool:
        """Let a child work; what it says goes to the listener, or is told."""

        def heard(answer: Answer) -> None:
            accepted = isinstance(answer, Finished) and answer.report.accepted
            if isinstance(answer, Forgotten):
                self._store.forgot(answer.proof.word)
            if accepted or isinstance(answer, Forgotten):
                self._changed()
            (listener or self._tell)(answer)

        return self._jobs.start(
            task_of(self._folders, kind, self._threads, word, paths=paths), heard
        )

    def _facts(self, answer: Callable[[IdleFacts], None]) -> None:
        """What decides about learning by itself; answered on the store thread."""

        def count(log: SelectionLog) -> IdleFacts:
            last = newest_run(self._folders.adapters)
            return IdleFacts(last, log.count(since=last))

        self._store.ask(count, answer, lambda _: answer(IdleFacts(0.0, 0)))

    def _ask(self, work: Callable[[AdapterFolder], object], *, changes: bool = True) -> None:
        """Do something with the versions, then tell how they stand."""

        def run() -> None:
            from ime.personalize.versions import AdapterFolder

            folder = AdapterFolder(self._folders.adapters)
            try:
                work(folder)
                if changes:
                    self._changed()
                self._tell(overview(folder, self._folders.documents))
            except ImeError as error:
                self._refuse(error)
            except Exception as error:  # noqa: BLE001  the thread's outer loop
                kind = type(error).__name__
                _log.error("the versions could not be handled: %s", kind)
                self._refuse(BugError(Message.of("personalize.fault.bug", kind=kind)))

        self._executor.submit(run)

    def _refuse(self, error: ImeError) -> None:
        self._tell(NotDone(error))


@dataclass(frozen=True, slots=True)
class _IdleWork:
    """What `IdleLearner` starts and steers."""

    jobs: Jobs
    start: Callable[[Listener], bool]

    def run(self, listener: Listener) -> bool:
        return self.start(listener)

    def pause(self) -> None:
        self.jobs.pause()

    def resume(self) -> None:
        self.jobs.resume()

    def cancel(self) -> None:
        self.jobs.cancel()


def words_to_add(words: Sequence[FoundWord], time_: float) -> list[UserWord]:
    """Words that were found in documents, as words of the user's own.

    Args:
        words: that were found.
        time_: seconds since 1970, UTC.
    """
    return [
        UserWord(one.text, one.syllables, source=FROM_DOCUMENTS, time=time_) for one in words
    ]


def overview(folder: AdapterFolder, documents: Path) -> Overview:
    """How things stand in a folder of versions, and on the list of documents.

    Raises:
        StoreError: the list cannot be read.
    """
    from ime.personalize.documents.sources import Sources

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
    return Overview(
        active=folder.active(),
        versions=tuple(lines),
        runs=tuple(folder.runs()),
        report=folder.report(),
        documents=Sources(documents).files,
    )
