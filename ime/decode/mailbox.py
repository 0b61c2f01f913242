"""Where the window leaves work for the decode thread: the newest request wins.

A queue of requests makes a fast typist wait for lists of letters already overtaken, so there is
one place for a request and a newer one replaces it. What must not be dropped (learning from a
commit, taking it back) goes through a lane that keeps its order.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

JobT = TypeVar("JobT")
RequestT = TypeVar("RequestT")
HintT = TypeVar("HintT")


class Mailbox(Generic[JobT, RequestT, HintT]):
    """Three kinds of mail between one or more senders and one receiver.

    Jobs are all delivered, oldest first, and before anything else. Of requests only the newest
    is kept. A hint is work ahead of time: only the newest is kept, it is delivered when nothing
    else waits, and a request that comes after it makes it pointless and removes it.
    """

    def __init__(self) -> None:
        self._filled = threading.Condition()
        self._jobs: deque[JobT] = deque()
        self._request: RequestT | None = None
        self._hint: HintT | None = None
        self._closed = False

    def post(self, job: JobT) -> None:
        """Add a job that must be delivered; ignored once the box is closed."""
        with self._filled:
            if not self._closed:
                self._jobs.append(job)
                self._filled.notify()

    def post_once(self, job: JobT) -> None:
        """Add a job unless an equal one waits already."""
        with self._filled:
            if not self._closed and job not in self._jobs:
                self._jobs.append(job)
                self._filled.notify()

    def ask(self, request: RequestT) -> None:
        """Replace the waiting request, and drop the waiting hint."""
        with self._filled:
            if not self._closed:
                self._request = request
                self._hint = None
                self._filled.notify()

    def hint(self, hint: HintT) -> None:
        """Replace the waiting hint."""
        with self._filled:
            if not self._closed:
                self._hint = hint
                self._filled.notify()

    def superseded(self) -> bool:
        """Whether the request taken last is no longer worth finishing.

        That is so when a newer request waits or the box is closed. Cheap enough to ask between
        decode steps: it takes no lock.
        """
        return self._request is not None or self._closed

    def take(self) -> JobT | RequestT | HintT | None:
        """Wait for mail and return it; None once the box is closed and no job is left."""
        with self._filled:
            self._filled.wait_for(self._has_mail)
            if self._jobs:
                return self._jobs.popleft()
            mail: RequestT | HintT | None
            if self._request is not None:
                mail, self._request = self._request, None
            else:
                mail, self._hint = self._hint, None
            return mail

    def close(self) -> None:
        """Drop request and hint, deliver the jobs that wait, then end `take` with None."""
        with self._filled:
            self._closed = True
            self._request = None
            self._hint = None
            self._filled.notify_all()

    def _has_mail(self) -> bool:
        waiting = self._jobs or self._request is not None or self._hint is not None
        return bool(waiting) or self._closed
