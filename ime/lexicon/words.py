"""The shipped lexicon: words by their reading and by their initials.

`words.tsv` holds one line a word, sorted by reading; it is mapped into memory and searched by
bisection, so that nothing is copied. `by_initials.npy` lists its lines by initials, most
frequent first.
"""

from __future__ import annotations

import codecs
import mmap
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, product
from pathlib import Path
from tokenize import TokenError

import numpy as np
import numpy.typing as npt

from ime.errors import AssetError
from ime.values import Word

# What numpy raises for a damaged file: its header is parsed as Python.
_DAMAGED = (ValueError, TypeError, SyntaxError, OverflowError, EOFError, TokenError)


LONGEST = 8  # syllables of a shipped word
LEAST_BEGUN = 4  # syllables of a word that is told by its beginning
MOST_INITIALS = 64  # strings of initials that are looked up; letters with slips allow millions
MOST_READ = 1200  # words of the same initials that are looked at: about 3 ms, once for each
PIECE = 1 << 20  # bytes checked at a time
DIGITS = 10  # of a count at most


class Lexicon:
    """Read-only words.

    Args:
        folder: holds `words.tsv` and `by_initials.npy`.

    Raises:
        AssetError: a file is missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._data = _mapped(folder / "words.tsv")
            # A plain view: numpy's memmap class costs microseconds at every index.
            self._by_initials = np.asarray(np.load(folder / "by_initials.npy", mmap_mode="r"))
        except (OSError, *_DAMAGED) as exc:
            raise AssetError(
                f"The lexicon in {folder} cannot be read ({exc}). Install Moyin again."
            ) from exc
        self._starts = _line_starts(self._data)
        self._check(folder)
        self.words_of = lru_cache(maxsize=4096)(self._words_of)
        self.words_like = lru_cache(maxsize=256)(self._words_like)
        self.words_begun = lru_cache(maxsize=256)(self._words_begun)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __iter__(self) -> Iterator[Word]:
        """All words, by their reading; of the same reading the most frequent first."""
        return (self._word(self._line(index)) for index in range(len(self)))

    def forget_pages(self) -> None:
        """Let go of what was read of the mapped words; they are read again where needed."""
        if isinstance(self._data, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            self._data.madvise(mmap.MADV_DONTNEED)

    def _check(self, folder: Path) -> None:
        """What costs a few milliseconds to check; the rest is the manifest's."""
        places = self._by_initials
        fits = places.ndim == 1 and places.dtype.kind in "iu" and len(places) == len(self)
        if not fits or (len(places) and not 0 <= places.min() <= places.max() < len(self)):
            raise AssetError(
                f"In {folder} words.tsv and by_initials.npy do not fit. Install Moyin again."
            )
        tabs = sum(part.count(b"\t") for part in _parts(self._data))
        whole = tabs == 2 * len(self) and _end_in_counts(self._data, self._starts)
        if not whole or not _is_text(self._data):
            raise _damaged(folder)

    def _line(self, index: int) -> bytes:
        return self._data[self._starts.item(index) : self._starts.item(index + 1) - 1]

    def _word(self, line: bytes) -> Word:
        reading, text, count = line.decode("utf-8").split("\t")
        return Word(text, tuple(reading.split(" ")), int(count))

    def _words_of(self, syllables: tuple[str, ...]) -> tuple[Word, ...]:
        """Words with exactly this reading, most frequent first."""
        if len(syllables) > LONGEST:
            return ()
        key = " ".join(syllables).encode("ascii") + b"\t"
        return tuple(map(self._word, self._lines_with(key)))

    def _lines_with(self, key: bytes) -> Iterator[bytes]:
        """Lines that begin with `key`, in their order."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._line(middle)[: len(key)] < key:
                low = middle + 1
            else:
                high = middle
        while low < len(self) and (line := self._line(low)).startswith(key):
            yield line
            low += 1

    def _words_begun(
        self, meanings: tuple[tuple[str, ...], ...], limit: int = 2
    ) -> tuple[Word, ...]:
        """The most frequent longer words of `LEAST_BEGUN` syllables and more that begin so.

        Args:
            meanings: possible syllables of each place; all but the last have to be certain.
            limit: no more words than this.
        """
        *known, last = meanings
        if len(meanings) >= LONGEST or any(len(options) > 1 for options in known):
            return ()
        start = [options[0] for options in known]
        keys = (" ".join([*start, syllable, ""]).encode("ascii") for syllable in last)
        words = [self._word(line) for key in keys for line in self._lines_with(key)]
        words = [word for word in words if len(word.text) >= LEAST_BEGUN]
        return tuple(sorted(words, key=lambda word: -word.count)[:limit])

    def _words_like(
        self, meanings: tuple[tuple[str, ...], ...], limit: int = 40
    ) -> tuple[Word, ...]:
        """The most frequent words whose n-th syllable is one of `meanings[n]`.

        Args:
            meanings: possible syllables of each place, for instance all of z* for a typed z.
            limit: no more words than this.
        """
        if len(meanings) > LONGEST:
            return ()
        sets = [frozenset(options) for options in meanings]
        found: list[Word] = []
        for initials in islice(_all_initials(meanings), MOST_INITIALS):
            for word in self._with_initials(initials, MOST_READ):
                if all(s in allowed for s, allowed in zip(word.syllables, sets, strict=True)):
                    found.append(word)
                    if len(found) >= 4 * limit:
                        break
        found.sort(key=lambda word: -word.count)
        return tuple(found[:limit])

    def _with_initials(self, initials: str, most: int) -> Iterator[Word]:
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._initials(middle) < initials:
                low = middle + 1
            else:
                high = middle
        for place in range(low, min(low + most, len(self))):
            if self._initials(place) != initials:
                return
            yield self._word(self._line(int(self._by_initials[place])))

    def _initials(self, place: int) -> str:
        reading = self._line(int(self._by_initials[place])).partition(b"\t")[0]
        return "".join(chr(part[0]) for part in reading.split(b" "))


def _damaged(folder: Path) -> AssetError:
    return AssetError(
        f"{folder / 'words.tsv'} is damaged: a line is not reading, word and count. "
        "Install Moyin again."
    )


def _mapped(path: Path) -> mmap.mmap | bytes:
    """The bytes of a file; an empty one cannot be mapped."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _parts(data: mmap.mmap | bytes) -> Iterator[bytes]:
    """The bytes in pieces of `PIECE`, so that no copy of the whole is made."""
    return (data[low : low + PIECE] for low in range(0, len(data), PIECE))


