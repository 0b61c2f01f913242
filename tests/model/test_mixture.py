from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch

from model.batch_decoder import FloatArray, IntArray
from model.mixture import MixtureScorer, SharesError, load_shares, mix, save_shares, tune_shares
from model.network.scorer import NetworkScorer
from model.network.transformer import Network
from model.ngram.trie import Ngram, NgramScorer

CONTEXT = [46, 47, 51, 65]


@pytest.fixture
def mixture(
    make_network: Callable[[], Network], ngram_folder: Path
) -> Callable[..., MixtureScorer]:
    """Makes a mixture of scorers of its own."""

    def make(*weights: float) -> MixtureScorer:
        network = NetworkScorer(make_network(), torch.device("cpu"), torch.float32, context=16)
        return MixtureScorer(network, NgramScorer(Ngram(ngram_folder)), weights)

    return make


def states(*values: int) -> IntArray:
    return np.array(values, np.int64)


def walk(scorer: NgramScorer | NetworkScorer | MixtureScorer) -> FloatArray:
    """(5, V) log-probabilities of a small tree."""
    root = scorer.start(CONTEXT)
    first = scorer.extend(states(root, root), states(61, 52))
    second = scorer.extend(first[[1, 0]], states(50, 62))
    return scorer.log_probs(np.concatenate(([root], first, second)))


@pytest.mark.parametrize(
    ("weight", "part"), [(0.0, "ngram"), (1.0, "scorer")], ids=["n-gram alone", "network alone"]
)
def test_extreme_weight_leaves_one_model(
    mixture: Callable[..., MixtureScorer],
    request: pytest.FixtureRequest,
    weight: float,
    part: str,
) -> None:
    np.testing.assert_allclose(
        walk(mixture(*[weight] * 4)), walk(request.getfixturevalue(part)), atol=1e-5
    )


def test_mixture_is_a_mean_of_probabilities(
    mixture: Callable[..., MixtureScorer], ngram: NgramScorer, scorer: NetworkScorer
) -> None:
    expected = 0.25 * np.exp(walk(scorer)) + 0.75 * np.exp(walk(ngram))
    np.testing.assert_allclose(np.exp(walk(mixture(*[0.25] * 4))), expected, atol=1e-6)
    np.testing.assert_allclose(expected.sum(axis=1), 1, atol=1e-4)


def test_weight_follows_what_the_ngram_knows(
    mixture: Callable[..., MixtureScorer], ngram: NgramScorer, scorer: NetworkScorer
) -> None:
    known = ngram.knowledge(states(ngram.start(CONTEXT)))[0]
    weights = [0.0] * 4
    weights[known - 1] = 1.0
    chosen = mixture(*weights)
    found = chosen.log_probs(states(chosen.start(CONTEXT)))
    np.testing.assert_allclose(
        found, scorer.log_probs(states(scorer.start(CONTEXT))), atol=1e-5
    )


def test_released_states_are_used_again(mixture: Callable[..., MixtureScorer]) -> None:
    made = mixture(0.5, 0.5, 0.5, 0.5)
    root = made.start(CONTEXT)
    first = made.extend(states(root, root), states(50, 51))
    before = made.log_probs(first).copy()
    second = made.extend(first, states(52, 53))
    made.release(second)
    made.release(first)
    again = made.extend(states(root, root), states(50, 51))
    assert again.tolist() == first.tolist()
    np.testing.assert_array_equal(made.log_probs(again), before)


def test_nothing_to_release_is_no_error(mixture: Callable[..., MixtureScorer]) -> None:
    made = mixture(0.5, 0.5, 0.5, 0.5)
    root = made.start(CONTEXT)
    made.release(states())
    assert np.isfinite(made.log_probs(states(root))).all()


def test_states_may_be_released_out_of_order(mixture: Callable[..., MixtureScorer]) -> None:
    made = mixture(0.5, 0.5, 0.5, 0.5)
    root = made.start(CONTEXT)
    first, second = made.extend(states(root, root), states(50, 51)).tolist()
    expected = made.log_probs(states(second)).copy()
    made.release(states(first))
    np.testing.assert_array_equal(made.log_probs(states(second)), expected)
    made.release(states(second))
    again = made.extend(states(root), states(51))
    assert again.tolist() == [first]
    np.testing.assert_allclose(made.log_probs(again), expected, atol=1e-5)


