"""A page with a list of what the user set, and what changes it: add, edit, delete, undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ime.errors import Message
from ime.texts.catalogue import say
from ime.ui.announce import SpokenLabel
from ime.ui.controls import push_button
from ime.ui.entry_forms import EntryForm
from ime.ui.language import Wording

Index = QModelIndex | QPersistentModelIndex
Entry = Any
"""What a row stands for: a value that can be compared."""

_NOWHERE = QModelIndex()


class ListModel(QAbstractTableModel):
    """Rows of texts over a list in memory.

    Args:
        columns: codes of the heads.
        shown: the texts of a row.
    """

    def __init__(self, columns: Sequence[str], shown: Callable[[Entry], Sequence[str]]) -> None:
        super().__init__()
        self._columns, self._shown = columns, shown
        self.entries: Sequence[Entry] = ()

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """List these."""
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many entries there are."""
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """How many texts a row has."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Names of the columns."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return say(self._columns[section])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._shown(self.entries[index.row()])[index.column()]


class OwnListPage(QWidget):
    """Search, table, and buttons; who makes it stores what is changed, and shows it again.

    Signals:
        replaced: entries that go, and entries that come in their place.

    Args:
        about: code of the sentence above the list.
        columns: codes of the heads.
        shown: the texts of a row, which the search looks into.
        make_form: of an entry that is changed, or of None for a new one.
    """

    replaced = Signal(object, object)

    def __init__(
        self,
        about: str,
        columns: Sequence[str],
        shown: Callable[[Entry], Sequence[str]],
        make_form: Callable[[QWidget, Entry | None], EntryForm],
    ) -> None:
        super().__init__()
        self._about, self._shown, self._make_form = about, shown, make_form
        self._entries: Sequence[Entry] = ()
        self._undo: list[tuple[Sequence[Entry], Sequence[Entry]]] = []
        self._wording = Wording()
        self.form: EntryForm | None = None
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.model = ListModel(columns, shown)
        self.table = list_table(self.model, (180, 300))
        self.told = SpokenLabel()
        self.told.setWordWrap(True)
        self.add_button = push_button(
            self._wording, "words.button.add", lambda: self._open_form(None)
        )
        self.edit_button = push_button(self._wording, "words.button.edit", self._edit)
        self.delete_button = push_button(self._wording, "words.button.delete", self._delete)
        self.undo_button = push_button(self._wording, "words.button.undo", self._take_back)
        self._lay_out()
        self._connect()
        self._name_parts()
        self._enable()

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """List these, as far as they have what is searched for."""
        self._entries = entries
        part = self.search.text().strip().lower()
        self.model.show_entries(
            [one for one in entries if any(part in text.lower() for text in self._shown(one))]
        )
        self._enable()

    def refuse(self, why: str | Message) -> None:
        """Say why the last change was not made, or why nothing can be listed."""
        del self._undo[-1:]
        self._enable()
        self._wording.tell(self.told.setText, why)

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._wording.say_again()
            self._name_parts()
            self.show_entries(self._entries)
            last = self.model.columnCount() - 1
            self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)

    # --- building ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        about = QLabel()
        about.setWordWrap(True)
        self._wording(about.setText, self._about)
        buttons = QHBoxLayout()
        for button in (self.add_button, self.edit_button, self.delete_button, self.undo_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 14, 4, 4)
        column.setSpacing(10)
        column.addWidget(about)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)
        column.addWidget(self.told)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _: self.show_entries(self._entries))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.table.doubleClicked.connect(lambda _: self._edit())
        for key, press in (
            (QKeySequence.StandardKey.Delete, self._delete),
            (QKeySequence.StandardKey.Undo, self._take_back),
        ):
            shortcut = QShortcut(QKeySequence(key), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(press)

    def _name_parts(self) -> None:
        self.search.setPlaceholderText(say("words.search_here"))
        self.search.setAccessibleName(say("words.search_here"))
        self.table.setAccessibleName(say(self._about))

    def _enable(self) -> None:
        chosen = self._chosen()
        self.edit_button.setEnabled(len(chosen) == 1)
        self.delete_button.setEnabled(bool(chosen))
        self.undo_button.setEnabled(bool(self._undo))

    def _chosen(self) -> list[Entry]:
        runs = chosen_rows(self.table)
        return [one for run in runs for one in self.model.entries[run.start : run.stop]]

    # --- what is asked for ---------------------------------------------------------------

    def _edit(self) -> None:
        if len(chosen := self._chosen()) == 1:
            self._open_form(chosen[0])

    def _open_form(self, old: Entry | None) -> None:
        self.form = form = self._make_form(self, old)
        gone = [] if old is None else [old]
        form.made.connect(lambda new: self._change(gone, [new]))
        form.open()

    def _delete(self) -> None:
        if chosen := self._chosen():
            self._change(chosen, [])

    def _change(self, old: Sequence[Entry], new: Sequence[Entry]) -> None:
        self._undo.append((old, new))
        self._replace(old, new)

    def _take_back(self) -> None:
        if self._undo:
            old, new = self._undo.pop()
            self._replace(new, old)

    def _replace(self, old: Sequence[Entry], new: Sequence[Entry]) -> None:
        self._wording.clear(self.told.setText)
        self._enable()
        self.replaced.emit(old, new)


def list_table(model: QAbstractTableModel, widths: Sequence[int]) -> QTableView:
    """A table whose rows are chosen whole, quick with 200,000 of them.

    Args:
        model: of the rows.
        widths: of the columns but the last, in device-independent pixels.
    """
    table = QTableView()
    table.setModel(model)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    # A fixed height: else Qt measures every row.
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 12)
    header = table.horizontalHeader()
    # One of its own: with that of the table it asks every row whether it is selected.
    header.setSelectionModel(QItemSelectionModel(model, header))
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setStretchLastSection(True)
    for column, width in enumerate(widths):
        table.setColumnWidth(column, width)
    return table


def chosen_rows(table: QTableView) -> list[range]:
    """What is selected, in runs: of all rows it is one."""
    chosen = table.selectionModel().selection()
    ranges = [chosen.at(number) for number in range(chosen.count())]
    return [range(one.top(), one.bottom() + 1) for one in ranges]
