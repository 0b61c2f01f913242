"""A table of the user's own words that reads from the database what is looked at, and no more.

The numbers of all words in their order are read at once, 200,000 of them in 1.6 MB; the words
themselves come in blocks from the thread of the database, so that no paint waits for it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from ime.backend.own_words import has, learned_of
from ime.errors import StoreError
from ime.texts.catalogue import say
from ime.userdb.selection_log import SelectionLog
from ime.userdb.user_words import Order
from ime.values import UserWord

BLOCK = 200  # words read at a time: some screens full
MOST_BLOCKS = 50  # kept
COLUMNS: tuple[Order, ...] = ("text", "reading", "weight", "source", "newest")
"""What the columns show, by the order that a click on them makes."""

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class Asking(Protocol):
    """What works on the log, on a thread of its own."""

    def ask(
        self,
        work: Callable[[SelectionLog], Any],
        answer: Callable[[Any], None],
        refuse: Callable[[StoreError], None],
    ) -> object:
        """Do `work`, then call `answer` or `refuse`, there."""
        ...


class WordsModel(QAbstractTableModel):
    """Learned words first, then those that were added and imported.

    Signals:
        refused: a `StoreError`.
        found: how many words there are.
    """

    refused = Signal(object)
    found = Signal(int)
    _listed = Signal(int, object, object)
    _read = Signal(int, int, object)

    def __init__(self, store: Asking) -> None:
        super().__init__()
        self._store = store
        self._question = 0  # answers to older ones are out of date
        self._part, self._order, self._back = "", "newest", False
        self._all_learned: list[UserWord] | None = None
        self._learned: list[UserWord] = []
        self._ids: array[int] = array("q")
        self._blocks: dict[int, Sequence[UserWord] | None] = {}
        queued = Qt.ConnectionType.QueuedConnection
        self._listed.connect(self._take_list, queued)
        self._read.connect(self._take_block, queued)

    # --- what is asked for ---------------------------------------------------------------

    def search(self, part: str) -> None:
        """Show the words that hold hanzi, or whose reading begins with letters."""
        self._part = part.replace(" ", "").replace("'", "").lower()
        self._ask()

    def refresh(self) -> None:
        """Read everything anew."""
        self._all_learned = None
        self._ask()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; numbers and times begin with the greatest."""
        self._order = COLUMNS[column]
        self._back = order == Qt.SortOrder.DescendingOrder
        if self._question:  # else nothing is shown yet
            self._ask()

    def words_at(self, rows: Sequence[range]) -> tuple[list[UserWord], array[int]]:
        """The learned words in some runs of rows, and the numbers of the others."""
        own = len(self._learned)
        learned: list[UserWord] = []
        ids: array[int] = array("q")
        for run in rows:
            learned += self._learned[run.start : run.stop]
            ids += self._ids[max(0, run.start - own) : max(0, run.stop - own)]
        return learned, ids

    def word(self, row: int) -> UserWord | None:
        """The word in a row; None while it is being read."""
        if row < len(self._learned):
            return self._learned[row]
        number, place = divmod(row - len(self._learned), BLOCK)
        block = self._blocks.get(number)
        if number not in self._blocks:
            self._ask_block(number)
        return block[place] if block is not None and place < len(block) else None

    # --- what Qt asks for ----------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many words there are."""
        return 0 if parent.isValid() else len(self._learned) + len(self._ids)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Text, reading, weight, source, time."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Names of the columns."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return say(f"words.column.{COLUMNS[section]}")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows; nothing while it is being read."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        word = self.word(index.row())
        return "" if word is None else shown(word)[index.column()]

    # --- what is answered ----------------------------------------------------------------

    def _ask(self) -> None:
        self._question += 1
        question, part, order, back = self._question, self._part, self._order, self._back
        learned = self._all_learned

        def work(log: SelectionLog) -> tuple[list[UserWord], array[int]]:
            known = learned_of(log) if learned is None else learned
            return known, log.words.ids(part, order=order, back=back)  # type: ignore[arg-type]

        self._store.ask(
            work, lambda answer: self._listed.emit(question, *answer), self.refused.emit
        )

    def _take_list(self, question: int, learned: list[UserWord], ids: array[int]) -> None:
        self._all_learned = learned
        if question != self._question:
            return
        self.beginResetModel()
        self._learned = [word for word in learned if has(word, self._part)]
        self._learned.sort(key=lambda word: _key(word, self._order), reverse=self._back)
        self._ids = ids
        self._blocks.clear()
        self.endResetModel()
        self.found.emit(self.rowCount())

    def _ask_block(self, number: int) -> None:
        if len(self._blocks) >= MOST_BLOCKS:
            self._blocks.clear()
        self._blocks[number] = None
        question = self._question
        ids = self._ids[number * BLOCK : (number + 1) * BLOCK]
        self._store.ask(
            lambda log: log.words.at(ids),
            lambda words: self._read.emit(question, number, words),
            self.refused.emit,
        )

    def _take_block(self, question: int, number: int, words: Sequence[UserWord]) -> None:
        if question != self._question:
            return
        self._blocks[number] = words
        first = len(self._learned) + number * BLOCK
        last = min(first + BLOCK, self.rowCount()) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))


def shown(word: UserWord) -> tuple[str, str, str, str, str]:
    """A word as its row shows it."""
    source = say(f"words.source.{word.source}") if word.source in _OURS else word.source
    day = datetime.fromtimestamp(word.time).astimezone() if word.time else None
    when = day.strftime("%Y-%m-%d") if day else ""
    return word.text, " ".join(word.syllables), f"{word.weight:g}", source, when


_OURS = ("added", "learned", "documents")


def _key(word: UserWord, order: str) -> tuple[object, ...]:
    """By what learned words are sorted; of their time nothing is known."""
    keys: dict[str, tuple[object, ...]] = {
        "text": (word.text,),
        "reading": (word.syllables, word.text),
    }
    return keys.get(order, (-word.weight, word.syllables, word.text))
