"""Where windows stand on the screen, and the parts of the panel in it: pure geometry.

Lengths are device-independent pixels; rectangles of parts are relative to the panel.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

PADDING = 5  # around the parts of the panel
GAP = 6  # between the line of text and the panel
NARROWEST_COLUMN = 120
FRAME = QSize(16, 40)  # what a desktop puts around a window, at most


def place(size: QSize, line: QRect, screen: QRect) -> QPoint:
    """Where the panel's top left corner goes, never off the screen and not over the preedit.

    Below the line, else above; a panel too high for either goes beside the preedit.

    Args:
        size: of the panel.
        line: from the wanted left edge to the caret, as high as the line of text.
        screen: the available part of the screen, in the same coordinates.
    """
    rightmost = screen.right() + 1 - size.width()
    left = max(screen.left(), min(line.left(), rightmost))
    below = line.bottom() + 1 + GAP
    above = line.top() - GAP - size.height()
    if below + size.height() <= screen.bottom() + 1:
        return QPoint(left, below)
    if above >= screen.top():
        return QPoint(left, above)
    behind = line.right() + 1 + GAP
    if behind > rightmost:
        behind = max(screen.left(), line.left() - GAP - size.width())
    return QPoint(behind, max(screen.top(), screen.bottom() + 1 - size.height()))


def fit(window: QWidget, wanted: QSize) -> None:
    """Give a window its size, or as much of it as its screen has beside title and frame."""
    room = window.screen().availableGeometry().size() - FRAME
    window.resize(wanted.boundedTo(room))


def flow(cells: Sequence[QSize], arrows: Sequence[QSize], limit: int) -> list[QRect]:
    """Cells side by side, in as many rows as they need, and the arrows behind the last.

    Args:
        cells: wanted sizes; a cell wider than a row is cut.
        arrows: wanted sizes; they stay together, and at the right edge where there are rows.
        limit: widest panel.

    Returns:
        The rectangles of the cells, then of the arrows.
    """
    height = max((size.height() for size in (*cells, *arrows)), default=0)
    rects: list[QRect] = []
    left, top = PADDING, PADDING
    for size in cells:
        width = min(size.width(), limit - 2 * PADDING)
        if left > PADDING and left + width > limit - PADDING:
            left, top = PADDING, top + height
        rects.append(QRect(left, top, width, height))
        left += width
    tail = sum(size.width() for size in arrows)
    if left + tail > limit - PADDING:
        left, top = PADDING, top + height
    if top > PADDING:
        left = max(rect.right() + 1 for rect in rects) - tail
    for size in arrows:
        rects.append(QRect(left, top, size.width(), height))
        left += size.width()
    return rects


def stack(cells: Sequence[QSize], arrows: Sequence[QSize], limit: int) -> list[QRect]:
    """Cells below each other, all as wide as the widest, and the arrows beside the last.

    Args:
        cells: wanted sizes; a cell wider than the panel is cut.
        arrows: wanted sizes.
        limit: widest panel.

    Returns:
        The rectangles of the cells, then of the arrows.
    """
    tail = sum(size.width() for size in arrows)
    widest = max((size.width() for size in cells), default=0)
    width = min(max(widest, NARROWEST_COLUMN - tail), limit - tail - 2 * PADDING)
    rects: list[QRect] = []
    top = PADDING
    for size in cells:
        rects.append(QRect(PADDING, top, width, size.height()))
        top += size.height()
    left = PADDING + width
    for size in arrows:
        rects.append(QRect(left, top - size.height(), size.width(), size.height()))
        left += size.width()
    return rects
