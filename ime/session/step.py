"""The input session: a pure state machine `step(state, event) -> (state, effects)`.

No thread, no clock, no toolkit: whoever runs it feeds events and carries out effects, and since
states are frozen values a run can be replayed from its events. Four rules protect the typist:
a digit picks from the painted page; a key that needs the list of its own letters waits for it,
and later keys queue behind it; answers for older letters are dropped; a private session says
nothing that could be learned.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import assert_never

from ime.lexicon.punctuation import Quotes
from ime.session.composition import Step, commit_raw, prepare
from ime.session.dotted_letters import offer_as_typed
from ime.session.editing import set_options, turn
from ime.session.events import (
    CandidatePicked,
    ContextChanged,
    DeadlinePassed,
    Effect,
    Event,
    FocusLost,
    ForgetAsked,
    GivenUp,
    ListArrived,
    ModeToggled,
    OffersArrived,
    OptionsChanged,
    PageTurned,
    PassKey,
    PinAsked,
    RepairAsked,
    RepairsArrived,
    Reset,
    StartDeadline,
)
from ime.session.key_actions import (
    forget,
    needs_list,
    pick,
    pin,
    run_command,
    toggle_mode,
)
from ime.session.keys import (
    MODIFIER_KEYS,
    SHORTCUT,
    Key,
    KeyAction,
    KeyEvent,
    Modifiers,
    Status,
    find_command,
)
from ime.session.literal_keys import (
    completes_code,
    literal_continues,
    name_continues,
    name_ends,
)
from ime.session.offers import ask_repair, dismiss, offer, offer_repairs, press, take
from ime.session.pages import cut_page, keep_painted
from ime.session.rewriters import literal_first
from ime.session.script import in_script
from ime.session.state import CONTEXT_LIMIT, SessionOptions, SessionState
from ime.values import CandidateList, Composition, LeftContext, Page


def initial_state(
    options: SessionOptions | None = None, context: LeftContext | None = None
) -> SessionState:
    """A session in Chinese mode with nothing composed, at the end of `context`."""
    context = (context or LeftContext()).last(CONTEXT_LIMIT)
    return SessionState(
        options=options or SessionOptions(),
        context=context,
        quotes=Quotes().read(context.text),
    )


def step(state: SessionState, event: Event) -> tuple[SessionState, tuple[Effect, ...]]:
    """One event. Never raises for anything a keyboard, a host or a late answer can send.

    Returns:
        The next state, and effects to be carried out in their order.
    """
    match event:
        case KeyEvent():
            return _key(state, event)
        case ListArrived(listed):
            return _list_arrived(state, listed)
        case DeadlinePassed(revision):
            # Without a list of these letters the key waits on: it does not mean the letters.
            return _make_do(state, revision) if state.list_is_current else (state, ())
        case GivenUp(revision):
            return _make_do(state, revision)
        case CandidatePicked() | PinAsked() | ForgetAsked() | PageTurned():
            # While keys wait, the page is about to change under the pointer.
            state = replace(state, mode_key_alone=False)
            return (state, ()) if state.waiting else _pointed(state, event)
        case FocusLost() | Reset() | ContextChanged() | OptionsChanged() | ModeToggled():
            return _host_event(state, event)
        case OffersArrived(context, items):
            return offer(state, context, items), ()
        case RepairAsked():
            return (state, ()) if state.composing else ask_repair(state)
        case RepairsArrived(context, repairs):
            return offer_repairs(state, context, repairs)
        case _:
            assert_never(event)


def _host_event(
    state: SessionState,
    event: FocusLost | Reset | ContextChanged | OptionsChanged | ModeToggled,
) -> Step:
    match event:
        case FocusLost():
            return _focus_lost(state)
        case Reset(context):
            return _reset(state, context)
        case ContextChanged(context):
            return _context_changed(state, context)
        case OptionsChanged(options):
            return set_options(dismiss(state), options), ()
        case ModeToggled():
            state, effects = _flush(dismiss(state))
            state, toggled = toggle_mode(state)
            return state, (*effects, *toggled)


# --- keys --------------------------------------------------------------------------------


def _key(state: SessionState, event: KeyEvent) -> Step:
    if state.waiting:
        return replace(state, waiting=(*state.waiting, event)), ()
    return _run_key(state, event, forced=False)


def _run_key(state: SessionState, event: KeyEvent, *, forced: bool) -> Step:
    """Carry out a key before which none waits; `forced` if it must not wait itself."""
    if event.key in MODIFIER_KEYS or not event.pressed:
        return _modifier_key(state, event)
    state = replace(_notice_capitals(state, event), mode_key_alone=False)
    if state.offers:
        if (pressed := press(state, event)) is not None:
            return pressed
        state = dismiss(state)
    command = _command_of(state, event, forced=forced)
    if needs_list(state, command) and not forced:
        return replace(state, waiting=(event,)), (StartDeadline(state.composition.revision),)
    before = state
    state, effects = run_command(state, command, event)
    if state.last_commit is before.last_commit:
        # Only the very next key may take a commit back.
        state = replace(state, last_commit=None)
    turned = _page_keys(before, state, command, event)
    chosen: tuple[tuple[int, str], ...] = ()
    if command is KeyAction.SELECT and before.page_keys and not state.composing:
        chosen = (*before.page_keys, (len(before.composition.raw), event.text))
    return replace(state, page_keys=turned, last_page_keys=chosen), effects


def _page_keys(
    before: SessionState, after: SessionState, command: KeyAction, event: KeyEvent
) -> tuple[tuple[int, str], ...]:
    """The keys that turned pages, while letters are only added at the end."""
    known, raw = before.composition, after.composition.raw
    if command is KeyAction.REOPEN_COMMIT and raw:
        return before.last_page_keys
    turned = command in (KeyAction.PAGE_PREVIOUS, KeyAction.PAGE_NEXT)
    if known.raw and turned and event.text and not event.is_shortcut:
        return (*before.page_keys, (len(raw), event.text))
    added = known.raw and len(raw) >= len(known.raw) and raw.startswith(known.raw)
    return before.page_keys if added and known.caret == len(known.raw) else ()


def _command_of(state: SessionState, event: KeyEvent, *, forced: bool) -> KeyAction:
    if state.composing and event.key is Key.CHARACTER and not event.is_shortcut:
        if state.status is Status.LITERAL and name_ends(state, event.text):
            return KeyAction.MARK
        if literal_continues(state, event.text):
            return KeyAction.INSERT
        if name_continues(state, event.text, forced=forced):
            return KeyAction.INSERT
        if state.status is Status.COMPOSING and completes_code(state, event.text):
            return KeyAction.INSERT
    options, status = state.options, state.status
    return find_command(status, event, options.overlays(status), options.keymap)


def _modifier_key(state: SessionState, event: KeyEvent) -> Step:
    """Shift, or the key set for it, tapped alone switches Chinese and English."""
    if event.key is not state.options.mode_key:
        alone = state.mode_key_alone and event.key not in MODIFIER_KEYS
        return replace(state, mode_key_alone=alone), (PassKey(event),)
    if event.pressed:
        alone = not event.modifiers & (SHORTCUT | Modifiers.SHIFT)
        return replace(state, mode_key_alone=alone), (PassKey(event),)
    tapped = state.mode_key_alone
    state = replace(state, mode_key_alone=False)
    if not tapped:
        return state, (PassKey(event),)
    state, effects = toggle_mode(dismiss(state))
    return state, (*effects, PassKey(event))


def _notice_capitals(state: SessionState, event: KeyEvent) -> SessionState:
    """A small letter without Shift proves that Caps Lock is off, whatever was counted."""
    small = event.key is Key.CHARACTER and event.text.islower()
    if state.capitals and small and not event.modifiers & Modifiers.SHIFT:
        return replace(state, capitals=False)
    return state


# --- waiting keys ------------------------------------------------------------------------


def _drain(state: SessionState, *, forced: bool) -> Step:
    """Carry out waiting keys until one has to wait again; `forced` holds for the first."""
    queue = state.waiting
    state = replace(state, waiting=())
    effects: tuple[Effect, ...] = ()
    while queue and not state.waiting:
        state, more = _run_key(state, queue[0], forced=forced)
        queue, effects, forced = queue[1:], effects + more, False
    return replace(state, waiting=state.waiting + queue), effects


def _make_do(state: SessionState, revision: int) -> Step:
    """Carry out the key that waits for the list of `revision` with what is there."""
    current = revision == state.composition.revision
    return _drain(state, forced=True) if current and state.waiting else (state, ())


def _flush(state: SessionState) -> Step:
    """Carry out all waiting keys with what is there.

    The list of fewer letters is not: it would choose their front, and nothing would be left to
    wait for the list of their torn end.
    """
    effects: tuple[Effect, ...] = ()
    while state.waiting:
        if not state.list_is_current:
            state = replace(state, candidates=None, page=None)
        state, more = _drain(state, forced=True)
        effects += more
    return state, effects


# --- the pointer -------------------------------------------------------------------------


def _pointed(
    state: SessionState, event: CandidatePicked | PinAsked | ForgetAsked | PageTurned
) -> Step:
    match event:
        case CandidatePicked(index, how):
            chosen = take(state, index) if state.offers else pick(state, index, how)
            return chosen or (state, ())
        case PinAsked(index):
            return pin(state, index)
        case ForgetAsked(index):
            return forget(state, index)
        case PageTurned(delta):
            return turn(state, delta)


# --- what is not a key -------------------------------------------------------------------


def _list_arrived(state: SessionState, listed: CandidateList) -> Step:
    if not state.composing or listed.revision != state.composition.revision:
        return state, ()
    listed = in_script(state, offer_as_typed(state, literal_first(listed)))
    size = state.options.page_size
    painted = state.candidates
    if painted is None or state.page is None or not state.list_is_current:
        if not listed.final and not listed.items:
            return state, ()
        page = cut_page(listed, size)
    elif painted.final or not listed.final:
        return state, ()
    else:
        listed = keep_painted(painted, listed, _kept_places(state.page, listed, size))
        page = cut_page(listed, size, state.page.number, state.page.highlight)
    state = replace(state, candidates=listed, page=page)
    # A key that waits wants the better list; only the deadline lets it take the first.
    return _drain(state, forced=False) if listed.final else (state, ())


def _kept_places(page: Page, listed: CandidateList, size: int) -> int:
    """How many places of a provisional list its final one must not change."""
    if not listed.items:
        return sys.maxsize
    chosen_from = page.number or page.highlight
    return (page.number + 1) * size if chosen_from else 0


def _focus_lost(state: SessionState) -> Step:
    state, effects = _flush(dismiss(state))
    state, committed = commit_raw(state)
    return replace(state, last_commit=None, mode_key_alone=False), (*effects, *committed)


def _reset(state: SessionState, context: LeftContext) -> Step:
    fresh = initial_state(state.options, context)
    # Revisions and ids of commits go on: late answers and a Retract must not name two.
    state = replace(
        fresh,
        mode=state.mode,
        capitals=state.capitals,
        composition=Composition(revision=state.composition.revision + 1),
        commit_count=state.commit_count,
    )
    return state, prepare(state)


def _context_changed(state: SessionState, context: LeftContext) -> Step:
    context = align_readings(state.context, context.last(CONTEXT_LIMIT))
    if context == state.context:
        return state, ()
    before, after = state.context.text, context.text
    commit, quotes = state.last_commit, state.quotes
    if commit is not None and not after.endswith(commit.text):
        # What Backspace deletes there was not committed just now.
        commit = None
    if not (after.endswith(before) or before.endswith(after)) or not (before and after):
        quotes = Quotes().read(after)
    state = replace(dismiss(state), context=context, last_commit=commit, quotes=quotes)
    return state, prepare(state)


def align_readings(known: LeftContext, reported: LeftContext) -> LeftContext:
    """The reported context with the typed readings of the text both end with.

    Args:
        known: what the session committed, with readings.
        reported: what the host says, usually without.
    """
    common = 0
    for ours, theirs in zip(reversed(known.text), reversed(reported.text), strict=False):
        if ours != theirs:
            break
        common += 1
    shift = len(reported.text) - len(known.text)
    first = len(known.text) - common
    readings = dict(reported.readings)
    for offset, syllable in known.readings:
        if offset >= first:
            readings.setdefault(offset + shift, syllable)
    return LeftContext(reported.text, tuple(sorted(readings.items())))
