"""Shuangpin: two keys a syllable, turned into full pinyin before anything else looks at them.

`Scheme.expand` gives letters for the segmenter, with a delimiter between any two syllables, and
the way back from offsets in those letters to offsets in the keys. The segmenter must be told
that stretches are `undivided`: two keys are one syllable, so flypy's `xm` is xian, never xi'an.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from ime.errors import SettingsError
from ime.pinyin.inventory import DELIMITER, INITIALS, SYLLABLES, final, initial
from ime.pinyin.schemes import FIRST, SCHEME_TABLES, SPELLED, SchemeTable

UNCODED: frozenset[str] = frozenset({"m", "hng", "lo"})
"""Syllables that two keys cannot type: m and hng have no final of their own, and the keys of lo
are those of luo (`inventory.COLLOQUIAL` leads from there to 咯)."""

CODED: frozenset[str] = (SYLLABLES - UNCODED) | {"ei", "tei", "zhei"}
"""Syllables that every scheme has a code for."""


_NAME = re.compile(r"(?:[A-Z][a-z]+|[A-Z]+)(?:[-.+#&]*(?:[A-Z][a-z]+|[A-Z]+|[0-9]+))*[+#]*")
"""KTV, Python, GPT-4: small letters behind several capitals, or behind a digit, are keys."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """Keys written out in full pinyin.

    Attributes:
        letters: full pinyin, with a delimiter between any two syllables.
        offsets: of each offset 0..len(letters), the offset in the keys. Inside a syllable it is
            that of the syllable's first key.
    """

    letters: str
    offsets: tuple[int, ...]

    def to_keys(self, start: int, end: int) -> tuple[int, int]:
        """The span of keys behind a span of letters, for instance that of an edge."""
        return self.offsets[start], self.offsets[end]


@dataclass(frozen=True, slots=True)
class Piece:
    """Keys [start, end) that are one syllable, one initial, a name, or no key of the scheme.

    Attributes:
        start: offset of the first key.
        end: offset behind the last one.
        letters: what they stand for in full pinyin.
    """

    start: int
    end: int
    letters: str


class Scheme:
    """A shuangpin scheme, ready to use.

    Args:
        table: its key table.

    Raises:
        SettingsError: a syllable has no code, or two syllables have the same one.
    """

    def __init__(self, table: SchemeTable) -> None:
        self.title = table.title
        """Name of the scheme."""
        self.codes: Mapping[str, str] = MappingProxyType(_taught_codes(table))
        """The code taught for each syllable of `CODED`."""
        self.syllables: Mapping[str, str] = MappingProxyType(_accepted_codes(table, self.codes))
        """The syllable each accepted code stands for."""
        self.keys: frozenset[str] = frozenset(key for code in self.syllables for key in code)
        """Keys that belong to codes; besides letters it may be the semicolon."""
        self._finals = _finals_by_key(self.codes)
        self._starts = {table.initials.get(name, name): name for name in INITIALS}

    def expand(self, keys: str) -> Expanded:
        """Write keys out in full pinyin.

        A pair that is no code stands for the initials of its two keys, and a key without its
        partner for its initial alone, which the segmenter takes for an abbreviation. Pairs
        start afresh behind a delimiter and behind anything else that is no key of the scheme,
        which is passed on as it is: a name that begins with a capital in one piece.

        Args:
            keys: what was typed, delimiters included.
        """
        letters = ""
        offsets: list[int] = []
        for piece in self.pieces(keys):
            if letters and DELIMITER not in (letters[-1], piece.letters):
                letters += DELIMITER
                offsets.append(piece.start)
            letters += piece.letters
            if _NAME.match(piece.letters):
                offsets += range(piece.start, piece.end)
            else:
                offsets += [piece.start] * len(piece.letters)
        return Expanded(letters, (*offsets, len(keys)))

    def pieces(self, keys: str) -> Iterator[Piece]:
        """Keys cut as `expand` reads them; together the pieces cover all keys."""
        at = 0
        while at < len(keys):
            pair = keys[at : at + 2]
            if name := _NAME.match(keys, at):
                yield Piece(at, name.end(), name.group())
                at = name.end()
                continue
            if pair in self.syllables:
                yield Piece(at, at + 2, self.syllables[pair])
                at += 2
                continue
            # Both keys of a pair that is no code are used up: what follows stays in step.
            for key in pair if self.keys.issuperset(pair) else pair[0]:
                yield Piece(at, at + 1, self.initial_of(key))
                at += 1

    def initial_of(self, key: str) -> str:
        """The initial that a key stands for; the key itself where it is none."""
        return self._starts.get(key, key)

    def finals_of(self, key: str) -> tuple[str, ...]:
        """The finals that a key stands for behind an initial, as they are taught."""
        return self._finals.get(key, ())

    def completes(self, keys: str, key: str) -> bool:
        """Whether `key` behind `keys` is the second key of a syllable."""
        last = Piece(0, 0, "")
        for piece in self.pieces(keys + key):
            last = piece
        return last.end - last.start == 2


@cache
def built_in_scheme(name: str) -> Scheme:
    """One of the schemes that come with the program.

    Args:
        name: a key of `schemes.SCHEME_TABLES`.

    Raises:
        SettingsError: there is no scheme of that name.
    """
    table = SCHEME_TABLES.get(name)
    if table is None:
        known = ", ".join(sorted(SCHEME_TABLES))
        raise SettingsError(f"There is no shuangpin scheme {name!r}; choose one of {known}.")
    return Scheme(table)


def _finals_by_key(codes: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for syllable, code in codes.items():
        if initial(syllable):
            found.setdefault(code[1], {})[final(syllable)] = None
    return {key: tuple(finals) for key, finals in found.items()}


def _taught_codes(table: SchemeTable) -> dict[str, str]:
    codes: dict[str, str] = {}
    owner: dict[str, str] = {}
    for syllable in sorted(CODED):
        code = next(_codes_of(table, syllable), None)
        if code is None:
            raise SettingsError(
                f"Shuangpin scheme {table.title!r}: {syllable!r} cannot be typed, because the "
                f"final {final(syllable)!r} has no key; add it to the finals."
            )
        if code in owner:
            raise SettingsError(
                f"Shuangpin scheme {table.title!r}: {owner[code]!r} and {syllable!r} are both "
                f"typed {code!r}; move one to another key, or give it a code of its own."
            )
        codes[syllable] = code
        owner[code] = syllable
    return codes


def _accepted_codes(table: SchemeTable, codes: Mapping[str, str]) -> dict[str, str]:
    syllables = {code: syllable for syllable, code in codes.items()}
    for syllable in codes:
        for code in _codes_of(table, syllable):
            syllables.setdefault(code, syllable)  # a code that is taught is never taken away
    for code in _codes_of(table, "eng"):  # 嗯, as half of its readers say
        syllables.setdefault(code, "en")
    return syllables


def _codes_of(table: SchemeTable, syllable: str) -> Iterator[str]:
    """All codes of a syllable, the one taught first."""
    if syllable in table.codes:
        yield table.codes[syllable]
        return
    start, rest = initial(syllable), final(syllable)
    if not start:
        for way in table.zero:
            yield from _codes_without_initial(table, way, syllable)
        return
    first = table.initials.get(start, start)
    for key in _keys_of_final(table, rest):
        yield first + key
    if start in {"j", "q", "x", "y"} and rest.startswith("u"):
        # Their u is an ü, and may be typed as such.
        for key in _keys_of_final(table, "v" + rest[1:]):
            yield first + key


def _codes_without_initial(table: SchemeTable, way: str, syllable: str) -> Iterator[str]:
    if way == SPELLED and len(syllable) < 3:
        yield (syllable * 2)[:2]
        return
    first = syllable[0] if way in {SPELLED, FIRST} else way
    for key in _keys_of_final(table, syllable):
        yield first + key


def _keys_of_final(table: SchemeTable, name: str) -> str:
    return table.finals.get(name, name if len(name) == 1 else "")
