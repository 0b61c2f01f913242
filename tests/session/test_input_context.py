"""One input context for every host: keys that wait, timers, Shift, another text, a backlog."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import FrameType

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ime.ports import Converter
from ime.session.events import DEADLINE_MS, Refusal, Refused
from ime.session.input_context import BUSY_MS, TAP_MS, InputContext, NoAnswer, Notice
from ime.session.keys import Key, KeyEvent, Modifiers, typed
from ime.session.list_deadline import GIVE_UP_MS, SILENT_MS
from ime.session.runner import NoJournal, TextHost
from ime.session.state import MAX_LETTERS, Mode, SessionOptions, SessionState
from ime.values import Candidate, Commit, DecodeRequest, LeftContext, Repair, Source
from tests.fakes import CHARACTERS, WORDS, FakeConverter
from tests.session.desk import EchoConverter


class Timer:
    """Runs out when the clock says so."""

    def __init__(self, clock: Clock, call: Callable[[], object]) -> None:
        self._clock, self._call = clock, call

    def start(self, milliseconds: int) -> None:
        self._clock.due[self] = self._clock.now + milliseconds

    def stop(self) -> None:
        self._clock.due.pop(self, None)

    def fire(self) -> None:
        self.stop()
        self._call()


class Clock:
    """Time that passes only by `wait`."""

    def __init__(self) -> None:
        self.now = 0
        self.due: dict[Timer, int] = {}

    def timer(self, call: Callable[[], object]) -> Timer:
        return Timer(self, call)

    def wait(self, milliseconds: int) -> None:
        end = self.now + milliseconds
        while self.due and min(self.due.values()) <= end:
            timer = min(self.due, key=self.due.__getitem__)
            self.now = self.due[timer]
            timer.fire()
        self.now = end


class Host(TextHost):
    """Notes what it is told; what stands left of the caret can be changed by another hand."""

    def __init__(self) -> None:
        super().__init__()
        self.forwarded: list[KeyEvent] = []
        self.notices: list[Notice] = []
        self.shown: list[tuple[SessionState, bool]] = []
        self.action: Callable[[], object] = lambda: None

    def forward(self, key: KeyEvent) -> None:
        self.forwarded.append(key)
        self.action()
        super().forward(key)

    def show(self, state: SessionState, *, busy: bool) -> None:
        self.shown.append((state, busy))

    def tell(self, notice: Notice) -> None:
        self.notices.append(notice)


class Decoder:
    """Answers when it is told to."""

    def __init__(self, converter: Converter) -> None:
        self.converter = converter
        self.alive = True
        self.requests: list[DecodeRequest] = []
        self.prepare = converter.prepare
        self.learn = converter.learn
        self.retract = converter.retract
        self.mark = converter.mark

    def convert(self, request: DecodeRequest) -> None:
        self.requests.append(request)


class Journal(NoJournal):
    """Commits that hold."""

    def __init__(self) -> None:
        self.kept: dict[int, str] = {}

    def append(self, commit: Commit) -> None:
        self.kept[commit.id] = commit.text

    def retract(self, commit_id: int) -> None:
        self.kept.pop(commit_id, None)


class Place:
    """A context with everything around it."""

    def __init__(self, converter: Converter | None = None, *, ready: bool = True) -> None:
        self.host, self.clock = Host(), Clock()
        self.decoder = Decoder(converter or FakeConverter())
        self.journal = Journal()
        self.asked: list[LeftContext] = []
        self.to_repair: list[LeftContext] = []
        options = SessionOptions(next_words=True)
        self.context = InputContext(
            self.host, self.decoder, self.journal, options, self.clock.timer, self
        )
        if ready:
            self.context.decoder_ready()

    def busy(self) -> bool:
        """Whether the sign is shown."""
        _, busy = self.host.shown[-1]
        return busy

    def repair(self, context: LeftContext) -> None:
        self.to_repair.append(context)

    def predict(self, context: LeftContext) -> None:
        self.asked.append(context)

    def type(self, text: str) -> None:
        for key in typed(text):
            self.context.process_key(key)

    def press(self, name: str, at: int = 0) -> KeyEvent:
        key = KeyEvent.parse(name)
        self.context.process_key(key, at)
        return key

    def answer(self, number: int = -1) -> None:
        listed = self.decoder.converter.convert(self.decoder.requests[number])
        assert listed is not None
        self.context.list_arrived(listed)

    def answer_all(self) -> None:
        """Until nothing waits for an answer."""
        while self.context.state.waiting:
            self.answer()


@pytest.fixture
def place() -> Place:
    return Place()


# --- keys that wait ----------------------------------------------------------------------


def test_space_waits_for_its_list_and_later_keys_behind_it(place: Place) -> None:
    place.type("nihao shi")
    place.clock.wait(10 * DEADLINE_MS)
    assert place.host.text == ""
    place.answer()
    assert place.host.text == "你好"
    assert place.context.state.composition.raw == "shi"
    assert place.journal.kept == {1: "你好"}


def test_keys_wait_without_a_deadline_until_the_converter_is_open() -> None:
    place = Place(ready=False)
    place.type("nihao ")
    place.clock.wait(10 * GIVE_UP_MS)
    assert (place.host.text, place.host.notices) == ("", [])
    place.context.decoder_ready()
    place.clock.wait(GIVE_UP_MS)
    assert (place.host.text, place.host.notices) == ("nihao", [NoAnswer()])


def test_patience_is_short_with_a_converter_that_was_given_up(place: Place) -> None:
    place.type("nihao ")
    place.clock.wait(GIVE_UP_MS)
    place.type("ok ")
    place.clock.wait(SILENT_MS)
    assert place.host.text == "nihaook"
    place.answer(0)  # late, but it lives
    place.type("nihao ")
    place.clock.wait(SILENT_MS)
    assert place.host.text == "nihaook"


def test_nobody_waits_for_a_decoder_that_died(place: Place) -> None:
    place.decoder.alive = False
    place.type("nihao ")
    place.clock.wait(DEADLINE_MS)
    assert (place.host.text, place.host.notices) == ("nihao", [])


def test_key_that_waited_is_forwarded_as_the_very_object_that_was_given(place: Place) -> None:
    place.type("nihao ")
    first, second = place.press("Left"), place.press("Left")
    assert place.host.forwarded == []
    place.answer()
    assert [id(key) for key in place.host.forwarded] == [id(first), id(second)]


# --- leaving -----------------------------------------------------------------------------


def test_leaving_waits_for_the_keys_that_were_pressed_before_it(place: Place) -> None:
    place.type("nihao shijie")
    place.context.leave()
    place.type("nihao")
    assert place.host.text == ""
    place.answer()
    assert place.host.text == "你好shijie"
    assert place.context.state.composition.raw == "nihao"


def test_leaving_at_once_commits_what_is_composed(place: Place) -> None:
    place.type("nihao")
    place.context.leave()
    assert place.host.text == "nihao"


@pytest.mark.parametrize("end", [" ", ",", "!", " ,"])
@pytest.mark.parametrize("known", range(6))
def test_letters_whose_list_did_not_come_stay_whole_when_left(
    known: int, end: str, place: Place
) -> None:
    """The list of fewer letters tore them: 我的ekahaoshi."""
    place.type("nihao")
    if known:
        place.answer(known - 1)
        assert place.context.state.list_is_current == (known == 5)
    place.type("shi" + end)
    place.context.leave_now()
    assert place.host.text.startswith("nihaoshi")
    assert not place.context.state.waiting


def test_leaving_now_takes_a_provisional_list_of_exactly_these_letters(place: Place) -> None:
    place.type("nihao")
    listed = place.decoder.converter.convert(place.decoder.requests[-1])
    assert listed is not None
    place.context.list_arrived(replace(listed, final=False))
    place.type(" ")
    place.context.leave_now()
    assert place.host.text == "你好"


def test_reset_drops_letters_and_keys_and_commits_nothing(place: Place) -> None:
    place.type("nihao shi")
    place.context.reset(LeftContext("北京"))
    place.answer(0)
    place.answer()
    place.clock.wait(GIVE_UP_MS)
    state = place.context.state
    assert (place.host.text, place.host.notices, place.journal.kept) == ("", [], {})
    assert (state.composing, state.waiting, state.page) == (False, (), None)
    assert state.context.text == "北京"
    place.type("n")
    place.answer(0)
    assert place.context.state.page is None, "an answer from before must not be painted"


def test_reset_keeps_mode_switches_and_the_ids_of_commits(place: Place) -> None:
    place.type("nihao ")
    place.answer()
    place.context.toggle_mode()
    place.context.toggle_width()
    place.context.reset()
    state = place.context.state
    assert (state.mode, state.options.full_width) == (Mode.ENGLISH, True)
    assert (state.commit_count, state.last_commit) == (1, None)


# --- Shift, undo, the text around ---------------------------------------------------------


@pytest.mark.parametrize(("held", "mode"), [(TAP_MS, Mode.ENGLISH), (TAP_MS + 1, Mode.CHINESE)])
def test_only_a_short_shift_switches(place: Place, held: int, mode: Mode) -> None:
    down, up = place.press("Shift", 1000), place.press("Release+Shift", 1000 + held)
    assert place.context.state.mode is mode
    assert [id(key) for key in place.host.forwarded] == [id(down), id(up)]


def test_shift_before_a_click_switches_nothing(place: Place) -> None:
    place.press("Shift", 0)
    place.context.leave()
    place.press("Release+Shift", 10)
    assert place.context.state.mode is Mode.CHINESE


def test_undo_of_the_host_unlearns(place: Place) -> None:
    place.type("nihao ")
    place.answer()
    converter = place.decoder.converter
    assert isinstance(converter, FakeConverter)
    assert list(converter.learned) == [1]
    place.context.retract(1)
    assert (place.journal.kept, converter.learned) == ({}, {})


def test_text_changed_by_another_hand_is_read_at_rest_or_before_the_next_key(
    place: Place,
) -> None:
    place.host.text = "北京"
    place.context.surroundings_changed()
    assert place.context.state.context.text == ""
    place.clock.wait(1000)
    assert place.context.state.context.text == "北京"
    place.host.text = "西安"
    place.context.surroundings_changed()
    place.type("n")
    assert place.decoder.requests[-1].context.text == "西安"


def test_call_from_within_an_action_takes_its_turn(place: Place) -> None:
    place.type("nihao")
    place.host.action = place.context.toggle_width
    place.context.process_key(KeyEvent(Key.UNKNOWN, "", Modifiers.CONTROL))
    assert place.host.text == "nihao"
    assert place.context.state.options.full_width
    shown, _ = place.host.shown[-1]
    assert shown is place.context.state


# --- offers ------------------------------------------------------------------------------


def test_predictor_is_asked_after_a_commit_and_its_offers_are_shown(place: Place) -> None:
    place.type("nihao ")
    assert place.asked == []
    place.answer()
    assert [context.text for context in place.asked] == ["你好"]
    listed = place.decoder.converter.convert(DecodeRequest(0, LeftContext(), "shijie"))
    assert listed is not None
    place.context.offers_arrived(place.asked[0], listed.items)
    shown, _ = place.host.shown[-1]
    assert shown.page is not None
    assert shown.page.items[0].text == "世界"
    place.type("1")
    assert place.host.text == "你好世界"
    assert [context.text for context in place.asked] == ["你好", "你好世界"]


def test_predictor_is_not_asked_while_letters_follow(place: Place) -> None:
    place.type("nihao shi")
    place.answer()
    assert place.asked == []


def test_predictor_is_not_asked_where_next_words_are_off(place: Place) -> None:
    place.context.set_options(SessionOptions())
    place.type("nihao ")
    place.answer()
    assert place.host.text == "你好"
    assert place.asked == []


@pytest.mark.parametrize("by_menu", [False, True])
def test_repairs_are_asked_for_and_offered(place: Place, *, by_menu: bool) -> None:
    place.type("nihao2 ")
    place.answer()
    if by_menu:
        place.context.repair()
    else:
        place.context.process_key(KeyEvent.parse("Control+Shift+r"))
    (asked,) = place.to_repair
    assert asked.text == place.host.text == "拟好 "
    place.context.repairs_arrived(asked, (Repair("拟好 ", "你好 ", (0,), 9.0),))
    place.type("1")
    assert place.host.text == "你好 "
    assert place.context.state.context.text == "你好 "


def test_sentence_that_stands_well_is_said_to(place: Place) -> None:
    place.type("nihao ")
    place.answer()
    place.context.repair()
    place.context.repairs_arrived(place.to_repair[0], ())
    assert place.host.notices[-1] == Refused(Refusal.NO_REPAIR)


# --- a backlog ---------------------------------------------------------------------------

LONG = "nihaoshijie" * 50


def _calls(work: Callable[[], object]) -> int:
    """Calls of Python functions."""
    count = 0

    def trace(frame: FrameType, what: str, _: object) -> None:
        nonlocal count
        count += what == "call"

    sys.setprofile(trace)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("ready", [True, False])
def test_backlog_costs_the_thread_of_the_host_as_much_as_it_is_long(*, ready: bool) -> None:
    """476 letters cost 25 times as much as 119."""
    costs = []
    for length in (150, 300):
        place = Place(ready=ready)
        place.type(LONG[: MAX_LETTERS + 1])
        costs.append(_calls(partial(place.type, LONG[:length])))
    assert costs[1] <= 2.1 * costs[0]
    assert costs[1] < 300 * 30


def test_keys_behind_a_waiting_key_paint_nothing(place: Place) -> None:
    place.type("nihao ")
    shown = len(place.host.shown)
    place.type("shijie" * 10)
    assert len(place.host.shown) == shown


def test_list_for_a_backlog_is_asked_once(place: Place) -> None:
    place.type("nihao shijie")
    asked = len(place.decoder.requests)
    place.answer()
    assert [request.raw for request in place.decoder.requests[asked:]] == ["shijie"]


def test_sign_comes_with_a_slow_list_and_goes_with_it(place: Place) -> None:
    place.type("nihao")
    place.clock.wait(BUSY_MS - 1)
    assert not place.busy()
    place.clock.wait(1)
    assert place.busy()
    place.type("shi")
    assert place.busy(), "no flicker while the same wait lasts"
    place.answer()
    assert not place.busy()
    place.clock.wait(10 * BUSY_MS)
    assert not place.busy()


def test_no_sign_where_lists_come_in_time(place: Place) -> None:
    for letter in "nihaoshijie":
        place.type(letter)
        place.clock.wait(BUSY_MS // 2)
        place.answer()
    assert not any(busy for _, busy in place.host.shown)


# --- more letters than are converted at once ---------------------------------------------


LONGER = (
    LONG[: MAX_LETTERS + 1],
    LONG[:300],
    "x" * 200,  # spells nothing
    "ni'hao'" * 30,
    "nihaoX" * 30,
)


@pytest.mark.parametrize("answers", ["each", "late", "none"])
@pytest.mark.parametrize("letters", LONGER, ids=lambda text: f"{text[:7]}-{len(text)}")
def test_nothing_vanishes_of_more_letters_than_are_converted(
    place: Place, letters: str, answers: str
) -> None:
    for letter in letters:
        place.type(letter)
        if answers == "each":
            place.answer()
    if answers == "late":
        place.answer_all()
    elif answers == "none":
        place.clock.wait(20 * GIVE_UP_MS)
    state = place.context.state
    assert not state.waiting
    spelt = "".join(_spelling(character) for character in place.host.text)
    assert (spelt + state.composition.raw).replace("'", "") == letters.replace("'", "")


_SPELLINGS = {
    character: syllable
    for syllables, words in WORDS.items()
    for word in words
    for character, syllable in zip(word, syllables, strict=True)
} | {character: syllable for syllable, texts in CHARACTERS.items() for character in texts}


def _spelling(character: str) -> str:
    return _SPELLINGS.get(character, character)


def test_letter_that_finds_no_room_inside_is_told(place: Place) -> None:
    place.type(LONG[:MAX_LETTERS])
    place.answer()
    place.press("Left")
    place.type("n")
    assert len(place.context.state.composition.raw) == MAX_LETTERS
    assert [type(notice) for notice in place.host.notices] == [Refused]


# --- any order of everything ---------------------------------------------------------------


class AnyOrder(RuleBasedStateMachine):
    """Keys, answers, time, clicks, offers, lost focus: no letter is lost, doubled or moved.

    Hanzi stand for the letters that they are read as; the caret stays at the end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.place = Place(EchoConverter())
        self.typed = ""

    @rule(letter=st.sampled_from("abx"))
    def letter(self, letter: str) -> None:
        self.typed += letter
        self.place.type(letter)

    @rule(
        key=st.sampled_from(["Space", "2", "9", "Enter", "comma", "Tab", "equal", "Control+s"])
    )
    def key(self, key: str) -> None:
        self.place.press(key)

    @precondition(lambda self: self.place.decoder.requests)
    @rule(number=st.sampled_from([-1, -1, -2, -3]))
    def answer(self, number: int) -> None:
        self.place.answer(max(number, -len(self.place.decoder.requests)))

    @rule(milliseconds=st.sampled_from([1, DEADLINE_MS, SILENT_MS, GIVE_UP_MS]))
    def wait(self, milliseconds: int) -> None:
        self.place.clock.wait(milliseconds)

    @rule(index=st.integers(0, 3))
    def click(self, index: int) -> None:
        self.place.context.pick(index)

    @rule()
    def offer(self) -> None:
        state = self.place.context.state
        offered = Candidate("世", ("shi",), 0, Source.WORD)
        self.place.context.offers_arrived(state.context, [offered])

    @rule(now=st.booleans())
    def leave(self, now: bool) -> None:
        if now:
            self.place.context.leave_now()
            assert not self.place.context.state.waiting
        else:
            self.place.context.leave()
        if not self.place.context.state.waiting:
            assert not self.place.context.state.composing

    @invariant()
    def every_letter_is_somewhere(self) -> None:
        state = self.place.context.state
        waiting = "".join(event.text for event in state.waiting)
        text = unicodedata.normalize("NFKC", self.place.host.text)
        found = text + state.composition.raw + waiting
        assert "".join(c for c in found if c in "abx") == self.typed

    @invariant()
    def offers_and_letters_exclude_each_other(self) -> None:
        state = self.place.context.state
        assert not (state.offers and (state.composing or state.waiting))

    @invariant()
    def what_is_shown_is_the_state_but_for_keys_that_wait(self) -> None:
        shown, _ = self.place.host.shown[-1]
        assert replace(shown, waiting=()) == replace(self.place.context.state, waiting=())

    def teardown(self) -> None:
        self.place.clock.wait(100 * GIVE_UP_MS)
        assert not self.place.context.state.waiting, "no key waits for ever"
        self.every_letter_is_somewhere()


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
