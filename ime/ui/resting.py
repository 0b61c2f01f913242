"""Tells learning by itself that time passes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer

from ime.personalize.facade import Personalizer

TICK_MS = 15_000


class RestWatch(QObject):
    """Lives as long as the window.

    Args:
        learning: may learn by itself.
        parent: Qt owner.
    """

    def __init__(self, learning: Personalizer, parent: QObject) -> None:
        super().__init__(parent)
        # Coarse: nobody waits for it, and the machine may sleep longer.
        self.timer = QTimer(self)
        self.timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self.timer.setInterval(TICK_MS)
        self.timer.timeout.connect(learning.rest)
        self.timer.start()
