"""Simplified characters to traditional ones and back, by OpenCC with its phrases.

Texts keep their length, so that offsets, carets and readings hold in both.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC


def to_traditional(text: str) -> str:
    """Text in traditional characters, chosen by the words around them: 头发 頭髮, 发展 發展."""
    return _converted("s2t", text)


def to_simplified(text: str) -> str:
    """Text in simplified characters."""
    return _converted("t2s", text)


@lru_cache(maxsize=4096)  # two keys' lists have most texts in common
def _converted(way: str, text: str) -> str:
    if text.isascii():
        return text
    converter = _converter(way)
    whole: str = converter.convert(text)
    if len(whole) == len(text):
        return whole
    return "".join(_one(converter.convert(character), character) for character in text)


def _one(converted: str, character: str) -> str:
    return converted if len(converted) == 1 else character


@cache
def _converter(way: str) -> OpenCC:
    from opencc import OpenCC  # 0.2 s with its tables, which most never need

    return OpenCC(way)
