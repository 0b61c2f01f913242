"""Brings what other threads report to the UI thread, by queued signals, and what time tells.

The methods of the bridges may be called from any thread; connect to the signals queued.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ime.errors import ImeError
from ime.ports import Converter
from ime.values import CandidateList

REST_MS = 15_000


class Bridge(QObject):
    """Satisfies the decode thread's listener and the store's callbacks.

    Signals:
        list_arrived: a `CandidateList`.
        converter_opened: the `Converter`, and whether a better one follows.
        converter_failed: a message for the user.
        noticed: a message for the user.
        counted: how many selections are logged.
    """

    list_arrived = Signal(object)
    converter_opened = Signal(object, bool)
    converter_failed = Signal(str)
    noticed = Signal(str)
    counted = Signal(int)

    def opened(self, converter: Converter, *, better_follows: bool) -> None:
        """A converter is ready."""
        self.converter_opened.emit(converter, better_follows)

    def listed(self, answer: CandidateList) -> None:
        """A request has its list."""
        self.list_arrived.emit(answer)

    def failed(self, error: ImeError) -> None:
        """Opening or converting failed."""
        self.converter_failed.emit(str(error))

    def notice(self, message: str) -> None:
        """Something the user should read."""
        self.noticed.emit(message)

    def count(self, selections: int) -> None:
        """How many selections are logged."""
        self.counted.emit(selections)


class LearningBridge(QObject):
    """What learning reports; it emits the signals itself.

    Signals:
        progressed: a `Stage`.
        ended: whether the model changed or was judged, and a text for the user.
        stopped: why the work ended early; empty where the user cancelled it.
        surveyed: an `Overview`.
        refused: a message for the user.
        marks_read: the `Mark`s that hold, oldest first.
        resting: what learning while the user rests does, as in `RESTING`.
    """

    progressed = Signal(object)
    ended = Signal(str)
    stopped = Signal(str)
    surveyed = Signal(object)
    refused = Signal(str)
    marks_read = Signal(object)
    resting = Signal(str)


def rest_timer(rest: Callable[[], object], parent: QObject) -> QTimer:
    """A running timer that tells `rest` now and then that time has passed.

    Args:
        rest: begins to learn where the user has rested for long enough.
        parent: Qt owner.
    """
    timer = QTimer(parent)
    # Coarse: nobody waits for it, and the machine may sleep longer.
    timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
    timer.timeout.connect(rest)
    timer.start(REST_MS)
    return timer
