"""The small dialog in which a word of the user's own is written."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ime.errors import Message
from ime.texts.catalogue import say, told
from ime.values import UserWord


class WordForm(QDialog):
    """A word and its reading; made anew each time.

    Signals:
        wanted: text and reading, to be checked; `accept` or `refuse` is the answer.
    """

    wanted = Signal(str, str)

    def __init__(self, parent: QWidget, word: UserWord, *, new: bool) -> None:
        """Args: parent: owner; word: to be changed, or proposed; new: whether it is added."""
        super().__init__(parent)
        title = say("words.form.add" if new else "words.form.edit")
        self.setWindowTitle(title)
        self.text = QLineEdit(word.text)
        self.reading = QLineEdit(" ".join(word.syllables))
        self.reading.setPlaceholderText(say("words.form.by_model"))
        self.fault = QLabel()
        self.fault.setWordWrap(True)
        self.fault.hide()
        box = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(box.Ok | box.Cancel)
        self.buttons.accepted.connect(self._want)
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.setSpacing(12)
        form.addRow(say("words.column.text"), self.text)
        form.addRow(say("words.column.reading"), self.reading)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(14)
        column.addLayout(form)
        column.addWidget(self.fault)
        column.addWidget(self.buttons)
        self.setMinimumWidth(400)

    def refuse(self, why: str | Message) -> None:
        """Say what is wrong; the dialog stays open."""
        self.fault.setText(told(why))
        self.fault.show()
        self.buttons.setEnabled(True)
        self.reading.setFocus()

    def _want(self) -> None:
        if text := self.text.text().strip():
            self.buttons.setEnabled(False)  # till it is checked
            self.wanted.emit(text, self.reading.text().strip())
