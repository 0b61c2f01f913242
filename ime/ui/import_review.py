"""The dialog between reading a file of words and importing it: what is in it, with readings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ime.lexicon.importers.entries import normal
from ime.lexicon.importers.formats import Import
from ime.lexicon.user_layer import OWN, is_own_word
from ime.texts.catalogue import say
from ime.ui.controls import Switch
from ime.ui.placing import fit
from ime.values import UserWord

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a file holds.

    Attributes:
        path: of the file.
        found: its words.
        by_model: texts whose reading the model told.
    """

    path: Path
    found: Import
    by_model: Collection[str]


class ReviewModel(QAbstractTableModel):
    """Words of a file, those first whose reading the model told; readings can be changed.

    Attributes:
        words: as they are now.
    """

    def __init__(self, reviewed: Reviewed) -> None:
        super().__init__()
        self._by_model = reviewed.by_model
        self.words = sorted(
            reviewed.found.words, key=lambda word: word.text not in self._by_model
        )

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many words there are."""
        return 0 if parent.isValid() else len(self.words)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Text, reading, who told the reading."""
        return 0 if parent.isValid() else 3

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Names of the columns."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        codes = ("words.column.text", "words.column.reading", "words.column.from")
        return say(codes[section])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, and what is edited in it."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return None
        word = self.words[index.row()]
        match index.column():
            case 0:
                return word.text
            case 1:
                return " ".join(word.syllables)
            case _:
                by_model = word.text in self._by_model
                return say("words.by_model" if by_model else "words.by_file")

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Readings can be changed."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == 1 else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take another reading, if it is one for that word."""
        syllables = tuple(normal(one) for one in str(value).replace("'", " ").split())
        word = self.words[index.row()]
        if index.column() != 1 or not is_own_word(word.text, syllables):
            return False
        self.words[index.row()] = replace(word, syllables=syllables)
        self.dataChanged.emit(index, index)
        return True


class ImportReview(QDialog):
    """Shows what would be imported; made anew for each file.

    Signals:
        confirmed: the words that are to be imported, a list of `UserWord`.
    """

    confirmed = Signal(object)

    def __init__(self, parent: QWidget, reviewed: Reviewed) -> None:
        super().__init__(parent)
        found = reviewed.found
        self.setWindowTitle(say("words.review.title", name=reviewed.path.name))
        self.model = ReviewModel(reviewed)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.windowTitle())
        self.table.setTabKeyNavigation(False)  # Tab would go through every cell
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 12)
        self.table.horizontalHeader().setStretchLastSection(True)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self.table.horizontalHeader().setDefaultAlignment(left)
        self.table.setColumnWidth(0, 180)
        self.table.setColumnWidth(1, 220)
        about = say("words.review.words", count=len(found.words))
        if found.unread:
            about += say("words.review.unread", count=found.unread)
        if found.left_out:
            about += say("words.review.left_out", count=found.left_out)
        label = QLabel(about)
        label.setWordWrap(True)
        self.own = Switch(say("words.review.own"))
        box = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(box.Ok | box.Cancel)
        self.buttons.button(box.Ok).setText(say("words.button.import_now"))
        self.buttons.button(box.Ok).setEnabled(bool(found.words))
        self.buttons.accepted.connect(self._confirm)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(12)
        for widget in (label, self.table, self.own, self.buttons):
            column.addWidget(widget)
        fit(self, QSize(640, 520))

    def _confirm(self) -> None:
        more = OWN if self.own.isChecked() else 0.0
        self.confirmed.emit([_heavier(word, more) for word in self.model.words])
        self.accept()


def _heavier(word: UserWord, more: float) -> UserWord:
    """A dictionary's word as one of the user's own; what was chosen already is that."""
    return replace(word, weight=word.weight + more) if more and word.weight < OWN else word
