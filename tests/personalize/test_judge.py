"""Cases are judged by all that decides in typing; here the models are made up."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ime.personalize.judge import CaseConverter
from ime.values import CONTEXT_TOKENS
from model.finetune.examples import Example
from tests.tiny_network import tiny_vocabulary
from tests.tokens import id_of

VOCABULARY = tiny_vocabulary()
CASE = Example("好", ("shi", "jie"), "世界")


def path(text: str, *syllables: str) -> list[int]:
    return [id_of(VOCABULARY, *pair) for pair in zip(text, syllables, strict=True)]


RIGHT, WRONG = path("世界", "shi", "jie"), path("是接", "shi", "jie")


class Pairs:
    """世界 is a word; nothing else is."""

    def find(self, text: str) -> int:
        return ["", "世界"].index(text) if text in ("", "世界") else -1

    def log_prob(self, before: int, after: int) -> float:
        return -1.0 if after == self.find("世界") else -12.0


class Scorer:
    """Thinks alike of all that `liked` does not hold; keeps what it was asked to read.

    Args:
        liked: the probability of each token, whatever stands before it; the rest share what
            is left.
        endings: whether a text may end after 接, and no other; else all may.
    """

    def __init__(self, liked: dict[int, float], endings: bool = False) -> None:
        rest = (1 - sum(liked.values())) / (len(VOCABULARY) - len(liked))
        self._logs = np.full(len(VOCABULARY), math.log(rest), np.float32)
        for token, chance in liked.items():
            self._logs[token] = math.log(chance)
        self.endings = endings
        self.contexts: list[list[int]] = []
        self._states = 0

    def start_many(self, contexts: Sequence[list[int]]) -> np.ndarray:
        self.contexts += contexts
        self._states = len(contexts)
        return np.arange(self._states)

    def extend(self, parents: np.ndarray, tokens: np.ndarray) -> np.ndarray:
        self._states += len(tokens)
        return np.arange(self._states - len(tokens), self._states)

    def log_probs(self, states: np.ndarray) -> np.ndarray:
        return np.tile(self._logs, (len(states), 1))

    def followers(self, histories: Sequence[Sequence[int]], _: object) -> np.ndarray:
        likely = [self.endings and history[-1] == WRONG[-1] for history in histories]
        return np.where(likely, 0.98, 0.5).astype(np.float32)


def converted(scorer: Scorer, pairs: Pairs | None = None, case: Example = CASE) -> str:
    (text,) = CaseConverter(VOCABULARY, scorer, pairs).first([case], lambda _: None)  # type: ignore[arg-type]
    return text


def test_likeliest_hypothesis_is_first() -> None:
    assert converted(Scorer(dict(zip(RIGHT, (0.2, 0.2), strict=True)))) == "世界"
    assert converted(Scorer(dict(zip(WRONG, (0.2, 0.2), strict=True)))) == "是接"


def test_words_count() -> None:
    scorer = Scorer(dict(zip((*WRONG, *RIGHT), (0.2, 0.2, 0.15, 0.15), strict=True)))
    assert converted(scorer) == "是接"
    assert converted(scorer, Pairs()) == "世界"


def test_ending_counts() -> None:
    liked = dict(zip((*WRONG, *RIGHT), (0.2, 0.18, 0.2, 0.2), strict=True))
    assert converted(Scorer(liked, endings=True))[-1] == "接"
    assert converted(Scorer(liked))[-1] == "界"


def test_hanzi_of_the_context_come_again() -> None:
    liked = dict(zip((*WRONG, *RIGHT), (0.2, 0.2, 0.18, 0.18), strict=True))
    assert converted(Scorer(liked)) == "是接"
    again = Example("世界", CASE.syllables, CASE.chosen)
    assert converted(Scorer(liked), case=again) == "世界"


def test_each_case_of_a_batch_counts_what_stands_before_it() -> None:
    liked = dict(zip((*WRONG, *RIGHT), (0.2, 0.2, 0.18, 0.18), strict=True))
    cases = [Example("世界" * (n % 2), CASE.syllables, CASE.chosen) for n in range(15)]
    texts = CaseConverter(VOCABULARY, Scorer(liked), None).first(cases, lambda _: None)  # type: ignore[arg-type]
    assert texts == [("是接", "世界")[n % 2] for n in range(15)]


def test_as_much_context_is_read_as_in_typing() -> None:
    scorer = Scorer({})
    converted(scorer, case=Example("好" * 200, CASE.syllables, CASE.chosen))
    assert list(map(len, scorer.contexts)) == [CONTEXT_TOKENS]


def test_all_hypotheses_are_ranked_by_the_same_score() -> None:
    liked = dict(zip((*WRONG, *RIGHT), (0.2, 0.2, 0.15, 0.15), strict=True))
    converter = CaseConverter(VOCABULARY, Scorer(liked), Pairs(), beam=20)  # type: ignore[arg-type]
    (texts,) = converter.ranked([CASE])
    assert texts[0] == "世界"
    assert len(set(texts)) == len(texts) > 3


def test_case_with_an_unknown_syllable_is_empty() -> None:
    assert converted(Scorer({}), case=Example("好", ("shi", "xyz"), "世界")) == ""
