from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from model.decoder import convert_syllables
from model.forest import TOGETHER, Forest, ForestNetwork, convert_many
from model.mixture import MixtureScorer
from model.network.scorer import NetworkScorer
from model.ngram.trie import ORDER, Ngram, NgramScorer, quantise, write_levels
from tests.tiny_network import tiny_network, tiny_vocabulary
from tests.tokens import id_of

SHARE = (0.9, 0.8, 0.7, 0.6)
CPU = torch.device("cpu")


@pytest.fixture
def ngram(tmp_path: Path) -> NgramScorer:
    """你好 is known, and nothing else."""
    vocabulary = tiny_vocabulary()
    size = len(vocabulary)
    first, second = id_of(vocabulary, "你", "ni"), id_of(vocabulary, "好", "hao")
    bigram = (
        np.array([first]), np.array([second], np.uint16), quantise(np.array([0.7])),
    )  # fmt: skip
    nothing = (np.empty(0, np.int64), np.empty(0, np.uint16), np.empty(0, np.uint8))
    write_levels(tmp_path, np.full(size, 1 / size), [bigram, *[nothing] * (ORDER - 2)])
    return NgramScorer(Ngram(tmp_path))


def test_many_texts_at_once_are_converted_as_one_by_one(ngram: NgramScorer) -> None:
    vocabulary = tiny_vocabulary()
    by_syllable = vocabulary.by_syllable()
    readings = [["ni", "hao"], ["shi", "jie", "bei", "jing"], ["hao"], ["jing"] * 7]
    contexts = ["", "你", "世界，你好，北京是", "好" * 40]
    cases = [
        (vocabulary.encode(contexts[i % 4]), readings[(i + i // 4) % 4])
        for i in range(TOGETHER + 5)
    ]
    single = MixtureScorer(NetworkScorer(tiny_network(), CPU, torch.float32, 32), ngram, SHARE)
    one_by_one = [
        convert_syllables(single, by_syllable, context, syllables, 5)[0][1]
        for context, syllables in cases
    ]
    forest = Forest(ForestNetwork(tiny_network(), CPU, torch.float32, 32), ngram, SHARE)
    counted: list[int] = []
    found = convert_many(forest, by_syllable, cases, 5, counted.append)
    assert [hypotheses[0][1] for hypotheses in found] == one_by_one
    assert counted == [TOGETHER, TOGETHER + 5]


def test_unknown_syllable_converts_to_nothing(ngram: NgramScorer) -> None:
    vocabulary = tiny_vocabulary()
    forest = Forest(ForestNetwork(tiny_network(), CPU, torch.float32, 32), ngram, SHARE)
    cases = [([], ["ni", "xyz"]), ([], []), ([], ["ni"])]
    found = convert_many(forest, vocabulary.by_syllable(), cases, 5, lambda _: None)
    assert found[:2] == [[], []]
    assert [path for _, path in found[2]] == [[id_of(vocabulary, "你", "ni")]]
