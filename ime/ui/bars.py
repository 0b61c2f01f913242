"""The status line at the bottom of the window, and the notice that may stand above it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from ime.session.state import Mode, SessionState

PASSING_MS = 4000
LEARNING = {
    "": "",
    "learning": "Learning",
    "paused": "Learning paused",
    "learned": "Learned: report",
}


class StatusLine(QFrame):
    """Badges for what keys mean, a passing message, and what converts.

    Signals:
        mode_clicked, width_clicked, punctuation_clicked, private_clicked, learning_clicked:
            a badge was clicked.
    """

    mode_clicked = Signal()
    width_clicked = Signal()
    punctuation_clicked = Signal()
    private_clicked = Signal()
    learning_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.mode = _badge("mode", "Chinese or English (Shift)")
        self.width_badge = _badge("width", "Half or full width (Shift+Space)")
        self.punctuation = _badge("punctuation", "Chinese or English punctuation (Ctrl+.)")
        self.private = _badge("private", "Private mode: nothing is learned or written down")
        self.private.setText("Private")
        self.private.hide()
        self.learning = _badge("learning", "Learning while you rest; it pauses when you type")
        self.learning.hide()
        self.passing = QLabel()
        self.busy = QLabel()
        self.engine = QLabel("Loading the model…")
        self.engine.setAccessibleName("Model and device")
        self.mode.clicked.connect(self.mode_clicked)
        self.width_badge.clicked.connect(self.width_clicked)
        self.punctuation.clicked.connect(self.punctuation_clicked)
        self.private.clicked.connect(self.private_clicked)
        self.learning.clicked.connect(self.learning_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 16, 5)
        row.setSpacing(4)
        for badge in (
            self.mode,
            self.punctuation,
            self.width_badge,
            self.private,
            self.learning,
        ):
            row.addWidget(badge)
        row.addSpacing(8)
        row.addWidget(self.passing, 1)
        row.addWidget(self.busy)
        row.addWidget(self.engine)
        self.passing.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(PASSING_MS)
        self._forget.timeout.connect(self.passing.clear)

    def show_state(self, state: SessionState) -> None:
        """Set the badges."""
        chinese = state.mode is Mode.CHINESE
        sign, name = ("中", "Chinese") if chinese else ("英", "English")
        if state.capitals:
            sign, name = "A", "Caps Lock"
        _set(self.mode, sign, f"Mode: {name}")
        wide = state.options.full_width
        _set(self.width_badge, "全" if wide else "半", f"Width: {'full' if wide else 'half'}")
        marks = state.options.chinese_punctuation
        named = "Chinese" if marks else "English"
        _set(self.punctuation, "。，" if marks else ".,", f"Punctuation: {named}")
        self.private.setVisible(state.options.private)

    def show_busy(self, text: str) -> None:
        """Say that a list is long in coming; empty where none is."""
        self.busy.setText(text)

    def show_learning(self, sign: str) -> None:
        """Say what learning by itself does; `sign` is a key of `LEARNING`."""
        self.learning.setText(LEARNING[sign])
        self.learning.setAccessibleName(LEARNING[sign])
        self.learning.setVisible(bool(sign))

    def note_report_seen(self) -> None:
        """The user looks at the report that the badge announced."""
        if self.learning.text() == LEARNING["learned"]:
            self.show_learning("")

    def show_engine(self, text: str, explanation: str = "") -> None:
        """Say what converts, and on hover more about it."""
        self.engine.setText(text)
        self.engine.setToolTip(explanation)

    def say(self, text: str) -> None:
        """Show a message that goes away by itself."""
        self.passing.setText(text)
        self._forget.start()


class NoticeBar(QFrame):
    """A message that stays until it is closed; further ones queue behind it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._queue: list[str] = []
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.close_button = _badge("close", "Close this notice")
        self.close_button.setText("✕")
        self.close_button.setAccessibleName("Close this notice")
        self.close_button.clicked.connect(self._next)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 12, 8)
        row.addWidget(self.label, 1)
        row.addWidget(self.close_button)
        self.hide()

    @property
    def messages(self) -> tuple[str, ...]:
        """What is shown, then what waits."""
        return tuple(self._queue)

    @property
    def text(self) -> str:
        """What is shown; empty when nothing is."""
        return self._queue[0] if self._queue else ""

    def add(self, message: str) -> None:
        """Show a message, or queue it; one that is there already is not repeated."""
        if message not in self._queue:
            self._queue.append(message)
        self._show()

    def _next(self) -> None:
        del self._queue[:1]
        self._show()

    def _show(self) -> None:
        self.label.setText(self.text)
        self.label.setAccessibleName(self.text)
        self.setVisible(bool(self._queue))


def _badge(name: str, explanation: str) -> QToolButton:
    badge = QToolButton()
    badge.setObjectName(name)
    badge.setToolTip(explanation)
    # A click must not take the keyboard from the editor: it would end the composition.
    badge.setFocusPolicy(badge.focusPolicy().NoFocus)
    return badge


def _set(badge: QToolButton, sign: str, name: str) -> None:
    badge.setText(sign)
    badge.setAccessibleName(name)
