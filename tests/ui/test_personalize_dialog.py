from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ime.personalize.gate import Outcome, Tally
from ime.personalize.protocol import Progressed
from ime.personalize.report import RunReport, figures, report_text
from ime.personalize.service import Overview, VersionLine
from ime.ui.personalize_dialog import PersonalizeDialog
from ime.ui.thread_bridge import LearningBridge
from ime.values import Mark, MarkKind

REPORT = RunReport(
    version="v0002", accepted=True, reasons=(), parent="v0001", created=5.0, seconds=9.0,
    learned=200, fresh=100, strength=1.0, held_out=Tally(20, 10, 13, 4, 1),
    known=Tally(9, 9, 9, 0, 0), general=Tally(30, 20, 20, 0, 0),
    rescued=(Outcome("左边", "背景", "北京", "背景"),), broken=(Outcome("", "是", "是", "事"),),
)  # fmt: skip
OVERVIEW = Overview(
    active="v0002",
    versions=(
        VersionLine("v0002", True, 5.0, 200, 0.5, 0.65, False),
        VersionLine("v0001", False, 0.0, 0, 0.0, 0.0, True),
    ),
    runs=(figures(REPORT), figures(REPORT)),
    report=REPORT,
    text=report_text(REPORT),
)


@dataclass
class FakeLearning:
    """Writes down what it is asked for; busy once it was started."""

    bridge: LearningBridge = field(default_factory=LearningBridge)
    asked: list[str] = field(default_factory=list)

    def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
        def called(*args: object) -> bool:
            self.asked.append(" ".join([name, *map(str, args)]))
            return True

        return called


@pytest.fixture
def learning() -> FakeLearning:
    return FakeLearning()


@pytest.fixture
def dialog(qtbot: QtBot, learning: FakeLearning) -> Iterator[PersonalizeDialog]:
    window = QWidget()
    qtbot.addWidget(window)
    made = PersonalizeDialog(window, learning)  # type: ignore[arg-type]
    made.show()
    yield made
    made.close()


def buttons(dialog: PersonalizeDialog) -> set[str]:
    """Texts of the buttons that can be pressed, the one that closes left out."""
    found = dialog.tabs.findChildren(QPushButton)
    return {button.text() for button in found if button.isEnabled()}


def survey(dialog: PersonalizeDialog, learning: FakeLearning, qtbot: QtBot) -> None:
    learning.bridge.surveyed.emit(OVERVIEW)
    qtbot.waitUntil(lambda: dialog.versions.topLevelItemCount() == 3)


def test_count_is_said(dialog: PersonalizeDialog) -> None:
    dialog.show_count(1)
    assert dialog.count.text() == "<b>1</b> choice is logged."
    dialog.show_count(1234)
    assert "1,234" in dialog.count.text()


def test_learning_can_be_started_paused_and_cancelled(
    dialog: PersonalizeDialog, learning: FakeLearning
) -> None:
    assert buttons(dialog) == {"Learn Now", "Forget Everything…"}
    dialog.start_button.click()
    assert buttons(dialog) == {"Pause", "Cancel"}
    dialog.pause_button.click()
    assert dialog.pause_button.text() == "Go On"
    dialog.pause_button.click()
    dialog.cancel_button.click()
    assert learning.asked == ["run", "pause", "resume", "cancel"]


def test_progress_shows_stage_time_and_losses(
    dialog: PersonalizeDialog, learning: FakeLearning, qtbot: QtBot
) -> None:
    dialog.start_button.click()
    for step, held_out in ((1, 2.5), (2, 2.5), (3, 2.25)):
        answer = Progressed("training", step, 8, 3.0 - step / 10, held_out, 12.4)
        learning.bridge.progressed.emit(answer)
    qtbot.waitUntil(lambda: dialog.bar.value() == 3)
    assert dialog.bar.maximum() == 8
    assert "Learning…" in dialog.stage.text()
    assert "12 s left" in dialog.stage.text()
    assert dialog.plot.points[0] == [(1, 2.9), (2, 2.8), (3, 2.7)]
    assert dialog.plot.points[1][-1] == (3, 2.25)
    assert not dialog.grab().isNull()


def test_bar_is_full_where_training_ends_early(
    dialog: PersonalizeDialog, learning: FakeLearning, qtbot: QtBot
) -> None:
    dialog.start_button.click()
    learning.bridge.progressed.emit(Progressed("training", 11, 18, 2.0, 1.5, 7.4))
    learning.bridge.progressed.emit(Progressed("training", 12, 12, 1.9, 1.5, 0.0))
    qtbot.waitUntil(lambda: dialog.bar.value() == 12)
    assert dialog.bar.maximum() == 12
    assert "about 0 s left" in dialog.stage.text()
    assert dialog.plot.points == [[(11, 2.0), (12, 1.9)], [(11, 1.5), (12, 1.5)]]


def test_end_shows_the_report(
    dialog: PersonalizeDialog, learning: FakeLearning, qtbot: QtBot
) -> None:
    dialog.start_button.click()
    learning.bridge.ended.emit("text")
    qtbot.waitUntil(lambda: dialog.tabs.currentIndex() == 1)
    assert learning.asked == ["run", "survey", "read_marks"]
    survey(dialog, learning, qtbot)
    assert "4 rescued, 1 broken" in dialog.report.text()
    rows = [dialog.cases.topLevelItem(i) for i in range(dialog.cases.topLevelItemCount())]
    assert [[row.text(i) for i in range(4)] for row in rows if row] == [
        ["rescued", "左边", "北京", "背景"],
        ["broken", "", "是", "事"],
    ]
    assert dialog.history.points == [[(1, 50), (2, 50)], [(1, 65), (2, 65)]]
    assert "Learn Now" in buttons(dialog)
    assert not dialog.grab().isNull()


