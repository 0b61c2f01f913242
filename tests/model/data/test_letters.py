"""Counting words of letters."""

from __future__ import annotations

from model.data.letters import LEAST, count_runs, rows_of


def test_runs_and_wanted_words_are_counted() -> None:
    found = count_runs(
        ["我用Python3.11写C盘上的文件", "清理C盘，唱卡拉OK"], frozenset({"C盘", "卡拉OK"})
    )
    assert found["Python3.11"] == 1
    assert found["C盘"] == 2
    assert found["卡拉OK"] == 1
    assert found["C"] == 2


def test_rows_keep_what_is_common() -> None:
    counts = {"Git": 30, "git": 10, "GIT": 1, "rare": LEAST - 1, "Wi-Fi": 20, "C盘": 0}
    rows = rows_of(counts, ["C盘"], frozenset())
    assert rows == [
        ("c pan", "C盘", 1),
        ("git", "Git", 30),
        ("git", "git", 10),
        ("wi-fi", "Wi-Fi", 20),
        ("wifi", "Wi-Fi", 20),
    ]


def test_pinyin_is_a_word_only_where_english_or_capitals_say_so() -> None:
    counts = {"women": 50, "zhang": 50, "Can": 50, "CEO": 500, "CE": 50}
    rows = rows_of(counts, [], frozenset({"women"}))
    assert [written for _, written, _ in rows] == ["CEO", "women"]
