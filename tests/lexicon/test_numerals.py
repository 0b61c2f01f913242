"""Chinese numerals, against a table and against a reader of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.lexicon.numerals import (
    MAX_DIGITS,
    spell_date,
    spell_digits,
    spell_money,
    spell_number,
)

UNITS = {"十": 10, "百": 100, "千": 1000}
GROUPS = {"万": 10**4, "亿": 10**8}


def read_number(text: str) -> int:
    """The number that a Chinese numeral names, read left to right."""
    total = group = digit = 0
    for character in text:
        if character in "零一二三四五六七八九":
            digit = "零一二三四五六七八九".index(character)
        elif character in UNITS:
            group += (digit or 1) * UNITS[character]
            digit = 0
        elif character == "亿":
            total = (total + group + digit) * GROUPS["亿"]
            group = digit = 0
        else:
            total += (group + digit) * GROUPS["万"]
            group = digit = 0
    return total + group + digit


@pytest.mark.parametrize(
    ("number", "spelled", "financial"),
    [
        ("0", "零", "零"),
        ("000", "零", "零"),
        ("10", "十", "壹拾"),
        ("15", "十五", "壹拾伍"),
        ("110", "一百一十", "壹佰壹拾"),
        ("123", "一百二十三", "壹佰贰拾叁"),
        ("1005", "一千零五", "壹仟零伍"),
        ("10000", "一万", "壹万"),
        ("10010", "一万零一十", "壹万零壹拾"),
        ("100100", "十万零一百", "壹拾万零壹佰"),
        ("100000001", "一亿零一", "壹亿零壹"),
        ("1000000000000", "一万亿", "壹万亿"),
        ("10.50", "十点五零", "壹拾点伍零"),
        ("7.", "七", "柒"),
    ],
)
def test_numbers_are_spelled(number: str, spelled: str, financial: str) -> None:
    assert spell_number(number) == spelled
    assert spell_number(number, financial=True) == financial


def test_digits_are_spelled_one_by_one() -> None:
    assert spell_digits("2026.5") == "二〇二六点五"


@given(st.integers(0, 10**12 - 1))
def test_numbers_read_back(number: int) -> None:
    text = spell_number(str(number))
    assert read_number(text) == number
    assert "零零" not in text
    assert number == 0 or not text.endswith("零")


@given(st.integers(0, 10**MAX_DIGITS - 1), st.booleans())
def test_every_number_that_fits_is_spelled(number: int, financial: bool) -> None:
    assert spell_number(str(number), financial)


@pytest.mark.parametrize(
    ("digits", "dates"),
    [
        ("20200203", ("2020年2月3日", "二〇二〇年二月三日", "2020-02-03")),
        ("19991231", ("1999年12月31日", "一九九九年十二月三十一日", "1999-12-31")),
        ("20240229", ("2024年2月29日", "二〇二四年二月二十九日", "2024-02-29")),
        ("20230229", ()),
        ("20201301", ()),
        ("00000101", ()),
        ("2020203", ()),
        ("2020.203", ()),
    ],
)
def test_eight_digits_may_be_a_date(digits: str, dates: tuple[str, ...]) -> None:
    assert spell_date(digits) == dates


@pytest.mark.parametrize(
    ("number", "cheque", "said"),
    [
        ("12.50", "壹拾贰元伍角整", "十二元五角"),
        ("12.5", "壹拾贰元伍角整", "十二元五角"),
        ("12.05", "壹拾贰元零伍分", "十二元零五分"),
        ("12.00", "壹拾贰元整", "十二元"),
        ("0.35", "叁角伍分", "三角五分"),
        ("0.05", "伍分", "五分"),
        ("0.00", "零元整", "零元"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分", "一千六百八十元三角二分"),
    ],
)
def test_two_decimals_are_money(number: str, cheque: str, said: str) -> None:
    assert spell_money(number) == (cheque, said)


@pytest.mark.parametrize("number", ["12", "12.", "3.1416"])
def test_other_numbers_are_no_money(number: str) -> None:
    assert spell_money(number) == ()
