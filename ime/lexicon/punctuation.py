"""Chinese punctuation and full-width forms, as data.

The table is the common half-width row of Chinese keyboards; marks that are not in it (/ ~ @ # %
& * - + = |) stay ASCII. Quotes alternate, so which one comes depends on what stands before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

MARKS: Mapping[str, str] = MappingProxyType(
    {
        ",": "，", ".": "。", "?": "？", "!": "！", ":": "：", ";": "；", "\\": "、",
        "^": "……", "_": "——", "$": "¥", "`": "·", "<": "《", ">": "》", "(": "（", ")": "）",
        "[": "【", "]": "】", "{": "「", "}": "」",
    }
)  # fmt: skip
"""ASCII mark -> Chinese mark, quotes aside."""

NUMERIC_MARKS = frozenset(".,:")
"""Marks that may belong to a number behind a digit: 3.14, 1,000, 10:30."""

_DIGITS = "0123456789０１２３４５６７８９"
_FULL_WIDTH_OFFSET = 0xFF01 - 0x21
_IDEOGRAPHIC_SPACE = "\u3000"


@dataclass(frozen=True, slots=True)
class Quotes:
    """Which quotes stand open left of the caret, in this paragraph.

    Attributes:
        double_open: “ is waiting for its ”.
        single_open: ‘ is waiting for its ’.
    """

    double_open: bool = False
    single_open: bool = False

    def read(self, text: str) -> Quotes:
        """The state after `text`; a new line closes everything."""
        quotes = self
        for character in text:
            match character:
                case "“" | "”":
                    quotes = replace(quotes, double_open=character == "“")
                case "‘" | "’":
                    quotes = replace(quotes, single_open=character == "‘")
                case "\n":
                    quotes = Quotes()
                case _:
                    pass
        return quotes

    def unread(self, character: str) -> Quotes:
        """The state before `character`, which Backspace has just deleted."""
        match character:
            case "“" | "”":
                return replace(self, double_open=character == "”")
            case "‘" | "’":
                return replace(self, single_open=character == "’")
            case _:
                return self


def of_number(text: str, before: str) -> bool:
    """Whether a mark behind the character `before`, or "", may belong to a number."""
    return text in NUMERIC_MARKS and before != "" and before in _DIGITS


def chinese_mark(text: str, quotes: Quotes) -> str:
    """The Chinese form of what a key typed, or `text` itself where there is none.

    Args:
        text: ASCII mark; anything else is returned as it is.
        quotes: open quotes left of the caret.
    """
    if text == '"':
        return "”" if quotes.double_open else "“"
    if text == "'":
        return "’" if quotes.single_open else "‘"
    return MARKS.get(text, text)


def full_width(text: str) -> str:
    """`text` with ASCII and ¥ in their full-width forms, the space included."""
    return "".join(_full_width_character(character) for character in text)


def _full_width_character(character: str) -> str:
    if character == " ":
        return _IDEOGRAPHIC_SPACE
    if "!" <= character <= "~":
        return chr(ord(character) + _FULL_WIDTH_OFFSET)
    return "￥" if character == "¥" else character
