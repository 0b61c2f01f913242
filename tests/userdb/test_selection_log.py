from __future__ import annotations

import math
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ime.errors import StoreError
from ime.userdb import database as database_module
from ime.userdb.database import DamagedStoreError, move_aside
from ime.userdb.selection_log import CONTEXT_CHARACTERS, LoggedSelection, SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Mark, MarkKind, Selection

MakeCommit = Callable[..., Commit]

NIHAO = Selection(
    context=LeftContext("早上，", ((0, "zao"), (1, "shang"))),
    raw="nihao",
    syllables=("ni", "hao"),
    offered=("你好", "你", "拟好"),
    chosen="拟好",
    rank=2,
    how=How.DIGIT,
    scores=(-0.25, -math.inf, -3.5),
)


def chosen(log: SelectionLog) -> list[str]:
    return [row.selection.chosen for row in log.rows()]


def on_disk(path: Path) -> bytes:
    return b"".join(part.read_bytes() for part in path.parent.iterdir())


def test_append_keeps_all_of_a_selection(log: SelectionLog) -> None:
    added = log.append(Commit(3, "拟好", selections=(NIHAO,)), 12.5, Versions("base-1", "me-2"))
    assert added == 1
    assert list(log.rows()) == [
        LoggedSelection(1, 12.5, 7, 3, NIHAO, False, Versions("base-1", "me-2"))
    ]


def test_append_masks_context_and_offered(log: SelectionLog) -> None:
    context = LeftContext("密码hunter2，", ((0, "mi"), (1, "ma")))
    selection = Selection(context, "a", ("a",), ("啊", "bob7"), "啊", 0, How.SPACE)
    log.append(Commit(1, "啊", selections=(selection,)), 0.0, Versions())
    (row,) = log.rows()
    assert row.selection.context == LeftContext("密码a0，", ((0, "mi"), (1, "ma")))
    assert row.selection.offered == ("啊", "a0")
    assert b"hunter" not in on_disk(log.path)


def test_letters_like_a_password_leave_no_row(log: SelectionLog) -> None:
    syllables = ("da", "ren", "a", "gong")
    secret = replace(NIHAO, raw="dragon", syllables=syllables, chosen="大人啊公")
    log.append(Commit(1, "大人啊公", selections=(secret,)), 0.0, Versions())
    assert not list(log.rows())
    assert "大人啊公".encode() not in on_disk(log.path)


def test_letters_that_are_not_the_spelling_are_not_stored(log: SelectionLog) -> None:
    log.append(Commit(1, "拟好", selections=(replace(NIHAO, raw="nh"),)), 0.0, Versions())
    (row,) = log.rows()
    assert row.selection == replace(NIHAO, raw="")


@pytest.mark.parametrize(
    "text", ["bob7", "卡拉OK", "3月", ""], ids=["name", "mixed", "date", "empty"]
)
def test_append_leaves_out_text_with_letters_or_digits(
    log: SelectionLog, commit_of: MakeCommit, text: str
) -> None:
    assert log.append(commit_of(1, text, "好"), 0.0, Versions()) == 1
    assert chosen(log) == ["好"]


def test_append_cuts_a_long_context_at_the_front(
    log: SelectionLog, commit_of: MakeCommit
) -> None:
    log.append(commit_of(1, "好", context="前" * 300 + "近"), 0.0, Versions())
    (row,) = log.rows()
    assert len(row.selection.context.text) == CONTEXT_CHARACTERS
    assert row.selection.context.text.endswith("前近")


def test_append_of_nothing_to_keep_adds_nothing(log: SelectionLog) -> None:
    assert log.append(Commit(1, "hello"), 0.0, Versions()) == 0
    assert log.count() == 0


def test_retract_marks_one_commit_of_this_run_only(
    database: Path, log: SelectionLog, commit_of: MakeCommit
) -> None:
    log.append(commit_of(1, "你好"), 0.0, Versions())
    log.append(commit_of(2, "世", "界"), 0.0, Versions())
    other = SelectionLog(database, run=8)
    other.append(commit_of(2, "别人"), 0.0, Versions())
    assert log.retract(2) == 2
    assert log.retract(99) == 0
    assert [(row.selection.chosen, row.retracted) for row in other.rows()] == [
        ("你好", False),
        ("世", True),
        ("界", True),
        ("别人", False),
    ]
    assert log.count() == 2
    other.close()


def test_rows_come_in_order_over_many_batches(
    log: SelectionLog, commit_of: MakeCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ime.userdb.selection_log._BATCH", 3)
    for number in range(9):
        log.append(commit_of(number, chr(0x4E00 + number)), 0.0, Versions())
    assert [row.commit_id for row in log.rows()] == list(range(9))
    assert [row.commit_id for row in log.rows(newest_first=True)] == list(range(8, -1, -1))


def test_rows_skip_what_was_edited_by_hand(log: SelectionLog, commit_of: MakeCommit) -> None:
    for number, column in enumerate(("readings", "offered", "how", "scores", "")):
        log.append(commit_of(number, "好"), 0.0, Versions())
        if column:
            with sqlite3.connect(log.path) as db:
                db.execute(f"UPDATE selection SET {column} = '5' WHERE commit_id = {number}")
            db.close()
    assert [row.commit_id for row in log.rows()] == [4]


def test_files_are_private(log: SelectionLog, commit_of: MakeCommit) -> None:
    log.append(commit_of(1, "好"), 0.0, Versions())
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in log.path.parent.iterdir()}
    assert files == dict.fromkeys(("user.sqlite", "user.sqlite-wal", "user.sqlite-shm"), 0o600)
    assert stat.S_IMODE(log.path.parent.stat().st_mode) == 0o700


