"""Rewriters: small functions that add candidates to a finished list, in one order.

A rewriter sees the letters and returns what it would add. Additions never stand first where the
converter found something, so that `rq` typed for 日期 stays 日期. Whoever runs the converter
applies `rewrite` to each list before the session gets it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from ime.lexicon.numerals import (
    MAX_DIGITS,
    spell_date,
    spell_digits,
    spell_money,
    spell_number,
)
from ime.lexicon.phrases import PhraseBook
from ime.lexicon.symbol_pages import SYMBOL_PAGES
from ime.values import Candidate, CandidateList, Source

_WEEKDAYS = "一二三四五六日"
_FIRST_FREE_PLACE = 2
_CODE_POINT = re.compile("u([0-9a-fA-F]{2,6})", re.ASCII)
_NUMBER = re.compile(rf"[vV](\d{{1,{MAX_DIGITS}}}(?:\.\d{{1,{MAX_DIGITS}}})?)\.?", re.ASCII)


@dataclass(frozen=True, slots=True)
class RewriteOptions:
    """What rewriters may add.

    Attributes:
        date_time: dates for rq, times for sj, weekdays for xq.
        phrases: the user's phrases.
    """

    date_time: bool = True
    phrases: PhraseBook = field(default_factory=PhraseBook)


Rewriter = Callable[[CandidateList, datetime, RewriteOptions], CandidateList]


def rewrite(
    candidates: CandidateList, now: datetime, options: RewriteOptions | None = None
) -> CandidateList:
    """The list with everything the rewriters add.

    Args:
        candidates: as the converter made them.
        now: local time; rewriters own no clock.
        options: what may be added; None for the defaults.
    """
    options = options or RewriteOptions()
    for rewriter in REWRITERS:
        candidates = rewriter(candidates, now, options)
    return candidates


def add_date_time(
    candidates: CandidateList, now: datetime, options: RewriteOptions
) -> CandidateList:
    """Today for `rq`, the time for `sj`, the weekday for `xq`, at places 2 and 3.

    Not where the two letters are one syllable: in shuangpin `sj` may be san.
    """
    if not options.date_time or len(candidates.spans) == 1:
        return candidates
    weekday = _WEEKDAYS[now.weekday()]
    texts = {
        "rq": (f"{now.year}年{now.month}月{now.day}日", f"{now:%Y-%m-%d}"),
        "sj": (f"{now:%H:%M}", f"{now.hour}点{now.minute:02}分"),
        "xq": (f"星期{weekday}", f"周{weekday}"),
    }.get(candidates.raw, ())
    return insert_at(candidates, _FIRST_FREE_PLACE, _additions(candidates.raw, texts))


def add_phrases(
    candidates: CandidateList, now: datetime, options: RewriteOptions
) -> CandidateList:
    """The user's phrases of this code, each at its fixed place.

    Those whose pinyin the letters are the initials of come behind the first candidate: the
    place is promised to the code alone.
    """
    del now
    end = len(candidates.raw)
    begun = options.phrases.find_by_initials(candidates.raw)
    items = tuple(Candidate(phrase.text, (), end, Source.PHRASE) for phrase in begun)
    candidates = insert_at(candidates, _FIRST_FREE_PLACE, items)
    for phrase in options.phrases.find(candidates.raw):
        item = Candidate(phrase.text, (), end, Source.PHRASE)
        candidates = insert_at(candidates, phrase.place, (item,))
    return candidates


def add_literal(
    candidates: CandidateList, now: datetime, options: RewriteOptions
) -> CandidateList:
    """The letters themselves where a capital says that they are meant, first or second."""
    del now, options
    return literal_first(candidates)


REWRITERS: tuple[Rewriter, ...] = (add_date_time, add_literal, add_phrases)
"""In this order; phrases last, since their places are promised."""


def literal_first(candidates: CandidateList) -> CandidateList:
    """The list with its own letters first if a capital is among them, else unchanged.

    They come second where the converter found hanzi around the capitals: 我去KTV啦.
    """
    raw = candidates.raw
    if not any(character.isupper() for character in raw):
        return candidates
    first = candidates.items[0] if candidates.items else None
    if first is not None and (first.text == raw or first.source is Source.PHRASE):
        return candidates
    literal = Candidate(raw, (), len(raw), Source.LITERAL)
    keeps_letters = first is not None and first.end == len(raw) and _has_letters(first.text)
    return insert_at(candidates, 2 if keeps_letters else 1, (literal,))


def _has_letters(text: str) -> bool:
    return any(character.isascii() and character.isalpha() for character in text)


def literal_list(revision: int, raw: str) -> CandidateList:
    """The list of a literal run, which no converter is asked for.

    Args:
        revision: of the composition.
        raw: an address, an identifier, or v and a number, which gives Chinese numerals first
            and then pages of symbols; behind V, the way in shuangpin, they stand behind the
            letters. u and a code point gives that character.
    """
    texts: tuple[str, ...] = ()
    if match := _NUMBER.fullmatch(raw):
        number = match[1]
        texts = (*spell_date(number), spell_number(number), *spell_money(number))
        texts += (spell_number(number, financial=True), spell_digits(number))
    texts += SYMBOL_PAGES.get(raw.lower(), ())
    if match := _CODE_POINT.fullmatch(raw):
        texts += _character(int(match[1], 16))
    literal = Candidate(raw, (), len(raw), Source.LITERAL)
    additions = _additions(raw, texts)
    items = (literal, *additions) if raw[:1].isupper() else (*additions, literal)
    return CandidateList(revision, raw, items, ((0, len(raw)),))


def _character(code: int) -> tuple[str, ...]:
    """The character of a code point, where somebody could want it."""
    found = chr(code) if code <= sys.maxunicode else ""
    return (found,) if found.isprintable() and found.strip() else ()


def insert_at(
    candidates: CandidateList, place: int, items: Iterable[Candidate]
) -> CandidateList:
    """The list with `items` from place `place` (from 1) on; they replace equal ones elsewhere.

    A list that is too short takes them at its end.
    """
    added = tuple({(item.text, item.end): item for item in items}.values())
    if not added:
        return candidates
    taken = {(item.text, item.end) for item in added}
    kept = [item for item in candidates.items if (item.text, item.end) not in taken]
    kept[place - 1 : place - 1] = added
    return replace(candidates, items=tuple(kept))


def _additions(raw: str, texts: Iterable[str]) -> tuple[Candidate, ...]:
    return tuple(Candidate(text, (), len(raw), Source.REWRITE) for text in dict.fromkeys(texts))
