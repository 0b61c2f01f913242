"""Lists in text: of fcitx and libime, of Sogou, of QQ, and words alone.

They have the same columns in another order, with blanks or tabs between them:

    fcitx, libime   格洛丽亚 ge'luo'li'ya 0.5     ge'luo'li'ya 格洛丽亚
    Sogou           'ge'luo'li'ya 格洛丽亚
    QQ              ge'luo'li'ya 格洛丽亚 12

so that each column is told by what it holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from ime.lexicon.importers.entries import Flaw, LeftOut, Read, entry_of, lines_of, number_of


def read(text: str) -> Iterator[Read]:
    """Entries of a list; a line that begins with # or ; is a comment."""
    for place, line in lines_of(text):
        if not line.startswith(("#", ";")):
            yield _entry(place, line)


def _entry(place: str, line: str) -> Read:
    words: list[str] = []
    reading: list[str] = []
    weight: float | None = None
    for field in line.split():
        number = number_of(field)
        if number is not None and weight is None:
            weight = number
        elif all(char.isalpha() or char in "':12345" for char in field) and not _has_cjk(field):
            reading += [part for part in field.split("'") if part]
        else:
            words.append(field)
    if not words and reading:
        return LeftOut(" ".join(reading))  # an English word, or a mark's name
    if len(words) != 1:
        return Flaw(place, f"not one word with its pinyin: {line.strip()[:40]!r}")
    return entry_of(place, words[0], tuple(reading), weight or 0.0)


def _has_cjk(field: str) -> bool:
    return any(char >= "\u2e80" for char in field)
