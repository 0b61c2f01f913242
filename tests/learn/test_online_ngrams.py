"""The user's own weights, added to a model of thirteen tokens."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ime.convert.score.formula import TokenScore
from ime.learn import online_ngrams as module
from ime.learn.attention import UNREAD
from ime.learn.context_similarity import ContextSimilarity
from ime.learn.online_ngrams import OnlineNgrams
from ime.values import Commit, How, LeftContext, Selection
from tests.fakes import TABLE_TOKENS, TableModel

TEXTS = [text for text, _ in TABLE_TOKENS]
READING = dict(reversed(TABLE_TOKENS))
WRONG = {"西": "系", "安": "按", "按": "安", "先": "线"}
SURE = math.log(0.996)  # a model's share for what it is sure of
DOUBTED = math.log(0.004)


@pytest.fixture
def any_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights count alike in all contexts; what contexts do is in `test_personal_topics`.

    Words teach single hanzi, too, so that texts can be short.
    """

    def own(topics: ContextSimilarity, _: object) -> None:
        topics.own, topics._likeness = 1.0, None

    monkeypatch.setattr(ContextSimilarity, "enter", own)
    monkeypatch.setattr(module, "ANYWHERE", (1.0, 1.0, 1.0))
    monkeypatch.setattr(module, "LONGEST_WORD", 0)


def commit(number: int, text: str, context: str = "", *, wrong: str = "") -> Commit:
    """A correction: `text` chosen where `wrong`, or what is read alike, was offered as sure."""
    wrong = wrong or "".join(WRONG.get(char, char) for char in text)
    syllables = tuple(READING[char] for char in text)
    offered, scores = (wrong, text), (SURE, DOUBTED)
    chosen = Selection(LeftContext(context), "", syllables, offered, text, 1, How.DIGIT, scores)
    return Commit(number, text, syllables, (chosen,))


def confirmed(number: int, text: str, context: str = "") -> Commit:
    """What was offered first, and sure, and chosen."""
    syllables = tuple(READING[char] for char in text)
    chosen = Selection(
        LeftContext(context), "", syllables, (text,), text, 0, How.SPACE, (SURE,)
    )
    return Commit(number, text, syllables, (chosen,))


class Learner(OnlineNgrams):
    """A user's weights, and the score that they are added to."""

    def __init__(self, base: TableModel, trained: TableModel | None = None) -> None:
        super().__init__(base)
        self.terms = (self,)
        self.score = TokenScore(base, self, trained)


def row(model: Learner | TableModel, context: str) -> np.ndarray:
    """Scores behind a context, the cache included."""
    score = model.score if isinstance(model, Learner) else TokenScore(model)
    found: np.ndarray = score.log_probs(np.array([score.start(LeftContext(context))]))[0]
    return found


def confident(after: str = "西") -> TableModel:
    """After `after` 安 has 0.9 and 按 a thousandth; the rest is even."""
    table = np.full((14, 13), math.log(1 / 13))
    probabilities = np.full(13, 0.099 / 11)
    probabilities[TEXTS.index("安")], probabilities[TEXTS.index("按")] = 0.9, 0.001
    table[TEXTS.index(after)] = np.log(probabilities)
    return TableModel(table)


HISTORY = "你先西"  # more hanzi than count


def likeliest(model: Learner, context: str) -> str:
    return TEXTS[int(row(model, context).argmax())]


def gap(model: Learner | TableModel, context: str) -> float:
    """Nats by which 按 leads 安."""
    found = row(model, context)
    return float(found[TEXTS.index("按")] - found[TEXTS.index("安")])


@pytest.mark.usefixtures("any_topic")
def test_one_slip_does_not_outrank_a_sure_model_and_a_habit_does() -> None:
    model = Learner(confident())
    firsts = []
    for number in range(20):
        model.learn(commit(number, "按", HISTORY))
        firsts.append(likeliest(model, HISTORY))
    assert firsts[:3] == ["安"] * 3
    assert firsts[-1] == "按"
    assert firsts == sorted(firsts, key=firsts.index)  # it changes once and not back


