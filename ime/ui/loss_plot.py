"""A small plot of one or two lines, painted from the palette so that it follows both themes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ime.texts.catalogue import say

_GAP = 6  # between a number and the axis, in device-independent pixels


class LinePlot(QWidget):
    """Lines over steps.

    Args:
        unit: code of what is written above the plot.
        names: codes of the lines, at most two; the first is painted in the accent colour. None
            where there is one line, which needs no name.
        digits: behind the point of the numbers at the axis.
    """

    def __init__(self, unit: str, names: tuple[str, ...], digits: int) -> None:
        super().__init__()
        self._unit, self._names, self._digits = unit, names, digits
        self._lines: list[list[tuple[float, float]]] = [[] for _ in names or (unit,)]
        self.setMinimumHeight(130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(say(unit))

    @property
    def points(self) -> list[list[tuple[float, float]]]:
        """(x, y) of each line."""
        return self._lines

    def clear(self) -> None:
        """Remove all points."""
        self._lines = [[] for _ in self._lines]
        self.update()

    def add(self, line: int, x: float, y: float) -> None:
        """Add a point at the right end of a line; one at the same x as the last is replaced."""
        points = self._lines[line]
        if points and points[-1][0] == x:
            points.pop()
        points.append((x, y))
        self.setAccessibleDescription(self._told())
        self.update()

    def _told(self) -> str:
        """The newest value of each line, in words."""
        names = self._names or (self._unit,)
        return ", ".join(
            f"{say(name)} {points[-1][1]:.{self._digits}f}"
            for name, points in zip(names, self._lines, strict=True)
            if points
        )

    def sizeHint(self) -> QSize:
        """Wide enough for a dialog."""
        return QSize(460, 150)

    def changeEvent(self, event: QEvent) -> None:
        """Paint the names again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(say(self._unit))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame, numbers, lines and names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role, metrics = QPalette.ColorRole, self.fontMetrics()
        quiet, accent = (
            self.palette().color(one) for one in (role.PlaceholderText, role.Highlight)
        )
        line = metrics.height()
        margin = max((metrics.horizontalAdvance(one) for one in self._range()), default=0)
        area = QRectF(self.rect()).adjusted(margin + _GAP, line + 4, -6, -4)
        painter.setPen(QPen(self.palette().color(role.Mid), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.drawLine(area.topLeft(), area.bottomLeft())
        left = 0.0
        codes = (self._unit, *self._names)
        for code, colour in zip(codes, (quiet, accent, quiet), strict=False):
            painter.setPen(colour)
            painter.drawText(QPointF(left, line - 3), say(code))
            left += metrics.horizontalAdvance(say(code)) + 16
        if any(self._lines):
            self._paint_values(painter, area, (accent, quiet))

    def _range(self) -> list[str]:
        """The greatest and the least value, as they are written at the axis."""
        values = [y for points in self._lines for _, y in points]
        return (
            [f"{one:.{self._digits}f}" for one in (max(values), min(values))] if values else []
        )

    def _paint_values(
        self, painter: QPainter, area: QRectF, colours: tuple[QColor, QColor]
    ) -> None:
        """Paint the lines, scaled to fill `area`, and the numbers of their range."""
        values = [y for points in self._lines for _, y in points]
        low, high = min(values), max(values)
        first = min(points[0][0] for points in self._lines if points)
        last = max(points[-1][0] for points in self._lines if points)
        across = area.width() / max(last - first, 1e-6)
        upwards = area.height() / max(high - low, 1e-6)
        line = self.fontMetrics().height()
        painter.setPen(colours[1])
        for text, y in zip(self._range(), (area.top(), area.bottom() - line), strict=True):
            place = QRectF(0, y, area.left() - _GAP, line)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, text)
        for points, colour in zip(self._lines, colours, strict=False):
            painter.setPen(QPen(colour, 1.8))
            path = QPolygonF(
                [
                    QPointF(
                        area.left() + (x - first) * across, area.bottom() - (y - low) * upwards
                    )
                    for x, y in points
                ]
            )
            painter.drawPolyline(path)
            painter.setBrush(colour)
            for point in path.toList()[-1:]:
                painter.drawEllipse(point, 2.5, 2.5)
            painter.setBrush(Qt.BrushStyle.NoBrush)
