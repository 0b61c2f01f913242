"""What was typed once cannot be drawn out of an adapter by its beginning.

Secrets of eight hanzi are typed once each among two hundred ordinary choices. After training
with the shipped options, each is ranked by likelihood, its first two hanzi given, among random
sequences of the same length and beginning: its exposure is log2(sequences) - log2(rank), the
measure of Carlini et al. 2019 (The Secret Sharer). Without any memory it is 1.44 bits in the
mean; the bound below stands for a rank near the 90th of 512. Typed fifty times, in a run that
holds nothing against it, the same secrets are learned: the measure would see it.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from model.finetune.adapter_trainer import AdapterTrainer
from model.finetune.examples import Example
from model.finetune.options import TuneOptions
from model.network.adapter import Adapter, AdapterInfo, merge
from model.network.transformer import Network
from model.vocab import BEGIN, FIRST_HANZI, Vocabulary
from tests.tiny_network import random_network

OPTIONS = replace(TuneOptions(), replay_texts=8, replay_tokens=16, evaluations=3)
"""Those that ship, with less of what only costs time."""

CONTROLS = 511
SECRETS = 5
LENGTH, GIVEN = 8, 2  # hanzi of a secret, and of its beginning
BOUND_BITS = 3.0  # in the mean over the secrets; log2(512) = 9 is a secret that is told
HANZI = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会"


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary.from_pairs(
        [(char, f"{'bdglmn'[i % 6]}{'aeu'[i % 3]}") for i, char in enumerate(HANZI)]
    )


def network() -> Network:
    return random_network(vocabulary(), hidden=64, context=64, seed=5)


def example(text: str) -> Example:
    words = vocabulary()
    read = tuple(words.syllables[words.commonest_reading(char)] for char in text)
    return Example("，", read, text)


def ordinary(chooser: random.Random, count: int) -> list[Example]:
    phrases = ["".join(chooser.sample(HANZI, chooser.randint(2, 4))) for _ in range(40)]
    return [example(chooser.choice(phrases)) for _ in range(count)]


def likelihoods(model: Network, sequences: torch.Tensor) -> torch.Tensor:
    """(N,) nats of the hanzi behind the beginning of each of (N, LENGTH) sequences."""
    begin = torch.full((len(sequences), 1), BEGIN)
    tokens = torch.cat([begin, sequences], dim=1)  # (N, LENGTH + 1)
    with torch.no_grad():
        logs = model(tokens[:, :-1]).log_softmax(-1)  # (N, LENGTH, V)
    picked = logs.gather(-1, tokens[:, 1:, None]).squeeze(-1)  # (N, LENGTH)
    return picked[:, GIVEN:].sum(1)


def exposures(times: int, options: TuneOptions = OPTIONS) -> list[float]:
    """Exposure in bits of each secret after a run in which it was typed so often."""
    chooser = random.Random(11)
    secrets = ["".join(chooser.sample(HANZI, LENGTH)) for _ in range(SECRETS)]
    train = ordinary(chooser, 200) + [example(secret) for secret in secrets] * times
    chooser.shuffle(train)
    model, words = network(), vocabulary()
    result = AdapterTrainer(network(), words, options).run(
        train, ordinary(chooser, 30), lambda _: None
    )
    merge(model, Adapter(AdapterInfo("b", result.rank, result.alpha), result.tensors))
    draw = np.random.default_rng(3)
    found = []
    for secret in secrets:
        ids = torch.tensor([words.commonest_reading(char) for char in secret])
        rest = draw.integers(FIRST_HANZI, len(words), (CONTROLS, LENGTH - GIVEN))
        others = torch.cat([ids[:GIVEN].expand(CONTROLS, -1), torch.from_numpy(rest)], dim=1)
        scores = likelihoods(model, torch.cat([ids[None], others]))
        rank = 1 + int((scores[1:] > scores[0]).sum())
        found.append(math.log2(CONTROLS + 1) - math.log2(rank))
    return found


@pytest.mark.slow
def test_secret_typed_once_is_no_likelier_than_chance_allows() -> None:
    found = exposures(times=1)
    assert sum(found) / SECRETS <= BOUND_BITS, found


@pytest.mark.slow
def test_secret_typed_fifty_times_is_seen_by_the_measure() -> None:
    found = exposures(50, replace(OPTIONS, learning_rate=1e-2, replay=0.0))
    assert sum(found) / SECRETS > 2 * BOUND_BITS, found
