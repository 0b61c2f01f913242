"""What one process writes into the log reaches another that has it open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ime.backend.foreign_choices import ForeignChoices
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Mark, MarkKind, Selection, UserWord

PIN = Mark(MarkKind.PINNED, "shi", ("shi",), "是")


class Heard:
    def __init__(self) -> None:
        self.said: list[object] = []

    def learn(self, commit: Commit) -> None:
        self.said.append(commit.text)

    def retract(self, commit_id: int) -> None:
        self.said.append("retract")

    def mark(self, mark: Mark) -> None:
        self.said.append(mark)

    def reopen(self) -> None:
        self.said.append("reopen")


class Desk:
    """The log opened twice, as by two processes."""

    def __init__(self, path: Path) -> None:
        self.mine, self.other = SelectionLog(path, run=1), SelectionLog(path, run=2)
        self.heard = Heard()
        self.choices = ForeignChoices(self.heard)

    def follow(self) -> list[object]:
        self.heard.said.clear()
        self.choices.follow(self.mine)
        return list(self.heard.said)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "user.sqlite")
    yield desk
    desk.mine.close()
    desk.other.close()


def chosen(number: int, *texts: str) -> Commit:
    context, selections = "", []
    for text in texts:
        syllables = ("x",) * len(text)
        before = LeftContext(context)
        selections.append(Selection(before, "x", syllables, (), text, 0, How.SPACE))
        context += text
    return Commit(number, context, (), tuple(selections))


def write(log: SelectionLog, number: int, *texts: str, time: float = 1.0) -> None:
    log.append(chosen(number, *texts), time, Versions())


def test_choices_of_the_other_are_learned_once_and_whole(desk: Desk) -> None:
    write(desk.other, 1, "旧的")
    desk.choices.begin(desk.mine)
    assert desk.follow() == []
    write(desk.other, 2, "你", "好")
    write(desk.other, 3, "世界")
    assert desk.follow() == ["你好", "世界"]
    assert desk.follow() == []


def test_choices_of_our_own_are_not_learned_again(desk: Desk) -> None:
    desk.choices.begin(desk.mine)
    write(desk.mine, 1, "你好")
    assert desk.follow() == []
    write(desk.mine, 2, "我们")
    write(desk.other, 1, "世界")
    assert desk.follow() == ["世界"]


def test_a_log_that_is_made_later_is_followed_from_its_beginning(desk: Desk) -> None:
    desk.choices.begin_empty()
    write(desk.other, 1, "你好")
    assert desk.follow() == ["你好"]


def test_what_the_other_takes_back_is_unlearned(desk: Desk) -> None:
    desk.choices.begin(desk.mine)
    write(desk.other, 1, "你好")
    desk.follow()
    desk.other.retract(1)
    assert desk.follow() == ["retract"]
    assert desk.follow() == []


def test_pins_and_their_release_reach_us(desk: Desk) -> None:
    desk.choices.begin(desk.mine)
    desk.other.set_mark(PIN, 1.0)
    assert desk.follow() == [PIN]
    desk.other.set_mark(Mark(MarkKind.PLAIN, "shi", ("shi",), "是"), 2.0)
    assert desk.follow() == [Mark(MarkKind.PLAIN, "shi", ("shi",), "是")]


def test_what_the_other_forgets_is_forgotten_and_our_own_word_is_not_told_again(
    desk: Desk,
) -> None:
    gone = Mark(MarkKind.FORGOTTEN, "shishi", ("shi", "shi"), "试试")
    desk.choices.begin(desk.mine)
    desk.mine.set_mark(gone, 1.0)
    assert desk.follow() == []
    write(desk.other, 1, "世界", time=2.0)
    assert desk.follow() == ["世界"]
    other = Mark(MarkKind.FORGOTTEN, "shijie", ("shi", "jie"), "世界")
    desk.other.set_mark(other, 3.0)
    assert desk.follow() == [other]


def test_rows_that_went_and_words_that_came_have_the_log_read_anew(desk: Desk) -> None:
    write(desk.other, 1, "你好")
    desk.choices.begin(desk.mine)
    desk.other.rewrite([1], [])
    assert desk.follow() == ["reopen"]
    desk.other.words.put([UserWord("墨音", ("mo", "yin"))])
    assert desk.follow() == ["reopen"]
