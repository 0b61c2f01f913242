"""A preedit that is painted over a long paragraph looks as one that is laid out with it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ime.session.preedit import Preedit, SpanKind
from ime.ui import theme
from ime.ui.editor import Editor

pytestmark = pytest.mark.gui

PARAGRAPH = "天地玄黄，宇宙洪荒。日月盈昃，辰宿列张。😀" * 30
TEXT = f"前文\n{PARAGRAPH}\n后文一\n{PARAGRAPH}\n后文二"
LETTERS = Preedit("你ni hao", 5, ((0, 1, SpanKind.FIXED), (1, 3, SpanKind.SYLLABLE)))
LONG = Preedit("ni hao " * 20, 139, ((0, 60, SpanKind.SYLLABLE),))


@pytest.fixture
def editor(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Editor:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.setFont(theme.text_font(14))
    editor.resize(600, 400)
    editor.setPlainText(TEXT)
    editor.show()
    qtbot.waitExposed(editor)
    editor.setCursorWidth(0)
    return editor


def _seen(
    editor: Editor, monkeypatch: pytest.MonkeyPatch, place: int, preedit: Preedit, limit: int
) -> tuple[QImage, QRect]:
    monkeypatch.setattr("ime.ui.editor.LONG_PARAGRAPH", limit)
    editor.show_preedit(Preedit())
    cursor = editor.textCursor()
    cursor.setPosition(place)
    editor.setTextCursor(cursor)
    editor.ensureCursorVisible()
    editor.show_preedit(preedit)
    QApplication.processEvents()
    return editor.viewport().grab().toImage(), editor.preedit_line()


@pytest.mark.parametrize("preedit", [LETTERS, LONG], ids=["letters", "over-a-line"])
@pytest.mark.parametrize(
    "place", [3, 4, 40, 201, 3 + 658, 3 + 660], ids=lambda place: f"at-{place}"
)
def test_looks_as_if_it_were_laid_out(
    editor: Editor, monkeypatch: pytest.MonkeyPatch, place: int, preedit: Preedit
) -> None:
    laid_out, line = _seen(editor, monkeypatch, place, preedit, 1_000_000)
    floating, same_line = _seen(editor, monkeypatch, place, preedit, 10)
    assert editor.textCursor().block().layout().preeditAreaText() == ""
    assert same_line.topLeft() == line.topLeft()
    assert same_line.height() == line.height()
    assert abs(same_line.width() - line.width()) <= 1, "Qt rounds the caret, not the letters"
    assert floating == laid_out


def test_selection_and_commit_are_left_to_qt(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ime.ui.editor.LONG_PARAGRAPH", 10)
    cursor = editor.textCursor()
    cursor.setPosition(3)
    cursor.setPosition(5, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    editor.show_preedit(LETTERS)
    editor.show_preedit(Preedit("ni", 2, ((0, 2, SpanKind.SYLLABLE),)))
    editor.commit("你")
    editor.show_preedit(LETTERS)
    editor.commit("好")
    assert editor.text() == f"前文\n你好{PARAGRAPH[2:]}" + TEXT[3 + len(PARAGRAPH) :]
    assert editor.preedit == Preedit()