def _line_starts(data: mmap.mmap | bytes) -> npt.NDArray[np.uint32]:
    """(N + 1,) where the N lines begin, and where the last one ends."""
    starts = [np.zeros(1, np.uint32)]
    for number, part in enumerate(_parts(data)):
        ends = np.flatnonzero(np.frombuffer(part, np.uint8) == ord("\n"))
        starts.append((ends + (number * PIECE + 1)).astype(np.uint32))
    return np.concatenate(starts)


def _end_in_counts(data: mmap.mmap | bytes, starts: npt.NDArray[np.uint32]) -> bool:
    """Whether a number of 1 to `DIGITS` digits stands behind a tab at the end of every line."""
    characters = np.frombuffer(data, np.uint8)
    places = starts[1:].astype(np.int64) - 2  # of the last characters
    for number in range(DIGITS + 1):
        found = characters[places]
        tabs = found == ord("\t")
        if not np.all(tabs | ((found >= ord("0")) & (found <= ord("9")))):
            return False
        if number == 0 and tabs.any():
            return False
        places = places[~tabs] - 1
    return not len(places)


def _is_text(data: mmap.mmap | bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for part in _parts(data):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _all_initials(meanings: Sequence[Sequence[str]]) -> Iterator[str]:
    """Every string of first letters that the places allow, lazily: there may be millions."""
    letters = [sorted({syllable[0] for syllable in options}) for options in meanings]
    return map("".join, product(*letters))
