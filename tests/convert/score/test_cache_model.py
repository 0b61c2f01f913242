from __future__ import annotations

import numpy as np
import pytest

from ime.convert.score.cache_model import RECURS, CacheModel
from ime.ports import TokenTable

# 长 with two readings; a mark; 的 is everywhere, 曜 nearly nowhere.
TOKENS = TokenTable(
    ["，", "的", "长", "长", "曜"],
    ["", "de", "chang", "zhang", "yao"],
    {},
    np.array([500, 400, 60, 30, 10]),
)


def states(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def after(context: list[int], start: float = -9.0) -> list[float]:
    cache = CacheModel(TOKENS)
    cache.enter(states(7), [context])
    scores = np.full((2, 5), start, np.float32)
    cache.extend(states(7), states(8))
    cache.add_to(scores, states(7, 8))
    np.testing.assert_array_equal(scores[0], scores[1])
    found: list[float] = scores[1].tolist()
    return found


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
    cache = CacheModel(TOKENS)
    cache.enter(states(0), [[4]])
    cache.enter(states(0), [[]])
    scores = np.full((1, 5), -9, np.float32)
    cache.add_to(scores, states(0))
    assert scores.tolist() == [[-9] * 5]


def test_each_of_several_contexts_counts_behind_itself() -> None:
    cache = CacheModel(TOKENS)
    cache.enter(states(0, 1, 2), [[4], [], [2]])
    cache.extend(states(2, 0, 0), states(3, 4, 5))
    scores = np.full((6, 5), -9, np.float32)
    cache.add_to(scores, states(4, 0, 1, 3, 2, 5))
    np.testing.assert_allclose(scores[[0, 1, 5]], [after([4])] * 3)
    np.testing.assert_allclose(scores[2], after([]))
    np.testing.assert_allclose(scores[3:5], [after([2])] * 2)


def test_released_states_are_forgotten() -> None:
    cache = CacheModel(TOKENS)
    cache.enter(states(0), [[4]])
    cache.extend(states(0), states(1))
    cache.release(states(1))
    with pytest.raises(KeyError):
        cache.add_to(np.zeros((1, 5), np.float32), states(1))
