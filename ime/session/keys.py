"""Keys as the session sees them, the commands they mean, and the table that joins the two.

A `KeyEvent` carries a named key or the characters that a key typed, never a platform's code.
The text form ("Control+comma", "Shift+A", "BackSpace") follows X key names and round-trips.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, Flag
from types import MappingProxyType

from ime.errors import BugError


class Key(Enum):
    """Named keys; everything that types characters is CHARACTER (but the space bar)."""

    CHARACTER = "Character"
    SPACE = "Space"
    ENTER = "Enter"
    ESCAPE = "Escape"
    BACKSPACE = "BackSpace"
    DELETE = "Delete"
    INSERT = "Insert"
    LEFT = "Left"
    RIGHT = "Right"
    UP = "Up"
    DOWN = "Down"
    PAGE_UP = "Page_Up"
    PAGE_DOWN = "Page_Down"
    HOME = "Home"
    END = "End"
    TAB = "Tab"
    SHIFT = "Shift"
    CONTROL = "Control"
    ALT = "Alt"
    META = "Meta"
    CAPS_LOCK = "Caps_Lock"
    F1 = "F1"
    F2 = "F2"
    F3 = "F3"
    F4 = "F4"
    F5 = "F5"
    F6 = "F6"
    F7 = "F7"
    F8 = "F8"
    F9 = "F9"
    F10 = "F10"
    F11 = "F11"
    F12 = "F12"
    UNKNOWN = "Unknown"
    """Media keys, dead keys: always the host's."""


FUNCTION_KEYS = frozenset(Key(f"F{number}") for number in range(1, 13))
MODIFIER_KEYS = frozenset({Key.SHIFT, Key.CONTROL, Key.ALT, Key.META})


class Modifiers(Flag):
    """Keys held while another is pressed, and whether it lies on the keypad."""

    NONE = 0
    SHIFT = 1
    CONTROL = 2
    ALT = 4
    META = 8
    KEYPAD = 16


SHORTCUT = Modifiers.CONTROL | Modifiers.ALT | Modifiers.META
"""With one of these held a character key types nothing."""

_CHARACTER_NAMES = {
    "+": "plus", ",": "comma", "-": "minus", ".": "period", "/": "slash", ";": "semicolon",
    "=": "equal", "[": "bracketleft", "]": "bracketright", "\\": "backslash", "'": "apostrophe",
    "`": "grave",
}  # fmt: skip
_CHARACTERS = {name: character for character, name in _CHARACTER_NAMES.items()}
_NAMED_KEYS = {key.value: key for key in Key if key is not Key.CHARACTER}
_MODIFIER_NAMES = {
    "Control": Modifiers.CONTROL,
    "Alt": Modifiers.ALT,
    "Meta": Modifiers.META,
    "Shift": Modifiers.SHIFT,
    "Keypad": Modifiers.KEYPAD,
}
_RELEASE, _TEXT = "Release+", "text:"


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """One press or release of a key.

    Attributes:
        key: the named key, or CHARACTER.
        text: what a CHARACTER key types, usually one character; empty for named keys.
        modifiers: held with it.
        pressed: False for a release. Only the release of Shift means anything.
    """

    key: Key
    text: str = ""
    modifiers: Modifiers = Modifiers.NONE
    pressed: bool = True

    def __post_init__(self) -> None:
        # Toolkits disagree whether Space, Enter and Tab carry text; here there is one form.
        if self.key is Key.CHARACTER and self.text == " ":
            object.__setattr__(self, "key", Key.SPACE)
        if self.key is not Key.CHARACTER:
            object.__setattr__(self, "text", "")

    @property
    def is_shortcut(self) -> bool:
        """Whether Control, Alt or Meta is held."""
        return bool(self.modifiers & SHORTCUT)

    def __str__(self) -> str:
        held = "".join(
            f"{name}+" for name, flag in _MODIFIER_NAMES.items() if flag & self.modifiers
        )
        release = "" if self.pressed else _RELEASE
        return release + held + self._name()

    def _name(self) -> str:
        if self.key is not Key.CHARACTER:
            return str(self.key.value)
        if len(self.text) != 1:
            return _TEXT + self.text
        return _CHARACTER_NAMES.get(self.text, self.text)

    @classmethod
    def parse(cls, text: str) -> KeyEvent:
        """The event that a text form stands for; inverse of `str`.

        Args:
            text: for instance "a", "Control+comma", "Release+Shift", "text:多个".

        Raises:
            BugError: if no key has that name.
        """
        pressed = not text.startswith(_RELEASE)
        name = text if pressed else text[len(_RELEASE) :]
        modifiers = Modifiers.NONE
        while (head := name.partition("+"))[1] and head[2] and head[0] in _MODIFIER_NAMES:
            modifiers |= _MODIFIER_NAMES[head[0]]
            name = head[2]
        if name in _NAMED_KEYS:
            return cls(_NAMED_KEYS[name], "", modifiers, pressed)
        if name.startswith(_TEXT):
            return cls(Key.CHARACTER, name[len(_TEXT) :], modifiers, pressed)
        character = _CHARACTERS.get(name, name)
        if len(character) != 1:
            raise BugError(
                f"no key is called {name!r}; write one character or one of Key's names"
            )
        return cls(Key.CHARACTER, character, modifiers, pressed)


