"""The candidate panel: a small window at the caret that never takes the keyboard.

It is a tool-tip window, because those are placed exactly on X11, become pop-ups on Wayland and
never activate. Candidates are real child widgets, so that screen readers find them by name.
Where everything goes is computed in `ime.ui.placing`.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from ime.texts.catalogue import say
from ime.ui.announce import announce
from ime.ui.candidate_cell import CandidateCell, PageArrow
from ime.ui.placing import PADDING, flow, place, stack
from ime.ui.theme_file import LIGHT, Theme
from ime.values import Page

RADIUS = 9
WIDEST = 760  # a longer row wraps: the eye does not travel further
WHEEL_NOTCH = 120  # eighths of a degree a notch, says Qt


class CandidatePanel(QWidget):
    """Shows one page; reports clicks as indices on that page.

    Attributes:
        back, forward: the page arrows.

    Signals:
        picked: index on the painted page.
        turned: -1 for the page before, +1 for the next.
        pin_asked, forget_asked, why_asked: index on the painted page.
        erase_asked: text of a candidate.
    """

    picked = Signal(int)
    turned = Signal(int)
    pin_asked = Signal(int)
    forget_asked = Signal(int)
    why_asked = Signal(int)
    erase_asked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        flags = Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint
        super().__init__(parent, flags | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        # Without a compositing manager, which X11 need not have, translucent pixels are black.
        self._masked = QGuiApplication.platformName() == "xcb"
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, not self._masked)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._theme = LIGHT
        self._vertical = self._source_marks = self._doubts = False
        self._page = Page()
        self._message = ""
        self._wheel = 0
        self._cells: list[CandidateCell] = []
        self.back = PageArrow(self, "‹")
        self.forward = PageArrow(self, "›")
        self.back.clicked.connect(lambda: self.turned.emit(-1))
        self.forward.clicked.connect(lambda: self.turned.emit(1))
        self._name_parts()

    @property
    def page(self) -> Page:
        """The page that is painted."""
        return self._page

    @property
    def cells(self) -> list[CandidateCell]:
        """The candidates' widgets in order, one for each item of the page."""
        return self._cells[: len(self._page.items)]

    def dress(
        self,
        theme: Theme,
        font: QFont,
        *,
        vertical: bool,
        source_marks: bool = False,
        doubts: bool = False,
    ) -> None:
        """Set colours, the candidates' font, the direction, and what is marked.

        Args:
            theme: colours.
            font: of the candidates.
            vertical: candidates stand below each other.
            source_marks: it is said where each comes from.
            doubts: doubtful characters are underlined.
        """
        self._theme = theme
        self._source_marks, self._doubts = source_marks, doubts
        self._vertical = vertical
        self.setFont(font)
        for cell in self._cells:
            cell.dress(theme, font, source_marks=source_marks, doubts=doubts)
        self.back.dress(theme, font)
        self.forward.dress(theme, font)
        self._arrange()

    def show_page(self, page: Page) -> None:
        """Paint a page; `place_at` shows the panel."""
        if page is self._page and not self._message:
            return
        moved = page.items != self._page.items or page.highlight != self._page.highlight
        self._page = page
        self._message = ""
        while len(self._cells) < len(page.items):
            self._cells.append(self._new_cell(len(self._cells)))
        for index, cell in enumerate(self._cells):
            if index < len(page.items):
                cell.show_candidate(page.items[index], highlighted=index == page.highlight)
            cell.setVisible(index < len(page.items))
        several = page.has_previous or page.has_next
        for arrow, able in ((self.back, page.has_previous), (self.forward, page.has_next)):
            arrow.setVisible(several)
            arrow.setEnabled(able)
        self._arrange()
        if moved and page.items and page.highlight >= 0:
            self._announce()

    def show_message(self, text: str) -> None:
        """Paint one line instead of candidates, for instance while the model loads."""
        self.show_page(Page())
        self._message = text
        self._arrange()

    def place_at(self, line: QRect) -> None:
        """Show the panel at a line of text.

        Args:
            line: global rectangle from where the preedit begins to the caret.
        """
        screen = QGuiApplication.screenAt(line.center()) or self.screen()
        # The text of the first candidate stands below the first letter.
        inset = self._cells[0].text_left + PADDING if self._cells else PADDING
        wanted = line.adjusted(-inset, 0, 0, 0)
        self.move(place(self.size(), wanted, screen.availableGeometry()))
        if not self.isVisible():
            self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and, where there is one, the message."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.line), 1.0))
        painter.setBrush(QColor(self._theme.panel))
        edge = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(edge, RADIUS, RADIUS)
        if self._message:
            painter.setFont(self.font())
            painter.setPen(QColor(self._theme.quiet))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._message)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Round the corners where the window cannot be translucent."""
        if self._masked:
            self.setMask(_rounded(self.size()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn pages, one a notch; fine wheels and touch pads add up to notches."""
        delta = event.angleDelta()
        self._wheel += delta.y() or delta.x()
        while abs(self._wheel) >= WHEEL_NOTCH:
            step = 1 if self._wheel < 0 else -1
            self._wheel += step * WHEEL_NOTCH
            self.turned.emit(step)
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        """Say the names again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._name_parts()

    def _name_parts(self) -> None:
        self.setAccessibleName(say("panel.candidates"))
        self.back.set_name(say("panel.previous"))
        self.forward.set_name(say("panel.next"))

    def _new_cell(self, index: int) -> CandidateCell:
        cell = CandidateCell(self, index)
        marks = {"source_marks": self._source_marks, "doubts": self._doubts}
        cell.dress(self._theme, self.font(), **marks)
        cell.clicked.connect(lambda: self.picked.emit(index))
        cell.pin_asked.connect(lambda: self.pin_asked.emit(index))
        cell.forget_asked.connect(lambda: self.forget_asked.emit(index))
        cell.why_asked.connect(lambda: self.why_asked.emit(index))
        cell.erase_asked.connect(self.erase_asked)
        return cell

    def _arrange(self) -> None:
        """Give every visible part its place and the panel its size."""
        if self._message:
            metrics = self.fontMetrics()
            width = metrics.horizontalAdvance(self._message) + 4 * PADDING + 8
            self.resize(width, metrics.height() + 4 * PADDING)
            return
        limit = min(WIDEST, int(self.screen().availableGeometry().width() * 0.9))
        cells = self.cells
        arrows = [arrow for arrow in (self.back, self.forward) if arrow.isVisibleTo(self)]
        rects = (stack if self._vertical else flow)(
            [cell.sizeHint() for cell in cells], [arrow.sizeHint() for arrow in arrows], limit
        )
        area = QRect()
        for part, rect in zip((*cells, *arrows), rects, strict=True):
            part.setGeometry(rect)
            area = area.united(rect)
        self.resize(area.right() + 1 + PADDING, area.bottom() + 1 + PADDING)
        self.update()

    def _announce(self) -> None:
        """Tell a screen reader which candidate Space would commit."""
        cell = self._cells[self._page.highlight]
        announce(self, f"{cell.accessibleName()} {cell.accessibleDescription()}".rstrip())


def _rounded(size: QSize) -> QRegion:
    """A rectangle with round corners, to the pixel."""
    whole = QRect(QPoint(0, 0), size)
    corner = QSize(2 * RADIUS, 2 * RADIUS)
    region = QRegion(whole.adjusted(RADIUS, 0, -RADIUS, 0))
    region += QRegion(whole.adjusted(0, RADIUS, 0, -RADIUS))
    for at in (
        whole.topLeft(),
        QPoint(whole.right() + 1 - corner.width(), whole.top()),
        QPoint(whole.left(), whole.bottom() + 1 - corner.height()),
        QPoint(whole.right() + 1 - corner.width(), whole.bottom() + 1 - corner.height()),
    ):
        region += QRegion(QRect(at, corner), QRegion.RegionType.Ellipse)
    return region
