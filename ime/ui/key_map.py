"""A small keyboard that shows what each key is in the present shuangpin scheme."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ime.pinyin.shuangpin import Scheme
from ime.session.state import SessionState
from ime.texts.catalogue import say
from ime.ui.theme_file import LIGHT, Theme

ROWS = ("qwertyuiop", "asdfghjkl;", "zxcvbnm")
KEY = QSize(64, 44)
GAP = 4
SHIFTS = (0.0, 0.25, 0.75)  # of the rows to the right, in keys
SCALE = 0.85  # of the finals to the font of the window


class KeyMap(QWidget):
    """Keys with their initials and finals; behind an initial, those that go on are marked.

    Attributes:
        scheme: what is shown; None for none.
        first: the key of an initial that waits for its final; empty for none.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("key_map")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scheme: Scheme | None = None
        self.first = ""
        self._theme = LIGHT
        self.hide()

    def sizeHint(self) -> QSize:
        """Three rows of keys."""
        width = int(KEY.width() * (len(ROWS[0]) + SHIFTS[1])) + 2 * GAP
        return QSize(width, KEY.height() * len(ROWS) + 2 * GAP)

    def minimumSizeHint(self) -> QSize:
        """As high as wanted; narrower, keys shrink."""
        return QSize(200, self.sizeHint().height())

    def dress(self, theme: Theme) -> None:
        """Set the colours."""
        self._theme = theme
        self.update()

    def show_state(self, state: SessionState, *, wanted: bool) -> None:
        """Show the scheme of a session, if there is one and it is wanted."""
        scheme = state.options.scheme if wanted else None
        first = "" if scheme is None else waiting_key(state, scheme)
        if (scheme, first) != (self.scheme, self.first):
            self.scheme, self.first = scheme, first
            self.setAccessibleName("" if scheme is None else say("window.key_map"))
            self.setAccessibleDescription(" ".join(self.label(key) for key in "".join(ROWS)))
            self.update()
        self.setVisible(scheme is not None)

    def label(self, key: str) -> str:
        """What a key is: its letter, its initial where it is another, and its finals."""
        if self.scheme is None:
            return key
        initial = self.scheme.initial_of(key)
        own = [initial] if initial != key else []
        return " ".join([key, *own, *self.scheme.finals_of(key)])

    def goes_on(self, key: str) -> bool:
        """Whether a key ends a syllable behind the initial that waits; all do without one."""
        return not self.first or (
            self.scheme is not None and self.first + key in self.scheme.syllables
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the keys."""
        if self.scheme is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._theme.chrome))
        size = self.sizeHint()
        width = KEY.width() * min(1.0, self.width() / size.width())
        left = (self.width() - width * size.width() / KEY.width()) / 2 + GAP
        for row, (keys, shift) in enumerate(zip(ROWS, SHIFTS, strict=True)):
            for place, key in enumerate(keys):
                if key.isalpha() or key in self.scheme.keys:
                    x, y = left + width * (place + shift), GAP + row * KEY.height()
                    box = QRectF(x, y, width, KEY.height()).adjusted(2, 2, -2, -2)
                    self._paint_key(painter, box, key)

    def _paint_key(self, painter: QPainter, box: QRectF, key: str) -> None:
        theme, scheme = self._theme, self.scheme
        if scheme is None:
            return
        able = self.goes_on(key)
        painter.setPen(QPen(QColor(theme.accent if able and self.first else theme.line), 1))
        painter.setBrush(QColor(theme.panel if able else theme.chrome))
        painter.drawRoundedRect(box, 5, 5)
        inside = box.adjusted(5, 2, -4, -2)
        top, bottom = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
        initial = scheme.initial_of(key)
        painter.setFont(self.font())
        painter.setPen(QColor(theme.ink if able else theme.quiet))
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | top, key.upper())
        if initial != key:
            painter.setPen(QColor(theme.accent))
            painter.drawText(inside, Qt.AlignmentFlag.AlignRight | top, initial)
        small = QFont(self.font())
        small.setPointSizeF(small.pointSizeF() * SCALE)
        painter.setFont(small)
        painter.setPen(QColor(theme.ink if able else theme.quiet))
        finals = " ".join(scheme.finals_of(key))
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | bottom, finals)


def waiting_key(state: SessionState, scheme: Scheme) -> str:
    """The key of an initial at the caret that waits for its final; empty for none."""
    composition = state.composition
    if composition.caret != len(composition.raw):
        return ""
    pieces = list(scheme.pieces(composition.rest))
    if not pieces or pieces[-1].end - pieces[-1].start != 1:
        return ""
    if len(pieces) > 1 and scheme.completes(composition.rest[:-1], composition.rest[-1]):
        return ""
    return composition.rest[-1] if composition.rest[-1] in scheme.keys else ""
