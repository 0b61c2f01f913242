"""The small dialogs behind the menus: keys, about."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

KEYS = (
    ("a … z", "type pinyin; initials (zgr) and unfinished syllables do, too"),
    ("1 … 9", "choose the candidate with that number; on the keypad: type the number"),
    ("Space", "choose the highlighted candidate"),
    ("Enter", "commit the letters as they are"),
    ("Esc", "drop what is composed"),
    ("Backspace", "give back the last choice, then delete letters"),
    ("- =   PgUp PgDn   ↑ ↓", "page through the candidates"),
    ("← →   Home End", "move the caret in the letters"),
    ("'", "separate syllables: xi'an"),
    ("v", "ü: lv, nv; before a number: Chinese numerals (v123)"),
    ("Capitals", "stay as they are, with digits and marks behind: GPT-4, Node.js, C++"),
    (". twice", "behind such a name or a digit: 。 (so , and : behind a digit)"),
    ("rq   sj   xq", "today's date, the time, the weekday"),
    ("Ctrl+1 … 9", "pin that candidate to the first place; again: release it"),
    ("Ctrl+Delete", "forget what was learned of the highlighted candidate, or hide it"),
    ("[ ]", "choose only the first or last character of the candidate"),
    ("Shift", "tapped alone: Chinese or English"),
    ("Ctrl+.", "Chinese or English punctuation"),
    ("Shift+Space", "half or full width"),
)


class InfoDialog(QDialog):
    """A titled text with a button that closes it."""

    def __init__(self, parent: QWidget, title: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(28, 24, 28, 20)
        self.column.setSpacing(14)
        heading = QLabel(title)
        font = heading.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        heading.setFont(font)
        self.column.addWidget(heading)

    def add_text(self, text: str) -> QLabel:
        """Add a paragraph."""
        label = QLabel(text)
        label.setWordWrap(True)
        label.setMinimumWidth(420)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.column.addWidget(label)
        return label

    def finish(self) -> None:
        """Add the button."""
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.column.addSpacing(6)
        self.column.addWidget(buttons)


def keys_dialog(parent: QWidget) -> QDialog:
    """The keys, in two columns."""
    dialog = InfoDialog(parent, "Keys")
    grid = QGridLayout()
    grid.setHorizontalSpacing(28)
    grid.setVerticalSpacing(7)
    for row, (keys, meaning) in enumerate(KEYS):
        name = QLabel(keys)
        font = name.font()
        font.setBold(True)
        name.setFont(font)
        grid.addWidget(name, row, 0)
        grid.addWidget(QLabel(meaning), row, 1)
    dialog.column.addLayout(grid)
    dialog.finish()
    return dialog


def about_dialog(parent: QWidget, version: str, engine: str, folder: str) -> QDialog:
    """What this is, which model runs, and where the user's files are."""
    dialog = InfoDialog(parent, "墨音 Moyin")
    dialog.add_text(f"Version {version}")
    dialog.add_text(
        "A pinyin input method whose converter is a Transformer on your own machine. It has no "
        "network code: what you type stays here."
    )
    dialog.add_text(f"Converter: {engine}")
    dialog.add_text(f"Your files: {folder}")
    dialog.finish()
    return dialog
