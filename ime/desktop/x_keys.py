"""X11 key symbols, as IBus sends them -> KeyEvent; the one place that knows their codes.

Names and codes: keysymdef.h of X.Org; masks: ibustypes.h of IBus.
"""

from __future__ import annotations

from ime.session.keys import SHORTCUT, Key, KeyEvent, Modifiers

SHIFT_MASK = 1 << 0
LOCK_MASK = 1 << 1
"""Caps Lock is on."""
FORWARD_MASK = 1 << 25
"""The engine itself sent the key on; it comes back from some clients."""
RELEASE_MASK = 1 << 30

BACKSPACE = 0xFF08
BACKSPACE_CODE = 14
"""Of the evdev driver, which is what IBus counts in."""

_NAMED = {
    0xFF08: Key.BACKSPACE,
    0xFF09: Key.TAB,
    0xFE20: Key.TAB,  # ISO_Left_Tab, with Shift
    0xFF0D: Key.ENTER,
    0xFF1B: Key.ESCAPE,
    0xFF50: Key.HOME,
    0xFF51: Key.LEFT,
    0xFF52: Key.UP,
    0xFF53: Key.RIGHT,
    0xFF54: Key.DOWN,
    0xFF55: Key.PAGE_UP,
    0xFF56: Key.PAGE_DOWN,
    0xFF57: Key.END,
    0xFF63: Key.INSERT,
    0xFFFF: Key.DELETE,
    0x20: Key.SPACE,
    0xFFE1: Key.SHIFT,
    0xFFE2: Key.SHIFT,
    0xFFE3: Key.CONTROL,
    0xFFE4: Key.CONTROL,
    0xFFE5: Key.CAPS_LOCK,
    0xFFE9: Key.ALT,
    0xFFEA: Key.ALT,
    0xFFE7: Key.META,
    0xFFE8: Key.META,
    0xFFEB: Key.META,
    0xFFEC: Key.META,
    0xFFED: Key.META,
    0xFFEE: Key.META,
    **{0xFFBE + place: Key(f"F{place + 1}") for place in range(12)},
}
_KEYPAD = {
    0xFF80: Key.SPACE,
    0xFF89: Key.TAB,
    0xFF8D: Key.ENTER,
    0xFF95: Key.HOME,
    0xFF96: Key.LEFT,
    0xFF97: Key.UP,
    0xFF98: Key.RIGHT,
    0xFF99: Key.DOWN,
    0xFF9A: Key.PAGE_UP,
    0xFF9B: Key.PAGE_DOWN,
    0xFF9C: Key.END,
    0xFF9E: Key.INSERT,
    0xFF9F: Key.DELETE,
}
_KEYPAD_CHARACTERS = {0xFFB0 + digit: str(digit) for digit in range(10)} | {
    0xFFAA: "*",
    0xFFAB: "+",
    0xFFAC: ",",
    0xFFAD: "-",
    0xFFAE: ".",
    0xFFAF: "/",
    0xFFBD: "=",
}
_SHIFTS = frozenset({0xFF7E, 0xFF7F, 0xFF14, *range(0xFE01, 0xFE10), 0xFFE6})
"""Mode_switch, Num_Lock, Scroll_Lock, the level shifts (AltGr) and latches, Shift_Lock."""
_FLAGS = (
    (SHIFT_MASK, Modifiers.SHIFT),
    (1 << 2, Modifiers.CONTROL),
    (1 << 3, Modifiers.ALT),
    (1 << 6, Modifiers.META),
    (1 << 26, Modifiers.META),  # super
    (1 << 27, Modifiers.META),  # hyper
    (1 << 28, Modifiers.META),
)
_OWN_FLAG = {
    Key.SHIFT: Modifiers.SHIFT,
    Key.CONTROL: Modifiers.CONTROL,
    Key.ALT: Modifiers.ALT,
    Key.META: Modifiers.META,
}
_UNICODE = 0x0100_0000
_CODE_PAGES = {
    0x01: "iso8859-2",
    0x02: "iso8859-3",
    0x03: "iso8859-4",
    0x05: "iso8859-6",
    0x06: "koi8-u",
    0x07: "iso8859-7",
    0x0C: "iso8859-8",
    0x0D: "tis-620",
    0x13: "iso8859-15",
}
"""Symbols from before Unicode: the high byte is the page; letters stand where it has them."""
_EURO = 0x20AC  # on a page of currencies, at its code point


def is_level_shift(symbol: int) -> bool:
    """Whether a key only changes what others type: AltGr, Num Lock and their like."""
    return symbol in _SHIFTS


def key_event(symbol: int, state: int) -> KeyEvent:
    """What a key symbol with a mask of modifiers means to the session."""
    pressed = not state & RELEASE_MASK
    modifiers = Modifiers.NONE
    for mask, flag in _FLAGS:
        if state & mask:
            modifiers |= flag
    if (key := _NAMED.get(symbol)) is not None:
        return KeyEvent(key, "", modifiers & ~_OWN_FLAG.get(key, Modifiers.NONE), pressed)
    if (key := _KEYPAD.get(symbol)) is not None:
        return KeyEvent(key, "", modifiers | Modifiers.KEYPAD, pressed)
    if text := _KEYPAD_CHARACTERS.get(symbol):
        return KeyEvent(Key.CHARACTER, text, modifiers | Modifiers.KEYPAD, pressed)
    text = _character(symbol)
    if modifiers & SHORTCUT:
        text = text.lower()  # Shift and Caps Lock make no other shortcut of it
    return KeyEvent(Key.CHARACTER if text else Key.UNKNOWN, text, modifiers, pressed)


def _character(symbol: int) -> str:
    """What a symbol types; empty for dead keys, functions and marks of old pages."""
    if 0x20 <= symbol <= 0x7E or 0xA0 <= symbol <= 0xFF:
        return chr(symbol)
    if _UNICODE < symbol <= _UNICODE + 0x10FFFF:
        text = chr(symbol - _UNICODE)
        return text if text.isprintable() else ""
    if symbol == _EURO:
        return "€"
    if (page := _CODE_PAGES.get(symbol >> 8)) is not None:
        text = bytes([symbol & 0xFF]).decode(page, "replace")
        return text if text.isalpha() else ""
    return ""
