"""Clicks, lost focus and closing while keys wait: the keys were pressed before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from ime.ui.document import Document
from tests.fakes import GatedConverter
from tests.ui.conftest import OpenWindow, Typist

pytestmark = pytest.mark.gui

BEFORE = "前文在这里\n第二行"
Left, Right = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


class Desk(Typist):
    """A typist behind whose letters nothing is listed before `answer`."""

    def __init__(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        self.converter = GatedConverter()
        self.converter.gate.set()
        super().__init__(open_window(lambda *_: self.converter), qtbot)
        self.editor = self.window.editor
        self.editor.setPlainText(BEFORE)
        self.editor.moveCursor(QTextCursor.MoveOperation.End)
        self.converter.gate.clear()

    def answer(self) -> None:
        self.converter.gate.set()
        waiting = self.window.input_context
        self.qtbot.waitUntil(lambda: not waiting.state.waiting, timeout=10_000)

    def place(self, offset: int) -> QPoint:
        """In the viewport, before the character at `offset`."""
        cursor = QTextCursor(self.editor.document())
        cursor.setPosition(offset)
        return self.editor.cursorRect(cursor).center()

    @property
    def caret(self) -> int:
        return self.editor.textCursor().position()


@pytest.fixture
def desk(open_window: OpenWindow, qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(open_window, qtbot)
    yield desk
    desk.converter.gate.set()


@pytest.mark.parametrize("end", [" ", ",", "1"])
def test_click_behind_a_waiting_key_lands_in_the_text_that_it_made(
    desk: Desk, end: str
) -> None:
    """It committed the letters: 我的ekahaoshi."""
    desk.type("nihao" + end)
    QTest.mouseClick(desk.editor.viewport(), Left, pos=desk.place(2))
    assert desk.text == BEFORE
    desk.type("x")
    desk.answer()
    wanted = "你好" + ("，" if end == "," else "")
    desk.press(Qt.Key.Key_Return)
    assert desk.text == BEFORE[:2] + "x" + BEFORE[2:] + wanted
    assert desk.caret == 3


def test_letters_behind_the_waiting_key_are_committed_before_the_click(desk: Desk) -> None:
    desk.type("nihao shijie")
    QTest.mouseClick(desk.editor.viewport(), Left, pos=desk.place(2))
    desk.answer()
    assert (desk.text, desk.caret) == (BEFORE + "你好shijie", 2)


def test_selection_by_mouse_behind_a_waiting_key_is_made_whole(desk: Desk) -> None:
    desk.type("nihao ")
    view = desk.editor.viewport()
    QTest.mousePress(view, Left, pos=desk.place(0))
    QTest.mouseMove(view, desk.place(1))
    QTest.mouseMove(view, desk.place(3))
    QTest.mouseRelease(view, Left, pos=desk.place(3))
    desk.answer()
    assert desk.text == BEFORE + "你好"
    assert desk.editor.textCursor().selectedText() == BEFORE[:3]


def test_double_click_behind_a_waiting_key_selects_a_word(desk: Desk) -> None:
    desk.editor.setPlainText("one two")
    desk.editor.moveCursor(QTextCursor.MoveOperation.End)
    desk.type("nihao ")
    view = desk.editor.viewport()
    QTest.mouseClick(view, Left, pos=desk.place(1))
    QTest.mouseDClick(view, Left, pos=desk.place(1))
    desk.answer()
    assert desk.editor.textCursor().selectedText() == "one"
    assert desk.text == "one two你好"


def test_context_menu_behind_a_waiting_key_opens_behind_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QPlainTextEdit, "contextMenuEvent", lambda *_: opened.append(desk.text))
    desk.type("nihao ")
    place = desk.place(1)
    view = desk.editor.viewport()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.mapToGlobal(place))
    QApplication.sendEvent(view, event)
    assert opened == []
    desk.answer()
    assert opened == [BEFORE + "你好"]


def test_lost_focus_behind_a_waiting_key_commits_hanzi(desk: Desk) -> None:
    desk.type("nihao shijie")
    desk.editor.clearFocus()
    assert desk.text == BEFORE
    desk.answer()
    assert desk.text == BEFORE + "你好shijie"


def test_window_that_is_closed_behind_a_waiting_key_closes_behind_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    close = Document.close

    def note_and_close(document: Document) -> bool:
        kept.append(desk.text)
        return close(document)

    monkeypatch.setattr(Document, "close", note_and_close)
    desk.type("nihao ")
    desk.window.close()
    assert desk.window.isVisible()
    desk.answer()
    assert not desk.window.isVisible()
    assert kept == [BEFORE + "你好"]


def test_window_that_is_closed_twice_does_not_wait(desk: Desk) -> None:
    desk.type("nihao ")
    desk.window.close()
    desk.editor.document().setModified(False)
    desk.window.close()
    assert not desk.window.isVisible()
    assert desk.text == BEFORE + "nihao"


def test_text_dropped_behind_a_waiting_key_cannot_wait_and_leaves_whole_letters(
    desk: Desk,
) -> None:
    desk.type("nihao ")
    data = QMimeData()
    data.setText("x")
    drop = QDropEvent(
        QPointF(desk.place(1)),
        Qt.DropAction.CopyAction,
        data,
        Left,
        Qt.KeyboardModifier.NoModifier,
    )
    desk.editor.dropEvent(drop)
    assert "nihao" in desk.text
