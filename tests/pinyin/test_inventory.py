"""The syllable inventory agrees with the asset the model's vocabulary is made from."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ime.pinyin.inventory import (
    ALIASES,
    COLLOQUIAL,
    COLLOQUIAL_BY_TYPED,
    INITIALS,
    SPELLINGS,
    SYLLABLES,
    TYPED_ONLY,
    Colloquial,
    final,
    initial,
    may_be_pinyin,
)

STANDARD_HANZI = Path(__file__).parents[2] / "assets" / "standard_hanzi.tsv"


@pytest.fixture(scope="module")
def readings() -> dict[str, list[str]]:
    lines = STANDARD_HANZI.read_text(encoding="utf-8").splitlines()
    return {
        char: syllables.split() for char, _, syllables in (x.partition("\t") for x in lines)
    }


def test_inventory_equals_the_readings_of_the_standard_characters(
    readings: dict[str, list[str]],
) -> None:
    assert {s for syllables in readings.values() for s in syllables} == SYLLABLES
    assert len(SYLLABLES) == 407


@pytest.mark.parametrize(
    ("syllable", "parts"),
    [
        ("zhuang", ("zh", "uang")),
        ("shi", ("sh", "i")),
        ("zi", ("z", "i")),
        ("nve", ("n", "ve")),
        ("yuan", ("y", "uan")),
        ("wo", ("w", "o")),
        ("an", ("", "an")),
        ("er", ("", "er")),
        ("m", ("m", "")),
        ("hng", ("h", "ng")),
        ("", ("", "")),
    ],
)
def test_initial_and_final_split_the_syllable(syllable: str, parts: tuple[str, ...]) -> None:
    assert (initial(syllable), final(syllable)) == parts


def test_initials_are_those_the_syllables_begin_with() -> None:
    assert set(INITIALS) == {initial(syllable) for syllable in SYLLABLES} - {""}
    assert len(INITIALS) == 23


@pytest.mark.parametrize(
    ("typed", "syllable"),
    [
        ("lue", "lve"),
        ("nue", "nve"),
        ("jv", "ju"),
        ("qve", "que"),
        ("xvan", "xuan"),
        ("yvn", "yun"),
        ("zhuang", "zhuang"),
        ("ng", "ng"),
    ],
)
def test_spelling_stands_for_the_syllable(typed: str, syllable: str) -> None:
    assert SPELLINGS[typed] == syllable


def test_aliases_are_no_syllables_and_mean_syllables() -> None:
    assert not set(ALIASES) & (SYLLABLES | TYPED_ONLY)
    assert set(ALIASES.values()) <= SYLLABLES
    assert len(ALIASES) == 2 + 4 * 4


def test_no_alias_touches_finals_that_hold_no_u_umlaut() -> None:
    assert not {"jvi", "yvo", "yvng", "nvan", "lvn", "xvo"} & set(SPELLINGS)


def _name(item: Colloquial) -> str:
    return f"{item.char}-{item.typed}-{item.syllable}"


@pytest.mark.parametrize("item", COLLOQUIAL, ids=_name)
def test_colloquial_reading_leads_from_a_spelling_to_a_token(
    readings: dict[str, list[str]], item: Colloquial
) -> None:
    assert item.typed in SYLLABLES | TYPED_ONLY
    assert item.syllable in readings[item.char]
    assert item.typed != item.syllable
    assert item.log_prob < 0


def test_colloquial_readings_are_listed_once() -> None:
    counts = Counter((item.char, item.typed, item.syllable) for item in COLLOQUIAL)
    assert [key for key, count in counts.items() if count > 1] == []


def test_every_spelling_without_tokens_has_a_character() -> None:
    assert set(COLLOQUIAL_BY_TYPED) >= TYPED_ONLY
    assert sum(map(len, COLLOQUIAL_BY_TYPED.values())) == len(COLLOQUIAL)


@pytest.mark.parametrize(
    ("char", "typed", "syllable"),
    [
        ("谁", "shui", "shei"),
        ("这", "zhei", "zhe"),
        ("那", "nei", "na"),
        ("嗯", "ng", "en"),
        ("嗯", "n", "en"),
        ("给", "ji", "gei"),
        ("角", "jiao", "jue"),
        ("血", "xie", "xue"),
        ("儿", "r", "er"),
        ("喔", "o", "wo"),
        ("颤", "zhan", "chan"),
        ("呵", "a", "he"),
    ],
)
def test_colloquial_readings_people_expect_are_there(
    char: str, typed: str, syllable: str
) -> None:
    found = {(item.char, item.syllable) for item in COLLOQUIAL_BY_TYPED[typed]}
    assert (char, syllable) in found


@pytest.mark.parametrize(
    "letters",
    ["nihao", "zhongg", "zgr", "mp", "lv", "a", "xian", "ks", "srf", "shij", "docker", ""],
)
def test_syllables_and_initials_may_be_pinyin(letters: str) -> None:
    assert may_be_pinyin(letters)


@pytest.mark.parametrize(
    "letters", ["win", "utf", "ipv", "vim", "nginx", "url", "i", "ui", "giv"]
)
def test_what_no_syllable_begins_so_is_no_pinyin(letters: str) -> None:
    assert not may_be_pinyin(letters)
