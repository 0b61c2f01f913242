"""Words of the user's own, added to a model of thirteen tokens."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.convert.score.formula import Score, TokenScore
from ime.convert.search import BeamSearch, SearchOptions
from ime.learn.own_words import DOUBT, LEAST, MOST_CHOICES, SHARE, OwnWords, OwnWordTerm
from ime.pinyin.graph import GraphOptions, Segmenter
from ime.ports import FloatArray
from ime.values import LeftContext
from tests.fakes import TABLE_TOKENS, TableModel

TEXTS = [text for text, _ in TABLE_TOKENS]
READING = dict(reversed(TABLE_TOKENS))
EMPTY = LeftContext()


def read(text: str) -> tuple[str, ...]:
    return tuple(READING[char] for char in text)


class Alone:
    """Own words as all that was learned."""

    own = 0.5

    def __init__(self, term: OwnWordTerm) -> None:
        self.terms = (term,)


def scored(base: TableModel, own: OwnWords) -> Score:
    term = OwnWordTerm(own)
    return Score(TokenScore(base, Alone(term)), own=term)


def with_words(**words: float) -> tuple[TableModel, OwnWords, Score]:
    base = TableModel.drawn(3)
    own = OwnWords(base.tokens)
    for text, surprise in words.items():
        own.set(text, read(text), surprise)
    own.settle(100)
    return base, own, scored(base, own)


def steps(score: Score, text: str) -> Iterator[tuple[FloatArray, float]]:
    """Behind each beginning of a text: nats of all tokens, and what own words gave the next."""
    assert score.own is not None
    state = np.array([score.model.start(EMPTY)])
    for char in text:
        token, log_probs = TEXTS.index(char), score.model.log_probs(state)
        gain = score.own.gain(int(state[0]), token, float(log_probs[0, token]))
        yield score.token_nats(log_probs, state, np.arange(len(TEXTS)))[0], gain
        state = score.model.extend(state, np.array([token]))


def total(score: Score | TableModel, text: str) -> float:
    """Nats of a text, hanzi by hanzi."""
    if isinstance(score, TableModel):
        score = scored(score, OwnWords(score.tokens))
    return sum(
        float(nats[TEXTS.index(char)])
        for char, (nats, _) in zip(text, steps(score, text), strict=True)
    )


def chance(surprise: float, made: int = 100) -> float:
    return SHARE * surprise / (made + DOUBT)


def test_word_comes_in_two_ways() -> None:
    base, _, model = with_words(年按那=2.0)
    expected = math.exp(total(base, "年按那")) + chance(2.0)
    assert math.exp(total(model, "年按那")) == pytest.approx(expected, rel=1e-4)


def test_word_that_breaks_off_costs_nothing() -> None:
    base, _, model = with_words(年按那=2.0)
    assert total(model, "年按西") == pytest.approx(total(base, "年按西"), abs=1e-3)
    assert total(model, "先西") == pytest.approx(total(base, "先西"), abs=1e-3)


def test_word_may_stand_anywhere_and_twice() -> None:
    base, _, model = with_words(年按=3.0)
    rare = total(base, "年按")
    assert math.exp(total(model, "你年按先年按")) > math.exp(total(base, "你年按先年按"))
    assert total(model, "年按") > rare


def test_words_that_begin_alike_share_their_beginning() -> None:
    _, own, model = with_words(年按=1.0, 年按那=3.0)
    base = TableModel.drawn(3)
    whole = math.exp(total(base, "年按")) + chance(4.0)
    assert math.exp(total(model, "年按")) == pytest.approx(whole, rel=1e-4)
    ways = math.exp(total(base, "年按那")) + chance(3.0)
    short_then = chance(1.0) * math.exp(float(base.table[TEXTS.index("按"), TEXTS.index("那")]))
    assert math.exp(total(model, "年按那")) == pytest.approx(ways + short_then, rel=1e-3)
    assert own.root.weight == pytest.approx(4.0)


@given(st.lists(st.tuples(st.sampled_from("年先西"), st.sampled_from("按那啊")), max_size=4))
def test_scores_stay_probabilities(words: list[tuple[str, str]]) -> None:
    """All that a text may go on with adds up to one and the share of own words."""
    _, _, model = with_words(**{"".join(word): 1.0 + place for place, word in enumerate(words)})
    for nats, _ in steps(model, "年按"):
        assert 1 - 1e-3 < float(np.exp(nats).sum()) < 1 + SHARE + 1e-3


@pytest.mark.parametrize("text", ["年按那", "年按年按那", "年按西"])
def test_gain_is_what_own_words_added(text: str) -> None:
    base, _, model = with_words(年按那=2.0)
    last, differences = -1, []
    for char, (nats, gain) in zip(text, steps(model, text), strict=True):
        token = TEXTS.index(char)
        differences.append(float(nats[token]) - float(base.table[last, token]))
        assert gain == pytest.approx(differences[-1], abs=1e-3)
        last = token
    assert max(differences) > 1


@pytest.mark.parametrize("text", ["年", "年按那啊先西", "年按"])
def test_only_texts_of_some_length_and_surprise_are_words(text: str) -> None:
    surprise = LEAST / 2 if text == "年按" else 3.0
    _, own, _ = with_words(**{text: surprise})
    assert not own.root.children


def test_forgotten_word_leaves_nothing() -> None:
    _, own, _ = with_words(年按那=2.0, 年按=1.0)
    own.set("年按那", read("年按那"), 0.0)
    own.set("啊啊", read("啊啊"), 0.0)
    node = own.root.children[TEXTS.index("年")].children[TEXTS.index("按")]
    assert not node.children
    own.set("年按", read("年按"), 0.0)
    assert not own.root.children
    assert own.root.weight == pytest.approx(0.0)


@given(
    st.lists(
        st.tuples(st.text("年按那啊先西", min_size=2, max_size=3), st.sampled_from((0.0, 1.0))),
        max_size=8,
    )
)
def test_beginnings_are_the_first_tokens_before_a_letter(
    changes: list[tuple[str, float]],
) -> None:
    """Whatever words came and went."""
    own = OwnWords(TableModel.drawn(3).tokens)
    for text, surprise in changes:
        own.set(text, read(text), surprise)
    own.settle(100)
    words = [text for text, surprise in dict(changes).items() if surprise]
    tokens = np.arange(len(TEXTS))[::-1]
    for letter in "anx":
        wanted = {
            len(TEXTS) - 1 - TEXTS.index(word[0]): math.log(
                sum(chance(1.0) for other in words if other[0] == word[0])
            )
            for word in words
            if READING[word[1]].startswith(letter)
        }
        places, nats = OwnWordTerm(own).beginnings(tokens, letter)
        assert dict(zip(places.tolist(), nats.tolist(), strict=True)) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("text", "syllables", "goes_on"),
    [
        ("年", {"an"}, True),
        ("年", {"na", "an"}, True),
        ("年", {"na"}, False),
        ("年按", {"na"}, True),
        ("年按", {"an"}, False),
        ("年按那", {"an", "na"}, False),
        ("先", {"an", "na"}, False),
        ("先年", {"an"}, True),
        ("年按年", {"an"}, True),
    ],
)
def test_word_goes_on_by_its_own_syllables(
    text: str, syllables: set[str], goes_on: bool
) -> None:
    """Wherever it began, and only as far as it is spelled."""
    _, _, score = with_words(年按那=2.0)
    assert score.own is not None
    state, last = score.model.start(EMPTY), TEXTS.index(text[-1])
    for char in text[:-1]:
        token = np.array([TEXTS.index(char)])
        nats = score.model.log_probs(np.array([state]))[0, token]
        state = int(score.extend(np.array([state]), token, nats)[0])
    assert score.own.goes_on(state, last, syllables) == goes_on


def test_who_has_chosen_much_uses_new_words_as_much() -> None:
    _, own, _ = with_words(年按=1.0)
    own.settle(MOST_CHOICES)
    known = own.chance(TEXTS.index("年"))
    own.settle(50 * MOST_CHOICES)
    assert own.chance(TEXTS.index("年")) == known > 0


# --- the beam --------------------------------------------------------------------------------


def found(search: BeamSearch, raw: str) -> list[str]:
    """Texts of all hypotheses, typed letter by letter."""
    for end in range(1, len(raw) + 1):
        assert search.run(EMPTY, raw[:end])
    paths = search.paths(len(raw), search.options.beam)
    return ["".join(TEXTS[token] for token in path.tokens) for path in paths]


@pytest.mark.parametrize("raw", ["xiananxi", "xiananxini", "nixiananxi", "xianaxi"])
def test_narrow_beam_keeps_the_beginning_of_an_own_word(raw: str) -> None:
    """Nobody says 线按系, and others fill the beam at each place but the last."""
    table = np.full((14, 13), math.log(0.06))
    table[:, [TEXTS.index(char) for char in "线按系"]] = math.log(1e-6)
    base = TableModel(table)
    own = OwnWords(base.tokens)
    own.set("线按系", ("xian", "an", "xi"), 3.0)
    own.settle(3)
    segmenter, narrow = Segmenter(GraphOptions()), SearchOptions(beam=2, margin=4.0)
    without = found(BeamSearch(Score(base), segmenter, narrow), raw)
    held = found(BeamSearch(scored(base, own), segmenter, narrow), raw)
    assert not any("线按系" in text for text in without)
    assert any("线按系" in text for text in held)


@pytest.mark.parametrize("raw", ["niananxi", "xianjian", "xa", "nian'an"])
def test_without_own_words_nothing_changes(raw: str) -> None:
    base, own, _ = with_words()
    segmenter, options = Segmenter(GraphOptions()), SearchOptions(beam=3, margin=4.0)
    plain = found(BeamSearch(Score(base), segmenter, options), raw)
    assert found(BeamSearch(scored(base, own), segmenter, options), raw) == plain
