"""The page of the personalize dialog that lists the documents to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ime.personalize.documents.source_file import SourceFile
from ime.texts.catalogue import say, told
from ime.texts.learning_reports import left_out_text
from ime.ui.controls import push_button
from ime.ui.language import Wording

_COLUMNS = ("documents.column.file", "documents.column.hanzi", "documents.column.left_out")
_SUFFIXES = "*.txt *.md *.markdown *.docx *.odt *.pdf *.html *.htm"


class DocumentsPage(QWidget):
    """Documents as a table, with what is left out of each, and buttons that change the list.

    Signals:
        added: the paths that were chosen, a list of `Path`.
        removed: the paths of the rows that are selected, a list of `Path`.
        words_wanted: the words in all of them are to be looked for.
    """

    added = Signal(object)
    removed = Signal(object)
    words_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._files: Sequence[SourceFile] = ()
        self._wording = Wording()
        about = QLabel()
        about.setWordWrap(True)
        self._wording(about.setText, "documents.about")
        self.sum = QLabel()
        self.tree = QTreeWidget()
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.files_button = push_button(self._wording, "documents.add_files")
        self.folder_button = push_button(self._wording, "documents.add_folder")
        self.remove_button = push_button(self._wording, "documents.remove")
        self.words_button = push_button(self._wording, "documents.words.button")
        self.words_button.clicked.connect(self.words_wanted)
        self.files_button.clicked.connect(self._add_files)
        self.folder_button.clicked.connect(self._add_folder)
        self.remove_button.clicked.connect(lambda: self.removed.emit(self._selected()))
        self.tree.itemSelectionChanged.connect(self._enable)
        row = QHBoxLayout()
        for button in (self.files_button, self.folder_button, self.remove_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.words_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 14, 4, 4)
        column.setSpacing(10)
        for widget in (about, self.tree, self.sum):
            column.addWidget(widget)
        column.addLayout(row)
        self._idle = True
        self.show_files(())

    def show_files(self, files: Sequence[SourceFile]) -> None:
        """List documents, the newest first."""
        self._files = files
        columns = (
            "documents.column.file",
            "documents.column.hanzi",
            "documents.column.left_out",
        )
        self.tree.setAccessibleName(say("personalize.page.documents"))
        self.tree.setHeaderLabels(list(map(say, columns)))
        self.tree.clear()
        for file in reversed(files):
            beside = left_out_text(file) if file.problem is None else told(file.problem)
            item = QTreeWidgetItem([Path(file.path).name, f"{file.hanzi:,}", beside])
            item.setToolTip(0, file.path)
            item.setData(0, Qt.ItemDataRole.UserRole, file.path)
            self.tree.addTopLevelItem(item)
        fit_columns(self.tree)
        hanzi = sum(file.hanzi for file in files)
        self.sum.setText(say("documents.sum", count=len(files), hanzi=hanzi))
        self._enable()

    def set_idle(self, *, idle: bool) -> None:
        """Let the list be changed, or not, while something is at work."""
        self._idle = idle
        self._enable()

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._wording.say_again()
            self.show_files(self._files)

    def _enable(self) -> None:
        self.files_button.setEnabled(self._idle)
        self.folder_button.setEnabled(self._idle)
        self.words_button.setEnabled(self._idle and bool(self._files))
        self.remove_button.setEnabled(self._idle and bool(self.tree.selectedItems()))

    def _selected(self) -> list[Path]:
        items = self.tree.selectedItems()
        return [Path(item.data(0, Qt.ItemDataRole.UserRole)) for item in items]

    def _add_files(self) -> None:
        kinds = f"{say('documents.files')} ({_SUFFIXES})"
        names, _ = QFileDialog.getOpenFileNames(self, say("documents.add_files"), "", kinds)
        if names:
            self.added.emit(list(map(Path, names)))

    def _add_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, say("documents.add_folder"))
        if name:
            self.added.emit([Path(name)])


def fit_columns(tree: QTreeWidget) -> None:
    """Make each column as wide as what it holds, with a gap to the next."""
    for column in range(tree.columnCount() - 1):  # the last one takes what is left
        tree.resizeColumnToContents(column)
        tree.setColumnWidth(column, tree.columnWidth(column) + 16)
