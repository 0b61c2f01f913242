"""Find and replace: next, previous, round the end, the whole text in one step of undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ime.ui.find_bar import FindBar
from tests.ui.conftest import Typist

pytestmark = pytest.mark.gui

Key = Qt.Key
TEXT = "你好，Moyin。\n你好，墨音。𠮷你好\nmoyin"


@pytest.fixture
def bar(typist: Typist) -> FindBar:
    editor = typist.window.editor
    editor.setPlainText(TEXT)
    editor.moveCursor(editor.textCursor().MoveOperation.Start)
    typist.window.action("menu.find").trigger()
    return typist.window.find_bar


def selected(typist: Typist) -> tuple[int, str]:
    cursor = typist.window.editor.textCursor()
    return cursor.selectionStart(), cursor.selectedText()


def test_next_and_previous_go_round(bar: FindBar, typist: Typist) -> None:
    bar.wanted.setText("你好")
    assert bar.told.text() == "3 places"
    places = []
    for _ in range(4):
        QTest.keyClick(bar.wanted, Key.Key_Return)
        places.append(selected(typist))
    assert places == [(0, "你好"), (10, "你好"), (18, "你好"), (0, "你好")]
    QTest.keyClick(bar.wanted, Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert selected(typist) == (18, "你好")
    bar.back_button.click()
    assert selected(typist) == (10, "你好")
    typist.window.action("menu.find_next").trigger()
    assert selected(typist) == (18, "你好")


@pytest.mark.parametrize(("wanted", "count"), [("moyin", 2), ("Moyin", 1), ("。", 2), (".", 0)])
def test_capitals_are_meant_where_one_is_typed(bar: FindBar, wanted: str, count: int) -> None:
    bar.wanted.setText(wanted)
    assert bar.told.text() == (
        f"{count} place{'s' * (count != 1)}" if count else "Not in the text."
    )
    assert bar.find_next() == bool(count)


def test_the_whole_text_is_replaced_in_one_step(bar: FindBar, typist: Typist) -> None:
    typist.window.action("menu.replace").trigger()
    bar.wanted.setText("你好")
    bar.instead.setText(r"\1您\n好")
    bar.all_button.click()
    assert typist.text == TEXT.replace("你好", r"\1您\n好")
    assert bar.told.text() == "3 places replaced."
    typist.window.editor.undo()
    assert typist.text == TEXT
    bar.wanted.setText("不在")
    bar.all_button.click()
    assert bar.told.text() == "0 places replaced."
    assert typist.text == TEXT


def test_one_place_at_a_time(bar: FindBar, typist: Typist) -> None:
    typist.window.action("menu.replace").trigger()
    bar.wanted.setText("moyin")
    bar.instead.setText("墨音")
    QTest.keyClick(bar.wanted, Key.Key_Return)
    bar.instead.setFocus()
    QTest.keyClick(bar.instead, Key.Key_Return)
    assert typist.text == "你好，墨音。\n你好，墨音。𠮷你好\nmoyin"
    bar.replace_button.click()
    assert typist.text.endswith("\n墨音")
    bar.replace_button.click()
    assert typist.text == "你好，墨音。\n你好，墨音。𠮷你好\n墨音"


def test_what_is_selected_is_wanted_and_escape_goes_back(bar: FindBar, typist: Typist) -> None:
    QTest.keyClick(bar.wanted, Key.Key_Escape)
    assert not bar.isVisible()
    editor = typist.window.editor
    cursor = editor.textCursor()
    cursor.setPosition(13)
    cursor.setPosition(15, cursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    typist.window.action("menu.find").trigger()
    assert bar.wanted.text() == "墨音"
    assert not bar.instead.isVisible()


def test_what_is_composed_is_settled_first(typist: Typist, qtbot: QtBot) -> None:
    typist.type("nihao").wait_list()
    typist.window.action("menu.find").trigger()
    qtbot.waitUntil(lambda: not typist.window.input_context.state.composing)
    assert typist.text == "nihao"


def test_an_empty_field_finds_nothing(bar: FindBar, typist: Typist) -> None:
    bar.wanted.clear()
    assert not bar.find_next()
    bar.replace_all()
    assert typist.text == TEXT
    assert bar.told.text() == ""


def test_hanzi_are_typed_into_the_bar(bar: FindBar, typist: Typist, qtbot: QtBot) -> None:
    bar.wanted.clear()
    qtbot.waitUntil(bar.wanted.hasFocus)
    QTest.keyClicks(bar.wanted, "nihao")
    QTest.keyClick(bar.wanted, Key.Key_Space)
    qtbot.waitUntil(lambda: bar.wanted.text() == "你好", timeout=10_000)
    QTest.keyClick(bar.wanted, Key.Key_Return)
    assert selected(typist) == (0, "你好")
