"""Takes out of text what could be a password, a card number, an address or an ID.

Pinyin learning needs hanzi and their order; it never needs the letters and digits between them.
So every digit becomes 0 and every run of alphabetic letters becomes a single a, before anything
is stored: `zhang.3@mail.com` becomes `a.0@a.a`. Hanzi, kana, hangul and punctuation stay; but
a number of five digits and more in hanzi, as `v` and digits give it, is a number all the same.

Letters that hanzi were chosen for are kept where they spell them in full, slips included: that
says no more than the syllables do, but for how this typist slips. What is abbreviated may be
anything, a password that Space turned into hanzi, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from ime.values import LeftContext

_DIGIT = "0"
_LETTERS = "a"
_HANZI_DIGITS = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖"
_HANZI_NUMBER = re.compile(
    f"(?:[十百千万亿拾佰仟点]*[{_HANZI_DIGITS}]){{5,}}[十百千万亿拾佰仟]*"
)
_SURROGATE_REPLACEMENT = "\ufffd"
_LEAST_PASSWORD = 6  # letters
_LEAST_LIKENESS = 0.8  # of letters with slips in them to the full spelling

# Inclusive ranges of the scripts that are written without an alphabet, or mixed with hanzi.
_EAST_ASIAN = (
    (0x1100, 0x11FF),  # hangul jamo
    (0x3005, 0x3007),  # 々 〆 〇
    (0x3040, 0x31FF),  # kana, bopomofo, hangul compatibility jamo, strokes
    (0x3400, 0x4DBF),  # hanzi, extension A
    (0x4E00, 0x9FFF),  # hanzi
    (0xAC00, 0xD7FF),  # hangul
    (0xF900, 0xFAFF),  # hanzi, compatibility
    (0x20000, 0x3FFFF),  # hanzi, extensions B and later
)


def mask_text(text: str) -> str:
    """`text` with digits as 0, letter runs as a, control characters as spaces."""
    return mask_context(LeftContext(text)).text


def mask_context(context: LeftContext) -> LeftContext:
    """A context masked like `mask_text`; its readings follow their characters."""
    masked: list[str] = []
    place: dict[int, int] = {}
    text = _HANZI_NUMBER.sub(lambda found: _DIGIT * len(found[0]), context.text)
    for offset, character in enumerate(text):
        kept = _masked(character, after_letters=masked[-1:] == [_LETTERS])
        if kept:
            place[offset] = len(masked)
            masked.append(kept)
    readings = tuple((place[at], syllable) for at, syllable in context.readings if at in place)
    return LeftContext("".join(masked), readings)


def is_kept(text: str) -> bool:
    """Whether `text` is stored as it is, because nothing in it has to be masked."""
    return bool(text) and mask_text(text) == text


def kept_letters(raw: str, syllables: Sequence[str]) -> str:
    """The letters that may be stored with a choice; empty where they do not spell it.

    Args:
        raw: letters that the choice was made for, delimiters included.
        syllables: of the choice.
    """
    letters, full = raw.replace("'", ""), "".join(syllables)
    if letters == full:
        return raw
    abbreviated = _letters_in_full(letters, syllables) is not None
    return raw if not abbreviated and _is_like(letters, full) else ""


def is_like_password(raw: str, syllables: Sequence[str]) -> bool:
    """Whether letters look like no pinyin of these syllables, and are long enough for a secret.

    Such are six letters and more of which less than half spell syllables in full, so that from
    the syllables the letters could be guessed. The initials of a long word look the same.
    """
    letters = raw.replace("'", "")
    if len(letters) < _LEAST_PASSWORD:
        return False
    in_full = _letters_in_full(letters, syllables)
    if in_full is None:
        return not _is_like(letters, "".join(syllables))
    return 2 * in_full < len(letters)


def _is_like(letters: str, full: str) -> bool:
    likeness = SequenceMatcher(None, letters, full, autojunk=False).ratio()
    return likeness >= _LEAST_LIKENESS


def _letters_in_full(letters: str, syllables: Sequence[str]) -> int | None:
    """The most letters that spell syllables in full, where the others are cut short.

    Returns:
        None where the letters are not the syllables, each in full or its beginning.
    """
    most = {0: 0}  # by letters done
    for syllable in syllables:
        reached: dict[int, int] = {}
        for done, in_full in most.items():
            for length in range(1, len(syllable) + 1):
                if not letters.startswith(syllable[:length], done):
                    break
                found = in_full + (length if length == len(syllable) else 0)
                place = done + length
                reached[place] = max(found, reached.get(place, 0))
        most = reached
    return most.get(len(letters))


def _masked(character: str, *, after_letters: bool) -> str:
    """What stands for one character; empty where it only continues a run of letters."""
    code = ord(character)
    if any(first <= code <= last for first, last in _EAST_ASIAN):
        return character
    if character.isnumeric():
        return _DIGIT
    category = unicodedata.category(character)
    if category[0] == "L":
        return "" if after_letters else _LETTERS
    if category[0] == "M" and after_letters:  # an accent that is a character of its own
        return ""
    if category == "Cs":  # half a surrogate pair, which no UTF-8 file can hold
        return _SURROGATE_REPLACEMENT
    return " " if category == "Cc" else character
