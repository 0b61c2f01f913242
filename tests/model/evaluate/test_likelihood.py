from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from model.data.labelled import LabelledRow
from model.evaluate import likelihood
from model.evaluate.likelihood import (
    Passage,
    document_passages,
    load_shares,
    mix,
    network_log_probs,
    ngram_log_probs,
    row_passages,
    save_shares,
    tune_shares,
)
from model.network.scorer import NetworkScorer
from model.network.transformer import Network, embedding_parts
from model.ngram.trie import NgramScorer
from model.vocab import BEGIN, BREAK, FIRST_HANZI, Vocabulary

CPU = torch.device("cpu")


def passage(*tokens: int, first: int = 0) -> Passage:
    return Passage(np.array(tokens, np.int64), first)


def test_hanzi_from_the_first_on_are_scored() -> None:
    assert passage(50, 15, 51, 2, 52).scored().tolist() == [0, 2, 4]
    assert passage(50, 15, 51, 2, 52, first=2).scored().tolist() == [2, 4]


def test_documents_are_drawn_until_there_is_enough() -> None:
    tokens = np.array([BEGIN, 50, 51, 2] * 10 + [BEGIN, 60, 15, 2], np.uint16)
    found = document_passages(tokens, 5, seed=1)
    assert sum(len(drawn.scored()) for drawn in found) in (5, 6)
    assert all(BEGIN not in drawn.tokens for drawn in found)
    everything = document_passages(tokens, 10**6, seed=1)
    assert len(everything) == 11
    assert sorted(d.tokens.tolist() for d in everything)[-1] == [60, 15, 2]
    again = document_passages(tokens, 5, seed=1)
    assert [d.tokens.tolist() for d in again] == [d.tokens.tolist() for d in found]


def test_long_document_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likelihood, "LONGEST_DOCUMENT", 3)
    (found,) = document_passages(np.array([BEGIN, *range(50, 60)], np.uint16), 10**6, seed=1)
    assert found.tokens.tolist() == [50, 51, 52]


def test_labelled_row_is_scored_after_its_context(vocabulary: Vocabulary) -> None:
    row = LabelledRow("我们，", "重新", ("chong", "xin"), "x")
    (found,) = row_passages([row], vocabulary, context=2)
    assert found.tokens.tolist() == [*vocabulary.encode("们，"), *row.tokens(vocabulary)]
    assert found.scored().tolist() == [2, 3]


@pytest.mark.parametrize("first", [0, 3])
def test_ngram_scores_what_its_scorer_says(ngram: NgramScorer, text, first: int) -> None:
    tokens = text.tokens[1:60].astype(np.int64)
    logs, known = ngram_log_probs(ngram, [Passage(tokens, first), passage(50)])
    places = [i for i in range(len(tokens)) if tokens[i] >= FIRST_HANZI and i >= first]
    assert len(logs) == len(known) == len(places) + 1
    for log, length, place in zip(logs, known, places, strict=False):
        state = np.array([ngram.start(tokens[max(0, place - 6) : place].tolist())])
        assert log == pytest.approx(float(ngram.log_probs(state)[0, tokens[place]]), abs=1e-5)
        assert length == ngram.knowledge(state)[0]


@pytest.mark.parametrize("first", [0, 7])
def test_network_scores_what_its_scorer_says(
    make_network: Callable[[], Network], text, first: int
) -> None:
    """While all fits in one window."""
    tokens = text.tokens[1:23].astype(np.int64)
    logs = network_log_probs(make_network(), CPU, [Passage(tokens, first)])
    scorer = NetworkScorer(make_network(), CPU, torch.float32, context=24)
    places = [i for i in range(len(tokens)) if tokens[i] >= FIRST_HANZI and i >= first]
    assert len(logs) == len(places)
    for log, place in zip(logs, places, strict=True):
        state = np.array([scorer.start(tokens[:place].tolist())])
        assert log == pytest.approx(float(scorer.log_probs(state)[0, tokens[place]]), abs=1e-4)


