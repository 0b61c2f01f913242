"""What the log holds, for a converter that is opened anew to learn from again.

The newest selections are learned again one by one. What older ones say of readings is kept in
sums beside the log, so that a start does not read all that was ever chosen.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ime.convert.converter import ConverterOptions
from ime.errors import Message, Notify
from ime.learn.at_once import is_learned
from ime.learn.choices import ChoiceSumsError, UserChoices
from ime.learn.made_words import choices_of
from ime.lexicon.user_layer import WordIndex
from ime.lexicon.words import Lexicon
from ime.ports import Converter
from ime.userdb.selection_log import LoggedSelection, SelectionLog, Versions
from ime.values import Commit, Mark, Selection, UserWord

REMEMBERED = 2000
"""Selections, the newest, that a converter learns from one by one when it is opened."""
FORM = "choices-2"
"""Name of the sums; another one where what they are made of changes."""


@dataclass(frozen=True)
class Past:
    """What was chosen before.

    Attributes:
        choices: of the older selections.
        events: commits of the newest and what was forgotten between them, oldest first. The ids
            of the commits are negative: none of them can be taken back by undo.
        words: that the user added or imported.
        marks: that hold.
        letters: texts with letters or a dot, with what was typed for them, oldest first.
        damaged: rows that were left out.
    """

    choices: UserChoices = field(default_factory=UserChoices)
    events: Sequence[Commit | Mark] = ()
    words: WordIndex = field(default_factory=WordIndex)
    marks: Sequence[Mark] = ()
    letters: Sequence[tuple[str, str]] = ()
    damaged: int = 0


class Relearning(Converter, Protocol):
    """A `Converter` that can be told of the past, and of other options."""

    def begin_with(self, choices: UserChoices) -> None:
        """Know choices of long ago; called before anything is learned."""
        ...

    def know_words(self, words: WordIndex) -> None:
        """Know words that the user added or imported; called before `begin_with`."""
        ...

    def know_letters(self, rows: Iterable[tuple[str, str]]) -> None:
        """Know what texts with letters or a dot were typed, oldest first."""
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
    converter.know_words(past.words)
    converter.know_letters(past.letters)
    converter.begin_with(past.choices)
    for event in past.events:
        if isinstance(event, Commit):
            converter.learn(event)
        else:
            converter.mark(event)
    for mark in past.marks:
        converter.mark(mark)


def past_of(log: SelectionLog, *, with_words: bool = True) -> Past:
    """What the log holds; sums of its older rows are kept in it.

    Selections that followed each other in one commit are one again, so that the word which
    their pieces make is known as it was. Forgetting is done again between the commits where it
    was done, so that a word stays forgotten whatever way it had come.

    Args:
        log: the open log.
        with_words: whether to read what was added and imported, which may be much.
    """
    through, sums = log.kept_sums(FORM)
    try:
        choices = UserChoices.from_sums(sums) if sums else UserChoices()
    except ChoiceSumsError:  # edited by hand: count anew
        through, choices = -1, UserChoices()
    forgotten = deque(log.forgotten(behind=through))
    standing = [row for row in log.rows(behind=through) if not row.retracted]
    groups = list(_joined(standing))
    size, newest = 0, len(groups)
    while newest and size + len(groups[newest - 1]) <= REMEMBERED:
        newest -= 1
        size += len(groups[newest])
    for group in groups[:newest]:
        for mark in _before(group, forgotten):
            _forget(choices, mark)
        for syllables, choice in choices_of(_commit(0, group)):
            choices.add(syllables, choice)
    if newest:
        log.keep_sums(FORM, groups[newest - 1][-1].id, choices.to_sums())
    recent = groups[newest:]
    events: list[Commit | Mark] = []
    for number, group in enumerate(recent):
        events += _before(group, forgotten)
        events.append(_commit(number - len(recent), group))
    events += (mark for _, mark in forgotten)
    words = WordIndex(log.words.rows()) if with_words else WordIndex()
    return Past(choices, events, words, log.marks(), log.letters.rows(), len(log.damaged))


def tell_damaged(past: Past, database: Path, notify: Notify) -> None:
    """Say how many rows of the log are not what was written."""
    if past.damaged:
        notify(Message.of("store.damaged_rows", path=str(database), count=past.damaged))


def learned_words(past: Past, lexicon: Lexicon) -> list[UserWord]:
    """The words that the user made by choosing, those that count most first.

    Args:
        past: as `past_of` gives it; its choices are changed.
        lexicon: the words that are nobody's own.
    """
    choices = past.choices
    for event in past.events:
        if isinstance(event, Commit):
            for syllables, choice in choices_of(event):
                choices.add(syllables, choice)
        else:
            _forget(choices, event)
    found = [
        UserWord(text, syllables, round(surprise, 2), "learned")
        for syllables in choices
        for text, surprise in choices.surprise(syllables).items()
        if is_learned(text, syllables, surprise, lexicon)
    ]
    return sorted(found, key=lambda word: -word.weight)


def commits_of(
    rows: Iterable[LoggedSelection], number: int
) -> Iterator[tuple[Commit, Sequence[LoggedSelection]]]:
    """Commits that rows were made of, and the rows of each.

    Args:
        rows: in the order of their ids.
        number: id of the first commit; each that follows has one less.
    """
    for place, group in enumerate(_joined(rows)):
        yield _commit(number - place, group), group


def _before(
    group: Sequence[LoggedSelection], forgotten: deque[tuple[float, Mark]]
) -> Iterator[Mark]:
    """What was forgotten before a commit, taken out of the queue."""
    while forgotten and forgotten[0][0] <= group[0].time:
        yield forgotten.popleft()[1]


def _forget(choices: UserChoices, mark: Mark) -> None:
    """Forget a text and its parts of two hanzi and more, of which it may be made."""
    for start, end in itertools.combinations(range(len(mark.text) + 1), 2):
        if end - start > 1 or len(mark.text) == 1:
            choices.forget(mark.syllables[start:end], mark.text[start:end])


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
