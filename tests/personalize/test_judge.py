"""Cases are judged by all that decides in typing; here the search is made up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from ime.personalize import judge as module
from ime.personalize.judge import BEAM, CaseConverter
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
    """Every text may end after 接, and no other."""

    def __init__(self, endings: bool = False) -> None:
        self.endings = endings

    def followers(self, histories: Sequence[Sequence[int]], _: object) -> np.ndarray:
        likely = [self.endings and history[-1] == WRONG[-1] for history in histories]
        return np.where(likely, 0.98, 0.5).astype(np.float32)


Found = list[list[tuple[float, list[int]]]]


@pytest.fixture
def hypotheses(monkeypatch: pytest.MonkeyPatch) -> Callable[[Found], list]:
    """Sets what the search finds; what it was asked for is in the list that comes back."""

    def find(found: Found) -> list:
        asked: list = []

        def convert_many(*arguments: object) -> Found:
            asked.append(arguments)
            return found

        monkeypatch.setattr(module, "convert_many", convert_many)
        return asked

    return find


def converted(scorer: Scorer, pairs: Pairs | None = None) -> list[str]:
    return CaseConverter(VOCABULARY, pairs).convert(scorer, [CASE], lambda _: None)


def test_likeliest_hypothesis_is_first(hypotheses: Callable[[Found], list]) -> None:
    asked = hypotheses([[(-1.0, RIGHT), (-1.1, WRONG)]])
    assert converted(Scorer()) == ["世界"]
    (_, by_syllable, cases, beam, *_) = asked[0]
    assert set(by_syllable) >= {"shi", "jie"}
    assert cases == [(path("好", "hao"), ("shi", "jie"))]
    assert beam == BEAM


def test_words_count(hypotheses: Callable[[Found], list]) -> None:
    hypotheses([[(-1.0, WRONG), (-1.5, RIGHT)]])
    assert converted(Scorer()) == ["是接"]
    assert converted(Scorer(), Pairs()) == ["世界"]


def test_ending_counts(hypotheses: Callable[[Found], list]) -> None:
    hypotheses([[(-1.0, RIGHT), (-1.2, WRONG)]])
    assert converted(Scorer(endings=True)) == ["是接"]


def test_hanzi_of_the_context_come_again(hypotheses: Callable[[Found], list]) -> None:
    asked = hypotheses([[(-1.0, RIGHT)]])
    converted(Scorer())
    recurring = asked[0][5]
    even = np.full((1, len(VOCABULARY)), -3.0, np.float32)
    changed = recurring(0, even.copy())
    again = path("好", "hao")
    assert changed[0, again] > -3.0
    others = np.delete(np.arange(len(VOCABULARY)), again)
    np.testing.assert_array_equal(changed[0, others], even[0, others])


def test_case_without_hypotheses_is_empty(hypotheses: Callable[[Found], list]) -> None:
    hypotheses([[]])
    assert converted(Scorer()) == [""]
