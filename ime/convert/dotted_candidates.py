"""Names with a dot between their parts, beside the hanzi alone."""

from __future__ import annotations

from dataclasses import replace

from ime.lexicon.dotted_names import LONGEST, DottedNames
from ime.lexicon.minority_names import is_of_names, with_dot
from ime.values import Candidate, CandidateList, Source

LOOKED_AT = 3
"""Whole conversions that may be a name."""
SHORTEST_INSIDE = 4
"""Hanzi of a name inside a sentence."""


def with_dotted_names(listed: CandidateList, names: DottedNames) -> CandidateList:
    """A list in which a name has its form with a dot right behind it.

    So has a sentence that begins the list and has a name in it.
    """
    end = len(listed.raw)
    whole = [item for item in listed.items[:LOOKED_AT] if item.end == end]
    for item in whole:
        dotted = names.with_dot(item.text) or with_dot(item.text, item.syllables)
        if dotted:
            return _behind(listed, item, dotted)
    if whole and whole[0] is listed.items[0]:
        dotted = _dotted_inside(whole[0], names)
        if dotted:
            return _behind(listed, whole[0], dotted)
    return listed


def _dotted_inside(item: Candidate, names: DottedNames) -> str:
    """A sentence with the dot of the longest name in it; empty where there is none."""
    text = item.text
    if len(item.syllables) != len(text):
        return ""
    for length in range(min(len(text) - 1, LONGEST), SHORTEST_INSIDE - 1, -1):
        for start in range(len(text) - length + 1):
            part = text[start : start + length]
            dotted = names.whole_name(part)
            if not dotted and is_of_names(part):
                dotted = with_dot(part, item.syllables[start : start + length])
            if dotted:
                return text[:start] + dotted + text[start + length :]
    return ""


def _behind(listed: CandidateList, item: Candidate, text: str) -> CandidateList:
    """The list with a text right behind an item, where it does not stand there already."""
    if any(other.text == text for other in listed.items):
        return listed
    place = listed.items.index(item) + 1
    found = Candidate(text, (), item.end, Source.REWRITE)
    return replace(listed, items=(*listed.items[:place], found, *listed.items[place:]))
