"""Traditional characters while they are on: what is painted and committed, not what is learned.

The converter, what is learned and the context know simplified characters alone. A candidate
gets its traditional text when it comes into the session, and keeps the other beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ime.lexicon.script import to_traditional
from ime.session.pages import cut_page
from ime.session.state import SessionState
from ime.values import Candidate, CandidateList, Source


def traditional(candidate: Candidate) -> Candidate:
    """A candidate in traditional characters; what the user wrote himself stays as it is."""
    if candidate.source is Source.PHRASE or candidate.simplified:
        return candidate
    text = to_traditional(candidate.text)
    comment = to_traditional(candidate.comment)
    if (text, comment) == (candidate.text, candidate.comment):
        return candidate
    return replace(candidate, text=text, comment=comment, simplified=candidate.text)


def in_script(state: SessionState, listed: CandidateList) -> CandidateList:
    """A list in the characters that are on."""
    if not state.options.traditional:
        return listed
    return replace(listed, items=tuple(map(traditional, listed.items)))


def turned(state: SessionState) -> SessionState:
    """The state after the characters changed: what is painted follows."""
    on = state.options.traditional

    def each(items: Iterable[Candidate]) -> tuple[Candidate, ...]:
        return tuple(traditional(item) if on else _simplified(item) for item in items)

    composition = replace(state.composition, fixed=each(state.composition.fixed))
    state = replace(state, composition=composition)
    listed, page = state.candidates, state.page
    if listed is None or page is None:
        return state
    listed = replace(listed, items=each(listed.items))
    page = cut_page(listed, state.options.page_size, page.number, page.highlight)
    return replace(state, candidates=listed, page=page)


def _simplified(candidate: Candidate) -> Candidate:
    return replace(candidate, text=candidate.plain, simplified="")


def joined(parts: Iterable[Candidate]) -> str:
    """The text of a commit in traditional characters, by the words that its parts make."""
    text, run = "", ""
    for part in parts:
        if part.source is Source.PHRASE:
            text, run = text + to_traditional(run) + part.text, ""
        else:
            run += part.plain
    return text + to_traditional(run)
