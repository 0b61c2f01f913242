"""In which left contexts the user's weights count; most hanzi are rare, so that they tell."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ime.learn import context_similarity as module
from ime.learn import online_ngrams as personal
from ime.learn.context_similarity import ContextSimilarity
from ime.values import Commit, How, LeftContext, Selection
from tests.fakes import TableModel
from tests.learn.test_online_ngrams import TEXTS, Learner, commit, confirmed, gap, row

HERE = "你先西"  # where the corrections are made
ELSEWHERE = "那啊年"  # no hanzi of it stands in HERE


@pytest.fixture
def words_teach_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words teach single hanzi, too, so that texts can be short."""
    monkeypatch.setattr(personal, "LONGEST_WORD", 0)


def rare(table: np.ndarray | None = None) -> TableModel:
    """The first twelve hanzi are one in five thousand each, 4.5 nats above common ones."""
    base = TableModel(np.full((14, 13), math.log(1 / 13)) if table is None else table)
    base.tokens = replace(base.tokens, counts=np.array([1] * 12 + [10**4]))
    return base


def doubting() -> TableModel:
    """安 has 0.7 behind everything and 按 a twentieth."""
    probabilities = np.full(13, 0.25 / 11)
    probabilities[TEXTS.index("安")], probabilities[TEXTS.index("按")] = 0.7, 0.05
    return rare(np.tile(np.log(probabilities), (14, 1)))


def corrected(number: int, context: str = HERE) -> Commit:
    """按 chosen where 安 was first, with what `doubting` gives them."""
    scores = (math.log(0.7), math.log(0.05))
    chosen = Selection(
        LeftContext(context), "an", ("an",), ("安", "按"), "按", 1, How.DIGIT, scores
    )
    return Commit(number, "按", ("an",), (chosen,))


def writer(times: int, context: str = HERE) -> Learner:
    """Who wrote `context` and ELSEWHERE, and then corrected the model so often."""
    model = Learner(doubting())
    for number, text in enumerate((*context, *ELSEWHERE)):
        model.learn(confirmed(number, text))
    for number in range(times):
        model.learn(corrected(100 + number, context))
    return model


def gained(model: Learner, context: str) -> float:
    """Nats by which 按 got nearer to 安 behind `context`."""
    return gap(model, context) - gap(doubting(), context)


def test_one_slip_does_not_win_and_three_consistent_choices_do() -> None:
    assert gap(writer(1), HERE) < 0 < gap(writer(3), HERE)


def test_strangers_context_is_left_alone() -> None:
    model = Learner(doubting())
    for number in range(1000):
        model.learn(confirmed(number, "你先西"))
    for number in range(20):
        model.learn(corrected(2000 + number))
    assert gained(model, HERE) > 3.0
    context = "那啊年系线见" * 3 + "西"  # one hanzi of the user's, eighteen that he never wrote
    np.testing.assert_allclose(row(model, context), row(doubting(), context), atol=0.05)


def test_trained_model_serves_only_where_the_user_writes() -> None:
    base, trained = doubting(), rare(np.full((14, 13), math.log(1 / 13)))
    model = Learner(base, trained)
    for number in range(1000):
        model.learn(confirmed(number, "你先西"))
    for context, serves, rests in ((HERE, trained, base), ("那啊年系线见" * 3, base, trained)):
        calls = rests.calls
        np.testing.assert_allclose(row(model, context), row(serves, context), atol=1e-5)
        state = np.array([model.score.start(LeftContext(context))])
        model.score.log_probs(model.score.extend(state, np.array([TEXTS.index("年")])))
        assert rests.calls == calls


def test_trained_model_serves_where_nothing_is_known_of_the_context() -> None:
    base, trained = doubting(), rare()
    model = Learner(base, trained)
    np.testing.assert_allclose(row(model, ""), trained.table[-1])


@pytest.mark.usefixtures("words_teach_all")
def test_what_a_single_hanzi_gained_counts_where_the_topic_is_alike() -> None:
    model = writer(3)
    alike, other = HERE + "年", ELSEWHERE + "年"  # both are his; 年按 was never corrected
    assert gained(model, alike) > 0.5
    assert abs(gained(model, other)) < 0.05


