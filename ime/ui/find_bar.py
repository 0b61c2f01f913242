"""Find and replace in the text: a bar below it, which takes no window of its own."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QWidget

from ime.errors import Message
from ime.texts.catalogue import say
from ime.ui.announce import SpokenLabel
from ime.ui.controls import push_button
from ime.ui.editor import PARAGRAPH_SEPARATOR, Editor
from ime.ui.language import Wording

COUNTED = 1_000_000  # characters of a text in which places are counted; more take too long

Flag = QTextDocument.FindFlag


class FindBar(QFrame):
    """Two fields and their buttons. Letters mean capitals, too, unless a capital is among them.

    Args:
        editor: holds the text.
    """

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self._editor = editor
        self._wording = Wording()
        self.wanted = QLineEdit()
        self.instead = QLineEdit()
        self.told = SpokenLabel()
        self.next_button = push_button(self._wording, "find.next", self.find_next)
        self.back_button = push_button(self._wording, "find.back", self.find_back)
        self.replace_button = push_button(self._wording, "find.replace", self.replace)
        self.all_button = push_button(self._wording, "find.replace_all", self.replace_all)
        self.close_button = push_button(self._wording, "find.close", self.leave)
        for field in (self.wanted, self.instead):
            field.setClearButtonEnabled(True)
        self._lay_out()
        self._name_parts()
        self.wanted.textChanged.connect(self._look)
        self.hide()

    def open(self, *, replacing: bool) -> None:
        """Show the bar; what is selected in one line is what is wanted.

        Args:
            replacing: show the second field, too.
        """
        selected = self._editor.textCursor().selectedText()
        if selected and PARAGRAPH_SEPARATOR not in selected:
            self.wanted.setText(selected)
        for part in (self.instead, self.replace_button, self.all_button):
            part.setVisible(replacing)
        self.show()
        self.wanted.setFocus()
        self.wanted.selectAll()
        self._look()

    def leave(self) -> None:
        """Hide the bar and go back to the text."""
        self.hide()
        self._editor.setFocus()

    def find_next(self) -> bool:
        """Select the next place, from the start again behind the last; False for none."""
        return self._find(Flag(0))

    def find_back(self) -> bool:
        """Select the place before, from the end again before the first; False for none."""
        return self._find(Flag.FindBackward)

    def replace(self) -> None:
        """Put the other text in place of what is found, and go on to the next."""
        cursor = self._editor.textCursor()
        if self._is_match(cursor.selectedText()):
            cursor.insertText(self.instead.text())
        self.find_next()

    def replace_all(self) -> None:
        """Replace every place in the whole text, in one step of undo."""
        if not self.wanted.text():
            return
        text = self._editor.text()
        new, count = self._pattern().subn(lambda _: self.instead.text(), text)
        if count:
            _put(self._editor, text, new)
        self._wording(self.told.setText, "find.replaced", count=count)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter finds the next place, with Shift the one before; Esc leaves."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif enter and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.find_back()
        elif enter and self.instead.hasFocus():
            self.replace()
        elif enter:
            self.find_next()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._wording.say_again()
            self._name_parts()

    # --- building ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 8, 12, 8)
        grid.setSpacing(6)
        rows = (
            (self.wanted, self.back_button, self.next_button, self.close_button),
            (self.instead, self.replace_button, self.all_button),
        )
        for row, parts in enumerate(rows):
            for column, part in enumerate(parts):
                grid.addWidget(part, row, column)
        grid.addWidget(self.told, 2, 0, 1, 4)
        grid.setColumnStretch(0, 1)

    def _name_parts(self) -> None:
        for field, code in ((self.wanted, "find.wanted"), (self.instead, "find.instead")):
            field.setPlaceholderText(say(code))
            field.setAccessibleName(say(code))

    # --- finding -------------------------------------------------------------------------

    def _pattern(self) -> re.Pattern[str]:
        return re.compile(re.escape(self.wanted.text()), re.IGNORECASE * self._ignores_case())

    def _ignores_case(self) -> bool:
        wanted = self.wanted.text()
        return wanted == wanted.lower()

    def _is_match(self, text: str) -> bool:
        return bool(text) and self._pattern().fullmatch(text) is not None

    def _find(self, direction: QTextDocument.FindFlag) -> bool:
        wanted = self.wanted.text()
        if not wanted:
            return False
        flags = direction if self._ignores_case() else direction | Flag.FindCaseSensitively
        document = self._editor.document()
        found = document.find(wanted, self._editor.textCursor(), flags)
        if found.isNull():
            edge = QTextCursor(document)
            if direction == Flag.FindBackward:
                edge.movePosition(QTextCursor.MoveOperation.End)
            found = document.find(wanted, edge, flags)
        if found.isNull():
            self._wording(self.told.setText, "find.none")
            return False
        self._editor.setTextCursor(found)
        self._editor.ensureCursorVisible()
        self._show_count()
        return True

    def _look(self) -> None:
        """Say how often the text has what is wanted; the caret stays where it is."""
        if self.isVisible():
            self._show_count()

    def _show_count(self) -> None:
        wanted, text = self.wanted.text(), ""
        if wanted and self._editor.document().characterCount() <= COUNTED:
            text = self._editor.text()
        if not text:
            self._wording.clear(self.told.setText)
            return
        count = sum(1 for _ in self._pattern().finditer(text))
        code = "find.count" if count else "find.none"
        self._wording.tell(self.told.setText, Message.of(code, count=count))


def _put(editor: Editor, old: str, new: str) -> None:
    """Make one text of another by a single change between what begins and ends them alike."""
    start = 0
    least = min(len(old), len(new))
    while start < least and old[start] == new[start]:
        start += 1
    tail = 0
    while tail < least - start and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    units = [
        len(part.encode("utf-16-le", "surrogatepass")) // 2 for part in _cut(old, start, tail)
    ]
    cursor = QTextCursor(editor.document())
    cursor.setPosition(units[0])
    cursor.setPosition(units[0] + units[1], QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(new[start : len(new) - tail])
    editor.setTextCursor(cursor)


def _cut(text: str, start: int, tail: int) -> tuple[str, str]:
    """What is before a change, and what changes."""
    return text[:start], text[start : len(text) - tail]
