"""Words of the user's own, by their reading, by initials, and by how they begin.

`WordIndex` holds those of the database, 200,000 of them in 12 MB of arrays; it never changes.
`UserLayer` holds what came and went since. Imported dictionaries are many and mostly not used,
so that what the user added or chose counts far more: `count_of`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, product

import numpy as np
import numpy.typing as npt

from ime.pinyin.inventory import SYLLABLES
from ime.values import Source, Word

SHORTEST, LONGEST = 2, 24  # hanzi of a word of the user's own
OWN = 1.0  # weight from which on a word is the user's own, and not a dictionary's

# A dictionary's word counts like the median of the shipped lexicon, in 212 million characters
# of training text. A choice counts as what `learn.own_words` gives it among its first 300:
# 0.02 / 300 of all words that begin.
OF_DICTIONARY = 50
OF_CHOICE = 14_000
MOST_CHOICES = 10.0  # that count

MOST_INITIALS = 64  # strings of initials that are looked up; slips allow millions
MOST_LOOKED_AT = 20_000  # words of the same first initials

_CODES = {syllable: code for code, syllable in enumerate(sorted(SYLLABLES))}
_SYLLABLES = tuple(_CODES)
_FIRST = "".join(syllable[0] for syllable in _SYLLABLES).encode("ascii")
_LETTERS = np.frombuffer(_FIRST, np.uint8).astype(np.int64)
_BEFORE_A = ord("a") - 1
_BEHIND_Z = chr(ord("z") + 1)
IN_KEY = 13  # initials that a number of 63 bits holds
_PRIME = 1_000_003
_MASK = (1 << 63) - 1

Meanings = tuple[tuple[str, ...], ...]
Key = tuple[tuple[str, ...], str]
"""Reading and text."""


def count_of(weight: float) -> int:
    """How often the training text would have a word of this weight."""
    return round(OF_DICTIONARY + OF_CHOICE * min(weight, MOST_CHOICES))


def word_of(text: str, syllables: tuple[str, ...], weight: float) -> Word:
    """A word of the user's own as the search sees it."""
    source = Source.USER if weight >= OWN else Source.WORD
    return Word(text, syllables, count_of(weight), source)


def is_own_word(text: str, syllables: Sequence[str]) -> bool:
    """Whether a text with this reading can be a word of the user's own."""
    return SHORTEST <= len(text) <= LONGEST and (
        len(text) == len(syllables) and all(syllable in _CODES for syllable in syllables)
    )


