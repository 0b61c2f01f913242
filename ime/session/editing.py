"""Commands that edit the letters, move the caret, or move over the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from ime.session.composition import Step, clear, commit_front, give_back, recompose
from ime.session.events import Effect, Refusal, Refused
from ime.session.keys import KeyAction
from ime.session.pages import cut_page, move_highlight, turn_page
from ime.session.preedit import is_literal, syllable_starts
from ime.session.script import turned
from ime.session.state import MAX_LETTERS, MAX_LITERAL, SessionOptions, SessionState

# --- letters -----------------------------------------------------------------------------


def is_full(state: SessionState) -> bool:
    """Whether the letters are as many as are converted at once."""
    raw = state.composition.raw
    return len(raw) >= MAX_LETTERS and not is_literal(state.composition.rest)


def insert(state: SessionState, text: str) -> Step:
    """Put a character at the caret; a full composition makes room by its front."""
    effects: tuple[Effect, ...] = ()
    if is_full(state):
        if state.composition.caret < len(state.composition.raw):
            # The front would go from under the caret.
            return state, (Refused(Refusal.FULL),)
        state, effects = commit_front(state)
    composition = state.composition
    raw = composition.raw[: composition.caret] + text + composition.raw[composition.caret :]
    if len(raw) > MAX_LITERAL:
        return state, (Refused(Refusal.FULL),)
    caret = composition.caret + len(text)
    state, more = recompose(state, replace(composition, raw=raw, caret=caret))
    return state, (*effects, *more)


def _delete(state: SessionState, start: int, end: int) -> Step:
    """Delete the letters [start, end) of the raw input."""
    composition = state.composition
    if start >= end:
        return state, ()
    raw = composition.raw[:start] + composition.raw[end:]
    return recompose(state, replace(composition, raw=raw, caret=start))


def _delete_left(state: SessionState) -> Step:
    composition = state.composition
    if composition.fixed:
        return give_back(state)
    return _delete(state, max(0, composition.caret - 1), composition.caret)


def _delete_right(state: SessionState) -> Step:
    caret = state.composition.caret
    return _delete(state, caret, min(caret + 1, len(state.composition.raw)))


def _delete_syllable(state: SessionState) -> Step:
    composition = state.composition
    if composition.fixed and composition.caret <= composition.fixed_end:
        return give_back(state)
    return _delete(state, _previous_start(state), composition.caret)


def _cancel(state: SessionState) -> Step:
    return clear(state), ()


# --- caret -------------------------------------------------------------------------------


def _place_caret(state: SessionState, caret: int) -> Step:
    composition = state.composition
    caret = min(max(caret, composition.fixed_end), len(composition.raw))
    return replace(state, composition=replace(composition, caret=caret)), ()


def _boundaries(state: SessionState) -> tuple[int, ...]:
    """Offsets in the raw input where a syllable of the rest starts, and its end."""
    composition = state.composition
    starts = syllable_starts(composition.rest, state.candidates, state.options.scheme)
    return (*(composition.fixed_end + start for start in starts), len(composition.raw))


def _previous_start(state: SessionState) -> int:
    caret = state.composition.caret
    before = [boundary for boundary in _boundaries(state) if boundary < caret]
    return before[-1] if before else caret


def _syllable_left(state: SessionState) -> Step:
    return _place_caret(state, _previous_start(state))


def _syllable_right(state: SessionState) -> Step:
    caret = state.composition.caret
    behind = [boundary for boundary in _boundaries(state) if boundary > caret]
    return _place_caret(state, behind[0] if behind else caret)


def _caret_inside(state: SessionState) -> bool:
    return state.composition.caret < len(state.composition.raw)


def _tab_forward(state: SessionState) -> Step:
    inside = _caret_inside(state)
    return _syllable_right(state) if inside else _move_highlight(state, 1)


def _tab_backward(state: SessionState) -> Step:
    inside = _caret_inside(state)
    return _syllable_left(state) if inside else _move_highlight(state, -1)


def _home(state: SessionState) -> Step:
    """To the first candidate; from there, the caret to the first letter."""
    page = state.page
    if page is not None and (page.number or page.highlight):
        return _move_highlight(state, -_everything(state))
    return _place_caret(state, 0)


def _end(state: SessionState) -> Step:
    """The caret behind the last letter; from there, to the last candidate."""
    if _caret_inside(state):
        return _place_caret(state, len(state.composition.raw))
    return _move_highlight(state, _everything(state))


# --- pages -------------------------------------------------------------------------------


def _everything(state: SessionState) -> int:
    return len(state.candidates.items) if state.candidates else 0


def _move_highlight(state: SessionState, delta: int) -> Step:
    if state.page is None or state.candidates is None:
        return state, ()
    page = move_highlight(state.candidates, state.page, state.options.page_size, delta)
    return replace(state, page=page), ()


def turn(state: SessionState, delta: int) -> Step:
    """Turn the painted page; nothing happens before the first and behind the last."""
    if state.page is None or state.candidates is None:
        return state, ()
    page = turn_page(state.candidates, state.page, state.options.page_size, delta)
    return replace(state, page=page), ()


def set_options(state: SessionState, options: SessionOptions) -> SessionState:
    """Other switches; another page size paints the first page anew."""
    resized = options.page_size != state.options.page_size
    other_script = options.traditional != state.options.traditional
    state = replace(state, options=options)
    state = turned(state) if other_script else state
    if not resized or state.candidates is None:
        return state
    return replace(state, page=cut_page(state.candidates, options.page_size))


EDITS: Mapping[KeyAction, Callable[[SessionState], Step]] = MappingProxyType(
    {
        KeyAction.CANCEL: _cancel,
        KeyAction.DELETE_LEFT: _delete_left,
        KeyAction.DELETE_RIGHT: _delete_right,
        KeyAction.DELETE_SYLLABLE: _delete_syllable,
        KeyAction.CARET_LEFT: lambda state: _place_caret(state, state.composition.caret - 1),
        KeyAction.CARET_RIGHT: lambda state: _place_caret(state, state.composition.caret + 1),
        KeyAction.SYLLABLE_LEFT: _syllable_left,
        KeyAction.SYLLABLE_RIGHT: _syllable_right,
        KeyAction.HOME: _home,
        KeyAction.END: _end,
        KeyAction.TAB_FORWARD: _tab_forward,
        KeyAction.TAB_BACKWARD: _tab_backward,
        KeyAction.PAGE_PREVIOUS: lambda state: turn(state, -1),
        KeyAction.PAGE_NEXT: lambda state: turn(state, 1),
        KeyAction.HIGHLIGHT_PREVIOUS: lambda state: _move_highlight(state, -1),
        KeyAction.HIGHLIGHT_NEXT: lambda state: _move_highlight(state, 1),
    }
)
