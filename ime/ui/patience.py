"""How long a key waits for its list: as long as one can still come.

Space means the hanzi, so letters committed raw because the machine was busy for a moment are
the worst answer to it. Nothing stands still meanwhile: the wait is a timer, and keys pressed
later queue behind the one that waits.
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from ime.session.events import DEADLINE_MS

TELL_MS = 1500  # a wait that the user begins to wonder about
GIVE_UP_MS = 15_000  # the slowest key ever measured took a tenth of a second


class Answering(Protocol):
    """What lists come from."""

    @property
    def alive(self) -> bool:
        """Whether a list can still come."""
        ...


class Patience(QObject):
    """Watches over one wait at a time.

    Signals:
        overdue: every `DEADLINE_MS` of a wait: a list of the lower tier will do.
        delayed: once in a wait that takes `TELL_MS`.
        given_up: no list will come; after `GIVE_UP_MS`, or `TELL_MS` while earlier ones never
            came, or at once where nobody is there to answer.
    """

    overdue = Signal()
    delayed = Signal()
    given_up = Signal()

    def __init__(self, source: Answering, parent: QObject) -> None:
        super().__init__(parent)
        self._source = source
        self._waited = 0
        self._silent = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """A wait begins."""
        self._waited = 0
        self._timer.start(DEADLINE_MS)

    def stop(self) -> None:
        """The wait is over."""
        self._timer.stop()

    def answered(self) -> None:
        """A list came, whichever: the converter works."""
        self._silent = False

    def _tick(self) -> None:
        # Ticks are counted, not the clock: a machine that was asleep has waited for nothing.
        told = self._waited >= TELL_MS
        self._waited += self._timer.interval()
        limit = TELL_MS if self._silent else GIVE_UP_MS
        if self._waited >= limit or not self._source.alive:
            self._timer.stop()
            self._silent = True
            self.given_up.emit()
            return
        if self._waited >= TELL_MS and not told:
            self.delayed.emit()
        self.overdue.emit()
