from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from ime.decode.opening import OpenedConverter
from ime.learn.online_ngrams import REMEMBERED_COMMITS
from ime.lexicon.words import Lexicon
from ime.values import (
    CandidateList,
    Commit,
    DecodeRequest,
    How,
    LeftContext,
    Selection,
    Source,
)
from tests.fakes import TableModel, write_lexicon


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    words = [("西安", "xi an", 9), ("系按", "xi an", 2)]
    return Lexicon(write_lexicon(tmp_path_factory.mktemp("lexicon"), words))


@pytest.fixture
def model() -> TableModel:
    return TableModel.drawn(5)


@pytest.fixture
def converter(model: TableModel, lexicon: Lexicon) -> OpenedConverter:
    return OpenedConverter(model, lexicon)


def listed(converter: OpenedConverter, raw: str, context: str = "") -> CandidateList:
    answer = converter.convert(DecodeRequest(3, LeftContext(context), raw))
    assert answer is not None
    return answer


def commit(number: int, text: str, *syllables: str, times: int = 1) -> Commit:
    chosen = Selection(LeftContext(), "".join(syllables), syllables, (), text, 1, How.DIGIT)
    return Commit(number, text, syllables, (chosen,) * times)


def test_prepared_context_is_not_read_again(
    converter: OpenedConverter, model: TableModel
) -> None:
    converter.prepare(LeftContext("西"))
    root = min(model.live)
    listed(converter, "xian", "西")
    assert min(model.live) == root
    listed(converter, "xian", "安")
    assert min(model.live) > root


def test_answer_does_not_hang_on_what_was_prepared(converter: OpenedConverter) -> None:
    expected = listed(converter, "xian", "安")
    converter.prepare(LeftContext("西"))
    assert listed(converter, "xian", "安") == expected


def test_overtaken_request_has_no_answer_and_the_next_one_has(
    converter: OpenedConverter,
) -> None:
    request = DecodeRequest(1, LeftContext(), "xianxian")
    assert converter.convert(request, lambda: True) is None
    again = converter.convert(request, lambda: False)
    lexicon = cast(Lexicon, converter._builder._lexicon)
    assert again == OpenedConverter(TableModel.drawn(5), lexicon).convert(request)


def test_choice_changes_the_very_next_list(converter: OpenedConverter) -> None:
    before = {item.text: item.score for item in listed(converter, "xi'an").items}
    loser = min(("西安", "系按"), key=lambda text: before[text])
    converter.learn(commit(1, loser, "xi", "an"))
    after = {item.text: item for item in listed(converter, "xi'an").items}
    assert after[loser].score > before[loser]
    assert after[loser].source is Source.USER
    for number in range(2, 9):
        converter.learn(commit(number, loser, "xi", "an"))
    assert listed(converter, "xi'an").items[0].text == loser


def test_retracted_choices_leave_no_trace(converter: OpenedConverter) -> None:
    before = listed(converter, "xi'an")
    converter.learn(commit(1, "系按", "xi", "an", times=2))
    assert listed(converter, "xi'an") != before
    converter.retract(1)
    after = listed(converter, "xi'an")
    assert after == before
    converter.retract(1)
    converter.retract(77)
    assert listed(converter, "xi'an") == before


def test_word_made_of_pieces_is_offered_whole(converter: OpenedConverter) -> None:
    raw = "nianna"
    made = "年那"
    before = listed(converter, raw)
    pieces = [commit(1, "年", "nian"), commit(1, "那", "na")]
    selections = tuple(piece.selections[0] for piece in pieces)
    for number in range(1, 5):
        converter.learn(Commit(number, made, ("nian", "na"), selections))
    assert listed(converter, raw).items[0].text == made
    assert listed(converter, raw).items[0].source is Source.USER
    for number in range(4, 0, -1):
        converter.retract(number)
    assert listed(converter, raw) == before


def test_private_commit_changes_nothing(converter: OpenedConverter) -> None:
    before = listed(converter, "xi'an")
    converter.learn(Commit(1, "系按", ("xi", "an")))
    assert listed(converter, "xi'an") == before


def test_commits_that_can_be_retracted_are_bounded(converter: OpenedConverter) -> None:
    for number in range(3 * REMEMBERED_COMMITS):
        converter.learn(commit(number, "系按", "xi", "an"))
    assert len(converter.learned._recent) == REMEMBERED_COMMITS


def test_any_text_may_stand_before_the_letters(converter: OpenedConverter) -> None:
    for context in ("\0", "😀", "\ud800", "西\n\t\u202e", "安" * 5000):
        assert listed(converter, "xian", context).items


def test_lexicon_may_be_empty(model: TableModel, tmp_path: Path) -> None:
    converter = OpenedConverter(model, Lexicon(write_lexicon(tmp_path, [])))
    assert listed(converter, "xi'an").items[0].end == 5


def test_what_was_chosen_is_a_word_of_the_next_list(
    model: TableModel, lexicon: Lexicon
) -> None:
    """And no more once the choice is taken back."""

    class Apart:
        def find(self, text: str) -> int:
            return 0 if len(text) < 2 else -1

        def log_prob(self, before: int, after: int) -> float:
            return -40.0

    converter = OpenedConverter(model, lexicon, pairs=Apart())
    text = [[model.tokens.texts.index(char) for char in "西安"]]
    converter.prepare(LeftContext())
    before = float(converter._search.input_gain(text)[0])
    converter.learn(commit(1, "西安", "xi", "an"))
    converter.prepare(LeftContext())
    assert float(converter._search.input_gain(text)[0]) > before
    converter.retract(1)
    converter.prepare(LeftContext())
    assert float(converter._search.input_gain(text)[0]) == before
