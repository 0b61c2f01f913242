"""Statistics in the window: sums and curves, deleted on demand, compared on demand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from pytestqt.qtbot import QtBot

from ime.backend.savings import STAGES, Replayed, SavingsReplay
from ime.settings import Folders
from ime.ui import statistics_dialog
from ime.ui.statistics_dialog import StatisticsDialog
from ime.userdb.daily_counts import DailyCount
from tests.ui.conftest import Typist

pytestmark = pytest.mark.gui

TODAY = date.today().isoformat()


@pytest.fixture
def dialog(typist: Typist) -> StatisticsDialog:
    typist.type("nihao").wait_list().type("2").wait_text("拟好")
    typist.type("shijie").wait_list().type(" ").wait_text("拟好世界")
    typist.window.action("menu.statistics").trigger()
    made = typist.window.statistics_dialog
    assert made is not None
    return made


def test_what_is_typed_is_counted(dialog: StatisticsDialog, qtbot: QtBot) -> None:
    wanted = "Today: 4 characters, 3.25 keys a character, 50.0% with the first candidate"
    qtbot.waitUntil(lambda: dialog.sums.text().splitlines()[:1] == [wanted])
    assert dialog.characters.points == [[(0, 4)]]
    assert dialog.first.points == [[(0, 50)]]
    assert not dialog.grab().isNull()


def test_days_are_shown_where_they_were(dialog: StatisticsDialog) -> None:
    days = [DailyCount("2020-01-01", 100, 250, 50, 40), DailyCount(TODAY, 10, 30, 5, 5)]
    dialog._show_days(days)
    today, week, all_ = dialog.sums.text().splitlines()
    assert "10 characters" in today
    assert "10 characters" in week
    assert "110 characters, 2.55 keys" in all_
    ((first, last),) = dialog.characters.points
    assert first[0] < last[0] == 0


@pytest.mark.parametrize("sure", [False, True])
def test_deleting_asks_first(
    dialog: StatisticsDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, sure: bool
) -> None:
    qtbot.waitUntil(dialog.delete_button.isEnabled)
    monkeypatch.setattr(statistics_dialog, "is_sure", lambda *_: sure)
    dialog.delete_button.click()
    dialog.refresh()
    qtbot.waitUntil(lambda: dialog.delete_button.isEnabled() != sure)
    assert ("nothing yet" in dialog.sums.text()) == sure


def test_comparing_shows_progress_and_what_was_found(
    dialog: StatisticsDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    listeners: list[Callable[[Replayed], object]] = []
    stopped: list[bool] = []
    monkeypatch.setattr(SavingsReplay, "start", lambda *args: listeners.append(args[-1]))
    monkeypatch.setattr(SavingsReplay, "cancel", lambda _: stopped.append(True))
    dialog.tabs.setCurrentIndex(1)
    dialog.start_button.click()
    assert not dialog.start_button.isEnabled()
    counts = (2,) * STAGES
    listeners[0](Replayed(5, 20, counts, counts, counts))
    qtbot.waitUntil(lambda: dialog.bar.value() == 5)
    listeners[0](Replayed(20, 20, (1,) * STAGES, counts, counts))
    qtbot.waitUntil(lambda: "50.0% would be first" in dialog.saved.text())
    assert "100.0% with it: +10" in dialog.saved.text()
    assert [len(line) for line in dialog.gain.points] == [STAGES, STAGES]
    dialog.start_button.click()
    dialog.stop_button.click()
    assert stopped == [True]
    assert dialog.start_button.isEnabled()
    dialog.start_button.click()
    listeners[-1](Replayed(0, 0, failed="the process ended"))
    qtbot.waitUntil(lambda: "ended early" in dialog.saved.text())
    dialog.start_button.click()
    dialog.reject()
    assert stopped == [True, True]


def test_nothing_was_typed_yet(typist: Typist, folders: Folders) -> None:
    typist.window.open_statistics()
    dialog = typist.window.statistics_dialog
    assert dialog is not None
    assert dialog.sums.text().count("nothing yet") == 3
    dialog.start_button.click()
    assert dialog.saved.text() == "No choices are kept yet."
    assert not folders.database.exists()
