"""The session against naive models, over any keys and any order of answers.

The converter writes each letter full width, so that a committed text tells which letters it
came from, and NFKC gives them back.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ime.session.events import (
    CandidatePicked,
    CommitText,
    Convert,
    DeadlinePassed,
    Event,
    FocusLost,
    GivenUp,
    Learn,
    ListArrived,
    OptionsChanged,
    PageTurned,
    PassKey,
    StartDeadline,
)
from ime.session.keys import Key, KeyEvent
from ime.session.runner import SyncRunner
from ime.session.state import SessionOptions
from ime.session.step import initial_state, step
from ime.values import (
    DecodeRequest,
)
from tests.session.desk import EchoConverter

OPTIONS = SessionOptions(page_size=3)
LETTERS = "abx"  # x starts nothing the converter knows


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


# --- with every answer in time -----------------------------------------------------------


@dataclass
class NaiveSession:
    """What a session does, for someone who sees only letters: no candidates, pages, effects."""

    text: str = ""
    raw: str = ""
    fixed: list[int] = field(default_factory=list)
    full_stop: bool = False
    point: bool = False

    def press(self, key: str) -> None:
        after_full_stop, self.full_stop = self.full_stop, False
        after_point, self.point = self.point, False
        if key in LETTERS:
            self.raw += key
        elif key == "BackSpace":
            self._backspace(after_full_stop)
        elif key == "period":
            while self.raw:
                self._choose(0)
            self.point = self.text[-1:].isdigit()
            self.full_stop = not self.point
            self.text = self.text[:-1] if after_point else self.text
            self.text += "。" if self.full_stop else "."
        elif not self.raw:
            self.text += {"Space": " ", "Enter": "\n", "Escape": ""}.get(key, key)
        elif key == "Space":
            self._choose(0)
        elif key == "Enter":
            self._commit(len(self.raw))
        elif key == "Escape":
            self.raw, self.fixed = "", []
        elif int(key) <= min(self._known(), OPTIONS.page_size):
            self._choose(int(key) - 1)

    def makes_letters(self, key: str) -> bool:
        """Whether a digit that chooses nothing joins letters that spell nothing."""
        no_choice = key.isdigit() and int(key) > min(self._known(), OPTIONS.page_size)
        return no_choice and "x" in self.raw and not self.fixed

    def _backspace(self, after_full_stop: bool) -> None:
        if self.fixed:
            self.fixed.pop()
        elif self.raw:
            self.raw = self.raw[:-1]
        else:
            self.text = self.text[:-1] + ("." if after_full_stop else "")

    def _known(self) -> int:
        return len(self.raw[sum(self.fixed) :].partition("x")[0])

    def _choose(self, place: int) -> None:
        self.fixed.append(self._known() - place or len(self.raw))
        self._commit(sum(self.fixed))

    def _commit(self, end: int) -> None:
        if end >= len(self.raw):
            self.text += self.raw
            self.raw, self.fixed = "", []


KEYS = [*LETTERS, "Space", "Enter", "Escape", "BackSpace", "1", "2", "3", "9", "period"]


@given(st.lists(st.sampled_from(KEYS), max_size=30))
@settings(max_examples=300)
def test_session_does_what_the_naive_one_does(keys: list[str]) -> None:
    runner, naive = SyncRunner(EchoConverter(), OPTIONS), NaiveSession()
    for key in keys:
        if naive.makes_letters(key):
            continue
        runner.press(key)
        naive.press(key)
        assert plain(runner.committed) == naive.text
        assert runner.state.composition.raw == naive.raw
        assert [part.end for part in runner.state.composition.fixed] == naive.fixed


@given(st.text(alphabet="ab", min_size=1, max_size=20), st.integers(0, 5))
def test_as_many_backspaces_as_keys_leave_nothing(letters: str, choices: int) -> None:
    runner = SyncRunner(EchoConverter(), OPTIONS)
    runner.type(letters)
    for _ in range(choices):
        runner.press("3" if len(runner.state.composition.rest) > 3 else "2")
    fixed = len(runner.state.composition.fixed)
    runner.press("BackSpace " * (len(letters) + fixed))
    assert not runner.state.composing
    assert runner.state.page is None
    assert runner.committed == ""


@given(st.text(alphabet=LETTERS, min_size=1, max_size=12), st.data())
def test_choices_and_what_is_left_span_the_letters(letters: str, data: st.DataObject) -> None:
    runner = SyncRunner(EchoConverter(), OPTIONS)
    runner.type(letters)
    while runner.state.composing:
        composition = runner.state.composition
        assert plain(composition.fixed_text) + composition.rest == letters
        assert composition.raw == letters
        place = data.draw(st.integers(1, 3))
        page = runner.state.page
        runner.press(str(place) if page and len(page.items) >= place else "Space")
    assert plain(runner.committed) == letters


# --- with answers that come when they like -----------------------------------------------


MANY_KEYS = [
    *LETTERS, *LETTERS, *LETTERS, "'", "A", "@", "Space", "1", "2", "3", "comma", "bracketleft",
    "Tab", "Shift+Tab", "equal", "minus", "Up", "Down", "Left", "Right", "Home", "End",
    "Control+Left", "Control+BackSpace", "Delete", "Enter", "Escape", "Shift", "Release+Shift",
    "Control+a", "Shift+Home",
]  # fmt: skip


class LateAnswers(RuleBasedStateMachine):
    """However late and disordered lists come: the same keys give the same text.

    Without deadlines and clicks, a session whose answers are late is, whenever no key waits,
    where a session stands that got each answer at once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.state = initial_state(OPTIONS)
        self.reference = SyncRunner(EchoConverter(), OPTIONS)
        self.text = ""
        self.requests: list[DecodeRequest] = []

    def feed(self, event: Event) -> None:
        before = self.state
        self.state, effects = step(before, event)
        for effect in effects:
            match effect:
                case Convert(request):
                    self.requests.append(request)
                case CommitText(commit):
                    self.text += commit.text
                case PassKey(KeyEvent(Key.SPACE)):
                    self.text += " "
                case PassKey(KeyEvent(Key.CHARACTER, text) as key) if not key.is_shortcut:
                    self.text += text
                case Learn(commit):
                    assert not before.options.private
                    assert commit.selections
                case _:
                    pass

    @rule(key=st.sampled_from(MANY_KEYS))
    def press(self, key: str) -> None:
        event = KeyEvent.parse(key)
        self.feed(event)
        self.reference.feed(event)

    @precondition(lambda self: self.state.composing)
    @rule()
    def backspace(self) -> None:
        # Only while composing: what the host's own Backspace deletes is not this test's matter.
        if self.reference.state.composing and not self.state.waiting:
            self.press("BackSpace")

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), final=st.booleans())
    def answer(self, data: st.DataObject, final: bool) -> None:
        request = data.draw(st.sampled_from(self.requests[-4:]))
        listed = replace(EchoConverter().convert(request), final=final)
        painted, current = self.state.page, self.state.composition.revision
        waiting = self.state.waiting
        self.feed(ListArrived(listed))
        if request.revision != current:
            assert self.state.page is painted
        if painted is not None and painted.revision == request.revision and not waiting:
            assert self.state.page is not None
            assert self.state.page.items[: len(painted.items)] == painted.items
            assert self.state.page.highlight == painted.highlight

    @precondition(lambda self: self.requests)
    @rule()
    def answer_newest(self) -> None:
        self.feed(ListArrived(EchoConverter().convert(self.requests[-1])))

    @invariant()
    def without_waiting_keys_nothing_differs(self) -> None:
        if self.state.waiting:
            return
        expected = self.reference.state
        assert self.state.composition == expected.composition
        assert self.state.context == expected.context
        assert self.state.mode == expected.mode
        assert self.state.commit_count == expected.commit_count
        if self.state.list_is_current:
            assert self.state.page == expected.page

    def teardown(self) -> None:
        while self.state.waiting:
            self.answer_newest()
        self.without_waiting_keys_nothing_differs()