def test_opening_takes_back_permissions_that_others_have(database: Path) -> None:
    SelectionLog(database, run=1).close()
    database.chmod(0o644)
    SelectionLog(database, run=1).close()
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_database_is_set_up_as_promised(log: SelectionLog) -> None:
    def pragma(name: str) -> object:
        return log._db.execute(f"PRAGMA {name}").fetchone()[0]

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 1  # NORMAL
    assert pragma("secure_delete") == 1
    assert pragma("user_version") == 1 << 16 | 8
    (sql,) = log._db.execute(
        "SELECT sql FROM sqlite_schema WHERE name = 'selection'"
    ).fetchone()
    assert sql.rstrip().endswith("STRICT")


def test_wipe_leaves_no_byte_of_what_was_typed(
    log: SelectionLog, commit_of: MakeCommit
) -> None:
    kept = log.path.with_name("user.sqlite.corrupt-1")
    kept.write_text("秘密")
    for number in range(50):
        log.append(commit_of(number, "秘密"), 0.0, Versions())
    assert "秘密".encode() in on_disk(log.path)
    log.wipe()
    assert log.count() == 0
    assert "秘密".encode() not in on_disk(log.path)
    assert not kept.exists()


def test_wipe_says_so_when_another_program_still_reads(
    log: SelectionLog, commit_of: MakeCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.append(commit_of(1, "好"), 0.0, Versions())
    log._db.execute("PRAGMA busy_timeout = 10")
    reader = sqlite3.connect(log.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM selection").fetchone()
    with pytest.raises(StoreError, match=r"store\.not_overwritten"):
        log.wipe()
    reader.close()
    log.wipe()


def test_opening_migrates_an_older_minor_version(
    database: Path, commit_of: MakeCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = SelectionLog(database, run=1)
    old.append(commit_of(1, "旧"), 0.0, Versions())
    old.close()
    step = ("ALTER TABLE selection ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'",)
    with monkeypatch.context() as newer:
        newer.setattr(database_module, "_MIGRATIONS", (*database_module._MIGRATIONS, step))
        migrated = SelectionLog(database, run=2)
        assert migrated._db.execute("SELECT chosen, mood FROM selection").fetchall() == [
            ("旧", "calm")
        ]
        assert migrated._db.execute("PRAGMA user_version").fetchone() == (
            1 << 16 | len(database_module._MIGRATIONS),
        )
        migrated.close()
    older = SelectionLog(database, run=3)  # a minor version from the future can be used
    older.append(commit_of(1, "新"), 0.0, Versions())
    assert chosen(older) == ["旧", "新"]
    older.close()


def test_opening_refuses_another_major_version_and_leaves_it_alone(database: Path) -> None:
    database.parent.mkdir()
    with sqlite3.connect(database) as db:
        db.execute("CREATE TABLE future (x)")
        db.execute(f"PRAGMA user_version = {2 << 16}")
    db.close()
    before = database.read_bytes()
    with pytest.raises(StoreError, match=r"store\.newer_format .*found=2\.0 known=1") as caught:
        SelectionLog(database, run=1)
    assert not isinstance(caught.value, DamagedStoreError)
    assert database.read_bytes() == before


def _no_database(path: Path) -> None:
    path.write_bytes(b"this is not a database, but long enough to be one " * 100)


def _lost_middle(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[4096:] = b"\xff" * (len(whole) - 4096)
    path.write_bytes(whole)


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 4096 + 700])


@pytest.mark.parametrize("damage", [_no_database, _lost_middle, _cut_short])
def test_opening_a_damaged_file_raises_and_changes_nothing(
    database: Path, commit_of: MakeCommit, damage: Callable[[Path], None]
) -> None:
    log = SelectionLog(database, run=1)
    for number in range(100):
        log.append(commit_of(number, "好", context="文" * 100), 0.0, Versions())
    log.close()
    damage(database)
    before = database.read_bytes()
    with pytest.raises(DamagedStoreError, match=r"store\.damaged "):
        SelectionLog(database, run=1)
    assert database.read_bytes() == before


def test_opening_a_folder_raises_an_error_with_advice(database: Path) -> None:
    database.mkdir(parents=True)
    with pytest.raises(StoreError, match=r"cannot\.opened path=.*sqlite .*cannot_open"):
        SelectionLog(database, run=1)


def test_opening_with_an_old_sqlite_raises(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 0))
    with pytest.raises(StoreError, match="too_old"):
        SelectionLog(database, run=1)


def test_append_to_a_full_disk_raises_and_adds_nothing(
    log: SelectionLog, commit_of: MakeCommit
) -> None:
    log.append(commit_of(0, "好"), 0.0, Versions())
    (pages,) = log._db.execute("PRAGMA page_count").fetchone()
    log._db.execute(f"PRAGMA max_page_count = {pages}")
    long = commit_of(1, *["文" * 100] * 50)
    with pytest.raises(StoreError, match=r"advice\.full"):
        log.append(long, 0.0, Versions())
    assert chosen(log) == ["好"]


def test_append_to_a_locked_log_raises(log: SelectionLog, commit_of: MakeCommit) -> None:
    log._db.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(log.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"advice\.busy"):
        log.append(commit_of(1, "好"), 0.0, Versions())
    other.close()
    assert log.append(commit_of(1, "好"), 0.0, Versions()) == 1


def test_a_wrong_statement_is_not_blamed_on_the_disk(log: SelectionLog) -> None:
    with pytest.raises(sqlite3.ProgrammingError), log._transaction("written"):
        log._db.execute("SELECT ?")


def test_move_aside_takes_the_companions_and_the_next_number(database: Path) -> None:
    database.parent.mkdir()
    for round_ in (1, 2):
        for suffix in ("", "-wal"):
            database.with_name(database.name + suffix).write_text(f"{round_}{suffix}")
        assert move_aside(database).name == f"user.sqlite.corrupt-{round_}"
    assert {path.name: path.read_text() for path in database.parent.iterdir()} == {
        "user.sqlite.corrupt-1": "1",
        "user.sqlite.corrupt-1-wal": "1-wal",
        "user.sqlite.corrupt-2": "2",
        "user.sqlite.corrupt-2-wal": "2-wal",
    }


PIN = Mark(MarkKind.PINNED, "bj", ("bei", "jing"), "背景")
HIDE = Mark(MarkKind.HIDDEN, "beijing", ("bei", "jing"), "北京")


def test_marks_survive_and_the_newest_for_a_word_holds(database: Path) -> None:
    first = SelectionLog(database, run=1)
    first.set_mark(PIN, 1.0)
    first.set_mark(HIDE, 2.0)
    first.set_mark(replace(PIN, letters="beijing"), 3.0)
    first.close()
    second = SelectionLog(database, run=2)
    assert second.marks() == [HIDE, replace(PIN, letters="beijing")]
    second.set_mark(replace(PIN, kind=MarkKind.PLAIN), 4.0)
    assert second.marks() == [HIDE]
    second.close()


def test_pin_replaces_the_pin_of_its_reading(log: SelectionLog) -> None:
    log.set_mark(PIN, 1.0)
    other = replace(PIN, text="北京")
    log.set_mark(other, 2.0)
    assert log.marks() == [other]


@pytest.mark.parametrize("kind", [MarkKind.FORGOTTEN, MarkKind.HIDDEN])
def test_forgotten_word_is_not_learned_again(
    log: SelectionLog, commit_of: MakeCommit, kind: MarkKind
) -> None:
    for number, text in enumerate(("背景", "北京", "背景")):
        log.append(commit_of(number, text), 0.0, Versions())
    log.set_mark(Mark(kind, "aa", ("a", "a"), "背景"), 1.0)
    standing = [row.selection.chosen for row in log.rows() if not row.retracted]
    assert standing == ["北京"]


def test_wiped_log_has_no_marks_and_no_byte_of_them(log: SelectionLog, database: Path) -> None:
    log.set_mark(PIN, 1.0)
    log.wipe()
    assert log.marks() == []
    for path in database.parent.iterdir():
        assert PIN.text.encode() not in path.read_bytes()


def test_selections_since_a_moment_are_counted(
    log: SelectionLog, commit_of: MakeCommit
) -> None:
    for number in range(5):
        log.append(commit_of(number, "好"), float(number), Versions())
    assert (log.count(), log.count(since=3.0)) == (5, 2)


WRITER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=0.1, isolation_level=None)
try:
    db.execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    print(error)
else:
    print("wrote")
"""


def test_second_log_of_a_process_leaves_the_locks_of_the_first(
    log: SelectionLog, database: Path
) -> None:
    """Closing any handle of a file drops all of a process's locks on it."""
    log._db.execute("PRAGMA journal_mode = DELETE").fetchone()
    log._db.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked"):
        SelectionLog(database, run=8)
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(database)],
        capture_output=True,
        text=True,
        check=True,
    )
    log._db.execute("ROLLBACK")
    assert done.stdout.strip() == "database is locked"


def test_two_logs_of_a_process_write_in_turns(database: Path, commit_of: MakeCommit) -> None:
    logs = [SelectionLog(database, run=run) for run in (1, 2)]
    for number in range(20):
        logs[number % 2].append(commit_of(number, "好"), 0.0, Versions())
    assert [log.count() for log in logs] == [20, 20]
    assert [row.run for row in logs[0].rows()] == [1, 2] * 10
    for log in logs:
        log.close()
