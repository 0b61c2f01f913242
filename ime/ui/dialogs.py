"""The small dialogs: keys, about, and the question before what cannot be undone."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ime.errors import Message
from ime.texts.catalogue import say, told
from ime.ui.placing import fit

KEYS = (
    "letters",
    "digits",
    "space",
    "enter",
    "escape",
    "backspace",
    "page",
    "caret",
    "apostrophe",
    "v",
    "capitals",
    "twice",
    "dates",
    "looks",
    "pin",
    "forget",
    "reopen",
    "repair",
    "brackets",
    "shift",
    "punctuation",
    "width",
    "script",
)
"""What has a line in the table of keys, in its order."""


class InfoDialog(QDialog):
    """A titled text with a button that closes it; it is made anew each time it opens."""

    def __init__(self, parent: QWidget, title: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
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
    dialog = InfoDialog(parent, say("keys.title"))
    page = QWidget()
    page.setObjectName("page")
    grid = QGridLayout(page)
    grid.setContentsMargins(0, 0, 12, 0)
    grid.setHorizontalSpacing(28)
    grid.setVerticalSpacing(7)
    for row, name in enumerate(KEYS):
        key = QLabel(say(f"keys.{name}.key"))
        font = key.font()
        font.setBold(True)
        key.setFont(font)
        grid.addWidget(key, row, 0)
        grid.addWidget(QLabel(say(f"keys.{name}.does")), row, 1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumWidth(page.sizeHint().width() + 16)
    area.setWidget(page)
    dialog.column.addWidget(area)
    dialog.finish()
    fit(dialog, QSize(dialog.sizeHint().width(), page.sizeHint().height() + 180))
    return dialog


def about_dialog(parent: QWidget, version: str, engine: str | Message, folder: str) -> QDialog:
    """What this is, which model runs, and where the user's files are."""
    dialog = InfoDialog(parent, say("about.title"))
    dialog.add_text(say("about.version", version=version))
    dialog.add_text(say("about.what"))
    dialog.add_text(told(engine))
    dialog.add_text(say("about.folder", folder=folder))
    dialog.finish()
    return dialog


def is_sure(parent: QWidget, title: str, question: str, action: str) -> bool:
    """Ask before what cannot be undone; Enter and Escape mean no.

    Args:
        parent: window the question belongs to.
        title: of the question.
        question: what would happen.
        action: on the button that lets it happen.
    """
    box = QMessageBox(QMessageBox.Icon.Warning, title, question, parent=parent)
    yes = box.addButton(action, QMessageBox.ButtonRole.DestructiveRole)
    no = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    box.exec()
    return box.clickedButton() is yes
