"""Stand-ins that satisfy the engine's ports, small enough to foretell by reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from ime.engine.values import (
    Candidate,
    CandidateList,
    Commit,
    DecodeRequest,
    LeftContext,
    Source,
)

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
    """

    def __init__(self) -> None:
        self.contexts: list[LeftContext] = []
        self.learned: dict[int, Commit] = {}

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
        return CandidateList(request.revision, request.raw, tuple(ranked), spans)

    def learn(self, commit: Commit) -> None:
        self.learned[commit.id] = commit

    def retract(self, commit_id: int) -> None:
        self.learned.pop(commit_id, None)

    def _count(self, text: str) -> int:
        chosen = (s.chosen for commit in self.learned.values() for s in commit.selections)
        return Counter(chosen)[text]


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
