"""Commits as the session makes them, and a log to put them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ime.userdb.selection_log import SelectionLog
from ime.values import Commit, How, LeftContext, Selection

MakeCommit = Callable[..., Commit]


def _commit(
    number: int, *chosen: str, context: str = "", offered: tuple[str, ...] = ()
) -> Commit:
    selections = []
    for text in chosen:
        syllables = ("a",) * len(text)
        left = LeftContext(context)
        shown = offered or (text, "其他")
        selections.append(
            Selection(left, "a" * len(text), syllables, shown, text, 0, How.SPACE)
        )
        context += text
    return Commit(number, "".join(chosen), selections=tuple(selections))


@pytest.fixture
def commit_of() -> MakeCommit:
    """Makes the commit of some chosen texts: commit_of(1, "你好", "世界", context="左边")."""
    return _commit


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "user.sqlite"


@pytest.fixture
def log(database: Path) -> Iterator[SelectionLog]:
    opened = SelectionLog(database, run=7)
    yield opened
    opened.close()
