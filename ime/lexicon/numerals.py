"""Arabic numerals to Chinese ones: 一百二十三, 壹佰贰拾叁, 一二三; dates and sums of money."""

from __future__ import annotations

from datetime import date

_SMALL_DIGITS, _SMALL_UNITS = "零一二三四五六七八九", ("", "十", "百", "千")
_LARGE_DIGITS, _LARGE_UNITS = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")
_YEAR_DIGITS = "〇一二三四五六七八九"
_GROUP = 4
_GROUP_UNITS = ("", "万", "亿", "万亿")

MAX_DIGITS = _GROUP * len(_GROUP_UNITS)
"""Digits before the point that have a name here."""


def spell_number(number: str, financial: bool = False) -> str:
    """A number as it is read aloud.

    Args:
        number: digits 0-9, at most `MAX_DIGITS` of them, and perhaps a point and more digits.
        financial: the forms used on cheques (壹佰贰拾叁).
    """
    whole, point, fraction = number.partition(".")
    digits = _LARGE_DIGITS if financial else _SMALL_DIGITS
    units = _LARGE_UNITS if financial else _SMALL_UNITS
    text = _spell_whole(whole, digits, units)
    if not financial and text.startswith("一十"):
        text = text[1:]
    if point and fraction:
        text += "点" + "".join(digits[int(digit)] for digit in fraction)
    return text


def spell_digits(number: str) -> str:
    """A number digit by digit, as years and room numbers are written: 二〇二六."""
    return "".join("点" if digit == "." else _YEAR_DIGITS[int(digit)] for digit in number)


def spell_date(digits: str) -> tuple[str, ...]:
    """The day that eight digits name, 20200203, as it is written; empty where there is none."""
    try:
        day = date.fromisoformat(digits) if len(digits) == 8 and digits.isdecimal() else None
    except ValueError:
        day = None
    if day is None:
        return ()
    month, number = spell_number(str(day.month)), spell_number(str(day.day))
    return (
        f"{day.year}年{day.month}月{day.day}日",
        f"{spell_digits(digits[:4])}年{month}月{number}日",
        f"{day:%Y-%m-%d}",
    )


def spell_money(number: str) -> tuple[str, ...]:
    """A sum of yuan with one or two decimals, as on cheques and as it is said; else empty.

    The form on cheques is that of the rules for filling in bills of the People's Bank of China:
    整 behind yuan and jiao, 零 for a jiao of 0 between yuan and fen.
    """
    whole, _, fraction = number.partition(".")
    if not 1 <= len(fraction) <= 2:
        return ()
    jiao, fen = fraction[0], fraction[1:] or "0"
    return tuple(
        _spell_money(spell_number(whole, financial), jiao, fen, financial=financial)
        for financial in (True, False)
    )


def _spell_money(yuan: str, jiao: str, fen: str, *, financial: bool) -> str:
    digits = _LARGE_DIGITS if financial else _SMALL_DIGITS
    text = "" if yuan == "零" and jiao + fen != "00" else yuan + "元"
    if jiao != "0":
        text += digits[int(jiao)] + "角"
    elif fen != "0" and text:
        text += "零"
    if fen != "0":
        return text + digits[int(fen)] + "分"
    return text + "整" if financial else text


def _spell_whole(whole: str, digits: str, units: tuple[str, ...]) -> str:
    whole = whole.lstrip("0")
    if not whole:
        return digits[0]
    count = -(-len(whole) // _GROUP)
    whole = whole.zfill(count * _GROUP)
    groups = [whole[i * _GROUP : (i + 1) * _GROUP] for i in range(count)]
    text, gap = "", False
    for group, unit in zip(groups, reversed(_GROUP_UNITS[:count]), strict=True):
        if group == "0000":
            gap = True
            continue
        # One 零 stands for all zeros between two digits, whatever groups they lie in.
        if text and (gap or group[0] == "0"):
            text += digits[0]
        text += _spell_group(group.lstrip("0"), digits, units) + unit
        gap = False
    return text


def _spell_group(group: str, digits: str, units: tuple[str, ...]) -> str:
    """One to four digits, the first not 0."""
    text, gap = "", False
    for place, digit in enumerate(group):
        if digit == "0":
            gap = True
            continue
        if gap:
            text += digits[0]
        text += digits[int(digit)] + units[len(group) - 1 - place]
        gap = False
    return text
