"""One candidate of the panel, and the panel's page arrows."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QCursor,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from ime.texts.catalogue import say
from ime.ui.theme_file import LIGHT, Theme
from ime.values import Candidate, Source

SIDE = 9  # left and right of a cell's content
RISE = 5  # above and below it
SPACE = 5  # between digit, text and mark
SMALL = 0.72  # size of the digit as a share of the text's
DOT = 4  # mark of a word the user made
HEAD, NEEDLE = 6, 6  # of the pin behind what is pinned: width of its head, length of the rest


class CandidateCell(QAbstractButton):
    """Digit and text; a click selects, the right button offers more.

    Signals:
        pin_asked: the candidate is to be pinned, or released.
        forget_asked: it is to be forgotten.
        why_asked: what speaks for it is to be shown.
        erase_asked: all of it is to be forgotten, with proof; carries the text.
    """

    pin_asked = Signal()
    forget_asked = Signal()
    why_asked = Signal()
    erase_asked = Signal(str)

    def __init__(self, parent: QWidget, index: int) -> None:
        """Args: parent: the panel; index: place on the page from 0."""
        super().__init__(parent)
        self._index = index
        self._candidate: Candidate | None = None
        self._highlighted = self._source_marks = self._doubts = False
        self._theme = LIGHT
        self._small = self.font()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def text_left(self) -> int:
        """Pixels from the cell's left edge to its text."""
        return SIDE + QFontMetrics(self._small).horizontalAdvance("0") + SPACE

    def dress(
        self, theme: Theme, font: QFont, *, source_marks: bool = False, doubts: bool = False
    ) -> None:
        """Set colours, the text's font, and what is marked.

        Args:
            theme: colours.
            font: of the text.
            source_marks: the small print says where the candidate comes from.
            doubts: doubtful characters are underlined.
        """
        self._theme = theme
        self._source_marks, self._doubts = source_marks, doubts
        self.setFont(font)
        self._small = QFont(font)
        self._small.setPointSizeF(max(7.0, font.pointSizeF() * SMALL))
        self.update()

    def show_candidate(self, candidate: Candidate, *, highlighted: bool) -> None:
        """Set what the cell shows."""
        self._candidate = candidate
        self._highlighted = highlighted
        self.setAccessibleName(f"{self._index + 1} {candidate.text}")
        source = say(f"why.source.{candidate.source.value}") if self._source_marks else ""
        described = (" ".join(candidate.syllables), candidate.comment, source)
        self.setAccessibleDescription(" ".join(filter(None, described)))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the whole text; the panel may give less."""
        width = self.text_left + math.ceil(self._advance(self._text())) + SIDE
        if mark := self._mark_width():
            width += SPACE + mark
        if comment := self._comment():
            width += SPACE + QFontMetrics(self._small).horizontalAdvance(comment)
        return QSize(width, self.fontMetrics().height() + 2 * RISE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pill, and digit and text on one base line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink, quiet = self._paint_ground(painter)
        base = RISE + self.fontMetrics().ascent()
        text = self._text()
        painter.setFont(self._small)
        painter.setPen(quiet)
        painter.drawText(SIDE, base, str(self._index + 1))
        mark = self._mark_width()
        tail = SPACE + mark if mark else 0
        comment = self._comment()
        if comment:
            tail += SPACE + QFontMetrics(self._small).horizontalAdvance(comment)
        room = self.width() - self.text_left - tail - SIDE
        shown = text
        if self._advance(text) > room:
            shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room)
        self.setToolTip(text if shown != text else "")
        painter.setFont(self.font())
        painter.setPen(ink)
        painter.drawText(self.text_left, base, shown)
        if shown == text:
            self._underline(painter, base)
        if comment:
            left = self.text_left + math.ceil(self._advance(shown)) + tail
            left -= QFontMetrics(self._small).horizontalAdvance(comment)
            painter.setFont(self._small)
            painter.setPen(quiet)
            painter.drawText(left, base, comment)
        if mark:
            right = self.text_left + math.ceil(self._advance(shown)) + SPACE
            self._paint_mark(painter, right, quiet)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the candidate besides choosing it."""
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """The menu of the right button; it is deleted when it closes."""
        candidate = self._candidate
        text = candidate.text if candidate else ""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.aboutToHide.connect(self._look_for_mouse)
        if candidate is not None and candidate.syllables:
            pinned = candidate.source is Source.PINNED
            pin = menu.addAction(say("panel.release" if pinned else "panel.pin"))
            pin.triggered.connect(self.pin_asked)
            _hint(pin, f"Ctrl+{self._index + 1}")
            forget = menu.addAction(say("panel.forget"))
            forget.triggered.connect(self.forget_asked)
            _hint(forget, "Ctrl+Del" if self._highlighted else "")
            erase = menu.addAction(say("panel.erase"))
            erase.triggered.connect(lambda: self.erase_asked.emit(text))
            menu.addSeparator()
        why = menu.addAction(say("why.menu"))
        why.triggered.connect(self.why_asked)
        copy = menu.addAction(say("panel.copy"))
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(text))
        return menu

    def _look_for_mouse(self) -> None:
        """Notice that the mouse went while a menu had it: Qt tells nobody of that."""
        here = self.rect().contains(self.mapFromGlobal(QCursor.pos()))
        self.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, here)
        self.update()

    def _underline(self, painter: QPainter, base: int) -> None:
        """Underline marked and doubtful characters, in the colour of the text."""
        candidate = self._candidate
        if candidate is None:
            return
        marked = (*candidate.marked, *(candidate.doubtful if self._doubts else ()))
        pen = QPen(painter.pen().color(), 1.4, Qt.PenStyle.DotLine)
        painter.setPen(pen)
        text = self._text()
        for place in marked:
            left = self.text_left + self._advance(text[:place])
            right = self.text_left + self._advance(text[: place + 1])
            painter.drawLine(QLineF(left + 1, base + 3.5, right - 1, base + 3.5))

    def _advance(self, text: str) -> float:
        """Pixels that a text takes; whole ones, as `QFontMetrics` has them, may be too few."""
        return QFontMetricsF(self.font()).horizontalAdvance(text)

    def _paint_ground(self, painter: QPainter) -> tuple[QColor, QColor]:
        """Paint what lies behind the text; return the colours of text and small print."""
        theme = self._theme
        painter.setPen(Qt.PenStyle.NoPen)
        pill = self.rect().toRectF().adjusted(1, 1, -1, -1)
        if self._highlighted:
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(pill, 6, 6)
            quiet = QColor(theme.on_accent)
            quiet.setAlphaF(0.78)
            return QColor(theme.on_accent), quiet
        if self.underMouse():
            painter.setBrush(QColor(theme.hover))
            painter.drawRoundedRect(pill, 6, 6)
        return QColor(theme.ink), QColor(theme.quiet)

    def _text(self) -> str:
        if self._candidate is None:
            return ""
        # A line break in a custom phrase is painted as a mark: a cell has one line.
        return self._candidate.text.replace("\n", "⏎")

    def _comment(self) -> str:
        """The small print: what is said of the candidate, and where it comes from."""
        if self._candidate is None:
            return ""
        source = ""
        if self._source_marks and not self._mark_width():
            source = say(f"why.mark.{self._candidate.source.value}")
        return " ".join(filter(None, (self._candidate.comment, source)))

    def _mark_width(self) -> int:
        """Pixels of the mark behind the text; 0 for none."""
        source = self._candidate.source if self._candidate is not None else None
        return {Source.USER: DOT, Source.PINNED: HEAD}.get(source, 0) if source else 0

    def _paint_mark(self, painter: QPainter, left: int, colour: QColor) -> None:
        """A dot for a word of the user's own, a pin for what is pinned."""
        middle = self.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        if self._candidate is None or self._candidate.source is not Source.PINNED:
            painter.drawEllipse(QRect(left, self.height() // 2 - DOT // 2, DOT, DOT))
            return
        centre = QPointF(left + HEAD / 2, middle - NEEDLE / 2)
        painter.drawEllipse(centre, HEAD / 2, HEAD / 2)
        painter.setPen(QPen(colour, 1.4))
        painter.drawLine(QLineF(centre, centre + QPointF(0, HEAD / 2 + NEEDLE)))


def _hint(action: QAction, key: str) -> None:
    """Show a key behind a menu entry; the session reads the key, not the menu."""
    if key:
        action.setText(f"{action.text()}\t{key}")


class PageArrow(QAbstractButton):
    """Turns to the page before or behind."""

    def __init__(self, parent: QWidget, sign: str) -> None:
        """Args: parent: the panel; sign: what is painted."""
        super().__init__(parent)
        self._sign = sign
        self._theme = LIGHT
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.hide()

    def set_name(self, name: str) -> None:
        """Say what it does, on hover and to screen readers."""
        self.setAccessibleName(name)
        self.setToolTip(name)

    def dress(self, theme: Theme, font: QFont) -> None:
        """Set colours and font."""
        self._theme = theme
        self.setFont(font)
        self.update()

    def sizeHint(self) -> QSize:
        """A narrow cell."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._sign) + 14, metrics.height() + 2 * RISE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sign; a page that is not there makes it faint."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isEnabled() and self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.hover))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), 6, 6)
        colour = QColor(self._theme.ink)
        if not self.isEnabled():
            colour = QColor(self._theme.quiet)
            colour.setAlphaF(0.35)
        painter.setPen(colour)
        painter.setFont(self.font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._sign)
