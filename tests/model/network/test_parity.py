"""The cached decode step, the beam's tree and the batch agree with one plain forward pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pytest
import torch

from model.network.decode_step import DecodeStep, projection
from model.network.scorer import NetworkScorer
from model.network.transformer import Network
from model.vocab import BEGIN

ATOL = 2e-5  # nats; fp32, kernels that add in another order
CONTEXT = [46, 47, 50, 2, 15, 58]


def expected(network: Network, tokens: Sequence[int]) -> npt.NDArray[np.float32]:
    """(V,) log-probabilities after `tokens`, from one full forward pass."""
    with torch.no_grad():
        logits = network(torch.tensor([[BEGIN, *tokens]]))
    return logits[0, -1].log_softmax(-1).numpy()


def states(*values: int) -> npt.NDArray[np.int64]:
    return np.array(values, np.int64)


def after(scorer: NetworkScorer, state: int) -> npt.NDArray[np.float32]:
    return scorer.log_probs(states(state))[0]


def test_prefill_equals_the_full_pass(scorer: NetworkScorer, network: Network) -> None:
    root = scorer.start(CONTEXT)
    np.testing.assert_allclose(after(scorer, root), expected(network, CONTEXT), atol=ATOL)


def test_steps_equal_the_full_pass(scorer: NetworkScorer, network: Network) -> None:
    state = scorer.start(CONTEXT)
    tokens = list(CONTEXT)
    for token in (51, 60, 3, 49, 65, 51):
        (state,) = scorer.extend(states(state), states(token)).tolist()
        tokens.append(token)
        np.testing.assert_allclose(after(scorer, state), expected(network, tokens), atol=ATOL)


def test_batch_equals_single_steps(
    scorer: NetworkScorer, make_network: Callable[[], Network]
) -> None:
    single = NetworkScorer(make_network(), torch.device("cpu"), torch.float32, context=16)
    tokens = [50, 51, 52, 60]
    root = scorer.start(CONTEXT)
    together = scorer.log_probs(scorer.extend(states(*[root] * 4), states(*tokens)))
    for row, token in zip(together, tokens, strict=True):
        state = single.extend(states(single.start(CONTEXT)), states(token))
        np.testing.assert_allclose(row, single.log_probs(state)[0], atol=ATOL)


def test_branches_do_not_see_each_other(scorer: NetworkScorer, network: Network) -> None:
    root = scorer.start(CONTEXT)
    left, right = scorer.extend(states(root, root), states(50, 60)).tolist()
    # The right branch goes on first; the left one must not notice.
    (right_two,) = scorer.extend(states(right), states(61)).tolist()
    left_two, left_other = scorer.extend(states(left, left), states(51, 62)).tolist()
    cases = {
        left_two: [50, 51],
        left_other: [50, 62],
        right_two: [60, 61],
        left: [50],
        right: [60],
    }
    for state, path in cases.items():
        np.testing.assert_allclose(
            after(scorer, state), expected(network, CONTEXT + path), atol=ATOL
        )


def test_going_back_and_forth_gives_the_same(scorer: NetworkScorer) -> None:
    root = scorer.start(CONTEXT)
    first = scorer.extend(states(root, root, root), states(50, 51, 52))
    before = scorer.log_probs(first).copy()
    second = scorer.extend(first, states(60, 60, 60))
    deep = scorer.log_probs(second).copy()
    scorer.release(second)
    scorer.release(first)
    again = scorer.extend(states(root, root, root), states(50, 51, 52))
    assert again.tolist() == first.tolist()  # the rows are used again
    np.testing.assert_array_equal(scorer.log_probs(again), before)
    second = scorer.extend(again, states(60, 60, 60))
    np.testing.assert_array_equal(scorer.log_probs(second), deep)


def test_random_tree_equals_the_full_pass(scorer: NetworkScorer, network: Network) -> None:
    generator = np.random.default_rng(8)
    root = scorer.start(CONTEXT[:3])
    paths: dict[int, list[int]] = {root: []}
    for _ in range(12):
        count = int(generator.integers(1, 6))
        parents = generator.choice(list(paths), count)
        tokens = generator.integers(2, 66, count)
        for state, parent, token in zip(
            scorer.extend(parents, tokens).tolist(),
            parents.tolist(),
            tokens.tolist(),
            strict=True,
        ):
            paths[state] = [*paths[parent], token]
        leaves = [state for state in paths if state == max(paths) and state != root]
        if generator.random() < 0.4:
            scorer.release(states(*leaves))
            for leaf in leaves:
                del paths[leaf]
    assert len(paths) > 10
    for state, path in paths.items():
        np.testing.assert_allclose(
            after(scorer, state), expected(network, CONTEXT[:3] + path), atol=ATOL
        )


@pytest.mark.parametrize("length", [0, 1, 15, 16, 40])
def test_long_context_is_read_from_its_end(
    scorer: NetworkScorer, network: Network, length: int
) -> None:
    tokens = [46 + i % 20 for i in range(length)]
    root = scorer.start(tokens)
    kept = tokens[max(0, length - 15) :]  # 16 with the begin token
    np.testing.assert_allclose(after(scorer, root), expected(network, kept), atol=ATOL)


def test_bfloat16_stays_near_float32(
    scorer: NetworkScorer, make_network: Callable[[], Network]
) -> None:
    rounded = NetworkScorer(make_network(), torch.device("cpu"), torch.bfloat16, context=16)
    exact = after(scorer, scorer.start(CONTEXT))
    near = after(rounded, rounded.start(CONTEXT))
    assert near.dtype == np.float32
    np.testing.assert_allclose(near, exact, atol=0.15)  # 8 bits of mantissa through two blocks
    assert np.argmax(near) == np.argmax(exact)


def test_neighbouring_positions_are_told_apart_in_bfloat16(
    make_network: Callable[[], Network],
) -> None:
    step = DecodeStep(make_network(), torch.device("cpu"), torch.bfloat16)

    def read(depth: int) -> torch.Tensor:
        """The stream at position 0 that sees one row there and another one at `depth`."""
        tokens, depths = torch.tensor([50, 51, 52]), torch.tensor([0, depth, 0])
        mask = torch.tensor([[1, 0, 0], [0, 1, 0], [1, 1, 1]], dtype=torch.bool)
        return step.run(tokens, depths, step.new_cache(), mask)[2]

    last = step.positions - 1
    assert not torch.equal(read(last), read(last - 1))


def test_the_network_is_left_as_it_is(make_network: Callable[[], Network]) -> None:
    network = make_network()
    NetworkScorer(network, torch.device("cpu"), torch.bfloat16)
    before = make_network().state_dict()
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, before[name]), name


@pytest.mark.parametrize("rows", [1, 4, 24, 40])
@pytest.mark.parametrize("shape", [(8, 32), (70, 32)])
def test_packed_products_equal_plain_ones(rows: int, shape: tuple[int, int]) -> None:
    generator = torch.Generator().manual_seed(rows)
    weight = torch.randn(shape, generator=generator).bfloat16()
    bias = torch.randn(shape[0], generator=generator).bfloat16()
    x = torch.randn(rows, shape[1], generator=generator).bfloat16()
    exact = torch.nn.functional.linear(x.float(), weight.float(), bias.float())
    found = projection(weight, bias)(x)
    assert found.dtype == torch.bfloat16
    torch.testing.assert_close(found.float(), exact, atol=0.1, rtol=0.01)
