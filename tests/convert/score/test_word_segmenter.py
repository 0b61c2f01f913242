from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.convert.score.whole_input import ALONE, LONGEST_WORD, OWN, TAIL, WordSegmenter

WORDS = ["", *"先见西安年线", "先见", "西安", "安年", "西安年", "见西安年线"]


class Pairs:
    """Fixed nats of every pair; counts what is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def find(self, text: str) -> int:
        return WORDS.index(text) if text in WORDS else -1

    def log_prob(self, before: int, after: int) -> float:
        self.asked += 1
        return -1.0 - (before * 7 + after * 3) % 5


def likeliest(before: str, text: str) -> float:
    """By trying all ways to cut both."""

    def ways(whole: str) -> list[list[str]]:
        found = []
        for cuts in itertools.product([False, True], repeat=max(0, len(whole) - 1)):
            places = [0, *(i + 1 for i, cut in enumerate(cuts) if cut), len(whole)]
            parts = [whole[a:b] for a, b in itertools.pairwise(places)]
            if all(len(part) == 1 or part in WORDS for part in parts):
                found.append(parts if whole else [])
        return found

    def nats(words: list[str]) -> float:
        pairs, numbers = Pairs(), [Pairs().find(word) for word in ["", *words]]
        told = sum(itertools.starmap(pairs.log_prob, itertools.pairwise(numbers)))
        return told - ALONE * sum(len(word) == 1 for word in words)

    alone = max(map(nats, ways(before)))
    both = max(nats([*a, *b]) for a in ways(before) for b in ways(text))
    return both - alone + (ALONE if len(text) == 1 else 0)


@given(
    st.text("先见西安年线国", max_size=TAIL), st.text("先见西安年线国", min_size=1, max_size=7)
)
def test_best_way_of_all_counts(before: str, text: str) -> None:
    cutter = WordSegmenter(Pairs())
    cutter.enter(before)
    assert cutter.log_prob(text) == pytest.approx(likeliest(before, text))


def test_word_before_counts() -> None:
    pairs = Pairs()
    cutter = WordSegmenter(pairs)
    found = []
    for before in ("", "先", "西安"):
        cutter.enter(before)
        found.append(cutter.log_prob("年"))
    assert found == [
        pairs.log_prob(WORDS.index(b), WORDS.index("年")) for b in ("", "先", "西安")
    ]


def test_only_the_last_hanzi_before_are_cut() -> None:
    cutter = WordSegmenter(Pairs())
    cutter.enter("先" * 3 + "西安" * (TAIL // 2))
    first = cutter.log_prob("年")
    cutter.enter("线见年" + "西安" * (TAIL // 2))
    assert cutter.log_prob("年") == first


def test_one_more_hanzi_asks_for_its_own_words_only() -> None:
    pairs = Pairs()
    cutter = WordSegmenter(pairs)
    cutter.enter("")
    text = "先见西安年线" * 3
    cutter.log_prob(text)
    before = pairs.asked
    cutter.log_prob(text + "西")
    assert pairs.asked - before <= LONGEST_WORD**2
    cutter.enter("")
    cutter.log_prob(text)
    assert pairs.asked - before <= LONGEST_WORD**2


def test_what_is_known_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ime.convert.score.whole_input.MOST_CUT", 20)
    cutter = WordSegmenter(Pairs())
    for i in range(100):
        cutter.enter("西安")
        assert math.isfinite(cutter.log_prob("先见年线国"[i % 5] * (1 + i // 5)))
        assert len(cutter._cuts) < 20 + 21


def test_what_the_user_made_a_word_of_is_one() -> None:
    own: set[str] = set()
    cutter = WordSegmenter(Pairs(), own)
    cutter.enter("")
    apart = cutter.log_prob("国国国国国")
    own.add("国国国国国")
    cutter.enter("")
    assert cutter.log_prob("国国国国国") == apart
    cutter.reset()
    cutter.enter("")
    assert cutter.log_prob("国国国国国") == max(apart, OWN)
    more = Pairs().log_prob(-1, WORDS.index("西")) - ALONE
    assert cutter.log_prob("国国国国国西") == max(apart, OWN) + more
