"""The personalize dialog: learn, read what came of it, go back, forget."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ime.ui.learning import Case, Learning, Overview, Stage
from ime.ui.loss_plot import LinePlot
from ime.ui.words_page import WordsPage

STAGES = {
    "reading": "Reading your choices…",
    "preparing": "Letting the model write text to remember itself by…",
    "training": "Learning…",
    "testing": "Comparing before and after…",
    "forgetting": "Forgetting…",
}
INTRODUCTION = (
    "Every choice you make is kept on this computer, and words you choose often come sooner at "
    "once. Learning goes further: it adapts the model itself, tests it on your newest choices "
    "and on everyday sentences, and uses it only if it puts more of your choices in the first "
    "place and harms nothing else. Go on typing meanwhile; nothing leaves this computer."
)


class PersonalizeDialog(QDialog):
    """Five pages over a `Learning` service.

    Args:
        parent: the window.
        learning: does the work; None where there is no training, only counting.
    """

    def __init__(self, parent: QWidget, learning: Learning | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Personalize")
        self._learning = learning
        self._working = self._paused = self._asked = False
        self._active = ""
        self.count = QLabel("Counting…")
        self.stage = _paragraph("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.plot = LinePlot(("training", "held out"), "loss:")
        self.history = LinePlot(("before", "after"), "first candidates right, %, run by run:")
        self.start_button = QPushButton("Learn Now")
        self.pause_button = QPushButton("Pause")
        self.cancel_button = QPushButton("Cancel")
        self.report = _paragraph("No run yet.")
        self.cases = _tree("", "Text before", "First before", "First now")
        self.versions = _tree("Version", "Made", "Choices", "First before", "First after")
        self.roll_back_button = QPushButton("Roll Back")
        self.use_button = QPushButton("Use")
        self.export_button = QPushButton("Export…")
        self.delete_button = QPushButton("Delete")
        self.words = WordsPage()
        self.word = QLineEdit()
        self.forget_button = QPushButton("Forget Word")
        self.forget_all_button = QPushButton("Forget Everything…")
        self.proof = _paragraph("")
        self.tabs = self._lay_out()
        self._connect()
        self._show_working(working=False)

    def show_count(self, selections: int) -> None:
        """Say how many choices are logged."""
        noun = "choice is" if selections == 1 else "choices are"
        self.count.setText(f"<b>{selections:,}</b> {noun} logged.")

    def refresh(self) -> None:
        """Look at versions and reports anew."""
        if self._learning is not None:
            self._learning.survey()
            self._learning.read_marks()

    def ask_to_forget(self, word: str) -> None:
        """Turn to the page that forgets, with a word filled in."""
        self.tabs.setCurrentIndex(self.tabs.count() - 1)
        self.word.setText(word)
        self.forget_button.setFocus()

    # --- building ------------------------------------------------------------------------

    def _lay_out(self) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.tabBar().setDrawBase(False)
        learn = [_paragraph(INTRODUCTION), self.count, self.stage, self.bar, self.plot]
        buttons = [self.start_button, self.pause_button, self.cancel_button]
        tabs.addTab(_page([*learn, _row(buttons)]), "Learn")
        tabs.addTab(_page([self.report, self.cases, self.history]), "Report")
        buttons = [
            self.roll_back_button,
            self.use_button,
            self.export_button,
            self.delete_button,
        ]
        tabs.addTab(_page([self.versions, _row(buttons)]), "Versions")
        tabs.addTab(self.words, "Words")
        self.word.setPlaceholderText("a word, in hanzi")
        about = _paragraph(
            "Forgetting deletes the choices, overwrites what the files held of them, deletes "
            "the versions that learned from them, and learns anew from the rest."
        )
        forget = [about, _row([self.word, self.forget_button]), self.proof]
        tabs.addTab(_page([*forget, None, _row([self.forget_all_button])]), "Forget")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 18)
        column.setSpacing(10)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column.addWidget(tabs)
        column.addWidget(close)
        self.resize(620, 560)
        return tabs

    def _connect(self) -> None:
        learning = self._learning
        if learning is None:
            self.tabs.setEnabled(False)
            return
        queued = Qt.ConnectionType.QueuedConnection
        bridge = learning.bridge
        bridge.progressed.connect(self._show_progress, queued)
        bridge.ended.connect(self._show_end, queued)
        bridge.stopped.connect(self._show_stop, queued)
        bridge.surveyed.connect(self._show_overview, queued)
        bridge.refused.connect(self._show_refusal, queued)
        bridge.marks_read.connect(self.words.show_marks, queued)
        self.words.taken_back.connect(learning.take_back)
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

    def _start(self) -> None:
        if self._learning is not None and self._learning.run():
            self._begin()

    def _begin(self) -> None:
        self._asked = True
        self.plot.clear()
        self.stage.setText("Starting…")
        self._show_working(working=True)

    def _pause(self) -> None:
        if self._learning is None:
            return
        self._paused = not self._paused
        if self._paused:
            self._learning.pause()
        else:
            self._learning.resume()
        self.pause_button.setText("Go On" if self._paused else "Pause")

    def _forget(self) -> None:
        word = self.word.text().strip()
        if word and self._learning is not None and self._learning.forget_word(word):
            self.proof.setText("Forgetting…")
            self._begin()

    def _forget_everything(self) -> None:
        answer = QMessageBox.question(
            self,
            "Forget everything",
            "All choices and all personal versions will be deleted. This cannot be undone.",
            QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        wanted = answer == QMessageBox.StandardButton.Discard
        if wanted and self._learning is not None and self._learning.forget_everything():
            self.proof.setText("Forgetting…")
            self._begin()

    def _export(self) -> None:
        name = self._chosen()
        path, _ = QFileDialog.getSaveFileName(self, "Export", f"moyin-{name}.safetensors")
        if path and self._learning is not None:
            self._learning.export(name, Path(path))

    def _chosen(self) -> str:
        """Name of the version that is selected; empty for none."""
        items = self.versions.selectedItems()
        return str(items[0].data(0, Qt.ItemDataRole.UserRole)) if items else ""

    # --- what is reported ----------------------------------------------------------------

    def _show_progress(self, stage: Stage) -> None:
        self._show_working(working=True)
        text = STAGES.get(stage.stage, stage.stage)
        if self._paused:
            text += " (paused)"
        elif stage.seconds_left is not None:
            text += f"  about {stage.seconds_left:.0f} s left"
        self.stage.setText(text)
        self.bar.setRange(0, max(1, stage.total))
        self.bar.setValue(stage.step)
        if stage.loss is not None:
            self.plot.add(0, stage.step, stage.loss)
        if stage.held_out is not None:
            self.plot.add(1, stage.step, stage.held_out)

    def _show_end(self, text: str) -> None:
        forgetting = self.proof.text() == "Forgetting…"
        self._show_working(working=False)
        if forgetting:
            self.proof.setText(text)
            self.word.clear()
            self.stage.setText("Done.")
        else:
            self.stage.setText("Done: see the report.")
            if self._asked:  # else it was learned by itself, and the user is busy here
                self.tabs.setCurrentIndex(1)
        self._asked = False
        self.refresh()

    def _show_stop(self, reason: str) -> None:
        self._show_working(working=False)
        text = reason or "Cancelled; everything stays as it was."
        self.stage.setText(text)
        if self.proof.text() == "Forgetting…":
            self.proof.setText(text)

    def _show_refusal(self, message: str) -> None:
        QMessageBox.warning(self, "Personalize", message)

    def _show_overview(self, overview: Overview) -> None:
        self.report.setText(overview.text.split("\n\nRescued")[0] or "No run yet.")
        self.cases.clear()
        if overview.report is not None:
            self._add_cases("rescued", overview.report.rescued)
            self._add_cases("broken", overview.report.broken)
        self.history.clear()
        for number, run in enumerate(overview.runs, start=1):
            held = run.held_out
            if held.count:
                self.history.add(0, number, 100 * held.before / held.count)
                self.history.add(1, number, 100 * held.after / held.count)
        self._show_versions(overview)
        self._enable()

    def _add_cases(self, kind: str, cases: Sequence[Case]) -> None:
        for case in cases:
            row = [kind, case.context[-12:], case.before, case.after]
            self.cases.addTopLevelItem(QTreeWidgetItem(row))

    def _show_versions(self, overview: Overview) -> None:
        self.versions.clear()
        for one in overview.versions:
            made = datetime.fromtimestamp(one.created).astimezone().strftime("%Y-%m-%d %H:%M")
            row = [
                f"{one.name}{' (in use)' if one.active else ''}",
                "damaged" if one.damaged else made,
                f"{one.learned:,}",
                f"{one.before:.1%}",
                f"{one.after:.1%}",
            ]
            item = QTreeWidgetItem(row)
            item.setData(0, Qt.ItemDataRole.UserRole, one.name)
            self.versions.addTopLevelItem(item)
        base = QTreeWidgetItem([f"shipped{'' if overview.active else ' (in use)'}"])
        base.setData(0, Qt.ItemDataRole.UserRole, "")
        self.versions.addTopLevelItem(base)
        self._active = overview.active
        for column in range(self.versions.columnCount()):
            self.versions.resizeColumnToContents(column)

    def _show_working(self, *, working: bool) -> None:
        if not working:
            self._paused = False
            self.pause_button.setText("Pause")
            self.bar.setValue(0)
        self._working = working
        self._enable()

    def _enable(self) -> None:
        """Offer what can be done now."""
        idle, chosen = not self._working, self._chosen()
        selected = bool(self.versions.selectedItems())
        self.start_button.setEnabled(idle)
        self.pause_button.setEnabled(not idle)
        self.cancel_button.setEnabled(not idle)
        self.roll_back_button.setEnabled(idle and bool(self._active))
        self.use_button.setEnabled(idle and selected and chosen != self._active)
        self.export_button.setEnabled(idle and bool(chosen))
        self.delete_button.setEnabled(idle and bool(chosen))
        self.forget_button.setEnabled(idle and bool(self.word.text().strip()))
        self.forget_all_button.setEnabled(idle)


def _paragraph(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _tree(*columns: str) -> QTreeWidget:
    tree = QTreeWidget()
    tree.setHeaderLabels(columns)
    tree.setRootIsDecorated(False)
    tree.setUniformRowHeights(True)
    return tree


def _row(widgets: Sequence[QWidget]) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        if isinstance(widget, QPushButton):
            widget.setAutoDefault(False)  # Enter in a field must not press a button
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
