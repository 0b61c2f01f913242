"""Candidates without letters: digits take one, every other key does its own work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ime.session.events import (
    AskRepair,
    CandidatePicked,
    CommitText,
    ContextChanged,
    Event,
    FocusLost,
    ModeToggled,
    OffersArrived,
    OptionsChanged,
    PassKey,
    Prepare,
    Refusal,
    Refused,
    RepairAsked,
    RepairsArrived,
    ReplaceLast,
    Reset,
)
from ime.session.keys import Key, KeyEvent, Status
from ime.session.runner import SyncRunner
from ime.session.state import Mode, SessionOptions
from ime.values import Candidate, LeftContext, Repair, Source
from tests.fakes import FakeConverter
from tests.session.desk import Desk

OFFERS = (
    Candidate("世界", ("shi", "jie"), 0, Source.WORD),
    Candidate("吗", ("ma",), 0, Source.CHARACTER),
)


def offering(options: SessionOptions | None = None) -> SyncRunner:
    """Behind 你好, with two offers painted."""
    runner = SyncRunner(FakeConverter(), options)
    runner.type("nihao ")
    runner.feed(OffersArrived(runner.state.context, OFFERS))
    assert runner.state.status is Status.OFFERING
    return runner


def painted(runner: SyncRunner) -> list[str]:
    page = runner.state.page
    return [item.text for item in page.items] if page else []


def test_offers_are_a_page_without_a_composition() -> None:
    runner = offering()
    assert painted(runner) == ["世界", "吗"]
    assert runner.state.page is not None
    assert runner.state.page.highlight == -1, "Space takes none"
    assert not runner.state.composing
    assert runner.state.preedit.text == ""


@pytest.mark.parametrize(("digit", "text"), [("1", "你好世界"), ("2", "你好吗")])
def test_digit_takes_an_offer_and_teaches_nothing(digit: str, text: str) -> None:
    runner = offering()
    (committed, *_) = runner.feed(KeyEvent(Key.CHARACTER, digit))
    assert isinstance(committed, CommitText)
    assert committed.commit.selections == ()
    assert (runner.committed, painted(runner)) == (text, [])
    assert runner.state.context.text == text
    assert runner.state.context.readings[-1][1] in ("jie", "ma")


def test_click_takes_an_offer() -> None:
    runner = offering()
    runner.feed(CandidatePicked(1))
    assert (runner.committed, painted(runner)) == ("你好吗", [])
    runner = offering()
    runner.feed(CandidatePicked(2))
    assert (runner.committed, painted(runner)) == ("你好", ["世界", "吗"])


def test_escape_dismisses_and_does_nothing_else() -> None:
    runner = offering()
    assert runner.feed(KeyEvent(Key.ESCAPE)) == ()
    assert (runner.committed, painted(runner)) == ("你好", [])
    escape = KeyEvent(Key.ESCAPE)
    assert runner.feed(escape)[0] == PassKey(escape), "the next one is the host's"


OTHER_KEYS = [
    "a", "A", "3", "9", "0", "Keypad+1", "Space", "Enter", "BackSpace", "Delete", "comma",
    "period", "bracketleft", "semicolon", "minus", "equal", "apostrophe", "Tab", "Left",
    "Down", "Page_Down", "Home", "Control+1", "Control+Delete", "Control+a", "Shift+Space",
    "Control+Space", "Control+period", "Caps_Lock", "Shift", "Insert", "Unknown", "text:多个",
]  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [
        SessionOptions(),
        SessionOptions(vertical=True, comma_period_page=True, keypad_select=True),
        SessionOptions(full_width=True, semicolon_select=True),
    ],
    ids=["default", "paging", "full-width"],
)
@pytest.mark.parametrize("key", OTHER_KEYS)
def test_any_other_key_dismisses_and_does_its_own_work(
    key: str, options: SessionOptions
) -> None:
    runner, without = offering(options), SyncRunner(FakeConverter(), options)
    without.type("nihao ")
    runner.press(key)
    without.press(key)
    assert runner.state == without.state
    assert runner.committed == without.committed


@pytest.mark.parametrize("key", ["Shift", "Control", "Release+a"])
def test_keys_that_type_nothing_leave_the_offers(key: str) -> None:
    runner = offering()
    runner.feed(KeyEvent.parse(key))
    assert painted(runner) == ["世界", "吗"]


@pytest.mark.parametrize(
    "event",
    [
        FocusLost(),
        ModeToggled(),
        Reset(LeftContext("别处")),
        ContextChanged(LeftContext("别处")),
        OptionsChanged(SessionOptions(page_size=3)),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_is_no_key_dismisses_offers_and_changes_no_text(event: Event) -> None:
    runner = offering()
    runner.feed(event)
    assert (runner.state.offers, painted(runner)) == ((), [])
    assert runner.committed == "你好"


def test_offers_for_another_text_are_dropped() -> None:
    runner = SyncRunner(FakeConverter())
    runner.type("nihao ")
    runner.feed(OffersArrived(LeftContext("你"), OFFERS))
    assert painted(runner) == []


@pytest.mark.parametrize("busy", ["composing", "waiting", "english", "capitals"])
def test_offers_that_come_too_late_are_dropped(busy: str) -> None:
    desk = Desk(context="你好")
    before = desk.state.context
    match busy:
        case "composing":
            desk.type("n")
        case "waiting":
            desk.keys("n", "Space")
        case "english":
            desk.state = replace(desk.state, mode=Mode.ENGLISH)
        case _:
            desk.keys("Caps_Lock")
    state = desk.state
    desk.feed(OffersArrived(before, OFFERS))
    assert desk.state == state


def test_newer_offers_take_the_place_of_older_ones_and_none_clears_them() -> None:
    runner = offering()
    runner.feed(OffersArrived(runner.state.context, OFFERS[1:]))
    assert painted(runner) == ["吗"]
    runner.feed(OffersArrived(runner.state.context, ()))
    assert painted(runner) == []


def test_no_more_offers_than_a_page_are_shown() -> None:
    runner = offering(SessionOptions(page_size=3))
    runner.feed(OffersArrived(runner.state.context, OFFERS * 4))
    assert painted(runner) == ["世界", "吗", "世界"]


# --- repairs -----------------------------------------------------------------------------

REPAIRS = (
    Repair("他的妈妈", "她的妈妈", (0,), 8.0),
    Repair("在说，他的妈妈", "再说，她的妈妈", (0, 3), 12.0),
)
TEXT = "先别在说，他的妈妈"


def repairing(repairs: tuple[Repair, ...] = REPAIRS) -> Desk:
    """Behind a sentence, with two repairs painted."""
    desk = Desk(context=TEXT)
    desk.feed(RepairsArrived(desk.state.context, repairs))
    assert desk.state.status is Status.OFFERING
    return desk


def test_key_asks_for_repairs_of_the_text_to_the_left() -> None:
    desk = Desk(context=TEXT)
    assert desk.keys("Control+Shift+r") == [AskRepair(desk.state.context)]
    assert desk.feed(RepairAsked()) == [AskRepair(desk.state.context)]


@pytest.mark.parametrize("text", ["", "hello", "a,b"])
def test_key_is_the_hosts_where_no_hanzi_stand(text: str) -> None:
    (passed, *_) = Desk(context=text).keys("Control+Shift+r")
    assert isinstance(passed, PassKey)


def test_key_does_nothing_while_letters_are_composed() -> None:
    desk = Desk(context=TEXT)
    desk.type("ni")
    assert desk.keys("Control+Shift+r") == []
    assert desk.feed(RepairAsked()) == []


def test_repairs_show_the_change_among_its_neighbours() -> None:
    first, second = repairing().page.items
    assert (first.text, first.comment, first.marked) == ("别在说，她的妈妈", "他→她", (4,))
    assert (second.text, second.comment) == ("先别再说，她的妈妈", "在→再 他→她")
    assert second.marked == (2, 5)


@pytest.mark.parametrize(
    ("digit", "count", "text"),
    [("1", 4, "先别在说，她的妈妈"), ("2", 7, "先别再说，她的妈妈")],
)
def test_digit_lets_a_repair_change_the_text(digit: str, count: int, text: str) -> None:
    desk = repairing()
    replaced, *more = desk.type(digit)
    assert replaced == ReplaceLast(count, text[-count:])
    assert [type(effect) for effect in more] == [Prepare], "nothing is learned"
    assert desk.state.context.text == text
    assert (desk.state.offers, desk.state.repairs, desk.state.page) == ((), (), None)


@pytest.mark.parametrize("key", ["Escape", "a", "Space", "comma", "9", "Control+Shift+r"])
def test_other_keys_leave_the_text(key: str) -> None:
    desk = repairing()
    before = desk.state.context.text
    effects = desk.keys(key)
    assert not any(isinstance(effect, ReplaceLast) for effect in effects)
    assert desk.state.repairs == ()
    assert desk.state.context.text.startswith(before)


def test_nothing_to_repair_is_said_and_shown_by_nothing() -> None:
    desk = Desk(context=TEXT)
    assert desk.feed(RepairsArrived(desk.state.context, ())) == [Refused(Refusal.NO_REPAIR)]
    assert desk.state.page is None


def test_repairs_of_another_text_are_dropped() -> None:
    desk = Desk(context=TEXT)
    assert desk.feed(RepairsArrived(LeftContext("别处"), REPAIRS)) == []
    assert desk.state.offers == ()


def test_repairs_are_traditional_where_the_text_is() -> None:
    desk = Desk(SessionOptions(traditional=True), "他说过的话")
    desk.feed(RepairsArrived(desk.state.context, (Repair("他说过的话", "她说过的话", (0,)),)))
    assert desk.page.items[0].text == "她說過的話"
    assert desk.type("1")[0] == ReplaceLast(5, "她說過的話")
    assert desk.state.context.text == "她说过的话"
