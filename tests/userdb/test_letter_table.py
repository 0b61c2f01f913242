"""Texts with letters in the user's database: kept, taken back, forgotten, never a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from ime.userdb.forgetting import forget, forget_period
from ime.userdb.letter_table import MOST
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Mark, MarkKind, Selection

TWICE = [("nginx", "nginx")] * 2


def type_in(
    log: SelectionLog, number: int, text: str, typed: str = "", syllables: tuple[str, ...] = ()
) -> None:
    one = Selection(LeftContext(), typed or text, syllables, (), text, -1, How.ENTER)
    log.append(Commit(number, text, syllables, (one,)), float(number), Versions())


def test_rows_come_back_in_order(log: SelectionLog, database: Path) -> None:
    type_in(log, 1, "nginx")
    type_in(log, 2, "nginx")
    type_in(log, 3, "我用Python", "woyongPython")
    log.close()
    again = SelectionLog(database, run=9)
    assert again.letters.rows() == [*TWICE, ("woyongpython", "我用Python")]
    assert again.count() == 0
    again.close()


def test_letters_that_were_typed_once_are_not_written(
    log: SelectionLog, database: Path
) -> None:
    type_in(log, 1, "sunshine")
    log.close()
    assert b"sunshine" not in database.read_bytes()
    again = SelectionLog(database, run=9)
    type_in(again, 1, "sunshine")
    assert again.letters.rows() == []
    again.close()


def test_more_of_the_same_is_not_written(log: SelectionLog) -> None:
    for number in range(20):
        type_in(log, number, "nginx")
    assert len(log.letters.rows()) == MOST


@pytest.mark.parametrize("text", ["aBxQzR", "gpt6", "qwertyuiop", "密码aBxQzR"])
def test_what_may_be_a_password_is_not_written(
    log: SelectionLog, database: Path, text: str
) -> None:
    type_in(log, 1, text)
    type_in(log, 2, text)
    assert log.letters.rows() == []
    assert text.encode() not in b"".join(
        path.read_bytes() for path in database.parent.glob(database.name + "*")
    )


def test_hanzi_alone_end_what_was_chosen_for_their_letters(log: SelectionLog) -> None:
    type_in(log, 1, "比尔·盖茨", "biergaici")
    type_in(log, 2, "nginx")
    type_in(log, 3, "nginx")
    type_in(log, 4, "比尔盖茨", "biergaici", ("bi", "er", "gai", "ci"))
    assert log.letters.rows() == TWICE


def test_a_commit_is_taken_back(log: SelectionLog) -> None:
    for number in (1, 2, 3):
        type_in(log, number, "nginx")
    log.retract(3)
    assert log.letters.rows() == TWICE
    type_in(log, 4, "tmux")
    log.retract(4)
    type_in(log, 5, "tmux")
    assert log.letters.rows() == TWICE


def test_forgetting_deletes_every_row(log: SelectionLog) -> None:
    for number in range(3):
        type_in(log, number, "nginx")
    for number in (3, 3):
        type_in(log, number, "tmux")
    log.set_mark(Mark(MarkKind.FORGOTTEN, "nginx", (), "nginx"), 9.0)
    assert log.letters.rows() == [("tmux", "tmux")] * 2
    assert log.marks() == []
    forget_period(log, 3.0, 4.0)
    assert log.letters.rows() == []
    type_in(log, 5, "我用Python", "woyongpython")
    forget(log, "我用")
    assert log.letters.rows() == []
    type_in(log, 6, "我用Python", "woyongpython")
    log.wipe()
    assert log.letters.rows() == []


def test_letters_that_are_forgotten_leave_no_byte(log: SelectionLog, database: Path) -> None:
    for number in (1, 2):
        type_in(log, number, "nginx")
    type_in(log, 3, "我用nginx", "woyongnginx")
    assert forget(log, "nginx") == 0
    assert log.letters.rows() == []
    assert b"nginx" not in b"".join(
        path.read_bytes() for path in database.parent.glob(database.name + "*")
    )
