"""Kinds of faults that users of other fronts report, where no daemon is needed to see them."""

from __future__ import annotations

import pytest

from ime.desktop.field import Field
from ime.desktop.front import Engine
from ime.desktop.keys_under_way import HOLD_MS
from ime.desktop.x_keys import FORWARD_MASK, RELEASE_MASK
from tests.desktop.program import CONTROL_MASK, Program

BACKSPACE, RETURN, ESCAPE, TAB, LEFT = 0xFF08, 0xFF0D, 0xFF1B, 0xFF09, 0xFF51
ALT_GR_MASK = 1 << 7
SPACE = ord(" ")


@pytest.fixture
def program() -> Program:
    return Program()


def nothing_is_shown(program: Program) -> bool:
    return (program.preedit, program.auxiliary, program.table) == ("", "", None)


@pytest.mark.parametrize("page", [0, 1, 2])
@pytest.mark.parametrize("index", [0, 1])
def test_a_click_takes_what_the_page_shows(program: Program, page: int, index: int) -> None:
    program.type("ni")
    options = program.front.context.state.options
    assert options.page_size == 5
    for _ in range(min(page, 1)):
        program.front.context.turn(1)
    assert program.table is not None
    wanted = program.table.items[index]
    program.front.click(index)
    assert program.text == wanted
    assert nothing_is_shown(program)


def test_a_click_beside_the_page_takes_nothing(program: Program) -> None:
    program.type("ni")
    program.front.click(8)
    assert (program.text, program.preedit) == ("", "ni")


@pytest.mark.parametrize("symbol", [SPACE, ord("1"), RETURN, ESCAPE])
def test_nothing_is_shown_again_behind_its_end(program: Program, symbol: int) -> None:
    program.type("nihao")
    before = len(program.shown)
    program.down(symbol)
    assert nothing_is_shown(program)
    late = program.shown[before:]
    ended = late.index(("preedit", ""))
    assert not [one for one in late[ended + 1 :] if one[0] == "preedit" and one[1]]
    program.decoder.answer()
    program.wait(HOLD_MS)
    assert nothing_is_shown(program)


def test_a_list_that_comes_after_the_focus_left_is_not_shown(program: Program) -> None:
    program.decoder.waits = True
    program.type("nihao")
    program.front.focus_out(program.engine)
    program.decoder.answer()
    assert nothing_is_shown(program)


@pytest.mark.parametrize("field", [Field(secret=True), Field(secret=True, starts_english=True)])
def test_a_window_that_turns_secret_while_composing(program: Program, field: Field) -> None:
    program.type("nihao")
    program.front.set_field(program.engine, field)
    assert nothing_is_shown(program)
    program.type("geheim ")
    assert program.text == "geheim "
    assert program.journal.commits == []


def test_a_secret_is_no_context(program: Program) -> None:
    program.front.set_field(program.engine, Field(secret=True))
    program.front.set_surroundings(program.engine, "hunter2", 7, 7)
    program.front.set_field(program.engine, Field())
    program.type("ni ")
    assert program.front.context.state.context.text == "你"


def test_letters_of_one_window_never_reach_another(program: Program) -> None:
    program.decoder.waits = True
    program.type("nihao")
    program.down(SPACE)
    other = Engine("other")
    program.front.focus_in(other)
    text = program.text
    program.decoder.answer()
    program.wait(HOLD_MS)
    assert program.text == text
    assert nothing_is_shown(program)


def test_every_key_is_answered_where_the_focus_leaves(program: Program) -> None:
    program.decoder.waits = True
    for character in "nihao hao ":
        program.down(ord(character))
    assert len(program.answers) < 10
    program.front.focus_out(program.engine)
    assert len(program.answers) == 10


def test_backspace_held_deletes_letters_and_then_the_text(program: Program) -> None:
    program.text = "今天"
    program.type("ni")
    for _ in range(3):  # a key that repeats comes down again and again
        program.down(BACKSPACE)
    program.up(BACKSPACE)
    assert (program.text, program.preedit) == ("今", "")
    assert program.passed == [BACKSPACE]


