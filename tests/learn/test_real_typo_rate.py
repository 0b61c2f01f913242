"""The shipped n-gram and slips: which are seen through, and that clean typing stays itself."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ime.backend.opening import open_by_settings
from ime.decode.opening import OpenedConverter
from ime.lexicon.words import Lexicon
from ime.pinyin.inventory import SYLLABLES
from ime.settings import ModelSettings, Settings, TypingSettings
from ime.values import DecodeRequest, LeftContext

ASSETS = Path(__file__).parents[2] / "assets"


def opened(*, correction: bool) -> OpenedConverter:
    typing, model = TypingSettings(correction=correction), ModelSettings(tier="ngram")
    return open_by_settings(Settings(typing=typing, model=model))


@pytest.fixture(scope="module")
def correcting() -> OpenedConverter:
    """As it comes: correction on, every fuzzy pair off."""
    return opened(correction=True)


@pytest.fixture(scope="module")
def literal() -> OpenedConverter:
    """Correction off."""
    return opened(correction=False)


def first(converter: OpenedConverter, raw: str, context: str = "") -> str:
    answer = converter.convert(DecodeRequest(1, LeftContext(context), raw))
    assert answer is not None
    return answer.items[0].text


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        pytest.param("jintiantianqihenhoa", "今天天气很好", id="swapped"),
        pytest.param("xiexeinimen", "谢谢你们", id="swapped, syllables spelled"),
        pytest.param("zhongguoernmin", "中国人民", id="swapped across two syllables"),
        pytest.param("womenyiqiquchifna", "我们一起去吃饭", id="swapped at the end"),
        pytest.param("zhnguorenmin", "中国人民", id="missing"),
        pytest.param(
            "feichangganxienidebangzu", "非常感谢你的帮助", id="accent, syllable spelled"
        ),
    ],
)
def test_slip_is_seen_through(
    correcting: OpenedConverter, literal: OpenedConverter, raw: str, meant: str
) -> None:
    assert first(correcting, raw) == meant
    assert first(literal, raw) != meant


@pytest.mark.parametrize(
    "raw",
    [
        "nihaoshijie",
        "zhangsanhelisi",
        "xianzaijidianle",
        "wobuzhidaozenmezuo",
        "sansheng",
        "fangjian",
        "huangjian",
        "xinqing",
        "xingqing",
        "nanfang",
        "xian",
        "fangan",
        "zhebian",
        "zgr",
        "women",
        "ge",
    ],
)
def test_clean_typing_is_left_alone(
    correcting: OpenedConverter, literal: OpenedConverter, raw: str
) -> None:
    assert first(correcting, raw) == first(literal, raw)


@pytest.mark.parametrize("letter", ["i", "u", "z"])
def test_held_key_is_looked_up_in_bounded_time(letter: str) -> None:
    """Slips let five i mean millions of initials; one key once took 26 seconds."""
    lexicon = Lexicon(ASSETS / "lexicon")
    every = tuple(sorted(SYLLABLES))
    before = time.process_time()
    assert len(lexicon.words_like((every,) * 8)) <= 40
    assert time.process_time() - before < 2.0
    search = open_by_settings(Settings(model=ModelSettings(tier="ngram")))
    before = time.process_time()
    for count in range(1, 9):
        search.convert(DecodeRequest(count, LeftContext(), letter * count))
    assert time.process_time() - before < 4.0
