"""What speaks for a candidate, as bars beside the panel: one for each part of its score."""

from __future__ import annotations

from dataclasses import asdict

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from ime.texts.catalogue import say
from ime.ui.placing import place
from ime.ui.theme_file import LIGHT, Theme
from ime.values import Candidate, Shares

SIDE, GAP = 14, 10  # around everything, and between the columns
BAR = 150  # pixels of all bars together, left and right of nothing
LEADING = 1.5  # height of a row as a share of that of the text


class WhyPopup(QWidget):
    """A small window that never takes the keyboard; a click or any change of the list hides it.

    Attributes:
        lines: what is written, a line each: heading, then parts with their nats.
    """

    def __init__(self, parent: QWidget) -> None:
        flags = Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint
        super().__init__(parent, flags | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._theme = LIGHT
        self._parts: list[tuple[str, float]] = []
        self.lines: list[str] = []

    def dress(self, theme: Theme, font: QFont) -> None:
        """Set colours and font."""
        self._theme = theme
        small = QFont(font)
        small.setPointSizeF(max(8.0, font.pointSizeF() * 0.85))
        self.setFont(small)

    def show_shares(self, item: Candidate, shares: Shares | None, line: QRect) -> None:
        """Say what speaks for a candidate.

        Args:
            item: the candidate.
            shares: what its score is made of; None where it has none.
            line: global rectangle to stand at.
        """
        source = say(f"why.source.{item.source.value}")
        heading = say("why.title", text=item.text.replace("\n", "⏎"), source=source)
        said = (
            say("why.nothing")
            if shares is None
            else say("why.score", score=f"{item.score:.2f}")
        )
        parts = asdict(shares).items() if shares is not None else ()
        self._parts = [(say(f"why.share.{name}"), nats) for name, nats in parts]
        self.lines = [heading, said, *(f"{label} {nats:+.2f}" for label, nats in self._parts)]
        self.setAccessibleName(heading)
        self.setAccessibleDescription("; ".join(self.lines[1:]))
        self.resize(self.sizeHint())
        screen = QGuiApplication.screenAt(line.center()) or self.screen()
        self.move(place(self.size(), line, screen.availableGeometry()))
        self.show()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the longest line, and for labels, bars and numbers beside each other."""
        metrics = self.fontMetrics()
        written = max((metrics.horizontalAdvance(line) for line in self.lines[:2]), default=0)
        labels, numbers = self._columns(metrics)
        width = max(written, labels + numbers + BAR + 2 * GAP) + 2 * SIDE
        return QSize(width, 2 * SIDE + int(len(self.lines) * metrics.height() * LEADING))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines; bars to the left speak against it, to the right for it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.line), 1.0))
        painter.setBrush(QColor(self._theme.panel))
        painter.drawRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5))
        metrics = self.fontMetrics()
        height = metrics.height() * LEADING
        for row, line in enumerate(self.lines[:2]):
            painter.setPen(QColor(self._theme.quiet if row else self._theme.ink))
            painter.drawText(QPoint(SIDE, int(SIDE + row * height) + metrics.ascent()), line)
        for row, part in enumerate(self._parts, start=2):
            self._paint_part(painter, part, SIDE + row * height)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go away."""
        self.hide()

    def _columns(self, metrics: QFontMetrics) -> tuple[int, int]:
        """Widths of labels and of numbers."""
        labels = [metrics.horizontalAdvance(label) for label, _ in self._parts]
        numbers = [metrics.horizontalAdvance(f"{nats:+.2f}") for _, nats in self._parts]
        return max(labels, default=0), max(numbers, default=0)

    def _paint_part(self, painter: QPainter, part: tuple[str, float], top: float) -> None:
        metrics, (label, nats) = self.fontMetrics(), part
        labels, _ = self._columns(metrics)
        base = int(top) + metrics.ascent()
        painter.setPen(QColor(self._theme.ink))
        painter.drawText(SIDE, base, label)
        number = f"{nats:+.2f}"
        right = self.width() - SIDE - metrics.horizontalAdvance(number)
        painter.drawText(right, base, number)
        values = [value for _, value in self._parts]
        least, most = min(0.0, *values), max(0.0, *values)
        scale = BAR / max(most - least, 1.0)
        nothing = SIDE + labels + GAP - least * scale
        start, length = min(nothing, nothing + nats * scale), abs(nats) * scale
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.accent if nats > 0 else self._theme.quiet))
        painter.drawRect(QRectF(start, top + 2, max(length, 1.0), metrics.height() - 4))
