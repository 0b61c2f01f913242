from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialogButtonBox,
    QLabel,
    QMessageBox,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ime.errors import Message
from ime.personalize.documents.source_file import SourceFile
from ime.personalize.documents.words_of_text import FoundWord
from ime.personalize.facade import Overview, Personalizer, VersionLine
from ime.personalize.protocol import (
    Cancelled,
    Failed,
    Finished,
    Forgotten,
    Found,
    Listed,
    Progressed,
    Stage,
)
from ime.personalize.report import Outcome, Proof, RunReport, Tally, figures
from ime.ui.dialogs import is_sure
from ime.ui.language import speak
from ime.ui.personalize_dialog import PersonalizeDialog

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
)


@dataclass
class FakeLearning:
    """Writes down what it is asked for; busy once it was started."""

    asked: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., bool]:
        getattr(Personalizer, name)  # what the real one cannot do is not asked of it

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
    made = PersonalizeDialog(window, cast(Personalizer, learning))
    made.show()
    yield made
    made.close()


def buttons(dialog: PersonalizeDialog) -> set[str]:
    """Texts of the buttons that can be pressed, the one that closes left out."""
    found = dialog.tabs.findChildren(QPushButton)
    return {button.text() for button in found if button.isEnabled()}


def survey(dialog: PersonalizeDialog) -> None:
    dialog.hear(OVERVIEW)
    assert dialog.versions.topLevelItemCount() == 3


def test_count_is_said(dialog: PersonalizeDialog) -> None:
    dialog.show_count(1)
    assert dialog.count.text() == "<b>1</b> choice is kept."
    dialog.show_count(1234)
    assert "1,234" in dialog.count.text()


def test_learning_can_be_started_paused_and_cancelled(
    dialog: PersonalizeDialog, learning: FakeLearning
) -> None:
    assert buttons(dialog) == {"Learn Now", "Add Files…", "Add Folder…", "Forget Everything…"}
    dialog.start_button.click()
    assert buttons(dialog) == {"Pause", "Stop"}
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
        answer = Progressed(Stage.TRAINING, step, 8, 3.0 - step / 10, held_out, 12.4)
        dialog.hear(answer)
    assert dialog.bar.value() == 3
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
    dialog.hear(Progressed(Stage.TRAINING, 11, 18, 2.0, 1.5, 7.4))
    dialog.hear(Progressed(Stage.TRAINING, 12, 12, 1.9, 1.5, 0.0))
    assert dialog.bar.value() == 12
    assert dialog.bar.maximum() == 12
    assert "about 0 s left" in dialog.stage.text()
    assert dialog.plot.points == [[(11, 2.0), (12, 1.9)], [(11, 1.5), (12, 1.5)]]


def test_documents_are_added_listed_and_taken_back(
    dialog: PersonalizeDialog, learning: FakeLearning
) -> None:
    file = SourceFile("/writing/a.md", "d", hanzi=900)
    dialog.documents.added.emit([Path("/writing")])
    assert buttons(dialog) == {"Pause", "Stop"}
    dialog.hear(Listed((file,)))
    dialog.hear(replace(OVERVIEW, documents=(file,)))
    assert dialog.documents.tree.topLevelItemCount() == 1
    dialog.documents.removed.emit([Path(file.path)])
    dialog.hear(Forgotten(Proof("", 0, ("v0002",), None, None, (), None, documents=1)))
    assert "1 document is learned from no more" in dialog.proof.text()
    assert [one.split()[0] for one in learning.asked] == [
        "add_documents", "survey", "remove_documents", "survey",
    ]  # fmt: skip


def test_words_that_stay_ticked_become_own(
    dialog: PersonalizeDialog, learning: FakeLearning
) -> None:
    words = (FoundWord("谱蓝", ("pu", "lan"), 9), FoundWord("的话题", ("de", "hua", "ti"), 3))
    dialog.documents.words_wanted.emit()
    dialog.hear(Found(words))
    assert dialog.found is not None
    second = dialog.found.tree.topLevelItem(1)
    assert second is not None
    second.setCheckState(0, Qt.CheckState.Unchecked)
    dialog.found.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    assert learning.asked == ["find_words", f"add_words {[words[0]]}"]


