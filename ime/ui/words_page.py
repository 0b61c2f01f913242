"""The page of the personalize dialog that lists what the user pinned and hid."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ime.values import Mark, MarkKind

ABOUT = (
    "Ctrl and a digit pin a candidate to the first place for its reading. Ctrl+Delete forgets "
    "what was learned of the highlighted one; where nothing was learned, it is hidden. A right "
    "click on a candidate offers the same."
)
KINDS = {MarkKind.PINNED: "first", MarkKind.HIDDEN: "hidden"}


class WordsPage(QWidget):
    """Marks as a table, and a button that takes one back.

    Signals:
        taken_back: a `Mark` that is to hold no longer.
    """

    taken_back = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        about = QLabel(ABOUT)
        about.setWordWrap(True)
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels(["Word", "Reading", "Wanted"])
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.button = QPushButton("Take Back")
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

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """List the marks that hold, the newest first."""
        self.tree.clear()
        for mark in reversed(marks):
            item = QTreeWidgetItem([mark.text, " ".join(mark.syllables), KINDS[mark.kind]])
            item.setData(0, Qt.ItemDataRole.UserRole, mark)
            self.tree.addTopLevelItem(item)
        for column in range(self.tree.columnCount()):
            self.tree.resizeColumnToContents(column)

    def _take_back(self) -> None:
        for item in self.tree.selectedItems():
            self.taken_back.emit(item.data(0, Qt.ItemDataRole.UserRole))


def said_of(mark: Mark) -> str:
    """What the status line says of a mark that was just set."""
    reading = " ".join(mark.syllables)
    match mark.kind:
        case MarkKind.PINNED:
            return f"“{mark.text}” is first for {reading} from now on."
        case MarkKind.HIDDEN:
            return f"“{mark.text}” is hidden; Personalize, Words takes that back."
        case MarkKind.FORGOTTEN:
            return f"What was learned of “{mark.text}” is forgotten."
        case MarkKind.PLAIN:
            return f"“{mark.text}” has its place by likelihood again."
