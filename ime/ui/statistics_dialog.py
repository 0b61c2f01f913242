"""The dialog of the user's own typing in numbers, and of what learning saves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ime.backend.savings import STAGES, Replayed, SavingsReplay
from ime.errors import Message, StoreError
from ime.settings import Settings
from ime.texts.catalogue import say
from ime.ui.announce import SpokenLabel
from ime.ui.controls import push_button
from ime.ui.dialogs import is_sure
from ime.ui.language import Wording
from ime.ui.loss_plot import LinePlot
from ime.ui.placing import fit
from ime.ui.words_model import Asking
from ime.userdb.daily_counts import DailyCount
from ime.userdb.selection_log import SelectionLog

PAGES = ("typing", "savings")
SHOWN = 180  # days, the newest
_WEEK = 7


class StatisticsDialog(QDialog):
    """Two pages: sums by the day, and the newest choices made again without learning.

    Args:
        parent: the window.
        store: works on the log.
        database: the log, for the process that reads it.
        settings: those in use, when they are needed.
        today: the day.
    """

    _counted = Signal(object)
    _replayed = Signal(object)
    _refused = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        store: Asking,
        database: Path,
        settings: Callable[[], Settings],
        today: Callable[[], date] = date.today,
    ) -> None:
        super().__init__(parent)
        self._store, self._database = store, database
        self._settings, self._today = settings, today
        self._replay = SavingsReplay()
        self._days: Sequence[DailyCount] = ()
        self._wording = Wording()
        self.sums = _paragraph()
        self.characters = LinePlot("statistics.plot.characters", (), digits=0)
        self.keys = LinePlot("statistics.plot.keys", (), digits=2)
        self.first = LinePlot("statistics.plot.first", (), digits=1)
        self.delete_button = push_button(self._wording, "statistics.delete", self._delete)
        self.saved = _paragraph()
        names = ("statistics.plot.learned", "statistics.plot.without")
        self.gain = LinePlot("statistics.plot.gain", names, digits=0)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.start_button = push_button(self._wording, "statistics.start", self.start)
        self.stop_button = push_button(self._wording, "personalize.button.cancel", self.stop)
        self.tabs = self._lay_out()
        self._name_parts()
        queued = Qt.ConnectionType.QueuedConnection
        self._counted.connect(self._show_days, queued)
        self._replayed.connect(self._show_replayed, queued)
        self._refused.connect(self._show_refusal, queued)
        self._show_working(working=False)

    def refresh(self) -> None:
        """Read the sums anew."""
        if not self._database.exists():  # else reading would make one
            self._show_days([])
            return
        self._store.ask(lambda log: log.daily.read(), self._counted.emit, self._refused.emit)

    def start(self) -> None:
        """Make the newest choices again."""
        if not self._database.exists():
            self._wording(self.saved.setText, "statistics.nothing")
            return
        self.gain.clear()
        self._wording(self.saved.setText, "statistics.working")
        self._show_working(working=True)
        self._replay.start(self._database, self._settings(), self._replayed.emit)

    def stop(self) -> None:
        """Stop what is at work."""
        self._replay.cancel()
        self._wording.clear(self.saved.setText)
        self._show_working(working=False)

    def reject(self) -> None:
        """A dialog that nobody sees does no work."""
        if self.stop_button.isVisibleTo(self):
            self.stop()
        super().reject()

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._wording.say_again()
            self._name_parts()
            self._show_days(self._days)

    # --- building ------------------------------------------------------------------------

    def _lay_out(self) -> QTabWidget:
        about, about_gain = _paragraph(), _paragraph()
        self._wording(about.setText, "statistics.about")
        self._wording(about_gain.setText, "statistics.about_savings")
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.tabBar().setDrawBase(False)
        plots = [self.characters, self.keys, self.first]
        area = QScrollArea()  # three plots are higher than a small screen
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(_page([about, self.sums, *plots], []))
        tabs.addTab(_page([area], [self.delete_button]), "")
        buttons = [self.start_button, self.stop_button]
        tabs.addTab(_page([about_gain, self.saved, self.bar, self.gain], buttons), "")
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 18)
        column.setSpacing(10)
        column.addWidget(tabs)
        column.addWidget(close)
        fit(self, QSize(600, 700))
        return tabs

    def _name_parts(self) -> None:
        self.setWindowTitle(say("statistics.title"))
        self.bar.setAccessibleName(say("backup.progress"))
        for page, name in enumerate(PAGES):
            self.tabs.setTabText(page, say(f"statistics.page.{name}"))

    # --- what is asked for ---------------------------------------------------------------

    def _delete(self) -> None:
        sure = is_sure(
            self, say("statistics.title"), say("statistics.sure"), say("words.button.delete")
        )
        if sure:

            def work(log: SelectionLog) -> list[DailyCount]:
                log.daily.delete()
                return log.daily.read()

            self._store.ask(work, self._counted.emit, self._refused.emit)

    # --- what is told --------------------------------------------------------------------

    def _show_days(self, days: Sequence[DailyCount]) -> None:
        self._days = days
        today = self._today()
        ago = [(today - date.fromisoformat(one.day)).days for one in days]
        newest = [one for one, past in zip(days, ago, strict=True) if past < _WEEK]
        lines = (
            ("statistics.today", [one for one in days if one.day == today.isoformat()]),
            ("statistics.week", newest),
            ("statistics.all", days),
        )
        self.sums.setText("\n".join(_sum_text(code, part) for code, part in lines))
        for plot in (self.characters, self.keys, self.first):
            plot.clear()
        for one, past in list(zip(days, ago, strict=True))[-SHOWN:]:
            self.characters.add(0, -past, one.characters)
            if one.characters:
                self.keys.add(0, -past, one.keys / one.characters)
            if one.choices:
                self.first.add(0, -past, 100 * one.first / one.choices)
        self.delete_button.setEnabled(bool(days))

    def _show_replayed(self, found: Replayed) -> None:
        if found.failed:
            self._show_working(working=False)
            self._wording(self.saved.setText, "statistics.failed", why=found.failed)
            return
        self.bar.setRange(0, max(1, found.total))
        self.bar.setValue(found.done)
        if found.done < found.total:
            return
        self._show_working(working=False)
        if not found.total:
            self._wording(self.saved.setText, "statistics.nothing")
            return
        without, learned = sum(found.without), sum(found.learned)
        self._wording(
            self.saved.setText,
            "statistics.found",
            count=found.total,
            without=without / found.total,
            learned=learned / found.total,
            saved=learned - without,
        )
        self.gain.clear()
        for stage in range(STAGES):
            if count := found.counts[stage]:
                self.gain.add(0, stage, 100 * found.learned[stage] / count)
                self.gain.add(1, stage, 100 * found.without[stage] / count)

    def _show_refusal(self, error: StoreError) -> None:
        self._wording.tell(self.sums.setText, error.told)

    def _show_working(self, *, working: bool) -> None:
        self.bar.setVisible(working)
        self.bar.setValue(0)
        self.stop_button.setVisible(working)
        self.start_button.setEnabled(not working)


def _sum_text(code: str, days: Sequence[DailyCount]) -> str:
    characters = sum(one.characters for one in days)
    choices = sum(one.choices for one in days)
    if not characters or not choices:
        return say("statistics.none", span=Message(code))
    return say(
        "statistics.sum",
        span=Message(code),
        characters=characters,
        keys=sum(one.keys for one in days) / characters,
        first=sum(one.first for one in days) / choices,
    )


def _paragraph() -> QLabel:
    label = SpokenLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _page(widgets: Sequence[QWidget], buttons: Sequence[QWidget]) -> QWidget:
    page = QWidget()
    page.setObjectName("page")
    column = QVBoxLayout(page)
    column.setContentsMargins(4, 14, 4, 4)
    column.setSpacing(10)
    for widget in widgets:
        column.addWidget(widget, int(widget is widgets[-1]))  # which takes what is left
    row = QHBoxLayout()
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    column.addLayout(row)
    return page
