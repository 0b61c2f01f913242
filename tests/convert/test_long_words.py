"""Words of four hanzi and more that stand there before they are typed to the end."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ime.backend.opening import open_by_settings
from ime.decode.opening import OpenedConverter
from ime.lexicon.words import LEAST_BEGUN, Lexicon
from ime.settings import ModelSettings, Settings
from ime.values import DecodeRequest, LeftContext, Source

ASSETS = Path(__file__).parents[2] / "assets"
COMMON = 300  # times that the training text has a word


@pytest.fixture(scope="module")
def opened() -> OpenedConverter:
    return open_by_settings(Settings(model=ModelSettings(tier="ngram")))


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon(ASSETS / "lexicon")


def page(opened: OpenedConverter, raw: str) -> list[str]:
    found = opened.convert(DecodeRequest(0, LeftContext(), raw))
    assert found is not None
    return [item.text for item in found.items[:5]]


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ("hushuob", "胡说八道"), ("huashetian", "画蛇添足"), ("huanjingbian", "环境变量"),
        ("zhongguorenmin", "中国人民银行"), ("quanxinquany", "全心全意"),
    ],
)  # fmt: skip
def test_a_long_word_is_offered_early(opened: OpenedConverter, raw: str, word: str) -> None:
    assert word in page(opened, raw)


def test_three_syllables_are_enough_for_most(opened: OpenedConverter, lexicon: Lexicon) -> None:
    words = [word for word in lexicon if len(word.text) == 4 and word.count > COMMON]
    sample = random.Random(3).sample(words, 60)
    there = [word.text in page(opened, "".join(word.syllables[:3])) for word in sample]
    assert sum(there) >= 54


def test_what_is_typed_to_the_end_stays_in_front(opened: OpenedConverter) -> None:
    assert page(opened, "zhongguoren")[0] == "中国人"
    found = opened.convert(DecodeRequest(0, LeftContext(), "wanshiru"))
    assert found is not None
    assert found.items[0].source is not Source.USER
    assert len(found.items[0].text) == 3


@pytest.mark.parametrize("raw", ["hushuo", "hs", "zhon"])
def test_two_syllables_promise_no_long_word(opened: OpenedConverter, raw: str) -> None:
    assert all(len(text) < LEAST_BEGUN for text in page(opened, raw))


def test_words_begun_are_longer_and_frequent_first(lexicon: Lexicon) -> None:
    words = lexicon.words_begun((("zhong",), ("guo",), ("ren",)), 5)
    assert all(word.syllables[:3] == ("zhong", "guo", "ren") for word in words)
    assert [word.count for word in words] == sorted((w.count for w in words), reverse=True)
    assert min(len(word.text) for word in words) >= LEAST_BEGUN
    assert lexicon.words_begun((("zhong", "chong"), ("guo",))) == ()
    assert lexicon.words_begun((("zhong",),) * 8) == ()
