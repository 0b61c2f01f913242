"""The terms of a score sum to it, and each holds what it says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ime.convert.converter import ConverterOptions
from ime.decode.opening import OpenedConverter
from ime.lexicon.words import Lexicon
from ime.pinyin.graph import GraphOptions
from ime.pinyin.shuangpin import built_in_scheme
from ime.values import (
    Candidate,
    Commit,
    DecodeRequest,
    How,
    LeftContext,
    Selection,
    Shares,
    Source,
)
from tests.convert.searches import inputs
from tests.fakes import TableModel, write_lexicon

WORDS = [
    ("西安", "xi an", 9),
    ("系按", "xi an", 2),
    ("先年", "xian nian", 10),
    ("西安年", "xi an nian", 8),
]
SLIPS = ConverterOptions(GraphOptions(correction=True))


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    return Lexicon(write_lexicon(tmp_path_factory.mktemp("lexicon"), WORDS))


@pytest.fixture(scope="module")
def converter(lexicon: Lexicon) -> OpenedConverter:
    """The table is the whole model, another one what its n-gram would be."""
    return OpenedConverter(TableModel.drawn(5), lexicon, SLIPS, ngram=TableModel.drawn(6))


def explained(
    converter: OpenedConverter, raw: str, context: str = ""
) -> dict[str, tuple[Candidate, Shares]]:
    request = DecodeRequest(1, LeftContext(context), raw)
    listed = converter.convert(request)
    assert listed is not None
    shares = converter.explain(request, listed.items)
    assert converter.convert(request) == listed, "the search goes on as if nobody had asked"
    return {
        item.text: (item, found)
        for item, found in zip(listed.items, shares, strict=True)
        if found is not None
    }


def chosen(converter: OpenedConverter, text: str, *syllables: str, times: int) -> None:
    choice = Selection(LeftContext(), "".join(syllables), syllables, (), text, 1, How.DIGIT)
    for number in range(times):
        converter.learn(Commit(number, text, syllables, (choice,)))


@settings(max_examples=60, deadline=None)
@given(raw=inputs, context=st.sampled_from(["", "西", "安先"]))
def test_terms_sum_to_the_score(converter: OpenedConverter, raw: str, context: str) -> None:
    for text, (item, shares) in explained(converter, raw, context).items():
        assert shares.score == pytest.approx(item.score, abs=1e-3), text


def test_first_of_the_list_has_its_terms_apart(converter: OpenedConverter) -> None:
    item, shares = explained(converter, "xian", "西")["西安"]
    assert shares.ngram != 0.0
    assert shares.network != 0.0
    assert shares.cache > 0.0, "it stands in the context"
    assert shares.user == 0.0
    assert shares.spelling == pytest.approx(0.0, abs=1e-3)
    assert explained(converter, "xian")["西安"][1].cache == 0.0
    assert item.end == 4


def test_model_alone_has_no_network(lexicon: Lexicon) -> None:
    alone = OpenedConverter(TableModel.drawn(5), lexicon, SLIPS)
    assert {shares.network for _, shares in explained(alone, "xian").values()} == {0.0}


def test_slips_and_initials_are_spelling(converter: OpenedConverter) -> None:
    assert explained(converter, "xina")["先"][1].spelling < -1.0
    assert explained(converter, "xn")["先年"][1].spelling < -1.0


def test_words_the_beam_lacks_are_told_by_their_counts(lexicon: Lexicon) -> None:
    narrow = OpenedConverter(TableModel.drawn(5), lexicon)
    _, shares = explained(narrow, "xianxianxian")["系按"]
    assert shares.words < 0.0


def test_choices_are_the_users(lexicon: Lexicon) -> None:
    converter = OpenedConverter(TableModel.drawn(5), lexicon, SLIPS)
    before = explained(converter, "xian")["系按"][1]
    chosen(converter, "系按", "xi", "an", times=3)
    item, after = explained(converter, "xian")["系按"]
    assert before.user == 0.0
    assert after.user > 1.0
    assert after.score == pytest.approx(item.score, abs=1e-3)


def test_what_no_score_put_there_has_none(converter: OpenedConverter) -> None:
    request = DecodeRequest(1, LeftContext(), "xian")
    assert converter.convert(request) is not None
    assert converter.explain(request, [Candidate("2026", (), 4, Source.REWRITE)]) == (None,)


def test_ends_in_shuangpin_count_keys(lexicon: Lexicon) -> None:
    converter = OpenedConverter(
        TableModel.drawn(5), lexicon, ConverterOptions(scheme=built_in_scheme("flypy"))
    )
    for item, shares in explained(converter, "xian").values():
        assert shares.score == pytest.approx(item.score, abs=1e-3), item
