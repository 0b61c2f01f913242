"""What keys do to a session: choices, marks, keys of the host, switches; the table of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from ime.lexicon.importers.entries import is_hanzi
from ime.lexicon.punctuation import chinese_mark, full_width, of_number
from ime.session.composition import (
    Step,
    choose,
    clear,
    commit_raw,
    commit_text,
    commit_with_parts,
    grow_context,
    letters_selection,
    mark,
    prepare,
    recompose,
    remember,
    selection_of,
    shrink_context,
)
from ime.session.dotted_letters import drive_before, note_letters, parts_of
from ime.session.editing import EDITS, insert, is_full
from ime.session.events import (
    Effect,
    PassKey,
    Refusal,
    Refused,
    ReplaceLast,
    Retract,
    StartDeadline,
)
from ime.session.keys import FUNCTION_KEYS, Key, KeyAction, KeyEvent, Modifiers
from ime.session.offers import ask_repair
from ime.session.script import turned
from ime.session.state import LettersBefore, Mode, SessionState
from ime.values import Candidate, Composition, How, MarkKind, Source

# Louder, brighter, help: none acts on the text.
_NAMELESS = FUNCTION_KEYS | {Key.CHARACTER, Key.UNKNOWN}
_TYPED_BY = {Key.SPACE: " ", Key.ENTER: "\n", Key.TAB: "\t"}


def pick(state: SessionState, index: int, how: How) -> Step | None:
    """Choose the candidate at `index` of the painted page.

    Returns:
        None if the page has no such candidate, or if it was cut for letters that have changed
        since and the candidate no longer spells their front.
    """
    candidate = painted(state, index)
    if candidate is None or state.page is None:
        return None
    if parts := parts_of(state, candidate):
        return commit_with_parts(state, candidate.text, parts)
    rank = state.page.number * state.options.page_size + index
    return choose(state, candidate, selection_of(state, candidate, rank, how))


def painted(state: SessionState, index: int) -> Candidate | None:
    """The candidate at `index` of the page, if it stands for letters that are still there."""
    page, listed = state.page, state.candidates
    if page is None or listed is None or not 0 <= index < len(page.items):
        return None
    candidate = page.items[index]
    if not state.composition.rest.startswith(listed.raw[: candidate.end]):
        return None
    return candidate


def highlight_index(state: SessionState) -> int:
    """Place of the highlight on the page; 0 without one."""
    return state.page.highlight if state.page is not None else 0


# --- choices -----------------------------------------------------------------------------


def _choose(state: SessionState) -> Step:
    chosen = pick(state, highlight_index(state), How.SPACE)
    return chosen if chosen is not None else commit_raw(state)


def _select(state: SessionState, event: KeyEvent) -> Step:
    # A digit without a candidate is swallowed: it must not land behind the letters.
    return _select_at(state, int(event.text) - 1)


def _select_at(state: SessionState, index: int) -> Step:
    return pick(state, index, How.DIGIT) or (state, ())


def _choose_character(state: SessionState, place: int) -> Step:
    """Choose one character of the highlight; the letters of the others are used up with it."""
    candidate = painted(state, highlight_index(state))
    if candidate is None or not candidate.text:
        return state, ()
    syllables = candidate.syllables
    known = len(syllables) == len(candidate.text)
    character = replace(
        candidate,
        text=candidate.text[place],
        simplified=candidate.simplified[place] if candidate.simplified else "",
        syllables=(syllables[place],) if known else (),
    )
    # It does not spell the letters, so it teaches nothing.
    return choose(state, character, None)


# --- the user's word on a candidate ---------------------------------------------------------


def pin(state: SessionState, index: int) -> Step:
    """Pin the candidate at `index` of the page; one that is pinned is released."""
    candidate = painted(state, index)
    if candidate is None:
        return state, ()
    pinned = candidate.source is Source.PINNED
    return mark(state, candidate, MarkKind.PLAIN if pinned else MarkKind.PINNED)


def forget(state: SessionState, index: int) -> Step:
    """Forget what was learned of a candidate; where nothing was, hide it.

    A single character is never hidden: it must stay within reach. Where choices for its
    reading gave it nothing, that is said, as nothing will be seen to change.
    """
    candidate = painted(state, index)
    if candidate is None:
        return state, ()
    learned = candidate.source in (Source.USER, Source.PINNED) or len(candidate.text) < 2
    state, effects = mark(state, candidate, MarkKind.FORGOTTEN if learned else MarkKind.HIDDEN)
    if (
        candidate.source is Source.CHARACTER
        and candidate.own <= 0
        and not state.options.private
    ):
        effects = (*effects, Refused(Refusal.NOT_LEARNED))
    return state, effects


# --- marks and keys of the host ----------------------------------------------------------


def _mark(state: SessionState, event: KeyEvent) -> Step:
    """End the composition with its first candidates, then type the mark."""
    if not state.composing:
        return _path_begun(state, event) or _type_mark(state, event)
    if _is_second_stop(state, event):
        return _end_name(state, event)
    before = state
    state, effects = pick(state, highlight_index(state), How.PUNCTUATION) or commit_raw(state)
    if state.composing:
        # Letters are left: the mark waits for their list, and chooses again.
        state = replace(state, waiting=(event,))
        return state, (*effects, StartDeadline(state.composition.revision))
    state, marked = _type_mark(replace(state, last_commit=None), event)
    return note_letters(before, state, event.text), (*effects, *marked)


def _path_begun(state: SessionState, event: KeyEvent) -> Step | None:
    r"""What a slash makes of the marks before it where it begins a path: C:\, ./, ../."""
    if event.text not in ("/", "\\") or not state.options.literal_addresses:
        return None
    if drive := drive_before(state):
        return _reopen_drive(state, drive, event.text)
    last, text = state.last_commit, state.context.text
    if event.text == "\\" or last is None or (last.text, last.instead_of) != ("。", "."):
        return None
    count = 2 if text == "。。" or text.endswith(("\n。。", " 。。")) else 1
    for _ in range(count):
        state = shrink_context(state)
    state, passed = _pass(grow_context(state, "." * count), event)
    return state, (ReplaceLast(count, "." * count), *passed)


def _reopen_drive(state: SessionState, drive: LettersBefore, slash: str) -> Step:
    """Compose a drive and its slash, in place of what its letter and colon became."""
    effects: tuple[Effect, ...] = (ReplaceLast(len(drive.committed), ""),)
    if not state.options.private:
        effects = (Retract(drive.commit_id), *effects)
    for _ in drive.committed:
        state = shrink_context(state)
    path = drive.letters + slash
    state, more = recompose(replace(state, letters_before=()), Composition(path, len(path)))
    return state, (*effects, *more)


def _is_second_stop(state: SessionState, event: KeyEvent) -> bool:
    """Whether it says that the full stop before it was no part of a name."""
    turns = state.options.chinese_punctuation and not event.modifiers & Modifiers.KEYPAD
    return turns and event.text == "." and state.composition.rest.endswith(".")


def _end_name(state: SessionState, event: KeyEvent) -> Step:
    """Commit what is highlighted without its full stop, then a Chinese one."""
    rest = state.composition.rest
    name = painted(state, highlight_index(state))
    name = name or Candidate(rest, (), len(rest), Source.LITERAL)
    state, effects = choose(state, replace(name, text=name.text.removesuffix(".")), None)
    mark_text = _widened(state, chinese_mark(event.text, state.quotes))
    state, marked = commit_text(state, mark_text, instead_of=_widened(state, event.text))
    return state, (*effects, *marked)


def _widened(state: SessionState, text: str) -> str:
    return full_width(text) if state.options.full_width else text


def _type_mark(state: SessionState, event: KeyEvent) -> Step:
    """Type a mark in the form that is wanted here; nothing may be composing."""
    text = plain = _widened(state, event.text)
    last = state.last_commit
    if state.options.chinese_punctuation and not event.modifiers & Modifiers.KEYPAD:
        chinese = _widened(state, chinese_mark(event.text, state.quotes))
        numeric = of_number(event.text, state.context.text[-1:])
        if numeric and state.options.number_marks:
            # It was passed on; pressed again, it was no part of the number.
            state, effects = _pass(state, event)
            return remember(state, plain), effects
        if last is not None and last.text == plain != chinese:
            state = grow_context(shrink_context(state), chinese)
            state = remember(state, chinese, instead_of=plain)
            return state, (ReplaceLast(len(plain), chinese), *prepare(state))
        text = chinese
        if text != plain and (numeric or event.text == "."):
            return commit_text(state, text, instead_of=plain)
    return _pass(state, event) if text == event.text else commit_text(state, text)


def _pass(state: SessionState, event: KeyEvent) -> Step:
    """Leave a key to the host, and follow what it does to the text left of the caret."""
    text = "" if event.is_shortcut else _TYPED_BY.get(event.key, event.text)
    if state.composing and (event.is_shortcut or event.key not in _NAMELESS):
        # It may select, replace, save or leave the text: the letters must be part of it.
        state, effects = commit_raw(state)
        return state, (*effects, PassKey(event))
    if state.composing or not text:
        return state, (PassKey(event),)
    if state.options.full_width and text.isprintable() and (wide := full_width(text)) != text:
        return commit_text(state, wide)
    if text.isprintable() or text in _TYPED_BY.values():
        state = grow_context(state, text)
    return state, (PassKey(event), *prepare(state))


def _undo_commit(state: SessionState, event: KeyEvent) -> Step:
    """Backspace with nothing composed."""
    commit = state.last_commit
    if commit is not None and commit.instead_of:
        state = grow_context(shrink_context(state), commit.instead_of)
        return state, (ReplaceLast(len(commit.text), commit.instead_of), *prepare(state))
    effects: tuple[Effect, ...] = (PassKey(event),)
    if commit is not None and commit.selections:
        effects = (Retract(commit.id), PassKey(event))
    state = shrink_context(state)
    return state, (*effects, *prepare(state))


def _repair(state: SessionState, event: KeyEvent) -> Step:
    """Ask what the last sentence should have been; the host's key where there is none."""
    hanzi = any(is_hanzi(character) for character in state.context.text[-3:])
    return ask_repair(state) if hanzi else _pass(state, event)


