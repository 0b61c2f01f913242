"""What a typist does, with real key events, from the key to the text."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ime.session.state import Mode
from ime.values import LeftContext
from tests.fakes import FakeConverter
from tests.ui.conftest import OpenWindow, Typist

pytestmark = pytest.mark.gui

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
PATIENCE = 20  # seconds; only a failing test waits for it


def test_space_commits_the_first_candidate(typist: Typist) -> None:
    typist.type("nihao").wait_list().press(Key.Key_Space)
    assert typist.text == "你好"
    assert typist.offered == []


def test_digit_commits_the_candidate_with_that_number(typist: Typist) -> None:
    typist.type("nihao").wait_list().type("2")
    assert typist.text == "拟好"


def test_partial_choice_keeps_the_rest_composing(typist: Typist) -> None:
    typist.type("nihaoshijie").wait_list()
    typist.press(Key.Key_Down)
    typist.press(Key.Key_Up)
    typist.type("2")
    assert typist.window.editor.preedit.text.startswith("你好")
    assert typist.text == ""
    typist.wait_list().press(Key.Key_Space)
    assert typist.text == "你好世界"


@pytest.mark.parametrize(
    ("on", "back"),
    [
        pytest.param(Key.Key_Equal, Key.Key_Minus, id="minus-equal"),
        pytest.param(Key.Key_PageDown, Key.Key_PageUp, id="page-keys"),
        pytest.param(Key.Key_Down, Key.Key_Up, id="arrows"),
    ],
)
def test_paging_keys_turn_the_page_and_leave_no_text(
    typist: Typist, on: Qt.Key, back: Qt.Key
) -> None:
    typist.type("ni").wait_list()
    first = typist.offered
    typist.press(on)
    assert typist.offered != first
    typist.press(back)
    assert typist.offered == first
    typist.press(back)
    assert (typist.offered, typist.text) == (first, "")


def test_click_on_an_arrow_turns_the_page(typist: Typist) -> None:
    typist.type("ni").wait_list()
    first = typist.offered
    QTest.mouseClick(typist.window.panel.forward, Qt.MouseButton.LeftButton)
    assert typist.offered != first
    QTest.mouseClick(typist.window.panel.back, Qt.MouseButton.LeftButton)
    assert typist.offered == first


def test_wheel_turns_one_page_a_notch(typist: Typist) -> None:
    typist.type("ni").wait_list()
    first = typist.offered
    for delta in (-60, -60):  # half a notch each
        _wheel(typist, delta)
    second = typist.offered
    _wheel(typist, 120)
    assert (second != first, typist.offered) == (True, first)


def _wheel(typist: Typist, delta: int) -> None:
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(typist.window.panel, event)


def test_click_on_a_candidate_commits_it(typist: Typist) -> None:
    typist.type("nihao").wait_list()
    QTest.mouseClick(typist.window.panel.cells[1], Qt.MouseButton.LeftButton)
    assert typist.text == "拟好"


def test_right_click_on_a_candidate_offers_to_copy_it(typist: Typist, qtbot: QtBot) -> None:
    typist.type("nihao").wait_list()
    typist.window.panel.cells[1].menu().actions()[-1].trigger()
    assert QGuiApplication.clipboard().text() == "拟好"
    assert typist.offered, "the composition must not end by it"


def test_escape_drops_what_is_composed(typist: Typist) -> None:
    typist.type("nihao").wait_list().press(Key.Key_Escape)
    assert (typist.text, typist.offered) == ("", [])
    assert typist.window.editor.preedit.text == ""


def test_enter_commits_the_letters(typist: Typist) -> None:
    typist.type("nihao").wait_list().press(Key.Key_Return)
    assert typist.text == "nihao"


def test_backspace_deletes_a_letter_then_the_text_before(typist: Typist) -> None:
    typist.type("nihao").wait_list().press(Key.Key_Space)
    typist.type("s").press(Key.Key_Backspace)
    assert typist.text == "你好"
    typist.press(Key.Key_Backspace)
    assert typist.text == "你"


def test_punctuation_is_chinese_and_ends_the_composition(typist: Typist) -> None:
    typist.type("nihao").wait_list().type(",")
    typist.type('"')
    typist.type('"')
    assert typist.text == "你好，“”"


def test_backspace_turns_an_automatic_full_stop_back(typist: Typist) -> None:
    typist.type(".").press(Key.Key_Backspace)
    assert typist.text == "."


def test_second_press_turns_a_mark_behind_a_digit_and_backspace_turns_it_back(
    typist: Typist,
) -> None:
    typist.type("429..")
    assert typist.text == "429。"
    typist.press(Key.Key_Backspace)
    assert typist.text == "429."


def test_losing_focus_commits_the_letters(typist: Typist) -> None:
    typist.type("nihao").wait_list()
    typist.window.editor.clearFocus()
    assert (typist.text, typist.offered) == ("nihao", [])


def test_click_into_the_text_commits_the_letters(typist: Typist) -> None:
    typist.type("nihao").wait_list()
    QTest.mouseClick(typist.window.editor.viewport(), Qt.MouseButton.LeftButton)
    assert typist.text == "nihao"


def test_paste_into_a_composition_goes_behind_the_letters(typist: Typist) -> None:
    QGuiApplication.clipboard().setText("一\n二")
    typist.type("nihao").wait_list().press(Key.Key_V, CONTROL)
    assert typist.text == "nihao一\n二"
    typist.type("nihao").wait_list().press(Key.Key_Space)
    assert typist.text == "nihao一\n二你好"


def test_text_dropped_into_a_composition_settles_it(typist: Typist) -> None:
    typist.type("nihao").wait_list()
    data = QMimeData()
    data.setText("x")
    action, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    drop = QDropEvent(QPointF(5, 5), action, data, buttons, Qt.KeyboardModifier.NoModifier)
    typist.window.editor.dropEvent(drop)
    assert "nihao" in typist.text
    assert typist.window.editor.preedit.text == ""


def test_a_letter_paints_the_preedit_once_and_its_list_at_most_once_more(
    typist: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each painting lays the whole paragraph out; the release of a key made two."""
    painted: list[str] = []
    editor = typist.window.editor
    whole = type(editor).inputMethodEvent
    monkeypatch.setattr(
        type(editor),
        "inputMethodEvent",
        lambda self, event: (painted.append(event.preeditString()), whole(self, event))[1],
    )
    typist.type("nih").wait_list()
    assert "" not in painted
    assert len(painted) <= 4


