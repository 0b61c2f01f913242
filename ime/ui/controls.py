"""The controls of dialogs: a button, a switch, a row of segments, a stepper.

Fusion's own spin boxes and combo boxes can only be restyled with image files; these paint from
the palette and so follow both themes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)

from ime.texts.catalogue import say
from ime.ui.language import Wording

TRACK = QSize(34, 20)  # of a switch
GAP = 10  # between track and text


def push_button(
    wording: Wording, code: str, press: Callable[[], object] | None = None
) -> QPushButton:
    """A button that Enter in a field does not press.

    Args:
        wording: of the widget that shows it.
        code: of its text in the catalogue.
        press: called when it is pressed; None where it is connected elsewhere.
    """
    button = QPushButton()
    button.setAutoDefault(False)
    if press is not None:
        button.clicked.connect(lambda _: press())
    wording(button.setText, code)
    return button


class Switch(QCheckBox):
    """A check box that looks like a switch."""

    def sizeHint(self) -> QSize:
        """Track and text."""
        metrics = self.fontMetrics()
        width = TRACK.width() + GAP + metrics.horizontalAdvance(self.text()) + 4
        return QSize(width, max(TRACK.height(), metrics.height()) + 4)

    def minimumSizeHint(self) -> QSize:
        """As `sizeHint`: the text is never cut."""
        return self.sizeHint()

    def hitButton(self, pos: object) -> bool:
        """All of it can be clicked."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint track, knob and text, and a ring when it has the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, role = self.palette(), QPalette.ColorRole
        top = (self.height() - TRACK.height()) / 2
        track = QRectF(1, top, TRACK.width(), TRACK.height())
        on = self.isChecked()
        edge = role.Text if self.hasFocus() else role.Highlight if on else role.PlaceholderText
        painter.setPen(QPen(palette.color(edge), 1.4))
        painter.setBrush(palette.color(role.Highlight if on else role.Base))
        painter.drawRoundedRect(track, TRACK.height() / 2, TRACK.height() / 2)
        size = TRACK.height() - (6 if on else 8)
        left = track.right() - size - 3 if on else track.left() + 4
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(role.HighlightedText if on else role.PlaceholderText))
        painter.drawEllipse(QRectF(left, track.center().y() - size / 2, size, size))
        painter.setPen(palette.color(role.WindowText))
        room = self.rect().adjusted(TRACK.width() + GAP, 0, 0, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.text())


class Segments(QWidget):
    """One of a few values, side by side.

    Signals:
        changed: the value chosen by the user.
    """

    changed = Signal(object)

    def __init__(self, name: str, choices: Sequence[tuple[object, str]]) -> None:
        """Show the choices.

        Args:
            name: for screen readers.
            choices: values and what is shown for them.
        """
        super().__init__()
        self.setObjectName("segments")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._values = [value for value, _ in choices]
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        for place, (_, text) in enumerate(choices):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setAccessibleName(f"{name}: {text}")
            self._group.addButton(button, place)
            row.addWidget(button)
        self._group.idToggled.connect(self._note)

    @property
    def value(self) -> object:
        """The value chosen."""
        return self._values[self._group.checkedId()]

    def offers(self, value: object) -> bool:
        """Whether a value is among those to choose from."""
        return value in self._values

    def show_value(self, value: object) -> None:
        """Choose a value; reports nothing."""
        self._group.blockSignals(True)
        self._group.button(self._values.index(value)).setChecked(True)
        self._group.blockSignals(False)
        self._keep_focus_right()

    def choose(self, value: object) -> None:
        """Choose a value as a click would."""
        self._group.button(self._values.index(value)).click()

    def _note(self, place: int, checked: bool) -> None:
        if checked:
            self._keep_focus_right()
            self.changed.emit(self._values[place])

    def _keep_focus_right(self) -> None:
        """Tab goes to what is chosen, from where arrows choose others; Qt takes the first."""
        for button in self._group.buttons():
            policy = Qt.FocusPolicy.StrongFocus
            button.setFocusPolicy(policy if button.isChecked() else Qt.FocusPolicy.ClickFocus)


class Stepper(QWidget):
    """A number between two buttons.

    Signals:
        changed: the number chosen by the user.
    """

    changed = Signal(int)

    def __init__(self, name: str, least: int, most: int, step: int = 1) -> None:
        """Show `least`.

        Args:
            name: for screen readers.
            least: smallest number.
            most: largest number.
            step: what a click adds or takes away.
        """
        super().__init__()
        self.setObjectName("segments")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._least, self._most, self._value = least, most, least
        self._label = QLabel(str(least))
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label.setMinimumWidth(
            self.fontMetrics().horizontalAdvance("0" * len(str(most))) + 24
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        self.less = self._step_button("−", say("settings.less", name=name), -step)
        self.more = self._step_button("+", say("settings.more", name=name), step)
        for part in (self.less, self._label, self.more):
            row.addWidget(part)

    @property
    def value(self) -> int:
        """The number shown."""
        return self._value

    def show_value(self, value: int) -> None:
        """Show a number; reports nothing."""
        self._value = min(max(value, self._least), self._most)
        self._label.setText(str(self._value))
        self.less.setEnabled(self._value > self._least)
        self.more.setEnabled(self._value < self._most)

    def _step_button(self, sign: str, name: str, delta: int) -> QToolButton:
        button = QToolButton()
        button.setText(sign)
        button.setAccessibleName(name)
        button.setAutoRepeat(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(partial(self._step, delta))
        return button

    def _step(self, delta: int) -> None:
        self.show_value(self._value + delta)
        self.changed.emit(self._value)
