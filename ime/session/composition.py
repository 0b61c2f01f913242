"""Changes of the composition: new letters, a choice, a commit. Each returns state and effects.

Only these functions touch revision, list and page together, so that a page can never survive
the letters it was cut for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ime.lexicon.dotted_names import DOT
from ime.lexicon.kept_letters import SHORTEST, is_plain, may_be_kept
from ime.lexicon.punctuation import full_width
from ime.pinyin.inventory import DELIMITER, letters_of
from ime.session.dotted_letters import offer_as_typed
from ime.session.events import (
    CommitText,
    Convert,
    Effect,
    Learn,
    Prepare,
    Refusal,
    Refused,
    ReplaceLast,
    Retract,
    SetMark,
)
from ime.session.pages import cut_page
from ime.session.preedit import is_literal
from ime.session.rewriters import insert_at, literal_list
from ime.session.script import in_script, joined
from ime.session.state import CONTEXT_LIMIT, LettersBefore, Mode, SessionState
from ime.values import (
    LEADERS,
    Candidate,
    Commit,
    Composition,
    How,
    LeftContext,
    Mark,
    MarkKind,
    Selection,
    Source,
)

Step = tuple[SessionState, tuple[Effect, ...]]


def recompose(state: SessionState, composition: Composition) -> Step:
    """Take a changed composition, and ask for its candidates.

    The painted page stays until the answer comes, unless the fixed parts changed: then its
    candidates stand for other letters.
    """
    changed = replace(composition, revision=state.composition.revision + 1)
    if not changed.raw:
        return clear(state), ()
    while changed.fixed and not changed.rest:
        # Deleting took all letters behind the choices: the last choice is open again.
        changed = replace(changed, fixed=changed.fixed[:-1])
    parts = len(changed.fixed)
    same_front = changed.fixed == state.composition.fixed
    displaced = _displaced(state, changed.rest)
    state = replace(
        state,
        composition=changed,
        selections=state.selections[:parts],
        passed_over=state.passed_over[:parts],
        candidates=state.candidates if same_front else None,
        page=state.page if same_front else None,
    )
    if is_literal(changed.rest):
        listed = literal_list(changed.revision, changed.rest)
        listed = insert_at(offer_as_typed(state, listed), 2, displaced)
        listed = in_script(state, listed)
        page = cut_page(listed, state.options.page_size)
        return replace(state, candidates=listed, page=page), ()
    return state, (Convert(state.request),)


def _displaced(state: SessionState, rest: str) -> tuple[Candidate, ...]:
    """What a digit would have chosen, had it not become part of the letters."""
    page, digit = state.page, rest[-1:]
    if page is None or not state.list_is_current or is_literal(state.composition.rest):
        return ()
    if rest[:-1] != state.composition.rest or not digit.isdecimal() or len(rest) < 3:
        return ()  # v and u are numerals, not words
    chosen = page.items[int(digit) - 1 : int(digit)] if digit > "0" else ()
    return tuple(
        replace(item, syllables=(), end=len(rest))
        for item in chosen
        if digit != "1" or item.text.lower() != rest[:-1]
    )


def clear(state: SessionState) -> SessionState:
    """Nothing composed, nothing painted."""
    return replace(
        state,
        composition=Composition(revision=state.composition.revision + 1),
        selections=(),
        passed_over=(),
        candidates=None,
        page=None,
    )


def give_back(state: SessionState) -> Step:
    """Open the last choice again."""
    composition = replace(state.composition, fixed=state.composition.fixed[:-1])
    return recompose(state, composition)


def choose(state: SessionState, candidate: Candidate, selection: Selection | None) -> Step:
    """Fix a candidate for the front of the rest; commit when no letters are left.

    Args:
        state: composing.
        candidate: what was chosen; its `end` counts in letters of the rest.
        selection: what the choice teaches, or None.

    Delimiters right behind the candidate go with it.
    """
    composition = state.composition
    rest = composition.rest
    # At least one letter, whatever a converter says: a choice always moves on.
    end = min(max(candidate.end, 1), len(rest))
    while end < len(rest) and rest[end] == DELIMITER:
        end += 1
    fixed = (*composition.fixed, replace(candidate, end=end))
    caret = max(composition.caret, composition.fixed_end + end)
    state = replace(
        state,
        selections=(*state.selections, selection),
        passed_over=(*state.passed_over, _passed_over(state, candidate.plain)),
    )
    if end < len(rest):
        return recompose(state, replace(composition, fixed=fixed, caret=caret))
    return _commit(state, fixed, state.selections)


def _passed_over(state: SessionState, chosen: str) -> frozenset[str]:
    """What the pages up to the painted one say the text behind a choice does not begin with."""
    seen = set(state.passed_over[-1]) if state.passed_over else set()
    if state.candidates is not None and state.page is not None:
        count = (state.page.number + 1) * state.options.page_size
        seen |= {item.plain for item in state.candidates.items[:count]}
    return frozenset(
        text[len(chosen) :] for text in seen if text.startswith(chosen) and text != chosen
    )


def selection_of(
    state: SessionState, candidate: Candidate, rank: int, how: How
) -> Selection | None:
    """What choosing a candidate teaches; None for dates, symbols and in private mode.

    Of texts with letters or a dot among hanzi it is that they were meant by the letters, where
    they did not stand first.

    Args:
        state: before the choice.
        candidate: the choice.
        rank: its place in the whole list, from 0.
        how: key or mouse.
    """
    if state.options.private:
        return None
    if not candidate.syllables and not (rank and _is_mixed(candidate)):
        return None
    offered = _offered(state)
    return Selection(
        context=state.full_context,
        raw=state.letters(state.composition.rest[: candidate.end]),
        syllables=candidate.syllables,
        offered=tuple(item.plain for item in offered),
        chosen=candidate.plain,
        rank=rank,
        how=how,
        scores=_scores(offered),
    )


def _is_mixed(candidate: Candidate) -> bool:
    """Whether a text has letters or a dot among hanzi, is no phrase and may be remembered."""
    text = candidate.plain
    marked = any(c == DOT or (c.isascii() and c.isalpha()) for c in text)
    own = candidate.source is Source.PHRASE
    return marked and not text.isascii() and not own and may_be_kept(text)


def letters_selection(state: SessionState) -> Selection | None:
    """What committing all letters as they are teaches; None where they may be a secret."""
    raw = state.composition.raw
    if state.options.private or state.composition.fixed or len(raw) < SHORTEST:
        return None
    if not is_plain(raw):
        return None
    return Selection(state.context, state.letters(raw), (), (), raw, -1, How.ENTER)


def _scores(offered: tuple[Candidate, ...]) -> tuple[float, ...]:
    """Up to the last one that spells as many letters as the first."""
    nats = [
        # Rounded as the log keeps it.
        round(item.score - item.own, 3) if _rivals(item, offered[0]) else -math.inf
        for item in offered
    ]
    while nats and nats[-1] == -math.inf:
        nats.pop()
    return tuple(nats)


def _rivals(item: Candidate, first: Candidate) -> bool:
    """Whether a candidate has a probability beside the first; symbols and letters have none."""
    return bool(item.syllables) and item.end == first.end


def _offered(state: SessionState) -> tuple[Candidate, ...]:
    """The painted page, and the model's leaders for the letters of its first beside it."""
    if state.page is None or state.candidates is None:
        return ()
    painted = state.page.items
    same = [item for item in state.candidates.items if _rivals(item, painted[0])]
    leaders = sorted(same, key=lambda item: item.own - item.score)[:LEADERS]
    return (*painted, *(item for item in leaders if item not in painted))


