"""Commits out of the log, for a converter that is opened anew to learn from again."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from ime.engine.values import Commit, Selection
from ime.personalize.log import LoggedSelection, SelectionLog

REMEMBERED = 2000
"""Selections, the newest, that a converter learns from when it is opened."""


def past_commits(log: SelectionLog) -> list[Commit]:
    """The newest selections of the log, oldest first, as commits to learn from again.

    Selections that followed each other in one commit are one again, so that the word which
    their pieces make is known as it was. Their ids are negative: none of them can be taken
    back by undo.
    """
    standing = (row for row in log.rows(newest_first=True) if not row.retracted)
    rows = list(itertools.islice(standing, REMEMBERED))[::-1]
    made = list(_joined(rows))
    return [
        Commit(number - len(made), *_written(selections), tuple(selections))
        for number, selections in enumerate(made)
    ]


def _joined(rows: Iterable[LoggedSelection]) -> Iterator[Sequence[Selection]]:
    """Selections of one commit, as far as each begins where the one before it ends."""
    group: list[Selection] = []
    before: LoggedSelection | None = None
    for row in rows:
        if before is None or not _follows(before, row):
            if group:
                yield group
            group = []
        group.append(row.selection)
        before = row
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
