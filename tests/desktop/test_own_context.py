from __future__ import annotations

import pytest

from ime.desktop.own_context import OwnContextJournal
from ime.values import Commit, How, LeftContext, Mark, Selection


class Kept:
    def __init__(self) -> None:
        self.contexts: list[str] = []

    def append(self, commit: Commit) -> None:
        self.contexts += [selection.context.text for selection in commit.selections]

    def retract(self, commit_id: int) -> None: ...

    def mark(self, mark: Mark) -> None: ...


def commit(before: str, *chosen: str) -> Commit:
    selections = []
    for text in chosen:
        context = LeftContext(before)
        selections.append(Selection(context, "x", ("x",) * len(text), (), text, 0, How.SPACE))
        before += text
    return Commit(1, "".join(chosen), (), tuple(selections))


@pytest.mark.parametrize(
    ("typed", "told", "kept"),
    [
        ("", "hunter2", ""),
        ("今天", "hunter2今天", "今天"),
        ("今天", "今天", "今天"),
        ("昨天今天", "今天", "今天"),
        ("今天", "今天3", ""),
        ("", "", ""),
    ],
)
def test_only_what_was_put_in_is_written_down(typed: str, told: str, kept: str) -> None:
    log = Kept()
    journal = OwnContextJournal(log)
    journal.inserted(typed)
    journal.inserted("天气好")
    journal.append(commit(told, "天气", "好"))
    assert log.contexts == [kept, kept + "天气"]


def test_another_field_begins_anew() -> None:
    log = Kept()
    journal = OwnContextJournal(log)
    journal.inserted("今天")
    journal.forget_text()
    journal.inserted("好")
    journal.append(commit("今天", "好"))
    assert log.contexts == [""]