def mark(state: SessionState, candidate: Candidate, kind: MarkKind) -> Step:
    """Let the user's word on a candidate hold, and ask for the list anew.

    It is refused in private mode, which writes nothing down, and for letters and dates.

    Args:
        state: composing.
        candidate: painted.
        kind: what is wanted of it.
    """
    if state.options.private:
        return state, (Refused(Refusal.PRIVATE),)
    forgets_letters = kind is MarkKind.FORGOTTEN and candidate.source is Source.USER
    if not candidate.syllables and not forgets_letters:
        return state, (Refused(Refusal.NO_WORD),)
    letters = letters_of(state.letters(state.composition.rest[: candidate.end]))
    wanted = Mark(kind, letters, candidate.syllables, candidate.plain)
    state, effects = recompose(state, state.composition)
    return state, (SetMark(wanted), *effects)


def commit_raw(state: SessionState, taught: Selection | None = None) -> Step:
    """Commit the chosen parts and the letters behind them as they are.

    Args:
        state: composing, or idle, where nothing happens.
        taught: what is learned of it; None for nothing.
    """
    composition = state.composition
    if not composition.raw:
        return state, ()
    letters = _letters(composition.rest)
    return _commit(state, (*composition.fixed, letters), (taught,))


def commit_front(state: SessionState) -> Step:
    """Commit the front of a long composition as it is converted; the rest goes on.

    The front is what was chosen; where nothing was, the first half of what stands first, since
    letters still to come say little of it. Without a list it is all letters as they are.
    """
    composition = state.composition
    parts, selections = composition.fixed, state.selections
    if not parts and (front := _front(state)) is not None:
        parts, selections = (front,), ()
    if not parts:
        return commit_raw(state)
    end = sum(part.end for part in parts)
    raw, caret = composition.raw[end:], max(0, composition.caret - end)
    state, effects = _commit(state, parts, selections)
    rest = Composition(raw, caret, revision=state.composition.revision)
    state, more = recompose(state, rest)
    return state, (*effects, *more)


