from __future__ import annotations

import numpy as np
import pytest
import torch

from model.network.scorer import FEW_ROWS, ROWS, NetworkScorer, _rows
from model.network.transformer import Network
from model.network.tree_cache import FIRST_ROWS, KEPT_ROWS
from model.vocab import BEGIN

ATOL = 2e-5


def states(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def test_log_probs_are_normalised(scorer: NetworkScorer) -> None:
    root = scorer.start([46, 47])
    found = scorer.log_probs(scorer.extend(states(root, root), states(50, 51)))
    assert found.shape == (2, 66)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.exp(found.astype(np.float64)).sum(axis=1), 1, atol=1e-5)


def test_states_are_told_apart(scorer: NetworkScorer) -> None:
    root = scorer.start([46])
    found = scorer.extend(states(root, root), states(50, 51))
    assert len({root, *found.tolist()}) == 3
    one, two = scorer.log_probs(found)
    assert np.abs(one - two).max() > 0.01


def test_log_probs_come_in_the_order_asked_for(scorer: NetworkScorer) -> None:
    root = scorer.start([46])
    first, second = scorer.extend(states(root, root), states(50, 51)).tolist()
    forward = scorer.log_probs(states(root, first, second))
    backward = scorer.log_probs(states(second, first, root))
    np.testing.assert_allclose(forward, backward[::-1], atol=ATOL)
    assert np.abs(np.diff(forward, axis=0)).max(axis=1).min() > 0.01  # no two are alike


def test_start_forgets_what_was_before(scorer: NetworkScorer) -> None:
    root = scorer.start([46, 47])
    scorer.extend(states(root), states(50))
    fresh = scorer.log_probs(states(scorer.start([48]))).copy()
    scorer.start([46, 47, 48])
    assert scorer.log_probs(states(scorer.start([48]))).tolist() == fresh.tolist()


def test_tree_may_outgrow_its_first_room(scorer: NetworkScorer) -> None:
    root = scorer.start([46, 47])
    early = scorer.extend(states(root), states(50))
    before = scorer.log_probs(early).copy()
    parents = early
    for i in range(14):  # 14 * 20 rows are more than 256
        parents = scorer.extend(np.resize(parents, 20), np.resize(states(50 + i % 10), 20))
    np.testing.assert_array_equal(scorer.log_probs(early), before)
    late = scorer.extend(states(root), states(50))
    np.testing.assert_allclose(scorer.log_probs(late), before, atol=ATOL)


def test_state_in_the_middle_may_be_released_first(scorer: NetworkScorer) -> None:
    root = scorer.start([46])
    middle, end = scorer.extend(states(root, root), states(50, 51)).tolist()
    expected = scorer.log_probs(states(end)).copy()
    scorer.release(states(middle))
    np.testing.assert_array_equal(scorer.log_probs(states(end)), expected)
    scorer.release(states(end))
    assert scorer.extend(states(root), states(51)).tolist() == [middle]  # both rows are free


def test_positions_beyond_the_table_do_not_fail(
    scorer: NetworkScorer, network: Network
) -> None:
    state = states(scorer.start([46] * 15))
    for _ in range(2 * network.config.context):
        state = scorer.extend(state, states(50))
    assert np.isfinite(scorer.log_probs(state)).all()


def test_context_is_bounded_by_the_network(network: Network) -> None:
    wide = NetworkScorer(network, torch.device("cpu"), torch.float32, context=10_000)
    assert wide.start([46] * 500) == network.config.context - 1


@pytest.mark.parametrize("count", [1, 3])
def test_extend_gives_a_state_for_each_token(scorer: NetworkScorer, count: int) -> None:
    root = scorer.start([])
    found = scorer.extend(np.full(count, root), np.arange(50, 50 + count))
    assert found.tolist() == list(range(root + 1, root + 1 + count))


@pytest.mark.parametrize("count", [1, 3, 4, 5])
def test_filled_up_steps_leave_nothing_behind(scorer: NetworkScorer, count: int) -> None:
    root = scorer.start([50, 51])
    tokens = np.arange(50, 50 + count)
    states = scorer.extend(np.full(count, root), tokens)
    assert states.tolist() == list(range(root + 1, root + 1 + count))
    after = scorer.extend(states[:1], np.array([52]))
    assert after.tolist() == [root + 1 + count]
    expected = scorer.log_probs(after)
    again = scorer.extend(np.atleast_1d(scorer.start([50, 51, 50])), np.array([52]))
    np.testing.assert_allclose(scorer.log_probs(again), expected, atol=1e-4)


def test_few_numbers_of_rows_are_computed() -> None:
    numbers = {_rows(count) for count in range(1, 8 * ROWS + 1)}
    assert numbers == {FEW_ROWS, *range(ROWS, 8 * ROWS + 1, ROWS)}
    assert all(_rows(count) >= count for count in range(8 * ROWS))


@pytest.mark.parametrize("length", [0, 6, 7, 8])
def test_filled_up_prefix_means_the_same(
    scorer: NetworkScorer, network: Network, length: int
) -> None:
    context = [46 + i % 5 for i in range(length)]
    with torch.inference_mode():
        logits = network(torch.tensor([[BEGIN, *context]]))[0, -1]
    root = scorer.start(context)
    assert root + 1 == _rows(length + 1)
    found = scorer.log_probs(states(root))[0]
    np.testing.assert_allclose(found, logits.log_softmax(-1).numpy(), atol=ATOL)


def test_room_of_a_long_input_is_given_back_with_the_next_context(
    scorer: NetworkScorer,
) -> None:
    before = scorer.log_probs(states(scorer.start([46, 47])))
    root = scorer.start([46])
    for _ in range(KEPT_ROWS // 64 + 1):
        scorer.extend(np.full(64, root), np.full(64, 47))
    assert scorer._cache.capacity == len(scorer._depth) == 2 * KEPT_ROWS
    again = scorer.log_probs(states(scorer.start([46, 47])))
    assert scorer._cache.capacity == len(scorer._depth) == FIRST_ROWS
    np.testing.assert_array_equal(again, before)
    grown = scorer.extend(np.full(300, scorer.start([46])), np.full(300, 47))
    alone = scorer.log_probs(states(scorer.start([46, 47])))
    assert len(grown) == 300
    np.testing.assert_array_equal(alone, before)
