"""Which letters may be remembered: those that look like a word, and not like a password.

Names of programs and words are small letters, all capitals, or humps as in GitHub. Digits and
marks, capitals anywhere, letters that hardly follow each other and walks over the keyboard are
what passwords are made of; such letters are never kept.
"""

from __future__ import annotations

import re

SHORTEST, LONGEST = 3, 16
"""Letters of a run that was typed as it is."""

LONGEST_TEXT = 16
"""Characters of a text with letters or a dot."""

_WORD = re.compile(r"[a-z]+|[A-Z]{1,6}|[A-Z]?[a-z]*(?:[A-Z][a-z]{2,})+|[A-Z][a-z]+")
_LONG = 8  # letters from which on a run must be one that can be spoken
_CONSONANTS = re.compile(r"[^aeiouy]{5}")
_FOLLOWING = (
    "abcdgiklmnprstuvy baeilorsu cacdehiklmoprstu dadeimorsu eabcdefgilmnoprstvwxy faefilorst "
    "gaehiorsu haeiortu iabcdefgiklmnoprstvx jaeo kaeis ladeilostuy mabeimops nacdefgiknostuy "
    "oabcdfgiklmnoprstuvwx pacehiloprstuy qu racdegiklmnoprstuy sacdehiklmopstuy "
    "tacehiloprstuy uabcdeilmnprst vaei waeio ys"
)
# A letter and those behind it, of the 250 commonest pairs of 9,900 words. So many of a long
# run's pairs must be among them: those of 98 in 100 such words, of 7 in 100 random runs.
_COMMON = frozenset(
    group[0] + behind for group in _FOLLOWING.split(" ") for behind in group[1:]
)
_LEAST_COMMON = 0.6
_WALK = 4  # keys side by side
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
_WALKS = frozenset(
    way[at : at + _WALK]
    for row in _ROWS
    for way in (row, row[::-1])
    for at in range(len(row) - _WALK + 1)
)
_TEXT = re.compile(r"[A-Za-z·\u3400-\u9fff]+")
_RUNS = re.compile(r"[A-Za-z]+")


def is_plain(letters: str) -> bool:
    """Whether a run of letters may be remembered as it was typed."""
    small = letters.lower()
    if len(letters) > LONGEST or _WORD.fullmatch(letters) is None:
        return False
    if any(small[at : at + _WALK] in _WALKS for at in range(len(small) - _WALK + 1)):
        return False
    return len(letters) < _LONG or _can_be_spoken(small)


def _can_be_spoken(small: str) -> bool:
    pairs = [small[at : at + 2] for at in range(len(small) - 1)]
    common = sum(pair in _COMMON for pair in pairs)
    return _CONSONANTS.search(small) is None and common >= _LEAST_COMMON * len(pairs)


def may_be_kept(text: str) -> bool:
    """Whether a text of hanzi, letters and dots may be remembered: 我用Python, 比尔·盖茨."""
    if len(text) > LONGEST_TEXT or _TEXT.fullmatch(text) is None:
        return False
    return all(map(is_plain, _RUNS.findall(text)))
