"""What small letters may mean besides pinyin: units, English words, words of letters and hanzi.

The search finds such words where they are likely. Here they get a place on the first page, but
never before what the letters spell in earnest: `key` is 可以 first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ime.lexicon.abbreviations import MEANINGS
from ime.lexicon.letter_words import LetterWords
from ime.lexicon.units import AMBIGUOUS, UNITS
from ime.pinyin.inventory import SPELLINGS
from ime.pinyin.shuangpin import Scheme
from ime.values import Candidate, CandidateList, DecodeRequest, Source

PLACE = 3
"""The last place that is on the first page, however few it shows."""
MIXED_PLACE = 2
SYLLABLE_PLACE = 9
"""Of a word that is a syllable, too, as can and men are: the last that a page can have."""


def with_letter_words(
    listed: CandidateList,
    request: DecodeRequest,
    words: LetterWords,
    scheme: Scheme | None = None,
) -> CandidateList:
    """A list with the words that all its letters are.

    Args:
        listed: candidates for the letters that were typed.
        request: that was asked; its letters are keys where there is a scheme.
        words: English words, and those of letters and hanzi.
        scheme: of shuangpin, None for full pinyin.
    """
    typed = request.raw
    if scheme is not None and typed.isalnum() and not typed.islower():
        return _put(listed, 1, words.coded(typed.lower(), scheme))
    if not (typed.isascii() and typed.isalpha() and typed.islower()):
        return listed
    if request.context.text[-1:].isdecimal() and typed in UNITS:
        # A unit that is as often a hanzi's initial waits behind it.
        place = MIXED_PLACE if typed in AMBIGUOUS else 1
        return _put(listed, place, UNITS[typed])
    ways = words.ways_of(typed)
    mixed = [way for way in ways if not way.isascii()]
    plain = [way for way in ways if way.isascii()]
    if scheme is not None:
        mixed = [*words.coded(typed, scheme)]
        if typed in scheme.syllables:
            plain = []  # every two letters are a syllable there
    if typed in MEANINGS:
        plain = list(dict.fromkeys((typed, *plain, MEANINGS[typed])))
    if typed in SPELLINGS:  # characters are meant, and the page is theirs
        listed = _put(listed, SYLLABLE_PLACE, plain[:1])
    else:
        listed = _put(listed, PLACE, plain)
    listed = _put(listed, MIXED_PLACE, mixed)
    return _explained(listed, typed) if typed in MEANINGS else listed


def _explained(listed: CandidateList, typed: str) -> CandidateList:
    """With what an abbreviation stands for said beside it."""
    items = (
        replace(item, comment=MEANINGS[typed]) if item.text == typed else item
        for item in listed.items
    )
    return replace(listed, items=tuple(items))


def _put(listed: CandidateList, place: int, texts: Iterable[str]) -> CandidateList:
    """The list with texts from a place (from 1) on, where they do not stand before it."""
    before = {item.text for item in listed.items[: place - 1]}
    added = [text for text in texts if text not in before]
    if not added:
        return listed
    kept = [item for item in listed.items if item.text not in added]
    end = len(listed.raw)
    kept[place - 1 : place - 1] = [
        Candidate(text, (), end, Source.LITERAL if text.isascii() else Source.REWRITE)
        for text in added
    ]
    return replace(listed, items=tuple(kept))
