"""Candidates that are shown though nothing is composed: what may follow, and repairs.

Nobody asked for them, so they take no key but the digits that are painted beside them, and Esc.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ime.lexicon.script import to_traditional
from ime.session.composition import Step, commit_candidate, prepare
from ime.session.events import AskRepair, Refusal, Refused, ReplaceLast
from ime.session.keys import KeyAction, KeyEvent, Status, find_command
from ime.session.script import traditional
from ime.session.state import SessionState
from ime.values import Candidate, LeftContext, Page, Repair, Source

BESIDE = 4  # characters shown left and right of what a repair changes


def offer(
    state: SessionState, context: LeftContext, items: Sequence[Candidate]
) -> SessionState:
    """Show a page of offers; not where the text they were made for stands no longer.

    Args:
        state: of the session.
        context: what the offers are to follow.
        items: best first; `end` means nothing here.
    """
    idle = state.status in (Status.IDLE, Status.OFFERING)
    if not idle or state.context != context:
        return state
    shown = tuple(items[: state.options.page_size])
    if state.options.traditional:
        shown = tuple(map(traditional, shown))
    if not shown:
        return dismiss(state)
    page = Page(shown, highlight=-1, revision=state.composition.revision)
    return replace(state, offers=shown, repairs=(), page=page)


def ask_repair(state: SessionState) -> Step:
    """Ask what the last sentence should have been; nothing may be composed."""
    return dismiss(state), (AskRepair(state.context),)


def offer_repairs(state: SessionState, context: LeftContext, repairs: Sequence[Repair]) -> Step:
    """Show what the last sentence should have been, or say that it stands well.

    Args:
        state: of the session.
        context: what the repairs are of.
        repairs: best first.
    """
    if state.status is not Status.IDLE or state.context != context:
        return state, ()
    if not repairs:
        return state, (Refused(Refusal.NO_REPAIR),)
    state = offer(state, context, [_excerpt(context.text, repair) for repair in repairs])
    return replace(state, repairs=tuple(repairs[: len(state.offers)])), ()


def _excerpt(text: str, repair: Repair) -> Candidate:
    """A repair as a candidate: the changed characters among those beside them."""
    start = len(text) - len(repair.old)
    before = text[max(0, start - BESIDE) : start]
    shown = before + repair.new[: repair.places[-1] + 1 + BESIDE]
    changes = " ".join(
        f"{repair.old[first : last + 1]}→{repair.new[first : last + 1]}"
        for first, last in _runs(repair.places)
    )
    marked = tuple(len(before) + place for place in repair.places)
    return Candidate(shown, (), 0, Source.REWRITE, repair.gain, comment=changes, marked=marked)


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each run of neighbours."""
    starts = [place for place in places if place - 1 not in places]
    ends = [place for place in places if place + 1 not in places]
    return list(zip(starts, ends, strict=True))


def dismiss(state: SessionState) -> SessionState:
    """No offers; the same state where there are none."""
    return replace(state, offers=(), repairs=(), page=None) if state.offers else state


def take(state: SessionState, index: int) -> Step | None:
    """Commit the offer at `index`, from 0, or let it change the text; None where none is."""
    if not 0 <= index < len(state.offers):
        return None
    if not state.repairs:
        return commit_candidate(dismiss(state), state.offers[index])
    repair, context = state.repairs[index], state.context
    text = context.text.removesuffix(repair.old) + repair.new
    old, new = repair.old, repair.new
    if state.options.traditional:
        old, new = to_traditional(old), to_traditional(new)
    state = replace(dismiss(state), context=replace(context, text=text), last_commit=None)
    return state, (ReplaceLast(len(old), new), *prepare(state))


def press(state: SessionState, event: KeyEvent) -> Step | None:
    """What a key does to the offers; None for one that dismisses them and does its own work."""
    command = find_command(
        Status.OFFERING,
        event,
        state.options.overlays(Status.OFFERING),
        state.options.keymap,
    )
    if command is KeyAction.SELECT:
        return take(state, int(event.text) - 1)
    if command is KeyAction.CANCEL:
        return replace(dismiss(state), last_commit=None), ()
    return None
