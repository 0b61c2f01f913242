from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.convert.score.formula import with_choices
from ime.learn.choices import (
    CAUTION,
    FADING,
    REMEMBERED,
    SLIP,
    Choice,
    UserChoices,
)

SHI = ("shi",)
# The model is sure, for it gives the other one four in a thousand; or it hardly knows.
SURE = {"是": 0.996, "市": 0.004}
EVEN = {"是": 0.55, "市": 0.45}
UNKNOWN: dict[str, float] = {}

texts = st.sampled_from("是市事")
expectations = st.sampled_from([SURE, EVEN, UNKNOWN, {"事": 1.0}])
choice_lists = st.lists(
    st.builds(Choice, texts, expectations, st.sampled_from([0.5, 1.0, 3.0])), max_size=20
)


def chosen(*texts: str, expected: dict[str, float] = UNKNOWN) -> UserChoices:
    choices = UserChoices()
    for text in texts:
        choices.add(SHI, Choice(text, expected))
    return choices


def made(some: list[Choice]) -> UserChoices:
    choices = UserChoices()
    for choice in some:
        choices.add(SHI, choice)
    return choices


def best(model: dict[str, float], choices: UserChoices) -> str:
    scores = [math.log(probability) for probability in model.values()]
    mixed = with_choices(list(model), scores, choices.of(SHI))
    return list(model)[mixed.index(max(mixed))]


@pytest.mark.parametrize(
    ("model", "times", "first"),
    [
        pytest.param(SURE, 1, "是", id="one slip does not outrank a sure model"),
        pytest.param(SURE, 2, "是", id="nor do two"),
        pytest.param(SURE, 3, "市", id="three choices do"),
        pytest.param(EVEN, 2, "市", id="two settle what was open"),
    ],
)
def test_choices_outrank_the_model_once_they_are_consistent(
    model: dict[str, float], times: int, first: str
) -> None:
    assert best(model, chosen(*["市"] * times, expected=model)) == first


@pytest.mark.parametrize("times", [1, 5, 60, 300])
def test_what_was_first_and_sure_leaves_homophones_to_the_context(times: int) -> None:
    choices = chosen(*["是"] * times, expected=SURE)
    assert best({"是": 0.3, "市": 0.7}, choices) == "市"


def test_habit_that_turns_is_learned_anew_within_four() -> None:
    choices = chosen(*["市"] * 6, expected=SURE)
    assert best(SURE, choices) == "市"
    for _ in range(4):
        choices.add(SHI, Choice("是", SURE))
    assert best(SURE, choices) == "是"


def test_confirming_a_habit_keeps_it() -> None:
    choices = chosen(*["市"] * 3)
    before = choices.surprise(SHI)["市"]
    for _ in range(20):
        choices.add(SHI, Choice("市", {"市": 1.0}))
    assert choices.surprise(SHI)["市"] == pytest.approx(before)


def test_choice_by_the_way_counts_less() -> None:
    choices = UserChoices()
    choices.add(SHI, Choice("市", {}, 0.8))
    assert choices.of(SHI)["市"] == pytest.approx((0.8 - SLIP) / (0.8 + CAUTION))


def test_later_choices_weigh_more() -> None:
    surprise = chosen("市", "市", "事", "事").surprise(SHI)
    assert surprise["事"] == pytest.approx(1 + FADING)
    assert surprise["市"] == pytest.approx(FADING**2 * (1 + FADING))


def test_readings_do_not_know_of_each_other() -> None:
    choices = chosen("市")
    choices.add(("shi", "shi"), Choice("试试"))
    assert set(choices.of(SHI)) == {"市"}
    assert dict(choices.of(("xi",))) == {}


@given(before=choice_lists, last=st.builds(Choice, texts, expectations))
def test_taking_back_the_last_choice_restores_the_shares(
    before: list[Choice], last: Choice
) -> None:
    choices = made([*before, last])
    choices.remove(SHI, last.text)
    assert choices.of(SHI) == made(before).of(SHI)


@given(some=choice_lists.filter(bool))
def test_taking_back_an_older_choice_leaves_what_the_others_say(some: list[Choice]) -> None:
    choices = made(some)
    choices.remove(SHI, some[0].text)
    last = max(i for i, choice in enumerate(some) if choice.text == some[0].text)
    assert choices.of(SHI) == made(some[:last] + some[last + 1 :]).of(SHI)


def test_taking_back_what_was_never_chosen_changes_nothing() -> None:
    choices = chosen("市")
    choices.remove(SHI, "事")
    choices.remove(("xi",), "西")
    assert set(choices.of(SHI)) == {"市"}
    choices.remove(SHI, "市")
    choices.remove(SHI, "市")
    assert dict(choices.of(SHI)) == {}


def test_very_old_choices_fade() -> None:
    choices = chosen("市", *["事"] * (REMEMBERED + 1))
    assert list(choices.of(SHI)) == ["事"]


@given(some=choice_lists)
def test_shares_leave_something_to_the_model(some: list[Choice]) -> None:
    shares = made(some).of(SHI)
    assert all(share > 0 for share in shares.values())
    assert sum(shares.values()) < 1


@given(
    scores=st.lists(st.floats(-30, 0), min_size=1, max_size=8),
    picks=st.lists(st.integers(0, 7), max_size=6),
)
def test_mixing_keeps_the_probability_of_the_reading(
    scores: list[float], picks: list[int]
) -> None:
    texts = [str(i) for i in range(len(scores))]
    shares = chosen(*[texts[pick % len(texts)] for pick in picks]).of(SHI)
    mixed = with_choices(texts, scores, shares)
    before = sum(math.exp(score) for score in scores)
    assert sum(math.exp(score) for score in mixed) == pytest.approx(before, rel=1e-6)


def test_mixing_nothing_changes_nothing() -> None:
    assert with_choices(["是"], [-1.0], {}) == [-1.0]
    assert with_choices([], [], {"是": 1.0}) == []


def test_choice_that_is_no_candidate_takes_its_share() -> None:
    mixed = with_choices(["是"], [0.0], {"鍉": 0.5})
    assert math.exp(mixed[0]) == pytest.approx(0.5)


def test_forgotten_text_leaves_the_other_choices_of_its_reading() -> None:
    choices = UserChoices()
    for text in ("北京", "背景", "北京"):
        choices.add(("bei", "jing"), Choice(text))
    choices.forget(("bei", "jing"), "北京")
    assert set(choices.of(("bei", "jing"))) == {"背景"}
    choices.forget(("bei", "jing"), "背景")
    choices.forget(("bei", "jing"), "背景")
    assert not choices.of(("bei", "jing"))


def test_forgotten_text_is_gone_however_old_its_choices_are() -> None:
    choices = chosen(*["市"] * (2 * REMEMBERED))
    choices.forget(SHI, "市")
    assert "市" not in choices
    assert not choices.of(SHI)


@given(st.lists(st.tuples(texts, st.sampled_from("+-x")), max_size=50))
def test_knows_what_is_still_chosen(steps: list[tuple[str, str]]) -> None:
    choices, counts = UserChoices(), dict.fromkeys("是市事", 0)
    for text, what in steps:
        if what == "+":
            choices.add(SHI, Choice(text))
            counts[text] += 1
        elif what == "-":
            choices.remove(SHI, text)
            counts[text] = max(0, counts[text] - 1)
        else:
            choices.forget(SHI, text)
            counts[text] = 0
        assert {one for one in counts if one in choices} == {t for t, n in counts.items() if n}
