from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ime.session.preedit import Preedit, SpanKind
from ime.ui.editor import Editor

pytestmark = pytest.mark.gui

RARE = "𠮷"  # beyond the basic plane: two UTF-16 units
NI_HAO = Preedit("ni hao", 6, ((0, 2, SpanKind.SYLLABLE), (3, 6, SpanKind.SYLLABLE)))


@pytest.fixture
def editor(qtbot: QtBot) -> Iterator[Editor]:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.resize(600, 300)
    editor.show()
    qtbot.waitExposed(editor)
    yield editor
    editor.close()


def _painted(editor: Editor) -> str:
    return editor.textCursor().block().layout().preeditAreaText()


def test_preedit_is_painted_but_no_part_of_the_text(editor: Editor) -> None:
    editor.commit("你好")
    editor.show_preedit(NI_HAO)
    assert (editor.toPlainText(), _painted(editor)) == ("你好", "ni hao")
    assert editor.left_text() == "你好"


def test_preedit_stands_alone_on_an_empty_sheet(editor: Editor) -> None:
    assert editor.placeholderText()
    editor.show_preedit(NI_HAO)
    assert not editor.placeholderText()
    editor.show_preedit(Preedit())
    assert editor.placeholderText()


def test_preedit_adds_no_step_of_undo(editor: Editor) -> None:
    editor.commit("你好")
    before = editor.document().availableUndoSteps()
    editor.show_preedit(NI_HAO)
    editor.show_preedit(Preedit())
    assert editor.document().availableUndoSteps() == before
    assert _painted(editor) == ""


def test_commit_takes_the_place_of_the_preedit(editor: Editor) -> None:
    editor.show_preedit(NI_HAO)
    editor.commit("你好")
    assert (editor.toPlainText(), _painted(editor)) == ("你好", "")


def test_each_commit_is_one_step_of_undo(editor: Editor) -> None:
    for text in ("你好", "世界", "吗"):
        editor.commit(text)
    editor.undo()
    assert editor.toPlainText() == "你好世界"
    editor.undo()
    assert editor.toPlainText() == "你好"
    editor.redo()
    assert editor.toPlainText() == "你好世界"


def test_commit_replaces_the_selection(editor: Editor) -> None:
    editor.commit("你好世界")
    editor.selectAll()
    editor.commit("好")
    assert editor.toPlainText() == "好"


def test_each_syllable_has_an_underline_of_its_own(editor: Editor) -> None:
    fixed = Preedit("你ni hao", 8, ((0, 1, SpanKind.FIXED), (1, 3, SpanKind.SYLLABLE)))
    editor.show_preedit(fixed)
    formats = editor.textCursor().block().layout().formats()
    underlined = [(part.start, part.length) for part in formats if part.format.fontUnderline()]
    assert underlined == [(0, 1), (1, 2)]


def test_underlines_count_utf16_units(editor: Editor) -> None:
    spans = ((0, 1, SpanKind.FIXED), (1, 3, SpanKind.SYLLABLE))
    editor.show_preedit(Preedit(RARE + "ni", 3, spans))
    formats = editor.textCursor().block().layout().formats()
    underlined = [(part.start, part.length) for part in formats if part.format.fontUnderline()]
    assert underlined == [(0, 2), (2, 2)]


@pytest.mark.parametrize(
    ("before", "count", "after"),
    [
        pytest.param("你好。", 1, "你好.", id="mark"),
        pytest.param("你好——", 2, "你好.", id="two-characters"),
        pytest.param(f"你{RARE}", 1, "你.", id="rare-hanzi"),
        pytest.param("你😀x", 2, "你.", id="emoji"),
        pytest.param("", 1, ".", id="nothing-there"),
    ],
)
def test_replace_last_counts_characters(
    editor: Editor, before: str, count: int, after: str
) -> None:
    editor.setPlainText(before)
    editor.moveCursor(QTextCursor.MoveOperation.End)
    editor.replace_last(count, ".")
    assert editor.toPlainText() == after


@pytest.mark.parametrize(
    ("text", "limit", "left"),
    [
        pytest.param("北京\n西安", 200, "北京\n西安", id="lines"),
        pytest.param("北京西安", 2, "西安", id="limit"),
        pytest.param(f"{RARE}安", 1, "安", id="limit-behind-a-pair"),
        pytest.param(RARE * 3, 2, RARE * 2, id="rare-hanzi"),
        pytest.param("a\x00b", 5, "a\x00b", id="nul"),
        pytest.param("", 5, "", id="empty"),
    ],
)
def test_left_text_ends_at_the_caret(editor: Editor, text: str, limit: int, left: str) -> None:
    editor.setPlainText(text)
    editor.moveCursor(QTextCursor.MoveOperation.End)
    assert editor.left_text(limit) == left


def test_left_text_leaves_the_selection_out(editor: Editor) -> None:
    editor.setPlainText("北京西安")
    editor.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClick(editor, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert editor.left_text() == "北京西"


def test_only_changes_by_other_hands_are_reported(editor: Editor, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(editor.foreign_change):
        editor.show_preedit(NI_HAO)
        editor.commit("你好")
        editor.replace_last(1, "吗")
    with qtbot.waitSignal(editor.foreign_change):
        QTest.keyClick(editor, Qt.Key.Key_Left)
    with qtbot.waitSignal(editor.foreign_change):
        editor.insertPlainText("x")


def test_preedit_line_begins_where_the_preedit_begins(editor: Editor) -> None:
    editor.commit("你好")
    caret = editor.preedit_line()
    editor.show_preedit(NI_HAO)
    line = editor.preedit_line()
    assert abs(line.left() - caret.left()) <= 2
    assert line.height() == caret.height()
    moved = Preedit(NI_HAO.text, 0, NI_HAO.spans)
    editor.show_preedit(moved)
    assert editor.preedit_line().left() == line.left()


def test_preedit_line_follows_a_preedit_that_wraps(editor: Editor) -> None:
    long = "shi " * 60
    editor.show_preedit(Preedit(long, len(long), ()))
    line = editor.preedit_line()
    corner = editor.viewport().mapToGlobal(editor.viewport().rect().topLeft())
    assert line.left() - corner.x() < 60
    assert line.top() - corner.y() > line.height()


def test_text_stays_in_a_column_that_reads_well(editor: Editor) -> None:
    editor.resize(1600, 300)
    assert editor.viewport().width() <= 860
    editor.resize(420, 300)
    assert editor.viewport().width() >= 350