def test_end_shows_the_report(
    dialog: PersonalizeDialog, learning: FakeLearning, qtbot: QtBot
) -> None:
    dialog.start_button.click()
    dialog.hear(Finished(REPORT))
    assert dialog.tabs.currentWidget().isAncestorOf(dialog.report)
    assert learning.asked == ["run", "survey"]
    survey(dialog)
    assert "4 better, 1 worse" in dialog.report.text()
    rows = [dialog.cases.topLevelItem(i) for i in range(dialog.cases.topLevelItemCount())]
    assert [[row.text(i) for i in range(4)] for row in rows if row] == [
        ["better", "左边", "北京", "背景"],
        ["worse", "", "是", "事"],
    ]
    assert dialog.history.points == [[(1, 50), (2, 50)], [(1, 65), (2, 65)]]
    assert "Learn Now" in buttons(dialog)
    assert not dialog.grab().isNull()


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        (Cancelled(), "Cancelled"),
        (Failed("The disk is full."), "The disk is full."),
        (Failed(Message("personalize.fault.ended_early")), "memory ran out"),
    ],
)
def test_stop_says_why(
    dialog: PersonalizeDialog,
    learning: FakeLearning,
    qtbot: QtBot,
    end: Cancelled | Failed,
    shown: str,
) -> None:
    dialog.start_button.click()
    dialog.hear(end)
    assert shown in dialog.stage.text()
    assert "Learn Now" in buttons(dialog)


def test_versions_can_be_rolled_back_used_and_deleted(
    dialog: PersonalizeDialog, learning: FakeLearning, qtbot: QtBot
) -> None:
    survey(dialog)
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
    survey(dialog)
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
    dialog.hear(Forgotten(Proof("背景", 3, (), None, None, (), None)))
    assert dialog.proof.text().startswith("3 choices deleted")
    assert dialog.word.text() == ""


@pytest.mark.parametrize("sure", [True, False])
def test_everything_is_forgotten_only_when_asked_twice(
    dialog: PersonalizeDialog,
    learning: FakeLearning,
    monkeypatch: pytest.MonkeyPatch,
    sure: bool,
) -> None:
    monkeypatch.setattr("ime.ui.personalize_dialog.is_sure", lambda *_: sure)
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
    dialog.hear(Progressed(Stage.TRAINING, 1, 2))
    assert not dialog.start_button.isEnabled()
    dialog.hear(Finished(REPORT))
    assert dialog.stage.text() == "Done: see “Result”."
    assert dialog.tabs.currentIndex() == dialog.tabs.count() - 1


def test_forgetting_can_be_asked_for_from_outside(
    dialog: PersonalizeDialog, learning: FakeLearning
) -> None:
    dialog.ask_to_forget("背景")
    assert "Forget Word" in buttons(dialog)
    dialog.forget_button.click()
    assert learning.asked == ["forget_word 背景"]


def test_forgetting_shows_how_far_it_is(
    dialog: PersonalizeDialog, learning: FakeLearning
) -> None:
    dialog.ask_to_forget("背景")
    assert not dialog.forget_bar.isVisible()
    dialog.forget_button.click()
    assert dialog.forget_bar.isVisible()
    assert dialog.forget_bar.maximum() == 0  # it moves by itself
    dialog.hear(Progressed(Stage.FORGETTING, 1, 3))
    assert (dialog.forget_bar.value(), dialog.forget_bar.maximum()) == (1, 3)
    dialog.hear(Progressed(Stage.TRAINING, 2, 8, 3.0, 2.5, 12.4))
    assert dialog.proof.text() == "Learning…"
    dialog.hear(Forgotten(Proof("背景", 3, (), None, None, (), None)))
    assert not dialog.forget_bar.isVisible()
    assert "3 choices deleted" in dialog.proof.text()


def test_everything_is_said_again_in_another_language(
    dialog: PersonalizeDialog, learning: FakeLearning, qtbot: QtBot
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    dialog.show_count(3)
    survey(dialog)
    dialog.hear(Forgotten(Proof("背景", 3, (), None, None, (), None)))
    dialog.start_button.click()
    dialog.pause_button.click()
    dialog.hear(Progressed(Stage.TRAINING, 1, 8, 3.0, 2.5, 12.4))
    speak(app, "zh_CN")
    qtbot.waitUntil(lambda: dialog.windowTitle() == "个性化")
    shown = [label.text() for label in dialog.findChildren(QLabel)]
    shown += [button.text() for button in dialog.findChildren(QAbstractButton)]
    shown += [dialog.tabs.tabText(page) for page in range(dialog.tabs.count())]
    for tree in (dialog.cases, dialog.versions):
        head = tree.headerItem()
        shown += [head.text(column) for column in range(tree.columnCount())]
    assert [text for text in shown if text and not re.search("[一-鿿]", text)] == []
    speak(app, "en")
    qtbot.waitUntil(lambda: dialog.windowTitle() == "Personalize")
    assert dialog.stage.text() == "Learning… (paused)"
    assert dialog.proof.text().startswith("3 choices deleted")


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_question_before_what_cannot_be_undone_means_no_unless_it_is_pressed(
    qtbot: QtBot, key: Qt.Key
) -> None:
    window = QWidget()
    qtbot.addWidget(window)

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        QTest.keyClick(box, key)

    QTimer.singleShot(0, answer)
    assert not is_sure(window, "Forget everything", "All of it?", "Forget")


def test_action_lets_it_happen(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(one for one in box.buttons() if one.text() == "Forget").click()

    QTimer.singleShot(0, answer)
    assert is_sure(window, "Forget everything", "All of it?", "Forget")
