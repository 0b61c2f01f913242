"""The user's share of slips, and what it does to the price of one."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.convert.converter import ConverterOptions
from ime.decode.opening import OpenedConverter
from ime.learn.online_ngrams import REMEMBERED_COMMITS
from ime.learn.typo_rate import DOUBT, MOST, TypoRate, slips_in
from ime.lexicon.words import Lexicon
from ime.pinyin.graph import EdgeKind, GraphOptions, Segmenter
from ime.values import Commit, DecodeRequest, How, LeftContext, Selection
from tests.fakes import TableModel, write_lexicon

CORRECTING = Segmenter(GraphOptions(correction=True))


def chosen(text: str, syllables: str, raw: str) -> Selection:
    return Selection(LeftContext(), raw, tuple(syllables.split()), (), text, 0, How.SPACE)


def commit(number: int, *selections: Selection) -> Commit:
    text = "".join(selection.chosen for selection in selections)
    syllables = tuple(one for selection in selections for one in selection.syllables)
    return Commit(number, text, syllables, selections)


CLEAN = chosen("西安", "xi an", "xi'an")
SLIPPED = chosen("西安", "xi an", "xiaan")


@pytest.mark.parametrize(
    ("text", "syllables", "raw", "slips"),
    [
        pytest.param("西安", "xi an", "xian", 0, id="in full"),
        pytest.param("西安", "xi an", "xi'an", 0, id="with a delimiter"),
        pytest.param("中国", "zhong guo", "zg", 0, id="abbreviated"),
        pytest.param("中国", "zhong guo", "zhongg", 0, id="half abbreviated"),
        pytest.param("谁", "shei", "shui", 0, id="a colloquial reading"),
        pytest.param("中国", "zhong guo", "zhognguo", 1, id="swapped"),
        pytest.param("白脱", "bai tuo", "batiuo", 2, id="swapped across two syllables"),
        pytest.param("会", "hui", "fei", 1, id="an accent that spells another syllable"),
        pytest.param("西安", "xi an", "qqqq", None, id="letters that do not spell it"),
        pytest.param("西安", "xi an", "", None, id="letters not known"),
        pytest.param("西安", "xi", "xi", None, id="a reading not known"),
    ],
)
def test_fewest_slips_are_counted(
    text: str, syllables: str, raw: str, slips: int | None
) -> None:
    assert slips_in(chosen(text, syllables, raw), CORRECTING) == slips


def test_who_never_slips_pays_more_for_a_slip_and_who_slips_pays_less() -> None:
    clean, slipping = TypoRate(CORRECTING), TypoRate(CORRECTING)
    assert clean.nats == 0
    for number in range(int(DOUBT)):
        clean.learn(commit(number, CLEAN))
        slipping.learn(commit(number, SLIPPED))
    assert clean.nats == pytest.approx(math.log(1 / 3), abs=0.05)
    assert slipping.nats == MOST


def test_one_slip_among_a_hundred_syllables_leaves_the_price() -> None:
    slips = TypoRate(CORRECTING)
    slips.learn(commit(1, SLIPPED))
    for number in range(2, 51):
        slips.learn(commit(number, CLEAN))
    assert slips.nats == pytest.approx(0, abs=0.01)


@given(st.lists(st.sampled_from([CLEAN, SLIPPED]), max_size=20), st.integers(0, 19))
def test_retracting_leaves_what_the_others_taught(
    selections: list[Selection], place: int
) -> None:
    taught, others = TypoRate(CORRECTING), TypoRate(CORRECTING)
    for number, selection in enumerate(selections):
        taught.learn(commit(number, selection))
        if number != place:
            others.learn(commit(number, selection))
    taught.retract(place)
    taught.retract(place)
    assert taught.nats == pytest.approx(others.nats, abs=1e-3)


def test_old_commits_cannot_be_retracted() -> None:
    slips = TypoRate(CORRECTING)
    slips.learn(commit(0, SLIPPED))
    for number in range(1, REMEMBERED_COMMITS + 1):
        slips.learn(commit(number, CLEAN))
    before = slips.nats
    slips.retract(0)
    assert slips.nats == before


def test_segmenter_prices_slips_for_the_typist() -> None:
    usual = CORRECTING.edges_into("zhogn", 5, last=True)
    careful = CORRECTING.for_typist(-1.5).edges_into("zhogn", 5, last=True)
    assert {replace(edge, log_prob=0.0) for edge in usual} == {
        replace(edge, log_prob=0.0) for edge in careful
    }
    costs = {edge: edge.log_prob for edge in careful}
    for edge in usual:
        slip = edge.kind is EdgeKind.CORRECTION
        assert replace(edge, log_prob=edge.log_prob - 1.5 * slip) in costs
    spans = [(edge.start, -edge.log_prob) for edge in careful]
    assert spans == sorted(spans, key=lambda item: (-item[0], item[1]))
    assert CORRECTING.edges_into("zhogn", 5, last=True) == usual


def test_choices_change_the_price_in_the_very_next_list(tmp_path: Path) -> None:
    lexicon = Lexicon(write_lexicon(tmp_path, [("西安", "xi an", 9)]))
    converter = OpenedConverter(
        TableModel.drawn(5), lexicon, ConverterOptions(GraphOptions(correction=True))
    )

    def slip_price() -> float:
        request = DecodeRequest(1, LeftContext(), "xiaan")
        assert converter.convert(request) is not None
        edges = converter._search.segmenter.edges_into("xiaan", 5, last=True)
        return min(edge.log_prob for edge in edges if edge.kind is EdgeKind.CORRECTION)

    before = slip_price()
    converter.learn(commit(1, *[CLEAN] * 100))
    assert slip_price() < before - 0.2
    converter.retract(1)
    assert slip_price() == pytest.approx(before)
