"""The sheet one types on: plain text, with the preedit painted at the caret.

The preedit goes in through Qt's own input-method event, as that of a system input method
would. It is laid out with the text but is no part of the document, so undo, search and saving
never see it. Offsets here are Python's (code points); Qt counts UTF-16 units, and the two
differ behind emoji and rare hanzi: every crossing is in `_units`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDropEvent,
    QFocusEvent,
    QFont,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
)
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from ime.session.preedit import Preedit, SpanKind
from ime.texts.catalogue import say
from ime.ui.floating_preedit import FloatingPreedit, is_long
from ime.ui.theme_file import LIGHT, Theme

COLUMN = 820  # widest line of text in pixels; longer ones are hard to read
MARGIN = 28  # least room left and right of the text
LONG_PARAGRAPH = 4000  # characters; Qt lays out as many in 3 ms, a fifth of a frame
CONTEXT_CHARACTERS = 200  # left of the caret; more than the converter reads

_OWN_MENUS = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.MenuBarFocusReason)
PARAGRAPH_SEPARATOR = "\u2029"  # what Qt puts where the text has a line feed


class KeyHandler(Protocol):
    """What gets keys before the editor does; it hands back by `Editor.pass_key`."""

    def press(self, event: QKeyEvent) -> None:
        """A key went down."""
        ...

    def release(self, event: QKeyEvent) -> None:
        """A key came up."""
        ...

    @property
    def waiting(self) -> bool:
        """Whether keys wait that were pressed before now."""
        ...

    def leave(self) -> None:
        """The caret is about to go elsewhere: focus lost, a click, another document."""
        ...

    def leave_now(self) -> None:
        """The same, where it cannot wait for keys."""
        ...

    def when_settled(self, action: Callable[[], object]) -> None:
        """Act behind all keys that were pressed before."""
        ...


class Editor(QPlainTextEdit):
    """Plain text editor that asks a `KeyHandler` first.

    Signals:
        moved: the view scrolled or was resized; what hangs at the caret must follow.
        foreign_change: text or caret changed, and not through `commit` or `replace_last`.
    """

    moved = Signal()
    foreign_change = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("editor")
        self._name_parts()
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._handler: KeyHandler | None = None
        self._theme = LIGHT
        self._preedit = Preedit()
        self._floats = False
        self._ours = 0
        self._clicks: list[QMouseEvent] = []
        self.verticalScrollBar().valueChanged.connect(self.moved)
        self.cursorPositionChanged.connect(self._notice_change)
        self.document().contentsChanged.connect(self._notice_change)

    def set_handler(self, handler: KeyHandler) -> None:
        """Name who sees keys first."""
        self._handler = handler

    def dress(self, theme: Theme, font: QFont) -> None:
        """Set the colours of the preedit and the font of all text."""
        self._theme = theme
        self.setFont(font)
        self.viewport().setFont(font)  # of the placeholder, which Qt paints in the viewport's
        modified = self.document().isModified()
        self.document().setDocumentMargin(max(20, self.fontMetrics().height()))
        self.document().setModified(modified)  # Qt takes the margin for a change of the text
        if self._preedit.text and not self._floats:
            self._send(preedit_event(self._preedit, self._theme))

    def take_system_input(self, *, allowed: bool) -> None:
        """Whether the system's own input method may see keys.

        It may not while we compose Chinese, or it would eat the letters; in English mode it
        may, because dead keys and compose sequences come through it.
        """
        attribute = Qt.WidgetAttribute.WA_InputMethodEnabled
        if self.testAttribute(attribute) != allowed:  # each change resets the system's method
            self.setAttribute(attribute, allowed)

    @property
    def preedit(self) -> Preedit:
        """What is painted at the caret."""
        return self._preedit

    def show_preedit(self, preedit: Preedit) -> None:
        """Paint a composition at the caret; an empty one removes it."""
        if preedit == self._preedit:
            return
        floated, caret = self._floats, self.textCursor()
        long = is_long(caret.block(), LONG_PARAGRAPH) and not caret.hasSelection()
        self._floats = long and bool(preedit.text)
        self._preedit = preedit
        if self._floats or floated:
            self.ensureCursorVisible()
            self.viewport().update()
            return
        # Qt would paint it below the preedit: the document is still empty.
        self.setPlaceholderText("" if preedit.text else say("window.placeholder"))
        self._send(preedit_event(preedit, self._theme))

    def commit(self, text: str) -> None:
        """Put text at the caret, in place of preedit and selection; one step of undo."""
        self._preedit, self._floats = Preedit(), False
        self.setPlaceholderText(say("window.placeholder"))
        event = QInputMethodEvent("", [])
        event.setCommitString(text)
        self._send(event)

    def replace_last(self, count: int, text: str) -> None:
        """Put `text` in place of the `count` characters left of the caret."""
        cursor = self.textCursor()
        left = self.left_text(count)
        with self._our_change():
            cursor.beginEditBlock()
            begin = cursor.selectionStart() - units(left, len(left))
            cursor.setPosition(cursor.selectionEnd())
            cursor.setPosition(begin, QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(text)
            cursor.endEditBlock()
            self.setTextCursor(cursor)

    def text(self) -> str:
        """All of the text, to the character; Qt's own reading of it loses U+00A0 and U+2028."""
        return self.document().toRawText().replace(PARAGRAPH_SEPARATOR, "\n")

    def left_text(self, limit: int = CONTEXT_CHARACTERS) -> str:
        """Up to `limit` characters left of the caret or of the selection's start."""
        end = self.textCursor().selectionStart()
        cursor = QTextCursor(self.document())
        cursor.setPosition(max(0, end - 2 * limit))
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        text = cursor.selectedText().replace(PARAGRAPH_SEPARATOR, "\n")
        if text and "\udc00" <= text[0] <= "\udfff":
            text = text[1:]  # the cut went through a surrogate pair
        return text[-limit:] if limit else ""

    def preedit_line(self) -> QRect:
        """Global rectangle from where the preedit begins to the caret, as high as the line."""
        if self._floats:
            place = self._floating().place(self._caretunits())
            return QRect(self.viewport().mapToGlobal(place.topLeft()), place.size())
        caret = self.cursorRect()
        left = caret.left()
        layout = self.textCursor().block().layout()
        if self._preedit.text and layout.lineCount():
            start = layout.preeditAreaPosition()
            first = layout.lineForTextPosition(start)
            end = start + units(self._preedit.text, self._preedit.caret)
            last = layout.lineForTextPosition(end)
            x = 0.0
            if first.isValid() and last.isValid() and first.lineNumber() == last.lineNumber():
                # PySide's stubs type the pair (x, position) as a float.
                x = first.cursorToX(start)[0]  # type: ignore[index]
            block = self.textCursor().block()
            origin = self.blockBoundingGeometry(block).translated(self.contentOffset())
            left = int(origin.left() + layout.position().x() + x)
        top = self.viewport().mapToGlobal(QPoint(left, caret.top()))
        return QRect(top, QSize(caret.right() + 1 - left, caret.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the preedit over the text, where it is not laid out with it."""
        super().paintEvent(event)
        if self._floats:
            with QPainter(self.viewport()) as painter:
                painter.setPen(self.palette().text().color())
                paper = self.palette().base().color()
                floating = self._floating()
                floating.paint(painter, paper, self.viewport().width())
                if width := self.cursorWidth():
                    floating.paint_caret(painter, self._caretunits(), width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Offer the key to the handler."""
        if self._handler is None:
            super().keyPressEvent(event)
            return
        event.accept()
        self._handler.press(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Offer the key to the handler."""
        if self._handler is None:
            super().keyReleaseEvent(event)
            return
        event.accept()
        self._handler.release(event)

    def pass_key(self, event: QKeyEvent) -> None:
        """Act on a key as an editor without an input method would."""
        if event.type() == QEvent.Type.KeyPress:
            super().keyPressEvent(event)
        else:
            super().keyReleaseEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Dropped text moves the caret: settle the composition first."""
        if self._handler is not None:
            self._handler.leave_now()  # what is dropped lives only as long as the event
        super().dropEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click moves the caret: settle the composition first."""
        self._click(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """As a click."""
        self._click(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Belongs to the click before it."""
        self._drag(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Belongs to the click before it."""
        self._drag(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu acts on the document: settle the composition first."""
        if self._handler is not None and self._handler.waiting:
            copy = QContextMenuEvent(event.reason(), event.pos(), event.globalPos())
            self._handler.when_settled(lambda: super(Editor, self).contextMenuEvent(copy))
            return
        self._leave()
        super().contextMenuEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Settle the composition, unless only a menu of our own opened."""
        if event.reason() not in _OWN_MENUS:
            self._leave()
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the text in a column of a width that reads well."""
        side = max(MARGIN, (self.width() - COLUMN) // 2)
        self.setViewportMargins(side, 0, side, 0)
        super().resizeEvent(event)
        self.moved.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Say name and placeholder again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._name_parts()

    def _name_parts(self) -> None:
        self.setAccessibleName(say("window.text"))
        self.setPlaceholderText(say("window.placeholder"))

    def _click(self, event: QMouseEvent) -> None:
        """Act on a click, behind the keys that wait: they were pressed before it."""
        if self._handler is not None and self._handler.waiting and not self._clicks:
            self._clicks.append(_copy(event))
            self._handler.when_settled(self._act_on_clicks)
            return
        if not self._clicks:
            self._leave()
        self._drag(event)

    def _drag(self, event: QMouseEvent) -> None:
        if self._clicks:
            self._clicks.append(_copy(event))
        else:
            self._act_on(event)

    def _act_on_clicks(self) -> None:
        clicks, self._clicks = self._clicks, []
        for event in clicks:
            self._act_on(event)

    def _act_on(self, event: QMouseEvent) -> None:
        match event.type():
            case QEvent.Type.MouseButtonPress:
                super().mousePressEvent(event)
            case QEvent.Type.MouseButtonDblClick:
                super().mouseDoubleClickEvent(event)
            case QEvent.Type.MouseButtonRelease:
                super().mouseReleaseEvent(event)
            case _:
                super().mouseMoveEvent(event)

    def _leave(self) -> None:
        if self._handler is not None:
            self._handler.leave()

    def _send(self, event: QInputMethodEvent) -> None:
        with self._our_change():
            QApplication.sendEvent(self, event)
            self.ensureCursorVisible()

    @contextlib.contextmanager
    def _our_change(self) -> Iterator[None]:
        self._ours += 1
        try:
            yield
        finally:
            self._ours -= 1

    def _notice_change(self) -> None:
        if not self._ours:
            self.foreign_change.emit()

    def _caretunits(self) -> int:
        return units(self._preedit.text, self._preedit.caret)

    def _floating(self) -> FloatingPreedit:
        caret = self.textCursor()
        origin = self.blockBoundingGeometry(caret.block()).translated(self.contentOffset())
        formats = []
        for start, end, span in self._preedit.spans:
            shown = QTextLayout.FormatRange()
            shown.start = units(self._preedit.text, start)
            shown.length = units(self._preedit.text, end) - shown.start
            shown.format = _style(span, self._theme)
            formats.append(shown)
        bottom = self.viewport().height()
        return FloatingPreedit(caret, self._preedit.text, formats, origin.topLeft(), bottom)


def preedit_event(preedit: Preedit, theme: Theme) -> QInputMethodEvent:
    """What shows a composition in any field of Qt: its text, a line a syllable, its caret."""
    kind, text = QInputMethodEvent.AttributeType, preedit.text
    attributes = [QInputMethodEvent.Attribute(kind.Cursor, units(text, preedit.caret), 1, None)]
    for start, end, span in preedit.spans:
        first = units(text, start)
        length = units(text, end) - first
        style = _style(span, theme)
        attributes.append(QInputMethodEvent.Attribute(kind.TextFormat, first, length, style))
    return QInputMethodEvent(text, attributes)


def _style(span: SpanKind, theme: Theme) -> QTextCharFormat:
    """Hanzi look as they will stand; letters in the accent, a line below each syllable."""
    colour = QColor(theme.ink if span is SpanKind.FIXED else theme.accent)
    lines = QTextCharFormat.UnderlineStyle
    style = QTextCharFormat()
    style.setForeground(colour)
    style.setUnderlineColor(colour)
    literal = span is SpanKind.LITERAL
    style.setUnderlineStyle(lines.DotLine if literal else lines.SingleUnderline)
    return style


def _copy(event: QMouseEvent) -> QMouseEvent:
    """A copy that outlives Qt's."""
    return QMouseEvent(
        event.type(),
        event.position(),
        event.globalPosition(),
        event.button(),
        event.buttons(),
        event.modifiers(),
    )


def units(text: str, count: int) -> int:
    """UTF-16 units of the first `count` code points of `text`."""
    return count + sum(character > "\uffff" for character in text[:count])
