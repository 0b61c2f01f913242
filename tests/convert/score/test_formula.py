"""How the terms of the score are put together, over a table of thirteen tokens."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from ime.convert.score.cache_model import CacheModel
from ime.convert.score.formula import (
    TRUSTED,
    UNKNOWN,
    ManyTokenScores,
    Score,
    TokenScore,
    spelled,
    word_estimate,
)
from ime.pinyin.graph import Edge, EdgeKind
from ime.ports import FloatArray, IntArray
from ime.values import LeftContext
from tests.fakes import TABLE_TOKENS, TableModel

TEXTS = [text for text, _ in TABLE_TOKENS]
EDGE = Edge(0, 2, ("xi",), EdgeKind.EXACT, -0.25)


class Term:
    """Adds a number to every score, and keeps what it was told."""

    def __init__(self, nats: float) -> None:
        self.nats = nats
        self.told: list[tuple[str, list[int]]] = []
        self.seen: list[FloatArray] = []

    def enter(self, context: Sequence[int]) -> None:
        self.told.append(("enter", list(context)))

    def extend(self, parents: IntArray, tokens: IntArray, states: IntArray) -> None:
        self.told.append(("extend", [*parents, *tokens, *states]))

    def add_to(self, log_probs: FloatArray, states: IntArray) -> None:
        self.seen.append(log_probs.copy())
        log_probs += np.float32(self.nats)

    def release(self, states: IntArray) -> None:
        self.told.append(("release", states.tolist()))


class Learned:
    def __init__(self, *terms: Term, own: float = 1.0) -> None:
        self.terms, self.own = terms, own


class ManyTables(TableModel):
    def start_many(self, contexts: Sequence[LeftContext]) -> IntArray:
        self.live = {}
        return np.array([self._add((-1, *self.encode(each))[-1]) for each in contexts])


def near_certain() -> TableModel:
    """西 has 0.98 behind everything, so that the cache would lift it above 0."""
    table = np.full((14, 13), math.log(0.02 / 12))
    table[:, TEXTS.index("西")] = math.log(0.98)
    return TableModel(table)


def behind(score: TokenScore, text: str) -> FloatArray:
    root = score.start(LeftContext(text))
    return score.log_probs(np.array([root]))[0]


def test_terms_count_after_the_cache_is_cut_at_certainty() -> None:
    """A token that the context makes certain still gains what the user adds, and no more."""
    term = Term(1.5)
    found = behind(TokenScore(near_certain(), Learned(term)), "西")
    assert term.seen[0].max() == 0.0
    assert found.max() == 1.5


def test_terms_count_in_their_order() -> None:
    first, second = Term(1.0), Term(2.0)
    behind(TokenScore(near_certain(), Learned(first, second)), "")
    np.testing.assert_array_equal(second.seen[0], first.seen[0] + np.float32(1.0))


def test_terms_are_told_of_every_state() -> None:
    term = Term(0.0)
    score = TokenScore(TableModel.drawn(1), Learned(term))
    root = score.start(LeftContext("西安"))
    (state,) = score.extend(np.array([root]), np.array([3])).tolist()
    score.release(np.array([state]))
    context = [TEXTS.index("西"), TEXTS.index("安")]
    extended = [root, 3, state]
    assert term.told == [("enter", context), ("extend", extended), ("release", [state])]


def test_without_context_or_terms_it_is_the_model() -> None:
    model = TableModel.drawn(1)
    np.testing.assert_array_equal(behind(TokenScore(model), ""), model.table[-1])


@pytest.mark.parametrize(
    ("own", "trusted"), [(TRUSTED - 0.01, False), (TRUSTED, True), (1.0, True)]
)
def test_trained_model_serves_the_users_own_text(own: float, trusted: bool) -> None:
    model, trained = TableModel.drawn(1), TableModel.drawn(2)
    found = behind(TokenScore(model, Learned(own=own), trained), "")
    np.testing.assert_array_equal(found, (trained if trusted else model).table[-1])


def test_many_contexts_at_once_score_as_each_alone() -> None:
    contexts = ["西安", "", "你先", "西"]
    many = ManyTokenScores(ManyTables.drawn(3))
    roots = many.start_many([LeftContext(text) for text in contexts])
    states = many.extend(roots, np.array([1, 2, 3, 4]))
    together = many.log_probs(roots), many.log_probs(states[::-1])[::-1]
    for place, text in enumerate(contexts):
        alone = TokenScore(TableModel.drawn(3))
        root = np.array([alone.start(LeftContext(text))])
        state = alone.extend(root, np.array([place + 1]))
        np.testing.assert_array_equal(alone.log_probs(root)[0], together[0][place])
        np.testing.assert_array_equal(alone.log_probs(state)[0], together[1][place])


def test_step_adds_all_that_an_edge_costs() -> None:
    scores = np.array([[-1.0], [-2.0]], np.float32)
    logs = np.array([[-3.0, -4.0, -5.0], [-6.0, -7.0, -8.0]], np.float32)
    penalties = np.array([0.0, -0.5, -6.9], np.float32)
    found = spelled(scores, logs, penalties, EDGE)
    assert found.dtype == np.float32
    assert found[1, 1] == pytest.approx(-2.0 - 7.0 - 0.5 - 0.25)
    single = spelled(-1.0, -3.0, -6.9, EDGE)
    assert single == pytest.approx(-1.0 - 3.0 - 6.9 - 0.25)


def test_nothing_speaks_for_the_whole_input_where_nothing_is_known_of_it() -> None:
    found = Score(TableModel.drawn(1)).input_gain([], [[1, 2], [3]])
    np.testing.assert_array_equal(found, np.zeros(2, np.float32))


@pytest.mark.parametrize(
    ("first", "count", "occurrences", "expected"),
    [
        pytest.param(-2.0, 10, 40, -0.5 - 2.0 + math.log(0.25), id="share-of-its-character"),
        pytest.param(-2.0, 10, 5, -0.5 - 2.0, id="never-more-than-its-character"),
        pytest.param(None, 10, 0, -0.5 + math.log(UNKNOWN), id="character-unknown"),
    ],
)
def test_word_is_estimated_by_its_first_character(
    first: float | None, count: int, occurrences: int, expected: float
) -> None:
    assert word_estimate(first, (EDGE, EDGE), count, occurrences) == pytest.approx(expected)


def test_cache_is_that_of_the_model_alone() -> None:
    """What the formula adds to a model without terms is the cache, and nothing else."""
    model = TableModel.drawn(5)
    cache, roots = CacheModel(model.tokens), np.array([0])
    cache.enter(roots, [model.encode(LeftContext("西安"))])
    expected = model.table[[TEXTS.index("安")]]
    cache.add_to(expected, roots)
    np.testing.assert_array_equal(behind(TokenScore(model), "西安"), expected[0])
