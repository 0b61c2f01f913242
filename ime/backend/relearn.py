"""What the log holds, for a converter that is opened anew to learn from again.

The newest selections are learned again one by one. What older ones say of readings is kept in
sums beside the log, so that a start does not read all that was ever chosen.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ime.convert.converter import ConverterOptions
from ime.learn.choices import ChoiceSumsError, UserChoices
from ime.learn.made_words import choices_of
from ime.ports import Converter
from ime.userdb.selection_log import LoggedSelection, SelectionLog, Versions
from ime.values import Commit, Mark, Selection

REMEMBERED = 2000
"""Selections, the newest, that a converter learns from one by one when it is opened."""
FORM = "choices-1"
"""Name of the sums; another one where what they are made of changes."""


@dataclass(frozen=True)
class Past:
    """What was chosen before.

    Attributes:
        choices: of the older selections.
        commits: of the newest, oldest first. Their ids are negative: none of them can be taken
            back by undo.
        marks: that hold.
    """

    choices: UserChoices = field(default_factory=UserChoices)
    commits: Sequence[Commit] = ()
    marks: Sequence[Mark] = ()


class Relearning(Converter, Protocol):
    """A `Converter` that can be told of the past, and of other options."""

    def begin_with(self, choices: UserChoices) -> None:
        """Know choices of long ago; called before anything is learned."""
        ...

    def set_options(self, options: ConverterOptions) -> None:
        """Read letters otherwise from the next request on."""
        ...


def versions_of(converter: object) -> Versions:
    """What the log says of the converter that made the candidates."""
    return Versions(
        model=str(getattr(converter, "model", "")),
        adapter=str(getattr(converter, "adapter", "")),
    )


def relearn(converter: Relearning, past: Past) -> None:
    """Let a converter that was just opened know what the user did before."""
    converter.begin_with(past.choices)
    for commit in past.commits:
        converter.learn(commit)
    for mark in past.marks:
        converter.mark(mark)


def past_of(log: SelectionLog) -> Past:
    """What the log holds; sums of its older rows are kept in it.

    Selections that followed each other in one commit are one again, so that the word which
    their pieces make is known as it was.
    """
    through, sums = log.kept_sums(FORM)
    try:
        choices = UserChoices.from_sums(sums) if sums else UserChoices()
    except ChoiceSumsError:  # edited by hand: count anew
        through, choices = -1, UserChoices()
    standing = [row for row in log.rows(behind=through) if not row.retracted]
    groups = list(_joined(standing))
    size, newest = 0, len(groups)
    while newest and size + len(groups[newest - 1]) <= REMEMBERED:
        newest -= 1
        size += len(groups[newest])
    for group in groups[:newest]:
        for syllables, choice in choices_of(_commit(0, group)):
            choices.add(syllables, choice)
    if newest:
        log.keep_sums(FORM, groups[newest - 1][-1].id, choices.to_sums())
    recent = groups[newest:]
    commits = [_commit(number - len(recent), group) for number, group in enumerate(recent)]
    return Past(choices, commits, log.marks())


def _commit(number: int, group: Sequence[LoggedSelection]) -> Commit:
    selections = tuple(row.selection for row in group)
    return Commit(number, *_written(selections), selections)


def _joined(rows: Iterable[LoggedSelection]) -> Iterator[Sequence[LoggedSelection]]:
    """Selections of one commit, as far as each begins where the one before it ends."""
    group: list[LoggedSelection] = []
    for row in rows:
        if group and not _follows(group[-1], row):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _follows(before: LoggedSelection, row: LoggedSelection) -> bool:
    """Whether nothing, such as text that is not logged, stood between two selections."""
    return (before.run, before.commit_id) == (row.run, row.commit_id) and (
        row.selection.context.text.endswith(before.selection.chosen)
    )


def _written(selections: Sequence[Selection]) -> tuple[str, tuple[str, ...]]:
    """Text of a commit and its syllables."""
    syllables = itertools.chain.from_iterable(one.syllables for one in selections)
    return "".join(one.chosen for one in selections), tuple(syllables)
