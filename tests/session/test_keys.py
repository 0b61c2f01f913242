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
    Command,
    Key,
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
        (IDLE, "a", Command.INSERT),
        (IDLE, "Shift+A", Command.INSERT),
        (IDLE, "1", Command.PASS),
        (IDLE, "comma", Command.MARK),
        (IDLE, "apostrophe", Command.MARK),
        (IDLE, "Enter", Command.PASS),
        (IDLE, "BackSpace", Command.UNDO_COMMIT),
        (IDLE, "Control+BackSpace", Command.PASS),
        (IDLE, "Control+a", Command.PASS),
        (IDLE, "Space", Command.PASS),
        (IDLE, "Shift+Space", Command.TOGGLE_WIDTH),
        (IDLE, "é", Command.MARK),
        (IDLE, "\0", Command.PASS),
        (IDLE, "text:", Command.PASS),
        (COMPOSING, "a", Command.INSERT),
        (COMPOSING, "apostrophe", Command.INSERT),
        (COMPOSING, "1", Command.SELECT),
        (COMPOSING, "Keypad+1", Command.MARK),
        (IDLE, "Keypad+1", Command.PASS),
        (COMPOSING, "minus", Command.PAGE_PREVIOUS),
        (COMPOSING, "Keypad+minus", Command.MARK),
        (COMPOSING, "Keypad+Enter", Command.COMMIT_RAW),
        (COMPOSING, "Shift+:", Command.MARK),
        (COMPOSING, "comma", Command.MARK),
        (COMPOSING, "bracketleft", Command.MARK),
        (COMPOSING, "text:你好", Command.MARK),
        (COMPOSING, "\0", Command.IGNORE),
        (COMPOSING, "\ud800", Command.IGNORE),
        (COMPOSING, "Control+s", Command.PASS),
        (COMPOSING, "Unknown", Command.PASS),
        (COMPOSING, "Control+Delete", Command.FORGET),
        (COMPOSING, "Shift+Delete", Command.FORGET),
        (COMPOSING, "Control+1", Command.PIN),
        (COMPOSING, "Control+9", Command.PIN),
        (COMPOSING, "Control+0", Command.PASS),
        (IDLE, "Control+1", Command.PASS),
        (IDLE, "Control+Delete", Command.PASS),
        (LITERAL, "1", Command.INSERT),
        (LITERAL, "minus", Command.INSERT),
        (LITERAL, "slash", Command.INSERT),
        (LITERAL, "é", Command.MARK),
        (LITERAL, "Space", Command.CHOOSE),
        (DIRECT, "a", Command.PASS),
        (DIRECT, "comma", Command.PASS),
        (DIRECT, "BackSpace", Command.PASS),
        (DIRECT, "Control+Space", Command.TOGGLE_MODE),
        (DIRECT, "Caps_Lock", Command.CAPS_LOCK),
    ],
    ids=repr,
)
def test_keys_mean_their_commands(status: Status, key: str, command: Command) -> None:
    assert find_command(status, KeyEvent.parse(key)) is command


def test_overlays_go_before_the_table() -> None:
    comma = KeyEvent.parse("comma")
    assert find_command(COMPOSING, comma, [COMMA_PERIOD_PAGE]) is Command.PAGE_PREVIOUS
    assert find_command(COMPOSING, comma, [BRACKET_CHARACTER]) is Command.MARK
