"""Which importer reads a file, and what an import comes to: all of a file, or nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ime.errors import EnvironmentFaultError
from ime.lexicon.importers import cells, microsoft, moyin, rime, text_list
from ime.lexicon.importers.entries import MOST_BYTES, Entry, Flaw, LeftOut, Read, decoded
from ime.lexicon.user_layer import OWN
from ime.values import UserWord

# Weight of a dictionary's likeliest word: with it, it counts seven times as much as the others.
LIKELIEST = 0.02

ReadText = Callable[[str], Sequence[str]]
"""The syllable of each character of a text; empty for what has none."""


class WordFileError(EnvironmentFaultError):
    """A file of words cannot be read; nothing was imported."""


@dataclass(frozen=True, slots=True)
class Import:
    """What was read from a file or a folder.

    Attributes:
        words: each once, with its reading.
        left_out: entries that are no words of two hanzi and more.
        unread: words whose reading the model had to tell.
        skipped: entries that could not be understood, where that was allowed.
    """

    words: tuple[UserWord, ...]
    left_out: int
    unread: int
    skipped: tuple[str, ...]


def read_words(path: Path) -> Iterator[Read]:
    """Everything in a file; of text its content tells the format.

    Raises:
        WordFileError: the file cannot be opened.
    """
    data = _bytes(path)
    if path.suffix.lower() in cells.SUFFIXES:
        return cells.read(data, path.suffix.lower())
    text = decoded(data)
    if isinstance(text, Flaw):
        return iter((text,))
    start = text.lstrip()[:200]
    if path.name.endswith(".dict.yaml"):
        return rime.read_dictionary(text)
    if start.startswith(rime.USERDB_HEAD) or path.name.endswith(".userdb.txt"):
        return rime.read_userdb(text)
    if start.startswith(moyin.HEAD):
        return moyin.read(text)
    if start.startswith("<"):
        return microsoft.read(data)
    return text_list.read(text)


def import_words(
    path: Path, read_text: ReadText, time: float, *, skip: bool = False, own: bool = False
) -> Import:
    """Read a file, or all of a Rime folder.

    Args:
        path: of either.
        read_text: tells readings that the file lacks.
        time: of the import, seconds since 1970, UTC.
        skip: leave out what cannot be understood, instead of refusing the file.
        own: whether the words count as chosen by the user.

    Raises:
        WordFileError: it cannot be opened or understood; says where, and what is wrong.
    """
    files = rime.files_in(path) if path.is_dir() else [path]
    if not files:
        raise WordFileError(
            f"{path} has no *.dict.yaml and no *.userdb.txt. Let Rime synchronise its user "
            "data first, which writes the second."
        )
    entries: dict[tuple[str, tuple[str, ...]], UserWord] = {}
    left_out = unread = 0
    skipped: list[str] = []
    for file in files:
        found, without, flaws = _sorted(read_words(file))
        if flaws and not skip:
            raise WordFileError(_refusal(file, flaws))
        skipped += [_told(file, flaw) for flaw in flaws]
        left_out += without
        unread += sum(not entry.syllables for entry in found)
        for word in _weighed(found, read_text, file.name, time, own=own):
            known = entries.get((word.text, word.syllables))
            if known is None or known.weight < word.weight:
                entries[word.text, word.syllables] = word
    return Import(tuple(entries.values()), left_out, unread, tuple(skipped))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise WordFileError(f"{path} is over {MOST_BYTES >> 20} MB: no list of words.")
        return path.read_bytes()
    except OSError as error:
        raise WordFileError(f"{path} cannot be read ({error.strerror}).") from error


def _sorted(read: Iterable[Read]) -> tuple[list[Entry], int, list[Flaw]]:
    """Entries, the number of those left out, and flaws."""
    entries: list[Entry] = []
    flaws: list[Flaw] = []
    left_out = 0
    for one in read:
        match one:
            case Entry():
                entries.append(one)
            case LeftOut():
                left_out += 1
            case Flaw():
                flaws.append(one)
    return entries, left_out, flaws


def _told(file: Path, flaw: Flaw) -> str:
    place = f", {flaw.place}" if flaw.place else ""
    return f"{file}{place}: {flaw.told}"


def _refusal(file: Path, flaws: Sequence[Flaw]) -> str:
    more = f" So are {len(flaws) - 1:,} other places." if len(flaws) > 1 else ""
    return f"{_told(file, flaws[0])}.{more} Nothing was imported."


def _weighed(
    entries: Sequence[Entry], read_text: ReadText, source: str, time: float, *, own: bool
) -> Iterator[UserWord]:
    """Entries as words: those of a dictionary below any that the user chose."""
    most = max((entry.weight for entry in entries if not entry.chosen), default=0.0)
    for entry in entries:
        syllables = entry.syllables or tuple(read_text(entry.text))
        if not all(syllables):
            continue  # a character that the model does not have cannot be typed
        weight = entry.weight
        if not entry.chosen:
            weight = LIKELIEST * _share(weight, most) + (OWN if own else 0.0)
        yield UserWord(entry.text, syllables, weight, source, time)


def _share(weight: float, most: float) -> float:
    """0 to 1 by the order of magnitude of a weight."""
    return math.log1p(weight) / math.log1p(most) if weight > 0 else 0.0
