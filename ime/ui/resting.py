"""Shows in the status line what learning by itself does, and tells it that time passes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer

from ime.ui.bars import StatusLine
from ime.ui.learning import Learning

TICK_MS = 15_000


class RestWatch(QObject):
    """Lives as long as the window.

    Args:
        learning: may learn by itself.
        status: line with the badge.
        parent: Qt owner.
    """

    def __init__(self, learning: Learning, status: StatusLine, parent: QObject) -> None:
        super().__init__(parent)
        learning.bridge.resting.connect(
            status.show_learning, Qt.ConnectionType.QueuedConnection
        )
        # Coarse: nobody waits for it, and the machine may sleep longer.
        self.timer = QTimer(self)
        self.timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self.timer.setInterval(TICK_MS)
        self.timer.timeout.connect(learning.rest)
        self.timer.start()
