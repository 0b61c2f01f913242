"""Candidates that are shown though nothing is composed: what may follow the text.

Nobody asked for them, so they take no key but the digits that are painted beside them, and Esc.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ime.session.composition import Step, commit_candidate
from ime.session.keys import KeyAction, KeyEvent, Status, find_command
from ime.session.state import SessionState
from ime.values import Candidate, LeftContext, Page


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
    if not shown:
        return dismiss(state)
    page = Page(shown, highlight=-1, revision=state.composition.revision)
    return replace(state, offers=shown, page=page)


def dismiss(state: SessionState) -> SessionState:
    """No offers; the same state where there are none."""
    return replace(state, offers=(), page=None) if state.offers else state


def take(state: SessionState, index: int) -> Step | None:
    """Commit the offer at `index`, from 0; None where there is none."""
    if not 0 <= index < len(state.offers):
        return None
    return commit_candidate(dismiss(state), state.offers[index])


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
