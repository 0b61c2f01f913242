from __future__ import annotations

from pathlib import Path

import pytest

from ime.engine.values import Commit, How, LeftContext, Selection
from ime.personalize import past
from ime.personalize.log import SelectionLog, Versions
from ime.personalize.past import past_commits
from tests.personalize.conftest import MakeCommit


def append(log: SelectionLog, commit: Commit) -> None:
    log.append(commit, 1.0, Versions())


def test_commits_come_back_oldest_first_with_ids_that_no_undo_names(
    log: SelectionLog, commit_of: MakeCommit
) -> None:
    for number, text in enumerate(("你好", "世界")):
        append(log, commit_of(number, text, context="左"))
    first, second = past_commits(log)
    assert (first.text, second.text) == ("你好", "世界")
    assert first.selections == commit_of(0, "你好", context="左").selections
    assert [first.id, second.id] == [-2, -1]


def test_pieces_of_one_commit_are_one_again(log: SelectionLog, commit_of: MakeCommit) -> None:
    append(log, commit_of(1, "码上", "掘金", context="看"))
    append(log, commit_of(2, "你好"))
    joined, _ = past_commits(log)
    assert (joined.text, joined.syllables) == ("码上掘金", ("a",) * 4)
    assert [one.chosen for one in joined.selections] == ["码上", "掘金"]


def test_pieces_that_something_unlogged_stands_between_stay_apart(log: SelectionLog) -> None:
    pieces = tuple(
        Selection(LeftContext(context), "a", ("a",), ("字",), text, 0, How.SPACE)
        for context, text in (("", "前"), ("前x", "后"))
    )
    append(log, Commit(1, "前x后", ("a", "a", "a"), pieces))
    assert [one.text for one in past_commits(log)] == ["前", "后"]


def test_same_number_of_another_start_is_another_commit(
    database: Path, commit_of: MakeCommit
) -> None:
    logs = [SelectionLog(database, run=run) for run in (1, 2)]
    for log, context in zip(logs, ("", "你"), strict=True):
        append(log, commit_of(1, "你", context=context))
    assert [one.text for one in past_commits(logs[0])] == ["你", "你"]
    for log in logs:
        log.close()


def test_what_was_taken_back_is_not_learned_again(
    log: SelectionLog, commit_of: MakeCommit
) -> None:
    append(log, commit_of(1, "你好"))
    append(log, commit_of(2, "世界"))
    log.retract(1)
    assert [one.text for one in past_commits(log)] == ["世界"]


def test_only_the_newest_are_learned_again(
    log: SelectionLog, commit_of: MakeCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "REMEMBERED", 2)
    for number, text in enumerate("甲乙丙"):
        append(log, commit_of(number, text))
    assert [one.text for one in past_commits(log)] == ["乙", "丙"]