class WordIndex:
    """Words that never change, sorted by initials and the likeliest first.

    Args:
        rows: (text, reading with blanks between its syllables, weight). Those that
            `is_own_word` refuses are left out.
    """

    def __init__(self, rows: Iterable[tuple[str, str, float]] = ()) -> None:
        kept = [row for row in rows if is_own_word(row[0], row[1].split(" "))]
        lengths = np.fromiter((len(text) for text, _, _ in kept), np.int64, len(kept))
        codes = [_CODES[s] for s in " ".join(reading for _, reading, _ in kept).split()]
        flat = np.array(codes, np.uint16)
        weights = np.fromiter((weight for _, _, weight in kept), np.float32, len(kept))
        initials = _initials_keys(flat, lengths)
        order = np.lexsort((-weights, initials))
        # Arrays of Python's are bisected faster than those of numpy.
        self._initials = array("q", initials[order].tobytes())
        self._weights = weights[order]
        self._text = "".join(kept[place][0] for place in order.tolist())
        starts = np.concatenate(([0], np.cumsum(lengths)))
        self._starts = np.concatenate(([0], np.cumsum(lengths[order]))).astype(np.int32)
        moved = np.repeat(starts[:-1][order] - self._starts[:-1], lengths[order])
        self._codes = flat[np.arange(len(flat)) + moved]
        keys = _reading_keys(self._codes, self._starts)
        by_key = np.argsort(keys, kind="stable")
        self._keys = array("q", keys[by_key].tobytes())
        self._by_key = by_key.astype(np.int32)

    def __len__(self) -> int:
        return len(self._weights)

    def own(self) -> Iterator[tuple[str, tuple[str, ...], float]]:
        """Text, reading and weight of the words that are more than a dictionary's."""
        places = np.flatnonzero(self._weights >= OWN)
        return (self._row(place) for place in places.tolist())

    def of(self, syllables: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], float]]:
        """Words with exactly this reading, likeliest first."""
        key = 0
        for syllable in syllables:
            code = _CODES.get(syllable)
            if code is None:
                return
            key = (key * _PRIME + code + 1) & _MASK
        for place in range(bisect_left(self._keys, key), len(self._keys)):
            if self._keys[place] != key:
                return
            row = self._row(int(self._by_key[place]))
            if row[1] == syllables:
                yield row

    def like(
        self, meanings: Meanings, limit: int, *, longer: bool = False
    ) -> list[tuple[str, tuple[str, ...], float]]:
        """The likeliest words whose syllables are among `meanings`.

        Args:
            meanings: possible syllables of each place.
            limit: no more words than this.
            longer: words that only begin so, in their stead.
        """
        if not len(self):
            return []
        allowed = [_allowed(options) for options in meanings]
        found: list[int] = []
        for initials in islice(_all_initials(meanings), MOST_INITIALS):
            found += self._matching(initials, allowed, limit, longer=longer)
        found.sort(key=lambda place: -self._weights[place])
        return [self._row(place) for place in found[:limit]]

    def _matching(
        self,
        initials: str,
        allowed: Sequence[npt.NDArray[np.bool_]],
        limit: int,
        *,
        longer: bool,
    ) -> list[int]:
        key, behind = _initials_key(initials)
        if longer and len(initials) < IN_KEY:
            key += 1
        low = bisect_left(self._initials, key)
        high = bisect_left(self._initials, behind if longer else key + 1, low)
        if low == high:
            return []
        high = min(high, low + MOST_LOOKED_AT)
        starts = self._starts[low:high]
        fits = np.ones(len(starts), np.bool_)
        if len(initials) >= IN_KEY:
            lengths = self._starts[low + 1 : high + 1] - starts
            fits = lengths > len(initials) if longer else lengths == len(initials)
            starts = np.where(fits, starts, 0)
        for place, mask in enumerate(allowed):
            fits &= mask[self._codes[starts + place]]
        places = low + np.flatnonzero(fits)
        if longer and len(places) > limit:
            places = places[np.argsort(-self._weights[places], kind="stable")]
        return [int(place) for place in places[:limit]]

    def _row(self, place: int) -> tuple[str, tuple[str, ...], float]:
        start, end = int(self._starts[place]), int(self._starts[place + 1])
        reading = tuple(_SYLLABLES[code] for code in self._codes[start:end].tolist())
        return self._text[start:end], reading, float(self._weights[place])


class UserLayer:
    """The user's own words, as they are by now.

    Args:
        index: those of the database.
    """

    def __init__(self, index: WordIndex | None = None) -> None:
        self._index = index or WordIndex()
        self._put: dict[tuple[str, ...], dict[str, float]] = {}
        self._by_initials: dict[str, dict[Key, None]] = {}
        self._initials: list[str] = []  # the keys of the above, sorted
        self._gone: set[Key] = set()
        self.words_of = lru_cache(maxsize=4096)(self._words_of)
        self.words_like = lru_cache(maxsize=256)(self._words_like)
        self.words_begun = lru_cache(maxsize=256)(self._words_begun)

    def begin_with(self, index: WordIndex) -> None:
        """Hold the words of a database, and nothing else."""
        self._index = index
        self._put.clear()
        self._by_initials.clear()
        self._initials.clear()
        self._gone.clear()
        self._changed()

    def put(self, text: str, syllables: tuple[str, ...], weight: float) -> None:
        """Let a word count so much; nothing happens where `is_own_word` refuses it."""
        if is_own_word(text, syllables):
            self._put.setdefault(syllables, {})[text] = weight
            initials = _initials_of(syllables)
            if initials not in self._by_initials:
                self._by_initials[initials] = {}
                insort(self._initials, initials)
            self._by_initials[initials][syllables, text] = None
            self._changed()

    def take_back(self, text: str, syllables: tuple[str, ...]) -> None:
        """Undo `put`: what the database holds of the word is true again."""
        if self._put.get(syllables, {}).pop(text, None) is not None:
            del self._by_initials[_initials_of(syllables)][syllables, text]
            self._changed()

    def drop(self, text: str, syllables: tuple[str, ...]) -> None:
        """Let a word be no word any more, the database's neither."""
        self.take_back(text, syllables)
        self._gone.add((syllables, text))
        self._changed()

    def _changed(self) -> None:
        self.words_of.cache_clear()
        self.words_like.cache_clear()
        self.words_begun.cache_clear()

    def stored(self, text: str, syllables: tuple[str, ...]) -> float:
        """The weight of a word in the database, 0 where it is not there or was dropped."""
        if (syllables, text) in self._gone:
            return 0.0
        return max((row[2] for row in self._index.of(syllables) if row[0] == text), default=0.0)

    def _words_of(self, syllables: tuple[str, ...]) -> tuple[Word, ...]:
        """Words with exactly this reading, likeliest first."""
        put = self._put.get(syllables)
        if not put:
            found = self._index.of(syllables)
            kept = (row for row in found if (syllables, row[0]) not in self._gone)
            return tuple(word_of(*row) for row in kept)
        weights = {
            text: weight
            for text, _, weight in self._index.of(syllables)
            if (syllables, text) not in self._gone
        } | put
        ranked = sorted(weights.items(), key=lambda item: -item[1])
        return tuple(word_of(text, syllables, weight) for text, weight in ranked)

    def _words_like(self, meanings: Meanings, limit: int) -> tuple[Word, ...]:
        """The likeliest words whose n-th syllable is one of `meanings[n]`."""
        sets = [frozenset(options) for options in meanings]
        keys = (
            key
            for initials in islice(_all_initials(meanings), MOST_INITIALS)
            for key in self._by_initials.get(initials, ())
        )
        return self._ranked(self._index.like(meanings, limit), _fitting(keys, sets), limit)

    def _words_begun(self, meanings: Meanings, limit: int) -> tuple[Word, ...]:
        """The likeliest longer words that begin so."""
        sets = [frozenset(options) for options in meanings]
        keys = (
            key
            for start in islice(_all_initials(meanings), MOST_INITIALS)
            for initials in self._longer(start)
            for key in self._by_initials[initials]
        )
        stored = self._index.like(meanings, limit, longer=True)
        return self._ranked(stored, _fitting(keys, sets), limit)

    def _longer(self, start: str) -> list[str]:
        """Initials of words that came since, which begin so and are longer."""
        first = bisect_right(self._initials, start)
        return self._initials[first : bisect_left(self._initials, start + _BEHIND_Z, first)]

    def _ranked(
        self,
        stored: Iterable[tuple[str, tuple[str, ...], float]],
        put: Iterable[Key],
        limit: int,
    ) -> tuple[Word, ...]:
        weights = {
            (syllables, text): weight
            for text, syllables, weight in stored
            if (syllables, text) not in self._gone
        }
        weights |= {key: self._put[key[0]][key[1]] for key in put}
        ranked = sorted(weights.items(), key=lambda item: -item[1])[:limit]
        return tuple(word_of(text, syllables, weight) for (syllables, text), weight in ranked)


