"""The prices and spellings of the rules."""

from __future__ import annotations

import math

import pytest

from ime.pinyin import rules
from ime.pinyin.inventory import SYLLABLES, final, initial
from ime.pinyin.rules import NEIGHBOURS, FuzzyPair, Part, slip_spellings, slipped_spellings


@pytest.mark.parametrize(
    ("price", "share"),
    [
        (rules.ABBREVIATION, 0.1),
        (rules.COMPLETION, 0.01),
        (rules.FUZZY, 0.2),
        (rules.SLIP, 0.01),
        (rules.ACCENT, 0.0025),
        (rules.OVERDONE, 0.0025 / 4),
        (rules.NEIGHBOUR, 0.003 * 0.5 / 5),
        (rules.MISSING, 0.003 * 0.25),
        (rules.SWAPPED, 0.003 * 0.1),
        (rules.DOUBLED, 0.003 * 0.1),
    ],
)
def test_price_is_the_logarithm_of_its_share(price: float, share: float) -> None:
    assert price == pytest.approx(math.log(share), abs=1e-3)


@pytest.mark.parametrize("pair", FuzzyPair, ids=lambda pair: pair.value)
def test_fuzzy_pair_names_sounds_of_its_part_two_and_two(pair: FuzzyPair) -> None:
    part = initial if pair.part is Part.INITIAL else final
    sounds = {part(syllable) for syllable in SYLLABLES}
    named = {sound for two in pair.sounds for sound in two}
    assert set(pair.value.split("/")) <= named <= sounds
    assert len(named) == 2 * len(pair.sounds)


def test_fuzzy_syllables_are_syllables_and_differ_in_initial_and_final() -> None:
    found = [two for pair in FuzzyPair for two in pair.syllables]
    assert found
    for first, second in found:
        assert {first, second} <= SYLLABLES
        assert initial(first) != initial(second)
        assert final(first) != final(second)


def test_swap_across_two_syllables_costs_what_one_within_a_syllable_does() -> None:
    across = rules.SWAPPED_AWAY + rules.SWAPPED_BACK
    assert across == pytest.approx(rules.SWAPPED)
    # Who only wants the second half must not get it cheaper than a habitual slip.
    assert rules.ABBREVIATION + rules.SWAPPED_BACK < -3


@pytest.mark.parametrize(
    ("syllable", "typed"),
    [
        ("zhong", {"zhogn", "zhomg", "zhon"}),
        ("ang", {"agn", "amg"}),
        ("jiu", {"jiou"}),
        ("dui", {"duei"}),
        ("lun", {"luen"}),
        ("wen", set()),
        ("hng", {"hgn", "hmg"}),
    ],
)
def test_slip_spellings_of_a_syllable(syllable: str, typed: set[str]) -> None:
    assert set(slip_spellings(syllable)) == typed


@pytest.mark.parametrize(
    ("key", "touching"),
    [("g", "bfhtvy"), ("q", "aw"), ("p", "lo"), ("z", "asx"), ("m", "jkn"), ("l", "kop")],
)
def test_neighbours_are_the_keys_that_touch(key: str, touching: str) -> None:
    assert NEIGHBOURS[key] == touching


def test_neighbours_are_mutual_and_about_five() -> None:
    assert all(key in NEIGHBOURS[other] for key in NEIGHBOURS for other in NEIGHBOURS[key])
    assert sum(map(len, NEIGHBOURS.values())) / 26 == pytest.approx(5, abs=1)


@pytest.mark.parametrize(
    ("typed", "price"),
    [
        ("ahi", rules.SWAPPED),
        ("hia", rules.SWAPPED),
        ("haai", rules.DOUBLED),
        ("ha", rules.MISSING),
        ("jai", rules.NEIGHBOUR),
        ("hau", rules.NEIGHBOUR),
    ],
)
def test_slipped_spellings_hold_each_kind_of_slip(typed: str, price: float) -> None:
    assert slipped_spellings("hai")[typed] == price


@pytest.mark.parametrize("typed", ["hai", "hei", "haix", "h", "hiaa"])
def test_slipped_spellings_hold_nothing_else(typed: str) -> None:
    assert typed not in slipped_spellings("hai")


def test_slipped_spellings_keep_the_likeliest_slip_and_never_the_syllable_itself() -> None:
    # Swapping the two letters of ee gives ee again; leaving either out gives e.
    assert "ee" not in slipped_spellings("ee")
    assert slipped_spellings("ee")["e"] == rules.MISSING