@pytest.mark.usefixtures("any_topic")
@pytest.mark.parametrize("text", ["按", "西按", "你先西按"])
def test_one_choice_moves_a_text_by_a_nat_a_hanzi_at_most(text: str) -> None:
    base = TableModel.drawn(4)
    model = Learner(base)
    model.learn(commit(1, text))
    wrong = commit(1, text).selections[0].offered[0]
    moved = 0.0
    for place in range(len(text)):
        before = row(base, text[:place]), row(base, wrong[:place])
        after = row(model, text[:place]), row(model, wrong[:place])
        moved += float((after[0] - before[0])[TEXTS.index(text[place])])
        moved -= float((after[1] - before[1])[TEXTS.index(wrong[place])])
    assert moved == pytest.approx(module.MOST_PER_HANZI * len(text), abs=1e-4)


def test_confirmed_choices_teach_nothing() -> None:
    base = TableModel.drawn(4)
    model = Learner(base)
    for number in range(50):
        model.learn(confirmed(number, "西安", "你先"))
    np.testing.assert_array_equal(row(model, "西"), row(base, "西"))


def test_word_says_nothing_of_its_single_hanzi_and_a_phrase_does() -> None:
    """Which homophone it was is for the next context to tell."""
    model = Learner(confident())
    model.learn(commit(1, "按", "西"))
    model.learn(commit(2, "先按西安", "西"))
    assert () not in model._weights
    assert model._weights
    model.learn(commit(3, "你先按西安", "西"))
    assert () in model._weights


@pytest.mark.usefixtures("any_topic")
def test_choice_that_won_narrowly_gains() -> None:
    model = Learner(TableModel.drawn(4))
    before = gap(model, "西")
    chosen = Selection(
        LeftContext("西"), "", ("an",), ("按", "安"), "按", 0, How.SPACE, (-1.0, -1.1)
    )
    model.learn(Commit(1, "按", ("an",), (chosen,)))
    assert 0.1 < gap(model, "西") - before <= module.MOST_PER_HANZI + 1e-4


@pytest.mark.usefixtures("any_topic")
@pytest.mark.parametrize("how", [How.SPACE, How.PUNCTUATION])
def test_what_was_taken_in_passing_gains_less(how: How) -> None:
    gains = []
    for way in (how, How.DIGIT):
        model = Learner(TableModel.drawn(4))
        before = gap(model, "西")
        chosen = Selection(
            LeftContext("西"), "", ("an",), ("按", "安"), "按", 0, way, (-1.0, -1.1)
        )
        model.learn(Commit(1, "按", ("an",), (chosen,)))
        gains.append(gap(model, "西") - before)
    assert gains[0] == pytest.approx(UNREAD * gains[1], rel=1e-3)


@pytest.mark.usefixtures("any_topic")
def test_histories_that_agree_further_gain_more() -> None:
    base = TableModel.drawn(4)
    model = Learner(base)
    model.learn(commit(1, "按", "先西"))
    gains = [gap(model, context) - gap(base, context) for context in ("年", "年西", "先西")]
    assert gains == sorted(gains)
    assert gains[0] > 0.1
    assert gains[2] > gains[1] + 0.1 > gains[0] + 0.2


@pytest.mark.usefixtures("any_topic")
def test_longer_texts_offered_count_by_their_beginning() -> None:
    base = TableModel.drawn(4)
    model = Learner(base)
    offered, scores = ("安你先", "按你线", "按"), (-1.0, -2.0)
    chosen = Selection(LeftContext("西"), "", ("an",), offered, "按", 2, How.DIGIT, scores)
    model.learn(Commit(1, "按你线", ("an", "ni", "xian"), (chosen,)))
    assert gap(model, "西") - gap(base, "西") > 0.5


@pytest.mark.usefixtures("any_topic")
def test_rivals_are_the_likeliest_for_the_same_letters_wherever_they_stand() -> None:
    """The places between them and the chosen text belong to other letters."""
    base = TableModel.drawn(4)
    offered = ("安你先", "按", "线", "按你线", "安你线", "按你先")
    scores = (-1.0, -math.inf, -math.inf, -30.0, -1.5, -2.0)
    models = []
    for count in (len(scores), 5):  # with and without the third of them, which begins right
        model = Learner(base)
        syllables, shown = ("an",), offered[:count]
        chosen = Selection(
            LeftContext("西"), "", syllables, shown, "按", 1, How.DIGIT, scores[:count]
        )
        model.learn(Commit(1, "按你先按你先", ("an", "ni", "xian") * 2, (chosen,)))
        models.append(model)
    gains = [gap(model, "西") - gap(base, "西") for model in models]
    assert 0.2 < gains[0] < gains[1] - 0.2


