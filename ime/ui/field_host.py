"""Fields of dialogs as hosts of an input context: they take hanzi as the editor does.

No other input method reaches the window's process, so one context serves whichever field has
the focus, in the bar that finds text, in dialogs and in Qt's own. What is typed there teaches
nothing. Fields that want Latin letters say so by Qt's input-method hints and are left alone.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QFont, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from shiboken6 import isValid

from ime.ports import Decoder
from ime.session.input_context import InputContext, Notice
from ime.session.keys import MODIFIER_KEYS, KeyEvent
from ime.session.preedit import Preedit
from ime.session.state import SessionOptions, SessionState
from ime.ui.candidate_panel import CandidatePanel
from ime.ui.editor import Editor, preedit_event, units
from ime.ui.editor_host import copy_of, make_timer
from ime.ui.qt_keys import key_event
from ime.ui.theme_file import LIGHT, Theme
from ime.values import CandidateList, Commit, DecodeRequest, LeftContext, Mark

_FIRST_REVISION = 1 << 40  # the editor's context counts from 0, and never gets there
_HINT = Qt.InputMethodHint
_LATIN = (
    _HINT.ImhLatinOnly
    | _HINT.ImhDigitsOnly
    | _HINT.ImhFormattedNumbersOnly
    | _HINT.ImhHiddenText
    | _HINT.ImhSensitiveData
)


class _Converts(Protocol):
    """The part of a decoder that a field needs."""

    @property
    def alive(self) -> bool: ...

    def convert(self, request: DecodeRequest) -> None: ...

    def prepare(self, context: LeftContext) -> None: ...


class _Untaught:
    """A decoder that learns nothing, and a journal that keeps nothing.

    Its revisions are not the editor's, so that each answer finds its way back.
    """

    def __init__(self, decoder: _Converts) -> None:
        self._decoder = decoder

    @property
    def alive(self) -> bool:
        return self._decoder.alive

    def convert(self, request: DecodeRequest) -> None:
        self._decoder.convert(replace(request, revision=request.revision + _FIRST_REVISION))

    def prepare(self, context: LeftContext) -> None:
        self._decoder.prepare(context)

    def learn(self, commit: Commit) -> None:
        pass

    def append(self, commit: Commit) -> None:
        pass

    def retract(self, commit_id: int) -> None:
        pass

    def mark(self, mark: Mark) -> None:
        pass


class FieldHost(QObject):
    """Follows the focus of the application, and types into the field that has it.

    Attributes:
        context: what is composed in the field.
        panel: candidates beside the field; None while no field has the focus.
    """

    def __init__(self, decoder: Decoder, options: SessionOptions, parent: QObject) -> None:
        super().__init__(parent)
        untaught = _Untaught(decoder)
        self._field: QWidget | None = None
        self._given: dict[int, tuple[KeyEvent, QKeyEvent]] = {}
        self._pressed: KeyEvent | None = None
        self._passing = False
        self._preedit = Preedit()
        self._theme, self._font, self._vertical = LIGHT, QFont(), False
        self.panel: CandidatePanel | None = None
        private = replace(options, private=True)
        self.context = InputContext(
            self, untaught, untaught, private, partial(make_timer, self)
        )
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def set_options(self, options: SessionOptions) -> None:
        """Follow the user's switches; nothing is learned, whatever they say."""
        self.context.set_options(replace(options, private=True))

    def dress(self, theme: Theme, font: QFont, *, vertical: bool) -> None:
        """Set the colours, the candidates' font and the direction."""
        self._theme, self._font, self._vertical = theme, font, vertical

    def list_arrived(self, answer: CandidateList) -> bool:
        """The decode thread answered; returns whether it answered a field."""
        if answer.revision < _FIRST_REVISION:
            return False
        self.context.list_arrived(replace(answer, revision=answer.revision - _FIRST_REVISION))
        return True

    # --- the focus -------------------------------------------------------------------------

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        if self._field is not None and new is not self._field:
            self._let_go()
        if new is not None and new is not self._field and _takes_hanzi(new):
            self._field = new
            new.installEventFilter(self)
            self.panel = CandidatePanel(new.window())
            self.panel.dress(self._theme, self._font, vertical=self._vertical)
            self.panel.picked.connect(self.context.pick)
            self.panel.turned.connect(self.context.turn)
            self.context.reset(LeftContext(self.left_text()))

    def _let_go(self) -> None:
        """Put what is composed into the field as it stands, if there still is one."""
        if self._field is not None and isValid(self._field):
            self.context.leave_now()
            self._field.removeEventFilter(self)
        self._field = None
        self._preedit = Preedit()
        self._given.clear()
        self.context.reset()
        if self.panel is not None and isValid(self.panel):
            self.panel.hide()
            self.panel.deleteLater()
        self.panel = None

    # --- from the field --------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the field; what its context leaves to it goes on."""
        if watched is not self._field or self._passing:
            return False
        kind = event.type()
        if kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            return isinstance(event, QKeyEvent) and self._take(event)
        if kind == QEvent.Type.MouseButtonPress:
            self.context.leave_now()
        return False

    def _take(self, event: QKeyEvent) -> bool:
        """Give a key to the context; returns whether the field must not see it now."""
        key = key_event(event)
        if key.key in MODIFIER_KEYS and event.isAutoRepeat():
            return False
        if not self.context.state.composing and not self.context.state.waiting:
            self.context.surroundings_changed()
        self._given[id(key)] = (key, copy_of(event))  # with the key, whose id would be reused
        self._pressed = key
        self.context.process_key(key, event.timestamp())
        passed, self._pressed = self._pressed is None, None
        if not self.context.state.waiting:
            self._given.clear()
        return not passed

    # --- what the input context asks -------------------------------------------------------

    def commit(self, commit: Commit) -> None:
        """Put text at the caret."""
        self._insert(commit.text)

    def replace_last(self, count: int, text: str) -> None:
        """Put text in place of what stands left of the caret."""
        left = self.left_text()[-count:] if count else ""
        self._insert(text, before=units(left, len(left)))

    def _insert(self, text: str, before: int = 0) -> None:
        self._preedit = Preedit()
        event = QInputMethodEvent("", [])
        event.setCommitString(text, -before, before)
        self._send(event)

    def forward(self, key: KeyEvent) -> None:
        """Leave a key to the field: at once by passing it on, later by sending it again."""
        given = self._given.pop(id(key), None)
        if self._field is None or given is None:
            return
        if key.pressed and key.key not in MODIFIER_KEYS:
            self._show_preedit(Preedit())
        if key is self._pressed:
            self._pressed = None
            return
        self._passing = True
        try:
            QApplication.sendEvent(self._field, given[1])
        finally:
            self._passing = False

    def left_text(self) -> str:
        """The text left of the caret."""
        if self._field is None:
            return ""
        text = self._field.inputMethodQuery(Qt.InputMethodQuery.ImSurroundingText)
        caret = self._field.inputMethodQuery(Qt.InputMethodQuery.ImCursorPosition)
        encoded = str(text or "").encode("utf-16-le")[: 2 * int(caret or 0)]
        return encoded.decode("utf-16-le", "ignore")

    def show(self, state: SessionState, *, busy: bool) -> None:
        """Paint the preedit in the field, and the candidates below it."""
        if self._field is None or self.panel is None:
            return
        self._show_preedit(state.preedit)
        if state.page is not None and state.page.items:
            self.panel.show_page(state.page)
            self.panel.place_at(self._line())
        else:
            self.panel.hide()

    def tell(self, notice: Notice) -> None:
        """A field has no place to say anything."""

    def _show_preedit(self, preedit: Preedit) -> None:
        if preedit != self._preedit:
            self._preedit = preedit
            self._send(preedit_event(preedit, self._theme))

    def _send(self, event: QInputMethodEvent) -> None:
        if self._field is not None:
            QApplication.sendEvent(self._field, event)

    def _line(self) -> QRect:
        """Global rectangle from where the preedit begins to the caret."""
        if self._field is None:
            return QRect()
        caret = self._field.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
        place = caret if isinstance(caret, QRect) else QRect(caret.toRect())
        before = self._preedit.text[: self._preedit.caret]
        width = self._field.fontMetrics().horizontalAdvance(before)
        line = place.adjusted(-width, 0, 0, 0)
        return QRect(self._field.mapToGlobal(QPoint(line.left(), line.top())), line.size())


def _takes_hanzi(widget: QWidget) -> bool:
    """Whether hanzi may be typed into a widget, and Moyin is not asked for them elsewhere."""
    if isinstance(widget, Editor) or not isinstance(widget, QLineEdit | QPlainTextEdit):
        return False
    if widget.isReadOnly() or widget.inputMethodHints() & _LATIN:
        return False
    if isinstance(widget, QLineEdit) and widget.echoMode() is not QLineEdit.EchoMode.Normal:
        return False
    # Cells of tables are edited by their readings.
    parent = widget.parentWidget()
    return parent is None or not isinstance(parent.parentWidget(), QAbstractItemView)
