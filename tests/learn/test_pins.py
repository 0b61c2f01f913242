"""Pinned and hidden candidates: in a list, in the session, in the converter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ime.decode.opening import OpenedConverter
from ime.learn.pins import Pins
from ime.lexicon.words import Lexicon
from ime.session.events import (
    Convert,
    ForgetAsked,
    ListArrived,
    PinAsked,
    Refusal,
    Refused,
    SetMark,
)
from ime.session.state import SessionOptions
from ime.values import (
    Candidate,
    CandidateList,
    Commit,
    DecodeRequest,
    How,
    LeftContext,
    Mark,
    MarkKind,
    Selection,
    Source,
)
from tests.fakes import TableModel, write_lexicon
from tests.session.desk import Desk, of_kind

PINNED, HIDDEN = MarkKind.PINNED, MarkKind.HIDDEN
FORGOTTEN, PLAIN = MarkKind.FORGOTTEN, MarkKind.PLAIN


def mark(kind: MarkKind, text: str, syllables: str, letters: str = "") -> Mark:
    read = tuple(syllables.split())
    return Mark(kind, letters or "".join(read), read, text)


def listed(raw: str, *items: tuple[str, str, int]) -> CandidateList:
    made = [Candidate(text, tuple(read.split()), end, Source.WORD) for text, read, end in items]
    return CandidateList(1, raw, tuple(made))


XIAN = listed(
    "xian",
    ("先", "xian", 4),
    ("西安", "xi an", 4),
    ("线", "xian", 4),
    ("西", "xi", 2),
    ("系", "xi", 2),
)


@pytest.mark.parametrize(
    ("marks", "raw", "texts"),
    [
        pytest.param("", "xian", "先 西安 线 西 系", id="none"),
        pytest.param("pinned 西安 xi'an", "xian", "西安 先 线 西 系", id="to-the-front"),
        pytest.param("pinned 限 xian", "xian", "限 先 西安 线 西 系", id="put-in"),
        pytest.param("pinned 系 xi", "xian", "先 西安 线 系 西", id="front-of-its-own-span"),
        pytest.param("pinned 限 xian", "xi'an", "先 西安 线 西 系", id="delimiter-forbids-it"),
        pytest.param(
            "pinned 吸氨 xi'an", "xi'an", "吸氨 先 西安 线 西 系", id="delimiter-fits"
        ),
        pytest.param(
            "pinned 限 xian, pinned 线 xian", "xian", "线 先 西安 西 系", id="one-pin"
        ),
        pytest.param(
            "pinned 线 xian, pinned 西安 xi'an", "xian", "西安 先 线 西 系", id="newest-pin"
        ),
        pytest.param(
            "pinned 线 xian, plain 线 xian", "xian", "先 西安 线 西 系", id="released"
        ),
        pytest.param(
            "pinned 线 xian, forgotten 线 xian", "xian", "先 西安 线 西 系", id="forgotten"
        ),
        pytest.param("hidden 西安 xi'an", "xian", "先 线 西 系", id="hidden"),
        pytest.param(
            "hidden 西安 xi'an, plain 西安 xi'an", "xian", "先 西安 线 西 系", id="shown-again"
        ),
        pytest.param(
            "hidden 线 xian, pinned 线 xian",
            "xian",
            "线 先 西安 西 系",
            id="hidden-then-pinned",
        ),
    ],
)
def test_marks_change_the_list(marks: str, raw: str, texts: str) -> None:
    held = Pins()
    for one in marks.split(", ") if marks else ():
        kind, text, reading = one.split()
        held.set(mark(MarkKind(kind), text, reading.replace("'", " ")))
    ends = {2: 2, 4: len(raw)}
    items = tuple(replace(item, end=ends[item.end]) for item in XIAN.items)
    shown = replace(XIAN, raw=raw, items=items)
    assert [item.text for item in held.apply(shown).items] == texts.split()


def test_pin_behind_initials_is_first_for_them_and_for_the_full_spelling() -> None:
    held = Pins()
    held.set(mark(PINNED, "背景", "bei jing", letters="bj"))
    for raw in ("bj", "beijing"):
        end = len(raw)
        shown = listed(raw, ("北京", "bei jing", end), ("背景", "bei jing", end))
        assert [item.text for item in held.apply(shown).items] == ["背景", "北京"]
    shown = listed("beij", ("北京", "bei jing", 4), ("背景", "bei jing", 4))
    assert [item.text for item in held.apply(shown).items] == ["北京", "背景"]


def test_pinned_candidate_says_so_and_keeps_its_score() -> None:
    held = Pins()
    held.set(mark(PINNED, "线", "xian"))
    first = held.apply(XIAN).items[0]
    assert (first.source, first.end, first.score) == (Source.PINNED, 4, 0.0)


def test_empty_list_stays_empty() -> None:
    held = Pins()
    held.set(mark(PINNED, "线", "xian"))
    assert held.apply(listed("xian")).items == ()


# --- the session -------------------------------------------------------------------------


def typed_desk(letters: str = "nihao", options: SessionOptions | None = None) -> Desk:
    desk = Desk(options)
    desk.type(letters)
    desk.answer()
    return desk


def heed(desk: Desk, effects: Sequence[object]) -> None:
    """Let the converter hear of the marks, then answer."""
    for effect in effects:
        if isinstance(effect, SetMark):
            desk.converter.mark(effect.mark)
    desk.answer()


def test_control_and_digit_pin_and_the_next_list_has_it_first() -> None:
    desk = typed_desk()
    assert desk.painted()[:2] == ["你好", "拟好"]
    effects = desk.keys("Control+2")
    assert effects[0] == SetMark(Mark(PINNED, "nihao", ("ni", "hao"), "拟好"))
    assert isinstance(effects[1], Convert)
    heed(desk, effects)
    assert desk.painted()[:2] == ["拟好", "你好"]
    again = desk.keys("Control+1")
    assert again[0] == SetMark(Mark(PLAIN, "nihao", ("ni", "hao"), "拟好"))
    heed(desk, again)
    assert desk.painted()[:2] == ["你好", "拟好"]


def test_pin_waits_for_the_list_of_its_letters() -> None:
    desk = Desk()
    desk.type("nihao")
    assert of_kind(desk.keys("Control+2"), SetMark) == []
    (effect,) = of_kind(desk.answer(), SetMark)
    assert effect == SetMark(Mark(PINNED, "nihao", ("ni", "hao"), "拟好"))


@pytest.mark.parametrize("key", ["Control+Delete", "Shift+Delete"])
def test_forgetting_hides_what_was_never_learned(key: str) -> None:
    desk = typed_desk()
    effects = desk.keys(key)
    assert effects[0] == SetMark(Mark(HIDDEN, "nihao", ("ni", "hao"), "你好"))
    heed(desk, effects)
    assert "你好" not in desk.painted()


@pytest.mark.parametrize("source", [Source.USER, Source.PINNED])
def test_forgetting_what_was_learned_hides_nothing(source: Source) -> None:
    desk = Desk()
    desk.type("nihao")
    own = Candidate("你号", ("ni", "hao"), 5, source)
    desk.feed(ListArrived(CandidateList(desk.requests[-1].revision, "nihao", (own,))))
    (effect,) = of_kind(desk.keys("Control+Delete"), SetMark)
    assert effect == SetMark(Mark(FORGOTTEN, "nihao", ("ni", "hao"), "你号"))


def test_single_character_is_never_hidden() -> None:
    desk = typed_desk("ni")
    (effect,) = of_kind(desk.keys("Control+Delete"), SetMark)
    assert isinstance(effect, SetMark)
    assert effect.mark.kind is FORGOTTEN


@pytest.mark.parametrize(
    ("source", "own", "said"),
    [(Source.CHARACTER, 0.0, 1), (Source.CHARACTER, 1.5, 0), (Source.USER, 0.0, 0)],
)
def test_it_is_said_where_nothing_was_learned_of_a_character(
    source: Source, own: float, said: int
) -> None:
    desk = Desk()
    desk.type("ni")
    item = Candidate("你", ("ni",), 2, source, -1.0, own)
    desk.feed(ListArrived(CandidateList(desk.requests[-1].revision, "ni", (item,))))
    refused = of_kind(desk.keys("Control+Delete"), Refused)
    assert refused == [Refused(Refusal.NOT_LEARNED)] * said


def test_pointer_pins_and_forgets_what_it_points_at() -> None:
    desk = typed_desk()
    assert desk.feed(PinAsked(1))[0] == SetMark(Mark(PINNED, "nihao", ("ni", "hao"), "拟好"))
    desk.answer()
    assert desk.feed(ForgetAsked(0))[0] == SetMark(Mark(HIDDEN, "nihao", ("ni", "hao"), "你好"))


@pytest.mark.parametrize(
    "event", [PinAsked(8), ForgetAsked(8), PinAsked(0), ForgetAsked(0)], ids=str
)
def test_nothing_is_marked_where_nothing_is_painted(event: PinAsked | ForgetAsked) -> None:
    desk = Desk() if event.index == 0 else typed_desk()
    assert desk.feed(event) == []


def test_private_mode_marks_nothing() -> None:
    desk = typed_desk(options=SessionOptions(private=True))
    assert desk.keys("Control+2", "Control+Delete") == [Refused(Refusal.PRIVATE)] * 2


def test_marks_keep_the_chosen_front() -> None:
    desk = typed_desk("nihaoshijie")
    place = desk.painted().index("你好") + 1
    desk.keys(str(place))
    desk.answer()
    (effect,) = of_kind(desk.keys("Control+2"), SetMark)
    assert isinstance(effect, SetMark)
    assert effect.mark.letters == "shijie"
    assert desk.state.composition.fixed_text == "你好"


# --- the converter -----------------------------------------------------------------------


@pytest.fixture
def converter(tmp_path: Path) -> OpenedConverter:
    words = [("西安", "xi an", 9), ("系按", "xi an", 2)]
    return OpenedConverter(TableModel.drawn(5), Lexicon(write_lexicon(tmp_path, words)))


def texts_of(converter: OpenedConverter, raw: str = "xi'an") -> list[str]:
    answer = converter.convert(DecodeRequest(3, LeftContext(), raw))
    assert answer is not None
    return [item.text for item in answer.items]


def learn(converter: OpenedConverter, number: int, text: str) -> None:
    chosen = Selection(LeftContext(), "xian", ("xi", "an"), (), text, 1, How.DIGIT)
    converter.learn(Commit(number, text, ("xi", "an"), (chosen,)))


@pytest.mark.parametrize("text", ["西安", "系按"])
def test_pin_changes_the_very_next_list(converter: OpenedConverter, text: str) -> None:
    converter.mark(mark(PINNED, text, "xi an"))
    assert texts_of(converter)[0] == text
    converter.mark(mark(PLAIN, text, "xi an"))
    assert sorted(texts_of(converter)[:2]) != [text, text]


def test_forgetting_restores_the_list_of_before_learning(converter: OpenedConverter) -> None:
    before = converter.convert(DecodeRequest(3, LeftContext(), "xi'an"))
    for number in range(5):
        learn(converter, number, "系按")
    assert texts_of(converter)[0] == "系按"
    converter.mark(mark(FORGOTTEN, "系按", "xi an"))
    after = converter.convert(DecodeRequest(3, LeftContext(), "xi'an"))
    assert before is not None
    assert after is not None
    assert [c.text for c in after.items] == [c.text for c in before.items]
    assert all(item.source is not Source.USER for item in after.items)


def test_commit_that_was_forgotten_can_still_be_retracted(converter: OpenedConverter) -> None:
    learn(converter, 1, "系按")
    converter.mark(mark(FORGOTTEN, "系按", "xi an"))
    converter.retract(1)
    assert texts_of(converter)


def test_hidden_word_stays_hidden_when_it_is_chosen_again(converter: OpenedConverter) -> None:
    converter.mark(mark(HIDDEN, "西安", "xi an"))
    learn(converter, 1, "西安")
    assert "西安" not in texts_of(converter)
    converter.mark(mark(PLAIN, "西安", "xi an"))
    assert "西安" in texts_of(converter)
