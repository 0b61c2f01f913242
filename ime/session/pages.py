"""Cutting a candidate list into pages, and moving over them."""

from __future__ import annotations

from dataclasses import replace

from ime.values import CandidateList, Page


def cut_page(listed: CandidateList, size: int, number: int = 0, highlight: int = 0) -> Page:
    """Page `number` of a list.

    Args:
        listed: the whole list.
        size: candidates a page, at least 1.
        number: from 0; taken as the last page if there are fewer.
        highlight: place on the page; taken as the last place if there are fewer.
    """
    last = max(0, (len(listed.items) - 1) // size)
    number = min(max(number, 0), last)
    items = listed.items[number * size : (number + 1) * size]
    return Page(
        items=items,
        number=number,
        has_previous=number > 0,
        has_next=number < last,
        highlight=min(max(highlight, 0), max(0, len(items) - 1)),
        revision=listed.revision,
    )


def turn_page(listed: CandidateList, page: Page, size: int, delta: int) -> Page:
    """The page `delta` pages further, its first candidate highlighted.

    Before the first and behind the last page nothing happens.
    """
    turned = cut_page(listed, size, page.number + delta)
    return page if turned.number == page.number else turned


def move_highlight(listed: CandidateList, page: Page, size: int, delta: int) -> Page:
    """The page with the highlight `delta` places further in the list, turned if needed."""
    place = page.number * size + page.highlight + delta
    place = min(max(place, 0), max(0, len(listed.items) - 1))
    number, highlight = divmod(place, size)
    if number == page.number:
        return replace(page, highlight=highlight)
    return cut_page(listed, size, number, highlight)


def keep_painted(painted: CandidateList, late: CandidateList, count: int) -> CandidateList:
    """The late list, but the first `count` candidates of the painted one keep their places."""
    kept = painted.items[:count]
    taken = {(item.text, item.end) for item in kept}
    rest = (item for item in late.items if (item.text, item.end) not in taken)
    return replace(late, items=(*kept, *rest), spans=late.spans or painted.spans)
