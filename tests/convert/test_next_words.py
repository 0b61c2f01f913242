"""What may follow a text: words by their likelihood, from a model read by hand."""

from __future__ import annotations

import pytest

from ime.convert import next_words
from ime.decode.opening import OpenedConverter
from ime.lexicon.words import Lexicon
from ime.values import Commit, DecodeRequest, How, LeftContext, Selection, Source
from tests.fakes import write_lexicon
from tests.tiny_model import TinyModel

WORDS = [("西安", "xi an", 50), ("再见", "zai jian", 80), ("银行", "yin hang", 40)]


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    return Lexicon(write_lexicon(tmp_path_factory.mktemp("lexicon"), WORDS))


@pytest.fixture
def converter(lexicon: Lexicon) -> OpenedConverter:
    return OpenedConverter(TinyModel(), lexicon)


def offered(converter: OpenedConverter, text: str, limit: int = 5) -> list[str]:
    found = converter.next_words(LeftContext(text), limit)
    assert found is not None
    return [item.text for item in found]


def test_words_and_characters_are_offered_likeliest_first(converter: OpenedConverter) -> None:
    found = converter.next_words(LeftContext("大"), 5)
    assert found is not None
    assert [item.text for item in found] == ["的", "大", "在", "再见", "西安"]
    assert [item.score for item in found] == sorted((i.score for i in found), reverse=True)
    assert found[3].syllables == ("zai", "jian")
    assert [item.source for item in found[2:4]] == [Source.CHARACTER, Source.WORD]


def test_text_before_decides(converter: OpenedConverter) -> None:
    assert offered(converter, "西")[0] == "安"
    assert offered(converter, "再")[0] == "见"


def test_longer_words_have_their_share(
    converter: OpenedConverter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(next_words, "MOST_CHARACTERS", 1)
    assert offered(converter, "大") == ["的", "再见", "西安"]


@pytest.mark.parametrize("text", ["", "在。", "在 ", "abc", "在3"])
def test_nothing_is_offered_behind_what_is_no_hanzi(
    converter: OpenedConverter, text: str
) -> None:
    assert offered(converter, text) == []


def test_no_more_are_offered_than_wanted(converter: OpenedConverter) -> None:
    assert len(offered(converter, "大", limit=2)) == 2


def test_overtaken_prediction_is_dropped(converter: OpenedConverter) -> None:
    assert converter.next_words(LeftContext("大"), 5, lambda: True) is None


def test_word_that_was_learned_is_offered(converter: OpenedConverter) -> None:
    chosen = Selection(
        LeftContext("大"), "dongxian", ("dong", "xian"), (), "洞先", 1, How.DIGIT
    )
    assert "洞先" not in offered(converter, "大", limit=9)
    for number in range(3):
        converter.learn(Commit(number, "洞先", ("dong", "xian"), (chosen,)))
    assert "洞先" in offered(converter, "大", limit=9)


def test_next_letter_is_converted_as_without(
    converter: OpenedConverter, lexicon: Lexicon
) -> None:
    offered(converter, "大")
    request = DecodeRequest(1, LeftContext("大"), "zaijian")
    assert converter.convert(request) == OpenedConverter(TinyModel(), lexicon).convert(request)
