"""Brings what other threads report to the UI thread, by queued signals."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ime.errors import ImeError, Message
from ime.personalize.facade import News
from ime.ports import Converter
from ime.values import CandidateList


class Bridge(QObject):
    """Satisfies the decode thread's listener and the store's callbacks.

    The methods may be called from any thread; connect to the signals with a queued connection.

    Signals:
        list_arrived: a `CandidateList`.
        converter_opened: the `Converter`, and whether a better one follows.
        converter_failed: a message for the user.
        noticed: a message for the user.
        counted: how many selections are logged.
        learning_told: `News` of learning.
    """

    list_arrived = Signal(object)
    converter_opened = Signal(object, bool)
    converter_failed = Signal(object)
    noticed = Signal(object)
    counted = Signal(int)
    learning_told = Signal(object)

    def opened(self, converter: Converter, *, better_follows: bool) -> None:
        """A converter is ready."""
        self.converter_opened.emit(converter, better_follows)

    def listed(self, answer: CandidateList) -> None:
        """A request has its list."""
        self.list_arrived.emit(answer)

    def failed(self, error: ImeError) -> None:
        """Opening or converting failed."""
        self.converter_failed.emit(error.told)

    def notice(self, message: str | Message) -> None:
        """Something the user should read."""
        self.noticed.emit(message)

    def tell_learning(self, news: News) -> None:
        """Something about learning."""
        self.learning_told.emit(news)

    def count(self, selections: int) -> None:
        """How many selections are logged."""
        self.counted.emit(selections)