def _front(state: SessionState) -> Candidate | None:
    """About half of the first candidate, or all where it cannot be cut; no one chose it."""
    listed = state.candidates
    if listed is None or not listed.items or not state.list_is_current:
        return None
    first, spans = listed.items[0], listed.spans
    if not len(spans) == len(first.text) == len(first.syllables) > 1:
        return first
    count = len(spans) // 2
    return replace(
        first,
        text=first.text[:count],
        simplified=first.simplified[:count],
        syllables=first.syllables[:count],
        end=spans[count][0],
    )


def commit_candidate(state: SessionState, candidate: Candidate) -> Step:
    """Commit a candidate that no letters stand for; nothing may be composing or is learned."""
    return _commit(state, (candidate,), ())


def commit_with_parts(state: SessionState, text: str, parts: Sequence[LettersBefore]) -> Step:
    """Put text in place of the letters and of what those before their full stops became.

    Args:
        state: composing.
        text: all of it.
        parts: that stand before the letters; what they taught is taken back.
    """
    count = sum(len(part.committed) for part in parts)
    state = clear(state)
    for _ in range(count):
        state = shrink_context(state)
    state = replace(grow_context(state, text), letters_before=(), last_commit=None)
    effects: tuple[Effect, ...] = (ReplaceLast(count, text),)
    if not state.options.private:
        effects = (*(Retract(part.commit_id) for part in parts), *effects)
    return state, (*effects, *prepare(state))


def commit_text(state: SessionState, text: str, instead_of: str = "") -> Step:
    """Commit text that was not converted, a mark for instance; nothing may be composing.

    Args:
        state: idle.
        text: to be committed.
        instead_of: what a Backspace right behind it makes of it.
    """
    state, effects = _commit(state, (_letters(text),), ())
    return remember(state, text, instead_of), effects


def remember(state: SessionState, text: str, instead_of: str = "") -> SessionState:
    """The state in which `text` is what was just put in, for the next key to take back."""
    commit = Commit(state.commit_count, text, instead_of=instead_of)
    return replace(state, last_commit=commit, last_letters="")


def _letters(text: str) -> Candidate:
    return Candidate(text, (), len(text), Source.LITERAL)


def _widened(part: Candidate) -> Candidate:
    """Letters that stay letters, in full width."""
    return replace(part, text=full_width(part.text)) if part.source is Source.LITERAL else part


def _commit(
    state: SessionState, parts: Iterable[Candidate], selections: Iterable[Selection | None]
) -> Step:
    parts = (
        tuple(_widened(part) for part in parts) if state.options.full_width else tuple(parts)
    )
    kept = () if state.options.private else tuple(s for s in selections if s is not None)
    text = "".join(part.plain for part in parts)
    shown = joined(parts) if state.options.traditional else ""
    syllables = tuple(syllable for part in parts for syllable in part.syllables)
    complete = all(len(part.syllables) == len(part.text) for part in parts)
    complete_reading = syllables if complete else ()
    commit = Commit(state.commit_count + 1, text, complete_reading, kept, traditional=shown)
    letters = state.composition.raw[: sum(part.end for part in parts)]
    state = clear(state)
    for part in parts:
        state = grow_context(state, part.plain, part.syllables)
    state = replace(state, commit_count=commit.id, last_commit=commit, last_letters=letters)
    learn: tuple[Effect, ...] = (Learn(commit),) if kept else ()
    return state, (CommitText(commit), *learn, *prepare(state))


def grow_context(
    state: SessionState, text: str, syllables: tuple[str, ...] = ()
) -> SessionState:
    """The state after `text` was put at the caret."""
    context = state.context.append(text, syllables).last(CONTEXT_LIMIT)
    return replace(state, context=context, quotes=state.quotes.read(text))


def shrink_context(state: SessionState) -> SessionState:
    """The state after the character left of the caret was deleted."""
    text = state.context.text
    if not text:
        return state
    readings = tuple(item for item in state.context.readings if item[0] < len(text) - 1)
    quotes = state.quotes.unread(text[-1])
    return replace(state, context=LeftContext(text[:-1], readings), quotes=quotes)


def prepare(state: SessionState) -> tuple[Effect, ...]:
    """The effect that gets the converter ready for the next letter, where one may come."""
    if state.mode is Mode.ENGLISH or state.composing:
        return ()
    return (Prepare(state.context),)