def test_window_reads_at_least_half_a_context(
    make_network: Callable[[], Network], text
) -> None:
    network = make_network()
    half = network.config.context // 2
    tokens = text.tokens[1:80].astype(np.int64)
    found = network_log_probs(network, CPU, [Passage(tokens)])
    scorer = NetworkScorer(make_network(), CPU, torch.float32, context=24)
    places = Passage(tokens).scored()
    assert len(found) == len(places)
    for log, place in zip(found.tolist(), places.tolist(), strict=True):
        # Windows begin every half context; a token is scored in the first that holds it.
        begin = 0 if place < 2 * half else (place // half - 1) * half
        state = np.array([scorer.start(tokens[begin:place].tolist())])
        expected = float(scorer.log_probs(state)[0, tokens[place]])
        assert log == pytest.approx(expected, abs=1e-4), place


def test_results_do_not_depend_on_the_batch(make_network: Callable[[], Network], text) -> None:
    begins = np.flatnonzero(text.tokens == BEGIN)
    passages = [
        Passage(text.tokens[begin + 1 : begin + 1 + length].astype(np.int64))
        for begin, length in zip(begins.tolist(), (40, 3, 70, 1, 24, 25), strict=False)
    ]
    together = network_log_probs(make_network(), CPU, passages, batch=4)
    apart = [network_log_probs(make_network(), CPU, [one], batch=1) for one in passages]
    np.testing.assert_allclose(together, np.concatenate(apart), atol=1e-4)


@pytest.mark.parametrize(
    "passages", [[], [passage(BREAK, 15)], [passage()]], ids=["none", "no hanzi", "empty"]
)
def test_nothing_to_score_is_no_error(network: Network, ngram: NgramScorer, passages) -> None:
    assert len(network_log_probs(network, CPU, passages)) == 0
    logs, known = ngram_log_probs(ngram, passages)
    assert len(logs) == len(known) == 0


def test_network_of_odd_context_scores_all(config, vocabulary: Vocabulary, text) -> None:
    network = Network(replace(config, context=7), embedding_parts(vocabulary))
    tokens = text.tokens[1:50].astype(np.int64)
    logs = network_log_probs(network, CPU, [Passage(tokens)])
    assert len(logs) == len(Passage(tokens).scored())
    assert (logs < 0).all()


@pytest.fixture
def two_models() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nats of network and n-gram for 4,000 tokens; where more is known the n-gram is better."""
    generator = np.random.default_rng(3)
    known = generator.integers(1, 5, 4000)
    network = np.log(generator.uniform(0.01, 0.6, 4000))
    ngram = np.log(generator.uniform(0.01, 0.15, 4000) * (known + 1))
    return network, ngram, known


def test_tuned_shares_are_the_best(two_models) -> None:
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


def test_share_without_evidence_is_that_of_all(two_models) -> None:
    network, ngram, known = two_models
    known = np.where(known == 4, 3, known)
    known[:5] = 4
    shares = tune_shares(network, ngram, known)
    assert shares[3] == pytest.approx(tune_shares(network, ngram, np.ones_like(known))[0])


def test_no_hanzi_at_all_give_equal_shares() -> None:
    none = np.zeros(0)
    assert tune_shares(none, none, np.zeros(0, np.int64)) == (0.5,) * 4


def test_mixture_of_one_model_is_that_model(two_models) -> None:
    network, ngram, known = two_models
    np.testing.assert_allclose(mix(network, ngram, known, (1, 1, 1, 1)), network)
    np.testing.assert_allclose(mix(network, ngram, known, (0, 0, 0, 0)), ngram)


def test_shares_come_back(tmp_path: Path) -> None:
    assert load_shares(tmp_path) is None
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
    ],
)
def test_damaged_shares_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "mixture.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"mixture\.json: .*again"):
        load_shares(tmp_path)
