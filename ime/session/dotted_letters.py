r"""Names that a key cut in two though all of them was meant as typed: main.py, a=b, C:\dir.

A full stop commits what stands before it, as it should: `baidu.` is 百度。 and - and = turn the
page. Where what follows tells that letters were meant, all that was typed is offered as it is,
in place of what the keys did before; behind a drive and its backslash nothing else is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ime.pinyin.inventory import SPELLINGS
from ime.session.literal_keys import in_path
from ime.session.preedit import is_literal
from ime.session.rewriters import insert_at
from ime.session.state import LettersBefore, SessionState
from ime.values import Candidate, CandidateList, Source

PLACE = 2
_ENDINGS = (
    "com cn net org edu gov io ai me cc tv app dev top xyz info co uk jp de fr us hk tw "
    "py js ts c h cpp java go rs rb php html htm css json xml yaml yml toml ini cfg conf "
    "sh bat exe apk txt md pdf doc docx xls xlsx ppt pptx csv log jpg jpeg png gif svg zip "
    "rar tar gz so lock sql db vue tsx jsx ipynb"
)
ENDINGS = frozenset(_ENDINGS.split(" "))
"""What stands behind the dot of common domains and files."""
_DOMAINS = frozenset({"com", "net", "org", "edu", "gov"})
"""Endings that begin no sentence: the full stop before them was none of one."""
_ADDRESS = re.compile(r"[a-z0-9._-]+@[a-z0-9.-]*", re.IGNORECASE)
_TERM = re.compile(r"([a-z]|[^aeiou]{2,})[-=][a-z0-9]+")
"""Letters that are no syllable, a key that turns pages, letters or the digit of a choice."""


def note_letters(before: SessionState, after: SessionState, mark: str) -> SessionState:
    """Remember the letters that a full stop has just ended, or a colon a single one.

    Args:
        before: composing.
        after: the same with the composition and the mark committed.
        mark: what was typed for it.
    """
    composition = before.composition
    letters = composition.raw.isalpha() and composition.raw.isascii()
    known = before.context.text
    may_go_on = mark == "." or (mark == ":" and len(composition.raw) == 1)
    if (
        not may_go_on
        or composition.fixed
        or not letters
        or not after.context.text.startswith(known)
    ):
        return after
    committed = after.context.text[len(known) :]
    part = LettersBefore(composition.raw + mark, committed, before.commit_count + 1)
    follows = known.endswith("".join(part.committed for part in before.letters_before))
    parts = before.letters_before if follows else ()
    return replace(after, letters_before=(*parts, part))


def offer_as_typed(state: SessionState, listed: CandidateList) -> CandidateList:
    """The list with what was typed where it is likely to be meant as it is."""
    raw = state.composition.raw
    if state.composition.fixed:
        return listed
    first = listed.items[0].text.lower() if listed.items else ""
    names = [*_with_parts(state)] if _may_end(raw) or first == raw else []
    sure = [text for text, parts in names if _is_sure(raw, parts)]
    others = [text for text, _ in names if text not in sure]
    if state.page_keys and _TERM.fullmatch(state.as_typed):
        others.append(state.as_typed)
    if in_path(state) and not is_literal(raw) and listed.items[:1]:
        others += [raw] if listed.items[0].text != raw else []
    for place, texts in ((PLACE, others), (1, sure)):
        items = [Candidate(text, (), len(raw), Source.LITERAL) for text in texts]
        listed = insert_at(listed, place, items)
    return listed


def _is_sure(ending: str, parts: Sequence[LettersBefore]) -> bool:
    """Whether nothing but the whole name can be meant.

    The parts became the letters that they are already, or no sentence begins with the ending.
    """
    if ending in _DOMAINS:
        return True
    return _may_end(ending) and ending not in SPELLINGS and _are_letters(parts)


def _may_end(raw: str) -> bool:
    """Whether letters are the ending of a domain or file, or an address."""
    return raw in ENDINGS or _ADDRESS.fullmatch(raw) is not None


def _are_letters(parts: Sequence[LettersBefore]) -> bool:
    """Whether letters became what they are already."""
    return all(part.committed[:-1].lower() == part.letters[:-1] for part in parts)


def parts_of(state: SessionState, candidate: Candidate) -> tuple[LettersBefore, ...]:
    """The committed parts that a candidate stands for, too; none for other candidates."""
    if state.composition.fixed:
        return ()
    return next((parts for text, parts in _with_parts(state) if text == candidate.text), ())


def drive_before(state: SessionState) -> LettersBefore | None:
    """The letter of a drive and its colon, where they stand before the caret."""
    part = state.letters_before[-1] if state.letters_before else None
    found = part is not None and part.letters.endswith(":")
    return part if found and part and state.context.text.endswith(part.committed) else None


def _with_parts(state: SessionState) -> Iterator[tuple[str, tuple[LettersBefore, ...]]]:
    """What the letters are with those before their full stops, longest first.

    Where they are no ending, those before must have stayed letters: os.path.
    """
    raw, parts = state.composition.raw, state.letters_before
    for start in range(len(parts)):
        some = parts[start:]
        if not all(part.letters.endswith(".") for part in some):
            continue
        if not (_may_end(raw) or _are_letters(some)):
            continue
        if state.context.text.endswith("".join(part.committed for part in some)):
            yield "".join(part.letters for part in some) + raw, some
