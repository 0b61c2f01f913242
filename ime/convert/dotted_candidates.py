"""Names with a dot between their parts, beside the hanzi alone."""

from __future__ import annotations

from dataclasses import replace

from ime.lexicon.dotted_names import DottedNames
from ime.lexicon.minority_names import with_dot
from ime.values import Candidate, CandidateList, Source

LOOKED_AT = 3
"""Whole conversions that may be a name."""


def with_dotted_names(listed: CandidateList, names: DottedNames) -> CandidateList:
    """A list in which a name has its form with a dot right behind it."""
    end = len(listed.raw)
    for place, item in enumerate(listed.items[:LOOKED_AT]):
        dotted = ""
        if item.end == end:
            dotted = names.with_dot(item.text) or with_dot(item.text, item.syllables)
        if dotted and all(other.text != dotted for other in listed.items):
            found = Candidate(dotted, (), end, Source.REWRITE)
            items = (*listed.items[: place + 1], found, *listed.items[place + 1 :])
            return replace(listed, items=items)
    return listed
