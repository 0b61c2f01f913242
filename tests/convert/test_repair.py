"""Repairs of the last sentence: by what stands behind, each change worth its while."""

from __future__ import annotations

import pytest

from ime.convert.repair import LEAST_GAIN, LONGEST, Repairer
from ime.convert.score.formula import Score, TokenScore
from ime.decode.opening import OpenedConverter
from ime.lexicon.words import Lexicon
from ime.values import DecodeRequest, LeftContext
from tests.fakes import write_lexicon
from tests.tiny_model import PAIRS, TinyModel

STRONG = {pair: 2 * nats for pair, nats in PAIRS.items()}


@pytest.fixture(scope="module")
def repairer() -> Repairer:
    return Repairer(Score(TokenScore(TinyModel(pairs=STRONG))))


def repaired(repairer: Repairer, text: str, readings: tuple[str, ...] = ()) -> list[str]:
    """The whole texts that are offered."""
    context = LeftContext().append(text, readings)
    found = repairer.repairs(context)
    assert found is not None
    for repair in found:
        assert text.endswith(repair.old)
        assert len(repair.old) == len(repair.new)
        pairs = enumerate(zip(repair.old, repair.new, strict=True))
        assert repair.places == tuple(place for place, (old, new) in pairs if old != new)
        assert repair.places[0] == 0
        assert repair.gain >= LEAST_GAIN
    return [text.removesuffix(repair.old) + repair.new for repair in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("在见", "再见"),
        ("大在见的", "大再见的"),
        ("在见。", "再见。"),
        ("大。在见", "大。再见"),
        ("abc在见!", "abc再见!"),
        ("👍 在见", "👍 再见"),
    ],
)
def test_what_stands_behind_repairs_what_stands_before(
    repairer: Repairer, text: str, wanted: str
) -> None:
    assert repaired(repairer, text)[0] == wanted


@pytest.mark.parametrize("text", ["", "。", "再见", "大西安", "abc", "在", "在见。大"])
def test_text_that_stands_well_is_left(repairer: Repairer, text: str) -> None:
    assert repaired(repairer, text) == []


def test_two_changes_stand_together_and_the_likelier_before_one(repairer: Repairer) -> None:
    assert repaired(repairer, "在见大在见")[0] == "再见大再见"


@pytest.mark.parametrize("syllable", ["jian", "xian"])
def test_readings_count_where_a_character_has_them(repairer: Repairer, syllable: str) -> None:
    assert repaired(repairer, "在见", ("zai", syllable))[0] == "再见"


def test_only_the_end_of_a_long_sentence_is_looked_at(repairer: Repairer) -> None:
    assert repaired(repairer, "在见" + "大" * LONGEST) == []


def test_overtaken_search_is_dropped(repairer: Repairer) -> None:
    assert repairer.repairs(LeftContext("在见"), lambda: True) is None


def test_letters_behind_a_repair_are_converted_as_without(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    lexicon = Lexicon(write_lexicon(tmp_path_factory.mktemp("lexicon"), []))
    converter = OpenedConverter(TinyModel(pairs=STRONG), lexicon)
    request = DecodeRequest(1, LeftContext("大"), "zaijian")
    before = converter.convert(request)
    found = converter.repairs(LeftContext("大在见"))
    assert found is not None
    assert found[0].new == "再见"
    assert converter.convert(request) == before
