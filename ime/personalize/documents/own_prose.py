"""What of a file's text may be learned from, and what is left out of it.

Learning needs hanzi and their order. What is somebody else's (quotes, code, other languages)
teaches nothing of the user's; what could give somebody away (numbers of cards and identity,
addresses, passwords) must not be learned, however often it was written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from ime.personalize.documents.text_of_file import Paragraph, Voice
from ime.userdb.masking import mask_text


class LeftOut(Enum):
    """Why text is left out; the values are kept in the list of files."""

    LANGUAGE = "language"
    NUMBER = "number"
    ADDRESS = "address"
    PASSWORD = "password"
    QUOTE = "quotes"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class OwnProse:
    """What is learned from.

    Attributes:
        paragraphs: digits as 0 and letters as a, as in the log; none is without hanzi.
        hanzi: in them.
        left_out: how often each kind was.
    """

    paragraphs: tuple[str, ...]
    hanzi: int
    left_out: Counter[LeftOut]


_HANZI = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_OTHER_SCRIPT = re.compile(r"[\u3041-\u30ff\uac00-\ud7ff]")  # kana, hangul
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+")  # of an alphabet

FEWEST_HANZI: Final = 0.5
"""Share of hanzi among hanzi and words of letters below which a line is no Chinese."""

_BREAK = "\n"
"""Stands for what is left out, so that what is on both sides of it is not read as one."""

_SPANS = (
    (
        LeftOut.PASSWORD,  # with what it says, to the end of the clause
        re.compile(
            r"(?:密码|口令|验证码|校验码|暗号|密钥|私钥|令牌"
            r"|\b(?:password|passwd|pwd|pin|token|secret|api[ _-]?key)\b)"
            r"[^\n，。；,;]{0,6}?(?:[:：=]|是|为|\bis\b)\s*[^\s，。；,;]+",
            re.IGNORECASE,
        ),
    ),
    (
        LeftOut.ADDRESS,  # of the web, of mail, of files
        re.compile(
            r"(?:[a-z][a-z0-9+.-]*://|www\.)[!-~]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
            r"|(?:[A-Za-z]:\\|~?/)[\w.-]+(?:[\\/][\w.-]+)+",
            re.IGNORECASE,
        ),
    ),
    (
        LeftOut.ADDRESS,  # of a house: province, town, street where they are named, its number
        re.compile(
            r"(?:[\u4e00-\u9fff]{2,9}?[省市区县镇乡州])*[\u4e00-\u9fff]{2,8}?"
            r"[路街道巷弄村里坊园苑]\s*\d+\s*(?:号|弄|栋|幢|座|单元|室|楼)"
            r"(?:\s*[\dA-Za-z一二三四五六七八九十]+\s*(?:号|栋|幢|座|单元|室|楼|层|户))*"
        ),
    ),
    (
        LeftOut.NUMBER,  # telephone, identity, card: nine digits and more, also in groups
        re.compile(r"(?:\+?\d[ \t-]?){8,}[\dXx]"),
    ),
)

_CHAT_HEAD = re.compile(
    r"^\s*[\[(（【]?\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[ T,，]+(?:[上下]午)?\s*"
    r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?[\])）】]?(?:\s*(?P<said>[^:：\n]{1,24}[:：]))?"
)
"""The line of a chat that says when and who, with or before what was said."""


def own_prose(paragraphs: Iterable[Paragraph], known: set[int] | None = None) -> OwnProse:
    """What may be learned from, and how much was left out.

    Args:
        paragraphs: of a file.
        known: hashes of long lines that were read in other files, which are not read again, and
            to which those of this file are added: headings and signatures are no writing.
    """
    seen = set() if known is None else known
    kept: list[str] = []
    left_out: Counter[LeftOut] = Counter()
    for paragraph in paragraphs:
        if paragraph.voice is not Voice.OWN:
            left_out[LeftOut(paragraph.voice.value)] += 1
            continue
        for line in paragraph.text.splitlines():
            text = _own_line(line, left_out)
            key = hash(text)
            if _HANZI.search(text) and not (_is_long(text) and key in seen):
                kept.append(text)
                seen.add(key)
    return OwnProse(tuple(kept), count_hanzi(kept), left_out)


def count_hanzi(texts: Iterable[str]) -> int:
    """How many hanzi stand in some texts."""
    return sum(len(_HANZI.findall(one)) for one in texts)


def _own_line(line: str, left_out: Counter[LeftOut]) -> str:
    """What of a line may be learned from, masked; empty where it is nothing."""
    head = _CHAT_HEAD.match(line)
    if head is not None:
        line = line[head.end() :] if head["said"] else ""
    for kind, pattern in _SPANS:
        line, count = pattern.subn(_BREAK, line)
        left_out[kind] += count
    hanzi = count_hanzi([line])
    if _OTHER_SCRIPT.search(line) or hanzi < FEWEST_HANZI * (hanzi + len(_WORD.findall(line))):
        left_out[LeftOut.LANGUAGE] += 1
        return ""
    return "\n".join(map(mask_text, line.split(_BREAK))).strip()


def _is_long(text: str) -> bool:
    return len(text) >= 8  # shorter ones are said again in earnest
