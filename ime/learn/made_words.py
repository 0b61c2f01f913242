"""What a commit chose: its pieces, and the words that the user made out of pieces.

Who corrects a name inside a sentence picks its characters one after the other against what is
offered. Such a run of pieces is a word from then on, joined with what only together with it
makes a name: single characters beside it, and the surname that the text before it ends in. A
short commit made of pieces is a word as a whole, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ime.learn.attention import attention
from ime.learn.choices import Choice, Reading
from ime.learn.expected import expected_texts
from ime.lexicon.surnames import surname_at_end
from ime.values import Commit, Selection

LONGEST_TEXT = 8  # hanzi of a commit that is a text of the user's own as a whole
LONGEST_SPELLED = 24  # hanzi of a text that was put together from small pieces: a foreign name
SHORTEST, LONGEST = 2, 5  # hanzi of a word made inside a longer commit
PART_OF_NAME = 2  # hanzi of a piece that a long name is spelled out by
LONGEST_PIECE = 3  # hanzi of a corrected piece that is a part of a word
DOUBTED = 0.5  # probability of a piece below which choosing it is a correction
MOST = 2.0  # choices that one run counts as: picks so many are no slip, but may be of one whim
# Characters that are words by themselves beside a name, and hardly ever a part of it.
FUNCTION_WORDS = frozenset(
    "的地得了着过是在我你您他她它们这那哪谁不没也就都又还才只很太最"
    "和与跟同及或把被让给对向从到去来会能要想有说等吗呢吧啊"
)

Chosen = tuple[Reading, Choice]
"""A reading, and the choice made for it."""


def choices_of(commit: Commit) -> Iterator[Chosen]:
    """All that a commit teaches about readings."""
    for selection in commit.selections:
        yield selection.syllables, _choice(selection)
    pieces = commit.selections
    if len(pieces) < 2:
        return
    whole = _joined(pieces)
    longest = LONGEST_SPELLED if _is_spelled_out(pieces) else LONGEST_TEXT
    if whole == commit.text and len(whole) == len(commit.syllables) <= longest:
        expected = expected_texts(replace(pieces[0], chosen=whole))
        yield commit.syllables, Choice(whole, expected, min(float(len(pieces)), 3.0))
    for line in _lines(pieces):
        for syllables, text, weight in _runs(line):
            if text != commit.text:
                yield syllables, Choice(text, {}, weight)


def _choice(selection: Selection) -> Choice:
    return Choice(selection.chosen, expected_texts(selection), attention(selection))


def _joined(pieces: Sequence[Selection]) -> str:
    return "".join(piece.chosen for piece in pieces)


def _is_spelled_out(pieces: Sequence[Selection]) -> bool:
    """Whether pieces are parts of a name and not the words of a sentence."""
    return all(
        len(piece.chosen) <= PART_OF_NAME and piece.chosen not in FUNCTION_WORDS
        for piece in pieces
    )


def _lines(pieces: Sequence[Selection]) -> Iterator[list[Selection]]:
    """Pieces with nothing between them, and one syllable a hanzi."""
    line: list[Selection] = []
    for piece in pieces:
        if line and not piece.context.text.endswith(line[-1].chosen):
            yield line
            line = []
        if len(piece.syllables) == len(piece.chosen):
            line.append(piece)
    if line:
        yield line


def _runs(line: Sequence[Selection]) -> Iterator[tuple[Reading, str, float]]:
    """Words made of consecutive corrected pieces: reading, text, weight."""
    place = 0
    while place < len(line):
        start = place
        while place < len(line) and _is_corrected(line[place]):
            place += 1
        if place > start:
            yield from _words(line, start, place)
        place += place == start


def _is_corrected(piece: Selection) -> bool:
    return (
        piece.rank > 0
        and len(piece.chosen) <= LONGEST_PIECE
        and piece.chosen not in FUNCTION_WORDS
        and expected_texts(piece).get(piece.chosen, 0.0) < DOUBTED
    )


def _words(
    line: Sequence[Selection], start: int, end: int
) -> Iterator[tuple[Reading, str, float]]:
    """The words that the corrected pieces [start, end) of a line make.

    One of these pieces alone, and one with the neighbours that only together with them make a
    name.
    """
    weight = min(MOST, float(end - start))
    text = _joined(line[start:end])
    syllables = tuple(one for piece in line[start:end] for one in piece.syllables)
    if end - start > 1 and SHORTEST <= len(text) <= LONGEST:
        yield syllables, text, weight
    alone = text
    if end < len(line) and _is_part(line[end].chosen):
        text, syllables = text + line[end].chosen, (*syllables, *line[end].syllables)
    if start:
        before = line[start - 1]
        part = before.chosen if _is_part(before.chosen) else surname_at_end(before.chosen)
        if part:
            text, syllables = part + text, (*before.syllables[-len(part) :], *syllables)
    if len(text) == SHORTEST and text[:1] != surname_at_end(text[:1]):
        return  # one hanzi corrected beside another: hardly a name
    if text != alone and SHORTEST <= len(text) <= LONGEST:
        yield syllables, text, weight


def _is_part(piece: str) -> bool:
    """Whether a piece may belong to a name beside it."""
    return len(piece) == 1 and piece not in FUNCTION_WORDS
