"""Pages cover the list without gap or overlap, and the highlight never leaves it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.session.pages import cut_page, keep_painted, move_highlight, turn_page
from ime.values import Candidate, CandidateList, Page, Source


def listed(texts: str, revision: int = 1) -> CandidateList:
    items = tuple(Candidate(text, (), 1, Source.CHARACTER) for text in texts)
    return CandidateList(revision, "a", items, ((0, 1),))


def texts(page: Page | CandidateList) -> str:
    return "".join(item.text for item in page.items)


@given(st.integers(0, 40), st.integers(1, 9))
def test_pages_together_are_the_list(count: int, size: int) -> None:
    whole = listed("".join(chr(0x4E00 + i) for i in range(count)))
    page, seen = cut_page(whole, size), ""
    assert not page.has_previous
    while True:
        assert len(page.items) <= size
        seen += texts(page)
        if not page.has_next:
            break
        page = turn_page(whole, page, size, 1)
    assert seen == texts(whole)


@pytest.mark.parametrize(
    ("number", "highlight", "expected", "place"),
    [(0, 0, "一二三", 0), (1, 9, "四五", 1), (7, 0, "四五", 0), (-1, -1, "一二三", 0)],
)
def test_page_and_highlight_stay_inside(
    number: int, highlight: int, expected: str, place: int
) -> None:
    page = cut_page(listed("一二三四五"), 3, number, highlight)
    assert (texts(page), page.highlight) == (expected, place)


def test_page_carries_the_revision_of_its_list() -> None:
    assert cut_page(listed("一", revision=7), 5).revision == 7


def test_turning_past_the_ends_keeps_the_highlight() -> None:
    whole = listed("一二三四五")
    page = cut_page(whole, 3, 0, 2)
    assert turn_page(whole, page, 3, -1) == page
    assert turn_page(whole, page, 3, 1).highlight == 0
    last = cut_page(whole, 3, 1, 1)
    assert turn_page(whole, last, 3, 1) == last


@given(st.lists(st.integers(-12, 12), max_size=12), st.integers(3, 9))
def test_highlight_moves_along_the_list(moves: list[int], size: int) -> None:
    whole = listed("一二三四五六七八九十")
    page, place = cut_page(whole, size), 0
    for delta in moves:
        page = move_highlight(whole, page, size, delta)
        place = min(max(place + delta, 0), 9)
        assert page.items[page.highlight] == whole.items[place]


def test_highlight_of_an_empty_list_stays() -> None:
    page = cut_page(listed(""), 5)
    assert page.items == ()
    assert move_highlight(listed(""), page, 5, 1) == page


def test_kept_candidates_stay_and_new_ones_follow() -> None:
    late = keep_painted(listed("一二三四"), listed("五三一六二"), 2)
    assert texts(late) == "一二五三六"
