"""Changes of the composition: new letters, a choice, a commit. Each returns state and effects.

Only these functions touch revision, list and page together, so that a page can never survive
the letters it was cut for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from ime.lexicon.punctuation import full_width
from ime.pinyin.inventory import DELIMITER, letters_of
from ime.session.events import (
    CommitText,
    Convert,
    Effect,
    Learn,
    Prepare,
    Refusal,
    Refused,
    SetMark,
)
from ime.session.pages import cut_page
from ime.session.preedit import is_literal
from ime.session.rewriters import literal_list
from ime.session.state import CONTEXT_LIMIT, Mode, SessionState
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
        page = cut_page(listed, state.options.page_size)
        return replace(state, candidates=listed, page=page), ()
    return state, (Convert(state.request),)


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
        passed_over=(*state.passed_over, _passed_over(state, candidate.text)),
    )
    if end < len(rest):
        return recompose(state, replace(composition, fixed=fixed, caret=caret))
    return _commit(state, fixed, state.selections)


def _passed_over(state: SessionState, chosen: str) -> frozenset[str]:
    """What the pages up to the painted one say the text behind a choice does not begin with."""
    seen = set(state.passed_over[-1]) if state.passed_over else set()
    if state.candidates is not None and state.page is not None:
        count = (state.page.number + 1) * state.options.page_size
        seen |= {item.text for item in state.candidates.items[:count]}
    return frozenset(
        text[len(chosen) :] for text in seen if text.startswith(chosen) and text != chosen
    )


def selection_of(
    state: SessionState, candidate: Candidate, rank: int, how: How
) -> Selection | None:
    """What choosing a candidate teaches; None for letters, dates and in private mode.

    Args:
        state: before the choice.
        candidate: the choice.
        rank: its place in the whole list, from 0.
        how: key or mouse.
    """
    if state.options.private or not candidate.syllables:
        return None
    offered = _offered(state)
    return Selection(
        context=state.full_context,
        raw=state.letters(state.composition.rest[: candidate.end]),
        syllables=candidate.syllables,
        offered=tuple(item.text for item in offered),
        chosen=candidate.text,
        rank=rank,
        how=how,
        scores=_scores(offered),
    )


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
    if not candidate.syllables:
        return state, (Refused(Refusal.NO_WORD),)
    letters = letters_of(state.letters(state.composition.rest[: candidate.end]))
    wanted = Mark(kind, letters, candidate.syllables, candidate.text)
    state, effects = recompose(state, state.composition)
    return state, (SetMark(wanted), *effects)


def commit_raw(state: SessionState) -> Step:
    """Commit the chosen parts and the letters behind them as they are; nothing is learned."""
    composition = state.composition
    if not composition.raw:
        return state, ()
    letters = _letters(composition.rest)
    return _commit(state, (*composition.fixed, letters), ())


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
        first, text=first.text[:count], syllables=first.syllables[:count], end=spans[count][0]
    )


def commit_candidate(state: SessionState, candidate: Candidate) -> Step:
    """Commit a candidate that no letters stand for; nothing may be composing or is learned."""
    return _commit(state, (candidate,), ())


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
    text = "".join(part.text for part in parts)
    syllables = tuple(syllable for part in parts for syllable in part.syllables)
    complete = all(len(part.syllables) == len(part.text) for part in parts)
    commit = Commit(state.commit_count + 1, text, syllables if complete else (), kept)
    letters = state.composition.raw[: sum(part.end for part in parts)]
    state = clear(state)
    for part in parts:
        state = grow_context(state, part.text, part.syllables)
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
