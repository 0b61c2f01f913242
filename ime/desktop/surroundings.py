"""What clients say of the text left of the caret, which comes late and may be out of date.

A client that has not handled a commit yet tells the text without it. Such a report would take
back what the session knows better.
"""

from __future__ import annotations

from collections.abc import Callable

from ime.session.state import CONTEXT_LIMIT

BELIEVED_SECONDS = 0.5
"""So long after a commit a report may be from before it."""


class Surroundings:
    """The newest report that can be believed.

    Attributes:
        left: text left of the caret.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """Know nothing; `clock` gives seconds from any moment on."""
        self._clock = clock
        self.left = ""
        self._committed = ""
        self._since = 0.0

    def forget(self) -> None:
        """Another text, or one changed in another way than by commits."""
        self.left = self._committed = ""

    def committed(self, text: str) -> None:
        """Text was put in; reports from before it may still come."""
        now = self._clock()
        if now - self._since > BELIEVED_SECONDS:
            self._committed = ""
        self._committed += text
        self._since = now

    def report(self, left: str, known: str) -> bool:
        """Take a report.

        Args:
            left: text left of the caret.
            known: what the session takes for it, all commits included.

        Returns:
            Whether it is news to be heeded.
        """
        left = left[-CONTEXT_LIMIT:]
        if self._is_old(left, known):
            return False
        self._committed = ""
        self.left = left
        return not (known and left == known[-CONTEXT_LIMIT:])

    def _is_old(self, left: str, known: str) -> bool:
        """Whether it is the known text without some of the newest commits."""
        recent = self._clock() - self._since <= BELIEVED_SECONDS
        if not recent or not self._committed or not known.endswith(self._committed):
            return False
        if left and left.endswith(known[-len(left) :]):
            return False
        base = known.removesuffix(self._committed)
        for taken in range(len(self._committed)):
            before = base + self._committed[:taken]
            if left[-len(before) :] == before if before else not left:
                return True
            if left and before.endswith(left):
                return True
        return False
