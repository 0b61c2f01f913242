"""How sure the characters of the first candidate are."""

from __future__ import annotations

import pytest

from ime.convert.beam import Hypothesis
from ime.convert.certainty import certainty
from ime.decode.opening import OpenedConverter
from ime.lexicon.words import Lexicon
from ime.values import Candidate, DecodeRequest, LeftContext, Source
from tests.fakes import write_lexicon
from tests.tiny_model import TinyModel

TEXTS = ("甲", "乙", "丙")


def path(tokens: tuple[int, ...], score: float, *ends: int) -> Hypothesis:
    starts = (0, *ends[:-1])
    text = "".join(TEXTS[token] for token in tokens)
    return Hypothesis(ends[-1], tokens, tuple(zip(starts, ends, strict=True)), text, score)


def test_only_hypothesis_is_certain() -> None:
    only = path((0, 1), -5.0, 2, 4)
    assert certainty(only, [only], TEXTS) == (1.0, 1.0)


def test_what_all_share_is_certain_and_the_rest_shared_out() -> None:
    first, second = path((0, 1), -5.0, 2, 4), path((0, 2), -5.0, 2, 4)
    assert certainty(first, [first, second], TEXTS) == pytest.approx((1.0, 0.5))


def test_likelier_ones_count_more() -> None:
    first, second = path((0,), -5.0, 2), path((1,), -8.0, 2)
    (chance,) = certainty(first, [first, second], TEXTS)
    assert chance == pytest.approx(1 / (1 + 2.718281828**-3))


def test_same_character_over_other_letters_is_another() -> None:
    first, second = path((0, 1), -5.0, 2, 4), path((0, 1), -5.0, 3, 4)
    assert certainty(first, [first, second], TEXTS) == pytest.approx((0.5, 0.5))


def test_doubtful_places_follow_from_it() -> None:
    item = Candidate("甲乙", (), 4, Source.SENTENCE, certainty=(0.9, 0.4))
    assert item.doubtful == (1,)
    assert Candidate("甲乙", (), 4, Source.SENTENCE).doubtful == ()


@pytest.fixture(scope="module")
def converter(tmp_path_factory: pytest.TempPathFactory) -> OpenedConverter:
    words = [("西安", "xi an", 50)]
    return OpenedConverter(
        TinyModel(), Lexicon(write_lexicon(tmp_path_factory.mktemp("lexicon"), words))
    )


@pytest.mark.parametrize("raw", ["zai", "zaijian", "dadong", "yinhang"])
def test_first_candidate_alone_says_it(converter: OpenedConverter, raw: str) -> None:
    listed = converter.convert(DecodeRequest(1, LeftContext(), raw))
    assert listed is not None
    first, *others = listed.items
    assert len(first.certainty) == len(first.text)
    assert all(0.0 < chance <= 1.0 for chance in first.certainty)
    assert all(item.certainty == () for item in others)