def _fitting(keys: Iterable[Key], sets: Sequence[frozenset[str]]) -> Iterator[Key]:
    """Those whose first syllables are in the sets."""
    return (
        key
        for key in keys
        if all(s in options for s, options in zip(key[0], sets, strict=False))
    )


def _initials_of(syllables: Iterable[str]) -> str:
    return "".join(syllable[0] for syllable in syllables)


def _all_initials(meanings: Meanings) -> Iterator[str]:
    """Every string of first letters that the places allow, lazily: there may be millions."""
    return map("".join, product(*map(_first_letters, meanings)))


@lru_cache(maxsize=512)
def _first_letters(options: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({syllable[0] for syllable in options}))


@lru_cache(maxsize=512)
def _allowed(options: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """(S,) whether each syllable is among the options."""
    mask = np.zeros(len(_CODES), np.bool_)
    mask[[_CODES[syllable] for syllable in options if syllable in _CODES]] = True
    return mask


def _initials_key(initials: str) -> tuple[int, int]:
    """The number of the first `IN_KEY` initials, and the one behind all that begin so."""
    key = 0
    for letter in initials[:IN_KEY]:
        key = key * 27 + ord(letter) - _BEFORE_A
    scale = 27 ** max(0, IN_KEY - len(initials))
    return key * scale, (key + 1) * scale


def _initials_keys(
    codes: npt.NDArray[np.uint16], lengths: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """(N,) numbers of initials, in the order of the letters."""
    starts = np.cumsum(lengths) - lengths
    keys = np.zeros(len(lengths), np.int64)
    for place in range(IN_KEY):
        keys *= 27
        rows = np.flatnonzero(lengths > place)
        keys[rows] += _LETTERS[codes[starts[rows] + place]] - _BEFORE_A
    return keys


def _reading_keys(
    codes: npt.NDArray[np.uint16], starts: npt.NDArray[np.int32]
) -> npt.NDArray[np.int64]:
    """(N,) numbers that tell readings apart nearly always."""
    lengths = np.diff(starts)
    keys = np.zeros(len(lengths), np.uint64)
    for place in range(int(lengths.max(initial=0))):
        rows = np.flatnonzero(lengths > place)
        code = codes[starts[rows] + place].astype(np.uint64)
        keys[rows] = (keys[rows] * np.uint64(_PRIME) + code + np.uint64(1)) & np.uint64(_MASK)
    return keys.astype(np.int64)