@pytest.mark.parametrize(
    "weights",
    [
        (0.5,) * 3,
        (0.5,) * 5,
        (0.5, 0.5, 0.5, 1.5),
        (0.5, -0.1, 0.5, 0.5),
        (0.5, 0.5, float("nan"), 0),
    ],
    ids=["too few", "too many", "above one", "below zero", "no number"],
)
def test_impossible_shares_are_refused(
    mixture: Callable[..., MixtureScorer], weights: tuple[float, ...]
) -> None:
    with pytest.raises(ValueError, match="need 4 shares from 0 to 1"):
        mixture(*weights)


@pytest.fixture
def two_models() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nats of network and n-gram for 4,000 tokens; where more is known the n-gram is better."""
    generator = np.random.default_rng(3)
    known = generator.integers(1, 5, 4000)
    network = np.log(generator.uniform(0.01, 0.6, 4000))
    ngram = np.log(generator.uniform(0.01, 0.15, 4000) * (known + 1))
    return network, ngram, known


def test_tuned_shares_are_the_best(two_models: tuple[npt.NDArray[Any], ...]) -> None:
    network, ngram, known = two_models
    shares = tune_shares(network, ngram, known)
    assert list(shares) == sorted(shares, reverse=True)
    assert 0 < shares[3] < shares[0] < 1
    best = mix(network, ngram, known, shares).mean()
    for i in range(4):
        for step in (-0.02, 0.02):
            other = [share + step * (i == j) for j, share in enumerate(shares)]
            assert mix(network, ngram, known, other).mean() < best
    assert best > max(network.mean(), ngram.mean())


@pytest.mark.parametrize(
    ("network", "ngram", "expected"),
    [(-1.0, -9.0, 1.0), (-9.0, -1.0, 0.0)],
    ids=["all", "none"],
)
def test_hopeless_model_gets_no_share(network: float, ngram: float, expected: float) -> None:
    count = np.ones(400)
    shares = tune_shares(network * count, ngram * count, np.arange(400) % 4 + 1)
    assert shares == pytest.approx([expected] * 4, abs=1e-4)


def test_share_without_evidence_is_that_of_all(
    two_models: tuple[npt.NDArray[Any], ...],
) -> None:
    network, ngram, known = two_models
    known = np.where(known == 4, 3, known)
    known[:5] = 4
    shares = tune_shares(network, ngram, known)
    assert shares[3] == pytest.approx(tune_shares(network, ngram, np.ones_like(known))[0])


def test_no_hanzi_at_all_give_equal_shares() -> None:
    none = np.zeros(0)
    assert tune_shares(none, none, np.zeros(0, np.int64)) == (0.5,) * 4


def test_mixture_of_one_model_is_that_model(two_models: tuple[npt.NDArray[Any], ...]) -> None:
    network, ngram, known = two_models
    np.testing.assert_allclose(mix(network, ngram, known, (1, 1, 1, 1)), network)
    np.testing.assert_allclose(mix(network, ngram, known, (0, 0, 0, 0)), ngram)


def test_shares_come_back(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_shares(tmp_path)
    save_shares(tmp_path / "new", (0.5, 0.25, 0.125, 1.0), 3.14159, 40_000)
    assert load_shares(tmp_path / "new") == (0.5, 0.25, 0.125, 1.0)
    values = json.loads((tmp_path / "new" / "mixture.json").read_text(encoding="utf-8"))
    assert values == {
        "network_share": [0.5, 0.25, 0.125, 1.0],
        "dev_nats": 3.1416,
        "dev_hanzi": 40_000,
        "units": "nats per hanzi",
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"network_share": 1}',
        '{"network_share": [0.5]}',
        '{"network_share": ["a"]}',
        '{"network_share": [2, 0, 0, 0]}',
        '{"network_share": [NaN, 0, 0, 0]}',
    ],
)
def test_damaged_shares_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "mixture.json").write_text(text, encoding="utf-8")
    with pytest.raises(SharesError, match=r"mixture\.json is damaged"):
        load_shares(tmp_path)
