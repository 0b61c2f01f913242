"""What a run of letters may spell, wherever it stands.

A syllable is listed once for each run, under the likeliest way of spelling it so: `zhe` is zhe
in full, and what is listed beside it as unfinished is zhen and zheng only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from ime.pinyin import rules
from ime.pinyin.inventory import ALIASES, SPELLINGS, SYLLABLES, final, initial
from ime.pinyin.rules import EdgeKind, FuzzyPair, Part

# Of a syllable that lost its other letter: a final whose initial was left out. A lone initial
# is an abbreviation.
_LONE = frozenset("aeiouv")

_FIRST_LETTERS = frozenset(syllable[0] for syllable in SYLLABLES)

_KIND_ORDER = {kind: place for place, kind in enumerate(EdgeKind)}


@dataclass(frozen=True, slots=True)
class GraphOptions:
    """Which ways of spelling are on.

    Attributes:
        abbreviation: an initial alone stands for its syllables, anywhere in the input.
        completion: the last syllable may be unfinished.
        fuzzy: pairs of sounds that may stand for each other.
        typos: the systematic misspellings of `rules.SLIPS`.
        correction: one random slip a syllable, or one sound of a pair that is not in `fuzzy`;
            also where the letters spell another syllable.
        undivided: every stretch between delimiters is one syllable, in full or by its initial,
            as shuangpin needs it.
    """

    abbreviation: bool = True
    completion: bool = True
    fuzzy: frozenset[FuzzyPair] = frozenset()
    typos: bool = True
    correction: bool = False
    undivided: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """Syllables that a run of letters spells in one way.

    Attributes:
        syllables: in alphabetical order; of `SYLLABLES`, or one of `TYPED_ONLY`.
        kind: the way.
        log_prob: log P(letters typed | syllable meant) in nats, at most 0.
    """

    syllables: tuple[str, ...]
    kind: EdgeKind
    log_prob: float


@dataclass(frozen=True, slots=True)
class _Way:
    typed: str
    syllable: str
    kind: EdgeKind
    log_prob: float


_Table = dict[str, dict[str, _Way]]  # letters -> syllable -> its likeliest way


@lru_cache(maxsize=2)
def spelling_table(options: GraphOptions) -> SpellingTable:
    """The table of options; that of the moment is shared, as making it takes 70 ms and 2 MB."""
    return SpellingTable(options)


class SpellingTable:
    """All runs of letters that spell something, for one set of options; does not change.

    Args:
        options: which ways of spelling are on.
    """

    def __init__(self, options: GraphOptions) -> None:
        inside: _Table = {}
        for way in _ways_inside(options):
            _note(inside, way)
        ending: _Table = {}
        for way in _ways_at_end(options):
            _note(ending, way)
        for typed in ending:
            for way in inside.get(typed, {}).values():
                _note(ending, way)
        self._inside = {typed: _group(ways) for typed, ways in inside.items()}
        self._ending = self._inside | {typed: _group(ways) for typed, ways in ending.items()}
        self.longest = max(map(len, self._ending))
        """Letters of the longest run that spells something."""

    def meanings(self, letters: str, *, last: bool) -> tuple[Meaning, ...]:
        """What `letters` spell, likeliest way first; empty where they spell nothing.

        Args:
            letters: a to z.
            last: whether more letters may be about to follow, so that the syllable may be
                unfinished.
        """
        return (self._ending if last else self._inside).get(letters, ())

    def swapped_away(self, letters: str, behind: str) -> tuple[Meaning, ...]:
        """What `letters` mean if the last of them changed places with the letter behind it.

        Args:
            letters: a syllable without its last letter, then the first of the next syllable.
            behind: the letter that follows them; empty at the end.
        """
        if not behind or letters[-1] == behind or letters[-1] not in _FIRST_LETTERS:
            return ()
        return _one(letters[:-1] + behind, rules.SWAPPED_AWAY)

    def swapped_back(self, before: str, letters: str) -> tuple[Meaning, ...]:
        """What `letters` mean if the first of them changed places with the letter before it.

        Args:
            before: that letter; empty at the beginning.
            letters: the last of the syllable before, then a syllable without its first letter.
        """
        return _one(before + letters[1:], rules.SWAPPED_BACK) if before else ()


def _one(syllable: str, log_prob: float) -> tuple[Meaning, ...]:
    if syllable not in SYLLABLES:
        return ()
    return (Meaning((syllable,), EdgeKind.CORRECTION, log_prob),)


def _note(table: _Table, way: _Way) -> None:
    ways = table.setdefault(way.typed, {})
    known = ways.get(way.syllable)
    if known is None or way.log_prob > known.log_prob:
        ways[way.syllable] = way


def _group(ways: dict[str, _Way]) -> tuple[Meaning, ...]:
    groups: dict[tuple[float, EdgeKind], list[str]] = {}
    for way in ways.values():
        groups.setdefault((way.log_prob, way.kind), []).append(way.syllable)
    ordered = sorted(groups.items(), key=lambda item: (-item[0][0], _KIND_ORDER[item[0][1]]))
    return tuple(
        Meaning(tuple(sorted(syllables)), kind, log_prob)
        for (log_prob, kind), syllables in ordered
    )


def _ways_inside(options: GraphOptions) -> Iterator[_Way]:
    yield from _whole(options)
    if options.abbreviation:
        yield from _abbreviations(options.fuzzy)
    if options.typos:
        yield from _slips()
    if options.correction:
        yield from _corrections()


def _whole(options: GraphOptions) -> Iterator[_Way]:
    """Syllables with all their letters: exact and fuzzy."""
    for typed, syllable in SPELLINGS.items():
        yield _Way(typed, syllable, EdgeKind.EXACT, 0.0)
        if typed in SYLLABLES or typed in ALIASES:
            for variant, log_prob in _fuzzy_spellings(typed, options.fuzzy):
                yield _Way(variant, syllable, EdgeKind.FUZZY, log_prob)


def _fuzzy_spellings(typed: str, pairs: frozenset[FuzzyPair]) -> Iterator[tuple[str, float]]:
    """Spellings that differ by a pair in the initial, in the final, or in both.

    They need not be syllables themselves: who says s for sh types `suang` for shuang.
    """
    starts = _alternatives(initial(typed), Part.INITIAL, pairs)
    endings = _alternatives(final(typed), Part.FINAL, pairs)
    for (start, start_cost), (ending, ending_cost) in product(starts, endings):
        if start + ending != typed:
            yield start + ending, start_cost + ending_cost
    for pair in pairs:
        for other in _twins(typed, pair.syllables):
            yield other, rules.FUZZY


def _alternatives(
    sound: str, part: Part, pairs: frozenset[FuzzyPair]
) -> list[tuple[str, float]]:
    found = [(sound, 0.0)]
    for pair in sorted(pairs, key=lambda pair: pair.value):
        if pair.part is part:
            found += [(other, rules.FUZZY) for other in _twins(sound, pair.sounds)]
    return found


def _twins(sound: str, pairs: tuple[tuple[str, str], ...]) -> list[str]:
    """What stands beside `sound` in `pairs`."""
    return [a if sound == b else b for a, b in pairs if sound in (a, b)]


def _abbreviations(pairs: frozenset[FuzzyPair]) -> Iterator[_Way]:
    for syllable in SYLLABLES:
        start = initial(syllable)
        # z, c and s stand for zh, ch and sh, too; a, e and o for syllables without an initial.
        for typed in {start or syllable[0], syllable[0]}:
            yield _Way(typed, syllable, EdgeKind.ABBREVIATION, rules.ABBREVIATION)
        for other, log_prob in _alternatives(start, Part.INITIAL, pairs)[1:]:
            yield _Way(other, syllable, EdgeKind.FUZZY, rules.ABBREVIATION + log_prob)


def _slips() -> Iterator[_Way]:
    for syllable in SYLLABLES:
        for typed in rules.slip_spellings(syllable):
            if typed not in SPELLINGS:
                yield _Way(typed, syllable, EdgeKind.CORRECTION, rules.SLIP)


def _corrections() -> Iterator[_Way]:
    for syllable in SYLLABLES:
        if len(syllable) == 1:
            continue  # too little is left of a, e and o to tell a slip by
        for typed, log_prob in rules.slipped_spellings(syllable).items():
            if len(typed) > 1 or typed in _LONE:
                yield _Way(typed, syllable, EdgeKind.CORRECTION, log_prob)
        for pair in FuzzyPair:
            for typed, _ in _fuzzy_spellings(syllable, frozenset({pair})):
                overdone = len(typed) > len(syllable) and pair is not FuzzyPair.F_H
                log_prob = rules.OVERDONE if overdone else rules.ACCENT
                yield _Way(typed, syllable, EdgeKind.CORRECTION, log_prob)


def _ways_at_end(options: GraphOptions) -> Iterator[_Way]:
    if not options.completion:
        return
    for way in _whole(options):
        if way.syllable not in SYLLABLES:
            continue
        lone = len(initial(way.typed)) or 1
        # A lone initial that is already an abbreviation needs no second edge.
        shortest = lone + 1 if options.abbreviation else lone
        # The two keys of a shuangpin syllable leave nothing to complete.
        longest = lone if options.undivided else len(way.typed) - 1
        kind = EdgeKind.COMPLETION if way.kind is EdgeKind.EXACT else way.kind
        for length in range(shortest, longest + 1):
            log_prob = rules.COMPLETION + way.log_prob
            yield _Way(way.typed[:length], way.syllable, kind, log_prob)
