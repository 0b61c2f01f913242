"""The training child: a process of its own, so that its memory goes back when it ends.

It gives way to all else, knows no Qt, and may be killed at any instant. It waits while the
user types, stops when it is told to, and ends with its parent.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import signal
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path

from ime.errors import ImeError, Message
from ime.personalize import forgetting, training
from ime.personalize.document_words import find_words
from ime.personalize.documents.sources import Sources
from ime.personalize.material import Report
from ime.personalize.one_at_a_time import TRAINING, alone
from ime.personalize.protocol import (
    Answer,
    Cancelled,
    Failed,
    Finished,
    Forgotten,
    Found,
    Kind,
    Listed,
    Order,
    Progressed,
    Stage,
    Task,
    encode,
    read_order,
    read_task,
)
from model.finetune.progress import Progress
from model.memory import give_back_large_blocks, keep_few_kernels

_log = logging.getLogger(__name__)

NICE = 10
QUIET_SECONDS = 1.5
"""Rest after a key; the pause between two words of a typist is shorter."""


class CancelledError(Exception):
    """The user, or the end of the parent, stops the work."""


class Channel:
    """The child's end of the pipe.

    Args:
        connection: to the parent.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._paused = False
        self._quiet_until = 0.0

    def report(self, progress: Progress) -> None:
        """Tell where the work is, then wait as long as the parent wants.

        Raises:
            CancelledError: the work is to stop.
        """
        self._send(progressed(progress))
        while self._connection.poll(self._rest()):
            self._obey()

    def finish(self, answer: Answer) -> None:
        """Say how the work ended."""
        with contextlib.suppress(CancelledError):
            self._send(answer)

    def _rest(self) -> float | None:
        """Seconds to wait for an order before going on; None for as long as it takes."""
        return None if self._paused else max(0.0, self._quiet_until - time.monotonic())

    def _obey(self) -> None:
        try:
            order = read_order(self._connection.recv_bytes())
        except (EOFError, OSError):
            raise CancelledError from None
        match order:
            case Order.CANCEL:
                raise CancelledError
            case Order.PAUSE:
                self._paused = True
            case Order.RESUME:
                self._paused = False
            case Order.TYPING:
                self._quiet_until = time.monotonic() + QUIET_SECONDS

    def _send(self, answer: Answer) -> None:
        try:
            self._connection.send_bytes(encode(answer))
        except OSError:
            raise CancelledError from None


def progressed(progress: Progress) -> Progressed:
    """A progress of the training, as it goes through the pipe."""

    def known(value: float) -> float | None:
        return None if math.isnan(value) else value

    return Progressed(
        Stage(progress.stage),
        progress.step,
        progress.total,
        known(progress.loss),
        known(progress.held_out),
        known(progress.seconds_left),
    )


def _give_way() -> None:
    """Ask to run only while nothing else wants the processor, where Linux can do that.

    Niceness alone does not count between processes of different sessions (sched(7), autogroup).
    """
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICE)
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def main(connection: Connection) -> None:
    """Do the task that comes down the pipe; the target of the spawned process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is the parent's
    _give_way()
    give_back_large_blocks()  # held by the process they were a tenth of a run's memory
    keep_few_kernels()
    try:
        task = read_task(connection.recv_bytes())
    except (EOFError, OSError):
        return
    channel = Channel(connection)
    channel.finish(_work(task, channel))


def _work(task: Task, channel: Channel) -> Answer:
    busy = Message("personalize.fault.busy")
    try:
        with alone(Path(task.database).parent, TRAINING, busy):
            return do(task, channel.report)
    except CancelledError:
        return Cancelled()
    except ImeError as error:
        return Failed(error.told)
    except Exception as error:  # noqa: BLE001  the child's outer loop
        # Without the message, which may quote what was typed.
        frames = "".join(traceback.format_tb(error.__traceback__))
        _log.error("personalizing failed: %s\n%s", type(error).__name__, frames)
        return Failed(Message.of("personalize.fault.bug", kind=type(error).__name__))


def do(task: Task, report: Report) -> Answer:
    """Do a task in this process.

    Args:
        task: what to do.
        report: told of every step; it may wait and may raise.

    Raises:
        ImeError: it cannot be done.
    """
    request = training.RunRequest(
        Path(task.database),
        Path(task.assets),
        Path(task.adapters),
        Path(task.documents),
        task.threads,
    )
    paths = [Path(path) for path in task.paths]
    match task.kind:
        case Kind.RUN:
            return Finished(training.run(request, report))
        case Kind.FORGET_WORD:
            searched = [Path(folder) for folder in task.searched]
            return Forgotten(forgetting.forget_word(request, task.word, searched, report))
        case Kind.FORGET_PERIOD:
            return Forgotten(forgetting.forget_period(request, task.start, task.end, report))
        case Kind.FORGET_ALL:
            return Forgotten(forgetting.forget_everything(request, report))
        case Kind.ADD_DOCUMENTS:
            sources = Sources(request.documents)
            sources.add(paths, lambda *done: report(Progress("reading", *done)))
            return Listed(sources.files)
        case Kind.FORGET_DOCUMENTS:
            return Forgotten(forgetting.forget_documents(request, paths, report))
        case Kind.FIND_WORDS:
            return Found(
                find_words(request.database, request.assets, request.documents, report)
            )
