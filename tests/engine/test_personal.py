"""The user's own n-gram, mixed into a model of thirteen tokens."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ime.engine import personal as module
from ime.engine.personal import PersonalModel
from ime.engine.values import Commit, How, LeftContext, Selection
from tests.fakes import TABLE_TOKENS, TableModel

TEXTS = [text for text, _ in TABLE_TOKENS]
READING = dict(reversed(TABLE_TOKENS))


def commit(number: int, text: str, context: str = "") -> Commit:
    syllables = tuple(READING[char] for char in text)
    chosen = Selection(LeftContext(context), "", syllables, (), text, 1, How.DIGIT)
    return Commit(number, text, syllables, (chosen,))


def row(model: PersonalModel | TableModel, context: str) -> np.ndarray:
    return model.log_probs(np.array([model.start(LeftContext(context))]))[0]


def confident(after: str = "西") -> TableModel:
    """After `after` 安 has 0.9 and 按 a thousandth; the rest is even."""
    table = np.full((14, 13), math.log(1 / 13))
    probabilities = np.full(13, 0.099 / 11)
    probabilities[TEXTS.index("安")], probabilities[TEXTS.index("按")] = 0.9, 0.001
    table[TEXTS.index(after)] = np.log(probabilities)
    return TableModel(table)


HISTORY = "你先西"  # three hanzi, the longest suffix that counts


def likeliest(model: PersonalModel, context: str) -> str:
    return TEXTS[int(row(model, context).argmax())]


def test_one_slip_does_not_outrank_a_sure_model_and_a_habit_does() -> None:
    model = PersonalModel(confident())
    firsts = []
    for number in range(40):
        model.learn(commit(number, "按", HISTORY))
        firsts.append(likeliest(model, HISTORY))
    assert firsts[:3] == ["安"] * 3
    assert firsts[-1] == "按"
    assert firsts == sorted(firsts, key=firsts.index)  # it changes once and not back


def test_slip_in_an_open_case_moves_the_model_but_little() -> None:
    base = TableModel.drawn(4)
    model = PersonalModel(base)
    before = np.exp(row(base, HISTORY))
    model.learn(commit(1, "按", HISTORY))
    after = np.exp(row(model, HISTORY))
    assert after[TEXTS.index("按")] > before[TEXTS.index("按")]
    assert np.abs(after - before).sum() < 0.3


def test_longer_suffix_of_the_history_weighs_more() -> None:
    target = TEXTS.index("按")
    gains = []
    for context in ("西", "先西", "你先西"):
        model = PersonalModel(confident())
        for number in range(3):
            model.learn(commit(number, "按", context))
        gains.append(float(row(model, context)[target]))
    assert gains == sorted(gains)
    assert gains[0] < gains[2] - 1


def test_words_within_a_commit_follow_each_other() -> None:
    model = PersonalModel(TableModel.drawn(4))
    before = row(model, "你先西").copy()
    model.learn(commit(1, "你先西安"))
    gain = row(model, "你先西") - before
    assert gain.argmax() == TEXTS.index("安")
    assert gain.max() > 0.01


learned = st.lists(
    st.tuples(st.text("西安按你先", min_size=1, max_size=4), st.text("西安，ab先", max_size=5)),
    max_size=8,
)


@settings(max_examples=50, deadline=None)
@given(learned=learned, context=st.text("西安先按，", max_size=4))
def test_distribution_stays_one(learned: list[tuple[str, str]], context: str) -> None:
    model = PersonalModel(TableModel.drawn(4))
    for number, (text, before) in enumerate(learned):
        model.learn(commit(number, text, before))
    found = np.exp(row(model, context).astype(np.float64))
    assert found.sum() == pytest.approx(1, abs=1e-5)
    assert found.min() > 0


@settings(max_examples=50, deadline=None)
@given(learned=learned, text=st.text("西安按你先", min_size=1, max_size=4))
def test_retracting_restores_the_model(learned: list[tuple[str, str]], text: str) -> None:
    model = PersonalModel(TableModel.drawn(4))
    for number, (earlier, before) in enumerate(learned):
        model.learn(commit(number, earlier, before))
    contexts = ("", "西", "先西", "你先西", "西安先按")
    before = [row(model, context).copy() for context in contexts]
    model.learn(commit(99, text, "先"))
    model.retract(99)
    for context, expected in zip(contexts, before, strict=True):
        np.testing.assert_allclose(row(model, context), expected, atol=1e-6)


def test_retracting_the_only_commit_leaves_nothing() -> None:
    base = TableModel.drawn(4)
    model = PersonalModel(base)
    model.learn(commit(1, "西安先"))
    model.retract(1)
    model.retract(1)
    model.retract(5)
    np.testing.assert_array_equal(row(model, "西安"), row(base, "西安"))


def test_only_recent_commits_can_be_retracted() -> None:
    model = PersonalModel(TableModel.drawn(4))
    for number in range(module.REMEMBERED_COMMITS + 1):
        model.learn(commit(number, "西安"))
    before = row(model, "西").copy()
    model.retract(0)
    np.testing.assert_array_equal(row(model, "西"), before)
    model.retract(1)
    assert (row(model, "西") != before).any()


def test_newer_counts_weigh_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HALF_LIFE", 10)
    flat = TableModel(np.full((14, 13), -math.log(13)))
    model = PersonalModel(flat)
    for number, text in enumerate("安" * 5 + "按" * 5):
        model.learn(commit(number, text, HISTORY))
    found = row(model, HISTORY)
    assert found[TEXTS.index("按")] > found[TEXTS.index("安")] > -math.log(13)
    share = np.exp(found[TEXTS.index("按")])
    for number in range(100):  # ten half-lives of something else
        model.learn(commit(100 + number, "你", "年"))
    assert np.exp(row(model, HISTORY)[TEXTS.index("按")]) < share / 2


class MarkedModel(TableModel):
    """A table whose last token is a comma."""

    def __init__(self) -> None:
        super().__init__(TableModel.drawn(4).table, (*TABLE_TOKENS[:12], ("，", "")))


@pytest.mark.parametrize("context", ["你先，", "你，"])
def test_marks_are_no_history(context: str) -> None:
    base = MarkedModel()
    model = PersonalModel(base)
    model.learn(commit(1, "西", context))
    assert not [history for history in model._counts if history]


def test_history_ends_at_a_mark() -> None:
    model = PersonalModel(MarkedModel())
    model.learn(commit(1, "安", "你，先西"))
    assert max(map(len, model._counts)) == 2


def test_selection_without_one_syllable_a_character_teaches_nothing() -> None:
    base = TableModel.drawn(4)
    model = PersonalModel(base)
    chosen = Selection(LeftContext("西"), "rq", (), (), "安安", 0, How.SPACE)
    model.learn(Commit(1, "安安", (), (chosen,)))
    model.learn(Commit(2, "安安"))  # a private commit has no selections
    np.testing.assert_array_equal(row(model, "西"), row(base, "西"))
    model.retract(1)


def test_states_are_those_of_the_base_and_are_forgotten_with_it() -> None:
    base = TableModel.drawn(4)
    model = PersonalModel(base)
    model.learn(commit(1, "西安先"))
    root = model.start(LeftContext("西"))
    states = model.extend(np.array([root, root]), np.array([2, 3]))
    assert len(model._histories) == len(base.live) == 3
    fresh = PersonalModel(TableModel.drawn(4))
    fresh.learn(commit(1, "西安先"))
    np.testing.assert_allclose(model.log_probs(states)[0], row(fresh, "西安"), atol=1e-6)
    model.release(states)
    assert len(model._histories) == len(base.live) == 1
    model.start(LeftContext("安"))
    assert len(model._histories) == 1


def test_forgotten_word_no_longer_moves_the_model() -> None:
    model = PersonalModel(confident())
    expected = row(model, "西")
    for number in range(9):
        model.learn(commit(number, "西按", context="你先"))
    assert not np.allclose(row(model, "西"), expected, atol=1e-3)
    model.forget("西按", ("xi", "an"))
    # What is left are the counts of the single hanzi, which hardly weigh.
    np.testing.assert_allclose(np.exp(row(model, "西")), np.exp(expected), atol=3e-4)


def test_commit_can_be_retracted_after_its_word_was_forgotten() -> None:
    model = PersonalModel(confident())
    expected = row(model, HISTORY)
    model.learn(commit(1, "西按安", context=HISTORY))
    model.forget("西按", ("xi", "an"))
    model.retract(1)
    np.testing.assert_allclose(row(model, HISTORY), expected, atol=1e-6)
