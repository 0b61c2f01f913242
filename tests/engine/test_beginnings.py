"""The beginning of a long input that is worth a place in the list, and what is likely first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ime.engine.beginnings import best_beginning
from ime.engine.candidates import SHORT_INPUT, WHOLE_OF_SENTENCE
from ime.engine.converter import SearchConverter
from ime.engine.values import (
    Candidate,
    Commit,
    DecodeRequest,
    How,
    LeftContext,
    Selection,
    Source,
)
from ime.lexicon.words import Lexicon
from ime.pinyin.graph import GraphOptions
from tests.fakes import TABLE_TOKENS, TableModel, write_lexicon

SENTENCE = "xi'an'xi'nian'na'an"
"""Six syllables."""


@pytest.mark.parametrize(
    ("texts", "covered", "expected"),
    [
        # What both agree on, as far as it goes.
        (("甲乙丙丁戊", "甲乙丙己庚"), (0, 0), "甲乙丙"),
        # A beginning that a listed word takes already saves nothing more.
        (("甲乙丙丁戊", "甲乙丙己庚"), (3, 3), "甲乙丙丁"),
        # The longest beginning of the only text; the text itself is no beginning of itself.
        (("甲乙丙丁",), (0,), "甲乙丙"),
        (("甲乙",), (0,), None),
        ((), (), None),
    ],
)
def test_beginning_is_what_the_texts_agree_on(
    texts: Sequence[str], covered: Sequence[int], expected: str | None
) -> None:
    found = best_beginning(texts, [0.0] * len(texts), covered)
    assert (None if found is None else texts[found[0]][: found[1]]) == expected


def test_likelier_text_gives_the_beginning() -> None:
    found = best_beginning(("甲乙丙", "丁戊己"), (0.0, 4.0), (0, 0))
    assert found == (1, 2)


def _convert(
    model: TableModel, folder: Path, raw: str, words: Sequence[tuple[str, str, int]] = ()
) -> tuple[Candidate, ...]:
    """Candidates of letters that delimiters cut into syllables."""
    lexicon = Lexicon(write_lexicon(folder, words))
    converter = SearchConverter(model, lexicon, GraphOptions(undivided=True))
    made = converter.convert(DecodeRequest(1, LeftContext(), raw))
    assert made is not None
    return made.items


@pytest.mark.parametrize("seed", range(4))
def test_one_beginning_follows_the_sentences(seed: int, tmp_path: Path) -> None:
    found = _convert(TableModel.drawn(seed), tmp_path, SENTENCE)
    wholes = [item for item in found if item.end == len(SENTENCE)]
    beginning = found[len(wholes)]
    assert len(wholes) == WHOLE_OF_SENTENCE
    assert beginning.source is Source.SENTENCE
    assert 2 <= len(beginning.text) < 6
    assert SENTENCE[: beginning.end].replace("'", "") == "".join(beginning.syllables)
    assert all(len(item.text) == 1 for item in found[len(wholes) + 1 :])


def test_short_input_has_no_beginning(tmp_path: Path) -> None:
    raw = "xi'an'xi'nian"
    assert raw.count("'") + 1 == SHORT_INPUT
    found = _convert(TableModel.drawn(1), tmp_path, raw)
    assert {item.end for item in found if len(item.text) > 1} == {len(raw)}


def test_unlikely_long_word_stands_behind_a_likely_short_one(tmp_path: Path) -> None:
    """Three syllables of which the model thinks little, against two of which it thinks much."""
    table = np.full((len(TABLE_TOKENS) + 1, len(TABLE_TOKENS)), -3.0, np.float32)
    ids = {pair: token for token, pair in enumerate(TABLE_TOKENS)}
    table[:, ids["系", "xi"]] = -12.0
    table[:, ids["西", "xi"]] = math.log(0.5)
    words = (("西安", "xi an", 50), ("系按西", "xi an xi", 50))
    found = [item.text for item in _convert(TableModel(table), tmp_path, SENTENCE, words)]
    assert found.index("西安") < found.index("系按西")
    assert found.index("西") < found.index("系按西")


def test_word_that_cuts_as_no_hypothesis_does_stands_behind_characters(tmp_path: Path) -> None:
    """先 fits all letters of a syllable; 西啊 would leave an n that nothing begins with."""
    table = np.full((len(TABLE_TOKENS) + 1, len(TABLE_TOKENS)), -3.0, np.float32)
    table[:, TABLE_TOKENS.index(("线", "xian"))] = -6.0  # not among the likely ones
    words = (("先年", "xian nian", 50), ("西啊", "xi a", 50))
    converter = SearchConverter(TableModel(table), Lexicon(write_lexicon(tmp_path, words)))
    made = converter.convert(DecodeRequest(1, LeftContext(), "xianxianxiannian"))
    assert made is not None
    found = [item.text for item in made.items]
    assert found.index("线") < found.index("西啊")


def test_word_that_the_user_chose_stands_in_front_of_characters(tmp_path: Path) -> None:
    """Although no hypothesis for the whole input cuts the letters so."""
    table = np.full((len(TABLE_TOKENS) + 1, len(TABLE_TOKENS)), -3.0, np.float32)
    lexicon = Lexicon(write_lexicon(tmp_path, (("西啊", "xi a", 50),)))
    converter = SearchConverter(TableModel(table), lexicon)
    chosen = Selection(LeftContext(), "xia", ("xi", "a"), (), "西啊", 1, How.DIGIT)
    converter.learn(Commit(1, "西啊", ("xi", "a"), (chosen,)))
    made = converter.convert(DecodeRequest(1, LeftContext(), "xianxianxiannian"))
    assert made is not None
    found = [item.text for item in made.items]
    assert found.index("西啊") < min(found.index(char) for char in "先线见")
