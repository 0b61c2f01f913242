from __future__ import annotations

import numpy as np
import pytest

from ime.convert.score.cache_model import RECURS, Recurrence
from ime.ports import TokenTable

# 长 with two readings; a mark; 的 is everywhere, 曜 nearly nowhere.
TOKENS = TokenTable(
    ["，", "的", "长", "长", "曜"],
    ["", "de", "chang", "zhang", "yao"],
    {},
    np.array([500, 400, 60, 30, 10]),
)


def after(context: list[int], start: float = -9.0) -> list[float]:
    recurrence = Recurrence(TOKENS)
    recurrence.enter(context)
    return recurrence.add_to(np.full((2, 5), start, np.float32))[1].tolist()


def test_every_reading_of_a_hanzi_gains_by_how_rare_it_is() -> None:
    long = -9 - RECURS * np.log(0.09)
    assert after([2]) == pytest.approx([-9, -9, long, long, -9])
    rare = -9 - RECURS * np.log(0.01)
    assert after([4, 4, 0]) == pytest.approx([-9, -9, -9, -9, rare])


def test_marks_do_not_gain() -> None:
    assert after([0]) == [-9] * 5


def test_nothing_is_more_than_certain() -> None:
    assert after([4], -0.1)[4] == 0.0


def test_next_context_forgets_the_one_before() -> None:
    recurrence = Recurrence(TOKENS)
    recurrence.enter([4])
    recurrence.enter([])
    assert recurrence.add_to(np.full((1, 5), -9, np.float32)).tolist() == [[-9] * 5]
