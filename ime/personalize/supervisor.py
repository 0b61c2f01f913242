"""Starts, pauses and stops the training child, one at a time, from any thread.

The child is spawned, not forked: threads and Qt do not survive a fork. What it answers is told
to a listener on the thread that reads the pipe. torch is imported by the child alone.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from pathlib import Path

from ime.errors import Message
from ime.personalize.protocol import (
    Answer,
    Cancelled,
    Failed,
    Kind,
    Order,
    Progressed,
    Task,
    encode,
    read_answer,
)
from ime.settings import Folders, assets_folder

_log = logging.getLogger(__name__)

STOP_SECONDS = 5.0
"""Time that the child has to stop by itself before it is killed, which is safe, too."""

_TYPING_SECONDS = 0.4  # between two messages that the user types; the child rests for longer

Listener = Callable[[Answer], None]
"""Told, on the reading thread, of progress and of the end; the end comes exactly once."""


class Jobs:
    """At most one child at work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._reader: threading.Thread | None = None
        self._stopping = False
        self._told_typing = 0.0

    @property
    def running(self) -> bool:
        """Whether a child is at work."""
        with self._lock:
            return self._process is not None

    def start(self, task: Task, listener: Listener) -> bool:
        """Start a child; False if one is at work already."""
        with self._lock:
            if self._process is not None:
                return False
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(target=_child, args=(theirs,), name="personalize")
            process.daemon = True  # it ends with this process
            process.start()
            theirs.close()
            self._process, self._pipe, self._stopping = process, ours, False
            self._reader = threading.Thread(
                target=self._read, args=(process, ours, listener), name="personalize"
            )
            self._reader.daemon = True
        with contextlib.suppress(OSError):  # a child that died at once is told by the reader
            ours.send_bytes(encode(task))
        self._reader.start()
        return True

    def pause(self) -> None:
        """Let the child wait until `resume`."""
        self._order(Order.PAUSE)

    def resume(self) -> None:
        """Let the child go on."""
        self._order(Order.RESUME)

    def cancel(self) -> None:
        """Stop the work; the listener is told when it has ended."""
        with self._lock:
            process, self._stopping = self._process, True
        if process is None:
            return
        self._order(Order.CANCEL)
        killer = threading.Timer(STOP_SECONDS, _kill, (process,))
        killer.daemon = True
        killer.start()

    def typing(self) -> None:
        """A key went down: the child rests for a moment. Costs next to nothing."""
        if self._process is None:  # without the lock: a key must not wait for anything
            return
        now = time.monotonic()
        if now - self._told_typing >= _TYPING_SECONDS:
            self._told_typing = now
            self._order(Order.TYPING)

    def close(self) -> None:
        """Stop the work and wait for its end."""
        self.cancel()
        with self._lock:
            reader = self._reader
        if reader is not None and reader.is_alive():
            reader.join(STOP_SECONDS + 1.0)

    def _order(self, order: Order) -> None:
        pipe = self._pipe
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.send_bytes(encode(order))

    def _read(
        self,
        process: multiprocessing.process.BaseProcess,
        pipe: Connection,
        listener: Listener,
    ) -> None:
        last: Answer | None = None
        try:
            while last is None or isinstance(last, Progressed):
                last = read_answer(pipe.recv_bytes())
                if isinstance(last, Progressed):
                    listener(last)
        except (EOFError, OSError, ValueError):
            last = None
        process.join(STOP_SECONDS)
        _kill(process)
        with self._lock:
            stopping = self._stopping
            self._process = self._pipe = None
        pipe.close()
        listener(last if last is not None else _ended(stopping))


def run_task(folders: Folders, threads: int) -> Task:
    """To learn from the log of these folders."""
    return task_of(folders, Kind.RUN, threads)


def task_of(
    folders: Folders,
    kind: Kind,
    threads: int = 0,
    word: str = "",
    start: float = 0.0,
    end: float = 0.0,
    paths: Iterable[Path] = (),
) -> Task:
    """A task in these folders; the times are seconds since 1970."""
    searched = tuple(map(str, (folders.config, folders.data, folders.cache)))
    return Task(
        kind,
        str(folders.database),
        str(assets_folder()),
        str(folders.adapters),
        str(folders.documents),
        threads,
        word,
        start,
        end,
        searched,
        tuple(str(path.expanduser().resolve()) for path in paths),
    )


def carry_out(task: Task, show: Callable[[Progressed], None]) -> Answer:
    """Let a child do a task and wait for it; Ctrl+C cancels it.

    Args:
        task: what to do.
        show: told of progress.

    Returns:
        How it ended.
    """
    jobs, answers = Jobs(), queue.SimpleQueue[Answer]()
    jobs.start(task, answers.put)
    try:
        while isinstance(answer := _next(answers, jobs), Progressed):
            show(answer)
    finally:
        jobs.close()
    return answer


def _next(answers: queue.SimpleQueue[Answer], jobs: Jobs) -> Answer:
    while True:
        try:
            return answers.get()
        except KeyboardInterrupt:
            jobs.cancel()


def _child(pipe: Connection) -> None:
    """What the spawned process runs."""
    # Where other programs keep a processor busy, threads that spin while they wait take the
    # time of the one that works. Read when torch is loaded, which the next line does.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from ime.personalize.trainer_process import main

    main(pipe)


def _ended(stopping: bool) -> Answer:
    """What a child without a last word means."""
    if stopping:
        return Cancelled()
    return Failed(Message.of("personalize.fault.ended_early"))


def _kill(process: multiprocessing.process.BaseProcess) -> None:
    with contextlib.suppress(OSError, ValueError):
        if process.is_alive():
            process.kill()
            process.join()
