"""QKeyEvent -> KeyEvent, KeyEvent -> shortcut: the one place that knows Qt's key codes.

Traps: `QKeyEvent.key()` is a bare int; Shift+Tab arrives as a key of its own (Backtab); with
Control held `text()` is a control character; the event of a modifier key may or may not carry
its own flag, depending on the platform.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from ime.session.keys import Key, KeyEvent, Modifiers

_K = Qt.Key

_NAMED = {
    _K.Key_Space.value: Key.SPACE,
    _K.Key_Return.value: Key.ENTER,
    _K.Key_Enter.value: Key.ENTER,
    _K.Key_Escape.value: Key.ESCAPE,
    _K.Key_Backspace.value: Key.BACKSPACE,
    _K.Key_Delete.value: Key.DELETE,
    _K.Key_Insert.value: Key.INSERT,
    _K.Key_Left.value: Key.LEFT,
    _K.Key_Right.value: Key.RIGHT,
    _K.Key_Up.value: Key.UP,
    _K.Key_Down.value: Key.DOWN,
    _K.Key_PageUp.value: Key.PAGE_UP,
    _K.Key_PageDown.value: Key.PAGE_DOWN,
    _K.Key_Home.value: Key.HOME,
    _K.Key_End.value: Key.END,
    _K.Key_Tab.value: Key.TAB,
    _K.Key_Backtab.value: Key.TAB,
    _K.Key_Shift.value: Key.SHIFT,
    _K.Key_Control.value: Key.CONTROL,
    _K.Key_Alt.value: Key.ALT,
    _K.Key_Meta.value: Key.META,
    _K.Key_CapsLock.value: Key.CAPS_LOCK,
    **{_K.Key_F1.value + place: Key(f"F{place + 1}") for place in range(12)},
}
_SHORTCUTS = {
    _K.Key_Undo.value: "z",
    _K.Key_Redo.value: "y",
    _K.Key_Cut.value: "x",
    _K.Key_Copy.value: "c",
    _K.Key_Paste.value: "v",
    _K.Key_Find.value: "f",
    _K.Key_Open.value: "o",
    _K.Key_Save.value: "s",
}
"""Keys of their own on some keyboards, which mean Control and a letter."""
_FLAGS = (
    (Qt.KeyboardModifier.ShiftModifier, Modifiers.SHIFT),
    (Qt.KeyboardModifier.ControlModifier, Modifiers.CONTROL),
    (Qt.KeyboardModifier.AltModifier, Modifiers.ALT),
    (Qt.KeyboardModifier.MetaModifier, Modifiers.META),
    (Qt.KeyboardModifier.KeypadModifier, Modifiers.KEYPAD),
)
_OWN_FLAG = {
    Key.SHIFT: Modifiers.SHIFT,
    Key.CONTROL: Modifiers.CONTROL,
    Key.ALT: Modifiers.ALT,
    Key.META: Modifiers.META,
}
_LAST_LATIN_1 = 0xFF  # below it a key code is the code point of what the key shows


_CODES = {key: code for code, key in reversed(_NAMED.items())}
"""The code of each named key; of two, such as Return and Enter, the first."""


def key_sequence(key: str) -> QKeySequence:
    """The shortcut of a menu for the text form of a key.

    Raises:
        BugError: no key has that name.
    """
    event = KeyEvent.parse(key)
    held = Qt.KeyboardModifier.NoModifier
    for theirs, ours in _FLAGS:
        if event.modifiers & ours:
            held |= theirs
    code = _CODES[event.key] if event.key in _CODES else ord(event.text.upper())
    return QKeySequence(QKeyCombination(held, Qt.Key(code)))


def text_form(shortcut: str) -> str:
    """The text form of a shortcut as Qt writes it, such as Ctrl+Shift+S."""
    # PySide's stubs lack the index.
    pressed: QKeyCombination = QKeySequence(shortcut)[0]  # type: ignore[index]
    kind = QEvent.Type.KeyPress
    return str(key_event(QKeyEvent(kind, pressed.key(), pressed.keyboardModifiers())))


def key_event(event: QKeyEvent) -> KeyEvent:
    """What a Qt key event means to the session."""
    pressed = event.type() != QEvent.Type.KeyRelease
    modifiers = Modifiers.NONE
    for theirs, ours in _FLAGS:
        if event.modifiers() & theirs:
            modifiers |= ours
    code = int(event.key())
    if code == _K.Key_Backtab.value:
        modifiers |= Modifiers.SHIFT
    key = _NAMED.get(code)
    if key is not None:
        return KeyEvent(key, "", modifiers & ~_OWN_FLAG.get(key, Modifiers.NONE), pressed)
    if code in _SHORTCUTS:
        held = modifiers | Modifiers.CONTROL
        return KeyEvent(Key.CHARACTER, _SHORTCUTS[code], held, pressed)
    text = _text(event, code, modifiers)
    return KeyEvent(Key.CHARACTER if text else Key.UNKNOWN, text, modifiers, pressed)


def _text(event: QKeyEvent, code: int, modifiers: Modifiers) -> str:
    """What the key types; for a shortcut the character on the key, in lower case."""
    text = event.text()
    if text and text.isprintable():
        return text
    shortcut = modifiers & (Modifiers.CONTROL | Modifiers.ALT | Modifiers.META)
    if shortcut and 0x20 < code <= _LAST_LATIN_1:
        return chr(code).lower()
    return ""