@pytest.mark.usefixtures("any_topic")
def test_unknown_scores_count_what_stood_ahead() -> None:
    base = TableModel.drawn(4)
    model = Learner(base)
    chosen = Selection(LeftContext("西"), "", ("an",), ("安", "按"), "按", 1, How.DIGIT)
    model.learn(Commit(1, "按", ("an",), (chosen,)))
    assert gap(model, "西") - gap(base, "西") > 0.5


@pytest.mark.usefixtures("any_topic")
def test_choice_from_a_later_page_gains_alone() -> None:
    base = TableModel.drawn(4)
    model = Learner(base)
    chosen = Selection(LeftContext("西"), "", ("an",), (), "按", 9, How.DIGIT)
    model.learn(Commit(1, "按", ("an",), (chosen,)))
    assert row(model, "西")[TEXTS.index("按")] > row(base, "西")[TEXTS.index("按")] + 0.5
    assert row(model, "西")[TEXTS.index("安")] == row(base, "西")[TEXTS.index("安")]


learned = st.lists(
    st.tuples(st.text("西安按你先", min_size=1, max_size=4), st.text("西安，ab先", max_size=5)),
    max_size=8,
)


@settings(max_examples=50, deadline=None)
@given(learned=learned, context=st.text("西安先按，", max_size=4))
def test_weights_are_finite_and_bounded(learned: list[tuple[str, str]], context: str) -> None:
    base = TableModel.drawn(4)
    model = Learner(base)
    for number, (text, before) in enumerate(learned):
        model.learn(commit(number, text, before))
    moved = np.abs(row(model, context) - row(base, context))
    assert moved.max() <= module.MOST * (module.LONGEST + 1) + 1e-4


@settings(max_examples=50, deadline=None)
@given(learned=learned, text=st.text("西安按你先", min_size=1, max_size=4))
def test_retracting_restores_the_model(learned: list[tuple[str, str]], text: str) -> None:
    model = Learner(TableModel.drawn(4))
    for number, (earlier, before) in enumerate(learned):
        model.learn(commit(number, earlier, before))
    contexts = ("", "西", "先西", "你先西", "西安先按")
    expected = [row(model, context).copy() for context in contexts]
    model.learn(commit(99, text, "先"))
    model.retract(99)
    for context, logs in zip(contexts, expected, strict=True):
        np.testing.assert_array_equal(row(model, context), logs)


@pytest.mark.usefixtures("any_topic")
def test_retracting_an_older_commit_leaves_what_the_others_taught() -> None:
    model, other = Learner(confident()), Learner(confident())
    model.learn(commit(1, "系", "你"))
    for one in (model, other):
        one.learn(commit(2, "按", "西"))
    model.retract(1)
    assert gap(model, "西") == pytest.approx(gap(other, "西"), abs=1e-4)
    np.testing.assert_allclose(row(model, "你"), row(other, "你"), atol=0.02)


def test_retracting_the_only_commit_leaves_nothing() -> None:
    base = TableModel.drawn(4)
    model = Learner(base)
    model.learn(commit(1, "西安先"))
    model.retract(1)
    model.retract(1)
    model.retract(5)
    assert not model._weights
    np.testing.assert_array_equal(row(model, "西安"), row(base, "西安"))


@pytest.mark.usefixtures("any_topic")
def test_only_recent_commits_can_be_retracted() -> None:
    model = Learner(TableModel.drawn(4))
    for number in range(module.REMEMBERED_COMMITS + 1):
        model.learn(commit(number, "西安") if number < 2 else confirmed(number, "你"))
    before = row(model, "西").copy()
    model.retract(0)
    np.testing.assert_array_equal(row(model, "西"), before)
    model.retract(1)
    assert (row(model, "西") != before).any()