# --- modes, context, undo -----------------------------------------------------------------


def test_badge_click_toggles_english(typist: Typist) -> None:
    QTest.mouseClick(typist.window.status.mode, Qt.MouseButton.LeftButton)
    typist.type("nihao ok")
    assert typist.text == "nihao ok"
    assert typist.window.status.mode.text() == "英"


def _shift(typist: Typist, down: int, up: int) -> None:
    for kind, time in ((QEvent.Type.KeyPress, down), (QEvent.Type.KeyRelease, up)):
        event = QKeyEvent(kind, Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier)
        event.setTimestamp(time)
        QApplication.sendEvent(typist.window.editor, event)


def test_shift_tap_toggles_english(typist: Typist) -> None:
    _shift(typist, 1000, 1100)
    modes = [typist.window.input_context.state.mode]
    _shift(typist, 2000, 2100)
    modes.append(typist.window.input_context.state.mode)
    assert modes == [Mode.ENGLISH, Mode.CHINESE]


def test_shift_held_long_toggles_nothing(typist: Typist) -> None:
    _shift(typist, 1000, 2000)
    assert typist.window.input_context.state.mode is Mode.CHINESE


def test_shift_click_toggles_nothing(typist: Typist) -> None:
    down = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier)
    up = QKeyEvent(QEvent.Type.KeyRelease, Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier)
    QApplication.sendEvent(typist.window.editor, down)
    QTest.mouseClick(
        typist.window.editor.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ShiftModifier,
    )
    QApplication.sendEvent(typist.window.editor, up)
    assert typist.window.input_context.state.mode is Mode.CHINESE


def test_system_input_method_is_shut_out_while_composing_chinese(typist: Typist) -> None:
    editor = typist.window.editor
    assert not editor.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    typist.window.input_context.toggle_mode()
    assert editor.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_converter_reads_the_text_left_of_a_moved_caret(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    converter = FakeConverter()
    typist = Typist(open_window(lambda *_: converter), qtbot)
    typist.window.editor.setPlainText("北京\n西安")
    typist.window.editor.moveCursor(typist.window.editor.textCursor().MoveOperation.End)
    qtbot.waitUntil(lambda: LeftContext("北京\n西安") in converter.contexts, timeout=5000)


def test_letters_typed_right_after_a_caret_move_see_the_new_context(typist: Typist) -> None:
    editor = typist.window.editor
    editor.setPlainText("北京西安")
    typist.press(Key.Key_Home).press(Key.Key_Right).press(Key.Key_Right)
    typist.type("n")
    assert typist.window.input_context.state.context.text == "北京"


@pytest.mark.parametrize("way", ["backspace", "undo-key", "undo-menu"])
def test_taking_a_commit_back_retracts_what_it_taught(
    open_window: OpenWindow, qtbot: QtBot, way: str
) -> None:
    converter = FakeConverter()
    typist = Typist(open_window(lambda *_: converter), qtbot)
    typist.type("nihao").wait_list().press(Key.Key_Space)
    typist.type("shijie").wait_list().press(Key.Key_Space)
    qtbot.waitUntil(lambda: len(converter.learned) == 2, timeout=5000)
    match way:
        case "backspace":
            typist.press(Key.Key_Backspace)
        case "undo-key":
            typist.press(Key.Key_Z, CONTROL)
        case _:
            typist.window.action("menu.undo").trigger()
    assert typist.text == ("你好世" if way == "backspace" else "你好")
    qtbot.waitUntil(lambda: list(converter.learned) == [1], timeout=5000)


def test_new_document_retracts_nothing(open_window: OpenWindow, qtbot: QtBot) -> None:
    converter = FakeConverter()
    parts = open_window(lambda *_: converter)
    Typist(parts, qtbot).type("nihao").wait_list().press(Key.Key_Space)
    parts.window.editor.setPlainText("other")
    parts.backend.worker.close()
    assert list(converter.learned) == [1]


def test_undo_gives_back_one_commit_at_a_time(typist: Typist) -> None:
    for _ in range(3):
        typist.type("nihao").wait_list().press(Key.Key_Space)
    typist.press(Key.Key_Z, CONTROL)
    assert typist.text == "你好你好"
    typist.press(Key.Key_Z, CONTROL)
    assert typist.text == "你好"


def test_selections_are_counted_for_personalizing(typist: Typist, qtbot: QtBot) -> None:
    typist.type("nihao").wait_list().press(Key.Key_Space)
    typist.type("shijie").wait_list().type("2")
    typist.window.open_personalize()
    dialog = typist.window.personalize_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: "2" in dialog.count.text(), timeout=5000)
    dialog.reject()


def test_edit_menu_settles_the_composition(typist: Typist) -> None:
    typist.type("nihao").wait_list()
    typist.window.action("menu.select_all").trigger()
    assert typist.text == "nihao"
