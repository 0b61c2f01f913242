from __future__ import annotations

import math

import pytest
from pypinyin import lazy_pinyin

from ime.learn.attention import UNREAD
from ime.learn.expected import expected_texts
from ime.learn.made_words import choices_of
from ime.values import Commit, How, LeftContext, Selection

FIRST = How.SPACE


def picked(
    context: str, chosen: str, first: str, rank: int = 1, how: How = How.DIGIT
) -> Selection:
    """A piece chosen where `first`, for all the letters left, was likeliest."""
    offered, scores = (first, chosen), (-1.0, -math.inf)
    syllables = tuple(lazy_pinyin(chosen))
    return Selection(LeftContext(context), "", syllables, offered, chosen, rank, how, scores)


def commit(*pieces: Selection) -> Commit:
    text = "".join(piece.chosen for piece in pieces)
    return Commit(1, text, tuple(s for piece in pieces for s in piece.syllables), pieces)


def made(*pieces: Selection) -> dict[str, float]:
    """Texts beyond the pieces, with what they count."""
    alone = {piece.chosen for piece in pieces}
    found = [choice for _, choice in choices_of(commit(*pieces))]
    return {choice.text: choice.weight for choice in found if choice.text not in alone}


def test_corrected_pieces_make_a_word_with_the_surname_before_them() -> None:
    pieces = (
        picked("", "明天让林", "明天让林新月来开会"),
        picked("明天让林", "昕", "新月来开会"),
        picked("明天让林昕", "玥", "月来开会"),
        picked("明天让林昕玥", "来开会", "来开会", 0, FIRST),
    )
    assert made(*pieces) == {"昕玥": 2.0, "林昕玥": 2.0}
    words = {choice.text: syllables for syllables, choice in choices_of(commit(*pieces))}
    assert words["林昕玥"] == ("lin", "xin", "yue")


def test_single_hanzi_beside_a_corrected_piece_belong_to_its_word() -> None:
    pieces = (
        picked("去", "瑞", "瑞林达上班"),
        picked("去瑞", "霖", "林达上班"),
        picked("去瑞霖", "达", "达上班"),
        picked("去瑞霖达", "上班了吧今天", "上班了吧今天", 0, FIRST),
    )
    assert made(*pieces) == {"瑞霖达": 1.0}


@pytest.mark.parametrize("beside", ["的", "和", "让", "他"])
def test_words_beside_a_corrected_piece_stay_words(beside: str) -> None:
    pieces = (
        picked("", beside, beside + "新月来开会了大家"),
        picked(beside, "昕玥", "新月来开会了大家"),
        picked(beside + "昕玥", "来开会了大家", "来开会了大家", 0, FIRST),
    )
    assert made(*pieces) == {}


@pytest.mark.parametrize(
    ("before", "corrected", "word"),
    [("王", "玥", "王玥"), ("哈", "玥", None), ("林", "它", None)],
)
def test_two_hanzi_are_a_word_where_the_first_is_a_surname(
    before: str, corrected: str, word: str | None
) -> None:
    pieces = (
        picked("", before, before + "月今天来开会了吧"),
        picked(before, corrected, "月今天来开会了吧"),
        picked(before + corrected, "今天来开会了吧", "今天来开会了吧", 0, FIRST),
    )
    assert made(*pieces) == ({word: 1.0} if word else {})


def test_what_was_not_offered_first_but_expected_is_no_correction() -> None:
    """Who takes a sentence piece by piece makes no words."""
    pieces = (
        picked("", "今天", "今天天气很好"),
        picked("今天", "天气", "天气很好"),
        picked("今天天气", "很好我们去吧", "很好我们去吧", 0, FIRST),
    )
    assert made(*pieces) == {}


def test_short_commit_made_of_pieces_is_a_word_as_a_whole() -> None:
    pieces = (
        picked("", "林", "林新月"),
        picked("林", "昕", "新月"),
        picked("林昕", "玥", "月"),
    )
    assert made(*pieces) == {"林昕玥": 3.0, "昕玥": 2.0}


def test_pieces_with_other_text_between_them_make_no_word() -> None:
    pieces = (picked("", "昕", "新"), picked("昕x", "玥", "月"))
    found = [choice.text for _, choice in choices_of(Commit(1, "昕x玥", (), pieces))]
    assert found == ["昕", "玥"]


def test_what_was_accepted_unread_counts_less() -> None:
    first = picked("", "你好", "你好", 0, FIRST)
    looked_for = picked("", "你好", "你好", 0, How.DIGIT)
    assert [choice.weight for _, choice in choices_of(commit(first))] == [UNREAD]
    assert [choice.weight for _, choice in choices_of(commit(looked_for))] == [1.0]


def test_expected_is_what_the_list_said() -> None:
    def selection(rank: int, *scores: float) -> Selection:
        offered = ("是", "事情", "市")
        return Selection(LeftContext(), "shi", ("shi",), offered, "市", rank, FIRST, scores)

    known = expected_texts(selection(2, math.log(0.6), math.log(0.3), math.log(0.1)))
    assert known == pytest.approx({"是": 0.6, "事": 0.3, "市": 0.1})
    assert expected_texts(selection(2)) == pytest.approx({"是": 0.5, "事": 0.5})
    assert expected_texts(selection(0)) == {"市": 1.0}
    assert expected_texts(selection(2, 0.0, -math.inf)) == {"是": 1.0}
    flat = expected_texts(selection(2, 0.0, -2.0, -2.0), temperature=1e6)
    assert flat == pytest.approx({"是": 1 / 3, "事": 1 / 3, "市": 1 / 3}, rel=1e-4)