class NothingLost(RuleBasedStateMachine):
    """Deadlines, clicks, lost focus: every letter typed is somewhere, in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.state = initial_state(OPTIONS)
        self.text = ""
        self.typed = ""
        self.requests: list[DecodeRequest] = []
        self.deadline = -1

    def feed(self, event: Event) -> None:
        private = self.state.options.private
        self.state, effects = step(self.state, event)
        for effect in effects:
            match effect:
                case Convert(request):
                    self.requests.append(request)
                case StartDeadline(revision):
                    self.deadline = revision
                case CommitText(commit):
                    self.text += commit.text
                    assert not (private and commit.selections)
                case Learn():
                    assert not private
                case _:
                    pass

    @rule(letter=st.sampled_from(LETTERS))
    def letter(self, letter: str) -> None:
        self.typed += letter
        self.feed(KeyEvent(Key.CHARACTER, letter))

    @rule(
        key=st.sampled_from(
            ["Space", "1", "2", "3", "9", "Enter", "Tab", "equal", "Left", "Home", "comma", "!"]
        )
    )
    def press(self, key: str) -> None:
        if key in ("Left", "Home"):
            # A caret inside would mix letters typed later with those before.
            self.feed(KeyEvent.parse(key))
            self.feed(KeyEvent.parse("End"))
        else:
            self.feed(KeyEvent.parse(key))

    @rule()
    def give_back(self) -> None:
        if self.state.composition.fixed and not self.state.waiting:
            self.feed(KeyEvent.parse("BackSpace"))

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), final=st.booleans())
    def answer(self, data: st.DataObject, final: bool) -> None:
        request = data.draw(st.sampled_from(self.requests[-3:]))
        listed = EchoConverter().convert(request)
        self.feed(ListArrived(replace(listed, final=final)))

    @rule()
    def deadline_passes(self) -> None:
        listed = self.state.list_is_current
        before = self.state.waiting
        self.feed(DeadlinePassed(self.deadline))
        assert listed or self.state.waiting == before

    @rule()
    def give_up(self) -> None:
        self.feed(GivenUp(self.deadline))

    @rule(index=st.integers(0, 3))
    def click(self, index: int) -> None:
        self.feed(CandidatePicked(index))

    @rule(delta=st.sampled_from([-1, 1]))
    def turn(self, delta: int) -> None:
        self.feed(PageTurned(delta))

    @rule()
    def lose_focus(self) -> None:
        self.feed(FocusLost())
        assert not self.state.composing
        assert not self.state.waiting

    @rule(private=st.booleans())
    def switch_privacy(self, private: bool) -> None:
        self.feed(OptionsChanged(replace(self.state.options, private=private)))

    @invariant()
    def every_letter_is_somewhere(self) -> None:
        waiting = "".join(event.text for event in self.state.waiting)
        written = plain(self.text) + self.state.composition.raw + waiting
        assert "".join(c for c in written if c in LETTERS) == self.typed

    @invariant()
    def waiting_keys_have_a_deadline(self) -> None:
        assert not self.state.waiting or self.deadline == self.state.composition.revision


TestLateAnswers = LateAnswers.TestCase
TestNothingLost = NothingLost.TestCase
TestLateAnswers.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestNothingLost.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
