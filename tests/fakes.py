"""Stand-ins that satisfy the ports, small enough to foretell by reading."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from ime.convert.converter import ConverterOptions
from ime.learn.choices import UserChoices
from ime.learn.pins import Pins
from ime.lexicon.user_layer import WordIndex
from ime.ports import FloatArray, IntArray, TokenTable
from ime.values import (
    Candidate,
    CandidateList,
    Commit,
    DecodeRequest,
    LeftContext,
    Mark,
    Repair,
    Shares,
    Source,
)

PATIENCE = 20  # seconds; only a failing test waits for it

CHARACTERS = {
    "ni": "你尼泥呢妮腻拟",
    "hao": "好号毫豪",
    "shi": "是时十事市",
    "jie": "界接姐街",
    "xi": "西系",
    "an": "安按",
    "xian": "先现线",
    "bei": "北被背",
    "jing": "京经静",
    "wo": "我握",
}
WORDS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("ni", "hao"): ("你好", "拟好"),
    ("shi", "jie"): ("世界", "视界"),
    ("xi", "an"): ("西安",),
    ("bei", "jing"): ("北京", "背景"),
    ("hao", "shi"): ("好事",),
}


class FakeConverter:
    """Ten syllables, five pairs of words; the same question always gets the same answer.

    The path takes the longest syllable that leaves a path for the rest; the last syllable may
    be incomplete. Candidates: the whole path, then words of its first two syllables, then
    characters of its first; among those that use as many letters, what was learned goes first.
    Letters that spell nothing end the path.

    Attributes:
        contexts: what `prepare` was given.
        learned: commits, in order; `retract` takes them out again.
        options: what `set_options` was given last.
    """

    def __init__(self) -> None:
        self.contexts: list[LeftContext] = []
        self.learned: dict[int, Commit] = {}
        self.marks = Pins()
        self.options: ConverterOptions | None = None

    def prepare(self, context: LeftContext) -> None:
        self.contexts.append(context)

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList | None:
        if stale is not None and stale():
            return None
        path = _longest_path(request.raw)
        items = {(item.text, item.end): item for item in _candidates(path)}
        ranked = sorted(items.values(), key=lambda item: (-item.end, -self._count(item.text)))
        spans = tuple((start, end) for _, start, end in path)
        listed = CandidateList(request.revision, request.raw, tuple(ranked), spans)
        return self.marks.apply(listed)

    def explain(
        self, request: DecodeRequest, items: Sequence[Candidate]
    ) -> tuple[Shares | None, ...]:
        """The n-gram takes three nats, network and words give them back."""
        del request
        return tuple(
            Shares(item.score - 3.0, 1.0, 0.0, 0.0, 2.0, 0.0) if item.syllables else None
            for item in items
        )

    def next_words(
        self, context: LeftContext, limit: int, stale: Callable[[], bool] | None = None
    ) -> tuple[Candidate, ...] | None:
        """Behind a word of the fakes, 世界 and 你."""
        if stale is not None and stale():
            return None
        words = (("世界", ("shi", "jie")), ("你", ("ni",)))
        known = context.text[-2:] in (text for group in WORDS.values() for text in group)
        found = [Candidate(text, syllables, 0, Source.WORD) for text, syllables in words]
        return tuple(found[:limit]) if known else ()

    def repairs(
        self, context: LeftContext, stale: Callable[[], bool] | None = None
    ) -> tuple[Repair, ...] | None:
        """拟好 should have been 你好."""
        if stale is not None and stale():
            return None
        place = context.text.find("拟好")
        old = context.text[place:]
        return (Repair(old, f"你{old[1:]}", (0,), 9.0),) if place >= 0 else ()

    def begin_with(self, choices: UserChoices) -> None:
        del choices

    def set_options(self, options: ConverterOptions) -> None:
        self.options = options

    def know_words(self, words: WordIndex) -> None:
        del words

    def know_letters(self, rows: Iterable[tuple[str, str]]) -> None:
        del rows

    def learn(self, commit: Commit) -> None:
        self.learned[commit.id] = commit

    def retract(self, commit_id: int) -> None:
        self.learned.pop(commit_id, None)

    def mark(self, mark: Mark) -> None:
        self.marks.set(mark)

    def _count(self, text: str) -> int:
        chosen = (s.chosen for commit in self.learned.values() for s in commit.selections)
        return Counter(chosen)[text]


class GatedConverter(FakeConverter):
    """Converts nothing while its gate is shut, as it is at first."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList | None:
        assert self.gate.wait(PATIENCE)
        return super().convert(request, stale)


_Piece = tuple[str, int, int]
"""Full syllable, and the letters [start, end) that stand for it."""


def _longest_path(raw: str) -> tuple[_Piece, ...]:
    """The path that gets furthest; the longest first syllable among equals."""
    return max(_paths(raw, 0), key=lambda path: path[-1][2] if path else 0, default=())


def _paths(raw: str, start: int) -> Iterator[tuple[_Piece, ...]]:
    while start < len(raw) and raw[start] == "'":
        start += 1
    for syllable, end in _pieces(raw, start):
        for rest in _paths(raw, end):
            yield ((syllable, start, end), *rest)
    yield ()


def _pieces(raw: str, start: int) -> Iterator[tuple[str, int]]:
    for syllable in sorted(CHARACTERS, key=len, reverse=True):
        if raw.startswith(syllable, start):
            yield syllable, start + len(syllable)
    tail = raw[start:]
    for syllable in CHARACTERS:
        if tail and syllable.startswith(tail) and syllable != tail:
            yield syllable, len(raw)


