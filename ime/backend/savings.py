"""What learning at once saves: the newest choices of the log, made again with it and without.

A process of its own does it, at the lowest priority, and only reads: it may be killed at any
instant. Down the pipe goes nothing; up come `Replayed` values as JSON, the last one whole.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from ime.backend.opening import open_by_settings
from ime.backend.relearn import Relearning, commits_of
from ime.errors import ImeError
from ime.lexicon.user_layer import WordIndex
from ime.ports import Converter
from ime.settings import ModelSettings, Settings
from ime.userdb.selection_log import SelectionLog
from ime.values import DecodeRequest, Selection

REPLAYED = 500
"""Choices, the newest, that are made again: a quarter of a minute."""
BEFORE = 2000
"""Choices before them that are learned first, as at a start of the program."""
STAGES = 10
"""Points of the curve."""


class Replayed(msgspec.Struct, frozen=True):
    """How far it is, and what was found so far.

    Attributes:
        done: choices that were made again.
        total: of how many.
        without: of each tenth, oldest first, how many were first without what was learned.
        learned: and with it.
        counts: choices of each tenth.
        failed: why it ended early, in English; empty for no reason.
    """

    done: int
    total: int
    without: tuple[int, ...] = ()
    learned: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()
    failed: str = ""


class SavingsReplay:
    """At most one child at work; the listener is called on a thread of its own."""

    def __init__(self) -> None:
        self._process: multiprocessing.process.BaseProcess | None = None

    def start(
        self, database: Path, settings: Settings, listener: Callable[[Replayed], object]
    ) -> None:
        """Begin; one that is at work is stopped.

        Args:
            database: the log.
            settings: of the user; the small model serves, whichever they name.
            listener: told of progress, and of the end by a value with `done` equal to `total`
                or with `failed`. Nothing is told after `cancel`.
        """
        self.cancel()
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        told = msgspec.json.encode(settings)
        process = context.Process(target=_child, args=(theirs, str(database), told))
        process.daemon = True
        process.start()
        theirs.close()
        self._process = process
        reader = threading.Thread(target=self._read, args=(process, ours, listener))
        reader.daemon = True
        reader.start()

    def cancel(self) -> None:
        """Stop what is at work; it writes nothing, so it is killed."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join()

    def _read(
        self,
        process: multiprocessing.process.BaseProcess,
        pipe: Connection,
        listener: Callable[[Replayed], object],
    ) -> None:
        last: Replayed | None = None
        with contextlib.suppress(EOFError, OSError):
            while last is None or not (last.failed or last.done == last.total):
                last = msgspec.json.decode(pipe.recv_bytes(), type=Replayed)
                if self._process is process:
                    listener(last)
        pipe.close()
        if self._process is process and (last is None or last.done < last.total):
            listener(Replayed(0, 0, failed="the process ended"))


def replay(log: SelectionLog, without: Converter, learning: Relearning) -> Iterator[Replayed]:
    """Make the newest choices again, one by one.

    Args:
        log: of the user.
        without: a converter that knows nothing of the user, and is taught nothing.
        learning: another; it is taught what came before, and each commit behind its choices.
    """
    rows = [row for row in log.rows() if not row.retracted and row.selection.raw]
    learning.know_words(WordIndex(log.words.rows()))
    before, newest = rows[:-REPLAYED][-BEFORE:], rows[-REPLAYED:]
    for commit, _ in commits_of(before, -1):
        learning.learn(commit)
    tallies = [[0] * STAGES for _ in range(3)]
    done = 0
    yield _found(done, len(newest), tallies)
    for commit, group in commits_of(newest, -1 - len(before)):
        for row in group:
            stage = done * STAGES // len(newest)
            tallies[0][stage] += _is_first(without, row.selection)
            tallies[1][stage] += _is_first(learning, row.selection)
            tallies[2][stage] += 1
            done += 1
        learning.learn(commit)
        yield _found(done, len(newest), tallies)


def _found(done: int, total: int, tallies: Sequence[Sequence[int]]) -> Replayed:
    without, learned, counts = map(tuple, tallies)
    return Replayed(done, total, without, learned, counts)


def _is_first(converter: Converter, selection: Selection) -> bool:
    """Whether what was chosen would have been the first candidate."""
    listed = converter.convert(DecodeRequest(0, selection.context, selection.raw))
    return bool(listed and listed.items and listed.items[0].text == selection.chosen)


def _child(pipe: Connection, database: str, settings: bytes) -> None:
    """What the spawned process runs."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(19)
    told = msgspec.json.decode(settings, type=Settings)
    told = msgspec.structs.replace(told, model=ModelSettings(tier="ngram"))
    try:
        log = SelectionLog(Path(database), run=0)
        try:
            for found in replay(log, open_by_settings(told), open_by_settings(told)):
                pipe.send_bytes(msgspec.json.encode(found))
        finally:
            log.close()
    except ImeError as error:
        pipe.send_bytes(msgspec.json.encode(Replayed(0, 0, failed=str(error.told))))
    except OSError:
        pass  # the window has gone
