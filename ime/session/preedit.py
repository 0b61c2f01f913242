"""The composition as it is painted: chosen hanzi, letters cut into syllables, a caret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from ime.pinyin.inventory import DELIMITER
from ime.pinyin.shuangpin import Scheme
from ime.values import CandidateList, Composition

NAME_MARKS = "-.+#&"
"""Marks inside a name that pinyin may stand around: GPT-4, Node.js, C++, R&D."""

_NAME = re.compile(rf"[A-Za-z][A-Za-z0-9';{re.escape(NAME_MARKS)}]*")
_PINYIN_AROUND = re.compile(r"[a-z]|[A-Za-z']*[^A-Za-z';].*[a-z]")


def is_literal(rest: str) -> bool:
    """Whether letters hold a character that no pinyin holds, so that they are kept as typed.

    A name with digits or marks is converted where pinyin may stand before it or behind.
    """
    if all(_is_letter(character) for character in rest):
        return False
    named = _NAME.fullmatch(rest) and not (rest.islower() or is_address(rest))
    return not (named and _PINYIN_AROUND.match(rest))


SCHEMES = frozenset({"http", "https", "ftp", "file", "mailto"})
_ADDRESS = re.compile(rf"(www\.|({'|'.join(sorted(SCHEMES))}):|[a-z]:[\\/])", re.IGNORECASE)


def is_address(rest: str) -> bool:
    """Whether letters begin as an address or the path of a drive does."""
    return _ADDRESS.match(rest) is not None


def _is_letter(character: str) -> bool:
    # The semicolon is a key of some shuangpin schemes; elsewhere none gets here alone.
    return character in "';`" or (character.isascii() and character.isalpha())


class SpanKind(Enum):
    """What a span of the preedit shows."""

    FIXED = "fixed"
    """Hanzi already chosen."""
    SYLLABLE = "syllable"
    """Letters of one syllable."""
    LITERAL = "literal"
    """Letters that are kept as typed."""


SEPARATOR = " "
"""Painted between syllables; not part of the raw input."""


@dataclass(frozen=True, slots=True)
class Preedit:
    """The composition as painted.

    Attributes:
        text: fixed hanzi, then the syllables; a delimiter that was typed is shown as it is.
        caret: offset in `text`.
        spans: half-open [start, end) in `text` and what they show; separators lie between.
    """

    text: str = ""
    caret: int = 0
    spans: tuple[tuple[int, int, SpanKind], ...] = ()


def syllable_starts(
    rest: str, listed: CandidateList | None, scheme: Scheme | None = None
) -> tuple[int, ...]:
    """Offsets in `rest` where a syllable starts, 0 first; letters not answered yet join on.

    Args:
        rest: letters that are being converted.
        listed: the newest list; may belong to fewer or other letters.
        scheme: of shuangpin, which alone says where syllables start.
    """
    if scheme is not None and _is_coded(rest):
        pieces = [piece for piece in scheme.pieces(rest) if piece.letters != DELIMITER]
        return tuple(sorted({0, *(piece.start for piece in pieces)}))
    if listed is None or is_literal(rest):
        return (0,)
    agreed = _agreement(rest, listed.raw)
    # A letter deleted in the middle leaves spans that no longer fit: keep those before it.
    starts = {start for start, _ in listed.spans if start < agreed}
    tail = listed.spans[-1][1] if listed.spans else agreed
    while tail < agreed and rest[tail] == DELIMITER:
        tail += 1
    if tail < agreed:
        # The converter had these letters and could not use them: they stand apart.
        starts.add(tail)
    return tuple(sorted(starts | {0}))


def _agreement(first: str, second: str) -> int:
    """Length of the common prefix."""
    pairs = zip(first, second, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))


def paint_preedit(
    composition: Composition, listed: CandidateList | None, scheme: Scheme | None = None
) -> Preedit:
    """The preedit of a composition, segmented as the best path of the newest list.

    Shuangpin is shown as the full pinyin that it stands for; the syllable that holds the caret
    is shown by its keys, which are what the next key changes.
    """
    rest, fixed = composition.rest, composition.fixed_text
    kind = SpanKind.LITERAL if is_literal(rest) else SpanKind.SYLLABLE
    caret_in_rest = max(0, composition.caret - composition.fixed_end)
    text, caret = fixed, len(fixed)
    spans = [(0, len(fixed), SpanKind.FIXED)] if fixed else []
    for start, end in _pieces(syllable_starts(rest, listed, scheme), len(rest)):
        if start and DELIMITER not in rest[start - 1 : start + 1]:
            text += SEPARATOR
        offset, keys = len(text), rest[start:end]
        coded = scheme is not None and _is_coded(rest) and not start < caret_in_rest < end
        text += scheme.expand(keys).letters if scheme is not None and coded else keys
        spans.append((offset, len(text), kind))
        if start < caret_in_rest <= end:
            caret = len(text) if caret_in_rest == end else offset + caret_in_rest - start
    return Preedit(text, caret, tuple(spans))


def _is_coded(rest: str) -> bool:
    """Whether all keys may belong to codes of shuangpin: capitals are meant as they are."""
    return rest.islower() and not is_literal(rest)


def _pieces(starts: tuple[int, ...], length: int) -> Iterator[tuple[int, int]]:
    for start, end in zip(starts, (*starts[1:], length), strict=True):
        if start < end:
            yield start, end
