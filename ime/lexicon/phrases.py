r"""The user's own phrases: a text file of code <TAB> text <TAB> place, one phrase a line.

Example:
    dz	上海市静安区某某路 1 号	1

The code is what is typed, a-z; where it is full pinyin, its initials find the phrase, too. The
text may be anything on one line; several lines are written in quotes as JSON has them, with \n
for each line break: "first\nsecond". The place, 1 to 9, is the phrase's fixed place in the list
and may be left out (1). Empty lines and lines that start with # are skipped. A bad line is
skipped with a notice: one slip must not cost the other phrases.
"""

from __future__ import annotations

import contextlib
import json
import reprlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ime import atomic_write, private_folder, untrusted_files
from ime.errors import EnvironmentFaultError, Message
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


class PhraseError(EnvironmentFaultError):
    """A phrase that cannot be, or a file of phrases that cannot be changed."""


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
    text = _unquoted(fields[0])
    if not _is_text(text):
        return f"the text is empty, over {MAX_TEXT} characters or has control characters"
    place = fields[1].strip() if len(fields) == 2 else "1"
    if place not in _PLACES:
        return f"place {reprlib.repr(place)} is not a number from 1 to {MAX_PLACE}"
    return Phrase(code, text, int(place))


def _is_text(text: str) -> bool:
    return 0 < len(text.strip("\n")) <= MAX_TEXT and text.replace("\n", "").isprintable()


def _unquoted(text: str) -> str:
    """What a text in quotes means; quotes around one line are part of it."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        with contextlib.suppress(ValueError):
            meant = json.loads(text)
            if isinstance(meant, str) and ("\n" in meant or meant.startswith('"')):
                return meant
    return text


def checked(code: str, text: str, place: int) -> Phrase:
    """A phrase as the user wants it.

    Raises:
        PhraseError: it cannot be one.
    """
    if not (code.isascii() and code.isalpha() and code.islower() and len(code) <= MAX_CODE):
        raise PhraseError(Message.of("phrases.fault.code", most=MAX_CODE))
    if not _is_text(text):
        raise PhraseError(Message.of("phrases.fault.text", most=MAX_TEXT))
    if not 1 <= place <= MAX_PLACE:
        raise PhraseError(Message.of("phrases.fault.place", most=MAX_PLACE))
    return Phrase(code, text, place)


def line_of(phrase: Phrase) -> str:
    """A phrase as its line of the file, without the line end."""
    text = phrase.text
    if "\n" in text or _unquoted(text) != text:
        text = json.dumps(text, ensure_ascii=False)
    return f"{phrase.code}\t{text}\t{phrase.place}"


def listed_phrases(path: Path) -> list[Phrase]:
    """The phrases of a file in its order; lines that are none are left out.

    Raises:
        PhraseError: the file cannot be read.
    """
    return [phrase for line in _lines(path) if isinstance(phrase := _parsed(line), Phrase)]


def replace_phrases(path: Path, old: Sequence[Phrase], new: Sequence[Phrase]) -> None:
    """Take phrases out of a file and put others in; all other lines stay as they are.

    Args:
        path: of the file, read anew: others may have changed it.
        old: phrases that go; the new ones stand where the first of them stood.
        new: phrases that come.

    Raises:
        PhraseError: the file cannot be read or written; it is untouched.
    """
    lines = _lines(path)
    gone, place = Counter(old), len(lines)
    kept: list[str] = []
    for line in lines:
        phrase = _parsed(line)
        if isinstance(phrase, Phrase) and gone[phrase] > 0:
            gone[phrase] -= 1
            place = min(place, len(kept))
        else:
            kept.append(line)
    kept[place:place] = map(line_of, new)
    try:
        private_folder.make(path.parent)
        data = "".join(f"{line}\n" for line in kept).encode()
        atomic_write.replace(path, data, mode=0o600)
    except OSError as error:
        why = error.strerror or str(error)
        raise PhraseError(Message.of("fault.unwritable", path=str(path), why=why)) from error


def _lines(path: Path) -> list[str]:
    """The lines of a file without their ends; none of one that is not there."""
    try:
        text = untrusted_files.read(path, MOST_BYTES).decode("utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "UTF-8"
        raise PhraseError(
            Message.of("phrases.fault.unread", path=str(path), why=str(why))
        ) from error
    lines = [line.rstrip("\r") for line in text.removeprefix("\ufeff").split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def _parsed(line: str) -> Phrase | str:
    """The phrase of a line; a sentence where it is none, empty for a comment."""
    return "" if not line.strip() or line.startswith("#") else _parse_line(line)


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
