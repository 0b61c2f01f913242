"""Fields of dialogs take hanzi as the editor does, with the panel beside them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ime.ui.field_host import FieldHost
from tests.fakes import GatedConverter
from tests.ui.conftest import OpenWindow, Typist

pytestmark = pytest.mark.gui

Key = Qt.Key


class Form(QDialog):
    """A dialog of two fields and one for letters."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.line, self.lines, self.reading = QLineEdit(), QPlainTextEdit(), QLineEdit()
        self.reading.setInputMethodHints(Qt.InputMethodHint.ImhLatinOnly)
        column = QVBoxLayout(self)
        for part in (self.line, self.lines, self.reading):
            column.addWidget(part)


@pytest.fixture
def form(typist: Typist, qtbot: QtBot) -> Form:
    form = Form(typist.window)
    form.open()
    form.activateWindow()
    focus(form.line, qtbot)
    return form


def focus(field: QWidget, qtbot: QtBot) -> None:
    field.window().activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)


def fields(typist: Typist) -> FieldHost:
    return typist.window.fields


def wait_list(typist: Typist) -> None:
    state = fields(typist).context
    typist.qtbot.waitUntil(lambda: state.state.list_is_current, timeout=10_000)


@pytest.mark.parametrize("name", ["line", "lines"])
def test_field_takes_hanzi_and_shows_candidates(
    typist: Typist, form: Form, qtbot: QtBot, name: str
) -> None:
    field = getattr(form, name)
    focus(field, qtbot)
    QTest.keyClicks(field, "nihao")
    wait_list(typist)
    panel = fields(typist).panel
    assert panel is not None
    assert panel.isVisible()
    assert panel.y() > form.mapToGlobal(form.line.pos()).y()
    QTest.keyClick(field, Key.Key_Space)
    text = field.text() if name == "line" else field.toPlainText()
    assert text == "你好"
    assert not panel.isVisible()
    assert typist.text == ""


def test_letters_stay_where_enter_or_another_field_ends_them(
    typist: Typist, form: Form, qtbot: QtBot
) -> None:
    QTest.keyClicks(form.line, "nihao")
    QTest.keyClick(form.line, Key.Key_Return)
    assert form.line.text() == "nihao"
    assert form.isVisible()  # Enter was the letters' and pressed no button
    QTest.keyClicks(form.line, "shi")
    focus(form.lines, qtbot)
    assert form.line.text() == "nihaoshi"


def test_escape_drops_the_letters_and_then_closes(typist: Typist, form: Form) -> None:
    QTest.keyClicks(form.line, "ni")
    QTest.keyClick(form.line, Key.Key_Escape)
    assert (form.line.text(), form.isVisible()) == ("", True)
    QTest.keyClick(form.line, Key.Key_Escape)
    assert not form.isVisible()


def test_keys_of_the_field_are_left_to_it(typist: Typist, form: Form) -> None:
    QTest.keyClicks(form.line, "nihao")
    wait_list(typist)
    QTest.keyClick(form.line, Key.Key_Space)
    QTest.keyClick(form.line, Key.Key_Backspace)
    assert form.line.text() == "你"
    QTest.keyClick(form.line, Key.Key_Home)
    assert form.line.cursorPosition() == 0
    QTest.keyClick(form.line, Key.Key_1)
    assert form.line.text() == "1你"
    QTest.keyClick(form.line, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert form.line.selectedText() == "1你"


def test_shift_types_english(typist: Typist, form: Form) -> None:
    QTest.keyClick(form.line, Key.Key_Shift)
    QTest.keyClicks(form.line, "cuda")
    assert form.line.text() == "cuda"
    QTest.keyClick(form.line, Key.Key_Shift)


def test_field_for_letters_is_left_alone(typist: Typist, form: Form, qtbot: QtBot) -> None:
    focus(form.reading, qtbot)
    QTest.keyClicks(form.reading, "ni hao")
    assert form.reading.text() == "ni hao"
    assert fields(typist).panel is None


def test_candidate_is_chosen_by_a_click_and_nothing_is_learned(
    typist: Typist, form: Form, qtbot: QtBot
) -> None:
    QTest.keyClicks(form.line, "nihao")
    wait_list(typist)
    panel = fields(typist).panel
    assert panel is not None
    QTest.mouseClick(panel.cells[1], Qt.MouseButton.LeftButton)
    assert form.line.text() == "拟好"
    counted: list[int] = []
    typist.parts.backend.store.count(counted.append)
    qtbot.waitUntil(lambda: bool(counted))
    assert counted == [0]


def test_editor_goes_on_behind_a_field(typist: Typist, form: Form, qtbot: QtBot) -> None:
    QTest.keyClicks(form.line, "ni")
    form.reject()
    typist.window.activateWindow()
    typist.window.editor.setFocus()
    typist.type("nihao").wait_list().press(Key.Key_Space)
    assert typist.text == "你好"


def test_keys_behind_one_that_waits_are_carried_out_in_their_order(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    converter = GatedConverter()
    converter.gate.set()
    typist = Typist(open_window(lambda *_: converter), qtbot)
    form = Form(typist.window)
    form.open()
    focus(form.line, qtbot)
    converter.gate.clear()
    QTest.keyClicks(form.line, "nihao")
    for key in (Key.Key_Space, Key.Key_Home, Key.Key_1):
        QTest.keyClick(form.line, key)
    assert form.line.text() == ""
    converter.gate.set()
    qtbot.waitUntil(lambda: form.line.text() == "1你好")


def test_a_field_that_goes_away_while_composing_leaves_nothing_behind(
    typist: Typist, form: Form, qtbot: QtBot
) -> None:
    QTest.keyClicks(form.line, "ni")
    form.line.deleteLater()
    qtbot.waitUntil(lambda: not fields(typist).context.state.composing)
    typist.window.activateWindow()
    typist.window.editor.setFocus()
    typist.type("nihao").wait_list().press(Key.Key_Space)
    assert typist.text == "你好"
