"""Words by their initials in shuangpin, where keys are read in pairs first.

The search takes two keys for a syllable, and only what is left over for an initial. So `gxfc`
for 恭喜发财 and `mgu` for 蒙古 are looked up in the lexicon: every key an initial, or the first
alone and codes behind it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from ime.pinyin.inventory import SYLLABLES, initial
from ime.pinyin.shuangpin import Scheme
from ime.ports import Words
from ime.values import Candidate, CandidateList, Source, Word

SHORTEST, LONGEST = 3, 8  # keys; two are a code or two initials to the search
OFFERED = 2
LEAST = 20  # count of a word in the training text

_BY_INITIAL: dict[str, tuple[str, ...]] = {}
for _syllable in sorted(SYLLABLES):
    _start = initial(_syllable) or _syllable[0]
    _BY_INITIAL[_start] = (*_BY_INITIAL.get(_start, ()), _syllable)


def with_initial_words(listed: CandidateList, lexicon: Words, scheme: Scheme) -> CandidateList:
    """A list with the commonest words whose initials the keys are.

    They come first where the pairs made neither whole syllables nor a word.

    Args:
        listed: candidates for keys.
        lexicon: the words.
        scheme: that the keys belong to.
    """
    keys = listed.raw
    if not SHORTEST <= len(keys) <= LONGEST or not (keys.isascii() and keys.islower()):
        return listed
    words = sorted(_words(keys, lexicon, scheme), key=lambda word: -word.count)
    front = {item.text for item in listed.items[: OFFERED + 1]}
    added = [word for word in words if word.count >= LEAST and word.text not in front]
    items = {
        word.text: Candidate(word.text, word.syllables, len(keys), Source.WORD, -math.inf)
        for word in islice(added, OFFERED)
    }
    first = listed.items[0] if listed.items else None
    whole = all(piece.end - piece.start == 2 for piece in scheme.pieces(keys))
    sentence = first is None or first.source is Source.SENTENCE
    place = 0 if sentence and not whole else 1
    kept = [item for item in listed.items if item.text not in items]
    kept[place:place] = items.values()
    return replace(listed, items=tuple(kept))


def _words(keys: str, lexicon: Words, scheme: Scheme) -> Iterator[Word]:
    starts = [_BY_INITIAL.get(scheme.initial_of(key), ()) for key in keys]
    if all(starts):
        yield from lexicon.words_like(tuple(starts))
    codes = [scheme.syllables.get(keys[at : at + 2], "") for at in range(1, len(keys), 2)]
    if len(keys) % 2 and starts[0] and all(codes):
        yield from lexicon.words_like((starts[0], *((code,) for code in codes)))
