from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ime.backend import relearn as past
from ime.backend.relearn import FORM, Past, past_of
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Mark, MarkKind, Selection
from tests.userdb.conftest import MakeCommit


def past_commits(log: SelectionLog) -> Sequence[Commit]:
    return commits_of(past_of(log))


def commits_of(known: Past) -> list[Commit]:
    return [event for event in known.events if isinstance(event, Commit)]


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


def test_older_choices_count_on_and_are_counted_once(
    log: SelectionLog, commit_of: MakeCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "REMEMBERED", 2)
    for number, text in enumerate("甲乙丙丁戊"):
        append(log, commit_of(number, text))
        known = past_of(log)
        assert known.choices.made == max(0, number - 1)
        assert ("甲" in known.choices) == (number > 1)
    read = []
    rows = log.rows
    monkeypatch.setattr(log, "rows", lambda **what: [read.append(r) or r for r in rows(**what)])
    assert past_of(log).choices.to_sums() == known.choices.to_sums()
    assert [row.selection.chosen for row in read] == ["丁", "戊"]


def test_commit_is_not_cut_between_the_older_and_the_newest(
    log: SelectionLog, commit_of: MakeCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "REMEMBERED", 3)
    append(log, commit_of(1, "码上", "掘金", context="看"))
    append(log, commit_of(2, "你好", "世界"))
    known = past_of(log)
    assert [one.text for one in commits_of(known)] == ["你好世界"]
    assert "码上掘金" in known.choices


@pytest.mark.parametrize("how", ["retract", "forget", "delete", "wipe"])
def test_sums_do_not_outlive_their_rows(
    log: SelectionLog, commit_of: MakeCommit, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(past, "REMEMBERED", 1)
    for number, text in enumerate("甲乙丙"):
        append(log, commit_of(number, text))
    assert "甲" in past_of(log).choices
    if how == "retract":
        log.retract(0)
    elif how == "forget":
        log.set_mark(Mark(MarkKind.FORGOTTEN, "a", ("a",), "甲"), 2.0)
    elif how == "delete":
        log.rewrite([next(log.rows()).id], [])
    else:
        log.wipe()
    assert log.kept_sums(FORM) == (-1, "")
    assert "甲" not in past_of(log).choices


@pytest.mark.parametrize(
    "sums", ["", "{}", "[1]", '[0, {}, {"a": 3}]', '[0, {}, {"a": [-1.5, {}]}]', "\x00"]
)
def test_damaged_sums_are_counted_anew(
    log: SelectionLog, commit_of: MakeCommit, monkeypatch: pytest.MonkeyPatch, sums: str
) -> None:
    monkeypatch.setattr(past, "REMEMBERED", 1)
    for number, text in enumerate("甲乙丙"):
        append(log, commit_of(number, text))
    good = past_of(log).choices.to_sums()
    log.keep_sums(FORM, log.kept_sums(FORM)[0] if sums else -1, sums)
    assert past_of(log).choices.to_sums() == good


def test_forgotten_text_is_not_learned_again_from_its_pieces(log: SelectionLog) -> None:
    def piece(context: str, text: str, *syllables: str) -> Selection:
        return Selection(LeftContext(context), "", syllables, ("字",), text, 3, How.DIGIT)

    pieces = (
        piece("", "让", "rang"),
        piece("让", "林", "lin"),
        piece("让林", "昕玥", "xin", "yue"),
        piece("让林昕玥", "来", "lai"),
    )
    append(log, Commit(1, "让林昕玥来", ("rang", "lin", "xin", "yue", "lai"), pieces))
    append(log, Commit(2, "林", ("lin",), (piece("", "林", "lin"),)))
    log.set_mark(Mark(MarkKind.FORGOTTEN, "linxinyue", ("lin", "xin", "yue"), "林昕玥"), 2.0)
    known = past_of(log)
    left = [one.chosen for commit in commits_of(known) for one in commit.selections]
    assert left == ["让", "来", "林"]
