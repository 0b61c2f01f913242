"""Learning while the user rests: when it starts, when it waits, when it gives up.

No clock, thread or process of its own: time and keys are told to it, and whoever owns it lets
`work` do the learning. It may be called from any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, Protocol

from ime.personalize.protocol import Answer, Failed, Finished, Progressed
from ime.personalize.report import RUNS, read_figures
from ime.personalize.supervisor import Listener

DAY: Final = 86_400.0
"""Seconds between the end of a run, by whomever, and one that starts by itself."""

GIVE_UP: Final = 1800.0
"""Seconds that a run waits for the next rest; then its memory goes back, and it is over."""

ASK_AGAIN: Final = 600.0
"""Seconds until the log is counted again, where it held too little."""


@dataclass(frozen=True, slots=True)
class IdleRules:
    """What the user wants.

    Attributes:
        on: whether learning may start by itself.
        rest: seconds without a key before it does.
        fewest: new selections that it needs.
    """

    on: bool = False
    rest: float = 300.0
    fewest: int = 200


@dataclass(frozen=True, slots=True)
class IdleFacts:
    """What decides beside the rest.

    Attributes:
        last_run: when the newest run ended, seconds since 1970, UTC; 0 before the first.
        fresh: selections since then.
    """

    last_run: float
    fresh: int


class Sign(Enum):
    """What learning by itself does."""

    NOTHING = "nothing"
    LEARNING = "learning"
    PAUSED = "paused"
    LEARNED = "learned"
    """A report waits."""


class Work(Protocol):
    """What learns, in a process of its own."""

    def run(self, listener: Listener) -> bool:
        """Start; False if something is at work already."""
        ...

    def pause(self) -> None:
        """Wait."""
        ...

    def resume(self) -> None:
        """Go on."""
        ...

    def cancel(self) -> None:
        """Stop; the listener is told when it has ended."""
        ...


class _State(Enum):
    WAITING = "waiting"
    ASKING = "asking"
    LEARNING = "learning"
    PAUSED = "paused"


class IdleLearner:
    """Starts a run when the user has rested, and pauses it the moment they type.

    Args:
        work: learns.
        ask: calls back, on any thread, with the facts of now.
        on_mains: whether the machine is on mains power.
        show: told what the status line should say.
        listener: told what a run that was started here tells.
        now: seconds, from any moment on, at which the user last typed.
    """

    def __init__(
        self,
        work: Work,
        ask: Callable[[Callable[[IdleFacts], None]], None],
        on_mains: Callable[[], bool],
        show: Callable[[Sign], None],
        listener: Listener,
        now: float,
    ) -> None:
        self._work, self._ask, self._on_mains = work, ask, on_mains
        self._show, self._listener = show, listener
        self._lock = threading.RLock()
        self._rules = IdleRules()
        self._state = _State.WAITING
        self._now = self._last_key = self._not_before = self._paused_at = now

    def set_rules(self, rules: IdleRules) -> None:
        """Change what is wanted; a run that is not wanted any more is stopped."""
        with self._lock:
            self._rules = rules
            if not rules.on and self._state in (_State.LEARNING, _State.PAUSED):
                self._work.cancel()

    def key(self, now: float) -> None:
        """A key went down; costs next to nothing where nothing is learned."""
        self._now = self._last_key = now
        if self._state is _State.WAITING:
            return
        with self._lock:
            if self._state is _State.ASKING:
                self._state = _State.WAITING
            elif self._state is _State.LEARNING:
                self._pause(now)

    def tick(self, now: float, wall: float) -> None:
        """Some time has passed.

        Args:
            now: seconds, of the clock of `key`.
            wall: seconds since 1970, UTC.
        """
        with self._lock:
            self._now = now
            rested = self._rules.on and now - self._last_key >= self._rules.rest
            match self._state:
                case _State.WAITING if rested and now >= self._not_before:
                    self._consider(wall)
                case _State.LEARNING if not self._on_mains():
                    self._pause(now)
                case _State.PAUSED if now - self._paused_at >= GIVE_UP:
                    self._work.cancel()
                case _State.PAUSED if rested and self._on_mains():
                    self._state = _State.LEARNING
                    self._work.resume()
                    self._show(Sign.LEARNING)
                case _:
                    pass

    def hand_over(self) -> None:
        """The user has taken the run into their own hands: it is paused here no more."""
        with self._lock:
            if self._state in (_State.LEARNING, _State.PAUSED):
                self._state = _State.WAITING
                self._show(Sign.NOTHING)

    def _consider(self, wall: float) -> None:
        if not self._on_mains():
            return
        self._state = _State.ASKING
        self._ask(lambda facts: self._decide(facts, wall))

    def _decide(self, facts: IdleFacts, wall: float) -> None:
        with self._lock:
            if self._state is not _State.ASKING:
                return  # a key came first
            self._state = _State.WAITING
            self._not_before = self._now + ASK_AGAIN
            # A clock that was set back must not forbid learning for ever.
            recent = 0 <= wall - facts.last_run < DAY
            if recent or facts.fresh < self._rules.fewest or not self._work.run(self._heard):
                return
            self._state = _State.LEARNING
            self._show(Sign.LEARNING)

    def _pause(self, now: float) -> None:
        self._state = _State.PAUSED
        self._paused_at = now
        self._work.pause()
        self._show(Sign.PAUSED)

    def _heard(self, answer: Answer) -> None:
        if not isinstance(answer, Progressed):
            with self._lock:
                self._end(answer)
        self._listener(answer)

    def _end(self, answer: Answer) -> None:
        self._state = _State.WAITING
        # What went wrong will go wrong again; a run that was stopped waits for its next chance.
        self._not_before = self._now + (DAY if isinstance(answer, Failed) else ASK_AGAIN)
        self._show(Sign.LEARNED if isinstance(answer, Finished) else Sign.NOTHING)


def newest_run(adapters: Path) -> float:
    """When the newest run ended, seconds since 1970, UTC; 0 where there was none.

    Args:
        adapters: folder of the versions.
    """
    try:
        runs = read_figures((adapters / RUNS).read_bytes())
    except (OSError, ValueError):
        return 0.0
    return max((run.created for run in runs), default=0.0)


# --- mains power -------------------------------------------------------------------------

SUPPLIES = Path("/sys/class/power_supply")
"""Of Linux; other systems have none, and count as on mains."""


def on_mains(supplies: Path = SUPPLIES) -> bool:
    """Whether the machine runs on mains power: all but where a battery is being emptied.

    Args:
        supplies: folder with one folder a power supply.
    """
    try:
        return not any(_discharging(supply) for supply in supplies.iterdir())
    except OSError:
        return True


def _discharging(supply: Path) -> bool:
    return (
        _word(supply / "type") == "Battery"
        and _word(supply / "scope") != "Device"  # a mouse's battery
        and _word(supply / "status") == "Discharging"
    )


def _word(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
