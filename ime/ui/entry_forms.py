"""The small dialogs in which a word, a phrase or a mark of the user's own is written."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from ime.backend.own_words import NoWordError, mark_from
from ime.errors import BugError, Message
from ime.lexicon.phrases import MAX_PLACE, Phrase, PhraseError, checked
from ime.texts.catalogue import say, told
from ime.ui.announce import SpokenLabel
from ime.ui.controls import Segments, Stepper
from ime.values import Mark, MarkKind, UserWord


class EntryForm(QDialog):
    """Fields, a place for what is wrong with them, and two buttons; made anew each time.

    Signals:
        made: the entry, where it needs no further check.
    """

    made = Signal(object)

    def __init__(self, parent: QWidget, title: str) -> None:
        """Args: parent: owner; title: code of what stands above."""
        super().__init__(parent)
        self.setWindowTitle(say(title))
        self.fault = SpokenLabel()
        self.fault.setWordWrap(True)
        self.fault.hide()
        box = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(box.Ok | box.Cancel)
        self.buttons.accepted.connect(self._want)
        self.buttons.rejected.connect(self.reject)
        self.fields = QFormLayout()
        self.fields.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(14)
        column.addLayout(self.fields)
        column.addWidget(self.fault)
        column.addWidget(self.buttons)
        self.setMinimumWidth(400)

    def refuse(self, why: str | Message) -> None:
        """Say what is wrong; the dialog stays open."""
        self.fault.setText(told(why))
        self.fault.show()
        self.buttons.setEnabled(True)

    def add_field(self, name: str, field: QWidget) -> None:
        """Add a field below the others.

        Args:
            name: code of what stands before it.
            field: which screen readers are told the name of.
        """
        field.setAccessibleName(say(name))
        self.fields.addRow(say(name), field)

    def _want(self) -> None:
        """The first button was pressed."""
        raise NotImplementedError


class WordForm(EntryForm):
    """A word and its reading.

    Signals:
        wanted: text and reading, to be checked; `accept` or `refuse` is the answer.
    """

    wanted = Signal(str, str)

    def __init__(self, parent: QWidget, word: UserWord, *, new: bool) -> None:
        """Args: parent: owner; word: to be changed, or proposed; new: whether it is added."""
        super().__init__(parent, "words.form.add" if new else "words.form.edit")
        self.text = QLineEdit(word.text)
        self.reading = QLineEdit(" ".join(word.syllables))
        self.reading.setInputMethodHints(Qt.InputMethodHint.ImhLatinOnly)
        self.reading.setPlaceholderText(say("words.form.by_model"))
        self.add_field("words.column.text", self.text)
        self.add_field("words.column.reading", self.reading)

    def refuse(self, why: str | Message) -> None:
        """Say what is wrong; mostly it is the reading."""
        super().refuse(why)
        self.reading.setFocus()

    def _want(self) -> None:
        if text := self.text.text().strip():
            self.buttons.setEnabled(False)  # till it is checked
            self.wanted.emit(text, self.reading.text().strip())


class PhraseForm(EntryForm):
    """Code, text of one line or several, and place of a custom phrase."""

    def __init__(self, parent: QWidget, old: Phrase | None) -> None:
        """Args: parent: owner; old: to be changed; None for a new one."""
        super().__init__(parent, "phrases.form.edit" if old else "phrases.form.add")
        self.code = QLineEdit(old.code if old else "")
        self.code.setInputMethodHints(Qt.InputMethodHint.ImhLatinOnly)
        self.code.setPlaceholderText(say("phrases.form.code"))
        self.text = QPlainTextEdit(old.text if old else "")
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(90)
        self.place = Stepper(say("phrases.column.place"), 1, MAX_PLACE)
        self.place.show_value(old.place if old else 1)
        self.add_field("phrases.column.code", self.code)
        self.add_field("phrases.column.text", self.text)
        self.add_field("phrases.column.place", self.place)

    def _want(self) -> None:
        text = self.text.toPlainText().rstrip("\n")
        try:
            phrase = checked(self.code.text().strip(), text, self.place.value)
        except PhraseError as error:
            self.refuse(error.told)
        else:
            self.made.emit(phrase)
            self.accept()


class MarkForm(EntryForm):
    """A word, its reading, and whether it is first or hidden."""

    def __init__(self, parent: QWidget, old: Mark | None) -> None:
        """Args: parent: owner; old: to be changed; None for a new one."""
        super().__init__(parent, "words.form.mark_edit" if old else "words.form.mark")
        self.text = QLineEdit(old.text if old else "")
        self.reading = QLineEdit(" ".join(old.syllables) if old else "")
        self.reading.setInputMethodHints(Qt.InputMethodHint.ImhLatinOnly)
        self.reading.setPlaceholderText(say("words.form.syllables"))
        kinds = (MarkKind.PINNED, MarkKind.HIDDEN)
        choices = [(kind, say(f"words.kind.{kind.value}")) for kind in kinds]
        self.kind = Segments(say("words.wanted"), choices)
        self.kind.show_value(old.kind if old else MarkKind.PINNED)
        self.add_field("words.column.text", self.text)
        self.add_field("words.column.reading", self.reading)
        self.add_field("words.wanted", self.kind)

    def _want(self) -> None:
        kind = self.kind.value
        if not isinstance(kind, MarkKind):
            raise BugError(f"{kind} is no kind of mark")
        try:
            mark = mark_from(kind, self.text.text().strip(), self.reading.text())
        except NoWordError as error:
            self.refuse(error.told)
            self.reading.setFocus()
        else:
            self.made.emit(mark)
            self.accept()
