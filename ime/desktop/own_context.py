"""Keeps text that a client told, and nobody typed here, out of the log.

It may come from a field that holds a password and does not say so. A choice is written down
with that part of the text before it that was put in by the same engine, in the same field.
"""

from __future__ import annotations

from dataclasses import replace

from ime.ports import Journal
from ime.session.state import CONTEXT_LIMIT
from ime.values import Commit, LeftContext, Mark


class OwnContextJournal:
    """A journal before another one."""

    def __init__(self, journal: Journal) -> None:
        """Write to `journal` what may be written."""
        self._journal = journal
        self._typed = ""

    def forget_text(self) -> None:
        """Another field: nothing was put in there yet."""
        self._typed = ""

    def inserted(self, text: str) -> None:
        """Text was put in, that of a commit before the commit is appended."""
        self._typed = (self._typed + text)[-2 * CONTEXT_LIMIT :]

    def append(self, commit: Commit) -> object:
        """Write a commit's selections, with a context of the user's own alone."""
        before = self._typed.removesuffix(commit.text)
        selections = []
        for selection in commit.selections:
            context = _own_part(selection.context, before)
            selections.append(replace(selection, context=context))
            before += selection.chosen
        return self._journal.append(replace(commit, selections=tuple(selections)))

    def retract(self, commit_id: int) -> object:
        """Mark a commit's selections as taken back."""
        return self._journal.retract(commit_id)

    def mark(self, mark: Mark) -> object:
        """Write down the user's word on a candidate."""
        return self._journal.mark(mark)


def _own_part(context: LeftContext, typed: str) -> LeftContext:
    """The end of a context that was typed, too."""
    pairs = zip(reversed(context.text), reversed(typed), strict=False)
    common = next((i for i, (a, b) in enumerate(pairs) if a != b), None)
    if common is None:
        common = min(len(context.text), len(typed))
    return context.last(common) if common else LeftContext()
