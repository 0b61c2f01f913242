"""Pinning, hiding and forgetting in the window, and learning by itself as it shows there."""

from __future__ import annotations

import time

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from ime.personalize.facade import Personalizer
from ime.personalize.idle import Sign
from ime.settings import Folders, Settings, load, render
from ime.texts.catalogue import say
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Mark, MarkKind
from tests.fakes import FakeConverter
from tests.ui.conftest import SIMPLE, OpenWindow, Typist

pytestmark = pytest.mark.gui

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier
PIN = Mark(MarkKind.PINNED, "nihao", ("ni", "hao"), "拟好")


@pytest.fixture
def _no_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at the versions loads torch, which takes seconds."""
    monkeypatch.setattr(Personalizer, "survey", lambda *_: None)


def entry(typist: Typist, index: int, text: str) -> QAction:
    actions = typist.window.panel.cells[index].menu().actions()
    return next(action for action in actions if action.text().startswith(text))


def marks(folders: Folders) -> list[Mark]:
    log = SelectionLog(folders.database, run=0)
    try:
        return log.marks()
    finally:
        log.close()


def test_control_and_digit_pin_at_once_and_again_after_a_restart(
    open_window: OpenWindow, qtbot: QtBot, folders: Folders
) -> None:
    typist = Typist(open_window(), qtbot)
    typist.type("nihao").wait_list().press(Key.Key_2, Control).wait_list()
    assert typist.offered[:2] == ["拟好", "你好"]
    assert typist.window.status.passing.text() == "“拟好” is first for ni hao from now on."
    typist.press(Key.Key_Escape)
    typist.window.close()
    typist.parts.close()
    assert marks(folders) == [PIN]
    again = Typist(open_window(), qtbot)
    again.type("nihao").wait_list()
    assert again.offered[:2] == ["拟好", "你好"]


def test_same_key_releases_the_pin(typist: Typist, folders: Folders) -> None:
    typist.type("nihao").wait_list().press(Key.Key_2, Control).wait_list()
    typist.press(Key.Key_1, Control).wait_list()
    assert typist.offered[:2] == ["你好", "拟好"]
    typist.parts.backend.store.close()
    assert marks(folders) == []


def test_control_delete_hides_the_highlighted_candidate(typist: Typist) -> None:
    typist.type("nihao").wait_list().press(Key.Key_Delete, Control).wait_list()
    assert "你好" not in typist.offered
    assert "hidden" in typist.window.status.passing.text()
    assert typist.text == ""


def test_menu_of_a_candidate_pins_and_forgets(typist: Typist) -> None:
    typist.type("nihao").wait_list()
    entry(typist, 1, "Pin First").trigger()
    typist.wait_list()
    assert typist.offered[0] == "拟好"
    entry(typist, 0, "Release").trigger()
    typist.wait_list()
    entry(typist, 0, "Forget\t").trigger()
    typist.wait_list()
    assert "你好" not in typist.offered


@pytest.mark.usefixtures("_no_versions")
def test_forgetting_for_good_opens_the_dialog_with_the_word(typist: Typist) -> None:
    typist.type("nihao").wait_list()
    entry(typist, 1, "Forget for Good").trigger()
    dialog = typist.window.personalize_dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.word.text() == "拟好"
    assert typist.text == ""
    assert not typist.window.input_context.state.composing


@pytest.mark.usefixtures("_no_versions")
def test_forgetting_for_good_loses_no_letters_of_other_words(typist: Typist) -> None:
    typist.type("nihaoshijie").wait_list()
    words = [item.text for item in typist.window.panel.page.items]
    entry(typist, words.index("你好"), "Forget for Good").trigger()
    typist.wait_text("nihaoshijie")


def test_words_page_takes_a_pin_back_in_the_next_list(typist: Typist, qtbot: QtBot) -> None:
    typist.type("nihao").wait_list().press(Key.Key_2, Control).wait_list()
    typist.press(Key.Key_Escape)
    typist.window.open_words()
    dialog = typist.window.words_dialog
    assert dialog is not None
    page = dialog.marks
    qtbot.waitUntil(lambda: len(page.model.entries) == 1)
    page.table.selectRow(0)
    page.delete_button.click()
    qtbot.waitUntil(lambda: len(page.model.entries) == 0)
    typist.type("nihao").wait_list()
    assert typist.offered[:2] == ["你好", "拟好"]


def test_private_mode_marks_nothing(
    open_window: OpenWindow, qtbot: QtBot, folders: Folders
) -> None:
    typing = msgspec.structs.replace(SIMPLE.typing, private=True)
    typist = Typist(open_window(settings=msgspec.structs.replace(SIMPLE, typing=typing)), qtbot)
    typist.type("nihao").wait_list().press(Key.Key_2, Control).press(Key.Key_Delete, Control)
    assert typist.offered[:2] == ["你好", "拟好"]
    assert typist.window.status.passing.text() == say("window.refused.private")
    assert not folders.database.exists()


# --- learning by itself ------------------------------------------------------------------


def resting(settings: Settings) -> Settings:
    personalize = msgspec.structs.replace(settings.personalize, idle=True, idle_minutes=1)
    return msgspec.structs.replace(settings, personalize=personalize)


@pytest.mark.usefixtures("_no_versions")
@pytest.mark.parametrize(
    ("sign", "shown"),
    [
        (Sign.LEARNING, "Learning"),
        (Sign.PAUSED, "Learning paused"),
        (Sign.LEARNED, "Learned: see what came of it"),
    ],
)
def test_status_line_says_what_learning_by_itself_does(
    typist: Typist, qtbot: QtBot, sign: Sign, shown: str
) -> None:
    badge = typist.window.status.learning
    assert not badge.isVisible()
    typist.parts.bridge.learning_told.emit(sign)
    qtbot.waitUntil(badge.isVisible)
    assert badge.text() == shown
    badge.click()
    dialog = typist.window.personalize_dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert badge.isVisible() is (sign is not Sign.LEARNED)


def test_rest_starts_a_run_and_a_key_pauses_it(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole road but the child, with a clock that the test sets."""
    asked: list[str] = []
    parts = open_window(lambda *_: FakeConverter(), resting(SIMPLE))
    learning, begun = parts.backend.learning, time.monotonic()
    now = [begun]
    monkeypatch.setattr(learning, "_clock", lambda: now[0])
    monkeypatch.setattr(learning._idle, "_on_mains", lambda: True)
    monkeypatch.setattr(
        SelectionLog, "count", lambda _log, since=0.0: 200 if since == 0.0 else 0
    )
    for name in ("start", "pause", "resume", "cancel"):
        monkeypatch.setattr(
            learning._jobs, name, lambda *_, name=name: asked.append(name) or True
        )
    typist = Typist(parts, qtbot)
    typist.type("ni").wait_list().press(Key.Key_Escape)
    now[0] = begun + 59.0
    learning.rest()
    assert asked == []
    now[0] = begun + 61.0
    learning.rest()
    qtbot.waitUntil(lambda: asked == ["start"])
    focused = parts.window.editor.hasFocus()
    qtbot.waitUntil(lambda: parts.window.status.learning.text() == "Learning")
    assert parts.window.editor.hasFocus() == focused
    assert parts.window.personalize_dialog is None
    typist.type("n")
    assert asked == ["start", "pause"]


def test_settings_of_learning_by_itself_are_kept(typist: Typist, folders: Folders) -> None:
    typist.window.open_settings()
    dialog = typist.window.settings_dialog
    assert dialog is not None
    dialog.switch("personalize.idle").click()
    dialog.stepper("personalize.idle_choices").more.click()
    dialog.stepper("personalize.idle_minutes").less.click()
    typist.parts.close()
    kept = load(folders.settings_file).settings.personalize
    assert (kept.idle, kept.idle_choices, kept.idle_minutes) == (True, 250, 4)
    assert "[personalize]" in render(typist.window.settings)


def test_choices_are_logged_with_what_offered_them(
    open_window: OpenWindow, qtbot: QtBot, folders: Folders
) -> None:
    def opened(*_: object) -> FakeConverter:
        converter = FakeConverter()
        converter.model, converter.adapter = "1234abcd", "v0003"  # type: ignore[attr-defined]
        return converter

    typist = Typist(open_window(opened), qtbot)
    typist.type("nihao").wait_list().press(Key.Key_Space).wait_text("你好")
    typist.parts.backend.store.close()
    log = SelectionLog(folders.database, run=0)
    assert [row.versions for row in log.rows()] == [Versions("1234abcd", "v0003")]
    log.close()
