from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from model.decoder import conversion_rate, convert_syllables, sample_units
from model.network.scorer import NetworkScorer
from model.ngram.trie import NgramScorer
from model.vocab import BEGIN, FIRST_HANZI, Vocabulary
from tests.tokens import id_of


@pytest.mark.parametrize("model", ["ngram", "scorer"])
@pytest.mark.parametrize("syllables", ["shi", "ta hen zhong yao", "chong xin xing zou"])
def test_candidates_spell_their_syllables(
    request, vocabulary: Vocabulary, model: str, syllables: str
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


@pytest.mark.parametrize("syllables", [["zzz"], ["shi", "zzz"], [""]])
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


def test_units_are_drawn_by_seed(text) -> None:
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
