"""The frozen values that flow between the rooms, in the order they flow.

Composition -> DecodeRequest -> CandidateList -> Page -> Commit -> Selection. Spans are
half-open [start, end) in letters of the raw input; scores are natural logarithms, higher is
better.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from ime.settings import PAGE_SIZE

CONTEXT_TOKENS = 64  # more costs prefill time and gained nothing measurable
"""Tokens of the left context that a model reads, where nothing else is asked."""


DOUBTFUL = 0.7
"""Probability of a character below which it is doubtful; see EXPERIMENTS.md."""


class Source(Enum):
    """Why a candidate is in the list."""

    SENTENCE = "sentence"
    """A whole-input path of the beam."""
    WORD = "word"
    """A word of the lexicon that spells a prefix of the input."""
    CHARACTER = "character"
    """A single character of the first syllable."""
    USER = "user"
    """A word the user made or chose before."""
    PHRASE = "phrase"
    """A custom phrase with a fixed place."""
    REWRITE = "rewrite"
    """Made by a rewriter: a date, a number."""
    LITERAL = "literal"
    """The letters themselves."""
    PINNED = "pinned"
    """Pinned to the first place by the user."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word with one of its readings.

    Attributes:
        text: hanzi.
        syllables: one a hanzi.
        count: how often the training text has it, or would have it as far as is known.
        source: `USER` where the user made, added or used it.
    """

    text: str
    syllables: tuple[str, ...]
    count: int
    source: Source = Source.WORD


@dataclass(frozen=True, slots=True)
class UserWord:
    """A word that the user added or imported.

    Attributes:
        text: hanzi.
        syllables: one a hanzi.
        weight: choices by the user that it counts as; below 1 where it comes from a dictionary
            and only its place among its homophones is known.
        source: "added", or what it was imported from.
        time: when, in seconds since 1970, UTC.
    """

    text: str
    syllables: tuple[str, ...]
    weight: float = 1.0
    source: str = "added"
    time: float = 0.0


@dataclass(frozen=True, slots=True)
class LeftContext:
    """Text left of the caret.

    Attributes:
        text: the last characters before the caret, any script, at most a few hundred.
        readings: (offset in `text`, syllable) of hanzi whose typed reading is known.
    """

    text: str = ""
    readings: tuple[tuple[int, str], ...] = ()

    def append(self, text: str, syllables: tuple[str, ...]) -> LeftContext:
        """This context, then `text`; its readings are kept if there is one a character."""
        known = self.readings
        if len(syllables) == len(text):
            start = len(self.text)
            known += tuple((start + i, syllable) for i, syllable in enumerate(syllables))
        return LeftContext(self.text + text, known)

    def last(self, limit: int) -> LeftContext:
        """The last `limit` characters of this context."""
        cut = max(0, len(self.text) - limit)
        if not cut:
            return self
        kept = tuple((i - cut, syllable) for i, syllable in self.readings if i >= cut)
        return LeftContext(self.text[cut:], kept)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Text offered for the letters [0, end) of the input that a request asked to convert.

    Attributes:
        text: what would be committed.
        syllables: full reading, one syllable a hanzi; empty for letters and rewrites.
        end: letters of the input it uses; what is left goes on composing.
        source: why it is here.
        score: log-probability in nats given the left context; means nothing without syllables.
        own: nats of `score` that the user's choices for its reading gave.
        comment: what is said beside it: the sound of a rare character, the name of a symbol.
        marked: places of the characters that are underlined: what a repair changes.
        certainty: probability, 0 to 1, of each character where it is known: of the first.
        simplified: the text that is learned, where `text` is in traditional characters.
    """

    text: str
    syllables: tuple[str, ...]
    end: int
    source: Source
    score: float = 0.0
    own: float = 0.0
    comment: str = ""
    marked: tuple[int, ...] = ()
    certainty: tuple[float, ...] = ()
    simplified: str = ""

    @property
    def doubtful(self) -> tuple[int, ...]:
        """Places of the characters that may well be others."""
        return tuple(i for i, chance in enumerate(self.certainty) if chance < DOUBTFUL)

    @property
    def plain(self) -> str:
        """The text as converters and learning know it."""
        return self.simplified or self.text


@dataclass(frozen=True, slots=True)
class Shares:
    """What a candidate's score is made of; nats, whose sum is the score.

    Each term is what it changes of the terms before it, in this order.

    Attributes:
        ngram: of its characters behind the text before them, as the n-gram has them.
        network: what the network says otherwise; 0 where there is none.
        cache: that its characters stand in the text before it.
        user: what this user chose, wrote and added.
        words: its words behind each other, and that an input ends so.
        spelling: slips, fuzzy sounds, initials, and readings that are rare.
    """

    ngram: float
    network: float
    cache: float
    user: float
    words: float
    spelling: float

    @property
    def score(self) -> float:
        """Their sum."""
        of_model = self.ngram + self.network
        return of_model + self.cache + self.user + self.words + self.spelling


@dataclass(frozen=True, slots=True)
class Repair:
    """What the end of a text should have been.

    Attributes:
        old: the end as it stands, from the first change on.
        new: what it should have been; as long.
        places: of the characters in both that differ.
        gain: nats that the text becomes likelier.
    """

    old: str
    new: str
    places: tuple[int, ...]
    gain: float = 0.0


