"""Keys that the user chose: they act in every front, and what cannot be followed is said."""

from __future__ import annotations

import pytest

from ime.session.bindings import (
    COUNTED,
    FIXED,
    SCOPES,
    fault_of,
    form_of,
    own_rows,
    read_bindings,
    shipped_keys,
    shortcut_fault,
)
from ime.session.events import CommitText
from ime.session.keys import KEYMAP, Key, KeyAction, KeyEvent, Status, find_command
from ime.session.state import Mode, SessionOptions
from ime.texts.catalogue import told
from tests.session.desk import Desk, of_kind

CHARACTERS = ("semicolon", "comma", "slash", "apostrophe")


def meaning(status: Status, key: str, **own: list[str]) -> KeyAction:
    options = SessionOptions(bindings=read_bindings(own)[0])
    overlays = options.overlays(status)
    return find_command(status, KeyEvent.parse(key), overlays, options.keymap)


def test_every_action_has_a_scope_or_is_fixed() -> None:
    assert set(KeyAction) == set(SCOPES) | FIXED


@pytest.mark.parametrize("action", SCOPES, ids=lambda action: action.value)
def test_shipped_keys_given_again_change_nothing(action: KeyAction) -> None:
    assert all(fault_of(action, key) == "" for key in shipped_keys(action))
    bindings, wrong = read_bindings({action.value: shipped_keys(action)})
    assert wrong == ()
    options = SessionOptions(bindings=bindings)
    for status, rows in KEYMAP.items():
        for key, held in rows.items():
            event = KeyEvent.parse(key)
            assert find_command(status, event, options.overlays(status), options.keymap) is held


@pytest.mark.parametrize("action", SCOPES, ids=lambda action: action.value)
def test_an_action_has_the_key_it_is_given_and_no_other(action: KeyAction) -> None:
    key = "Alt+1" if action in COUNTED else "Control+Alt+k"
    for status in SCOPES[action]:
        assert meaning(status, key, **{action.value: [key]}) is action
        for old in shipped_keys(action):
            if action is not KeyAction.SELECT:
                assert meaning(status, old, **{action.value: [key]}) is not action
    for status in set(Status) - SCOPES[action]:
        assert meaning(status, key, **{action.value: [key]}) is not action


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_character_acts_among_letters_and_stands_for_itself_in_names(character: str) -> None:
    own = {"page_next": [character]}
    assert meaning(Status.COMPOSING, character, **own) is KeyAction.PAGE_NEXT
    assert meaning(Status.LITERAL, character, **own) is KeyAction.INSERT
    assert meaning(Status.IDLE, character, **own) is KeyAction.MARK


def test_shift_tells_shortcuts_apart_and_else_says_nothing() -> None:
    own = {"toggle_width": ["Control+Shift+f"], "toggle_punctuation": ["Control+f"]}
    assert meaning(Status.IDLE, "Control+Shift+f", **own) is KeyAction.TOGGLE_WIDTH
    assert meaning(Status.IDLE, "Control+f", **own) is KeyAction.TOGGLE_PUNCTUATION
    assert meaning(Status.COMPOSING, "Control+Shift+1") is KeyAction.PIN


@pytest.mark.parametrize(
    ("name", "keys", "said"),
    [
        ("pin", ["Contrl+1"], "no key that can be told apart"),
        ("pin", ["Control+p"], "one of the digits"),
        ("choose", ["a"], "letters and digits"),
        ("choose", ["7"], "letters and digits"),
        ("choose", ["Shift"], "held with others"),
        ("choose", ["Release+Space"], "told apart"),
        ("toggle_mode", ["Space"], "needed for the text"),
        ("toggle_mode", ["comma"], "needed for the text"),
        ("nonsense", ["F7"], "no action has that name"),
    ],
)
def test_what_cannot_be_followed_is_said(name: str, keys: list[str], said: str) -> None:
    bindings, (wrong,) = read_bindings({name: keys})
    assert said in told(wrong)
    assert name in told(wrong)
    assert not own_rows(bindings)[Status.COMPOSING]


def test_of_two_actions_with_one_key_the_first_has_it_and_the_second_is_told() -> None:
    own = {"page_next": ["F7"], "page_previous": ["F6", "F7"]}
    bindings, (wrong,) = read_bindings(own)
    assert "page_previous: F7 is ignored: page_next has it" in told(wrong)
    assert own_rows(bindings)[Status.COMPOSING]["F7"] is KeyAction.PAGE_NEXT


def test_keys_of_menus_are_left_to_the_window() -> None:
    assert read_bindings({"menu.save": ["F2"]}) == ((), ())
    assert shortcut_fault("F2") == shortcut_fault("Control+Shift+s") == ""
    assert [shortcut_fault(key) for key in ("s", "Space", "Control", "Hyper+s")] == [
        "text",
        "text",
        "modifier",
        "unknown",
    ]


@pytest.mark.parametrize(
    "key", ["Keypad+plus", "Control+Shift+f", "semicolon", "F5", "Shift+Tab"]
)
def test_a_pressed_key_is_kept_in_the_form_by_which_it_is_found(key: str) -> None:
    event = KeyEvent.parse(key)
    assert form_of(event) == key
    own = {"page_next": [form_of(event)]}
    assert meaning(Status.COMPOSING, key, **own) is KeyAction.PAGE_NEXT


def test_own_keys_are_typed_by() -> None:
    own = {"pin": ["Alt+1"], "choose": ["F9"], "page_next": ["F10"]}
    desk = Desk(SessionOptions(bindings=read_bindings(own)[0]))
    desk.type("ni")
    desk.answer()
    first = desk.painted()
    desk.keys("F10")
    assert desk.painted() != first
    (text,) = of_kind(desk.keys("F9"), CommitText)
    assert text.commit.text not in first


@pytest.mark.parametrize("key", [Key.SHIFT, Key.CONTROL])
def test_the_key_of_the_mode_switches_tapped_alone_and_no_other_does(key: Key) -> None:
    desk = Desk(SessionOptions(mode_key=key))

    def mode_after(*names: str) -> Mode:
        desk.keys(*names)
        return desk.state.mode

    other = Key.CONTROL if key is Key.SHIFT else Key.SHIFT
    between = "Control+c" if key is Key.CONTROL else "Shift+A"
    assert mode_after(other.value, f"Release+{other.value}") is Mode.CHINESE
    assert mode_after(key.value, f"Release+{key.value}") is Mode.ENGLISH
    assert mode_after(key.value, between, f"Release+{key.value}") is Mode.ENGLISH


def test_without_a_key_of_the_mode_no_tap_switches() -> None:
    desk = Desk(SessionOptions(mode_key=None))
    desk.keys("Shift", "Release+Shift", "Control", "Release+Control")
    assert desk.state.mode is Mode.CHINESE
