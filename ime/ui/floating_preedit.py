"""The preedit of a very long paragraph, painted over the text instead of laid out with it.

Qt lays a whole paragraph out again for every letter of a preedit: 70 ms in 100,000 hanzi, and
novels come without line ends. Here only what is visible from the caret's line on is laid out,
preedit included, and painted in place of what Qt painted there; it looks the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QTextBlock, QTextCursor, QTextLayout, QTextLine


class FloatingPreedit:
    """One painting of a preedit at a caret; made anew for each, since the text may scroll."""

    def __init__(
        self,
        caret: QTextCursor,
        text: str,
        formats: Sequence[QTextLayout.FormatRange],
        origin: QPointF,
        bottom: float,
    ) -> None:
        """Lay out what is visible from the line of the caret on.

        Args:
            caret: where the preedit stands; nothing may be selected.
            text: of the preedit.
            formats: of the preedit, offsets in UTF-16 units from its beginning.
            origin: top left of the caret's block in the viewport.
            bottom: of the viewport; below it nothing is laid out.
        """
        self._block = caret.block()
        self._bottom = bottom
        layout = self._block.layout()
        place = caret.position() - self._block.position()
        line = layout.lineForTextPosition(place)
        begin, end = line.textStart(), self._last_visible(line, origin.y())
        self._start = place - begin
        self._position = QPointF(origin.x(), origin.y() + line.y())
        whole = self._text(begin, place) + text + self._text(place, end)
        self._layout = QTextLayout(whole, self._block.document().defaultFont())
        self._layout.setTextOption(self._block.document().defaultTextOption())
        for span in formats:
            span.start += self._start
        self._layout.setFormats(list(formats))
        self._height = self._lay_out(line)

    def paint(self, painter: QPainter, paper: QColor, width: float) -> None:
        """Paint over what Qt painted from this line on."""
        top = self._position.y()
        painter.fillRect(QRectF(0, top, width, self._bottom - top), paper)
        self._layout.draw(painter, self._position)
        below = QPointF(self._position.x(), top + self._height)
        block = self._block.next()
        while block.isValid() and below.y() < self._bottom:
            block.layout().draw(painter, below)
            below.setY(below.y() + block.layout().boundingRect().height())
            block = block.next()

    def paint_caret(self, painter: QPainter, caret: int, width: int) -> None:
        """Paint the caret, `caret` units behind the beginning of the preedit."""
        self._layout.drawCursor(painter, self._position, self._start + caret, width)

    def place(self, caret: int) -> QRect:
        """From where the preedit begins, or the column where it is broken, to its caret."""
        first = self._layout.lineForTextPosition(self._start)
        last = self._layout.lineForTextPosition(self._start + caret)
        if not first.isValid() or not last.isValid():
            return QRect(self._position.toPoint(), QSize())
        right = _x(last, self._start + caret)
        same = first.lineNumber() == last.lineNumber()
        left = _x(first, self._start) if same else 0.0
        corner = self._position + QPointF(left, last.y())
        # Whole pixels as Qt's own caret has them.
        begin, end = int(corner.x()), int(self._position.x() + right)
        return QRect(begin, int(corner.y()), end - begin + 1, int(last.height()))

    def _last_visible(self, line: QTextLine, top: float) -> int:
        """Where the text ends that may be seen below a line of the block."""
        layout = self._block.layout()
        number = line.lineNumber()
        while top + line.y() < self._bottom and number + 1 < layout.lineCount():
            number += 1
            line = layout.lineAt(number)
        return line.textStart() + line.textLength()

    def _text(self, begin: int, end: int) -> str:
        """Of the block, offsets in UTF-16 units."""
        cursor = QTextCursor(self._block)
        cursor.setPosition(self._block.position() + begin)
        cursor.setPosition(self._block.position() + end, QTextCursor.MoveMode.KeepAnchor)
        return cursor.selectedText()

    def _lay_out(self, model: QTextLine) -> float:
        """Lines as wide as the block's and where it has them; returns their height."""
        height = 0.0
        self._layout.beginLayout()
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(model.width())
            line.setPosition(QPointF(model.x(), height))
            height += line.height()
        self._layout.endLayout()
        return height


def is_long(block: QTextBlock, limit: int) -> bool:
    """Whether a paragraph is better not laid out for each letter."""
    return block.length() > limit and not block.layout().preeditAreaText()


def _x(line: QTextLine, position: int) -> float:
    # PySide's stubs type the pair (x, position) as a float.
    return float(line.cursorToX(position)[0])  # type: ignore[index]
