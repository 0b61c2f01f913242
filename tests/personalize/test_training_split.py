from __future__ import annotations

import pytest

from ime.personalize.training_split import (
    BLOCK,
    FEWEST,
    HELD_OUT,
    MOST_HELD_OUT,
    TooFewSelectionsError,
    learnable,
    make_plan,
)
from ime.userdb.selection_log import LoggedSelection, Versions
from ime.values import How, LeftContext, Selection


def row(
    id_: int, *, retracted: bool = False, rank: int = 0, syllables: int = 1
) -> LoggedSelection:
    selection = Selection(
        LeftContext(str(id_)), "a", ("a",) * syllables, ("甲", "乙"), "甲", rank, How.SPACE
    )
    return LoggedSelection(id_, float(id_), 1, id_, selection, retracted, Versions())


def ids(examples: tuple[object, ...]) -> list[int]:
    return [int(example.context) for example in examples]  # type: ignore[attr-defined]


def test_newest_are_held_out_and_never_trained_on() -> None:
    plan = make_plan(map(row, range(1, 101)), 0, seed=1)
    assert ids(plan.held_out) == list(range(86, 101))
    assert ids(plan.train) == list(range(1, 86))
    assert (plan.through, plan.fresh) == (85, 85)


def test_later_run_takes_what_is_new_and_some_of_the_old() -> None:
    plan = make_plan(map(row, range(1, 1101)), 1000, seed=1)
    fresh = 100 - round(HELD_OUT * 100)
    assert ids(plan.train)[-fresh:] == list(range(1001, 1001 + fresh))
    older = ids(plan.train)[:-fresh]
    assert 0.5 * fresh <= len(older) < 0.5 * fresh + BLOCK
    assert older == sorted(older)
    assert max(older) <= 1000
    assert plan.fresh == fresh


def test_work_grows_with_what_is_new_and_not_with_the_log() -> None:
    short = make_plan(map(row, range(1, 601)), 400, seed=1)
    long = make_plan(map(row, range(1, 5201)), 5000, seed=1)
    assert len(short.train) == len(long.train)


@pytest.mark.parametrize("new", [0, 1, FEWEST - 1])
def test_too_few_new_choices_are_refused(new: int) -> None:
    with pytest.raises(TooFewSelectionsError, match=rf"too_few count={new} "):
        make_plan(map(row, range(1, 201 + new)), 200, seed=1)


def test_retracted_and_unreadable_rows_are_left_out() -> None:
    rows = [row(1), row(2, retracted=True), row(3, syllables=0), row(4, syllables=2)]
    assert [one.id for one in learnable(rows)] == [1]


def test_all_of_a_long_log_is_learned_but_what_judges() -> None:
    plan = make_plan(map(row, range(1, 20_001)), 0, seed=1)
    assert len(plan.held_out) == MOST_HELD_OUT
    assert plan.fresh == len(plan.train) == 20_000 - MOST_HELD_OUT


def test_known_are_choices_that_stood_first() -> None:
    plan = make_plan((row(i, rank=i % 2) for i in range(1, 201)), 0, seed=1)
    assert plan.known
    assert all(number % 2 == 0 for number in ids(plan.known))


def test_log_that_was_begun_anew_is_all_new() -> None:
    plan = make_plan(map(row, range(1, 101)), 5000, seed=1)
    assert plan.fresh == len(plan.train) == 85


def test_same_seed_draws_the_same() -> None:
    plans = [make_plan(map(row, range(1, 1101)), 1000, seed=seed) for seed in (1, 1, 2)]
    assert plans[0] == plans[1] != plans[2]