@pytest.mark.parametrize(
    ("reason", "shown"), [("", "Cancelled"), ("The disk is full.", "The disk is full.")]
)
def test_stop_says_why(
    dialog: PersonalizeDialog,
    learning: FakeLearning,
    qtbot: QtBot,
    reason: str,
    shown: str,
) -> None:
    dialog.start_button.click()
    learning.bridge.stopped.emit(reason)
    qtbot.waitUntil(lambda: shown in dialog.stage.text())
    assert "Learn Now" in buttons(dialog)


def test_versions_can_be_rolled_back_used_and_deleted(
    dialog: PersonalizeDialog, learning: FakeLearning, qtbot: QtBot
) -> None:
    survey(dialog, learning, qtbot)
    dialog.roll_back_button.click()
    assert not dialog.delete_button.isEnabled()
    older = dialog.versions.topLevelItem(1)
    assert older is not None
    assert older.text(1) == "damaged"
    older.setSelected(True)
    dialog.use_button.click()
    dialog.delete_button.click()
    assert learning.asked == ["roll_back", "use v0001", "delete v0001"]
    older.setSelected(False)
    base = dialog.versions.topLevelItem(2)
    assert base is not None
    base.setSelected(True)
    assert not dialog.delete_button.isEnabled()
    dialog.use_button.click()
    assert learning.asked[-1] == "use "


def test_version_is_exported_to_the_file_that_is_named(
    dialog: PersonalizeDialog,
    learning: FakeLearning,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    survey(dialog, learning, qtbot)
    first = dialog.versions.topLevelItem(0)
    assert first is not None
    first.setSelected(True)
    chosen = lambda *_: ("mine.safetensors", "")  # noqa: E731
    monkeypatch.setattr("ime.ui.personalize_dialog.QFileDialog.getSaveFileName", chosen)
    dialog.export_button.click()
    assert learning.asked == [f"export v0002 {Path('mine.safetensors')}"]


def test_word_is_forgotten_and_the_proof_shown(
    dialog: PersonalizeDialog, learning: FakeLearning, qtbot: QtBot
) -> None:
    assert not dialog.forget_button.isEnabled()
    dialog.word.setText(" 背景 ")
    dialog.forget_button.click()
    assert learning.asked == ["forget_word 背景"]
    learning.bridge.ended.emit("3 choices deleted")
    qtbot.waitUntil(lambda: dialog.proof.text() == "3 choices deleted")
    assert dialog.word.text() == ""


@pytest.mark.parametrize("sure", [True, False])
def test_everything_is_forgotten_only_when_asked_twice(
    dialog: PersonalizeDialog,
    learning: FakeLearning,
    monkeypatch: pytest.MonkeyPatch,
    sure: bool,
) -> None:
    button = QMessageBox.StandardButton
    answer = button.Discard if sure else button.Cancel
    monkeypatch.setattr("ime.ui.personalize_dialog.QMessageBox.question", lambda *_: answer)
    dialog.forget_all_button.click()
    assert learning.asked == (["forget_everything"] if sure else [])


def test_without_training_only_the_count_is_shown(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = PersonalizeDialog(window)
    dialog.show_count(7)
    dialog.refresh()
    assert not dialog.tabs.isEnabled()


def test_run_that_began_by_itself_turns_no_page(
    dialog: PersonalizeDialog, learning: FakeLearning, qtbot: QtBot
) -> None:
    dialog.tabs.setCurrentIndex(dialog.tabs.count() - 1)
    learning.bridge.progressed.emit(Progressed("training", 1, 2))
    qtbot.waitUntil(lambda: "Cancel" in buttons(dialog) or not dialog.start_button.isEnabled())
    learning.bridge.ended.emit("text")
    qtbot.waitUntil(lambda: dialog.stage.text() == "Done: see the report.")
    assert dialog.tabs.currentIndex() == dialog.tabs.count() - 1


PIN = Mark(MarkKind.PINNED, "bj", ("bei", "jing"), "背景")
HIDE = Mark(MarkKind.HIDDEN, "beijing", ("bei", "jing"), "北京")


def test_words_are_listed_and_can_be_taken_back(
    dialog: PersonalizeDialog, learning: FakeLearning, qtbot: QtBot
) -> None:
    tree = dialog.words.tree
    learning.bridge.marks_read.emit([PIN, HIDE])
    qtbot.waitUntil(lambda: tree.topLevelItemCount() == 2)
    rows = [tree.topLevelItem(i) for i in range(2)]
    assert [[row.text(i) for i in range(3)] for row in rows if row] == [
        ["北京", "bei jing", "hidden"],
        ["背景", "bei jing", "first"],
    ]
    assert not dialog.words.button.isEnabled()
    tree.setCurrentItem(rows[1])
    dialog.words.button.click()
    assert learning.asked == [f"take_back {PIN}"]


def test_forgetting_can_be_asked_for_from_outside(
    dialog: PersonalizeDialog, learning: FakeLearning
) -> None:
    dialog.ask_to_forget("背景")
    assert "Forget Word" in buttons(dialog)
    dialog.forget_button.click()
    assert learning.asked == ["forget_word 背景"]
