"""The selection log: every choice of the user, in sqlite, on this machine only.

What must not be kept is masked before it is stored, and what is deleted is overwritten, in the
write-ahead log too. A connection belongs to the thread that opened it; `ime.userdb.thread`
owns that thread.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ime.errors import Message, StoreError
from ime.userdb.daily_counts import DailyCounts
from ime.userdb.database import kept_aside, open_database, told, transaction
from ime.userdb.letter_table import LetterTable
from ime.userdb.masking import (
    is_kept,
    is_like_password,
    kept_letters,
    mask_context,
    mask_text,
)
from ime.userdb.salvage import salvage
from ime.userdb.user_words import UserWordTable
from ime.values import Commit, How, LeftContext, Mark, MarkKind, Selection

_logger = logging.getLogger(__name__)

CONTEXT_CHARACTERS: Final = 128
"""Characters of left context kept; the converter reads no more than this."""

_BATCH = 500  # rows read at a time, so that a long iteration holds no lock

_COLUMNS = (
    "time, run, commit_id, context, readings, raw, syllables, offered, chosen, rank, how, "
    "scores, retracted, model, adapter, checksum"
)


@dataclass(frozen=True, slots=True)
class Versions:
    """What made the candidates of a commit.

    Attributes:
        model: version of the base model; empty when only the n-gram served.
        adapter: version of the personal adapter; empty without one.
    """

    model: str = ""
    adapter: str = ""


@dataclass(frozen=True, slots=True)
class LoggedSelection:
    """One row of the log.

    Attributes:
        id: grows with every row.
        time: seconds since 1970, UTC.
        run: a random number, the same for all rows that one start of the program wrote.
        commit_id: the commit's id, unique within `run`.
        selection: the choice; its context is masked and cut.
        retracted: whether the user took it back.
        versions: what offered it.
    """

    id: int
    time: float
    run: int
    commit_id: int
    selection: Selection
    retracted: bool
    versions: Versions


class SelectionLog:
    """An open log; every method may raise `StoreError`, and only that for trouble outside.

    Attributes:
        path: of the database.
        words: what the user added or imported, in the same database.
        daily: how much was typed each day, there, too.
        letters: texts with letters or a dot that the user typed.
        damaged: ids of rows that were left out because they are not what was written.
    """

    def __init__(self, path: Path, run: int) -> None:
        """Open the log, making or migrating it where needed.

        Args:
            path: of the database; its folder is made if missing.
            run: names this start of the program, whose commit ids begin anew; random.

        Raises:
            DamagedStoreError: the file is damaged; nothing was changed.
            StoreError: it cannot be opened, or a newer program wrote it.
        """
        self.path = path
        self._run = run
        self._db = open_database(path)
        self.words = UserWordTable(self._db, path)
        self.daily = DailyCounts(self._db, path)
        self.letters = LetterTable(self._db, path, run)
        self.damaged: set[int] = set()

    def close(self) -> None:
        """Close the database; the log cannot be used afterwards."""
        with told("closed", self.path):
            self._db.close()

    def append(self, commit: Commit, time: float, versions: Versions) -> int:
        """Add a commit's selections in one transaction.

        Selections of text with letters or digits in it are left out: such text may be a name or
        a number that is nobody's business; what of it may be kept goes into `letters`. So are
        those whose letters look like a password.

        Args:
            commit: what was committed.
            time: seconds since 1970, UTC.
            versions: what offered the candidates.

        Returns:
            How many rows were added.
        """
        rows = [
            (
                time,
                self._run,
                commit.id,
                *(stored := _stored(selection)),
                0,
                versions.model,
                versions.adapter,
                _checksum(stored),
            )
            for selection in commit.selections
            if selection.syllables
            and is_kept(selection.chosen)
            and not is_like_password(selection.raw, selection.syllables)
        ]
        self.letters.append(commit.id, commit.selections, time)
        if commit.selections:
            with self._transaction("written"):
                self._db.executemany(
                    f"INSERT INTO selection ({_COLUMNS}) VALUES ({', '.join('?' * 16)})", rows
                )
                self.daily.add(commit.selections, time)
        return len(rows)

    def holds(self, commit_id: int) -> bool:
        """Whether it has a selection of a commit of this run."""
        with told("read", self.path):
            found = self._db.execute(
                "SELECT 1 FROM selection WHERE run = ? AND commit_id = ? LIMIT 1",
                (self._run, commit_id),
            ).fetchone()
        return found is not None

    def take_over(self, damaged: Path) -> int:
        """Copy what can be read out of a database that was set aside; returns how many rows."""
        with told("written", self.path):
            return salvage(damaged, self._db)

    def retract(self, commit_id: int) -> int:
        """Mark a commit of this run as taken back; returns how many rows that were."""
        self.letters.retract(commit_id)
        with self._transaction("written"):
            return self._db.execute(
                "UPDATE selection SET retracted = 1 WHERE run = ? AND commit_id = ?",
                (self._run, commit_id),
            ).rowcount

    def data_version(self) -> int:
        """A number that changes when another connection, of any process, has written."""
        with told("read", self.path):
            (version,) = self._db.execute("PRAGMA data_version").fetchone()
        return int(version)

    def changes(self) -> int:
        """How many rows this connection has changed since it was opened."""
        return self._db.total_changes

    def extent(self, through: int) -> tuple[int, int]:
        """The highest id there is (0 without rows), and how many rows go up to `through`."""
        with told("read", self.path):
            last, count = self._db.execute(
                "SELECT coalesce(max(id), 0), coalesce(sum(id <= ?), 0) FROM selection",
                (through,),
            ).fetchone()
        return int(last), int(count)

    def is_own(self, row: LoggedSelection) -> bool:
        """Whether this start of the program wrote a row."""
        return row.run == self._run

    def count(self, since: float = 0.0) -> int:
        """Selections that are not retracted.

        Args:
            since: seconds since 1970, UTC; older ones do not count.
        """
        with told("read", self.path):
            (count,) = self._db.execute(
                "SELECT count(*) FROM selection WHERE NOT retracted AND time >= ?", (since,)
            ).fetchone()
        return int(count)

    # --- the user's word on candidates ----------------------------------------------------

    def set_mark(self, mark: Mark, time: float) -> None:
        """Let a mark hold instead of an older one for its text and syllables.

        What is forgotten is not learned again at the next start: the selections that made it
        are retracted, a word that was added or imported goes, and that it was forgotten is kept
        with its time, so that nothing older teaches it again. The selections stay in the file
        until the word is forgotten for good, because by them the versions are found that
        learned from it.

        Args:
            mark: what is wanted.
            time: seconds since 1970, UTC.
        """
        if not mark.syllables:
            self.letters.forget(mark.text)
            return
        syllables = " ".join(mark.syllables)
        kept = mark.kind is not MarkKind.PLAIN
        forgets = mark.kind in (MarkKind.HIDDEN, MarkKind.FORGOTTEN)
        with self._transaction("written"):
            self._db.execute(
                "DELETE FROM mark WHERE syllables = ? AND (text = ? OR (kind = ? AND ?))",
                (syllables, mark.text, MarkKind.PINNED.value, mark.kind is MarkKind.PINNED),
            )
            if kept:
                self._db.execute(
                    "INSERT INTO mark (time, kind, letters, syllables, text) "
                    "VALUES (?, ?, ?, ?, ?)",
                    (time, mark.kind.value, mark.letters, syllables, mark.text),
                )
            if forgets:
                self._db.executemany(
                    "UPDATE selection SET retracted = 1 WHERE id = ?",
                    [(id_,) for id_ in self._made_of(mark.text, mark.syllables)],
                )
                self._db.execute("DELETE FROM kept_sums")
                self._db.execute(
                    "DELETE FROM user_word WHERE text = ? AND syllables = ?",
                    (mark.text, syllables),
                )

    def _made_of(self, text: str, syllables: tuple[str, ...]) -> Iterator[int]:
        """Ids of the rows that chose a text, whole or piece by piece in one commit.

        The first and the last piece may be longer: a name is joined with the surname that the
        piece before it ends in.
        """
        commits = self._db.execute(
            "SELECT DISTINCT run, commit_id FROM selection "
            "WHERE NOT retracted AND instr(?, chosen)",
            (text,),
        ).fetchall()
        for commit in commits:
            rows = self._db.execute(
                "SELECT id, chosen, syllables FROM selection "
                "WHERE run = ? AND commit_id = ? AND NOT retracted ORDER BY id",
                commit,
            ).fetchall()
            for start, end in itertools.combinations(range(len(rows) + 1), 2):
                if _makes(rows[start:end], text, syllables):
                    yield from (row[0] for row in rows[start:end])

    def marks(self) -> list[Mark]:
        """The marks that hold, oldest first."""
        with told("read", self.path):
            rows = self._db.execute(
                "SELECT kind, letters, syllables, text FROM mark ORDER BY id"
            ).fetchall()
        kinds = {kind.value: kind for kind in (MarkKind.PINNED, MarkKind.HIDDEN)}
        return [
            Mark(kinds[kind], letters, tuple(syllables.split()), text)
            for kind, letters, syllables, text in rows
            if kind in kinds  # a newer program may know more
        ]

    def forgotten(self, *, behind: int = -1) -> list[tuple[float, Mark]]:
        """What was forgotten with its time, oldest first; what is pinned by now is not.

        Args:
            behind: only what was forgotten after the selection of this id.
        """
        with told("read", self.path):
            rows = self._db.execute(
                "SELECT time, letters, syllables, text FROM mark WHERE kind = ? AND time > "
                "coalesce((SELECT time FROM selection WHERE id <= ? ORDER BY id DESC LIMIT 1), "
                "-1) ORDER BY time",
                (MarkKind.FORGOTTEN.value, behind),
            ).fetchall()
        return [
            (time, Mark(MarkKind.FORGOTTEN, letters, tuple(syllables.split()), text))
            for time, letters, syllables, text in rows
        ]

    def unwanted(self, since: float) -> list[tuple[float, Mark]]:
        """What was forgotten or hidden from then on with its time, oldest first.

        Args:
            since: seconds since 1970, UTC.
        """
        kinds = {kind.value: kind for kind in (MarkKind.FORGOTTEN, MarkKind.HIDDEN)}
        with told("read", self.path):
            rows = self._db.execute(
                "SELECT time, kind, letters, syllables, text FROM mark "
                "WHERE kind IN (?, ?) AND time >= ? ORDER BY time",
                (*kinds, since),
            ).fetchall()
        return [
            (time, Mark(kinds[kind], letters, tuple(syllables.split()), text))
            for time, kind, letters, syllables, text in rows
        ]

    def delete_words(self, word: str = "", start: float = 0.0, end: float = 0.0) -> None:
        """Delete marks and added words whose text holds `word`, or of the time [start, end)."""
        with self._transaction("changed"):
            for table in ("mark", "user_word", "letter_text"):
                if word:
                    self._db.execute(f"DELETE FROM {table} WHERE instr(text, ?)", (word,))
                else:
                    self._db.execute(
                        f"DELETE FROM {table} WHERE time >= ? AND time < ?", (start, end)
                    )

    # --- reading and deleting -------------------------------------------------------------

    def kept_sums(self, name: str) -> tuple[int, str]:
        """The last row's id and the sums of `keep_sums`; -1 and "" where none are kept.

        They are dropped as soon as one of these rows changes or goes.
        """
        with told("read", self.path):
            row = self._db.execute(
                "SELECT through, sums FROM kept_sums WHERE name = ?", (name,)
            ).fetchone()
        return (int(row[0]), str(row[1])) if row else (-1, "")

    def keep_sums(self, name: str, through: int, sums: str) -> None:
        """Keep sums over all rows up to the id `through`."""
        with self._transaction("written"):
            self._db.execute("REPLACE INTO kept_sums VALUES (?, ?, ?)", (name, through, sums))

    def rows(
        self, *, newest_first: bool = False, behind: int = -1
    ) -> Iterator[LoggedSelection]:
        """Rows, retracted ones too, in the order of their ids; rows may come meanwhile.

        Args:
            newest_first: from the highest id on, else from the lowest.
            behind: only those with a higher id, where the lowest come first.
        """
        after, order = ("<", "DESC") if newest_first else (">", "ASC")
        last = 2**63 - 1 if newest_first else behind
        while True:
            with told("read", self.path):
                batch = self._db.execute(
                    f"SELECT id, {_COLUMNS} FROM selection WHERE id {after} ? "
                    f"ORDER BY id {order} LIMIT {_BATCH}",
                    (last,),
                ).fetchall()
            for row in batch:
                try:
                    yield _loaded(row)
                except ValueError:  # of a damaged disk, or edited by hand
                    if row[0] not in self.damaged:
                        _logger.warning("row %d of the selection log cannot be read", row[0])
                    self.damaged.add(row[0])
            if len(batch) < _BATCH:
                return
            last = batch[-1][0]

    def rewrite(self, delete: Sequence[int], replace: Sequence[tuple[int, Selection]]) -> None:
        """Delete rows and replace what others hold, then overwrite what the file held of it.

        Args:
            delete: ids of rows that go.
            replace: (id, selection to hold from now on).
        """
        with self._transaction("changed"):
            self._db.executemany("DELETE FROM selection WHERE id = ?", [(i,) for i in delete])
            self._db.executemany(
                "UPDATE selection SET context = ?, readings = ?, raw = ?, syllables = ?, "
                "offered = ?, chosen = ?, rank = ?, how = ?, scores = ?, checksum = ? "
                "WHERE id = ?",
                [
                    (*(stored := _stored(selection)), _checksum(stored), i)
                    for i, selection in replace
                ],
            )
        self._scrub()

    def wipe(self) -> None:
        """Delete everything, damaged databases that were kept aside too."""
        with self._transaction("changed"):
            self._db.execute("DELETE FROM selection")
            self._db.execute("DELETE FROM mark")
            self._db.execute("DELETE FROM user_word")
            self._db.execute("DELETE FROM letter_text")
            self._db.execute("DELETE FROM kept_sums")
            self._db.execute("DELETE FROM daily_count")
        self._scrub()
        for kept in kept_aside(self.path):
            try:
                kept.unlink()
            except OSError as exc:
                why = exc.strerror or str(exc)
                raise StoreError(
                    Message.of("store.undeletable", path=str(kept), why=why)
                ) from exc

    def _scrub(self) -> None:
        """Leave no trace of deleted rows in free pages or in the write-ahead log."""
        with told("compacted", self.path):
            self._db.execute("VACUUM")
            (busy, *_) = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StoreError(Message.of("store.not_overwritten", path=str(self.path)))

    @contextlib.contextmanager
    def _transaction(self, doing: str) -> Iterator[None]:
        with told(doing, self.path), transaction(self._db):
            yield


def _makes(
    pieces: Sequence[tuple[int, str, str]], text: str, syllables: tuple[str, ...]
) -> bool:
    """Whether pieces write a text that begins in the first and ends in the last of them."""
    written = "".join(chosen for _, chosen, _ in pieces)
    read = " ".join(reading for _, _, reading in pieces).split()
    if written == text:
        return tuple(read) == syllables
    at = written.find(text)
    return (
        len(pieces) > 1
        and 0 <= at < len(pieces[0][1])
        and at + len(text) > len(written) - len(pieces[-1][1])
        and len(read) == len(written)
        and tuple(read[at : at + len(text)]) == syllables
    )


def _stored(selection: Selection) -> tuple[str, str, str, str, str, str, int, str, str]:
    """The columns context, readings, raw, syllables, offered, chosen, rank, how, scores."""
    context = mask_context(selection.context).last(CONTEXT_CHARACTERS)
    offered = [mask_text(text) for text in selection.offered]
    return (
        context.text,
        json.dumps(context.readings),
        kept_letters(selection.raw, selection.syllables),
        " ".join(selection.syllables),
        json.dumps(offered, ensure_ascii=False),
        selection.chosen,
        selection.rank,
        selection.how.value,
        json.dumps([None if score == -math.inf else score for score in selection.scores]),
    )


def _checksum(stored: Sequence[object]) -> int:
    """CRC-32 of what `_stored` gives."""
    return zlib.crc32("\0".join(map(str, stored)).encode("utf-8", "surrogatepass"))


def _loaded(row: Sequence[Any]) -> LoggedSelection:
    """A row of `id` and `_COLUMNS`; raises ValueError where somebody changed it by hand."""
    id_, time, run, commit_id, context, readings, raw, syllables, offered, chosen = row[:10]
    rank, how, scores, retracted, model, adapter, checksum = row[10:]
    if checksum is not None and checksum != _checksum((*row[4:12], scores)):
        raise ValueError("not what was written")
    try:
        pairs = tuple((int(at), str(syllable)) for at, syllable in json.loads(readings))
        texts = tuple(str(text) for text in json.loads(offered))
        nats = tuple(-math.inf if s is None else float(s) for s in json.loads(scores))
    except TypeError as exc:
        raise ValueError("not the JSON that was written") from exc
    selection = Selection(
        context=LeftContext(context, pairs),
        raw=raw,
        syllables=tuple(syllables.split()),
        offered=texts,
        chosen=chosen,
        rank=rank,
        how=How(how),
        scores=nats,
    )
    versions = Versions(model, adapter)
    return LoggedSelection(id_, time, run, commit_id, selection, bool(retracted), versions)
