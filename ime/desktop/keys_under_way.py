"""Keys that the client waits for an answer to, in their order.

An answer may wait until the list of the key has come, but not for long: while it waits, the
client shows nothing. A key that was answered as ours and turns out not to be is put in as text,
or sent on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ime.session.keys import Key, KeyEvent
from ime.session.list_deadline import MakeTimer

HOLD_MS = 250
"""How long an answer may wait where the client waits longer: they give up after seconds."""


class Sink(Protocol):
    """Where keys go that were answered before they turned out not to be ours."""

    def insert(self, text: str) -> None:
        """Put text in."""
        ...

    def send_key(self, symbol: int, code: int, mask: int) -> None:
        """Press and release a key in the client."""
        ...


@dataclass(slots=True, eq=False)
class _Given:
    """A key that the context has."""

    key: KeyEvent
    symbol: int
    code: int
    mask: int
    answer: Callable[[bool], None]
    at: float
    answered: bool = False
    waited: bool = False


class KeysUnderWay:
    """Answers keys in the order in which they came."""

    def __init__(
        self, sink: Sink, make_timer: MakeTimer, clock: Callable[[], float], hold_ms: int
    ) -> None:
        """Begin with none.

        Args:
            sink: takes what was answered too early.
            make_timer: of the loop.
            clock: seconds from any moment on.
            hold_ms: how long an answer may wait.
        """
        self._sink, self._clock, self._hold_ms = sink, clock, hold_ms
        self._given: deque[_Given] = deque()
        self._overdue = make_timer(self._answer_overdue)

    def add(
        self, key: KeyEvent, symbol: int, code: int, mask: int, answer: Callable[[bool], None]
    ) -> None:
        """A key is about to be given to the context; it must be an object of its own."""
        self._given.append(_Given(key, symbol, code, mask, answer, self._clock()))

    def pass_on(self, key: KeyEvent) -> None:
        """The context leaves a key to the client."""
        if not any(one.key is key for one in self._given):
            return  # nobody's: a release, or one of our own making
        while (one := self._given.popleft()).key is not key:
            self._answer(one, taken=True)
        text = " " if key.key is Key.SPACE else key.text
        if not one.answered and not one.waited:
            self._answer(one, taken=False)
        elif text and not key.is_shortcut:
            # What follows it is under way as text, too, and must not overtake it.
            self._answer(one, taken=True)
            self._sink.insert(text)
        elif one.answered:
            self._sink.send_key(one.symbol, one.code, one.mask)
        else:
            self._answer(one, taken=False)

    def settle(self, waiting: Sequence[KeyEvent]) -> None:
        """Answer all keys but those that wait in the context."""
        held = {id(key) for key in waiting}
        while self._given and id(self._given[0].key) not in held:
            self._answer(self._given.popleft(), taken=True)
        for one in self._given:
            one.waited = True
        self._watch()

    def give_up(self) -> None:
        """The context drops its keys: they are nobody's any longer."""
        while self._given:
            self._answer(self._given.popleft(), taken=True)
        self._overdue.stop()

    def _answer(self, one: _Given, *, taken: bool) -> None:
        if not one.answered:
            one.answered = True
            one.answer(taken)

    def _watch(self) -> None:
        first = next((one for one in self._given if not one.answered), None)
        if first is None:
            self._overdue.stop()
            return
        left = self._hold_ms - (self._clock() - first.at) * 1000
        self._overdue.start(max(0, round(left)))

    def _answer_overdue(self) -> None:
        over = self._clock() - self._hold_ms / 1000 + 0.001
        for one in self._given:
            if one.at <= over:
                self._answer(one, taken=True)
        self._watch()