def test_a_letter_held_is_composed_as_often_as_it_came(program: Program) -> None:
    for _ in range(7):
        program.down(ord("a"))
    program.up(ord("a"))
    assert program.preedit == "a" * 7


@pytest.mark.parametrize("symbol", [ord("n"), SPACE, RETURN, 0xFFE1, 0xFFE3, LEFT, 0xFFB1])
@pytest.mark.parametrize("composed", ["", "ni"])
def test_releases_are_the_windows(program: Program, symbol: int, composed: str) -> None:
    program.type(composed)
    program.answers.clear()
    program.up(symbol)
    assert program.answers == [False]


@pytest.mark.parametrize(
    ("symbol", "mask"),
    [
        (0x20AC, ALT_GR_MASK),  # the euro sign
        (0x1B1, ALT_GR_MASK),  # a with ogonek
        (0x10000EB, 0),  # e with diaeresis, by its code point
        (0x6CA, 0),  # a Cyrillic letter
        (0x7E1, 0),  # a Greek one
        (0x6D3, CONTROL_MASK),
        (ord("c"), CONTROL_MASK),
    ],
)
def test_what_is_no_pinyin_comes_behind_what_is_composed(
    program: Program, symbol: int, mask: int
) -> None:
    program.down(symbol, mask)
    assert program.passed == [symbol]
    program.type("ni")
    program.down(symbol, mask)
    assert (program.preedit, program.passed) == ("", [symbol, symbol])
    assert program.text in ("ni", "你")


@pytest.mark.parametrize("symbol", [0xFE51, 0xFF20, 0xFFC2, 0xFE03, 0xFF7E, 0xFF7F, 0x1008FF13])
def test_keys_that_type_nothing_by_themselves_leave_what_is_composed(
    program: Program, symbol: int
) -> None:
    """A dead acute, Compose, F5, AltGr, Mode_switch, Num Lock, louder."""
    program.type("ni")
    program.down(symbol)
    assert (program.preedit, program.answers[-1]) == ("ni", False)


def test_a_key_that_we_sent_ourselves_is_not_taken(program: Program) -> None:
    program.down(ord("n"), FORWARD_MASK)
    assert (program.answers, program.preedit) == ([False], "")


def test_keys_typed_while_a_list_is_awaited_keep_their_order(program: Program) -> None:
    program.decoder.waits = True
    for character in "nihao":
        program.down(ord(character))
    for character in " 1,":
        program.down(ord(character))
    program.decoder.answer()
    assert program.text == "你好1,"


def test_a_key_answered_too_early_comes_with_its_code(program: Program) -> None:
    program.decoder.waits = True
    program.type("nihao")
    program.down(SPACE)
    program.down(LEFT, code=105)
    program.wait(HOLD_MS + 1)
    assert program.answers[-1] is True  # the client cannot be kept waiting
    program.decoder.answer()
    assert program.text == "你好"
    assert program.sent == [(LEFT, 105, 0), (LEFT, 105, RELEASE_MASK)]


def test_a_program_that_cannot_delete_gets_backspaces() -> None:
    program = Program(takes_surroundings=False)
    program.type("3..")
    assert program.text == "3。"
    assert [symbol for symbol, _, mask in program.sent if not mask] == [BACKSPACE]


def test_switches_are_shown_once_for_each_window_and_mode(program: Program) -> None:
    def shown() -> list[object]:
        found = [what for kind, what in program.shown if kind == "badges"]
        program.shown.clear()
        return found

    assert shown() == [True]
    program.type("ni ")
    assert shown() == []
    program.down(0xFFE1)
    program.up(0xFFE1)
    assert (shown(), program.badges["InputMode"].symbol) == ([False], "英")
    other = Engine("other", application="another")
    program.front.focus_in(other)
    assert (shown(), program.badges["InputMode"].symbol) == ([True, False], "中")
    program.front.focus_in(program.engine)
    assert program.badges["InputMode"].symbol == "英"