def _candidates(path: tuple[_Piece, ...]) -> Iterator[Candidate]:
    if not path:
        return
    syllables = tuple(syllable for syllable, _, _ in path)
    ends = [end for _, _, end in path]
    yield Candidate(_best_text(syllables), syllables, ends[-1], Source.SENTENCE)
    for word in WORDS.get(syllables[:2], ()):
        yield Candidate(word, syllables[:2], ends[1], Source.WORD)
    for character in CHARACTERS[syllables[0]]:
        yield Candidate(character, syllables[:1], ends[0], Source.CHARACTER)


def _best_text(syllables: tuple[str, ...]) -> str:
    if not syllables:
        return ""
    if syllables[:2] in WORDS:
        return WORDS[syllables[:2]][0] + _best_text(syllables[2:])
    return CHARACTERS[syllables[0]][0] + _best_text(syllables[1:])


# --- a language model and a lexicon ------------------------------------------------------

TABLE_TOKENS = (
    ("西", "xi"), ("系", "xi"), ("安", "an"), ("按", "an"), ("先", "xian"), ("线", "xian"),
    ("你", "ni"), ("年", "nian"), ("那", "na"), ("啊", "a"), ("系", "ji"), ("见", "jian"),
    ("见", "xian"),
)  # fmt: skip
"""Thirteen tokens of eight syllables; 系 and 见 have two readings each."""


class TableModel:
    """Satisfies the `LanguageModel` port with a bigram table, and keeps account of its use.

    States are never used twice, and one that was released fails when it is asked for.

    Attributes:
        tokens: of the model.
        calls: how often `extend` was called.
        rows: batch sizes of those calls.
        live: the last token of each state that is not released; -1 for the root.
    """

    def __init__(
        self, table: FloatArray, pairs: Sequence[tuple[str, str]] = TABLE_TOKENS
    ) -> None:
        """Take a table.

        Args:
            table: (V + 1, V) log-probabilities; row t follows token t, the last the root.
            pairs: (text, syllable) of each token.
        """
        syllables = [syllable for _, syllable in pairs]
        by_syllable = {
            syllable: np.flatnonzero(np.array(syllables) == syllable)
            for syllable in sorted(set(syllables))
        }
        counts = np.arange(len(pairs), 0, -1, dtype=np.int64) * 100
        self.tokens = TokenTable([text for text, _ in pairs], syllables, by_syllable, counts)
        self.table = table.astype(np.float32)
        self.calls = 0
        self.rows: list[int] = []
        self.live: dict[int, int] = {}
        self._next = 0

    @classmethod
    def drawn(
        cls, seed: int, pairs: Sequence[tuple[str, str]] = TABLE_TOKENS, spread: float = 2.0
    ) -> Self:
        """Random distributions; they differ by about `spread` nats from token to token."""
        generator = np.random.default_rng(seed)
        scores = generator.normal(scale=spread, size=(len(pairs) + 1, len(pairs)))
        table = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        return cls(table.astype(np.float32), pairs)

    def encode(self, context: LeftContext) -> list[int]:
        readings = dict(context.readings)
        found = []
        for place, char in enumerate(context.text):
            known = [t for t, text in enumerate(self.tokens.texts) if text == char]
            said = [t for t in known if self.tokens.syllables[t] == readings.get(place)]
            found += (said or known)[:1]
        return found

    def start(self, context: LeftContext) -> int:
        self.live = {}
        return self._add((-1, *self.encode(context))[-1])

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        assert len(parents) == len(tokens) > 0
        assert all(parent in self.live for parent in parents.tolist())
        self.calls += 1
        self.rows.append(len(tokens))
        return np.array([self._add(token) for token in tokens.tolist()], np.int64)

    def log_probs(self, states: IntArray) -> FloatArray:
        return self.table[[self.live[state] for state in states.tolist()]]

    def best_sequels(self, groups: IntArray) -> FloatArray:
        return best_of_groups(np.exp(self.table[:-1]), groups)

    def endings(self, histories: Sequence[Sequence[int]]) -> FloatArray:
        return np.zeros(len(histories), np.float32)

    def release(self, states: IntArray) -> None:
        for state in states.tolist():
            del self.live[state]

    def _add(self, token: int) -> int:
        self.live[self._next] = token
        self._next += 1
        return self._next - 1


def best_of_groups(probabilities: FloatArray, groups: IntArray) -> FloatArray:
    """(V, G) largest probability of each group in each row, by the definition.

    Args:
        probabilities: (V, V).
        groups: (V,) of each column; -1 for none.
    """
    best = np.zeros((len(probabilities), int(groups.max(initial=-1)) + 1), np.float32)
    for column, group in enumerate(groups.tolist()):
        if group >= 0:
            best[:, group] = np.maximum(best[:, group], probabilities[:, column])
    return best


def write_lexicon(folder: Path, words: Iterable[tuple[str, str, int]]) -> Path:
    """Write the files that `Lexicon` reads.

    Args:
        folder: made if need be.
        words: (text, reading with blanks between its syllables, count).
    """
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(words, key=lambda word: (f"{word[1]}\t".encode(), -word[2]))
    lines = [f"{reading}\t{text}\t{count}\n" for text, reading, count in ordered]
    (folder / "words.tsv").write_bytes("".join(lines).encode())
    for name in ("letters.tsv", "dotted_names.tsv", "symbols.tsv"):
        (folder / name).write_bytes(b"")

    def initials(place: int) -> tuple[str, int]:
        _, reading, count = ordered[place]
        return "".join(part[0] for part in reading.split()), -count

    places = sorted(range(len(ordered)), key=initials)
    np.save(folder / "by_initials.npy", np.array(places, np.int32))
    return folder
