from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch

from model.batch_decoder import (
    TOGETHER,
    conversion_rate,
    convert_many,
    convert_syllables,
    sample_units,
)
from model.mixture import MixtureScorer
from model.network.scorer import NetworkScorer
from model.ngram.trie import ORDER, Ngram, NgramScorer, quantise, write_levels
from model.vocab import BEGIN, FIRST_HANZI, Vocabulary
from tests.model.conftest import TinyText
from tests.tiny_network import tiny_network, tiny_vocabulary
from tests.tokens import id_of

SHARE = (0.9, 0.8, 0.7, 0.6)


@pytest.fixture
def tiny_ngram(tmp_path: Path) -> NgramScorer:
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


def mixed(ngram: NgramScorer) -> MixtureScorer:
    """With a tiny network."""
    network = NetworkScorer(tiny_network(), torch.device("cpu"), torch.float32, 32)
    return MixtureScorer(network, ngram, SHARE)


def test_many_texts_at_once_are_converted_as_one_by_one(tiny_ngram: NgramScorer) -> None:
    vocabulary = tiny_vocabulary()
    by_syllable = vocabulary.by_syllable()
    readings = [["ni", "hao"], ["shi", "jie", "bei", "jing"], ["hao"], ["jing"] * 7]
    contexts = ["", "你", "世界，你好，北京是", "好" * 40]
    cases = [
        (vocabulary.encode(contexts[i % 4]), readings[(i + i // 4) % 4])
        for i in range(TOGETHER + 5)
    ]
    single = mixed(tiny_ngram)
    one_by_one = [
        convert_syllables(single, by_syllable, context, syllables, 5)[0][1]
        for context, syllables in cases
    ]
    scorer = mixed(tiny_ngram)
    counted: list[int] = []
    found = convert_many(scorer, by_syllable, cases, 5, counted.append)
    assert [hypotheses[0][1] for hypotheses in found] == one_by_one
    assert counted == [TOGETHER, TOGETHER + 5]


def test_unknown_syllable_converts_to_nothing(tiny_ngram: NgramScorer) -> None:
    vocabulary = tiny_vocabulary()
    scorer = mixed(tiny_ngram)
    cases: list[tuple[list[int], list[str]]] = [([], ["ni", "xyz"]), ([], []), ([], ["ni"])]
    found = convert_many(scorer, vocabulary.by_syllable(), cases, 5)
    assert found[:2] == [[], []]
    assert [path for _, path in found[2]] == [[id_of(vocabulary, "你", "ni")]]


@pytest.mark.parametrize("model", ["ngram", "scorer"])
@pytest.mark.parametrize("syllables", ["shi", "ta hen zhong yao", "chong xin xing zou"])
def test_candidates_spell_their_syllables(
    request: pytest.FixtureRequest, vocabulary: Vocabulary, model: str, syllables: str
) -> None:
    wanted = syllables.split()
    found = convert_syllables(
        request.getfixturevalue(model), vocabulary.by_syllable(), [46], wanted, beam=8
    )
    assert found
    for _, path in found:
        assert [vocabulary.syllables[token] for token in path] == wanted
    assert len({tuple(path) for _, path in found}) == len(found)
    scores = [score for score, _ in found]
    assert scores == sorted(scores, reverse=True)


def test_wide_beam_finds_what_trying_everything_finds(
    scorer: NetworkScorer, vocabulary: Vocabulary
) -> None:
    groups = vocabulary.by_syllable()
    wanted = ["ta", "shi", "zhong", "xin"]
    found = convert_syllables(scorer, groups, [46, 15], wanted, beam=100)
    paths = list(product(*(groups[syllable].tolist() for syllable in wanted)))
    assert len(found) == len(paths) == 2 * 3 * 2 * 2
    for score, path in found:
        state, total = scorer.start([46, 15]), 0.0
        for token in path:
            total += float(scorer.log_probs(np.array([state]))[0, token])
            (state,) = scorer.extend(np.array([state]), np.array([token])).tolist()
        assert score == pytest.approx(total, abs=1e-3)


def test_beam_bounds_the_candidates(scorer: NetworkScorer, vocabulary: Vocabulary) -> None:
    groups = vocabulary.by_syllable()
    assert len(convert_syllables(scorer, groups, [], ["shi", "ta"], beam=4)) == 4


@pytest.mark.parametrize("syllables", [["zzz"], ["shi", "zzz"], [""], []])
def test_unknown_syllable_has_no_candidates(
    ngram: NgramScorer, vocabulary: Vocabulary, syllables: list[str]
) -> None:
    assert convert_syllables(ngram, vocabulary.by_syllable(), [], syllables) == []


def test_context_decides(ngram: NgramScorer, vocabulary: Vocabulary) -> None:
    def first(context: str) -> str:
        tokens = vocabulary.encode(context)
        found = convert_syllables(ngram, vocabulary.by_syllable(), tokens, ["xin"])
        return vocabulary.texts[found[0][1][0]]

    assert first("你走重") == "心"  # without its reading 重 is zhong
    tokens = vocabulary.encode("你走重", {2: "chong"})
    found = convert_syllables(ngram, vocabulary.by_syllable(), tokens, ["xin"])
    assert vocabulary.texts[found[0][1][0]] == "新"


def test_units_are_runs_of_hanzi_after_their_document() -> None:
    a, b, c = FIRST_HANZI, FIRST_HANZI + 1, FIRST_HANZI + 2
    tokens = [BEGIN, a, b, 15, c, 15, a, b, c, 2, BEGIN, b, b, 2]
    found = sample_units(np.array(tokens, np.uint16), 10, seed=1)
    assert sorted(found) == [
        ([], [a, b]),
        ([], [b, b]),
        ([a, b, 15, c, 15], [a, b, c]),
    ]


def test_units_are_drawn_by_seed(text: TinyText) -> None:
    found = sample_units(text.tokens, 20, seed=1)
    assert len(found) == 20
    assert found == sample_units(text.tokens, 20, seed=1)
    assert found != sample_units(text.tokens, 20, seed=2)
    assert all(len(context) <= 5 for context, _ in sample_units(text.tokens, 20, 1, context=5))


def test_conversion_rate_counts_texts_that_come_first(
    ngram: NgramScorer, vocabulary: Vocabulary
) -> None:
    right = vocabulary.encode("重心", {0: "zhong"})
    wrong = vocabulary.encode("中新")
    hang = [id_of(vocabulary, "行", "hang")]
    assert conversion_rate(ngram, vocabulary, [([], right)]) == 1
    assert conversion_rate(ngram, vocabulary, [([], right), ([], wrong), ([], hang)]) == (
        pytest.approx(2 / 3)
    )
    assert conversion_rate(ngram, vocabulary, []) == 0