def typed(text: str) -> Iterator[KeyEvent]:
    """The presses that type `text`, one a character; capitals come with Shift."""
    for character in text:
        held = Modifiers.SHIFT if character.isupper() else Modifiers.NONE
        yield KeyEvent(Key.CHARACTER, character, held)


class Status(Enum):
    """What the session is doing, as far as keys care."""

    DIRECT = "direct"
    """English or Caps Lock: keys go to the host."""
    IDLE = "idle"
    """Chinese, nothing composed."""
    OFFERING = "offering"
    """The same, and yet candidates are shown; see `offers`."""
    COMPOSING = "composing"
    """Pinyin letters are there."""
    LITERAL = "literal"
    """An address, an identifier or a number is there: characters are kept as they are."""


class KeyAction(Enum):
    """What a key asks for."""

    PASS = "pass"
    """The host's."""
    IGNORE = "ignore"
    """Swallowed, so that it cannot change the text around the composition."""
    INSERT = "insert"
    CHOOSE = "choose"
    """Choose the highlighted candidate."""
    SELECT = "select"
    """Choose the candidate whose digit was pressed."""
    SELECT_SECOND = "select_second"
    SELECT_THIRD = "select_third"
    FIRST_CHARACTER = "first_character"
    """Choose only the first character of the highlighted candidate (以词定字)."""
    LAST_CHARACTER = "last_character"
    COMMIT_RAW = "commit_raw"
    CANCEL = "cancel"
    DELETE_LEFT = "delete_left"
    DELETE_RIGHT = "delete_right"
    DELETE_SYLLABLE = "delete_syllable"
    CARET_LEFT = "caret_left"
    CARET_RIGHT = "caret_right"
    SYLLABLE_LEFT = "syllable_left"
    SYLLABLE_RIGHT = "syllable_right"
    HOME = "home"
    END = "end"
    TAB_FORWARD = "tab_forward"
    TAB_BACKWARD = "tab_backward"
    PAGE_PREVIOUS = "page_previous"
    PAGE_NEXT = "page_next"
    HIGHLIGHT_PREVIOUS = "highlight_previous"
    HIGHLIGHT_NEXT = "highlight_next"
    PIN = "pin"
    """Pin the candidate whose digit was pressed to the first place, or release it."""
    FORGET = "forget"
    """Forget what was learned of the highlighted candidate; else offer it no more."""
    MARK = "mark"
    """Punctuation, or any other text that is no letter: ends the composition, then stands."""
    REOPEN_COMMIT = "reopen_commit"
    """Take the last commit back, and compose its letters again."""
    REPAIR = "repair"
    """Offer what the last sentence should have been."""
    UNDO_COMMIT = "undo_commit"
    """The host's Backspace, which also takes back what the last commit taught."""
    TOGGLE_MODE = "toggle_mode"
    TOGGLE_PUNCTUATION = "toggle_punctuation"
    TOGGLE_WIDTH = "toggle_width"
    TOGGLE_TRADITIONAL = "toggle_traditional"
    """Hanzi in simplified or traditional characters."""
    CAPS_LOCK = "caps_lock"


