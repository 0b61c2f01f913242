"""The tour of three steps that a first start shows above the text, where it can be tried."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ime.texts.catalogue import say
from ime.ui.announce import SpokenLabel
from ime.ui.controls import push_button
from ime.ui.language import Wording

STEPS = ("typing", "choosing", "learning")


class Tour(QFrame):
    """A bar that takes no key from the text; its buttons have access keys.

    Signals:
        left: it was seen or skipped, and is hidden.
        personalize_asked: the last step's own button was pressed.
    """

    left = Signal()
    personalize_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._wording = Wording()
        self._step = 0
        self.title = QLabel()
        self.text = SpokenLabel()
        self.text.setWordWrap(True)
        self.back_button = self._button("tour.back", lambda: self.show_step(self._step - 1))
        self.next_button = self._button("tour.next", lambda: self.show_step(self._step + 1))
        self.open_button = self._button("tour.open", self.personalize_asked.emit)
        self.skip_button = self._button("tour.skip", self.leave)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        row = QHBoxLayout()
        buttons = (self.back_button, self.next_button, self.open_button, self.skip_button)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 16, 12)
        column.setSpacing(8)
        for widget in (self.title, self.text):
            column.addWidget(widget)
        column.addLayout(row)
        self.hide()

    @property
    def step(self) -> int:
        """From 0."""
        return self._step

    def begin(self) -> None:
        """Show the first step."""
        self.show()
        self.show_step(0)

    def show_step(self, step: int) -> None:
        """Show a step; behind the last the tour is over."""
        if step >= len(STEPS):
            self.leave()
            return
        self._step = step
        name = STEPS[step]
        last = step == len(STEPS) - 1
        self.title.setText(say(f"tour.{name}.title", step=step + 1, steps=len(STEPS)))
        self.text.setText(say(f"tour.{name}.text"))
        self.back_button.setEnabled(step > 0)
        self.open_button.setVisible(last)
        self.skip_button.setVisible(not last)
        self._wording(self.next_button.setText, "tour.done" if last else "tour.next")

    def leave(self) -> None:
        """End it."""
        self.hide()
        self.left.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._wording.say_again()
            self.show_step(self._step)

    def _button(self, code: str, press: Callable[[], object]) -> QPushButton:
        button = push_button(self._wording, code, press)
        # A click must not take the keyboard from the text: it would end the composition.
        button.setFocusPolicy(button.focusPolicy().NoFocus)
        return button