def _reopen_commit(state: SessionState, event: KeyEvent) -> Step:
    """Compose the letters of the last commit again; the host's key where there are none."""
    commit, letters = state.last_commit, state.last_letters
    if commit is None or not letters:
        return _pass(state, event)
    effects: tuple[Effect, ...] = (ReplaceLast(len(commit.text), ""),)
    if commit.selections:
        effects = (Retract(commit.id), *effects)
    for _ in commit.text:
        state = shrink_context(state)
    state, more = recompose(state, Composition(letters, len(letters)))
    return state, (*effects, *more)


# --- switches ----------------------------------------------------------------------------


def toggle_mode(state: SessionState) -> Step:
    """Chinese to English or back; letters that are composed are committed as they are."""
    state, effects = commit_raw(state)
    mode = Mode.ENGLISH if state.mode is Mode.CHINESE else Mode.CHINESE
    state = replace(state, mode=mode, capitals=False)
    return state, (*effects, *prepare(state))


def _toggle_punctuation(state: SessionState) -> Step:
    chinese = not state.options.chinese_punctuation
    return replace(state, options=replace(state.options, chinese_punctuation=chinese)), ()


def _toggle_width(state: SessionState) -> Step:
    wide = not state.options.full_width
    return replace(state, options=replace(state.options, full_width=wide)), ()