_ANYWHERE = {
    "Control+Space": KeyAction.TOGGLE_MODE,
    "Shift+Space": KeyAction.TOGGLE_WIDTH,
    "Control+period": KeyAction.TOGGLE_PUNCTUATION,
    "Caps_Lock": KeyAction.CAPS_LOCK,
}
# English is typed into programs that search in files by this key.
_IN_CHINESE = {"Control+Shift+f": KeyAction.TOGGLE_TRADITIONAL}
_EDITING = {
    "Space": KeyAction.CHOOSE,
    "Enter": KeyAction.COMMIT_RAW,
    "Shift+Enter": KeyAction.COMMIT_RAW,
    "Control+Enter": KeyAction.COMMIT_RAW,
    "Escape": KeyAction.CANCEL,
    "BackSpace": KeyAction.DELETE_LEFT,
    "Shift+BackSpace": KeyAction.DELETE_LEFT,
    "Control+BackSpace": KeyAction.DELETE_SYLLABLE,
    "Delete": KeyAction.DELETE_RIGHT,
    "Shift+Delete": KeyAction.FORGET,
    "Control+Delete": KeyAction.FORGET,
    "Insert": KeyAction.IGNORE,
    "Left": KeyAction.CARET_LEFT,
    "Right": KeyAction.CARET_RIGHT,
    "Shift+Left": KeyAction.SYLLABLE_LEFT,
    "Shift+Right": KeyAction.SYLLABLE_RIGHT,
    "Control+Left": KeyAction.SYLLABLE_LEFT,
    "Control+Right": KeyAction.SYLLABLE_RIGHT,
    "Alt+Left": KeyAction.SYLLABLE_LEFT,
    "Alt+Right": KeyAction.SYLLABLE_RIGHT,
    "Home": KeyAction.HOME,
    "End": KeyAction.END,
    "Tab": KeyAction.TAB_FORWARD,
    "Shift+Tab": KeyAction.TAB_BACKWARD,
    "Page_Up": KeyAction.PAGE_PREVIOUS,
    "Page_Down": KeyAction.PAGE_NEXT,
    "Up": KeyAction.PAGE_PREVIOUS,
    "Down": KeyAction.PAGE_NEXT,
    "Control+Shift+r": KeyAction.IGNORE,
} | {f"Control+{digit}": KeyAction.PIN for digit in range(1, 10)}
_COMPOSING = {
    "minus": KeyAction.PAGE_PREVIOUS,
    "equal": KeyAction.PAGE_NEXT,
    "apostrophe": KeyAction.INSERT,
    "grave": KeyAction.INSERT,
}
_BEHIND_COMMIT = {
    "BackSpace": KeyAction.UNDO_COMMIT,
    "Control+Shift+BackSpace": KeyAction.REOPEN_COMMIT,
    "Control+Shift+r": KeyAction.REPAIR,
}
_OFFERING = (
    {"Escape": KeyAction.CANCEL}
    | _BEHIND_COMMIT
    | {str(digit): KeyAction.SELECT for digit in range(1, 10)}
)

Keymap = Mapping[str, KeyAction]
"""Text form of a key -> command; with Keypad only where that key types a character."""

