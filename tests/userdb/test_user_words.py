"""The table of words that the user added or imported."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ime.userdb import database as userdb
from ime.userdb.forgetting import forget, forget_period
from ime.userdb.selection_log import SelectionLog
from ime.values import Mark, MarkKind, UserWord

WORDS = [
    UserWord("陈省身", ("chen", "xing", "shen"), 1.0, "added", 10.0),
    UserWord("陈省深", ("chen", "xing", "shen"), 0.5, "a.scel", 20.0),
    UserWord("墨音", ("mo", "yin"), 3.0, "a.scel", 30.0),
]


def texts(log: SelectionLog, part: str = "", **options: Any) -> list[str]:
    return [word.text for word in log.words.find(part, **options)]


@pytest.fixture
def filled(log: SelectionLog) -> SelectionLog:
    assert log.words.put(WORDS) == 3
    return log


def test_words_come_back_as_they_were(filled: SelectionLog) -> None:
    assert sorted(filled.words.find(), key=lambda word: word.time) == WORDS


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("省", ["陈省深", "陈省身"]),
        ("chenxing", ["陈省深", "陈省身"]),
        ("moy", ["墨音"]),
        ("xing", []),
        ("%", []),
    ],
)
def test_search_by_hanzi_and_by_the_beginning_of_the_reading(
    filled: SelectionLog, part: str, found: list[str]
) -> None:
    assert texts(filled, part) == found


def test_orders_and_limits(filled: SelectionLog) -> None:
    assert texts(filled, order="newest") == ["墨音", "陈省深", "陈省身"]
    assert texts(filled, order="weight", limit=2) == ["墨音", "陈省身"]


def test_a_long_list_comes_whole(log: SelectionLog) -> None:
    many = [UserWord(chr(0x4E00 + i) * 2, ("yi", "yi")) for i in range(4500)]
    log.words.put(many)
    assert len(set(texts(log))) == 4500


def test_the_greater_weight_stays(filled: SelectionLog) -> None:
    lighter = UserWord("墨音", ("mo", "yin"), 0.1, "b.txt", 40.0)
    assert filled.words.put([lighter]) == 0
    assert next(filled.words.find("墨音")).source == "a.scel"
    filled.words.put([UserWord("墨音", ("mo", "yin"), 5.0, "b.txt", 40.0)])
    assert next(filled.words.find("墨音")).source == "b.txt"


def test_words_are_put_all_or_not_at_all(filled: SelectionLog) -> None:
    def broken() -> Iterator[UserWord]:
        yield UserWord("甲乙", ("jia", "yi"))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        filled.words.put(broken())
    assert filled.words.count() == 3


def test_removing_a_word_and_a_source(filled: SelectionLog) -> None:
    assert filled.words.sources() == [("a.scel", 2), ("added", 1)]
    assert filled.words.remove("墨音") == 1
    assert filled.words.remove("陈省身", ("chen", "xing")) == 0
    assert filled.words.remove_source("a.scel") == 1
    assert texts(filled) == ["陈省身"]


@pytest.mark.parametrize(
    ("take", "left"),
    [
        pytest.param(
            lambda log: forget(log, "陈省身"), ["墨音", "陈省深"], id="a word for good"
        ),
        pytest.param(lambda log: forget_period(log, 15, 25), ["墨音", "陈省身"], id="a time"),
        pytest.param(SelectionLog.wipe, [], id="everything"),
        pytest.param(
            lambda log: log.set_mark(
                Mark(MarkKind.FORGOTTEN, "cxs", ("chen", "xing", "shen"), "陈省身"), 50.0
            ),
            ["墨音", "陈省深"],
            id="a candidate",
        ),
    ],
)
def test_forgetting_reaches_them(
    filled: SelectionLog, take: Callable[[SelectionLog], object], left: list[str]
) -> None:
    take(filled)
    assert sorted(texts(filled)) == sorted(left)


def test_what_is_forgotten_for_good_leaves_no_trace_in_the_file(
    filled: SelectionLog, database: Path
) -> None:
    forget(filled, "陈省身")
    for file in database.parent.iterdir():
        assert "陈省身".encode() not in file.read_bytes()


def test_a_database_of_before_gets_the_table(tmp_path: Path) -> None:
    path = tmp_path / "user.sqlite"
    db = sqlite3.connect(path)
    for step in userdb._MIGRATIONS[:4]:
        for statement in step:
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {1 << 16 | 4}")
    db.execute(
        "INSERT INTO mark (time, kind, letters, syllables, text) "
        "VALUES (1, 'pinned', 'a', 'a', '啊')"
    )
    db.commit()
    db.close()
    log = SelectionLog(path, run=1)
    assert log.words.put(WORDS) == 3
    assert [mark.text for mark in log.marks()] == ["啊"]
    log.close()


def _write_many(path: Path, start: int) -> None:
    log = SelectionLog(path, run=start)
    for i in range(start, start + 100):
        log.words.put([UserWord(chr(0x4E00 + i) * 2, ("yi", "yi"))])
    log.close()


def test_two_processes_may_write_at_once(database: Path) -> None:
    SelectionLog(database, run=1).close()
    spawn = multiprocessing.get_context("spawn")
    both = [spawn.Process(target=_write_many, args=(database, n)) for n in (0, 1000)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    log = SelectionLog(database, run=2)
    assert log.words.count() == 200
    log.close()
