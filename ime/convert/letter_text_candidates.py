"""Texts with letters or a dot that the user typed before, among what their letters give."""

from __future__ import annotations

from dataclasses import replace

from ime.convert.letter_candidates import PLACE
from ime.pinyin.inventory import letters_of
from ime.ports import TypedTexts
from ime.values import Candidate, CandidateList, Source

MOST_WORDS = 2


def with_letter_texts(
    listed: CandidateList, keys: str, typed: str, texts: TypedTexts
) -> CandidateList:
    """A list with what the user chose for its letters first, and words of letters.

    A word of letters stands behind what the letters spell in full, else first where they are
    all of it.

    Args:
        listed: candidates.
        keys: that were typed, small.
        typed: the letters that they stand for, which differ in shuangpin.
        texts: the user's.
    """
    words = texts.words_of(keys)[:MOST_WORDS]
    in_full = any(
        item.end == len(listed.raw) and "".join(item.syllables) == letters_of(typed)
        for item in listed.items
    )
    for word in reversed(words):
        whole = word.lower() == keys
        listed = _put(listed, word, 1 if whole and not in_full else PLACE)
    if chosen := texts.chosen_for(typed):
        listed = _put(listed, chosen, 1)
    return listed


def _put(listed: CandidateList, text: str, place: int) -> CandidateList:
    """The list with a text of the user's at a place, from 1, or where it stands before."""
    end = len(listed.raw)
    known = next((i for i, item in enumerate(listed.items) if item.text == text), place - 1)
    items = [item for item in listed.items if item.text != text]
    items.insert(min(known, place - 1), Candidate(text, (), end, Source.USER))
    return replace(listed, items=tuple(items))
