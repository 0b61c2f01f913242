from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from ime.session.keys import Key as Named
from ime.ui.qt_keys import key_event

K = Qt.Key
M = Qt.KeyboardModifier


def _read(key: int, text: str = "", modifiers: M = M.NoModifier, *, up: bool = False) -> str:
    kind = QEvent.Type.KeyRelease if up else QEvent.Type.KeyPress
    return str(key_event(QKeyEvent(kind, key, modifiers, text)))


@pytest.mark.parametrize(
    ("key", "text", "modifiers", "name"),
    [
        pytest.param(K.Key_A, "a", M.NoModifier, "a", id="letter"),
        pytest.param(K.Key_A, "A", M.ShiftModifier, "Shift+A", id="capital"),
        pytest.param(K.Key_A, "A", M.NoModifier, "A", id="caps-lock"),
        pytest.param(K.Key_A, "\x01", M.ControlModifier, "Control+a", id="control-character"),
        pytest.param(K.Key_Period, "", M.ControlModifier, "Control+period", id="control-mark"),
        pytest.param(K.Key_Cut, "", M.NoModifier, "Control+x", id="key-of-a-shortcut"),
        pytest.param(K.Key_1, "1", M.NoModifier, "1", id="digit"),
        pytest.param(K.Key_1, "1", M.KeypadModifier, "Keypad+1", id="keypad"),
        pytest.param(K.Key_Apostrophe, "'", M.NoModifier, "apostrophe", id="delimiter"),
        pytest.param(K.Key_Space, " ", M.NoModifier, "Space", id="space"),
        pytest.param(K.Key_Space, " ", M.ShiftModifier, "Shift+Space", id="shift-space"),
        pytest.param(K.Key_Space, "", M.ControlModifier, "Control+Space", id="control-space"),
        pytest.param(K.Key_Return, "\r", M.NoModifier, "Enter", id="return"),
        pytest.param(K.Key_Enter, "\r", M.KeypadModifier, "Keypad+Enter", id="keypad-enter"),
        pytest.param(K.Key_Escape, "\x1b", M.NoModifier, "Escape", id="escape"),
        pytest.param(K.Key_Backspace, "\b", M.NoModifier, "BackSpace", id="backspace"),
        pytest.param(K.Key_Delete, "\x7f", M.NoModifier, "Delete", id="delete"),
        pytest.param(K.Key_Tab, "\t", M.NoModifier, "Tab", id="tab"),
        pytest.param(K.Key_Backtab, "\t", M.ShiftModifier, "Shift+Tab", id="backtab"),
        pytest.param(K.Key_PageDown, "", M.NoModifier, "Page_Down", id="page-down"),
        pytest.param(K.Key_Left, "", M.KeypadModifier, "Keypad+Left", id="arrow-on-a-mac"),
        pytest.param(K.Key_CapsLock, "", M.NoModifier, "Caps_Lock", id="caps-lock-key"),
        pytest.param(K.Key_F5, "", M.NoModifier, "F5", id="function-key"),
        pytest.param(K.Key_Dead_Acute, "", M.NoModifier, "Unknown", id="dead-key"),
        pytest.param(0, "é", M.NoModifier, "é", id="no-key-code"),
        pytest.param(0x01FFFFFE, "", M.NoModifier, "Unknown", id="code-qt-does-not-know"),
    ],
)
def test_key_event_reads_what_qt_says(key: int, text: str, modifiers: M, name: str) -> None:
    assert _read(int(key), text, modifiers) == name


@pytest.mark.parametrize("modifiers", [M.NoModifier, M.ShiftModifier], ids=["without", "with"])
def test_key_event_of_shift_does_not_carry_its_own_flag(modifiers: M) -> None:
    assert _read(int(K.Key_Shift), "", modifiers) == "Shift"
    assert _read(int(K.Key_Shift), "", modifiers, up=True) == "Release+Shift"


def test_key_event_of_shift_keeps_other_flags() -> None:
    assert _read(int(K.Key_Shift), "", M.ControlModifier) == "Control+Shift"


def test_key_event_gives_a_name_to_every_named_key() -> None:
    from ime.ui.qt_keys import _NAMED

    assert set(_NAMED.values()) == set(Named) - {Named.CHARACTER, Named.UNKNOWN}
