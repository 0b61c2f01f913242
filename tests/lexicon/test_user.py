from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.lexicon.user import CAUTION, REMEMBERED, UserChoices, mixed_scores

SHI = ("shi",)


def chosen(*texts: str) -> UserChoices:
    choices = UserChoices()
    for text in texts:
        choices.add(SHI, text)
    return choices


def best(scores: dict[str, float], choices: UserChoices) -> str:
    texts = list(scores)
    mixed = mixed_scores(texts, list(scores.values()), choices.of(SHI))
    return texts[mixed.index(max(mixed))]


# The model is sure, for it gives the other one four in a thousand; or it hardly knows.
SURE = {"是": math.log(0.996), "市": math.log(0.004)}
EVEN = {"是": math.log(0.55), "市": math.log(0.45)}


@pytest.mark.parametrize(
    ("scores", "times", "first"),
    [
        pytest.param(SURE, 1, "是", id="one slip does not outrank a sure model"),
        pytest.param(SURE, 2, "是", id="nor do two"),
        pytest.param(SURE, 4, "市", id="four choices do"),
        pytest.param(EVEN, 1, "市", id="one choice settles what was open"),
    ],
)
def test_choices_outrank_the_model_once_they_are_consistent(
    scores: dict[str, float], times: int, first: str
) -> None:
    assert best(scores, chosen(*["市"] * times)) == first


def test_later_choices_weigh_more() -> None:
    counts = chosen("市", "市", "事", "事").of(SHI)
    assert counts["事"] == pytest.approx(1.9)
    assert counts["市"] == pytest.approx(0.81 * 1.9)


def test_readings_do_not_know_of_each_other() -> None:
    choices = chosen("市")
    choices.add(("shi", "shi"), "试试")
    assert dict(choices.of(SHI)) == {"市": 1.0}
    assert dict(choices.of(("xi",))) == {}


@given(before=st.lists(st.sampled_from("是市事"), max_size=20), text=st.sampled_from("是市事"))
def test_taking_back_the_last_choice_restores_the_counts(before: list[str], text: str) -> None:
    """The counts of the text itself once stayed faded."""
    choices = chosen(*before, text)
    choices.remove(SHI, text)
    assert choices.of(SHI) == chosen(*before).of(SHI)


@given(texts=st.lists(st.sampled_from("是市事"), min_size=1, max_size=20))
def test_taking_back_an_older_choice_leaves_what_the_others_say(texts: list[str]) -> None:
    choices = chosen(*texts)
    choices.remove(SHI, texts[0])
    last = len(texts) - 1 - texts[::-1].index(texts[0])
    assert choices.of(SHI) == chosen(*texts[:last], *texts[last + 1 :]).of(SHI)


def test_taking_back_what_was_never_chosen_changes_nothing() -> None:
    choices = chosen("市")
    choices.remove(SHI, "事")
    choices.remove(("xi",), "西")
    assert dict(choices.of(SHI)) == {"市": 1.0}
    choices.remove(SHI, "市")
    choices.remove(SHI, "市")
    assert dict(choices.of(SHI)) == {}


def test_very_old_choices_are_forgotten() -> None:
    choices = chosen("市", *["事"] * REMEMBERED)
    assert list(choices.of(SHI)) == ["事"]
    assert sum(choices.of(SHI).values()) < 10  # of a geometric series


@given(
    scores=st.lists(st.floats(-30, 0), min_size=1, max_size=8),
    picks=st.lists(st.integers(0, 7), max_size=6),
)
def test_mixing_keeps_the_probability_of_the_reading(
    scores: list[float], picks: list[int]
) -> None:
    texts = [str(i) for i in range(len(scores))]
    counts = chosen(*[texts[pick % len(texts)] for pick in picks]).of(SHI)
    mixed = mixed_scores(texts, scores, counts)
    before = sum(math.exp(score) for score in scores)
    assert sum(math.exp(score) for score in mixed) == pytest.approx(before, rel=1e-6)


def test_mixing_nothing_changes_nothing() -> None:
    assert mixed_scores(["是"], [-1.0], {}) == [-1.0]
    assert mixed_scores([], [], {"是": 1.0}) == []


def test_share_of_the_choices_is_the_one_written_down() -> None:
    mixed = mixed_scores(["是", "市"], [0.0, -100.0], {"市": 3.0})
    assert math.exp(mixed[1]) == pytest.approx(3 / (3 + CAUTION))


def test_choice_that_is_no_candidate_takes_its_share() -> None:
    mixed = mixed_scores(["是"], [0.0], {"鍉": 3.0})
    assert math.exp(mixed[0]) == pytest.approx(0.5)


def test_forgotten_text_leaves_the_other_choices_of_its_reading() -> None:
    choices = UserChoices()
    for text in ("北京", "背景", "北京"):
        choices.add(("bei", "jing"), text)
    choices.forget(("bei", "jing"), "北京")
    assert set(choices.of(("bei", "jing"))) == {"背景"}
    choices.forget(("bei", "jing"), "背景")
    choices.forget(("bei", "jing"), "背景")
    assert not choices.of(("bei", "jing"))


@given(st.lists(st.tuples(st.sampled_from("是市事"), st.sampled_from("+-x")), max_size=150))
def test_knows_what_is_still_chosen(steps: list[tuple[str, str]]) -> None:
    choices = UserChoices()
    for text, what in steps:
        {"+": choices.add, "-": choices.remove, "x": choices.forget}[what](SHI, text)
        assert {one for one in "是市事" if one in choices} == set(choices.of(SHI))