@pytest.mark.usefixtures("any_topic")
def test_topic_is_forgotten_before_the_habit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HALF_LIVES", (10.0, 1000.0, 1000.0))
    base = TableModel.drawn(4)
    model = Learner(base)
    model.learn(commit(1, "按", HISTORY))
    first = [gap(model, context) - gap(base, context) for context in ("", HISTORY)]
    for number in range(100):  # ten half-lives of something else
        model.learn(confirmed(100 + number, "你", "年"))
    later = [gap(model, context) - gap(base, context) for context in ("", HISTORY)]
    assert later[0] < 0.1 * first[0]
    assert later[1] > 0.5 * first[1]


class MarkedModel(TableModel):
    """A table whose last token is a comma."""

    def __init__(self) -> None:
        super().__init__(TableModel.drawn(4).table, (*TABLE_TOKENS[:12], ("，", "")))


@pytest.mark.usefixtures("any_topic")
@pytest.mark.parametrize("context", ["你先，", "你，"])
def test_marks_are_no_history(context: str) -> None:
    model = Learner(MarkedModel())
    model.learn(commit(1, "西", context))
    assert list(model._weights) == [()]


def test_history_ends_at_a_mark() -> None:
    model = Learner(MarkedModel())
    model.learn(commit(1, "安", "你，西"))
    assert max(map(len, model._weights)) == 1


def test_selection_without_one_syllable_a_character_teaches_nothing() -> None:
    base = TableModel.drawn(4)
    model = Learner(base)
    chosen = Selection(LeftContext("西"), "rq", (), (), "安安", 0, How.SPACE)
    model.learn(Commit(1, "安安", (), (chosen,)))
    model.learn(Commit(2, "安安"))  # a private commit has no selections
    np.testing.assert_array_equal(row(model, "西"), row(base, "西"))
    model.retract(1)


def test_offered_texts_that_are_read_otherwise_do_not_count() -> None:
    """A date, a phrase or another cut of the letters may stand first, with any score."""
    base = TableModel.drawn(4)
    model = Learner(base)
    offered, scores = ("2026年", "先", "西安"), (0.0, -0.1, -3.0)
    chosen = Selection(
        LeftContext("你"), "xian", ("xi", "an"), offered, "西安", 2, How.DIGIT, scores
    )
    model.learn(Commit(1, "西安", ("xi", "an"), (chosen,)))
    np.testing.assert_array_equal(row(model, "你"), row(base, "你"))


@pytest.mark.usefixtures("any_topic")
def test_states_are_those_of_the_base_and_are_forgotten_with_it() -> None:
    base = TableModel.drawn(4)
    model = Learner(base)
    model.learn(commit(1, "西安先"))
    root = model.score.start(LeftContext("西"))
    states = model.score.extend(np.array([root, root]), np.array([2, 3]))
    assert len(model._histories) == len(base.live) - 1 == 2
    fresh = Learner(TableModel.drawn(4))
    fresh.learn(commit(1, "西安先"))
    behind = fresh.score.start(LeftContext("西"))
    expected = fresh.score.log_probs(fresh.score.extend(np.array([behind]), np.array([2])))
    np.testing.assert_array_equal(model.score.log_probs(states)[0], expected[0])
    model.score.release(states)
    assert (len(model._histories), len(base.live)) == (0, 1)


@pytest.mark.usefixtures("any_topic")
def test_forgotten_word_no_longer_moves_the_model() -> None:
    model = Learner(confident())
    expected = {context: row(model, context) for context in ("西", "系", "按", "先西")}
    for number in range(9):
        model.learn(commit(number, "西按", context="，"))
    assert not np.allclose(row(model, "西"), expected["西"], atol=0.5)
    model.forget(("xi", "an"))
    for context, logs in expected.items():
        np.testing.assert_array_equal(row(model, context), logs)


def test_commit_can_be_retracted_after_its_word_was_forgotten() -> None:
    model = Learner(confident())
    expected = row(model, HISTORY)
    model.learn(commit(1, "西按安", context=HISTORY))
    model.forget(("xi", "an"))
    model.retract(1)
    np.testing.assert_array_equal(row(model, HISTORY), expected)
