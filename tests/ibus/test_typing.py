"""The kinds of faults that users of other front ends report, through a real daemon."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ime.desktop.x_keys import SHIFT_MASK
from tests.ibus.daemon import (
    BACKSPACE,
    CONTROL_MASK,
    ESCAPE,
    LEFT,
    PAGE_DOWN,
    RETURN,
    SHIFT,
    TAB,
    Daemon,
    Editor,
)

OpenEditor = Callable[..., Editor]
SPACE = ord(" ")


def settle(editor: Editor) -> None:
    editor.look(0.15)


def test_letters_become_hanzi(editor: Editor) -> None:
    editor.type("nihao")
    assert editor.preedit == "nihao"
    editor.await_(lambda: "你好" in editor.table)
    assert editor.auxiliary == "ni hao"
    editor.type(" ")
    assert (editor.text, editor.preedit) == ("你好", "")
    settle(editor)
    assert (editor.preedit, editor.table, editor.auxiliary) == ("", [], "")


def test_keys_typed_ahead_keep_their_order(editor: Editor) -> None:
    editor.burst([ord(c) for c in "nihao 1shijie ,nihao1"])
    settle(editor)
    assert editor.text == "你好1世界，你好"


@pytest.mark.parametrize("symbol", [RETURN, TAB, ESCAPE, BACKSPACE, LEFT, PAGE_DOWN])
def test_keys_of_the_editor_reach_it_once_where_nothing_is_composed(
    editor: Editor, symbol: int
) -> None:
    assert editor.tap(symbol) is False
    assert [one for one, mask in editor.passed if not mask] == [symbol]


@pytest.mark.parametrize("symbol", [RETURN, TAB, ESCAPE, BACKSPACE, LEFT, PAGE_DOWN])
def test_keys_do_not_reach_the_editor_while_composing(editor: Editor, symbol: int) -> None:
    editor.type("nihao")
    editor.await_(lambda: bool(editor.table))
    assert editor.tap(symbol) is True
    settle(editor)
    assert not [one for one, mask in editor.passed if not mask]
    assert editor.text == ("nihao" if symbol == RETURN else "")


def test_a_shortcut_while_composing_comes_behind_the_letters(editor: Editor) -> None:
    editor.type("ni")
    assert editor.tap(ord("s"), CONTROL_MASK) is False
    assert (editor.text, editor.preedit) == ("ni", "")


def test_a_shortcut_of_another_layout_is_the_editors(editor: Editor) -> None:
    assert editor.tap(0x06D3, CONTROL_MASK) is False  # Cyrillic_es


def test_releases_are_never_taken(editor: Editor) -> None:
    editor.type("zhongguo shi")  # `type` asserts it of every release


def test_shift_tapped_changes_the_mode_and_shift_held_does_not(editor: Editor) -> None:
    editor.tap(SHIFT)
    editor.type("ok")
    assert editor.text == "ok"
    editor.await_(lambda: editor.properties["InputMode"] == "英")
    editor.tap(SHIFT)
    editor.await_(lambda: editor.properties["InputMode"] == "中")
    assert editor.press(SHIFT) is False
    editor.press(ord("N"), 1)
    assert editor.press(SHIFT, 1 | 1 << 30) is False
    settle(editor)
    assert (editor.preedit, editor.properties["InputMode"]) == ("N", "中")


def test_shift_that_repeats_is_no_tap(editor: Editor) -> None:
    for mask in (0, 1, 1, 1):
        assert editor.press(SHIFT, mask) is False
    editor.look(0.6)
    editor.press(SHIFT, 1 | 1 << 30)
    settle(editor)
    assert editor.properties["InputMode"] == "中"


def test_caps_lock_that_was_on_before_types_capitals(editor: Editor) -> None:
    assert editor.press(ord("A"), 1 << 1) is False
    assert editor.text == "A"
    editor.type("ni")
    assert editor.preedit == "ni"


def test_the_keypad_types_numbers(editor: Editor) -> None:
    assert editor.tap(0xFFB1) is False
    editor.type("ni")
    editor.await_(lambda: bool(editor.table))
    editor.tap(0xFFAE)  # its point is never a Chinese mark
    settle(editor)
    # The engine types a key that had to wait for its list; another comes back to the editor.
    came_back = (0xFFAE, 0) in editor.passed
    assert editor.text == ("你" if came_back else "你.")


@pytest.mark.parametrize("symbol", [0xFE03, 0xFF7E, 0xFE51, 0xFFC2, 0xFF7F])
def test_dead_keys_levels_and_function_keys_are_the_editors(
    editor: Editor, symbol: int
) -> None:
    """AltGr, Mode_switch, dead acute, F5, Num Lock."""
    assert editor.tap(symbol) is False


def test_level_shifts_do_not_end_the_composition(editor: Editor) -> None:
    editor.type("ni")
    assert editor.tap(0xFE03) is False
    assert editor.preedit == "ni"


def test_what_is_composed_stays_once_where_the_focus_leaves(open_editor: OpenEditor) -> None:
    first, second = open_editor("first"), open_editor("second")
    first.focus()
    first.type("hao")
    first.leave()
    second.focus()
    settle(first)
    second.look(0.15)
    assert (first.text, first.preedit, first.table) == ("hao", "", [])
    assert (second.text, second.preedit, second.table) == ("", "", [])


def test_keys_that_wait_do_not_go_to_the_other_window(open_editor: OpenEditor) -> None:
    first, second = open_editor("first"), open_editor("second")
    first.focus()
    serials = [first.send_key(ord(c)) for c in "nihao "]
    first.leave()
    second.focus()
    for serial in serials:
        first.answer(serial)
    second.look(0.3)
    first.look(0.1)
    assert (second.text, second.preedit) == ("", "")
    # What the daemon had not been shown yet is dropped.
    assert first.text == "你好" or "nihao".startswith(first.text)
    assert first.preedit == ""


def test_a_reset_by_the_editor_drops_what_it_has_kept(editor: Editor) -> None:
    editor.type("hao")
    editor.reset()
    settle(editor)
    assert (editor.preedit, editor.table) == ("", [])
    editor.type("ni")
    assert editor.preedit == "ni"


@pytest.mark.parametrize(("purpose", "hints"), [(8, 0), (9, 0), (0, 1 << 11)])
def test_a_secret_goes_straight_through(
    editor: Editor, purpose: int, hints: int, daemon: object
) -> None:
    editor.describe(purpose, hints)
    editor.type("geheim ")
    assert (editor.text, editor.preedit, editor.table) == ("geheim ", "", [])
    folder = daemon.folder  # type: ignore[attr-defined]
    kept = [p for p in folder.rglob("*") if p.is_file() and b"geheim" in p.read_bytes()]
    assert kept == []


@pytest.mark.parametrize("purpose", [2, 3, 4, 5, 6])
def test_addresses_and_numbers_start_in_english(editor: Editor, purpose: int) -> None:
    editor.describe(purpose)
    editor.type("ni")
    assert editor.text == "ni"
    editor.describe(0)
    editor.type("ni")
    assert editor.preedit == "ni"


def test_the_mode_is_remembered_for_each_application(open_editor: OpenEditor) -> None:
    first, second = open_editor("gtk-im:one"), open_editor("gtk-im:two")
    first.focus()
    first.tap(SHIFT)
    first.leave()
    second.focus()
    second.type("ni")
    assert second.preedit == "ni"
    second.leave()
    first.focus()
    first.type("ok")
    assert first.text == "ok"


def test_switches_of_the_panel(editor: Editor) -> None:
    settle(editor)
    assert editor.properties["punctuation"] == "。，"
    editor.activate("punctuation")
    editor.type(",")
    assert (editor.text, editor.properties["punctuation"]) == (",", ".,")
    editor.activate("punctuation")
    editor.activate("InputMode")
    editor.type("ni")
    assert editor.text == ",ni"


@pytest.mark.parametrize("capabilities", [0b111111, 0b011111])
def test_a_mark_pressed_twice_behind_a_number(
    open_editor: OpenEditor, capabilities: int
) -> None:
    editor = open_editor("number", capabilities)
    editor.type("3..")
    settle(editor)
    assert editor.text == "3。"


@pytest.mark.parametrize(
    ("text", "caret", "anchor"),
    [
        ("👍👍今天", 4, 4),
        ("今天", 99, 99),
        ("今天明天", 2, 4),
        ("", 0, 0),
        ("今天", 2**32 - 1, 0),
    ],
)
def test_surroundings_with_emoji_selections_and_wrong_offsets(
    editor: Editor, text: str, caret: int, anchor: int
) -> None:
    editor.surroundings(text, caret, anchor)
    editor.type("tianqi ")
    assert editor.text == "天气"


def test_surroundings_are_the_context(editor: Editor) -> None:
    def first(context: str) -> str:
        editor.surroundings(context, len(context))
        editor.look(0.2)
        editor.type("shi")
        editor.await_(lambda: bool(editor.table))
        editor.look(0.1)
        found = editor.table[0]
        editor.tap(ESCAPE)
        return found

    assert first("他把门关上以后打开了这个城") != first("这件事情不")


def test_late_surroundings_do_not_take_a_commit_back(editor: Editor) -> None:
    editor.surroundings("", 0)
    editor.type("3")
    editor.surroundings("", 0)  # from before the digit
    editor.type(".")
    assert editor.text == "3."
    editor.type("nihao ")
    editor.surroundings("3.", 2)
    editor.type(".")
    assert editor.text == "3.你好。"


def test_a_closed_client_leaves_the_others_alone(open_editor: OpenEditor) -> None:
    first, second = open_editor("first"), open_editor("second")
    first.focus()
    first.type("ni")
    first.close()
    second.focus()
    second.type("hao")
    assert second.preedit == "hao"
    second.type(" ")
    assert second.text == "好"


def test_a_client_without_a_name(open_editor: OpenEditor) -> None:
    editor = open_editor("")
    editor.type("hao ")
    assert editor.text == "好"


def test_the_engine_opens_no_socket_but_those_of_the_desktop(
    daemon: Daemon, editor: Editor
) -> None:
    editor.type("nihao ")
    for pid in daemon.engines():
        process = Path(f"/proc/{pid}")
        links = [str(one.readlink()) for one in (process / "fd").iterdir()]
        ours = {link[8:-1] for link in links if link.startswith("socket:")}
        unix = {line.split()[6] for line in (process / "net/unix").read_text().splitlines()[1:]}
        assert ours <= unix


def test_a_repair_of_the_sentence_is_chosen_in_the_panel(editor: Editor) -> None:
    def choose(letters: str, character: str) -> None:
        editor.type(letters)
        editor.await_(lambda: character in editor.table)
        settle(editor)  # the last list may have come behind another
        editor.type(str(editor.table.index(character) + 1))

    choose("women", "我们")
    choose("zai", "在")
    choose("jian", "见")
    choose("ba", "吧")
    settle(editor)
    assert editor.text == "我们在见吧"
    assert editor.tap(ord("R"), CONTROL_MASK | SHIFT_MASK) is True
    editor.await_(lambda: any("在→再" in label for label in editor.table))
    editor.type("1")
    settle(editor)
    assert (editor.text, editor.table) == ("我们再见吧", [])
