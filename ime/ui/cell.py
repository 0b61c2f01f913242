"""One candidate of the panel, and the panel's page arrows."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from ime.engine.values import Candidate, Source
from ime.ui.theme import LIGHT, Theme

SIDE = 9  # left and right of a cell's content
RISE = 5  # above and below it
SPACE = 5  # between digit, text and comment
SMALL = 0.72  # size of digit and comment as a share of the text's
DOT = 4  # mark of a word the user made


class CandidateCell(QAbstractButton):
    """Digit, text and comment; a click selects, the right button copies."""

    def __init__(self, parent: QWidget, index: int) -> None:
        """Args: parent: the panel; index: place on the page from 0."""
        super().__init__(parent)
        self._index = index
        self._candidate: Candidate | None = None
        self._highlighted = False
        self._theme = LIGHT
        self._small = self.font()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def text_left(self) -> int:
        """Pixels from the cell's left edge to its text."""
        return SIDE + QFontMetrics(self._small).horizontalAdvance("0") + SPACE

    def dress(self, theme: Theme, font: QFont) -> None:
        """Set colours and the text's font."""
        self._theme = theme
        self.setFont(font)
        self._small = QFont(font)
        self._small.setPointSizeF(max(7.0, font.pointSizeF() * SMALL))
        self.update()

    def show_candidate(self, candidate: Candidate, *, highlighted: bool) -> None:
        """Set what the cell shows."""
        self._candidate = candidate
        self._highlighted = highlighted
        spoken = f"{self._index + 1} {candidate.text} {candidate.comment}".rstrip()
        self.setAccessibleName(spoken)
        self.setAccessibleDescription(" ".join(candidate.syllables))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the whole text; the panel may give less."""
        text, comment = self._words()
        metrics = self.fontMetrics()
        width = self.text_left + metrics.horizontalAdvance(text) + SIDE
        if comment:
            width += SPACE + QFontMetrics(self._small).horizontalAdvance(comment)
        if self._is_own():
            width += SPACE + DOT
        return QSize(width, metrics.height() + 2 * RISE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pill and the three texts on one base line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink, quiet = self._paint_ground(painter)
        base = RISE + self.fontMetrics().ascent()
        text, comment = self._words()
        painter.setFont(self._small)
        painter.setPen(quiet)
        painter.drawText(SIDE, base, str(self._index + 1))
        tail = QFontMetrics(self._small).horizontalAdvance(comment) + SPACE if comment else 0
        tail += SPACE + DOT if self._is_own() else 0
        room = self.width() - self.text_left - tail - SIDE
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room)
        self.setToolTip(text if shown != text else "")
        painter.setFont(self.font())
        painter.setPen(ink)
        painter.drawText(self.text_left, base, shown)
        right = self.text_left + self.fontMetrics().horizontalAdvance(shown) + SPACE
        if self._is_own():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(quiet)
            painter.drawEllipse(QRect(right, self.height() // 2 - DOT // 2, DOT, DOT))
            right += DOT + SPACE
        if comment:
            painter.setFont(self._small)
            painter.setPen(quiet)
            painter.drawText(right, base, comment)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Paint the hover."""
        self.update()
        super().enterEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the candidate besides choosing it."""
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """The menu of the right button; it is deleted when it closes."""
        text = self._candidate.text if self._candidate else ""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction("Copy")
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(text))
        return menu

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

    def _words(self) -> tuple[str, str]:
        if self._candidate is None:
            return "", ""
        # A line break in a custom phrase is painted as a mark: a cell has one line.
        return self._candidate.text.replace("\n", "⏎"), self._candidate.comment

    def _is_own(self) -> bool:
        return self._candidate is not None and self._candidate.source is Source.USER


class PageArrow(QAbstractButton):
    """Turns to the page before or behind."""

    def __init__(self, parent: QWidget, sign: str, name: str) -> None:
        """Args: parent: the panel; sign: what is painted; name: for screen readers."""
        super().__init__(parent)
        self._sign = sign
        self._theme = LIGHT
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

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

    def enterEvent(self, event: QEnterEvent) -> None:
        """Paint the hover."""
        self.update()
        super().enterEvent(event)
