"""Two engines on the same rows; the intervals are checked by drawing the rows again."""

from __future__ import annotations

import math
import random

import pytest

from ime.bench.paired_test import Estimate, PairedTest, duel, marked_duel, picks_ratio
from ime.bench.scoring import Pair
from ime.bench.test_sets import Answer, Question

GOLDS = {"a": "你好", "b": "世界", "c": "西安", "d": "背景", "e": "好事", "g": "你好世界"}


def saying(**first: str) -> list[Pair]:
    """Answers to some rows."""
    return [
        (Question("", row, "", "keys", GOLDS[row]), Answer(row, 0, 0, (text,)))
        for row, text in first.items()
    ]


def test_duel_counts_rows_that_only_one_gets_right() -> None:
    found = duel(
        saying(a="你好", b="视界", c="西安", d="北京", e="好事"),
        saying(a="你好", b="世界", c="先", d="背静", g="你好世界"),
    )
    assert found == PairedTest(rows=4, errors=2, other_errors=2, rescued=1, broken=1)
    assert found.error_ratio.value == 1.0


def test_error_ratio_that_does_not_exist_is_no_number() -> None:
    assert math.isnan(PairedTest(3, 1, 0, 0, 1).error_ratio.value)
    perfect = PairedTest(3, 0, 1, 1, 0).error_ratio
    assert perfect.value == 0
    assert math.isnan(perfect.low)


def test_error_ratio_of_an_engine_against_itself_is_certain() -> None:
    assert PairedTest(100, 30, 30, 0, 0).error_ratio == Estimate(1.0, 1.0, 1.0)


def again(ratios: list[float]) -> tuple[float, float]:
    """The middle 95 % of what other drawings of the rows gave."""
    ordered = sorted(ratios)
    return ordered[len(ordered) // 40], ordered[-len(ordered) // 40]


def test_error_ratio_has_the_interval_that_drawing_again_gives() -> None:
    generator = random.Random(5)
    # Wrong in both, only in ours, only in theirs, in neither.
    rows = [(1, 1)] * 200 + [(1, 0)] * 60 + [(0, 1)] * 140 + [(0, 0)] * 600
    found = PairedTest(1000, errors=260, other_errors=340, rescued=140, broken=60).error_ratio
    drawn = []
    for _ in range(1000):
        sample = generator.choices(rows, k=len(rows))
        drawn.append(sum(ours for ours, _ in sample) / sum(theirs for _, theirs in sample))
    assert (found.low, found.high) == pytest.approx(again(drawn), abs=0.02)
    assert found.high - found.low < 0.2  # two separate samples would have 0.27


def test_gain_has_the_interval_that_drawing_again_gives() -> None:
    generator = random.Random(6)
    rows = (
        [1] * 90 + [-1] * 50 + [0] * 860
    )  # right only in ours, only in theirs, in both or none
    found = PairedTest(1000, errors=260, other_errors=300, rescued=90, broken=50).gain
    drawn = [sum(generator.choices(rows, k=1000)) / 1000 for _ in range(1000)]
    assert found.value == 0.04
    assert (found.low, found.high) == pytest.approx(again(drawn), abs=0.003)
    assert math.isnan(PairedTest(0, 0, 0, 0, 0).gain.value)


def test_marked_duel_looks_at_the_marked_character_alone() -> None:
    def marked(first: str) -> list[Pair]:
        return [(Question("", "r", "", "keys", "重庆", marked=0), Answer("r", 0, 0, (first,)))]

    assert marked_duel(marked("重轻"), marked("从庆")) == PairedTest(1, 0, 1, 1, 0)
    assert marked_duel(saying(a="你好"), saying(a="你好")) is None


def entered(*efforts: tuple[int, int, int] | None) -> list[Pair]:
    """Rows with picks, page turns and characters out of reach."""
    return [
        (Question("", f"r{row}", "", "ni", "你"), Answer(f"r{row}", 0, 0, effort=effort))
        for row, effort in enumerate(efforts)
    ]


def test_picks_ratio_is_of_all_that_is_pressed_on_rows_of_both() -> None:
    ours = entered((1, 0, 0), (1, 1, 1), None, (9, 9, 9))
    theirs = entered((2, 0, 0), (4, 2, 0), (1, 0, 0), None)
    found = picks_ratio(ours, theirs)
    assert found is not None
    assert found.value == (1 + 5) / (2 + 6)


def test_picks_ratio_that_does_not_exist_is_none() -> None:
    assert picks_ratio(entered(None), entered((1, 0, 0))) is None
    assert picks_ratio(entered((1, 0, 0)), entered((0, 0, 0))) is None
    single = picks_ratio(entered((1, 0, 0)), entered((2, 0, 0)))
    assert single is not None
    assert math.isnan(single.low)


def test_picks_ratio_of_few_rows_does_not_fall_below_nothing() -> None:
    found = picks_ratio(entered((1, 0, 0), (90, 0, 0)), entered((80, 0, 0), (1, 0, 0)))
    assert found is not None
    assert found.low == 0


def test_picks_ratio_has_the_interval_that_drawing_again_gives() -> None:
    generator = random.Random(7)
    rows = [(generator.randint(1, 6), generator.randint(1, 9)) for _ in range(600)]
    found = picks_ratio(
        entered(*((own, 0, 0) for own, _ in rows)),
        entered(*((other, 0, 0) for _, other in rows)),
    )
    drawn = []
    for _ in range(1000):
        sample = generator.choices(rows, k=len(rows))
        drawn.append(sum(own for own, _ in sample) / sum(other for _, other in sample))
    assert found is not None
    assert (found.low, found.high) == pytest.approx(again(drawn), abs=0.015)