KEYMAP: Mapping[Status, Keymap] = MappingProxyType(
    {
        Status.DIRECT: _ANYWHERE,
        Status.IDLE: _ANYWHERE | _IN_CHINESE | _BEHIND_COMMIT,
        Status.OFFERING: _ANYWHERE | _IN_CHINESE | _OFFERING,
        Status.COMPOSING: _ANYWHERE | _IN_CHINESE | _EDITING | _COMPOSING,
        Status.LITERAL: _ANYWHERE | _IN_CHINESE | _EDITING,
    }
)

# Switchable rows; the session lays them over the table above while letters are composed.
COMMA_PERIOD_PAGE: Keymap = {"comma": KeyAction.PAGE_PREVIOUS, "period": KeyAction.PAGE_NEXT}
BRACKET_CHARACTER: Keymap = {
    "bracketleft": KeyAction.FIRST_CHARACTER,
    "bracketright": KeyAction.LAST_CHARACTER,
}
SEMICOLON_SELECT: Keymap = {"semicolon": KeyAction.SELECT_SECOND}
APOSTROPHE_SELECT: Keymap = {"apostrophe": KeyAction.SELECT_THIRD}
KEYPAD_SELECT: Keymap = {f"Keypad+{digit}": KeyAction.SELECT for digit in range(10)}
VERTICAL: Keymap = {"Up": KeyAction.HIGHLIGHT_PREVIOUS, "Down": KeyAction.HIGHLIGHT_NEXT}


def find_command(
    status: Status,
    event: KeyEvent,
    overlays: Iterable[Keymap] = (),
    keymap: Mapping[Status, Keymap] = KEYMAP,
) -> KeyAction:
    """What the press of a key means.

    Args:
        status: of the session.
        event: a press.
        overlays: switchable rows that go before the table's; first match wins.
        keymap: the table.
    """
    keypad = bool(event.modifiers & Modifiers.KEYPAD)
    if keypad and event.key is Key.CHARACTER:
        # The keypad types numbers: its - + . neither page nor turn Chinese, its digits choose
        # only where a row says so.
        name = str(KeyEvent(event.key, event.text, event.modifiers & ~Modifiers.SHIFT))
        command = next((rows[name] for rows in overlays if name in rows), None)
        return command or _class_command(status, event)
    for name in lookup_names(event):
        for rows in (*overlays, keymap[status]):
            if name in rows:
                return rows[name]
    return _class_command(status, event)


def lookup_names(event: KeyEvent) -> tuple[str, ...]:
    """The names by which rows are sought for a key that is none of the keypad's characters."""
    modifiers = event.modifiers & ~Modifiers.KEYPAD
    text = event.text
    if event.key is Key.CHARACTER and event.is_shortcut and text.isalpha():
        text = text.lower()  # toolkits disagree what Shift does to a shortcut's letter
        return (str(KeyEvent(event.key, text, modifiers)),)
    held = str(KeyEvent(event.key, text, modifiers))
    if event.key is not Key.CHARACTER:
        return (held,)
    # The text says what Shift did to it, but for shortcuts, which may be told apart by it.
    name = str(KeyEvent(event.key, text, modifiers & ~Modifiers.SHIFT))
    return (held, name) if event.is_shortcut and held != name else (name,)


def _class_command(status: Status, event: KeyEvent) -> KeyAction:
    """The command of a key that no table names, by the class of what it types."""
    text = event.text
    composing = status in (Status.COMPOSING, Status.LITERAL)
    if event.key is not Key.CHARACTER or event.is_shortcut or not text:
        return KeyAction.PASS
    if status is Status.DIRECT:
        return KeyAction.PASS
    if not text.isprintable():
        return KeyAction.IGNORE if composing else KeyAction.PASS
    if len(text) == 1 and text.isascii():
        if text.isalpha() or status is Status.LITERAL:
            return KeyAction.INSERT
        if text.isdigit():
            if not composing:
                return KeyAction.PASS
            keypad = event.modifiers & Modifiers.KEYPAD
            return KeyAction.MARK if keypad else KeyAction.SELECT
    return KeyAction.MARK
