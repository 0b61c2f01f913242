from __future__ import annotations

import math

import numpy as np
import pytest

from ime.convert.beam import LETTERS, WORST, Lookahead
from ime.convert.score.formula import Score
from ime.convert.search import BeamSearch, SearchOptions
from ime.pinyin.graph import GraphOptions, Segmenter
from ime.values import LeftContext
from tests.fakes import TABLE_TOKENS, TableModel


def test_lookahead_is_the_best_sequel_with_that_letter() -> None:
    model = TableModel.drawn(3)
    lookahead = Lookahead(model)
    every = np.arange(len(TABLE_TOKENS))
    for letter in LETTERS:
        found = lookahead.of(every, letter)
        group = [i for i, (_, syllable) in enumerate(TABLE_TOKENS) if syllable[0] == letter]
        expected = model.table[:-1, group].max(axis=1) if group else np.full(len(every), WORST)
        np.testing.assert_allclose(found, np.maximum(expected, WORST), atol=1e-5)


def test_tokens_without_a_sequel_have_the_worst_lookahead() -> None:
    """Marks have no syllable and begin nothing, but something follows them."""
    pairs = (("。", ""), ("安", "an"), ("阿", "a"))
    table = np.log(np.array([(0.2, 0.7, 0.1)] * 4, np.float32))
    lookahead = Lookahead(TableModel(table, pairs))
    every = np.arange(len(pairs))
    np.testing.assert_allclose(lookahead.of(every, "a"), math.log(0.7), atol=1e-6)
    np.testing.assert_allclose(lookahead.of(every, "b"), WORST, atol=1e-6)
    np.testing.assert_allclose(lookahead.of(every, "z"), WORST, atol=1e-6)


@pytest.mark.parametrize("raw", ["xian", "xi'an"])
def test_search_keeps_a_rare_character_that_the_next_letter_calls_for(raw: str) -> None:
    """Of 吸 and 西 before `an` a beam of one drops 西, the worse one so far."""
    pairs = (("吸", "xi"), ("西", "xi"), ("安", "an"), ("案", "an"))
    rows = {
        -1: (0.7, 0.1, 0.1, 0.1),
        0: (0.4, 0.4, 0.1, 0.1),
        1: (0.01, 0.01, 0.97, 0.01),
        2: (0.25, 0.25, 0.25, 0.25),
        3: (0.25, 0.25, 0.25, 0.25),
    }
    table = np.log(np.array([rows[i] for i in (0, 1, 2, 3, -1)], np.float32))
    model = TableModel(table, pairs)
    search = BeamSearch(Score(model), Segmenter(GraphOptions()), SearchOptions(beam=1))
    search.run(LeftContext(), "xi")
    assert [pairs[t][0] for t in search.paths(2, 1)[0].tokens] == ["吸"]
    search.run(LeftContext(), raw)
    path = search.paths(len(raw), 1)[0]
    assert [pairs[t][0] for t in path.tokens] == ["西", "安"]
    assert path.score == pytest.approx(math.log(0.1 * 0.97), abs=1e-3)
