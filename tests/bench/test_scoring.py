"""The figures; another program computed those of the fixed table from the same files."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.bench.scoring import (
    Effort,
    Pair,
    Share,
    Times,
    character_stands,
    characters_right,
    edit_distance,
    pairs_of,
    percentile,
    score,
    score_kinds,
    wilson,
)
from ime.bench.test_sets import Answer, Question, read_answers, read_set

ASKED = """\
a	左，	nihao	你好	ni hao	chat
b		shijie	世界	shi jie	chat
c	x	xian	西安	xi an	wiki
d		beijing	背景	bei jing	wiki
e		haoshi	好事	hao shi	chat
f		wo	我	wo	wiki
g		nihaoshijie	你好世界	ni hao shi jie	chat
h		anjing	安静	an jing	chat
"""
ANSWERED = """\
a	900	300	你好	拟好	你	#k=100,200,300,200,100	#g=0	#p=1,0,0
b	600	110	视界	世界	是	#k=90,100,110,100,100,100	#g=1	#p=1,0,0
c	400	100	先	现	线	西	系	安	#k=100,100,100,100	#g=-1	#p=2,1,0
d	6050	6000	北	被	背	辈	贝	备	背景	#k=9,9,8,8,8,8,6000	#g=8	#p=1,1,0
e	0	0	#k=	#g=-1	#p=0,0,2
g	900	99	你号是界	你好世界	你	#k=99,99,99,99,99,99,99,99,99,9,9	#g=1	#p=1,0,0
h	610	105	暗	安静静	#k=100,100,100,105,105,100	#g=-1	#p=1,2,1
z	1	1	别的
"""


@pytest.fixture
def pairs(tmp_path: Path) -> list[Pair]:
    (tmp_path / "in.tsv").write_text(ASKED, encoding="utf-8")
    (tmp_path / "out.tsv").write_text(ANSWERED, encoding="utf-8")
    asked = read_set(tmp_path / "in.tsv").questions
    return pairs_of(asked, read_answers(tmp_path / "out.tsv"))


def test_score_of_the_fixed_table_is_that_of_the_other_program(pairs: list[Pair]) -> None:
    figures = score(pairs, asked=8)
    assert (figures.rows, figures.missing) == (7, 1)
    assert figures.top1 == 0.14285714285714285
    assert figures.top1_low == 0.02567895594897479
    assert figures.top1_high == 0.5131345033190299
    assert figures.top5 == 0.42857142857142855
    assert figures.top10 == 0.5714285714285714
    assert figures.char_acc == 0.3125
    assert figures.keys == Times(count=39, p50=0.1, p95=0.3, p99=6.0, max=6.0)
    assert figures.row_ms == 1.3514285714285714
    assert figures.effort == Effort(cost=125.0, turns=25.0, stuck=0.1875)


def test_score_tells_how_often_the_gold_is_in_the_list(pairs: list[Pair]) -> None:
    assert score(pairs, 8).pool == 4 / 7
    without = [(q, Answer(a.id, a.total, a.slowest, a.candidates)) for q, a in pairs]
    figures = score(without, 8)
    assert (figures.pool, figures.effort, figures.marked) == (None, None, None)


def test_score_without_times_of_single_keys_keeps_the_slowest() -> None:
    question = Question("", "a", "", "ni", "你")
    keys = score([(question, Answer("a", 900, 700))], 1).keys
    assert (keys.count, keys.max) == (0, 0.7)
    assert math.isnan(keys.p50)


def test_score_of_nothing_is_zero() -> None:
    figures = score([], 3)
    assert (figures.rows, figures.missing, figures.top1, figures.top1_high) == (0, 3, 0, 0)


def test_score_counts_marked_characters_that_stand_in_the_first_candidate() -> None:
    def pair(first: str, marked: int | None) -> Pair:
        question = Question("", "a", "", "keys", "重庆很长", marked=marked)
        return question, Answer("a", 0, 0, (first, "重庆很长"))

    answers = [pair("重庆很常", 0), pair("重庆很常", 3), pair("从庆很长", 3), pair("他", None)]
    assert score(answers, 4).marked == Share.of(2, 3)


def test_score_kinds_splits_a_mixed_set(pairs: list[Pair]) -> None:
    kinds = score_kinds(pairs)
    assert {kind: figures.rows for kind, figures in kinds.items()} == {"chat": 5, "wiki": 2}
    assert kinds["wiki"].top1 == 0
    assert score_kinds([pair for pair in pairs if pair[0].kind == "chat"]) == {}


@pytest.mark.parametrize(
    ("text", "gold", "right"),
    [
        pytest.param("你好", "你好", 2, id="same"),
        pytest.param("拟好", "你好", 1, id="place-by-place"),
        pytest.param("好你", "你好", 0, id="no-alignment-at-equal-length"),
        pytest.param("先", "西安", 0, id="shorter"),
        pytest.param("你好啊", "你好", 1, id="longer"),
        pytest.param("", "你好", 0, id="nothing"),
        pytest.param("完全是别的话", "你", 0, id="never-below-zero"),
    ],
)
def test_characters_right(text: str, gold: str, right: int) -> None:
    assert characters_right(text, gold) == right


@pytest.mark.parametrize(
    ("text", "gold", "place", "stands"),
    [
        pytest.param("重庆", "重庆", 1, True, id="same"),
        pytest.param("庆重", "重庆", 1, False, id="elsewhere"),
        pytest.param("在重庆", "重庆", 1, True, id="moved-by-one"),
        pytest.param("虫清了", "重庆", 1, False, id="longer-and-wrong"),
        pytest.param("", "重庆", 0, False, id="nothing"),
        pytest.param("重庆", "重庆", 2, False, id="behind-the-end"),
    ],
)
def test_character_stands(text: str, gold: str, place: int, stands: bool) -> None:
    assert character_stands(text, gold, place) is stands


@given(st.text("你好世界", max_size=6), st.text("你好世界", max_size=6))
def test_edit_distance_is_a_distance(first: str, second: str) -> None:
    distance = edit_distance(first, second)
    assert distance == edit_distance(second, first)
    assert (distance == 0) == (first == second)
    assert abs(len(first) - len(second)) <= distance <= max(len(first), len(second))


@given(st.lists(st.integers(0, 100), min_size=1), st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_percentile_is_the_least_value_that_so_many_do_not_exceed(
    values: list[int], share: float
) -> None:
    ordered = sorted(values)
    found = percentile(ordered, share)
    assert sum(value <= found for value in values) >= share * len(values)
    smaller = [value for value in values if value < found]
    assert len(smaller) < share * len(values)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(0, 0, 0, 0), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (626, 1000, 0.5956, 0.6554)],
)
def test_wilson_is_that_of_the_tables(
    successes: int, trials: int, low: float, high: float
) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)
