"""Why a candidate is there: its parts in a small window, and a mark behind its text."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ime.settings import Settings
from ime.values import Source
from tests.ui.conftest import SIMPLE, OpenWindow, Typist

pytestmark = pytest.mark.gui


def ask_why(typist: Typist, index: int) -> None:
    (entry,) = [
        action
        for action in typist.window.panel.cells[index].menu().actions()
        if action.text() in ("Why This One?", "为何有这一项？")
    ]
    entry.trigger()
    typist.qtbot.waitUntil(typist.window.why.isVisible, timeout=5000)


def test_menu_of_a_candidate_shows_what_its_score_is_made_of(typist: Typist) -> None:
    typist.type("nihao").wait_list()
    ask_why(typist, 1)
    popup = typist.window.why
    assert popup.lines == [
        "“拟好” · word",
        "Score 0.00 nats: the higher, the likelier",
        *("n-gram -3.00", "network +1.00", "cache +0.00"),
        *("yours +0.00", "words +2.00", "spelling +0.00"),
    ]
    assert popup.accessibleName() == popup.lines[0]
    assert popup.size() == popup.sizeHint()
    assert not popup.grab().isNull()
    assert typist.window.editor.hasFocus(), "typing goes on"
    typist.type("s").wait_list()
    assert not popup.isVisible()


def test_click_hides_it(typist: Typist) -> None:
    typist.type("ni").wait_list()
    ask_why(typist, 0)
    QTest.mouseClick(typist.window.why, Qt.MouseButton.LeftButton)
    assert not typist.window.why.isVisible()


def test_what_has_no_score_says_so_in_the_language_of_the_window(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    appearance = msgspec.structs.replace(SIMPLE.appearance, language="zh_CN")
    settings = msgspec.structs.replace(SIMPLE, appearance=appearance)
    typist = Typist(open_window(settings=settings), qtbot)
    typist.type("Nihao").wait_list()
    ask_why(typist, 0)
    assert typist.window.why.lines[0] == "“Nihao” · 字母"
    assert len(typist.window.why.lines) == 2


def test_sources_are_marked_where_the_setting_says_so(typist: Typist) -> None:
    typist.type("nihao").wait_list()
    word = typist.window.panel.cells[0]
    plain, described = word.sizeHint().width(), word.accessibleDescription()
    typist.press(Qt.Key.Key_Escape)
    window = msgspec.structs.replace(SIMPLE.window, source_marks=True)
    settings: Settings = msgspec.structs.replace(SIMPLE, window=window)
    typist.window.change_settings(settings)
    typist.type("nihao").wait_list()
    assert typist.window.panel.page.items[0].source is Source.WORD
    assert word.sizeHint().width() > plain
    assert word.accessibleDescription() == f"{described} word"


@pytest.mark.parametrize("on", [False, True])
def test_doubtful_characters_are_underlined_where_the_setting_says_so(
    typist: Typist, *, on: bool
) -> None:
    window = msgspec.structs.replace(SIMPLE.window, doubts=on)
    settings: Settings = msgspec.structs.replace(SIMPLE, window=window)
    typist.window.change_settings(settings)
    typist.type("nihao").wait_list()
    cell = typist.window.panel.cells[1]
    item = typist.window.panel.page.items[1]

    def painted(*certainty: float) -> QImage:
        cell.show_candidate(replace(item, certainty=certainty), highlighted=False)
        return cell.grab().toImage()

    assert (painted(0.9, 0.2) != painted(0.9, 0.9)) is on
