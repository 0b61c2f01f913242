"""What stands on the first pages, and what is likely first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.convert.candidates import SHORT_INPUT, WHOLE_OF_SENTENCE
from ime.convert.converter import ConverterOptions
from ime.convert.page_layout import (
    CHARACTER,
    PART,
    TURN,
    Evidence,
    arrange,
    believed,
)
from ime.decode.opening import OpenedConverter
from ime.lexicon.words import Lexicon
from ime.pinyin.graph import GraphOptions
from ime.settings import PAGE_SIZE
from ime.values import (
    Candidate,
    Commit,
    DecodeRequest,
    How,
    LeftContext,
    Selection,
)
from tests.fakes import TABLE_TOKENS, TableModel, write_lexicon

SENTENCE = "xi'an'xi'nian'na'an"
"""Six syllables."""


def evidence(
    hypotheses: Sequence[tuple[str, float]],
    certainties: Sequence[float] = (),
    words: Sequence[tuple[str, float]] = (),
    characters: Sequence[tuple[str, float]] = (),
    passed_over: AbstractSet[str] = frozenset(),
) -> Evidence:
    return Evidence(hypotheses, certainties, words, characters, passed_over)


def test_beginning_is_what_the_hypotheses_agree_on() -> None:
    known = evidence([("甲乙丙丁戊", 0.0), ("甲乙丙己庚", 0.0), ("甲乙丙己辛", 0.0)])
    assert arrange(known, ["甲乙丙丁戊"], 2, PAGE_SIZE) == ["甲乙丙丁戊", "甲乙丙己"]


def test_place_goes_to_what_begins_otherwise() -> None:
    """One more way to go on after 甲乙 saves less than what spares a page turn."""
    known = evidence([("甲乙丙", 0.0), ("甲乙丁", -2.0)], characters=[("甲", 0.0), ("子", 0.0)])
    assert arrange(known, ["甲乙丙", "甲乙丁"], 3, PAGE_SIZE)[2] == "子"


def test_beginning_ends_before_the_character_that_is_least_certain() -> None:
    only = [("甲乙丙丁戊己", 0.0)]
    known = evidence(only, [0.99, 0.99, 0.3, 0.99, 0.99, 0.99])
    assert arrange(known, ["甲乙丙丁戊己"], 2, PAGE_SIZE)[1] == "甲乙"
    known = evidence(only, [0.99, 0.99, 0.99, 0.99, 0.3, 0.99])
    assert arrange(known, ["甲乙丙丁戊己"], 2, PAGE_SIZE)[1] == "甲乙丙丁"


def test_what_was_passed_over_gives_its_place_away() -> None:
    hypotheses = [("甲乙丙丁", 0.0), ("子丑寅卯", -1.0), ("子丑辰巳", -1.5)]
    assert arrange(evidence(hypotheses), ["甲乙丙丁"], 2, PAGE_SIZE)[1].startswith("子丑")
    words = [("天地", 0.0)]
    known = evidence(hypotheses, words=words, passed_over={"子丑", "甲乙丙"})
    assert arrange(known, ["甲乙丙丁"], 2, PAGE_SIZE)[1] == "天地"


def test_next_page_is_for_what_the_page_before_did_not_begin() -> None:
    hypotheses = [("甲乙丙", 0.0), ("甲乙丁", -0.1), ("甲戊己", -0.2), ("庚辛壬", -9.0)]
    characters = [(text, -float(place)) for place, text in enumerate("甲庚子丑寅卯")]
    placed = arrange(
        evidence(hypotheses, characters=characters), ["甲乙丙"], 2 * PAGE_SIZE, PAGE_SIZE
    )
    assert not any(text.startswith("甲") for text in placed[PAGE_SIZE:])


def test_less_is_placed_where_nothing_saves_a_press() -> None:
    assert arrange(evidence([("甲乙", 0.0)]), ["甲乙"], 5, PAGE_SIZE) == ["甲乙"]


texts = st.text("甲乙丙", min_size=1, max_size=6)
scored = st.lists(st.tuples(texts, st.floats(-20, 0)), max_size=8)


@given(
    hypotheses=st.lists(st.tuples(texts, st.floats(-20, 0)), min_size=1, max_size=8),
    certainty=st.floats(0.01, 1),
    words=scored,
    characters=scored,
    passed_over=st.frozensets(texts, max_size=3),
    count=st.integers(1, 12),
)
def test_lazy_evaluation_places_what_full_evaluation_would(
    hypotheses: list[tuple[str, float]],
    certainty: float,
    words: list[tuple[str, float]],
    characters: list[tuple[str, float]],
    passed_over: frozenset[str],
    count: int,
) -> None:
    """Of any evidence: no text twice, and each place is worth at least what is left out.

    Which of two that save as much stands first hangs on the order in which sums are made.
    """
    known = evidence(
        hypotheses, [certainty] * len(hypotheses[0][0]), words, characters, passed_over
    )
    shown = [hypotheses[0][0]]
    placed = arrange(known, shown, count, PAGE_SIZE)
    assert placed[:1] == shown
    assert len(placed) == len({*placed}) <= max(count, 1)
    _check_fully_evaluated(known, shown, placed, count)


def _check_fully_evaluated(
    known: Evidence, shown: list[str], placed: list[str], count: int
) -> None:
    """By the definition: no offer saves more presses at its place, but for rounding."""
    rows = [_Row(belief.text, belief.mass, belief.length) for belief in believed(known)]
    offers = {text for text, _ in (*known.words, *known.characters)}
    offers |= {text[:end] for text, _ in known.hypotheses for end in range(1, len(text) + 1)}

    def saved(text: str) -> float:
        return sum(row.saved(text) for row in rows)

    for place, text in enumerate(placed, 1):
        if place > len(shown):
            most = max(saved(other) for other in offers - {*placed[: place - 1]})
            assert 0 < saved(text) >= most * (1 - 1e-9)
        for row in rows:
            row.show(text, turn=place % PAGE_SIZE == 0 and place > len(shown))
    if len(placed) < count:
        assert all(saved(text) < 1e-9 for text in offers - {*placed})


@dataclass
class _Row:
    text: str
    mass: float
    length: int
    covered: int = 0

    def saved(self, text: str) -> float:
        if not self.text.startswith(text) or len(text) <= self.covered or not self.mass:
            return 0.0
        now = PART + CHARACTER * (self.length - self.covered) + (0 if self.covered else TURN)
        rest = self.length - len(text)
        return self.mass * (now - (PART + CHARACTER * rest if rest else 0.0))

    def show(self, text: str, *, turn: bool) -> None:
        if self.text.startswith(text):
            self.covered = max(self.covered, len(text))
        if turn and self.covered:
            self.mass = 0.0


def _convert(
    model: TableModel,
    folder: Path,
    raw: str,
    words: Sequence[tuple[str, str, int]] = (),
    **asked: Any,
) -> tuple[Candidate, ...]:
    """Candidates of letters that delimiters cut into syllables."""
    lexicon = Lexicon(write_lexicon(folder, words))
    converter = OpenedConverter(model, lexicon, ConverterOptions(GraphOptions(undivided=True)))
    made = converter.convert(DecodeRequest(1, LeftContext(), raw, **asked))
    assert made is not None
    return made.items


@pytest.mark.parametrize("seed", range(4))
def test_places_behind_the_sentences_begin_them_or_the_letters(
    seed: int, tmp_path: Path
) -> None:
    found = _convert(TableModel.drawn(seed), tmp_path, SENTENCE)
    wholes = [item for item in found[:WHOLE_OF_SENTENCE] if item.end == len(SENTENCE)]
    assert len(wholes) == WHOLE_OF_SENTENCE
    for item in found[len(wholes) : PAGE_SIZE]:
        assert SENTENCE[: item.end].replace("'", "") == "".join(item.syllables)
    assert len({item.text for item in found}) == len(found)


def test_short_input_lists_its_words_unless_something_stands_in_front(tmp_path: Path) -> None:
    raw = "xi'an'xi'nian"
    assert raw.count("'") + 1 == SHORT_INPUT
    found = _convert(TableModel.drawn(1), tmp_path, raw)
    assert {item.end for item in found if len(item.text) > 1} == {len(raw)}
    rest = _convert(TableModel.drawn(1), tmp_path, raw, continues=True)
    assert rest[0] == found[0]
    assert {item.end for item in rest[:PAGE_SIZE]} > {len(raw)}
    assert {item.text for item in rest} >= {item.text for item in found}


def test_rest_of_what_was_passed_over_keeps_the_first_place(tmp_path: Path) -> None:
    """Somebody may take a right sentence piece by piece."""
    raw = "xi'an'xi'nian"
    free = _convert(TableModel.drawn(1), tmp_path, raw, continues=True)
    passed = frozenset({free[0].text, free[1].text})
    found = _convert(TableModel.drawn(1), tmp_path, raw, continues=True, passed_over=passed)
    assert found[0] == free[0]
    assert free[1].text not in [item.text for item in found[1:PAGE_SIZE]]
    assert free[1].text in [item.text for item in found]


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
    converter = OpenedConverter(TableModel(table), Lexicon(write_lexicon(tmp_path, words)))
    made = converter.convert(DecodeRequest(1, LeftContext(), "xianxianxiannian"))
    assert made is not None
    found = [item.text for item in made.items]
    assert found.index("线") < found.index("西啊")


def test_word_that_the_user_chose_stands_in_front_of_characters(tmp_path: Path) -> None:
    """Although no hypothesis for the whole input cuts the letters so."""
    table = np.full((len(TABLE_TOKENS) + 1, len(TABLE_TOKENS)), -3.0, np.float32)
    lexicon = Lexicon(write_lexicon(tmp_path, (("西啊", "xi a", 50),)))
    converter = OpenedConverter(TableModel(table), lexicon)
    chosen = Selection(LeftContext(), "xia", ("xi", "a"), (), "西啊", 1, How.DIGIT)
    converter.learn(Commit(1, "西啊", ("xi", "a"), (chosen,)))
    made = converter.convert(DecodeRequest(1, LeftContext(), "xianxianxiannian"))
    assert made is not None
    found = [item.text for item in made.items]
    assert found.index("西啊") < min(found.index(char) for char in "先线见")