def _toggle_traditional(state: SessionState) -> Step:
    on = not state.options.traditional
    return turned(replace(state, options=replace(state.options, traditional=on))), ()


def _caps_lock(state: SessionState, event: KeyEvent) -> Step:
    """Letters are dropped, then capitals; the lock itself is the host's."""
    state = clear(state) if state.composing else state
    return replace(state, capitals=not state.capitals), (PassKey(event),)


_ACTIONS: Mapping[KeyAction, Callable[[SessionState], Step]] = MappingProxyType(
    {
        **EDITS,
        KeyAction.IGNORE: lambda state: (state, ()),
        KeyAction.CHOOSE: _choose,
        KeyAction.SELECT_SECOND: lambda state: _select_at(state, 1),
        KeyAction.SELECT_THIRD: lambda state: _select_at(state, 2),
        KeyAction.FIRST_CHARACTER: lambda state: _choose_character(state, 0),
        KeyAction.FORGET: lambda state: forget(state, highlight_index(state)),
        KeyAction.LAST_CHARACTER: lambda state: _choose_character(state, -1),
        KeyAction.COMMIT_RAW: lambda state: commit_raw(state, letters_selection(state)),
        KeyAction.TOGGLE_MODE: toggle_mode,
        KeyAction.TOGGLE_PUNCTUATION: _toggle_punctuation,
        KeyAction.TOGGLE_WIDTH: _toggle_width,
        KeyAction.TOGGLE_TRADITIONAL: _toggle_traditional,
    }
)
_KEY_ACTIONS: Mapping[KeyAction, Callable[[SessionState, KeyEvent], Step]] = MappingProxyType(
    {
        KeyAction.PASS: _pass,
        KeyAction.INSERT: lambda state, event: insert(state, event.text),
        KeyAction.SELECT: _select,
        KeyAction.PIN: lambda state, event: pin(state, int(event.text) - 1),
        KeyAction.MARK: _mark,
        KeyAction.UNDO_COMMIT: _undo_commit,
        KeyAction.REOPEN_COMMIT: _reopen_commit,
        KeyAction.REPAIR: _repair,
        KeyAction.CAPS_LOCK: _caps_lock,
    }
)
"""Commands for which it matters what the key typed or that the host sees it."""


def run_command(state: SessionState, command: KeyAction, event: KeyEvent) -> Step:
    """Carry out a command that `event` asked for."""
    if command in _KEY_ACTIONS:
        return _KEY_ACTIONS[command](state, event)
    return _ACTIONS[command](state)


NEEDS_LIST = frozenset(
    {
        KeyAction.CHOOSE,
        KeyAction.SELECT,
        KeyAction.SELECT_SECOND,
        KeyAction.SELECT_THIRD,
        KeyAction.FIRST_CHARACTER,
        KeyAction.LAST_CHARACTER,
        KeyAction.DELETE_SYLLABLE,
        KeyAction.SYLLABLE_LEFT,
        KeyAction.SYLLABLE_RIGHT,
        KeyAction.HOME,
        KeyAction.END,
        KeyAction.TAB_FORWARD,
        KeyAction.TAB_BACKWARD,
        KeyAction.PAGE_PREVIOUS,
        KeyAction.PAGE_NEXT,
        KeyAction.HIGHLIGHT_PREVIOUS,
        KeyAction.HIGHLIGHT_NEXT,
        KeyAction.PIN,
        KeyAction.FORGET,
        KeyAction.MARK,
    }
)
"""Commands that mean the list of the letters before them, and wait for it while composing."""


def needs_list(state: SessionState, command: KeyAction) -> bool:
    """Whether a command has to wait now."""
    if not state.composing or state.list_is_current:
        return False
    return command in NEEDS_LIST or (command is KeyAction.INSERT and is_full(state))
