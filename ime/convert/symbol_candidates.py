"""What letters stand for besides words: symbols by their names, characters by their looks.

`xiaolian` is 😀 behind 笑脸; `umumu` is 林 by its parts (木木), `uhspn` 木 by its strokes, as u
begins no syllable.
"""

from __future__ import annotations

from dataclasses import replace

from ime.convert.letter_candidates import MIXED_PLACE
from ime.lexicon.characters import Characters
from ime.lexicon.symbol_pages import FACES
from ime.lexicon.symbols import Symbols
from ime.pinyin.inventory import SPELLINGS, letters_of
from ime.values import Candidate, CandidateList, Source

PLACE = 4
"""From 1; words that read so come first."""
OTHERS_PLACE = 10
"""From 0: behind two pages, since a name such as 笑 has twenty."""
BY_LOOKS = "u"
MOST_BY_LOOKS = 60


def with_symbols(listed: CandidateList, symbols: Symbols) -> CandidateList:
    """A list with the symbols that all its letters name; one a kind is on the first page."""
    letters = letters_of(listed.raw)
    kinds = symbols.called(letters), [(face, "") for face in FACES.get(letters, ())]
    found = [pair for kind in kinds for pair in kind[:1]]
    first = len(found)
    found += [pair for kind in kinds for pair in kind[1:]]
    if not found:
        return listed
    end = len(listed.raw)
    items = [Candidate(symbol, (), end, Source.REWRITE, comment=name) for symbol, name in found]
    texts = {item.text for item in items}
    kept = [item for item in listed.items if item.text not in texts]
    kept[PLACE - 1 : PLACE - 1] = items[:first]
    kept[OTHERS_PLACE:OTHERS_PLACE] = items[first:]
    return replace(listed, items=tuple(kept))


def with_characters_by_looks(listed: CandidateList, characters: Characters) -> CandidateList:
    """A list with the characters that the letters behind a u describe, in front."""
    if not listed.raw.startswith(BY_LOOKS) or len(listed.raw) < 2:
        return listed
    end = len(listed.raw)
    found = characters.made_of(letters_of(listed.raw[1:]))[:MOST_BY_LOOKS]
    if not found:
        return listed
    items = [
        Candidate(c, (), end, Source.REWRITE, comment=characters.sound_of(c)) for c in found
    ]
    # A word of letters and hanzi stays in front: U盘.
    words = [
        item
        for item in listed.items[:MIXED_PLACE]
        if item.source in (Source.REWRITE, Source.LITERAL) and not item.text.isascii()
    ]
    front = {item.text for item in (*words, *items)}
    rest = (item for item in listed.items if item.text not in front)
    return replace(listed, items=(*words, *items, *rest), spans=((0, 1), (1, end)))


def with_hints(listed: CandidateList, characters: Characters) -> CandidateList:
    """A list that says how a character is read that was typed by another sound: 尬 jie, gà."""

    def hinted(item: Candidate) -> Candidate:
        if len(item.text) != 1 or len(item.syllables) != 1 or item.comment:
            return item
        meant = SPELLINGS.get(letters_of(listed.raw[: item.end]), item.syllables[0])
        if meant == item.syllables[0]:
            return item
        return replace(item, comment=characters.sound_of(item.text))

    return replace(listed, items=tuple(map(hinted, listed.items)))
