"""Domains and file names that a full stop cut in two: baidu.com, main.py.

The full stop committed what stood before it, as it should: `baidu.` is 百度。 Where an ending
of such names follows, the letters with their dot are offered in place of both.
"""

from __future__ import annotations

from dataclasses import replace

from ime.session.composition import Step, grow_context, prepare, shrink_context
from ime.session.composition import clear as clear_composition
from ime.session.events import Effect, ReplaceLast, Retract
from ime.session.rewriters import insert_at
from ime.session.state import LettersBefore, SessionState
from ime.values import Candidate, CandidateList, Source

PLACE = 2
_ENDINGS = (
    "com cn net org edu gov io ai me cc tv app dev top xyz info co uk jp de fr us hk tw "
    "py js ts c h cpp java go rs rb php html htm css json xml yaml yml toml ini cfg conf "
    "sh bat exe apk txt md pdf doc docx xls xlsx ppt pptx csv log jpg jpeg png gif svg zip "
    "rar tar gz"
)
ENDINGS = frozenset(_ENDINGS.split(" "))
"""What stands behind the dot of common domains and files."""


def note_letters(before: SessionState, after: SessionState, mark: str) -> SessionState:
    """Remember the letters that a full stop has just ended.

    Args:
        before: composing.
        after: the same with the composition and the mark committed.
        mark: what was typed for it.
    """
    composition = before.composition
    small = composition.raw.isalpha() and composition.raw.isascii()
    known = before.context.text
    if (
        mark != "."
        or composition.fixed
        or not small
        or not after.context.text.startswith(known)
    ):
        return after
    committed = after.context.text[len(known) :]
    letters = LettersBefore(composition.raw + mark, committed, before.commit_count + 1)
    return replace(after, letters_before=letters)


def offer_dotted(state: SessionState, listed: CandidateList) -> CandidateList:
    """The list with the whole name where its letters are the ending of one."""
    text = _dotted(state)
    if not text:
        return listed
    candidate = Candidate(text, (), len(listed.raw), Source.LITERAL)
    return insert_at(listed, PLACE, (candidate,))


def choose_dotted(state: SessionState, candidate: Candidate) -> Step | None:
    """Put the name in place of what the full stop committed; None for other candidates."""
    before, text = state.letters_before, _dotted(state)
    if before is None or not text or candidate.text != text:
        return None
    state = clear_composition(state)
    for _ in before.committed:
        state = shrink_context(state)
    state = replace(grow_context(state, text), letters_before=None, last_commit=None)
    effects: tuple[Effect, ...] = (ReplaceLast(len(before.committed), text),)
    if not state.options.private:
        effects = (Retract(before.commit_id), *effects)
    return state, (*effects, *prepare(state))


def _dotted(state: SessionState) -> str:
    before, composition = state.letters_before, state.composition
    if before is None or composition.fixed or composition.raw not in ENDINGS:
        return ""
    if not state.context.text.endswith(before.committed):
        return ""
    return before.letters + composition.raw