def test_longer_histories_count_in_other_topics() -> None:
    model = writer(3, "那你先西")
    one, two = ELSEWHERE + "年西", ELSEWHERE + "先西"
    assert gained(model, "那你先西") > gained(model, two) > gained(model, one) > 0.2


@pytest.mark.parametrize("times", [1000, 10**6])
def test_text_is_the_users_own_that_stands_in_his_documents(times: int) -> None:
    model = Learner(rare())
    written = np.zeros(len(model._tokens.texts), np.int64)
    written[[model._tokens.texts.index(char) for char in HERE]] = times
    model.know_writing(written)
    owns = []
    for context in (HERE, ELSEWHERE, ELSEWHERE[0] + HERE[0], ""):
        model.enter(model._encode(LeftContext(context)))
        owns.append(model.own)
    assert owns[0] > 0.99
    assert owns[1] == pytest.approx(1 / 9, abs=0.05)  # three hanzi, each half as likely
    assert owns[2] > 0.9  # one that he never wrote does not speak against one that he did
    assert owns[3] == 0.5


def test_text_becomes_the_users_own_while_he_writes_it() -> None:
    model = Learner(rare())
    shares = []
    for number in range(3):
        model.score.start(LeftContext(HERE))
        shares.append(model._topics.own)
        model.learn(confirmed(number, HERE))
    assert shares[0] == pytest.approx(0.5)
    assert shares == sorted(shares)
    assert shares[-1] > 0.99


def test_empty_context_tells_nothing() -> None:
    model = writer(3)
    model.score.start(LeftContext(""))
    assert model._topics.own == pytest.approx(0.5)
    assert gained(model, "") == pytest.approx(0.0, abs=0.05)


def test_common_hanzi_make_no_contexts_alike() -> None:
    topics = ContextSimilarity(rare().tokens)
    common = 12
    topics.note([common])
    topics.enter([common, common])
    assert topics.likeness.tolist() == pytest.approx([1 / (1 + math.exp(4.0))])


def test_contexts_of_very_old_choices_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED_CHOICES", 3)
    topics = ContextSimilarity(rare().tokens)
    for _ in range(5):
        topics.note([1, 2])
    topics.enter([1, 2])
    assert (topics.likeness > 0.5).tolist() == [False, False, True, True, True]


@pytest.mark.usefixtures("words_teach_all")
def test_small_steps_are_dropped_when_their_hanzi_is_chosen_again() -> None:
    model = writer(1)
    for number in range(12_000):
        model.learn(confirmed(1000 + number, "你"))
    model.learn(corrected(20_000))
    assert [len(weight) for weight in model._weights[()].values()] == [1, 1]


def test_commit_taken_back_does_not_return_with_the_next_one() -> None:
    model = writer(2)
    model.retract(100)
    model.retract(101)
    assert not model._weights


choices = st.lists(
    st.tuples(st.text("西安按你先", min_size=1, max_size=4), st.text("西安先那啊", max_size=5)),
    max_size=8,
)


@settings(max_examples=50, deadline=None)
@given(before=choices, after=choices)
def test_retracting_from_the_newest_restores_the_model(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    model = Learner(rare())
    for number, (text, context) in enumerate(before):
        model.learn(commit(number, text, context))
    expected = {context: row(model, context).copy() for context in (HERE, "西", "")}
    for number, (text, context) in enumerate(after, start=100):
        model.learn(commit(number, text, context))
    for number in range(100, 100 + len(after))[::-1]:
        model.retract(number)
    for context, logs in expected.items():
        np.testing.assert_array_equal(row(model, context), logs)


@settings(max_examples=50, deadline=None)
@given(before=choices, after=choices)
def test_retracting_older_choices_leaves_nothing_of_them(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    model, other = Learner(rare()), Learner(rare())
    for number, (text, context) in enumerate(before):
        model.learn(commit(number, text, context))
    known = model._topics._count
    for number, (text, context) in enumerate(after, start=100):
        model.learn(commit(number, text, context))
        other.learn(commit(number, text, context))
    for number in range(len(before)):
        model.retract(number)
    model.score.start(LeftContext(HERE))
    other.score.start(LeftContext(HERE))
    assert model._topics.own == other._topics.own
    weights = [weight for group in model._weights.values() for weight in group.values()]
    assert all(choice >= known for weight in weights for _, _, choice in weight)
