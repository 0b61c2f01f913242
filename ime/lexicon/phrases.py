"""The user's own phrases: a text file of code <TAB> text <TAB> place, one phrase a line.

Example:
    dz	上海市静安区某某路 1 号	1

The code is what is typed, a-z; where it is full pinyin, its initials find the phrase, too. The
text may be anything on one line; the place, 1 to 9, is the phrase's fixed place in the list and
may be left out (1). Empty lines and lines that start with # are skipped. A bad line is skipped
with a notice: one slip must not cost the other phrases.
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ime import untrusted_files
from ime.pinyin.inventory import SYLLABLES

MOST_BYTES = 4_000_000
"""Of a file, 100,000 phrases and more, read in a third of a second."""

MOST_NOTICES = 3
"""Of lines that were skipped; the others are counted."""

MAX_PLACE = 9
_PLACES = frozenset(map(str, range(1, MAX_PLACE + 1)))
LONGEST = 6  # letters of a syllable
MAX_CODE = 64
"""Letters of a code, as many as are ever composed at once."""

MAX_TEXT = 1000
"""Characters of one phrase; a longer one is most likely a file in another format."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One custom phrase.

    Attributes:
        code: letters a-z that ask for it.
        text: what is committed.
        place: fixed place in the candidate list, from 1.
    """

    code: str
    text: str
    place: int = 1


@dataclass(frozen=True)
class PhraseBook:
    """All custom phrases by code, those of one code in the order of their places."""

    by_code: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)

    @cached_property
    def _by_initials(self) -> Mapping[str, tuple[Phrase, ...]]:
        found: dict[str, list[Phrase]] = {}
        for code, phrases in self.by_code.items():
            initials = initials_of(code)
            if initials and initials not in self.by_code:
                found.setdefault(initials, []).extend(phrases)
        return {initials: tuple(phrases) for initials, phrases in found.items()}

    def find_by_initials(self, letters: str) -> tuple[Phrase, ...]:
        """The phrases whose code is full pinyin with these initials, and no code itself."""
        return self._by_initials.get(letters, ())

    def find(self, code: str) -> tuple[Phrase, ...]:
        """The phrases of exactly this code, by place."""
        return self.by_code.get(code, ())


def initials_of(code: str) -> str:
    """First letters of the syllables of a code, the fewest that spell it; else empty."""
    best: list[str | None] = [""]
    for end in range(1, len(code) + 1):
        ways = [
            before + code[start]
            for start in range(max(0, end - LONGEST), end)
            if (before := best[start]) is not None and code[start:end] in SYLLABLES
        ]
        best.append(min(ways, key=len, default=None))
    initials = best[-1] or ""
    return initials if len(initials) > 1 else ""


def parse_phrases(lines: Iterable[str]) -> tuple[PhraseBook, tuple[str, ...]]:
    """Phrases from the lines of a file.

    Returns:
        The book, and notices for the first lines that were skipped with the number of the
        others, meant for the user.
    """
    found: dict[str, list[Phrase]] = {}
    notices: list[str] = []
    skipped = 0
    for number, full_line in enumerate(lines, start=1):
        line = full_line.rstrip("\r\n").removeprefix("\ufeff")
        if not line.strip() or line.startswith("#"):
            continue
        phrase = _parse_line(line)
        if isinstance(phrase, Phrase):
            found.setdefault(phrase.code, []).append(phrase)
        else:
            skipped += 1
            if skipped <= MOST_NOTICES:
                notices.append(f"line {number} skipped: {phrase}")
    if skipped > MOST_NOTICES:
        notices.append(f"{skipped - MOST_NOTICES} more lines skipped")
    book = {code: tuple(sorted(all_, key=lambda p: p.place)) for code, all_ in found.items()}
    return PhraseBook(book), tuple(notices)


def _parse_line(line: str) -> Phrase | str:
    """The phrase of a line, or what is wrong with it."""
    code, *fields = line.split("\t")
    if len(fields) not in (1, 2):
        return f"{len(fields) + 1} columns; write code, text and place with one tab between"
    if not (code.isascii() and code.isalpha() and code.islower()):
        return f"code {reprlib.repr(code)} is not made of letters a-z"
    if len(code) > MAX_CODE:
        return f"the code has over {MAX_CODE} letters"
    text = fields[0]
    if not text or len(text) > MAX_TEXT or not text.isprintable():
        return f"the text is empty, over {MAX_TEXT} characters or has control characters"
    place = fields[1].strip() if len(fields) == 2 else "1"
    if place not in _PLACES:
        return f"place {reprlib.repr(place)} is not a number from 1 to {MAX_PLACE}"
    return Phrase(code, text, int(place))


def load_phrases(path: Path) -> tuple[PhraseBook, tuple[str, ...]]:
    """Phrases from the user's file; a file that is not there is an empty book.

    Returns:
        The book, and notices for what could not be read; never raises for a bad file.
    """
    try:
        data = untrusted_files.read(path, MOST_BYTES)
    except FileNotFoundError:
        return PhraseBook(), ()
    except OSError as error:
        return PhraseBook(), (f"cannot read {path}: {error.strerror}; check its permissions",)
    try:
        # Not splitlines, which also ends lines where no editor does.
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return PhraseBook(), (f"{path}, line {line}, is not UTF-8; save the file as UTF-8",)
    book, notices = parse_phrases(lines)
    return book, tuple(f"{path}, {notice}" for notice in notices)
