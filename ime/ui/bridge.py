"""Brings what other threads report to the UI thread, by queued signals."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ime.errors import ImeError
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
