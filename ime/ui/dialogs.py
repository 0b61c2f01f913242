"""The small dialogs: keys, about, and the question before what cannot be undone."""

from __future__ import annotations

from collections.abc import Iterator

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
from ime.ui.key_table import KeyTable
from ime.ui.keys_page import GROUPS, key_shown, row_shown
from ime.ui.placing import fit

LETTERS = ("letters", "apostrophe", "v", "capitals", "twice", "dates", "looks")
"""What has a line in the help, though no key of the map does it."""


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


def keys_dialog(parent: QWidget, table: KeyTable) -> QDialog:
    """What letters mean, and every action with the keys that it has now.

    Args:
        parent: window it belongs to.
        table: the keys that hold.
    """
    dialog = InfoDialog(parent, say("keys.title"))
    page = QWidget()
    page.setObjectName("page")
    grid = QGridLayout(page)
    grid.setContentsMargins(0, 0, 12, 0)
    grid.setHorizontalSpacing(28)
    grid.setVerticalSpacing(7)
    for row, (key, does) in enumerate(_help_rows(table)):
        if not does:
            heading = QLabel(key)
            heading.setObjectName("quiet")
            heading.setContentsMargins(0, 10 if row else 0, 0, 0)
            grid.addWidget(heading, row, 0, 1, 2)
            continue
        grid.addWidget(_bold(key), row, 0)
        grid.addWidget(QLabel(does), row, 1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumWidth(page.sizeHint().width() + 16)
    area.setAccessibleName(say("keys.title"))
    area.setWidget(page)
    dialog.column.addWidget(area)
    dialog.finish()
    fit(dialog, QSize(dialog.sizeHint().width(), page.sizeHint().height() + 180))
    return dialog


def _help_rows(table: KeyTable) -> Iterator[tuple[str, str]]:
    """Keys and what they do; a heading does nothing."""
    yield say("keys.heading"), ""
    for name in LETTERS:
        yield say(f"keys.{name}.key"), say(f"keys.{name}.does")
    groups = {group: [one.value for one in actions] for group, actions in GROUPS.items()}
    groups["menus"] = list(table.shortcuts)
    for group, names in groups.items():
        yield say(f"keys_page.group.{group}"), ""
        for name in names:
            if keys := table.keys(name):  # others are offered in the settings
                yield "   ".join(key_shown(name, key) for key in keys), row_shown(name)


def _bold(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


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
