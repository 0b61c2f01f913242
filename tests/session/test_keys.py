"""Keys have a text form that round-trips, and each means one command in each status."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.errors import BugError, ImeError
from ime.session.keys import (
    BRACKET_CHARACTER,
    COMMA_PERIOD_PAGE,
    KEYMAP,
    SEMICOLON_SELECT,
    VERTICAL,
    Key,
    KeyAction,
    KeyEvent,
    Modifiers,
    Status,
    find_command,
    typed,
)

DIRECT, IDLE, OFFERING, COMPOSING, LITERAL = Status

ANY_EVENT = st.builds(
    KeyEvent,
    key=st.sampled_from(Key),
    text=st.text(max_size=4),
    modifiers=st.sets(st.sampled_from(list(Modifiers))).map(
        lambda flags: Modifiers(sum(flag.value for flag in flags))
    ),
    pressed=st.booleans(),
)


@given(ANY_EVENT)
def test_text_form_round_trips(event: KeyEvent) -> None:
    assert KeyEvent.parse(str(event)) == event


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("a", KeyEvent(Key.CHARACTER, "a")),
        ("Shift+A", KeyEvent(Key.CHARACTER, "A", Modifiers.SHIFT)),
        ("Control+comma", KeyEvent(Key.CHARACTER, ",", Modifiers.CONTROL)),
        ("Control+,", KeyEvent(Key.CHARACTER, ",", Modifiers.CONTROL)),
        ("plus", KeyEvent(Key.CHARACTER, "+")),
        ("+", KeyEvent(Key.CHARACTER, "+")),
        ("BackSpace", KeyEvent(Key.BACKSPACE)),
        ("Control+Shift+Left", KeyEvent(Key.LEFT, "", Modifiers.CONTROL | Modifiers.SHIFT)),
        ("Keypad+5", KeyEvent(Key.CHARACTER, "5", Modifiers.KEYPAD)),
        ("Release+Shift", KeyEvent(Key.SHIFT, pressed=False)),
        ("text:你好", KeyEvent(Key.CHARACTER, "你好")),
        ("Shift", KeyEvent(Key.SHIFT)),
    ],
    ids=str,
)
def test_parse_reads_x_key_names(text: str, event: KeyEvent) -> None:
    assert KeyEvent.parse(text) == event


@pytest.mark.parametrize("text", ["", "Backspace", "Hyper+a", "Control+", "ab"])
def test_parse_names_the_key_it_does_not_know(text: str) -> None:
    with pytest.raises(BugError, match="no key is called") as caught:
        KeyEvent.parse(text)
    assert isinstance(caught.value, ImeError)


@pytest.mark.parametrize(
    ("key", "text"), [(Key.SPACE, " "), (Key.ENTER, "\r"), (Key.TAB, "\t")]
)
def test_named_keys_carry_no_text(key: Key, text: str) -> None:
    assert KeyEvent(key, text) == KeyEvent(key)


def test_a_typed_blank_is_the_space_bar() -> None:
    assert KeyEvent(Key.CHARACTER, " ") == KeyEvent(Key.SPACE)


def test_typed_holds_shift_for_capitals() -> None:
    assert [str(event) for event in typed("aB,")] == ["a", "Shift+B", "comma"]


@pytest.mark.parametrize(
    "name",
    sorted(
        {name for rows in KEYMAP.values() for name in rows}
        | {*BRACKET_CHARACTER, *COMMA_PERIOD_PAGE, *SEMICOLON_SELECT, *VERTICAL}
    ),
)
def test_keymap_names_are_in_their_one_form(name: str) -> None:
    # A row in another form would never be found.
    assert str(KeyEvent.parse(name)) == name


@pytest.mark.parametrize(
    ("status", "key", "command"),
    [
        (IDLE, "a", KeyAction.INSERT),
        (IDLE, "Shift+A", KeyAction.INSERT),
        (IDLE, "1", KeyAction.PASS),
        (IDLE, "comma", KeyAction.MARK),
        (IDLE, "apostrophe", KeyAction.MARK),
        (IDLE, "Enter", KeyAction.PASS),
        (IDLE, "BackSpace", KeyAction.UNDO_COMMIT),
        (IDLE, "Control+BackSpace", KeyAction.PASS),
        (IDLE, "Control+a", KeyAction.PASS),
        (IDLE, "Space", KeyAction.PASS),
        (IDLE, "Shift+Space", KeyAction.TOGGLE_WIDTH),
        (IDLE, "é", KeyAction.MARK),
        (IDLE, "\0", KeyAction.PASS),
        (IDLE, "text:", KeyAction.PASS),
        (COMPOSING, "a", KeyAction.INSERT),
        (COMPOSING, "apostrophe", KeyAction.INSERT),
        (COMPOSING, "1", KeyAction.SELECT),
        (COMPOSING, "Keypad+1", KeyAction.MARK),
        (IDLE, "Keypad+1", KeyAction.PASS),
        (COMPOSING, "minus", KeyAction.PAGE_PREVIOUS),
        (COMPOSING, "Keypad+minus", KeyAction.MARK),
        (COMPOSING, "Keypad+Enter", KeyAction.COMMIT_RAW),
        (COMPOSING, "Shift+:", KeyAction.MARK),
        (COMPOSING, "comma", KeyAction.MARK),
        (COMPOSING, "bracketleft", KeyAction.MARK),
        (COMPOSING, "text:你好", KeyAction.MARK),
        (COMPOSING, "\0", KeyAction.IGNORE),
        (COMPOSING, "\ud800", KeyAction.IGNORE),
        (COMPOSING, "Control+s", KeyAction.PASS),
        (COMPOSING, "Unknown", KeyAction.PASS),
        (COMPOSING, "Control+Delete", KeyAction.FORGET),
        (COMPOSING, "Shift+Delete", KeyAction.FORGET),
        (COMPOSING, "Control+1", KeyAction.PIN),
        (COMPOSING, "Control+9", KeyAction.PIN),
        (COMPOSING, "Control+0", KeyAction.PASS),
        (IDLE, "Control+1", KeyAction.PASS),
        (IDLE, "Control+Delete", KeyAction.PASS),
        (LITERAL, "1", KeyAction.INSERT),
        (LITERAL, "minus", KeyAction.INSERT),
        (LITERAL, "slash", KeyAction.INSERT),
        (LITERAL, "é", KeyAction.MARK),
        (LITERAL, "Space", KeyAction.CHOOSE),
        (DIRECT, "a", KeyAction.PASS),
        (DIRECT, "comma", KeyAction.PASS),
        (DIRECT, "BackSpace", KeyAction.PASS),
        (DIRECT, "Control+Space", KeyAction.TOGGLE_MODE),
        (DIRECT, "Caps_Lock", KeyAction.CAPS_LOCK),
    ],
    ids=repr,
)
def test_keys_mean_their_commands(status: Status, key: str, command: KeyAction) -> None:
    assert find_command(status, KeyEvent.parse(key)) is command


def test_overlays_go_before_the_table() -> None:
    comma = KeyEvent.parse("comma")
    assert find_command(COMPOSING, comma, [COMMA_PERIOD_PAGE]) is KeyAction.PAGE_PREVIOUS
    assert find_command(COMPOSING, comma, [BRACKET_CHARACTER]) is KeyAction.MARK
