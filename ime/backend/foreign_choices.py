"""What another process of the user's wrote into the log: window and engine share one.

Its choices, and its word on candidates, are told as if they had been made here. What cannot be
told in this way, such as rows that went, has the converters read the log anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ime.backend.relearn import commits_of
from ime.userdb.selection_log import SelectionLog
from ime.values import Commit, Mark, MarkKind

_FIRST_NUMBER = -1_000_000
"""Ids of commits of others; those of the past lie between it and 0."""
_RETRACTABLE = 20
"""Commits of others, the newest, that are looked at again: Backspace takes back the last."""


class Learner(Protocol):
    """What learns of it; every method returns at once."""

    def learn(self, commit: Commit) -> None:
        """Learn from a commit."""
        ...

    def retract(self, commit_id: int) -> None:
        """Unlearn a commit."""
        ...

    def mark(self, mark: Mark) -> None:
        """Heed the user's word on a candidate."""
        ...

    def reopen(self) -> None:
        """Read the log anew."""
        ...


@dataclass
class _Seen:
    """The log as it was when it was looked at last.

    Attributes:
        version: of the data, by the connection.
        changes: of rows that this connection made.
        last: highest id.
        count: rows there were.
        marks: that held.
        forgotten: until when what was forgotten is known, seconds since 1970.
        words: how many were added.
        recent: id of the first row of a commit of others -> number it was learned under.
    """

    version: int
    changes: int
    last: int
    count: int
    marks: Sequence[Mark]
    forgotten: float
    words: int
    recent: dict[int, int] = field(default_factory=dict)


class ForeignChoices:
    """Compares the log with what it was; used on the thread of the log alone."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner
        self._seen: _Seen | None = None
        self._number = _FIRST_NUMBER

    def begin(self, log: SelectionLog) -> None:
        """All that the log holds now is known."""
        recent = self._seen.recent if self._seen is not None else {}
        self._seen = self._look(log, recent)

    def begin_empty(self) -> None:
        """There is no log yet: all that it will hold is news."""
        self._seen = _Seen(-1, 0, 0, 0, (), 0.0, 0)

    def follow(self, log: SelectionLog) -> None:
        """Tell what others wrote since."""
        if self._seen is None:
            self.begin(log)
            return
        seen = self._seen
        if log.data_version() == seen.version:
            if log.changes() != seen.changes:
                self.begin(log)  # only this process wrote, and knows it
            return
        self._seen = now = self._look(log, dict(seen.recent))
        _, kept = log.extent(seen.last)
        if kept < seen.count or now.words != seen.words:
            self._learner.reopen()
            return
        self._follow_rows(log, seen, now)
        self._follow_marks(log, seen, now)

    def _look(self, log: SelectionLog, recent: dict[int, int]) -> _Seen:
        version = log.data_version()
        last, _ = log.extent(0)
        _, count = log.extent(last)
        forgotten = max((time for time, _ in log.forgotten()), default=0.0)
        return _Seen(
            version,
            log.changes(),
            last,
            count,
            log.marks(),
            forgotten,
            log.words.count(),
            recent,
        )

    def _follow_rows(self, log: SelectionLog, seen: _Seen, now: _Seen) -> None:
        first = min(seen.recent, default=seen.last + 1)
        rows = [row for row in log.rows(behind=first - 1) if not log.is_own(row)]
        gone = {row.id for row in rows if row.retracted} & set(now.recent)
        for id_ in sorted(gone):
            self._learner.retract(now.recent.pop(id_))
        new = [row for row in rows if row.id > seen.last and not row.retracted]
        for commit, group in commits_of(new, self._number):
            self._learner.learn(commit)
            now.recent[group[0].id] = commit.id
            self._number = commit.id - 1
        for id_ in sorted(now.recent)[:-_RETRACTABLE]:
            del now.recent[id_]

    def _follow_marks(self, log: SelectionLog, seen: _Seen, now: _Seen) -> None:
        forgotten = [mark for time, mark in log.forgotten() if time > seen.forgotten]
        told = {(mark.syllables, mark.text) for mark in (*forgotten, *now.marks)}
        for mark in seen.marks:
            if (mark.syllables, mark.text) not in told:
                plain = Mark(MarkKind.PLAIN, mark.letters, mark.syllables, mark.text)
                self._learner.mark(plain)
        for mark in forgotten:
            self._learner.mark(mark)
        for mark in now.marks:
            if mark not in seen.marks:
                self._learner.mark(mark)
