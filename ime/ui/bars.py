"""The status line at the bottom of the window, and the notice that may stand above it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from ime.errors import Message
from ime.personalize.idle import Sign
from ime.session.state import Mode, SessionState
from ime.settings import SCHEMES
from ime.texts.catalogue import told
from ime.ui.announce import SpokenLabel, announce
from ime.ui.language import Wording

PASSING_MS = 4000


class StatusLine(QFrame):
    """Badges for what keys mean, a passing message, and what converts.

    Signals:
        mode_clicked, width_clicked, punctuation_clicked, script_clicked, scheme_clicked,
            private_clicked, learning_clicked: a badge was clicked.
    """

    mode_clicked = Signal()
    width_clicked = Signal()
    punctuation_clicked = Signal()
    script_clicked = Signal()
    scheme_clicked = Signal()
    private_clicked = Signal()
    learning_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self._wording = Wording()
        self._learning = Sign.NOTHING
        self.mode = _badge("mode")
        self.width_badge = _badge("width")
        self.punctuation = _badge("punctuation")
        self.script = _badge("script")
        self.scheme = _badge("scheme")
        self.private = _badge("private")
        self.learning = _badge("learning")
        self.passing = SpokenLabel()
        self.busy = QLabel()
        self.engine = QLabel()
        self._name_parts()
        self.mode.clicked.connect(self.mode_clicked)
        self.width_badge.clicked.connect(self.width_clicked)
        self.punctuation.clicked.connect(self.punctuation_clicked)
        self.script.clicked.connect(self.script_clicked)
        self.scheme.clicked.connect(self.scheme_clicked)
        self.private.clicked.connect(self.private_clicked)
        self.learning.clicked.connect(self.learning_clicked)
        self._lay_out()
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(PASSING_MS)
        self._forget.timeout.connect(self.passing.clear)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 16, 5)
        row.setSpacing(4)
        for badge in (
            self.mode,
            self.punctuation,
            self.width_badge,
            self.script,
            self.scheme,
            self.private,
            self.learning,
        ):
            row.addWidget(badge)
            badge.setHidden(badge in (self.scheme, self.private, self.learning))
        row.addSpacing(8)
        row.addWidget(self.passing, 1)
        row.addWidget(self.busy)
        row.addSpacing(12)
        row.addWidget(self.engine)
        self.passing.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _name_parts(self) -> None:
        say = self._wording
        say(self.mode.setToolTip, "status.mode_tip")
        say(self.width_badge.setToolTip, "status.width_tip")
        say(self.punctuation.setToolTip, "status.punctuation_tip")
        say(self.script.setToolTip, "status.script_tip")
        say(self.private.setText, "status.private")
        say(self.private.setToolTip, "status.private_tip")
        say(self.learning.setToolTip, "status.learning_tip")
        say(self.engine.setAccessibleName, "engine.label")
        say(self.engine.setText, "window.loading")

    def show_state(self, state: SessionState) -> None:
        """Set the badges."""
        chinese = state.mode is Mode.CHINESE
        sign, name = ("中", "status.mode.chinese") if chinese else ("英", "status.mode.english")
        if state.capitals:
            sign, name = "A", "status.mode.capitals"
        self._set(self.mode, sign, name)
        wide = state.options.full_width
        name = "status.width.full" if wide else "status.width.half"
        self._set(self.width_badge, "全" if wide else "半", name)
        marks = state.options.chinese_punctuation and chinese
        name = "status.punctuation.chinese" if marks else "status.punctuation.english"
        self._set(self.punctuation, "。，" if marks else ".,", name)
        old = state.options.traditional
        name = "status.script.traditional" if old else "status.script.simplified"
        self._set(self.script, "繁" if old else "简", name)
        self.private.setVisible(state.options.private)

    def show_scheme(self, scheme: str) -> None:
        """Say that two keys are a syllable, and by which scheme; full pinyin has no sign."""
        name = scheme if scheme in SCHEMES else "own"
        tip = Message.of("status.scheme_tip", scheme=Message(f"settings.scheme.{name}"))
        self.scheme.setText("双")
        self._wording.tell(self.scheme.setToolTip, tip)
        self._wording.tell(self.scheme.setAccessibleName, tip)
        self.scheme.setVisible(scheme != "full")

    def show_busy(self, *, busy: bool) -> None:
        """Say that a list is long in coming, or that none is."""
        if busy:
            self._wording(self.busy.setText, "window.converting")
        else:
            self._wording.clear(self.busy.setText)

    def show_learning(self, sign: Sign) -> None:
        """Say what learning by itself does."""
        self._learning = sign
        if sign is not Sign.NOTHING:
            self._wording(self.learning.setText, f"status.learning.{sign.value}")
            self._wording(self.learning.setAccessibleName, f"status.learning.{sign.value}")
        self.learning.setVisible(sign is not Sign.NOTHING)

    def note_report_seen(self) -> None:
        """The user looks at the report that the badge announced."""
        if self._learning is Sign.LEARNED:
            self.show_learning(Sign.NOTHING)

    def show_engine(self, state: str | Message, details: str | Message = "") -> None:
        """Say whether it is ready, and on hover what converts."""
        self._wording.tell(self.engine.setText, state)
        self._wording.tell(self.engine.setToolTip, details)

    def say(self, text: str) -> None:
        """Show a message that goes away by itself."""
        self.passing.setText(text)
        self._forget.start()

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._wording.say_again()

    def _set(self, badge: QToolButton, sign: str, name: str) -> None:
        other = badge.text() not in ("", sign)
        badge.setText(sign)
        self._wording(badge.setAccessibleName, name)
        if other:
            announce(badge, badge.accessibleName())


class NoticeBar(QFrame):
    """A message that stays until it is closed; further ones queue behind it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._queue: list[str | Message] = []
        self._wording = Wording()
        self.label = SpokenLabel()
        self.label.setWordWrap(True)
        self.close_button = _badge("close")
        self.close_button.setText("✕")
        self._wording(self.close_button.setToolTip, "status.close_notice")
        self._wording(self.close_button.setAccessibleName, "status.close_notice")
        self.close_button.clicked.connect(self._next)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 12, 8)
        row.addWidget(self.label, 1)
        row.addWidget(self.close_button)
        self.hide()

    @property
    def messages(self) -> tuple[str, ...]:
        """What is shown, then what waits."""
        return tuple(map(told, self._queue))

    @property
    def text(self) -> str:
        """What is shown; empty when nothing is."""
        return told(self._queue[0]) if self._queue else ""

    def add(self, message: str | Message) -> None:
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

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._wording.say_again()
            self._show()


def _badge(name: str) -> QToolButton:
    badge = QToolButton()
    badge.setObjectName(name)
    # A click must not take the keyboard from the editor: it would end the composition.
    badge.setFocusPolicy(badge.focusPolicy().NoFocus)
    return badge
