"""How long a key waits for its list: as long as one can still come.

Space means the hanzi, so letters committed raw because the machine was busy for a moment are
the worst answer to it. Nothing stands still meanwhile: the wait is a timer, and keys pressed
later queue behind the one that waits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ime.session.events import DEADLINE_MS

SILENT_MS = 1500  # patience with a converter that has not answered since it was given up
GIVE_UP_MS = 15_000  # the slowest key ever measured took a tenth of a second


class Timer(Protocol):
    """Calls back once, in the thread of the session."""

    def start(self, milliseconds: int, /) -> object:
        """Call back after that time; a call that was still to come is replaced."""
        ...

    def stop(self) -> object:
        """Let the call that was to come not come."""
        ...


MakeTimer = Callable[[Callable[[], object]], Timer]
"""Makes a timer, stopped, that calls what is given here."""


class Answering(Protocol):
    """What lists come from."""

    @property
    def alive(self) -> bool:
        """Whether a list can still come."""
        ...


class ListDeadline:
    """Watches over one wait at a time."""

    def __init__(
        self,
        source: Answering,
        make_timer: MakeTimer,
        overdue: Callable[[], object],
        given_up: Callable[[], object],
    ) -> None:
        """Begin with no wait.

        Args:
            source: what lists come from.
            make_timer: of the host.
            overdue: called every `DEADLINE_MS` of a wait: a list of the lower tier will do.
            given_up: called when no list will come: after `GIVE_UP_MS`, or `SILENT_MS` while
                earlier ones never came, or at the first tick where nobody is there to answer.
        """
        self._source = source
        self._overdue = overdue
        self._given_up = given_up
        self._waited = 0
        self._silent = False
        self._timer = make_timer(self._tick)

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
        self._waited += DEADLINE_MS
        limit = SILENT_MS if self._silent else GIVE_UP_MS
        if self._waited >= limit or not self._source.alive:
            self._silent = True
            self._given_up()
            return
        self._timer.start(DEADLINE_MS)
        self._overdue()