class MarkKind(Enum):
    """What the user wants of a candidate, whatever the model thinks of it."""

    PINNED = "pinned"
    """First for its syllables."""
    HIDDEN = "hidden"
    """Not offered for its syllables; what was learned of it is forgotten."""
    FORGOTTEN = "forgotten"
    """Neither pinned nor hidden, and what was learned of it is forgotten."""
    PLAIN = "plain"
    """Neither pinned nor hidden; what was learned of it stays."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The user's word on one candidate; the newest for a text and its syllables holds.

    Attributes:
        kind: what is wanted.
        letters: that were typed for it, without delimiters.
        syllables: its full reading.
        text: of the candidate.
    """

    kind: MarkKind
    letters: str
    syllables: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Composition:
    """What is being composed, before commit.

    Attributes:
        raw: letters a-z, A-Z and the delimiter ', the fixed parts included.
        caret: letters left of the caret, 0..len(raw).
        fixed: candidates already selected for the front of `raw`, in order; their `end` counts
            from the end of the fixed part before them.
        revision: grows with every change; answers for another revision are stale.
    """

    raw: str = ""
    caret: int = 0
    fixed: tuple[Candidate, ...] = ()
    revision: int = 0

    @property
    def fixed_end(self) -> int:
        """Letters of `raw` that fixed parts use."""
        return sum(part.end for part in self.fixed)

    @property
    def fixed_text(self) -> str:
        """Text of the fixed parts."""
        return "".join(part.text for part in self.fixed)

    @property
    def rest(self) -> str:
        """Letters still to be converted."""
        return self.raw[self.fixed_end :]


@dataclass(frozen=True, slots=True)
class DecodeRequest:
    """One question to the decode thread.

    Attributes:
        revision: of the composition that asks.
        context: left of the letters; the fixed parts are already appended.
        raw: letters to convert, non-empty.
        continues: whether parts in front of `raw` are fixed.
        passed_over: beginnings of the text wanted for `raw` that the user saw while choosing
            those parts, and did not choose.
        page_size: candidates a page, at least 1; what stands on the first pages is chosen for
            it.
    """

    revision: int
    context: LeftContext
    raw: str
    continues: bool = False
    passed_over: frozenset[str] = frozenset()
    page_size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class CandidateList:
    """Ranked answer to a `DecodeRequest`.

    Attributes:
        revision: of the request.
        raw: the letters that were converted.
        items: best first; texts are unique among items with the same `end`.
        spans: syllable spans [start, end) of the best path through `raw`, for the preedit.
        final: False for a fast first answer that a better one will follow.
    """

    revision: int
    raw: str
    items: tuple[Candidate, ...]
    spans: tuple[tuple[int, int], ...] = ()
    final: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """The painted part of a candidate list; it owns the digits 1..len(items).

    Attributes:
        items: what is painted.
        number: page number from 0.
        has_previous: whether a page lies before it.
        has_next: whether a page lies behind it.
        highlight: index in `items` that Space commits; -1 where it commits none.
        revision: of the list it was cut from.
    """

    items: tuple[Candidate, ...] = ()
    number: int = 0
    has_previous: bool = False
    has_next: bool = False
    highlight: int = 0
    revision: int = -1


class How(Enum):
    """How a selection was made."""

    SPACE = "space"
    DIGIT = "digit"
    MOUSE = "mouse"
    PUNCTUATION = "punctuation"
    PREDICTION = "prediction"
    ENTER = "enter"
    """Letters were committed as they are."""


LEADERS = 3
"""Texts for the same letters that a choice is compared with."""


@dataclass(frozen=True, slots=True)
class Selection:
    """One choice of the user, as the selection log keeps it.

    Attributes:
        context: text left of the converted letters.
        raw: letters the choice was made for.
        syllables: full reading of `chosen`; empty for texts with letters or a dot.
        offered: texts painted when the choice was made, best first, and behind them the best
            for the same letters as the first that were not painted.
        chosen: the text chosen.
        rank: place of `chosen` in the whole list, from 0.
        how: key or mouse.
        scores: nats of `offered` without what the user's choices for a reading gave; -inf for
            those that spell fewer or more letters than the first, and for what has none:
            symbols, letters, phrases, dates. Shorter or empty where they are not known.
    """

    context: LeftContext
    raw: str
    syllables: tuple[str, ...]
    offered: tuple[str, ...]
    chosen: str
    rank: int
    how: How
    scores: tuple[float, ...] = ()

    @property
    def typed(self) -> str:
        """Small letters of a text without syllables; those that stay letters are their own."""
        return (self.chosen if self.chosen.isascii() else self.raw).lower()


@dataclass(frozen=True, slots=True)
class Commit:
    """Text that leaves the input method.

    Attributes:
        id: grows by one a commit; undo names it.
        text: in the characters that are learned, simplified ones.
        syllables: one a character of `text` where all of it was converted from pinyin, else
            empty.
        selections: the choices that made it; empty for letters, punctuation and private mode.
        instead_of: what a Backspace right behind it makes of it; empty where that deletes.
        traditional: `text` in traditional characters, where those are on.
    """

    id: int
    text: str
    syllables: tuple[str, ...] = ()
    selections: tuple[Selection, ...] = field(default=())
    instead_of: str = ""
    traditional: str = ""

    @property
    def shown(self) -> str:
        """What goes into the editor."""
        return self.traditional or self.text
