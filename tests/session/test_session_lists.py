"""Lists that come late, twice or not at all, and the keys that wait for them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from ime.session.events import (
    CandidatePicked,
    CommitText,
    DeadlinePassed,
    FocusLost,
    GivenUp,
    Learn,
    ListArrived,
    ModeToggled,
    PageTurned,
    PassKey,
    Prepare,
    Retract,
    StartDeadline,
)
from ime.session.keys import Key, KeyEvent
from ime.session.state import Mode, SessionOptions
from ime.values import Candidate, CandidateList, Source
from tests.session.desk import Desk, candidate, committed, of_kind

# --- lists -------------------------------------------------------------------------------


def test_older_letters_stay_painted_until_the_answer() -> None:
    desk = Desk()
    desk.type("ni")
    desk.answer()
    painted = desk.painted()
    desk.type("h")
    assert desk.painted() == painted
    assert not desk.state.list_is_current


def test_a_list_for_nothing_is_dropped() -> None:
    desk = Desk()
    desk.type("ni")
    late = desk.listed()
    desk.keys("Escape")
    before = desk.state
    assert desk.feed(ListArrived(late)) == []
    assert desk.state == before


def test_a_second_answer_to_the_same_letters_is_dropped() -> None:
    desk = Desk()
    desk.type("ni")
    desk.answer()
    other = replace(desk.listed(), items=(candidate("拟", 2, "ni"),))
    desk.feed(ListArrived(other))
    assert desk.painted()[0] == "你"


def provisional(desk: Desk) -> CandidateList:
    """A first, worse answer: the same candidates the other way round."""
    found = desk.listed()
    return replace(found, items=tuple(reversed(found.items)), final=False)


def test_a_final_list_replaces_a_provisional_one() -> None:
    desk = Desk()
    desk.type("ni")
    desk.feed(ListArrived(provisional(desk)))
    assert desk.painted()[0] == "拟"
    desk.answer()
    assert desk.painted()[0] == "你"


@pytest.mark.parametrize("key", ["Tab", "equal"])
def test_a_final_list_moves_nothing_under_the_finger(key: str) -> None:
    desk = Desk(SessionOptions(page_size=3))
    desk.type("ni")
    desk.feed(ListArrived(provisional(desk)))
    desk.keys(key)
    painted, highlight = desk.painted(), desk.page.highlight
    desk.answer()
    assert desk.painted() == painted
    assert desk.page.highlight == highlight
    assert {item.text for item in desk.listed().items} == set("你尼泥呢妮腻拟")


def test_a_final_list_without_candidates_keeps_the_provisional_ones() -> None:
    desk = Desk()
    desk.type("ni")
    desk.feed(ListArrived(provisional(desk)))
    desk.feed(ListArrived(replace(desk.listed(), items=(), spans=())))
    assert desk.painted()[0] == "拟"


def test_a_provisional_list_after_the_final_one_is_dropped() -> None:
    desk = Desk()
    desk.type("ni")
    desk.answer()
    desk.feed(ListArrived(provisional(desk)))
    assert desk.painted()[0] == "你"


def test_an_empty_provisional_list_is_no_answer() -> None:
    desk = Desk()
    desk.type("ni")
    desk.feed(ListArrived(replace(desk.listed(), items=(), final=False)))
    assert of_kind(desk.keys("Space"), CommitText) == []
    assert committed(desk.answer()[0]).text == "你"


def test_space_takes_a_provisional_candidate_that_is_painted() -> None:
    desk = Desk()
    desk.type("ni")
    desk.feed(ListArrived(provisional(desk)))
    assert committed(desk.keys("Space")[0]).text == "拟"


def test_a_waiting_space_prefers_the_final_list() -> None:
    desk = Desk()
    desk.type("ni")
    desk.keys("Space")
    assert desk.feed(ListArrived(provisional(desk))) == []
    assert committed(desk.answer()[0]).text == "你"


def test_a_waiting_space_takes_the_provisional_list_at_its_deadline() -> None:
    desk = Desk()
    desk.type("ni")
    (deadline,) = of_kind(desk.keys("Space"), StartDeadline)
    desk.feed(ListArrived(provisional(desk)))
    assert committed(desk.feed(DeadlinePassed(deadline.revision))[0]).text == "拟"


def test_a_waiting_space_never_commits_letters_while_a_list_may_come() -> None:
    """On a busy machine it gave up after a tenth of a second: 你好shijie."""
    desk = Desk()
    desk.type("ni")
    (deadline,) = of_kind(desk.keys("Space", "h", "a", "o"), StartDeadline)
    for _ in range(50):
        assert desk.feed(DeadlinePassed(deadline.revision)) == []
    assert [str(event) for event in desk.state.waiting] == ["Space", "h", "a", "o"]
    assert committed(desk.answer()[0]).text == "你"
    assert desk.state.composition.raw == "hao"


def test_a_waiting_space_commits_the_letters_when_no_list_will_come() -> None:
    desk = Desk()
    desk.type("ni")
    (deadline,) = of_kind(desk.keys("Space"), StartDeadline)
    assert desk.feed(GivenUp(deadline.revision - 1)) == []
    assert committed(desk.feed(GivenUp(deadline.revision))[0]).text == "ni"


@pytest.mark.parametrize(
    "item",
    [candidate("你", 0, "ni"), candidate("你", 99, "ni"), candidate("你", -3, "ni")],
    ids=["no letters", "too many letters", "less than none"],
)
def test_a_candidate_with_a_wrong_end_still_moves_on(item: Candidate) -> None:
    desk = Desk()
    desk.type("nix")
    desk.feed(ListArrived(CandidateList(desk.state.composition.revision, "nix", (item,))))
    desk.keys("Space")
    assert 1 <= len("nix") - len(desk.state.composition.rest) <= 3


# --- waiting -----------------------------------------------------------------------------


def test_a_wait_asks_for_one_deadline_each() -> None:
    desk = Desk()
    desk.type("ni")
    assert desk.keys("Space", "h", "a", "o", "Space") == [StartDeadline(2)]
    effects = desk.answer()
    deadlines = of_kind(effects, StartDeadline)
    assert deadlines == [StartDeadline(desk.state.composition.revision)]
    assert [str(event) for event in desk.state.waiting] == ["Space"]


def test_waiting_keys_are_the_events_themselves() -> None:
    # A host recognises by identity which of its own events still wait.
    desk = Desk()
    desk.type("ni")
    events = [KeyEvent(Key.SPACE), KeyEvent(Key.ENTER)]
    desk.feed(*events)
    assert all(a is b for a, b in zip(desk.state.waiting, events, strict=True))


def test_a_host_key_that_waited_is_passed_in_its_turn() -> None:
    desk = Desk()
    desk.type("ni")
    desk.keys("Space", "Enter")
    effects = desk.answer()
    assert [type(effect) for effect in effects] == [
        CommitText,
        Learn,
        Prepare,
        PassKey,
        Prepare,
    ]
    assert desk.state.context.text == "你\n"


def test_a_backspace_that_waited_takes_its_commit_back() -> None:
    desk = Desk()
    desk.type("ni")
    desk.keys("Space", "BackSpace")
    effects = desk.answer()
    assert of_kind(effects, Learn, Retract) == [Learn(committed(effects[0])), Retract(1)]


def test_clicks_and_page_turns_wait_for_no_one() -> None:
    desk = Desk()
    desk.type("ni")
    desk.answer()
    desk.type("h")
    desk.keys("Space")
    before = desk.state
    desk.feed(CandidatePicked(0), PageTurned(1))
    assert desk.state == before


def test_a_click_takes_the_painted_candidate_though_letters_follow() -> None:
    desk = Desk()
    desk.type("ni")
    desk.answer()
    desk.type("h")
    desk.feed(CandidatePicked(1))
    assert desk.state.preedit.text == "尼h"


def test_a_click_on_letters_that_are_gone_does_nothing() -> None:
    desk = Desk()
    desk.type("ni")
    desk.answer()
    desk.keys("Home", "w")
    before = desk.state
    assert desk.feed(CandidatePicked(0)) == []
    assert desk.state == before


def test_focus_lost_carries_out_what_waits() -> None:
    desk = Desk()
    desk.type("ni")
    desk.keys("Space", "h", "a", "Space", "!", "o")
    effects = desk.feed(FocusLost())
    text = "".join(effect.commit.text for effect in of_kind(effects, CommitText))
    assert text == "niha！o"
    assert not desk.state.composing
    assert desk.state.waiting == ()


def test_mode_button_carries_out_what_waits() -> None:
    desk = Desk()
    desk.type("ni")
    desk.keys("Space")
    effects = desk.feed(ModeToggled())
    assert committed(effects[0]).text == "ni"
    assert desk.state.mode is Mode.ENGLISH


# --- what was passed over ----------------------------------------------------------------


def _after(*items: Candidate, pages: int = 0) -> Desk:
    """A desk where `items` are listed for xianxianxian, so many pages turned."""
    desk = Desk(SessionOptions(page_size=3))
    desk.type("xianxianxian")
    desk.feed(ListArrived(CandidateList(desk.requests[-1].revision, "xianxianxian", items)))
    desk.feed(*[PageTurned(1)] * pages)
    return desk


WHOLE = candidate("先先先", 12, "xian", "xian", "xian")
OTHER = candidate("先先线", 12, "xian", "xian", "xian")
FRONT = candidate("先先", 8, "xian", "xian")
FIRST = candidate("先", 4, "xian")
BEHIND = candidate("先线", 8, "xian", "xian")


@pytest.mark.parametrize(
    ("items", "pages", "digit", "passed"),
    [
        ((WHOLE, OTHER, FRONT), 0, "3", {"先", "线"}),
        ((WHOLE, FIRST, BEHIND), 0, "2", {"先先", "线"}),
        ((WHOLE, BEHIND, OTHER, FIRST), 1, "1", {"先先", "线", "先线"}),
        ((FIRST, WHOLE, OTHER, BEHIND), 0, "1", {"先先", "先线"}),  # 先线 is on the next page
        ((BEHIND, WHOLE), 0, "1", set()),
    ],
)
def test_a_choice_tells_what_was_passed_over(
    items: tuple[Candidate, ...], pages: int, digit: str, passed: set[str]
) -> None:
    desk = _after(*items, pages=pages)
    desk.keys(digit)
    request = desk.requests[-1]
    assert request.continues
    assert request.passed_over == passed


def test_what_was_passed_over_holds_for_further_choices_until_they_are_taken_back() -> None:
    desk = _after(WHOLE, OTHER, FIRST)
    desk.keys("3")
    first = desk.requests[-1]
    assert first.passed_over == {"先先", "先线"}
    items = (candidate("先", 4, "xian"),)
    desk.feed(ListArrived(CandidateList(first.revision, first.raw, items)))
    desk.keys("1")
    assert desk.requests[-1].passed_over == {"先", "线"}
    desk.keys("BackSpace")
    assert desk.requests[-1].passed_over == first.passed_over
    desk.keys("BackSpace")
    assert not desk.requests[-1].passed_over
    assert not desk.requests[-1].continues


def test_what_was_passed_over_ends_with_the_composition() -> None:
    desk = _after(WHOLE, OTHER, FIRST)
    desk.keys("3", "Escape")
    desk.type("xian")
    assert not desk.requests[-1].passed_over
    assert not desk.requests[-1].continues


def test_a_choice_is_compared_with_sentences_that_were_not_painted() -> None:
    """Places of the first page go to other candidates; the learner wants the rivals."""
    rivals = [replace(OTHER, text=text, score=score) for text, score in RIVALS]
    desk = _after(replace(WHOLE, score=-1.0), FIRST, rivals[0], *rivals[1:])
    (learn,) = of_kind(desk.keys("1"), Learn)
    (chosen,) = learn.commit.selections
    assert chosen.offered == ("先先先", "先", "线线线", "见见见")
    assert chosen.scores == (-1.0, -math.inf, -4.0, -2.5)


@pytest.mark.parametrize("source", [Source.REWRITE, Source.LITERAL, Source.PHRASE])
def test_what_has_no_reading_is_no_rival_of_a_choice(source: Source) -> None:
    """An emoji, letters, a phrase or a date: the model gives them no probability."""
    rivals = [replace(OTHER, text=text, score=score) for text, score in RIVALS]
    others = [Candidate(text, (), WHOLE.end, source) for text in ("🖖", "🚄", "🚅")]
    desk = _after(replace(WHOLE, score=-1.0), others[0], *rivals, *others[1:])
    (learn,) = of_kind(desk.keys("1"), Learn)
    (chosen,) = learn.commit.selections
    scores = dict(zip(chosen.offered, chosen.scores, strict=False))
    assert scores.pop("🖖") == -math.inf
    assert scores == {WHOLE.text: -1.0, **dict(RIVALS[:2])}


RIVALS = (("线线线", -4.0), ("见见见", -2.5), ("先线见", -9.0))
