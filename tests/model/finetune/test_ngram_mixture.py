from __future__ import annotations

import numpy as np
import pytest
import torch

from model.finetune.adapter_trainer import AdapterTrainer
from model.finetune.examples import Example
from model.finetune.ngram_mixture import Beside, NgramMixture
from model.finetune.options import TuneOptions
from model.finetune.progress import Progress
from model.mixture import MixtureScorer
from model.network.scorer import NetworkScorer
from model.ngram.trie import NgramScorer
from model.vocab import BEGIN
from tests.tiny_network import tiny_network, tiny_vocabulary

SHARES = (0.6, 0.5, 0.4, 0.3)


class CountedScorer:
    """After 北 it is sure of 京; elsewhere all tokens are alike."""

    def __init__(self) -> None:
        self.vocabulary = tiny_vocabulary()
        self.histories: list[tuple[int, ...]] = []

    def start(self, context: list[int]) -> int:
        self.histories.append(tuple(context))
        return len(self.histories) - 1

    def extend(self, parents: np.ndarray, tokens: np.ndarray) -> np.ndarray:
        self.histories.append((*self.histories[int(parents[0])], int(tokens[0])))
        return np.array([len(self.histories) - 1])

    def knowledge(self, states: np.ndarray) -> np.ndarray:
        return np.array([min(4, len(self.histories[int(state)])) for state in states])

    def probabilities(self, states: np.ndarray) -> np.ndarray:
        size = len(self.vocabulary)
        rows = np.full((len(states), size), 1 / size, np.float32)
        sure = self.vocabulary.find("京", "jing")
        for row, state in enumerate(states):
            if self.histories[int(state)][-1:] == (self.vocabulary.find("北", "bei"),):
                rows[row] = 1e-6
                rows[row, sure] = 1.0
        return rows


class BegunScorer(CountedScorer):
    """Puts the begin token, which lines of training hold, before what it reads."""

    def start(self, context: list[int]) -> int:
        return super().start([BEGIN, *context])


def background(scorer: CountedScorer) -> NgramMixture:
    counted: NgramScorer = scorer  # type: ignore[assignment]  # all that is used of one
    return NgramMixture(scorer.vocabulary, counted, SHARES)


def line(scorer: CountedScorer) -> tuple[torch.Tensor, torch.Tensor]:
    find = scorer.vocabulary.find
    tokens = torch.tensor([[BEGIN, find("北", "bei"), find("京", "jing")]])
    return tokens, torch.tensor([[True, True, False]])


def test_places_get_the_share_and_the_rest_of_their_history() -> None:
    scorer = CountedScorer()
    beside: Beside = background(scorer).beside(*line(scorer))
    assert beside.shares[:, 0].tolist() == pytest.approx([0.6, 0.5])
    group = scorer.vocabulary.by_syllable()["jing"].tolist()
    assert beside.ids[1, : len(group)].tolist() == group
    assert beside.real[1].sum() == len(group)
    place = int(beside.places[1, 0])
    assert group[place] == scorer.vocabulary.find("京", "jing")
    assert float(beside.rest[1, place]) == pytest.approx(0.5)
    assert float(beside.rest[1, beside.real[1]].sum()) == pytest.approx(0.5, abs=1e-4)


def test_place_that_was_asked_for_is_not_counted_again() -> None:
    scorer = CountedScorer()
    kept = background(scorer)
    kept.beside(*line(scorer))
    before = len(scorer.histories)
    kept.beside(*line(scorer))
    assert len(scorer.histories) == before


def test_without_an_ngram_the_network_stands_alone() -> None:
    scorer = CountedScorer()
    beside = NgramMixture(scorer.vocabulary).beside(*line(scorer))
    assert bool((beside.shares == 1).all())
    assert not beside.rest.any()


def test_mixture_of_training_is_that_of_converting() -> None:
    scorer = CountedScorer()
    tokens, wanted = line(scorer)
    network = tiny_network().eval()
    reader = NetworkScorer(network, torch.device("cpu"), torch.float32, 32)
    counted: NgramScorer = BegunScorer()  # type: ignore[assignment]
    mixture = MixtureScorer(reader, counted, SHARES)
    with torch.no_grad():
        logs = network(tokens)[wanted].log_softmax(-1)
        beside = background(scorer).beside(tokens, wanted)
        found = beside.mixed(logs).numpy()
    for row, history in enumerate(([], tokens[0, 1:2].tolist())):
        expected = mixture.log_probs(np.array([mixture.start(history)]))[0]
        real = beside.real[row].numpy()
        np.testing.assert_allclose(
            found[row, real], expected[beside.ids[row].numpy()[real]], atol=1e-4
        )
        assert (found[row, ~real] == -np.inf).all()


def silent(_: Progress) -> None:
    pass


def test_network_learns_little_where_the_ngram_is_sure() -> None:
    """Trained alone it moves by the same examples."""
    options = TuneOptions(
        rank=4, alpha=8.0, epochs=6.0, batch_tokens=64, learning_rate=1e-2, contrast=0.0,
        replay=0.0, replay_texts=2, replay_tokens=8, dropout=0.0, weight_decay=0.0,
    )  # fmt: skip
    sure = [Example("北", ("jing",), "京")] * 16
    moved = []
    for beside in (None, background(CountedScorer())):
        tuner = AdapterTrainer(tiny_network(), tiny_vocabulary(), options, None, beside)
        result = tuner.run(sure, sure[:2], silent)
        moved.append(result.before.loss - result.after.loss)
    assert moved[1] < 0.2 * moved[0]
