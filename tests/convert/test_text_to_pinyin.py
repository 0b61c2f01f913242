"""Text is read as the likeliest tokens that write it."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from ime.convert.text_to_pinyin import LONGEST, Reader
from ime.ports import FloatArray, IntArray
from ime.values import LeftContext
from tests.tiny_model import COUNTS, PAIRS, TinyModel, nats

# 行 is hang behind 银, and before 长 as zhang; alone it is xing.
GAINS = {("yin", "hang"): 4.0, ("hang", "zhang"): 4.0, ("", "chang"): 2.0}
TOKENS = COUNTS | {("长", "chang"): 500, ("长", "zhang"): 300, ("，", ""): 800}


class SyllableModel(TinyModel):
    """A tiny model whose histories are syllables, so that readings speak to each other."""

    def __init__(self) -> None:
        super().__init__(TOKENS, PAIRS)
        self.left: list[LeftContext] = []

    def start(self, context: LeftContext) -> int:
        self.left.append(context)
        readings = dict(context.readings)
        self._last = [readings.get(len(context.text) - 1, "")]
        return 0

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        states = super().extend(parents, tokens)
        self._last[-len(tokens) :] = [self.tokens.syllables[token] for token in tokens.tolist()]
        return states

    def log_probs(self, states: IntArray) -> FloatArray:
        rows = []
        for state in states.tolist():
            last = self._last[state]
            gains = [GAINS.get((last, after), 0.0) for after in self.tokens.syllables]
            scores = np.log(self.tokens.counts) + np.array(gains)
            rows.append(scores - np.logaddexp.reduce(scores))
        return np.stack(rows).astype(np.float32)


@pytest.fixture
def model() -> SyllableModel:
    return SyllableModel()


@pytest.fixture
def reader(model: SyllableModel) -> Reader:
    return Reader(model)


@pytest.mark.parametrize(
    ("text", "syllables"),
    [
        pytest.param("行", "xing", id="alone"),
        pytest.param("银行", "yin hang", id="by-what-stands-before"),
        pytest.param("行长", "hang zhang", id="by-what-stands-behind"),
        pytest.param("银行行长", "yin hang hang zhang", id="both"),
        pytest.param("见安", "jian an", id="no-heteronym"),
    ],
)
def test_read_weighs_both_sides(reader: Reader, text: str, syllables: str) -> None:
    assert reader.read(text) == tuple(syllables.split())


def test_read_leaves_what_is_no_known_hanzi_empty(reader: Reader) -> None:
    assert reader.read("银行，OK 3朕行") == ("yin", "hang", "", "", "", "", "", "", "xing")
    assert reader.read("朕 a") == ("", "", "")
    assert reader.read("") == ()


def test_read_knows_what_stands_before_the_text(reader: Reader, model: SyllableModel) -> None:
    assert reader.read("行", LeftContext("银", ((0, "yin"),))) == ("hang",)
    assert model.left[-1].text == "银"


def test_read_lets_marks_speak(reader: Reader) -> None:
    assert reader.read("，长") == ("", "chang")


def test_read_finds_the_best_of_all_paths(model: SyllableModel, reader: Reader) -> None:
    text = "行长长行行长"
    ways = [[s for t, s in TOKENS if t == char] for char in text]
    best = max(
        product(*ways),
        key=lambda way: nats(model, "", list(zip(text, way, strict=True))),
    )
    assert reader.read(text) == best


def test_read_hands_its_readings_on_from_sentence_to_sentence(
    reader: Reader, model: SyllableModel
) -> None:
    assert reader.read("行长！行") == ("hang", "zhang", "", "xing")
    assert model.left[-1] == LeftContext("行长！", ((0, "hang"), (1, "zhang")))


def test_read_of_a_text_without_an_end_goes_piece_by_piece(
    reader: Reader, model: SyllableModel
) -> None:
    # The cut falls between 银 and 行.
    text = "见" * (LONGEST - 2) + "行银" + "行长" * 3 * LONGEST
    found = reader.read(text)
    assert len(found) == len(text)
    assert found[LONGEST - 2 : LONGEST + 4] == ("xing", "yin", "hang", "zhang", "hang", "zhang")
    assert max(len(left.text) for left in model.left) <= 4 * LONGEST
    assert len(model.left) > 4


def test_read_asks_the_model_for_few_paths(reader: Reader, model: SyllableModel) -> None:
    reader.read("行" * LONGEST)
    assert max(model.batches) <= 16
