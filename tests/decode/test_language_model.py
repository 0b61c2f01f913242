"""The adapter over every scorer: they keep one contract."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from ime.decode.language_model import CONTEXTS, Scorer, ScorerModel
from ime.values import CONTEXT_TOKENS, LeftContext
from model.mixture import MixtureScorer
from model.network.scorer import NetworkScorer
from model.ngram.trie import ORDER, Ngram, NgramScorer, quantise, write_levels
from model.vocab import FIRST_HANZI, Vocabulary
from tests.tiny_network import tiny_network, tiny_vocabulary
from tests.tokens import id_of


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return tiny_vocabulary()


@pytest.fixture(scope="module")
def ngram(vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Ngram:
    """Half of the unigrams, and after each token its successor with 0.4."""
    folder = tmp_path_factory.mktemp("ngram")
    size = len(vocabulary)
    tokens = np.arange(size)
    bigrams = (tokens, ((tokens + 1) % size).astype(np.uint16), quantise(np.full(size, 0.4)))
    none = (np.zeros(0, np.int64), np.zeros(0, np.uint16), np.zeros(0, np.uint8))
    write_levels(folder, np.full(size, 1 / size), [bigrams] + [none] * (ORDER - 2))
    return Ngram(folder)


def network_scorer() -> NetworkScorer:
    return NetworkScorer(tiny_network(), torch.device("cpu"), torch.float32, 16)


@pytest.fixture(params=["ngram", "network", "mixture"])
def scorer(request: pytest.FixtureRequest, ngram: Ngram) -> Scorer:
    makers: dict[str, Callable[[], Any]] = {
        "ngram": lambda: NgramScorer(ngram),
        "network": network_scorer,
        "mixture": lambda: MixtureScorer(network_scorer(), NgramScorer(ngram), [0.5] * 4),
    }
    made: Scorer = makers[request.param]()
    return made


@pytest.fixture
def model(vocabulary: Vocabulary, scorer: Scorer) -> ScorerModel:
    return ScorerModel(vocabulary, scorer)


def states(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def test_table_is_that_of_the_vocabulary(model: ScorerModel, vocabulary: Vocabulary) -> None:
    table = model.tokens
    assert list(table.texts) == list(vocabulary.texts)
    for syllable, ids in table.by_syllable.items():
        assert {table.syllables[i] for i in ids.tolist()} == {syllable}
    assert sum(map(len, table.by_syllable.values())) == len(vocabulary) - FIRST_HANZI


def test_known_readings_of_the_context_are_used(ngram: Ngram) -> None:
    vocabulary = Vocabulary.from_pairs(
        (("行", "xing"), ("行", "hang")), [0] * FIRST_HANZI + [9, 5]
    )
    model = ScorerModel(vocabulary, NgramScorer(ngram))
    xing, hang = id_of(vocabulary, "行", "xing"), id_of(vocabulary, "行", "hang")
    assert model.encode(LeftContext("行行", ((1, "hang"),))) == [xing, hang]
    assert model.encode(LeftContext("行", ((0, "heng"),))) == [xing]


def test_contexts_read_at_once_are_as_each_alone(model: ScorerModel) -> None:
    contexts = [LeftContext("你"), LeftContext(), LeftContext("世界，你好" * 20)]
    roots = model.start_many(contexts)
    after = model.extend(roots, states(46, 47, 48))
    together = model.log_probs(roots), model.log_probs(after)
    for place, context in enumerate(contexts):
        root = states(model.start(context))
        alone = model.log_probs(root), model.log_probs(model.extend(root, states(46 + place)))
        for one, many in zip(alone, together, strict=True):
            np.testing.assert_allclose(one[0], many[place], atol=2e-5)


def test_the_process_is_tidied_now_and_then(vocabulary: Vocabulary, ngram: Ngram) -> None:
    tidied: list[int] = []
    model = ScorerModel(vocabulary, NgramScorer(ngram), tidy=lambda: tidied.append(1))
    for _ in range(3 * CONTEXTS):
        model.start(LeftContext("你"))
    assert len(tidied) == 3


def test_context_is_bounded_and_its_end_is_kept(model: ScorerModel) -> None:
    found = model.encode(LeftContext("你" * 500 + "好"))
    assert len(found) == CONTEXT_TOKENS
    assert model.tokens.texts[found[-1]] == "好"


@pytest.mark.parametrize(
    "text",
    ["", "\0", "😀", "\ud800", "\udfff\ud800", "𠮷", "a\u0301", "\u202e你", "\ufeff",
     "\r\n", "e\U000e0041"],
)  # fmt: skip
def test_any_text_can_stand_left_of_the_caret(model: ScorerModel, text: str) -> None:
    for context in (text, "你" + text, text + "好", text * 100):
        root = model.start(LeftContext(context, ((0, "ni"), (10_000, "hao"))))
        found = model.log_probs(states(root))
        assert np.isfinite(found).all()
        assert np.exp(found[0].astype(np.float64)).sum() == pytest.approx(1, abs=1e-3)


def test_giving_nothing_back_is_harmless(model: ScorerModel) -> None:
    """The mixture once failed, wherever letters were deleted that had cost no step."""
    root = model.start(LeftContext("你"))
    model.release(states())
    assert np.isfinite(model.log_probs(states(root))).all()


@pytest.mark.parametrize("seed", range(3))
def test_room_is_used_again_whatever_the_order_of_giving_back(
    model: ScorerModel, seed: int
) -> None:
    """States given back below living ones once stayed for the whole composition."""
    generator = random.Random(seed)
    root = model.start(LeftContext("你"))
    highest = []
    for _ in range(30):
        leaves = [
            state
            for _ in range(4)
            for state in model.extend(
                states(root, root, root), states(*generator.choices(range(46, 58), k=3))
            ).tolist()
        ]
        highest.append(max(leaves))
        generator.shuffle(leaves)
        for i in range(0, 12, 3):
            model.release(states(*leaves[i : i + 3]))
    assert set(highest) == {root + 12}


def test_released_middle_leaves_the_others_as_they_were(model: ScorerModel) -> None:
    root = model.start(LeftContext("你"))
    first = model.extend(states(root, root), states(46, 47))
    second = model.extend(states(root, root), states(48, 49))
    expected = model.log_probs(second).copy()
    model.release(first)
    third = model.extend(states(*second.tolist()), states(50, 51))
    assert not {root, *second.tolist()} & set(third.tolist())
    np.testing.assert_array_equal(model.log_probs(second), expected)


def test_reused_room_holds_the_new_history(model: ScorerModel) -> None:
    root = model.start(LeftContext("你"))
    fresh = model.log_probs(model.extend(states(root), states(50))).copy()
    root = model.start(LeftContext("你"))
    model.release(model.extend(states(root, root), states(48, 49)))
    again = model.extend(states(root), states(50))
    np.testing.assert_allclose(model.log_probs(again), fresh, atol=2e-5)


def test_log_probs_may_be_changed_by_who_asked(model: ScorerModel) -> None:
    """The user's counts are mixed into the rows in place."""
    root = model.start(LeftContext("你"))
    expected = model.log_probs(states(root)).copy()
    model.log_probs(states(root))[:] = 7
    np.testing.assert_array_equal(model.log_probs(states(root)), expected)
