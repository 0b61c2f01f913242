"""Cleaning of raw text, line by line.

Full-width letters and digits become ASCII while Chinese punctuation stays full-width (NFKC on
everything would turn ，into a comma), traditional characters become simplified, markup and what
looks like personal data goes.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

_ASCII_FORMS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# These keep their full-width form: they are Chinese punctuation, not wide ASCII.
for _mark in "，！？：；（）～":
    _ASCII_FORMS.pop(ord(_mark), None)
_ASCII_FORMS[0x3000] = 0x20
_COMPATIBILITY = re.compile(r"[\uf900-\ufaff\u2f00-\u2fdf\U0002f800-\U0002fa1f]")
_MARKUP = re.compile(r"<[^<>\n]{1,200}>|\[[A-Za-z/][^\[\]\n]{0,80}\]|&[a-z]{2,8};|\{\\[^}]*\}")
# Addresses are ASCII; \w and \S would take the hanzi beside them along.
_PERSONAL = re.compile(
    r"(?:https?://|www\.)[!-~]+|[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
    r"|@[\w-]{2,}|\d[\d -]{5,}\d"
)
_CONTROL = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]"
)
_SPACES = re.compile(r"[ \t]+")
_BETWEEN_HANZI = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_REPEATED_MARK = re.compile(r"([，。、？！：；…—~.\-=*#])\1{2,}")
_HANZI = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN_OR_DIGIT = re.compile(r"[A-Za-z0-9]")
MIN_HANZI = 2  # a line of a single hanzi teaches no transition
MIN_SHARE = 0.45  # of hanzi among all characters: below it a line is a table, code or noise


@cache
def _converter() -> Any:
    from opencc import OpenCC  # build-time dependency

    return OpenCC("t2s")


def clean_line(line: str) -> str:
    """One cleaned line, empty when nothing worth training on is left."""
    text = _CONTROL.sub("", line.strip().translate(_ASCII_FORMS))
    if _COMPATIBILITY.search(text):
        text = unicodedata.normalize("NFKC", text)
    text = _PERSONAL.sub("", _MARKUP.sub("", text))
    text = _REPEATED_MARK.sub(r"\1\1", text)
    text = _BETWEEN_HANZI.sub("", _SPACES.sub(" ", text)).strip()
    hanzi = len(_HANZI.findall(text))
    if hanzi < MIN_HANZI or hanzi < MIN_SHARE * len(text):
        return ""
    if hanzi < 0.6 * (hanzi + len(_LATIN_OR_DIGIT.findall(text))):
        return ""
    converted: str = _converter().convert(text)
    return converted
