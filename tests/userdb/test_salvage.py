"""What can be read out of a damaged database, and rows that are not what was written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ime.errors import Message
from ime.userdb.salvage import salvage
from ime.userdb.selection_log import SelectionLog, Versions
from ime.userdb.thread import Store
from ime.values import Mark, MarkKind, UserWord
from tests.userdb.conftest import MakeCommit

ROWS = 400
PAGE = 4096


@pytest.fixture
def filled(database: Path, commit_of: MakeCommit) -> Path:
    log = SelectionLog(database, run=1)
    for number in range(ROWS):
        log.append(commit_of(number, "好", context="左" * 60), float(number), Versions())
    log.set_mark(Mark(MarkKind.PINNED, "hao", ("hao",), "好"), 1.0)
    log.words.put([UserWord("陈省身", ("chen", "xing", "shen"), 1.0, "", 0.0)])
    log.close()
    return database


def read(database: Path) -> tuple[list[int], int, int]:
    """Commit ids of the rows, number of marks, number of words."""
    log = SelectionLog(database, run=0)
    found = [row.commit_id for row in log.rows()], len(log.marks()), log.words.count()
    log.close()
    return found


def pages(database: Path) -> int:
    return database.stat().st_size // PAGE


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("content", [b"\0", b"\xff"], ids=["zeros", "ones"])
def test_a_page_that_is_gone_costs_its_rows_alone(
    filled: Path, commit_of: MakeCommit, part: float, content: bytes
) -> None:
    with filled.open("r+b") as file:
        file.seek(int(pages(filled) * part) * PAGE)
        file.write(content * PAGE)
    notices: list[str | Message] = []
    store = Store(filled, notices.append)
    store.append(commit_of(ROWS, "新")).result()
    store.close()
    rows, marks, words = read(filled)
    assert len(rows) > 0.8 * ROWS
    assert rows[-1] == ROWS
    assert len(set(rows)) == len(rows)
    assert (marks, words) == (1, 1)
    (notice,) = notices
    assert isinstance(notice, Message)
    assert notice.code == "store.salvaged"
    assert notice.figures["count"] == len(rows) - 1 + 3


def test_a_file_that_was_cut_gives_what_stands_before_the_cut(
    filled: Path, commit_of: MakeCommit
) -> None:
    with filled.open("r+b") as file:
        file.truncate(pages(filled) // 2 * PAGE)
    before = filled.read_bytes()
    store = Store(filled, lambda _: None)
    store.append(commit_of(ROWS, "新")).result()
    store.close()
    assert len(read(filled)[0]) > 0.3 * ROWS
    assert filled.with_name("user.sqlite.corrupt-1").read_bytes() == before
    assert sorted(path.name for path in filled.parent.iterdir()) == [
        "user.sqlite",
        "user.sqlite.corrupt-1",
    ]


def test_of_a_whole_database_everything_is_read(filled: Path, tmp_path: Path) -> None:
    new = SelectionLog(tmp_path / "new.sqlite", run=2)
    assert salvage(filled, new._db) == ROWS + 3
    assert [row.id for row in new.rows()] == list(range(1, ROWS + 1))
    new.close()


@pytest.mark.parametrize("content", [b"", b"junk" * 5000], ids=["empty", "junk"])
def test_of_what_is_no_database_nothing_is_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "old").write_bytes(content)
    new = SelectionLog(tmp_path / "new.sqlite", run=2)
    assert salvage(tmp_path / "old", new._db) == 0
    new.close()


@pytest.mark.parametrize("column", ["context", "raw", "syllables", "offered", "chosen"])
def test_a_changed_row_is_left_out_and_counted(filled: Path, column: str) -> None:
    db = sqlite3.connect(filled)
    db.execute(
        f"UPDATE selection SET {column} = replace({column}, '左', '右') || ' ' WHERE id = 7"
    )
    db.commit()
    db.close()
    log = SelectionLog(filled, run=0)
    assert len(list(log.rows())) == ROWS - 1
    assert len(list(log.rows())) == ROWS - 1
    assert log.damaged == {7}
    log.close()


def test_rows_of_a_program_that_knows_no_checksums_are_read(filled: Path) -> None:
    db = sqlite3.connect(filled)
    db.execute("UPDATE selection SET checksum = NULL")
    db.commit()
    db.close()
    assert len(read(filled)[0]) == ROWS


def test_a_row_that_was_rewritten_is_whole(filled: Path) -> None:
    log = SelectionLog(filled, run=0)
    first, second, *_ = log.rows()
    log.rewrite([first.id], [(second.id, first.selection)])
    assert len(list(log.rows())) == ROWS - 1
    assert log.damaged == set()
    log.close()
