"""Personalizing as a window sees it: buttons in, signals out; and learning while it rests."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from ime.errors import ImeError
from ime.personalize.idle import IdleFacts, IdleLearner, IdleRules, Sign, newest_run
from ime.personalize.power import on_mains
from ime.personalize.protocol import Answer, Cancelled, Failed, Finished, Forgotten, Progressed
from ime.personalize.report import proof_text, report_text
from ime.personalize.service import Overview, Personalizer
from ime.settings import Settings
from ime.userdb.selection_log import SelectionLog
from ime.userdb.thread import Store
from ime.values import Mark, MarkKind


class Emitter(Protocol):
    """A signal."""

    def emit(self, value: object, /) -> object:
        """Tell; may be called from any thread."""
        ...


class Bridge(Protocol):
    """The window's signals for what other threads answer."""

    @property
    def progressed(self) -> Emitter:
        """Where the work is."""
        ...

    @property
    def ended(self) -> Emitter:
        """What came of it, in words."""
        ...

    @property
    def stopped(self) -> Emitter:
        """Why it ended early; empty where the user cancelled it."""
        ...

    @property
    def surveyed(self) -> Emitter:
        """An `Overview`."""
        ...

    @property
    def refused(self) -> Emitter:
        """A message for the user."""
        ...

    @property
    def marks_read(self) -> Emitter:
        """The marks that hold."""
        ...

    @property
    def resting(self) -> Emitter:
        """What learning by itself does, the value of a `Sign`."""
        ...


BridgeT = TypeVar("BridgeT", bound=Bridge)


class WindowLearning(Generic[BridgeT]):
    """Personalizing for the window: what other threads answer goes to its bridge.

    Args:
        personalizer: does the work.
        bridge: of the window.
        store: of the selections.
        heed: lets a mark change the next list.
        adapters: folder of the versions.
        clock: seconds, from any moment on.
        wall: seconds since 1970, UTC.
    """

    def __init__(
        self,
        personalizer: Personalizer,
        bridge: BridgeT,
        store: Store,
        heed: Callable[[Mark], None],
        adapters: Path,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._personalizer = personalizer
        self.bridge = bridge
        self._store, self._heed, self._adapters = store, heed, adapters
        self._clock, self._wall = clock, wall
        self._idle = IdleLearner(
            personalizer, self._ask, on_mains, self._sign, self._heard, clock()
        )

    def follow(self, settings: Settings) -> None:
        """Learn by itself, or not, as the settings have it; never in private mode."""
        wanted = settings.personalize
        self._idle.set_rules(
            IdleRules(
                on=wanted.idle and not settings.typing.private,
                rest=60.0 * wanted.idle_minutes,
                fewest=wanted.idle_choices,
            )
        )

    def rest(self) -> None:
        """Some seconds have passed."""
        self._idle.tick(self._clock(), self._wall())

    def run(self) -> bool:
        """Learn."""
        return self._personalizer.run(self._heard)

    def forget_word(self, word: str) -> bool:
        """Forget a word."""
        return self._personalizer.forget_word(word, self._heard)

    def forget_everything(self) -> bool:
        """Forget everything."""
        return self._personalizer.forget_everything(self._heard)

    def pause(self) -> None:
        """Wait."""
        self._idle.hand_over()
        self._personalizer.pause()

    def resume(self) -> None:
        """Go on."""
        self._idle.hand_over()
        self._personalizer.resume()

    def cancel(self) -> None:
        """Stop."""
        self._personalizer.cancel()

    def typing(self) -> None:
        """A key went down."""
        self._idle.key(self._clock())
        self._personalizer.typing()

    def read_marks(self) -> None:
        """Report the marks that hold."""
        self._store.ask(SelectionLog.marks, self._marks_read, self._refused)

    def take_back(self, mark: Mark) -> None:
        """Let a mark hold no longer."""
        plain = Mark(MarkKind.PLAIN, mark.letters, mark.syllables, mark.text)
        self._heed(plain)
        self._store.mark(plain)
        self.read_marks()

    def survey(self) -> None:
        """Report how things stand."""
        self._personalizer.overview(self._surveyed, self._refused)

    def roll_back(self) -> None:
        """Use the parent of the version in use."""
        self._personalizer.roll_back(self._surveyed, self._refused)

    def use(self, name: str) -> None:
        """Use a version."""
        self._personalizer.use(name, self._surveyed, self._refused)

    def delete(self, name: str) -> None:
        """Delete a version."""
        self._personalizer.delete(name, self._surveyed, self._refused)

    def export(self, name: str, path: Path) -> None:
        """Copy a version to a file."""
        self._personalizer.export(name, path, self._surveyed, self._refused)

    def _ask(self, answer: Callable[[IdleFacts], None]) -> None:
        """What decides about learning by itself; answered on the store thread."""

        def count(log: SelectionLog) -> IdleFacts:
            last = newest_run(self._adapters)
            return IdleFacts(last, log.count(since=last))

        self._store.ask(count, answer, lambda _: answer(IdleFacts(0.0, 0)))

    def _sign(self, sign: Sign) -> None:
        self.bridge.resting.emit(sign.value)

    def _heard(self, answer: Answer) -> None:
        match answer:
            case Progressed():
                self.bridge.progressed.emit(answer)
            case Finished(report):
                self.bridge.ended.emit(report_text(report))
            case Forgotten(proof):
                self.bridge.ended.emit(proof_text(proof))
            case Cancelled():
                self.bridge.stopped.emit("")
            case Failed(message):
                self.bridge.stopped.emit(message)

    def _marks_read(self, marks: list[Mark]) -> None:
        self.bridge.marks_read.emit(marks)

    def _surveyed(self, overview: Overview) -> None:
        self.bridge.surveyed.emit(overview)

    def _refused(self, error: ImeError) -> None:
        self.bridge.refused.emit(str(error))
