"""What every importer yields, and how it takes apart text that others wrote."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ime.lexicon.user_layer import LONGEST, SHORTEST
from ime.pinyin.inventory import SYLLABLES

MOST_BYTES = 256 * 1024 * 1024
"""Of one file; the largest public dictionaries have 60 MB."""

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# As typed without ü: the syllables of the inventory have v.
_SPELLED_OTHERWISE = {"lue": "lve", "nue": "nve"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of a file.

    Attributes:
        text: hanzi.
        syllables: one a hanzi; empty where the file has none.
        weight: the file's own number; more is likelier.
        chosen: whether `weight` counts choices of this user.
    """

    text: str
    syllables: tuple[str, ...] = ()
    weight: float = 0.0
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Flaw:
    """What cannot be understood in a file.

    Attributes:
        place: for instance "line 3"; empty where it is the file as a whole.
        told: what is wrong, for the user.
    """

    place: str
    told: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sound entry that is no word of two hanzi and more: a character, letters, a mark."""

    text: str


Read = Entry | Flaw | LeftOut


def decoded(data: bytes) -> str | Flaw:
    """The text of a file in UTF-8, in UTF-16 with its mark, or in GB 18030."""
    codes: tuple[str, ...] = ("utf-8", "gb18030")
    for mark, code in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            data, codes = data[len(mark) :], (code,)
            break
    line = 1
    for code in codes:
        try:
            text = data.decode(code)
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            continue
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            return Flaw(f"line {line}", "this is no text")
        return text
    return Flaw(f"line {line}", f"no text in {' or '.join(codes)}")


def lines_of(text: str) -> Iterator[tuple[str, str]]:
    """Place and content of each line that is not empty; only line feeds end lines."""
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.rstrip("\r")
        if content.strip():
            yield f"line {number}", content


def entry_of(
    place: str, text: str, syllables: tuple[str, ...], weight: float, *, chosen: bool = False
) -> Read:
    """The entry for a word, checked."""
    if not is_hanzi(text) or len(text) < SHORTEST:
        return LeftOut(text)
    if len(text) > LONGEST:
        return Flaw(place, f"{text[:LONGEST]}… is longer than {LONGEST} hanzi")
    if syllables:
        read = tuple(normal(syllable) for syllable in syllables)
        unknown = [
            s for s, known in zip(syllables, read, strict=True) if known not in SYLLABLES
        ]
        if unknown:
            return Flaw(place, f"{unknown[0]!r} of {text} is no pinyin syllable")
        if len(read) != len(text):
            return Flaw(place, f"{text} has {len(text)} hanzi and {len(read)} syllables")
        syllables = read
    return Entry(text, syllables, weight, chosen)


def normal(syllable: str) -> str:
    """A syllable as the inventory has it: no tone, v for ü."""
    lower = unicodedata.normalize("NFD", syllable.strip().lower().rstrip("12345"))
    plain = "".join(
        char
        for char in lower.replace("u\u0308", "v").replace("u:", "v")
        if not unicodedata.combining(char)
    )
    return _SPELLED_OTHERWISE.get(plain, plain)


def number_of(field: str) -> float | None:
    """A finite number, or None."""
    try:
        value = float(field)
    except ValueError:
        return None
    return value if abs(value) < 1e18 else None


def is_hanzi(text: str) -> bool:
    """Whether a text is hanzi and nothing else."""
    return bool(text) and all(
        "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or char >= "\U00020000"
        for char in text
    )
