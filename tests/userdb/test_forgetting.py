from __future__ import annotations

from collections.abc import Callable

import pytest

from ime.userdb.forgetting import forget, forget_period, without_words
from ime.userdb.selection_log import CONTEXT_CHARACTERS, SelectionLog, Versions
from ime.values import Commit

MakeCommit = Callable[..., Commit]


def chosen(log: SelectionLog) -> list[str]:
    return [row.selection.chosen for row in log.rows()]


def bytes_of(log: SelectionLog) -> bytes:
    return b"".join(part.read_bytes() for part in log.path.parent.iterdir())


@pytest.mark.parametrize(
    ("chosen_texts", "context", "left"),
    [
        pytest.param(("张三",), "", [], id="whole"),
        pytest.param(("找张三吧",), "", [], id="inside"),
        pytest.param(("张", "三"), "", [], id="in-pieces"),
        pytest.param(("三",), "找张", [], id="begun-before-the-caret"),
        pytest.param(("三",), "李", ["三"], id="other-word"),
        pytest.param(("好",), "张三，你", ["好"], id="before-the-caret"),
    ],
)
def test_forget_deletes_the_rows_that_wrote_the_word(
    log: SelectionLog,
    commit_of: MakeCommit,
    chosen_texts: tuple[str, ...],
    context: str,
    left: list[str],
) -> None:
    log.append(commit_of(1, *chosen_texts, context=context), 0.0, Versions())
    removed = forget(log, "张三")
    assert chosen(log) == left
    assert removed == len(chosen_texts) - len(left)


def test_forget_takes_the_word_out_of_what_stays(
    log: SelectionLog, commit_of: MakeCommit
) -> None:
    commit = commit_of(2, "好", context="我和张三说你", offered=("好", "张三", "号"))
    log.append(commit_of(1, "张三"), 0.0, Versions())
    log.append(commit, 0.0, Versions())
    forget(log, "张三")
    (row,) = log.rows()
    assert row.selection.context.text == "说你"
    assert row.selection.offered == ("好", "号")
    assert "张三".encode() not in bytes_of(log)


@pytest.mark.parametrize("text", ["", "bob", "42"], ids=["empty", "letters", "digits"])
def test_forget_of_what_is_never_stored_deletes_nothing(
    log: SelectionLog, commit_of: MakeCommit, text: str
) -> None:
    log.append(commit_of(1, "好", context="bob 42 "), 0.0, Versions())
    assert forget(log, text) == 0
    (row,) = log.rows()
    assert row.selection.context.text == "a 00 "


def test_forget_finds_a_mixed_word_in_its_masked_form(
    log: SelectionLog, commit_of: MakeCommit
) -> None:
    log.append(commit_of(1, "好", context="唱卡拉OK真"), 0.0, Versions())
    assert forget(log, "卡拉OK") == 0
    (row,) = log.rows()
    assert row.selection.context.text == "真"


def test_forget_period_deletes_the_period_and_its_traces_after_it(
    log: SelectionLog, commit_of: MakeCommit
) -> None:
    log.append(commit_of(1, "秘密"), 10.0, Versions())
    log.append(commit_of(2, "从前"), 19.0, Versions())
    log.append(commit_of(3, "秘", "方"), 20.0, Versions())
    log.append(commit_of(4, "的"), 29.0, Versions())
    log.append(commit_of(5, "以后", context="从前秘方的"), 30.0, Versions())
    assert forget_period(log, 20.0, 30.0) == 3
    assert chosen(log) == ["秘密", "从前", "以后"]
    assert [row.selection.context.text for row in log.rows()] == ["", "", "的"]
    assert "秘方".encode() not in bytes_of(log)


@pytest.mark.parametrize("shift", range(1, 8))
def test_forget_takes_out_what_the_edge_of_a_context_left_of_the_word(
    log: SelectionLog, commit_of: MakeCommit, shift: int
) -> None:
    word = "格洛丽亚马卡帕加"
    context = word + "左" * (CONTEXT_CHARACTERS - len(word) + shift)
    log.append(commit_of(1, "好", context=context), 0.0, Versions())
    forget(log, word)
    (row,) = log.rows()
    rest = word[shift:] if len(word) - shift == 1 else ""  # a single hanzi tells nothing
    assert row.selection.context.text == rest + "左" * (CONTEXT_CHARACTERS - len(word) + shift)


def test_forget_period_reaches_what_a_clock_wrote_that_went_back(
    log: SelectionLog, commit_of: MakeCommit
) -> None:
    log.append(commit_of(1, "从前"), 15.0, Versions())
    log.append(commit_of(2, "秘密"), 21.0, Versions())
    log.append(commit_of(3, "之中", context="从前秘密"), 12.0, Versions())
    log.append(commit_of(4, "结束"), 22.0, Versions())
    log.append(commit_of(5, "以后", context="秘密之中结束了"), 13.0, Versions())
    assert forget_period(log, 20.0, 30.0) == 3
    assert chosen(log) == ["从前", "以后"]
    assert [row.selection.context.text for row in log.rows()] == ["", "了"]


def test_commits_made_later_do_not_bring_words_back(commit_of: MakeCommit) -> None:
    commit = commit_of(1, "好", context="我和张三说你", offered=("好", "张三"))
    (selection,) = without_words(commit, ["张三"]).selections
    assert (selection.context.text, selection.offered) == ("说你", ("好",))
