"""Waiting for what comes over a connection to D-Bus."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

WAIT_SECONDS = 20.0


class BusListener:
    """Takes messages as they come.

    Args:
        bus: open.
    """

    def __init__(self, bus: DBusConnection) -> None:
        self._bus = bus

    def look(self, seconds: float = 0.0) -> None:
        """Take what has come, for so long."""
        over = time.monotonic() + seconds
        while True:
            try:
                self._take(self._bus.receive(timeout=max(0.0, over - time.monotonic())))
            except TimeoutError:
                return

    def await_(self, found: Callable[[], bool]) -> None:
        """Take what comes until something is true."""
        over = time.monotonic() + WAIT_SECONDS
        while not found():
            assert time.monotonic() < over, f"in vain: {vars(self)}"
            self.look(0.05)

    def _take(self, message: Message) -> None:
        raise NotImplementedError
