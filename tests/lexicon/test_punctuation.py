"""Chinese marks, alternating quotes, marks behind digits, full width."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.lexicon.punctuation import MARKS, Quotes, chinese_mark, full_width, of_number


@pytest.mark.parametrize(
    ("typed", "mark"), [(".", "。"), (";", "；"), ("?", "？"), ("/", "/"), ("👍", "👍")]
)
def test_marks_turn_chinese(typed: str, mark: str) -> None:
    assert chinese_mark(typed, Quotes()) == mark


@pytest.mark.parametrize(
    ("typed", "before", "numeric"),
    [
        (".", "3", True),
        (",", "3", True),
        (":", "0", True),
        (".", "３", True),
        (".", "好", False),
        (";", "3", False),
        ("?", "3", False),
        (".", "", False),
        (".", "²", False),
    ],
)
def test_full_stop_comma_and_colon_may_be_of_a_number(
    typed: str, before: str, *, numeric: bool
) -> None:
    assert of_number(typed, before) is numeric


def test_marks_without_a_chinese_form_are_exactly_these() -> None:
    kept = {c for c in string.punctuation if chinese_mark(c, Quotes()) == c}
    assert kept == set("/~@#%&*-+=|")


def test_marks_are_not_ascii() -> None:
    assert not any(mark.isascii() for mark in MARKS.values())


@pytest.mark.parametrize(
    ("text", "double", "single"),
    [
        ("", "“", "‘"),
        ("他说：“好", "”", "‘"),
        ("他说：“‘好", "”", "’"),
        ("他说：“‘好’", "”", "‘"),
        ("他说：“好”", "“", "‘"),
        ("他说：“好\n", "“", "‘"),
    ],
)
def test_quotes_close_what_is_open(text: str, double: str, single: str) -> None:
    quotes = Quotes().read(text)
    assert chinese_mark('"', quotes) == double
    assert chinese_mark("'", quotes) == single


@given(st.text(alphabet="“”‘’好", max_size=8), st.sampled_from("“”‘’好"))
def test_quotes_deleted_are_due_again(text: str, last: str) -> None:
    after = Quotes().read(text + last)
    again = chinese_mark('"' if last in "“”" else "'", after.unread(last))
    if last != "好":
        assert again == last
    else:
        assert after.unread(last) == after


@given(st.text(alphabet=string.printable.strip() + " ", max_size=20))
def test_full_width_is_one_wide_character_each(text: str) -> None:
    wide = full_width(text)
    assert len(wide) == len(text)
    assert not any(character.isascii() for character in wide)


def test_full_width_leaves_hanzi_and_control_characters() -> None:
    assert full_width("好A \n") == "好Ａ\u3000\n"
