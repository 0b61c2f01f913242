from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from model.data.labelled import LabelledRow
from model.evaluate import likelihood
from model.evaluate.likelihood import (
    Passage,
    document_passages,
    network_log_probs,
    ngram_log_probs,
    row_passages,
)
from model.network.config import ModelConfig
from model.network.scorer import NetworkScorer
from model.network.transformer import Network, embedding_parts
from model.ngram.trie import NgramScorer
from model.vocab import BEGIN, BREAK, FIRST_HANZI, Vocabulary
from tests.model.conftest import TinyText

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
def test_ngram_scores_what_its_scorer_says(
    ngram: NgramScorer, text: TinyText, first: int
) -> None:
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
    make_network: Callable[[], Network], text: TinyText, first: int
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
    make_network: Callable[[], Network], text: TinyText
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


def test_results_do_not_depend_on_the_batch(
    make_network: Callable[[], Network], text: TinyText
) -> None:
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
def test_nothing_to_score_is_no_error(
    network: Network, ngram: NgramScorer, passages: list[Passage]
) -> None:
    assert len(network_log_probs(network, CPU, passages)) == 0
    logs, known = ngram_log_probs(ngram, passages)
    assert len(logs) == len(known) == 0


def test_network_of_odd_context_scores_all(
    config: ModelConfig, vocabulary: Vocabulary, text: TinyText
) -> None:
    network = Network(replace(config, context=7), embedding_parts(vocabulary))
    tokens = text.tokens[1:50].astype(np.int64)
    logs = network_log_probs(network, CPU, [Passage(tokens)])
    assert len(logs) == len(Passage(tokens).scored())
    assert (logs < 0).all()
