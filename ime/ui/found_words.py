"""The dialog with words of the user's documents: those ticked become words of his own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ime.personalize.documents.words_of_text import FoundWord
from ime.texts.catalogue import say
from ime.ui.documents_page import fit_columns
from ime.ui.placing import fit


class FoundWordsDialog(QDialog):
    """Words with ticks, all set at first; made anew for each search.

    Signals:
        confirmed: the words that are ticked, a list of `FoundWord`.
    """

    confirmed = Signal(object)

    def __init__(self, parent: QWidget, words: Sequence[FoundWord]) -> None:
        super().__init__(parent)
        self._words = words
        self.setWindowTitle(say("documents.words.title"))
        about = QLabel(say("documents.words.about" if words else "documents.words.none"))
        about.setWordWrap(True)
        self.tree = QTreeWidget()
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        codes = ("words.column.text", "words.column.reading", "documents.words.count")
        self.tree.setHeaderLabels(list(map(say, codes)))
        for word in words:
            row = [word.text, " ".join(word.syllables), f"{word.count:,}"]
            item = QTreeWidgetItem(row)
            item.setCheckState(0, Qt.CheckState.Checked)
            self.tree.addTopLevelItem(item)
        fit_columns(self.tree)
        box = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(box.Ok | box.Cancel)
        self.buttons.button(box.Ok).setText(say("documents.words.add"))
        self.buttons.button(box.Ok).setEnabled(bool(words))
        self.buttons.accepted.connect(self._confirm)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(12)
        for widget in (about, self.tree, self.buttons):
            column.addWidget(widget)
        fit(self, QSize(520, 520))

    def _confirm(self) -> None:
        ticked = [
            word
            for row, word in enumerate(self._words)
            if self._item(row).checkState(0) == Qt.CheckState.Checked
        ]
        self.confirmed.emit(ticked)
        self.accept()

    def _item(self, row: int) -> QTreeWidgetItem:
        item = self.tree.topLevelItem(row)
        assert item is not None
        return item
