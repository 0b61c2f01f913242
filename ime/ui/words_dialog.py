"""The dialog of the user's own: words, custom phrases, what is pinned and hidden."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ime.backend.own_words import export_words, model_reader, word_from
from ime.errors import ImeError, Message
from ime.lexicon.importers.formats import ReadText, import_words
from ime.lexicon.phrases import Phrase, listed_phrases, replace_phrases
from ime.texts.catalogue import say
from ime.ui.announce import SpokenLabel
from ime.ui.controls import push_button
from ime.ui.dialogs import is_sure
from ime.ui.entry_forms import MarkForm, PhraseForm, WordForm
from ime.ui.import_review import ImportReview, Reviewed
from ime.ui.language import Wording
from ime.ui.own_list import OwnListPage, chosen_rows, list_table
from ime.ui.placing import fit
from ime.ui.words_model import COLUMNS, Asking, WordsModel
from ime.userdb.selection_log import SelectionLog
from ime.values import Mark, MarkKind, UserWord

SETTLE_MS = 1500  # after the last change: the converter is opened anew once for many
PAGES = ("words", "phrases", "marks")
LOOK_MS = 150  # after the last letter of a search


class WordsDialog(QDialog):
    """A list over the database, and what changes it.

    Args:
        parent: the window.
        store: works on the log.
        changed: told, some time after a change, that words are others.
        set_mark: lets a mark hold; returns why it may not, None where it may.
        phrases: file of the custom phrases.
        folder: where file dialogs begin.
    """

    _done = Signal(object)
    _failed = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        store: Asking,
        changed: Callable[[], None],
        set_mark: Callable[[Mark], Message | None],
        phrases: Path,
        folder: Path,
    ) -> None:
        super().__init__(parent)
        self._store, self._set_mark = store, set_mark
        self._phrases_file, self._folder = phrases, folder
        self._proposal = ""
        self._wording = Wording()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="words")
        self._read_text: ReadText = model_reader()
        self._undo: list[tuple[Sequence[UserWord], Sequence[UserWord]]] = []
        self.review: ImportReview | None = None
        self.form: WordForm | None = None
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.model = WordsModel(store)
        self.table = _table(self.model)
        self.count = QLabel()
        self.count.setObjectName("quiet")
        self.told = SpokenLabel()
        self.told.setWordWrap(True)
        self.add_button = push_button(self._wording, "words.button.add", self._add)
        self.edit_button = push_button(self._wording, "words.button.edit", self._edit)
        self.delete_button = push_button(self._wording, "words.button.delete", self._delete)
        self.undo_button = push_button(self._wording, "words.button.undo", self._take_back)
        self.import_button = push_button(self._wording, "words.button.import", self._import)
        self.export_button = push_button(self._wording, "words.button.export", self._export)
        self.phrases, self.marks, self.tabs = _phrases_page(), _marks_page(), QTabWidget()
        self._look = _single_shot(self, LOOK_MS, lambda: self.model.search(self.search.text()))
        self._settle = _single_shot(self, SETTLE_MS, changed)
        self._lay_out()
        self._connect()
        self._name_parts()
        self._enable()

    def stop(self) -> None:
        """Begin nothing more: the window goes."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def refresh(self, proposal: str = "") -> None:
        """Read the words anew.

        Args:
            proposal: what is selected in the text, for the word that may be added.
        """
        self._proposal = proposal
        self.model.refresh()
        self._read_phrases()
        self._read_marks()

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._wording.say_again()
            self._name_parts()
            self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 4)

    # --- building ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        about = QLabel()
        about.setWordWrap(True)
        self._wording(about.setText, "words.about_own")
        buttons = QHBoxLayout()
        for button in (self.add_button, self.edit_button, self.delete_button, self.undo_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self.import_button, self.export_button):
            buttons.addWidget(button)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        close.rejected.connect(self.reject)
        end = QHBoxLayout()
        end.addWidget(self.count)
        end.addWidget(self.told, 1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(4, 14, 4, 4)
        column.setSpacing(10)
        column.addWidget(about)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)
        column.addLayout(end)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        for one in (page, self.phrases, self.marks):
            self.tabs.addTab(one, "")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 18)
        column.setSpacing(10)
        column.addWidget(self.tabs)
        column.addWidget(close)
        fit(self, QSize(760, 620))

    def _connect(self) -> None:
        queued = Qt.ConnectionType.QueuedConnection
        self.search.textChanged.connect(lambda _: self._look.start())
        self.model.found.connect(self._show_count)
        self.model.refused.connect(self._refuse, queued)
        self._done.connect(self._perform, queued)
        self._failed.connect(self._refuse, queued)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.model.modelReset.connect(self._enable)
        self.table.doubleClicked.connect(lambda _: self._edit())
        for key, press in (
            (QKeySequence.StandardKey.Delete, self._delete),
            (QKeySequence.StandardKey.Undo, self._take_back),
        ):
            shortcut = QShortcut(QKeySequence(key), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(press)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._focus_search)
        self.phrases.replaced.connect(self._replace_phrases)
        self.marks.replaced.connect(self._replace_marks)

    def _name_parts(self) -> None:
        self.setWindowTitle(say("words.title"))
        for page, name in enumerate(PAGES):
            self.tabs.setTabText(page, say(f"words.page.{name}"))
        self.search.setPlaceholderText(say("words.search"))
        self.search.setAccessibleName(say("words.search"))
        self.table.setAccessibleName(say("words.title"))

    def _enable(self) -> None:
        learned, others = self.model.words_at(chosen_rows(self.table))
        self.edit_button.setEnabled(len(others) == 1 and not learned)
        self.delete_button.setEnabled(bool(learned or others))
        self.undo_button.setEnabled(bool(self._undo))

    # --- what is asked for ---------------------------------------------------------------

    def _add(self) -> None:
        self._open_form(None)

    def _edit(self) -> None:
        rows = chosen_rows(self.table)
        word = self.model.word(rows[0].start) if rows else None
        if word is not None and self.edit_button.isEnabled():
            self._open_form(word)

    def _open_form(self, old: UserWord | None) -> None:
        self.form = form = WordForm(self, old or UserWord(self._proposal, ()), new=old is None)
        form.wanted.connect(partial(self._check, form, old))
        form.open()

    def _check(self, form: WordForm, old: UserWord | None, text: str, reading: str) -> None:
        """Find the reading where none was given, which may take the model."""

        def work() -> None:
            try:
                word = word_from(text, reading, self._read_text, time.time())
            except ImeError as error:
                told = error.told
                self._done.emit(lambda: form.refuse(told))
                return
            self._done.emit(lambda: self._take(form, old, word))

        self._thread.submit(work)

    def _take(self, form: WordForm, old: UserWord | None, word: UserWord) -> None:
        form.accept()
        self._replace([old] if old is not None else [], [word])

    def _replace(
        self, old: Sequence[UserWord], new: Sequence[UserWord], *, undo: bool = False
    ) -> None:
        """Delete words and add others, and keep how to take that back."""

        def work(log: SelectionLog) -> None:
            for word in old:
                log.words.remove(word.text, word.syllables)
            log.words.put(new)

        def answer(_: None) -> None:
            self._done.emit(partial(self._note_change, None if undo else (old, new)))

        self._store.ask(work, answer, self._failed.emit)

    def _delete(self) -> None:
        learned, ids = self.model.words_at(chosen_rows(self.table))
        if learned and not self._may_forget(learned):
            return

        def work(log: SelectionLog) -> list[UserWord]:
            for word in learned:
                letters = "".join(word.syllables)
                mark = Mark(MarkKind.FORGOTTEN, letters, word.syllables, word.text)
                log.set_mark(mark, time.time())
            return log.words.remove_ids(ids)

        def answer(gone: list[UserWord]) -> None:
            self._done.emit(partial(self._note_change, (gone, [])))

        self._store.ask(work, answer, self._failed.emit)

    def _may_forget(self, learned: Sequence[UserWord]) -> bool:
        question = say("words.sure", count=len(learned), word=learned[0].text)
        return is_sure(self, say("words.title"), question, say("words.button.delete"))

    def _take_back(self) -> None:
        if self._undo:
            old, new = self._undo.pop()
            self._replace(new, old, undo=True)

    def _note_change(
        self, change: tuple[Sequence[UserWord], Sequence[UserWord]] | None
    ) -> None:
        if change is not None and any(change):
            self._undo.append(change)
        self._enable()
        self._settle.start()
        self.model.refresh()

    # --- files ---------------------------------------------------------------------------

    def _import(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, say("words.import_title"), str(self._folder), say("words.filter")
        )
        if path:
            self.read_file(Path(path))

    def read_file(self, path: Path, *, skip: bool = False) -> None:
        """Read a file on a thread of its own, then show what is in it.

        Args:
            path: of the file.
            skip: leave out what cannot be understood.
        """
        self._folder = path.parent
        self._wording(self.told.setText, "words.reading_file", name=path.name)
        self.import_button.setEnabled(False)
        told_by_model: set[str] = set()

        def read_text(text: str) -> Sequence[str]:
            told_by_model.add(text)
            return self._read_text(text)

        def work() -> None:
            try:
                found = import_words(path, read_text, time.time(), skip=skip)
            except ImeError as error:
                told = error.told
                self._done.emit(lambda: self._refuse_file(path, told))
                return
            self._done.emit(lambda: self._show_review(Reviewed(path, found, told_by_model)))

        self._thread.submit(work)

    def _refuse_file(self, path: Path, why: str | Message) -> None:
        self.import_button.setEnabled(True)
        self._wording.tell(self.told.setText, why)

    def _show_review(self, reviewed: Reviewed) -> None:
        self.import_button.setEnabled(True)
        self._wording.clear(self.told.setText)
        self.review = ImportReview(self, reviewed)
        self.review.confirmed.connect(lambda words: self._put(reviewed.path, words))
        self.review.open()

    def _put(self, path: Path, words: Sequence[UserWord]) -> None:
        def answer(new: int) -> None:
            def say_it() -> None:
                self._note_change(None)
                self._wording(self.told.setText, "words.imported", count=new, name=path.name)

            self._done.emit(say_it)

        self._store.ask(lambda log: log.words.put(words), answer, self._failed.emit)

    def _export(self) -> None:
        proposal = str(self._folder / "moyin-words.tsv")
        path, _ = QFileDialog.getSaveFileName(self, say("words.export_title"), proposal)
        if path:
            self.write_file(Path(path))

    def write_file(self, path: Path) -> None:
        """Write all words to a table."""

        def answer(count: int) -> None:
            told = Message.of("words.exported", count=count, name=path.name)
            self._done.emit(lambda: self._wording.tell(self.told.setText, told))

        self._store.ask(lambda log: export_words(log, path), answer, self._failed.emit)

    # --- phrases and marks ---------------------------------------------------------------

    def _focus_search(self) -> None:
        page = self.tabs.currentWidget()
        (page.search if isinstance(page, OwnListPage) else self.search).setFocus()

    def _read_phrases(self) -> None:
        self._with_phrases(lambda: None)

    def _replace_phrases(self, old: Sequence[Phrase], new: Sequence[Phrase]) -> None:
        self._with_phrases(lambda: replace_phrases(self._phrases_file, old, new))

    def _with_phrases(self, change: Callable[[], None]) -> None:
        """Change the file on the thread, then list what is in it."""

        def work() -> None:
            try:
                change()
                found = listed_phrases(self._phrases_file)
            except ImeError as error:
                told = error.told
                self._done.emit(lambda: self.phrases.refuse(told))
            else:
                self._done.emit(lambda: self.phrases.show_entries(found))

        self._thread.submit(work)

    def _read_marks(self) -> None:
        def answer(marks: list[Mark]) -> None:
            self._done.emit(lambda: self.marks.show_entries(marks[::-1]))

        self._store.ask(SelectionLog.marks, answer, self._failed.emit)

    def _replace_marks(self, old: Sequence[Mark], new: Sequence[Mark]) -> None:
        kept = {(mark.text, mark.syllables) for mark in new}
        plain = [
            replace(mark, kind=MarkKind.PLAIN)
            for mark in old
            if (mark.text, mark.syllables) not in kept
        ]
        for mark in (*plain, *new):
            if (why := self._set_mark(mark)) is not None:
                self.marks.refuse(why)
        self._read_marks()

    # --- what is told --------------------------------------------------------------------

    def _perform(self, then: Callable[[], object]) -> None:
        then()

    def _show_count(self, count: int) -> None:
        self._wording(self.count.setText, "words.count", count=count)

    def _refuse(self, error: ImeError) -> None:
        self._wording.tell(self.told.setText, error.told)


def _phrases_page() -> OwnListPage:
    """Custom phrases; a text of several lines is shown in one."""

    def shown(phrase: Phrase) -> tuple[str, str, str]:
        return phrase.code, phrase.text.replace("\n", "⏎"), str(phrase.place)

    columns = ("phrases.column.code", "phrases.column.text", "phrases.column.place")
    return OwnListPage("phrases.about", columns, shown, PhraseForm)


def _marks_page() -> OwnListPage:
    """What is pinned and hidden."""

    def shown(mark: Mark) -> tuple[str, str, str]:
        return mark.text, " ".join(mark.syllables), say(f"words.kind.{mark.kind.value}")

    columns = ("words.word", "words.reading", "words.wanted")
    return OwnListPage("words.about", columns, shown, MarkForm)


def _table(model: WordsModel) -> QTableView:
    table = list_table(model, (150, 200, 70, 150))
    newest = COLUMNS.index("newest")
    table.horizontalHeader().setSortIndicator(newest, Qt.SortOrder.AscendingOrder)
    table.setSortingEnabled(True)
    return table


def _single_shot(parent: QWidget, interval: int, then: Callable[[], object]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval)
    timer.timeout.connect(then)
    return timer
