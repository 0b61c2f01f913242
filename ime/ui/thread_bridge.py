"""Brings what other threads report to the UI thread, by queued signals, and what time tells.

The methods of the bridge may be called from any thread; connect to the signals queued.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ime.errors import ImeError, Message
from ime.personalize.facade import News
from ime.ports import Converter
from ime.settings import Settings
from ime.values import Candidate, CandidateList, LeftContext, Repair, Shares

REST_MS = 15_000


class Bridge(QObject):
    """Satisfies the decode thread's listener and the store's callbacks.

    Signals:
        list_arrived: a `CandidateList`.
        offers_arrived: a `LeftContext`, and the candidates that may follow it.
        repairs_arrived: a `LeftContext`, and the repairs of its end.
        shares_arrived: a `Candidate`, and its `Shares` or None.
        converter_opened: the `Converter`, and whether a better one follows.
        converter_failed: a message for the user.
        noticed: a message for the user.
        counted: how many selections are logged.
        learning_told: `News` of learning.
        settings_told: `Settings` that another process wrote.
    """

    list_arrived = Signal(object)
    offers_arrived = Signal(object, object)
    repairs_arrived = Signal(object, object)
    shares_arrived = Signal(object, object)
    converter_opened = Signal(object, bool)
    converter_failed = Signal(object)
    noticed = Signal(object)
    counted = Signal(int)
    learning_told = Signal(object)
    settings_told = Signal(object)

    def opened(self, converter: Converter, *, better_follows: bool) -> None:
        """A converter is ready."""
        self.converter_opened.emit(converter, better_follows)

    def listed(self, answer: CandidateList) -> None:
        """A request has its list."""
        self.list_arrived.emit(answer)

    def offered(self, context: LeftContext, items: Sequence[Candidate]) -> None:
        """What may follow a text."""
        self.offers_arrived.emit(context, items)

    def repaired(self, context: LeftContext, repairs: Sequence[Repair]) -> None:
        """What the end of a text should have been."""
        self.repairs_arrived.emit(context, repairs)

    def explained(self, item: Candidate, shares: Shares | None) -> None:
        """What a score is made of."""
        self.shares_arrived.emit(item, shares)

    def failed(self, error: ImeError) -> None:
        """Opening or converting failed."""
        self.converter_failed.emit(error.told)

    def notice(self, message: str | Message) -> None:
        """Something the user should read."""
        self.noticed.emit(message)

    def tell_learning(self, news: News) -> None:
        """Something about learning."""
        self.learning_told.emit(news)

    def tell_settings(self, settings: Settings) -> None:
        """Another process changed the settings."""
        self.settings_told.emit(settings)

    def count(self, selections: int) -> None:
        """How many selections are logged."""
        self.counted.emit(selections)


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
