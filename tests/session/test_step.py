"""The session's rules, event by event; keys as a whole are played in tests/scenarios."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.errors import BugError
from ime.pinyin.custom_scheme import chosen_scheme
from ime.session.events import (
    CandidatePicked,
    CommitText,
    ContextChanged,
    Convert,
    DeadlinePassed,
    Effect,
    Event,
    FocusLost,
    GivenUp,
    Learn,
    ListArrived,
    ModeToggled,
    OptionsChanged,
    PageTurned,
    PassKey,
    Prepare,
    Refusal,
    Refused,
    ReplaceLast,
    Retract,
)
from ime.session.keys import Key, KeyEvent
from ime.session.state import CONTEXT_LIMIT, MAX_LETTERS, MAX_LITERAL, Mode, SessionOptions
from ime.session.step import initial_state, step
from ime.values import (
    CandidateList,
    Commit,
    DecodeRequest,
    How,
    LeftContext,
    Selection,
)
from tests.session.desk import Desk, candidate, committed, of_kind

# --- what is asked, what is committed ----------------------------------------------------


def test_each_letter_asks_for_all_letters() -> None:
    desk = Desk(context="我")
    effects = desk.type("ni")
    assert effects == [
        Convert(DecodeRequest(1, LeftContext("我"), "n")),
        Convert(DecodeRequest(2, LeftContext("我"), "ni")),
    ]


def test_caret_moves_ask_nothing() -> None:
    desk = Desk()
    desk.type("nihao")
    desk.answer()
    assert desk.keys("Left", "Left", "Home", "Right", "End") == []
    assert desk.state.list_is_current


def test_commit_is_text_then_lesson_then_context() -> None:
    desk = Desk()
    desk.type("nihao")
    desk.answer()
    effects = desk.keys("Space")
    assert [type(effect) for effect in effects] == [CommitText, Learn, Prepare]
    commit = committed(effects[0])
    assert (commit.id, commit.text, commit.syllables) == (1, "你好", ("ni", "hao"))
    assert committed(effects[1]) is commit
    assert isinstance(effects[2], Prepare)
    assert effects[2].context == LeftContext("你好", ((0, "ni"), (1, "hao")))


def test_partial_selection_asks_for_the_rest_behind_it() -> None:
    desk = Desk(context="我")
    desk.type("nihaoshi")
    desk.answer()
    effects = desk.keys("2")
    context = LeftContext("我你好", ((1, "ni"), (2, "hao")))
    seen = frozenset({"是"})  # 你好是 stood on the page and was not chosen
    assert effects == [Convert(DecodeRequest(9, context, "shi", True, seen))]
    assert desk.painted() == []


def test_selections_say_what_was_shown_and_chosen() -> None:
    desk = Desk(SessionOptions(page_size=3), context="我")
    desk.type("nihaoshi")
    desk.answer()
    desk.keys("equal", "2")  # 尼, the fifth of the list
    desk.answer()
    (learn,) = of_kind(desk.feed(CandidatePicked(0)), Learn)
    assert learn.commit.selections == (
        Selection(
            context=LeftContext("我"),
            raw="ni",
            syllables=("ni",),
            offered=("你", "尼", "泥"),
            chosen="尼",
            rank=4,
            how=How.DIGIT,
            scores=(0.0, 0.0, 0.0),
        ),
        Selection(
            context=LeftContext("我尼", ((1, "ni"),)),
            raw="haoshi",
            syllables=("hao", "shi"),
            offered=("好事", "好", "号"),
            chosen="好事",
            rank=0,
            how=How.MOUSE,
            scores=(0.0,),  # 好 uses fewer letters
        ),
    )


def test_a_delimiter_goes_with_the_candidate_before_it() -> None:
    desk = Desk()
    desk.type("xi'an")
    desk.answer()
    desk.keys("2")
    assert desk.state.composition.rest == "an"
    assert desk.state.composition.fixed_end == 3


def test_a_commit_with_letters_in_it_has_no_reading() -> None:
    desk = Desk()
    desk.type("nihaoshi")
    desk.answer()
    desk.keys("2")
    (effect, _) = desk.keys("Enter")
    assert committed(effect) == Commit(1, "你好shi")
    assert desk.state.context == LeftContext("你好shi", ((0, "ni"), (1, "hao")))


def test_context_keeps_the_last_characters_with_their_readings() -> None:
    desk = Desk(context="好" * CONTEXT_LIMIT)
    desk.type("ni")
    desk.answer()
    desk.keys("Space")
    assert len(desk.state.context.text) == CONTEXT_LIMIT
    assert desk.state.context.text.endswith("好你")
    assert desk.state.context.readings == ((CONTEXT_LIMIT - 1, "ni"),)


def test_a_request_reads_no_more_context_than_the_session_keeps() -> None:
    desk = Desk(context="好" * CONTEXT_LIMIT)
    desk.type("nihao")
    desk.answer()
    desk.keys("4")
    assert len(desk.requests[-1].context.text) == CONTEXT_LIMIT
    assert desk.requests[-1].context.text.endswith("好尼")


def test_deleting_all_letters_behind_a_choice_opens_it_again() -> None:
    desk = Desk()
    desk.type("nih")
    desk.answer()
    desk.keys("4")
    desk.keys("Home", "Delete")
    desk.answer()
    assert desk.state.preedit.text == "ni"
    assert desk.requests[-1].raw == "ni"
    assert desk.state.selections == ()


def test_commit_ids_grow_by_one() -> None:
    desk = Desk()
    effects = desk.keys("comma", "period", "!")
    assert [effect.commit.id for effect in of_kind(effects, CommitText)] == [1, 2, 3]


# --- the text around ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["1", "Space", "Enter"], "1 \n"),
        (["1", "2", "BackSpace"], "1"),
        (["Control+v", "Left", "Unknown", "F"], ""),
        (["BackSpace"], ""),
        (["\0", "text:"], ""),
        (["Tab"], "\t"),
    ],
)
def test_context_follows_the_keys_of_the_host(names: list[str], text: str) -> None:
    desk = Desk()
    desk.keys(*names)
    assert desk.state.context.text == text


def test_a_report_of_the_host_keeps_known_readings() -> None:
    desk = Desk()
    desk.type("nihao")
    desk.answer()
    desk.keys("Space")
    effects = desk.feed(ContextChanged(LeftContext("问。你好")))
    assert desk.state.context == LeftContext("问。你好", ((2, "ni"), (3, "hao")))
    assert effects == [Prepare(desk.state.context)]
    assert of_kind(desk.keys("BackSpace"), Retract) == [Retract(1)]


def test_a_report_of_what_is_known_changes_nothing() -> None:
    desk = Desk()
    desk.type("nihao")
    desk.answer()
    desk.keys("Space")
    before = desk.state
    assert desk.feed(ContextChanged(LeftContext("你好"))) == []
    assert desk.state == before


@pytest.mark.parametrize("elsewhere", ["", "你", "你好吗"])
def test_a_caret_elsewhere_ends_what_backspace_may_take_back(elsewhere: str) -> None:
    desk = Desk()
    desk.type("nihao")
    desk.answer()
    desk.keys("Space")
    desk.feed(ContextChanged(LeftContext(elsewhere)))
    assert of_kind(desk.keys("BackSpace"), Retract) == []


def test_a_caret_elsewhere_counts_the_quotes_there() -> None:
    desk = Desk()
    desk.keys('"')
    desk.feed(ContextChanged(LeftContext("甲“乙”")))
    assert committed(desk.keys('"')[0]).text == "“"
    desk.feed(ContextChanged(LeftContext("甲“乙")))
    assert committed(desk.keys('"')[0]).text == "”"


def test_the_next_key_alone_may_take_a_commit_back() -> None:
    desk = Desk()
    desk.type("nihao")
    desk.answer()
    desk.keys("Space", "Control", "Release+Control", "Release+Space")
    assert of_kind(desk.keys("BackSpace", "BackSpace"), Retract) == [Retract(1)]


def test_a_dot_for_an_automatic_full_stop_replaces_one_character() -> None:
    desk = Desk()
    effects = desk.keys("period", "BackSpace")
    assert of_kind(effects, ReplaceLast, PassKey) == [ReplaceLast(1, ".")]
    assert desk.state.context.text == "."


# --- switches ----------------------------------------------------------------------------


def test_options_keep_the_page_unless_its_size_changes() -> None:
    desk = Desk()
    desk.type("ni")
    desk.answer()
    desk.keys("Tab")
    desk.feed(OptionsChanged(SessionOptions(chinese_punctuation=False)))
    assert desk.page.highlight == 1
    desk.feed(OptionsChanged(SessionOptions(page_size=3)))
    assert desk.painted() == ["你", "尼", "泥"]


@pytest.mark.parametrize("size", [2, 10, 0, -1])
def test_a_page_size_out_of_range_is_refused(size: int) -> None:
    with pytest.raises(BugError, match=f"page_size is {size}"):
        SessionOptions(page_size=size)


@pytest.mark.parametrize(("before", "after"), [(True, False), (False, True), (True, True)])
def test_a_composition_that_was_private_for_a_time_teaches_no_private_choice(
    before: bool, after: bool
) -> None:
    desk = Desk(SessionOptions(private=before))
    desk.type("nihaoshi")
    desk.answer()
    desk.keys("2")
    desk.feed(OptionsChanged(SessionOptions(private=after)))
    desk.answer()
    effects = desk.keys("Space")
    learned = [s.chosen for effect in of_kind(effects, Learn) for s in effect.commit.selections]
    assert learned == ([] if after else ["是"])


def test_english_mode_asks_the_converter_nothing() -> None:
    desk = Desk()
    desk.feed(ModeToggled())
    assert of_kind(desk.type("Hello, nihao."), Convert, Prepare, CommitText) == []
    assert desk.feed(ModeToggled()) == [Prepare(LeftContext("Hello, nihao."))]


def test_shift_held_for_a_click_is_no_tap() -> None:
    desk = Desk()
    desk.keys("Shift")
    desk.feed(CandidatePicked(0))
    desk.keys("Release+Shift")
    assert desk.state.mode is Mode.CHINESE


def test_shift_with_another_modifier_is_no_tap() -> None:
    desk = Desk()
    desk.keys("Shift", "Shift+Control", "Release+Shift")
    assert desk.state.mode is Mode.CHINESE


# --- nothing raises ----------------------------------------------------------------------

TEXTS = st.one_of(
    st.sampled_from(
        ["n", "i", "h", "a", "A", "'", ",", ".", ";", "1", "0", "@", "v", "-", "=", "["]
    ),
    st.sampled_from(["\0", "\ud800", "👩‍👩‍👧", "²", "９", "İ", "ß", "x" * 10_000]),
    st.text(max_size=3),
)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(KeyEvent, st.just(Key.CHARACTER), TEXTS),
    st.builds(KeyEvent, st.sampled_from(Key), st.just(""), pressed=st.booleans()),
    st.integers(-3, 12).map(CandidatePicked),
    st.integers(-3, 3).map(PageTurned),
    st.integers(-1, 9).map(DeadlinePassed),
    st.integers(-1, 9).map(GivenUp),
    st.text(max_size=5).map(lambda text: ContextChanged(LeftContext(text))),
    st.sampled_from([FocusLost(), ModeToggled(), OptionsChanged(SessionOptions(page_size=9))]),
    st.builds(
        lambda revision, raw, ends, final: ListArrived(
            CandidateList(
                revision,
                raw,
                tuple(candidate(f"字{i}", end, "zi") for i, end in enumerate(ends)),
                tuple((end, end + 1) for end in ends),
                final,
            )
        ),
        st.integers(0, 9),
        st.text(alphabet="niha'@", max_size=4),
        st.lists(st.integers(-2, 9), max_size=4),
        st.booleans(),
    ),
)


@pytest.mark.parametrize("scheme", ["full", "mspy"])
@given(events=st.lists(EVENTS, max_size=25))
def test_no_event_raises_and_states_stay_whole(scheme: str, events: list[Event]) -> None:
    state = initial_state(SessionOptions(scheme=chosen_scheme(scheme)[0]))
    for event in events:
        state, _ = step(state, event)
        composition = state.composition
        assert composition.fixed_end <= composition.caret <= len(composition.raw)
        assert len(state.selections) == len(composition.fixed)
        assert state.composing or not composition.fixed
        assert not state.composing or composition.rest
        assert state.composing or state.page is None
        assert state.page is None or 0 <= state.page.highlight <= len(state.page.items)
        assert state.preedit.caret <= len(state.preedit.text)
        assert len(state.context.text) <= CONTEXT_LIMIT


LONG = "nihao" * 40


def _hold(desk: Desk, letters: str) -> list[Effect]:
    """Type, and give each list when a key waits for it."""
    effects = []
    for letter in letters:
        effects += desk.type(letter)
        while desk.state.waiting:
            effects += desk.answer()
    return effects


def test_letters_beyond_the_limit_commit_the_front_as_it_is_converted() -> None:
    desk = Desk()
    effects = _hold(desk, LONG) + desk.answer() + desk.keys("Space")
    text = "".join(effect.commit.text for effect in of_kind(effects, CommitText))
    assert text == "你好" * 40
    assert len(desk.requests[-1].raw) <= MAX_LETTERS
    assert len(of_kind(effects, Learn)) <= 1, "only Space chose"


def test_letters_beyond_the_limit_commit_what_was_chosen_first() -> None:
    desk = Desk()
    desk.type("nihaoshijie")
    desk.answer()
    desk.keys("2")
    effects = _hold(desk, LONG)
    first = of_kind(effects, CommitText)[0].commit
    assert (first.text, len(first.selections)) == ("你好", 1)
    assert desk.state.composing


def test_letters_beyond_the_limit_without_a_converter_stay_letters() -> None:
    desk = Desk()
    effects = desk.type("a" * MAX_LETTERS)
    assert len(of_kind(effects, Convert)) == MAX_LETTERS
    desk.type("bc")
    assert len(desk.state.waiting) == 2
    effects = desk.feed(GivenUp(desk.state.composition.revision))
    assert of_kind(effects, CommitText)[0].commit.text == "a" * MAX_LETTERS
    assert desk.state.composition.raw == "bc"


def test_what_cannot_be_made_room_for_is_told() -> None:
    desk = Desk()
    desk.type(LONG[:MAX_LETTERS])
    desk.answer()
    desk.keys("Left")
    assert desk.type("a") == [Refused(Refusal.FULL)]
    desk.keys("Escape")
    desk.type("www." + "a" * (MAX_LITERAL - 4))
    assert desk.type("b") == [Refused(Refusal.FULL)]


@pytest.mark.parametrize("key", ["Control+1", "Control+Delete"])
def test_refused_pin_is_told(key: str) -> None:
    desk = Desk(SessionOptions(private=True))
    desk.type("nihao")
    desk.answer()
    assert desk.keys(key) == [Refused(Refusal.PRIVATE)]
    desk = Desk()
    desk.type("Linux")
    desk.answer()
    assert desk.keys(key) == [Refused(Refusal.NO_WORD)]
