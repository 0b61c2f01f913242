"""Pinned and hidden candidates: the user's word on the list, put into it last.

A pin holds for the letters it was made for and for its syllables written in full, so that what
was pinned behind `bj` is first behind `beijing`, too. It holds for a span that ends where the
letters of the pin end; a longer sentence that begins with the same letters stays the model's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ime.pinyin.inventory import DELIMITER, letters_of
from ime.values import Candidate, CandidateList, Mark, MarkKind, Source


class Pins:
    """The marks that hold, in memory."""

    def __init__(self) -> None:
        self._pins: dict[tuple[str, ...], Mark] = {}  # one a reading, the newest last
        self._hidden: set[tuple[tuple[str, ...], str]] = set()
        self._pin_of: dict[str, Mark] = {}  # by letters

    def set(self, mark: Mark) -> None:
        """Let a mark hold instead of an older one for its text and syllables."""
        self._hidden.discard((mark.syllables, mark.text))
        pinned = self._pins.get(mark.syllables)
        if pinned is not None and (pinned.text == mark.text or mark.kind is MarkKind.PINNED):
            del self._pins[mark.syllables]
        if mark.kind is MarkKind.PINNED:
            self._pins[mark.syllables] = mark
        elif mark.kind is MarkKind.HIDDEN:
            self._hidden.add((mark.syllables, mark.text))
        self._pin_of = {
            letters: pin
            for pin in self._pins.values()
            for letters in (pin.letters, "".join(pin.syllables))
        }

    def apply(self, listed: CandidateList) -> CandidateList:
        """The list without what is hidden, and with what is pinned before its equals."""
        if not self._pins and not self._hidden:
            return listed
        items = [
            item for item in listed.items if (item.syllables, item.text) not in self._hidden
        ]
        for end in dict.fromkeys(item.end for item in items):
            pin = self._pin_of.get(letters_of(listed.raw[:end]))
            if pin is not None:
                items = _with_pin(items, pin, listed.raw[:end])
        return replace(listed, items=tuple(items))


def _with_pin(items: list[Candidate], pin: Mark, raw: str) -> list[Candidate]:
    """Candidates with the pinned one before all others of its span."""
    end = len(raw)
    own = [item for item in items if _is(item, pin) and item.end == end]
    if not own and not _spells(raw, pin):
        return items
    # Elsewhere the text would be there twice: a page offers each text once.
    rest = [item for item in items if not _is(item, pin)]
    place = next((i for i, item in enumerate(rest) if item.end <= end), len(rest))
    score = rest[place].score if place < len(rest) else 0.0
    found = own[0] if own else Candidate(pin.text, pin.syllables, end, Source.PINNED, score)
    rest.insert(place, replace(found, source=Source.PINNED))
    return rest


def _is(item: Candidate, pin: Mark) -> bool:
    return item.text == pin.text and item.syllables == pin.syllables


def _spells(raw: str, pin: Mark) -> bool:
    """Whether delimiters leave the pinned syllables whole: xi'an does not spell xian."""
    if letters_of(raw) != "".join(pin.syllables):
        return raw == pin.letters
    return _offsets(raw.split(DELIMITER)) <= _offsets(pin.syllables)


def _offsets(pieces: Iterable[str]) -> set[int]:
    """Offsets of the ends of the pieces."""
    ends, total = set(), 0
    for piece in pieces:
        total += len(piece)
        ends.add(total)
    return ends
