"""Next words and repairs in the window, from the thread that converts to the text."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ime.settings import Folders
from ime.texts.catalogue import say
from tests.ui.conftest import SIMPLE, OpenWindow, Typist

pytestmark = pytest.mark.gui

REPAIR = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def predicting(open_window: OpenWindow, qtbot: QtBot) -> Typist:
    """A window that offers next words, in private mode."""
    typing = msgspec.structs.replace(SIMPLE.typing, next_words=True, private=True)
    return Typist(open_window(settings=msgspec.structs.replace(SIMPLE, typing=typing)), qtbot)


def wait_offers(typist: Typist, *texts: str) -> None:
    typist.qtbot.waitUntil(lambda: typist.offered == [*texts], timeout=5000)


def test_next_words_come_behind_a_commit_and_behind_each_other(
    predicting: Typist, folders: Folders
) -> None:
    predicting.type("nihao").wait_list().press(Qt.Key.Key_Space)
    wait_offers(predicting, "世界", "你")
    predicting.type("1")
    assert predicting.text == "你好世界"
    wait_offers(predicting, "世界", "你")
    predicting.type("n").wait_list()
    assert predicting.offered[0] == "你"
    assert not folders.database.exists(), "private mode writes nothing down"


def test_no_next_words_come_unasked(typist: Typist) -> None:
    typist.type("nihao").wait_list().press(Qt.Key.Key_Space)
    typist.qtbot.waitUntil(lambda: typist.text == "你好", timeout=5000)
    typist.type("1").wait_text("你好1")


def test_repair_changes_the_text_by_a_digit_and_undo_brings_it_back(typist: Typist) -> None:
    typist.type("nihao2").wait_text("拟好")
    typist.press(Qt.Key.Key_R, REPAIR)
    wait_offers(typist, "你好")
    cell = typist.window.panel.cells[0]
    assert typist.window.panel.page.items[0].comment == "拟→你"
    assert not cell.grab().isNull(), "the change is underlined"
    typist.type("1").wait_text("你好")
    assert typist.window.input_context.state.context.text == "你好"
    typist.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier).wait_text("拟好")


def test_escape_leaves_what_could_be_repaired(typist: Typist) -> None:
    typist.type("nihao2").wait_text("拟好")
    typist.window.action("menu.repair").trigger()
    wait_offers(typist, "你好")
    typist.press(Qt.Key.Key_Escape)
    assert (typist.text, typist.offered) == ("拟好", [])


def test_sentence_that_stands_well_is_said_to(typist: Typist) -> None:
    typist.type("nihao").wait_list().press(Qt.Key.Key_Space)
    typist.press(Qt.Key.Key_R, REPAIR)
    passing = typist.window.status.passing
    said = say("window.refused.no_repair")
    typist.qtbot.waitUntil(lambda: passing.text() == said, timeout=5000)
