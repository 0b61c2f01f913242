"""The personalize dialog: learn, read what came of it, go back, forget."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ime.errors import Message
from ime.personalize.facade import News, NotDone, Overview, Personalizer
from ime.personalize.idle import Sign
from ime.personalize.protocol import (
    Cancelled,
    Failed,
    Finished,
    Forgotten,
    Found,
    Listed,
    Progressed,
)
from ime.personalize.report import Outcome, Proof
from ime.texts.catalogue import say, told
from ime.texts.learning_reports import moment, proof_text, summary
from ime.ui.announce import SpokenLabel, announce
from ime.ui.controls import push_button
from ime.ui.dialogs import is_sure
from ime.ui.documents_page import DocumentsPage, fit_columns
from ime.ui.found_words import FoundWordsDialog
from ime.ui.language import Wording
from ime.ui.loss_plot import LinePlot
from ime.ui.placing import fit

PAGES = ("learn", "documents", "report", "versions", "forget")
_BEFORE_AND_AFTER = ("personalize.column.before", "personalize.column.after")
_COLUMNS = (
    "personalize.column.version",
    "personalize.column.made",
    "personalize.column.choices",
    "personalize.column.right_before",
    "personalize.column.right_after",
)


class PersonalizeDialog(QDialog):
    """Five pages over a `Personalizer`.

    Args:
        parent: the window, which hands on what is told by `hear`.
        learning: does the work; None where there is no training, only counting.
    """

    def __init__(self, parent: QWidget, learning: Personalizer | None = None) -> None:
        super().__init__(parent)
        self._learning = learning
        self._wording = Wording()
        self._working = self._paused = self._asked = self._forgetting = False
        self._overview = Overview("", (), (), None)
        self._proof: Proof | None = None
        self.found: FoundWordsDialog | None = None
        self.count = QLabel()
        self.stage = _paragraph()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.forget_bar = QProgressBar()
        self.forget_bar.setTextVisible(False)
        self.details = push_button(self._wording, "personalize.details")
        self.details.setCheckable(True)
        lines = ("personalize.plot.training", "personalize.plot.held_out")
        self.plot = LinePlot("personalize.plot.loss", lines, digits=2)
        runs = ("personalize.plot.before", "personalize.plot.after")
        self.history = LinePlot("personalize.plot.history", runs, digits=1)
        self.start_button = push_button(self._wording, "personalize.button.learn")
        self.pause_button = push_button(self._wording, "personalize.button.pause")
        self.cancel_button = push_button(self._wording, "personalize.button.cancel")
        self.report = _paragraph()
        self.cases = _tree()
        self.versions = _tree()
        self.roll_back_button = push_button(self._wording, "personalize.button.roll_back")
        self.use_button = push_button(self._wording, "personalize.button.use")
        self.export_button = push_button(self._wording, "personalize.button.export")
        self.delete_button = push_button(self._wording, "personalize.button.delete")
        self.documents = DocumentsPage()
        self.word = QLineEdit()
        self.forget_button = push_button(self._wording, "personalize.button.forget")
        self.forget_all_button = push_button(self._wording, "personalize.button.forget_all")
        self.proof = _paragraph(SpokenLabel())
        self.tabs = self._lay_out()
        self._name_parts()
        self._connect()
        self._show_overview(self._overview)
        self._show_working(working=False)

    def show_count(self, selections: int) -> None:
        """Say how many choices are logged."""
        self._wording(self.count.setText, "personalize.count", count=selections)

    def hear(self, news: News) -> None:
        """Show what is told of learning."""
        match news:
            case Progressed():
                self._show_progress(news)
            case Finished() | Forgotten():
                self._show_end(news)
            case Listed() | Found():
                self._show_documents(news)
            case Cancelled():
                self._show_stop(Message("personalize.cancelled"))
            case Failed(message):
                self._show_stop(message)
            case Overview():
                self._show_overview(news)
            case NotDone(error):
                QMessageBox.warning(self, say("personalize.title"), told(error.told))
            case Sign():
                pass  # the status line's

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._wording.say_again()
            self._name_parts()
            self._show_overview(self._overview)
            if self._proof is not None:
                self.proof.setText(proof_text(self._proof))

    def refresh(self) -> None:
        """Look at versions and reports anew."""
        if not self._working:
            self._wording.clear(self.stage.setText)  # the end of a run is no news any more
        self._survey()

    def show_documents(self) -> None:
        """Turn to the page of documents."""
        self.tabs.setCurrentIndex(PAGES.index("documents"))

    def ask_to_forget(self, word: str) -> None:
        """Turn to the page that forgets, with a word filled in."""
        self.tabs.setCurrentIndex(PAGES.index("forget"))
        self.word.setText(word)
        self.forget_button.setFocus()

    # --- building ------------------------------------------------------------------------

    def _lay_out(self) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.tabBar().setDrawBase(False)
        introduction, about = _paragraph(), _paragraph()
        self._wording(introduction.setText, "personalize.introduction")
        self._wording(about.setText, "personalize.forget.about")
        self._wording(self.count.setText, "personalize.counting")
        self._wording(self.word.setPlaceholderText, "personalize.forget.word")
        self.start_button.setDefault(True)
        buttons = [self.start_button, self.pause_button, self.cancel_button]
        work = [self.stage, self.bar, _row([self.details]), self.plot]
        tabs.addTab(_page([introduction, self.count, *work, None, _row(buttons)]), "")
        tabs.addTab(self.documents, "")
        tabs.addTab(_page([self.report, self.cases, self.history, None]), "")
        buttons = [
            self.roll_back_button,
            self.use_button,
            self.export_button,
            self.delete_button,
        ]
        tabs.addTab(_page([self.versions, _row(buttons)]), "")
        forget = [about, _row([self.word, self.forget_button]), self.forget_bar, self.proof]
        tabs.addTab(_page([*forget, None, _row([self.forget_all_button])]), "")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 18)
        column.setSpacing(10)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        close.rejected.connect(self.reject)
        column.addWidget(tabs)
        column.addWidget(close)
        fit(self, QSize(640, 560))
        return tabs

    def _name_parts(self) -> None:
        """Title, pages and columns, which have no setter of their own."""
        self.setWindowTitle(say("personalize.title"))
        for page, name in enumerate(PAGES):
            self.tabs.setTabText(page, say(f"personalize.page.{name}"))
        columns = ("personalize.column.context", *_BEFORE_AND_AFTER)
        self.cases.setAccessibleName(say("personalize.page.report"))
        self.versions.setAccessibleName(say("personalize.page.versions"))
        self.bar.setAccessibleName(say("backup.progress"))
        self.forget_bar.setAccessibleName(say("backup.progress"))
        self.word.setAccessibleName(say("personalize.forget.word"))
        self.cases.setHeaderLabels(["", *map(say, columns)])
        self.versions.setHeaderLabels(list(map(say, _COLUMNS)))

    def _connect(self) -> None:
        learning = self._learning
        if learning is None:
            self.tabs.setEnabled(False)
            return
        self.documents.added.connect(self._add_documents)
        self.documents.removed.connect(self._remove_documents)
        self.documents.words_wanted.connect(self._find_words)
        self.details.toggled.connect(self._show_details)
        self.start_button.clicked.connect(self._start)
        self.pause_button.clicked.connect(self._pause)
        self.cancel_button.clicked.connect(learning.cancel)
        self.roll_back_button.clicked.connect(learning.roll_back)
        self.use_button.clicked.connect(lambda: learning.use(self._chosen()))
        self.delete_button.clicked.connect(lambda: learning.delete(self._chosen()))
        self.export_button.clicked.connect(self._export)
        self.forget_button.clicked.connect(self._forget)
        self.forget_all_button.clicked.connect(self._forget_everything)
        self.word.returnPressed.connect(self._forget)
        self.word.textChanged.connect(self._enable)
        self.versions.itemSelectionChanged.connect(self._enable)

    # --- what is asked for ---------------------------------------------------------------

    def _survey(self) -> None:
        if self._learning is not None:
            self._learning.survey()

    def _start(self) -> None:
        if self._learning is not None and self._learning.run():
            self._begin(forgetting=False)

    def _begin(self, *, forgetting: bool) -> None:
        self._asked, self._forgetting = True, forgetting
        self.plot.clear()
        self._wording(self.stage.setText, "personalize.starting")
        if forgetting:
            self._proof = None
            self._wording(self.proof.setText, "personalize.stage.forgetting")
            self.forget_bar.setRange(0, 0)  # it moves until the process tells where it is
        self._show_working(working=True)

    def _pause(self) -> None:
        if self._learning is None:
            return
        self._paused = not self._paused
        if self._paused:
            self._learning.pause()
        else:
            self._learning.resume()
        self._name_pause()

    def _name_pause(self) -> None:
        code = "personalize.button.resume" if self._paused else "personalize.button.pause"
        self._wording(self.pause_button.setText, code)

    def _forget(self) -> None:
        word = self.word.text().strip()
        if word and self._learning is not None and self._learning.forget_word(word):
            self._begin(forgetting=True)

    def _forget_everything(self) -> None:
        wanted = is_sure(
            self,
            say("personalize.forget.title"),
            say("personalize.forget.sure"),
            say("personalize.forget.title"),
        )
        if wanted and self._learning is not None and self._learning.forget_everything():
            self._begin(forgetting=True)

    def _add_documents(self, paths: list[Path]) -> None:
        if self._learning is not None and self._learning.add_documents(paths):
            self._begin(forgetting=False)

    def _remove_documents(self, paths: list[Path]) -> None:
        if self._learning is not None and self._learning.remove_documents(paths):
            self._begin(forgetting=True)

    def _find_words(self) -> None:
        if self._learning is not None and self._learning.find_words():
            self._begin(forgetting=False)

    def _show_documents(self, news: Listed | Found) -> None:
        self._show_stop(Message("personalize.done"))
        if isinstance(news, Listed):
            self._survey()
            return
        self.found = FoundWordsDialog(self, news.words)
        if self._learning is not None:
            self.found.confirmed.connect(self._learning.add_words)
        self.found.open()

    def _export(self) -> None:
        name = self._chosen()
        path, _ = QFileDialog.getSaveFileName(
            self, say("personalize.export"), f"moyin-{name}.safetensors"
        )
        if path and self._learning is not None:
            self._learning.export(name, Path(path))

    def _chosen(self) -> str:
        """Name of the version that is selected; empty for none."""
        items = self.versions.selectedItems()
        return str(items[0].data(0, Qt.ItemDataRole.UserRole)) if items else ""

    # --- what is reported ----------------------------------------------------------------

    def _show_progress(self, progress: Progressed) -> None:
        self._show_working(working=True)
        stage = Message(f"personalize.stage.{progress.stage.value}")
        left = progress.seconds_left
        if self._paused:
            self._wording(self.stage.setText, "personalize.paused", stage=stage)
        elif left is not None:
            self._wording(self.stage.setText, "personalize.left", stage=stage, seconds=left)
        else:
            self._wording(self.stage.setText, stage.code)
        self.bar.setRange(0, max(1, progress.total))
        self.bar.setValue(progress.step)
        if self._forgetting:
            self.forget_bar.setRange(0, max(1, progress.total))
            self.forget_bar.setValue(progress.step)
            self._wording(self.proof.setText, stage.code)
        if progress.loss is not None:
            self.plot.add(0, progress.step, progress.loss)
        if progress.held_out is not None:
            self.plot.add(1, progress.step, progress.held_out)
        self._enable()

    def _show_end(self, answer: Finished | Forgotten) -> None:
        self._show_working(working=False)
        if isinstance(answer, Forgotten):
            self._proof = answer.proof
            self._wording.clear(self.proof.setText)
            self.proof.setText(proof_text(answer.proof))
            self.word.clear()
            self._wording(self.stage.setText, "personalize.done")
        else:
            self._wording(self.stage.setText, "personalize.done_report")
            if self._asked:  # else it was learned by itself, and the user is busy here
                self.tabs.setCurrentIndex(PAGES.index("report"))
        self._asked = self._forgetting = False
        announce(self.stage, self.stage.text())
        self._survey()

    def _show_stop(self, why: str | Message) -> None:
        self._show_working(working=False)
        self._wording.tell(self.stage.setText, why)
        announce(self.stage, self.stage.text())
        if self._forgetting:
            self._wording.tell(self.proof.setText, why)
        self._asked = self._forgetting = False

    def _show_overview(self, overview: Overview) -> None:
        self._overview = overview
        self.documents.show_files(overview.documents)
        report = overview.report
        self.report.setText(say("personalize.no_run") if report is None else summary(report))
        self.cases.clear()
        if report is not None:
            self._add_cases(say("personalize.case.rescued"), report.rescued)
            self._add_cases(say("personalize.case.broken"), report.broken)
        self.cases.setVisible(self.cases.topLevelItemCount() > 0)
        self.history.clear()
        for number, run in enumerate(overview.runs, start=1):
            held = run.held_out
            if held.count:
                self.history.add(0, number, 100 * held.before / held.count)
                self.history.add(1, number, 100 * held.after / held.count)
        self.history.setVisible(any(self.history.points))
        self._show_versions(overview)
        self._enable()

    def _add_cases(self, kind: str, cases: Sequence[Outcome]) -> None:
        for case in cases:
            row = [kind, case.context[-12:], case.before, case.after]
            self.cases.addTopLevelItem(QTreeWidgetItem(row))

    def _show_versions(self, overview: Overview) -> None:
        self.versions.clear()
        for one in overview.versions:
            row = [
                say("personalize.in_use", name=one.name) if one.active else one.name,
                say("personalize.damaged") if one.damaged else moment(one.created),
                f"{one.learned:,}",
                f"{one.before:.1%}",
                f"{one.after:.1%}",
            ]
            item = QTreeWidgetItem(row)
            item.setData(0, Qt.ItemDataRole.UserRole, one.name)
            self.versions.addTopLevelItem(item)
        shipped = say("personalize.shipped")
        if not overview.active:
            shipped = say("personalize.in_use", name=shipped)
        base = QTreeWidgetItem([shipped])
        base.setData(0, Qt.ItemDataRole.UserRole, "")
        self.versions.addTopLevelItem(base)
        fit_columns(self.versions)

    def _show_working(self, *, working: bool) -> None:
        if not working:
            self._paused = False
            self._name_pause()
            self.bar.setValue(0)
        self._working = working
        self._enable()

    def _show_details(self) -> None:
        """The curve of the run, where there is one and it is wanted."""
        known = any(self.plot.points)
        self.details.setEnabled(known)
        self.details.setVisible(known)
        self.plot.setVisible(known and self.details.isChecked())

    def _enable(self) -> None:
        """Offer what can be done now."""
        idle, chosen, active = not self._working, self._chosen(), self._overview.active
        self.bar.setVisible(self._working)
        self.forget_bar.setVisible(self._working and self._forgetting)
        self._show_details()
        selected = bool(self.versions.selectedItems())
        self.start_button.setEnabled(idle)
        self.documents.set_idle(idle=idle)
        self.pause_button.setEnabled(not idle)
        self.cancel_button.setEnabled(not idle)
        self.roll_back_button.setEnabled(idle and bool(active))
        self.use_button.setEnabled(idle and selected and chosen != active)
        self.export_button.setEnabled(idle and bool(chosen))
        self.delete_button.setEnabled(idle and bool(chosen))
        self.forget_button.setEnabled(idle and bool(self.word.text().strip()))
        self.forget_all_button.setEnabled(idle)


def _paragraph(label: QLabel | None = None) -> QLabel:
    label = label or QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _tree() -> QTreeWidget:
    tree = QTreeWidget()
    tree.setRootIsDecorated(False)
    tree.setUniformRowHeights(True)
    return tree


def _row(widgets: Sequence[QWidget]) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget, int(isinstance(widget, QLineEdit)))
    layout.addStretch(0 if any(isinstance(one, QLineEdit) for one in widgets) else 1)
    return row


def _page(widgets: Sequence[QWidget | None]) -> QWidget:
    """Widgets below each other; None is a stretch."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(4, 14, 4, 4)
    column.setSpacing(10)
    for widget in widgets:
        if widget is None:
            column.addStretch(1)
        else:
            column.addWidget(widget)
    return page
