"""Strokes behind letters and ` narrow down what the letters give: shi`hs 十 士 始.

h is 横 (a horizontal stroke), s 竖, p 撇, n 捺 or 点, z 折. A character fits whose strokes
begin so, a word whose last character fits. No syllable is made of these letters alone, so
that a name with its dot, which ` stands for, too, is told apart by its vowels.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ime.lexicon.characters import Characters
from ime.pinyin.inventory import DOT_KEY
from ime.values import CandidateList

_FILTERED = re.compile(rf"([a-z';]+){DOT_KEY}([hspnz]+)")


def letters_and_strokes(raw: str) -> tuple[str, str]:
    """What is converted and what narrows it down; both empty where nothing does."""
    found = _FILTERED.fullmatch(raw)
    return (found[1], found[2]) if found else ("", "")


def with_strokes(
    listed: CandidateList, plain: CandidateList, strokes: str, characters: Characters
) -> CandidateList:
    """A list with what fits in front.

    Args:
        listed: candidates for all that was typed.
        plain: for the letters alone.
        strokes: that narrow them down.
        characters: know their strokes.
    """
    fitting = characters.drawn(strokes)
    end = len(listed.raw)
    found = [
        replace(item, end=end)
        for item in plain.items
        if item.end == len(plain.raw) and item.syllables and item.text[-1] in fitting
    ]
    texts = {item.text for item in found}
    rest = (item for item in listed.items if item.text not in texts)
    spans = (*plain.spans, (len(plain.raw), end)) if found else listed.spans
    return replace(listed, items=(*found, *rest), spans=spans)
