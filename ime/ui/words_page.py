"""The page of the personalize dialog that lists what the user pinned and hid."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ime.texts.catalogue import say
from ime.ui.language import Wording
from ime.values import Mark


class WordsPage(QWidget):
    """Marks as a table, and a button that takes one back.

    Signals:
        taken_back: a `Mark` that is to hold no longer.
    """

    taken_back = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._marks: Sequence[Mark] = ()
        self._wording = Wording()
        about = QLabel()
        about.setWordWrap(True)
        self._wording(about.setText, "words.about")
        self.tree = QTreeWidget()
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.button = QPushButton()
        self._wording(self.button.setText, "words.take_back")
        self.button.setAutoDefault(False)
        self.button.setEnabled(False)
        self.button.clicked.connect(self._take_back)
        self.tree.itemSelectionChanged.connect(
            lambda: self.button.setEnabled(bool(self.tree.selectedItems()))
        )
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 14, 4, 4)
        column.setSpacing(10)
        column.addWidget(about)
        column.addWidget(self.tree)
        column.addLayout(row)
        self.show_marks(())

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """List the marks that hold, the newest first."""
        self._marks = marks
        self.tree.setHeaderLabels(
            [say("words.word"), say("words.reading"), say("words.wanted")]
        )
        self.tree.clear()
        for mark in reversed(marks):
            kind = say(f"words.kind.{mark.kind.value}")
            item = QTreeWidgetItem([mark.text, " ".join(mark.syllables), kind])
            item.setData(0, Qt.ItemDataRole.UserRole, mark)
            self.tree.addTopLevelItem(item)
        fit_columns(self.tree)

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._wording.say_again()
            self.show_marks(self._marks)

    def _take_back(self) -> None:
        for item in self.tree.selectedItems():
            self.taken_back.emit(item.data(0, Qt.ItemDataRole.UserRole))


def fit_columns(tree: QTreeWidget) -> None:
    """Make each column as wide as what it holds, with a gap to the next."""
    for column in range(tree.columnCount() - 1):  # the last one takes what is left
        tree.resizeColumnToContents(column)
        tree.setColumnWidth(column, tree.columnWidth(column) + 16)


def said_of(mark: Mark) -> str:
    """What the status line says of a mark that was just set."""
    return say(f"mark.{mark.kind.value}", text=mark.text, reading=" ".join(mark.syllables))
