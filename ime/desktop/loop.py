"""The event loop of the engine: one thread that waits for sockets, timers and other threads."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import selectors
import time
from collections import deque
from collections.abc import Callable

Call = Callable[[], object]


class Loop:
    """Waits and calls; all methods but `call` belong to its own thread."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        os.set_blocking(self._write_end, False)
        self._selector.register(self._read_end, selectors.EVENT_READ, self._drain)
        self._posted: deque[Call] = deque()
        self._due: list[tuple[float, int, LoopTimer, int]] = []
        self._order = itertools.count()
        self._stopped = False

    def watch(self, fd: int, call: Call) -> None:
        """Call whenever a file descriptor can be read, or has ended."""
        self._selector.register(fd, selectors.EVENT_READ, call)

    def forget(self, fd: int) -> None:
        """Watch a file descriptor no longer; called before it is closed."""
        self._selector.unregister(fd)

    def make_timer(self, call: Call) -> LoopTimer:
        """A timer that calls back once; stopped."""
        return LoopTimer(self, call)

    def call(self, call: Call) -> None:
        """Call from the loop's thread, in order; from any thread."""
        self._posted.append(call)
        with contextlib.suppress(BlockingIOError):  # full: it wakes up anyhow
            os.write(self._write_end, b".")

    def stop(self) -> None:
        """Let `run` return."""
        self._stopped = True

    def run(self) -> None:
        """Wait and call until stopped."""
        while not self._stopped:
            for key, _ in self._selector.select(self._wait()):
                key.data()
            self._run_posted()
            self._run_due()

    def close(self) -> None:
        """Give the descriptors back; nothing may call afterwards."""
        self._selector.close()
        os.close(self._read_end)
        os.close(self._write_end)

    def schedule(self, timer: LoopTimer, milliseconds: int, run: int) -> None:
        """Let a timer tick later; `run` names the start that this tick belongs to."""
        due = time.monotonic() + milliseconds / 1000
        heapq.heappush(self._due, (due, next(self._order), timer, run))

    def _wait(self) -> float | None:
        if self._posted:
            return 0.0
        return max(0.0, self._due[0][0] - time.monotonic()) if self._due else None

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._read_end, 4096)

    def _run_posted(self) -> None:
        for _ in range(len(self._posted)):  # what these post has its turn after the sockets
            self._posted.popleft()()

    def _run_due(self) -> None:
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            _, _, timer, run = heapq.heappop(self._due)
            timer.tick(run)


class LoopTimer:
    """Calls back once, in the thread of its loop."""

    def __init__(self, loop: Loop, call: Call) -> None:
        self._loop = loop
        self._call = call
        self._run = 0

    def start(self, milliseconds: int, /) -> None:
        """Call back after that time; a call that was still to come is replaced."""
        self._run += 1
        self._loop.schedule(self, milliseconds, self._run)

    def stop(self) -> None:
        """Let the call that was to come not come."""
        self._run += 1

    def tick(self, run: int) -> None:
        """The time of start number `run` is over."""
        if run == self._run:
            self._call()
