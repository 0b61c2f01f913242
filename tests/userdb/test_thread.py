from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ime.errors import Message, StoreError
from ime.texts.catalogue import told
from ime.userdb import thread as store_module
from ime.userdb.forgetting import forget
from ime.userdb.selection_log import SelectionLog, Versions
from ime.userdb.thread import Store
from ime.values import Commit

MakeCommit = Callable[..., Commit]
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def notices() -> list[str | Message]:
    return []


@pytest.fixture
def store(database: Path, notices: list[str | Message]) -> Iterator[Store]:
    made = Store(database, notices.append, Versions("base", ""), clock=lambda: 5.0)
    yield made
    made.close()


def chosen(database: Path) -> list[str]:
    log = SelectionLog(database, run=0)
    texts = [row.selection.chosen for row in log.rows() if not row.retracted]
    log.close()
    return texts


def test_store_writes_in_order_with_time_and_versions(
    store: Store, database: Path, commit_of: MakeCommit
) -> None:
    store.append(commit_of(1, "你好"))
    store.versions = Versions("base", "me")
    store.append(commit_of(2, "世界"))
    store.retract(1)
    store.close()
    log = SelectionLog(database, run=0)
    assert [(row.time, row.versions, row.retracted) for row in log.rows()] == [
        (5.0, Versions("base", ""), True),
        (5.0, Versions("base", "me"), False),
    ]
    log.close()


def test_store_counts_after_what_was_asked_before(store: Store, commit_of: MakeCommit) -> None:
    counts: list[int] = []
    for number in range(20):
        store.append(commit_of(number, "好"))
    store.retract(3)
    store.count(counts.append)
    store.close()
    assert counts == [19]


def test_store_opens_no_file_for_a_commit_without_selections(
    store: Store, database: Path
) -> None:
    assert store.append(Commit(1, "hello")).result() is True
    store.close()
    assert not database.exists()


def test_store_keeps_a_damaged_database_aside_and_goes_on(
    store: Store, database: Path, notices: list[str | Message], commit_of: MakeCommit
) -> None:
    database.parent.mkdir()
    database.write_bytes(b"garbage" * 1000)
    assert store.append(commit_of(1, "你好")).result() is True
    assert chosen(database) == ["你好"]
    assert database.with_name("user.sqlite.corrupt-1").read_bytes() == b"garbage" * 1000
    assert len(notices) == 1
    assert "kept as user.sqlite.corrupt-1" in told(notices[0])


def test_store_survives_damage_while_it_runs(
    store: Store, database: Path, notices: list[str | Message], commit_of: MakeCommit
) -> None:
    store.append(commit_of(1, "从前")).result()
    store.ask(lambda log: log._db.execute("PRAGMA wal_checkpoint(TRUNCATE)"), print, print)
    store.ask(lambda log: log._db.execute("PRAGMA cache_size = 0"), print, print).result()
    size = database.stat().st_size
    with database.open("r+b") as file:
        file.write(b"\xff" * size)
    assert store.append(commit_of(2, "现在")).result() is True
    store.close()
    assert chosen(database) == ["从前", "现在"]
    assert len(notices) == 1


def deleted(database: Path) -> None:
    for path in database.parent.glob("user.sqlite*"):
        path.unlink()


def deleted_alone(database: Path) -> None:
    database.unlink()


def without_its_journal(database: Path) -> None:
    database.with_name("user.sqlite-wal").unlink()


def without_its_folder(database: Path) -> None:
    shutil.rmtree(database.parent)


def emptied(database: Path) -> None:
    os.truncate(database, 0)


def cut(database: Path) -> None:
    os.truncate(database, database.stat().st_size // 2)


def zeroed(database: Path) -> None:
    with database.open("r+b") as file:
        file.write(bytes(database.stat().st_size))


def replaced_by_junk(database: Path) -> None:
    other = database.with_name("other")
    other.write_bytes(b"junk" * 5000)
    other.replace(database)


@pytest.mark.skipif(os.name != "posix", reason="open files cannot be deleted elsewhere")
@pytest.mark.parametrize("merged", [True, False], ids=["merged", "in the journal"])
@pytest.mark.parametrize(
    "damage",
    [
        deleted,
        deleted_alone,
        without_its_journal,
        without_its_folder,
        emptied,
        cut,
        zeroed,
        replaced_by_junk,
    ],
)
def test_store_writes_anew_what_was_lost_while_it_was_open(
    store: Store,
    database: Path,
    notices: list[str | Message],
    commit_of: MakeCommit,
    damage: Callable[[Path], None],
    merged: bool,
) -> None:
    for number, text in enumerate(("一", "二", "三")):
        store.append(commit_of(number, text)).result()
    store.retract(1).result()
    if merged:
        merge = "PRAGMA wal_checkpoint(PASSIVE)"
        store.ask(lambda log: log._db.execute(merge).fetchall(), lambda _: None, print).result()
    damage(database)
    assert store.append(commit_of(3, "四")).result() is True
    assert store.append(commit_of(4, "五")).result() is True
    store.close()
    assert chosen(database) == ["一", "三", "四", "五"]
    assert len(notices) <= 1
    assert notices or not merged


def test_store_brings_back_nothing_that_was_forgotten(
    store: Store, database: Path, commit_of: MakeCommit
) -> None:
    store.append(commit_of(1, "秘密")).result()
    store.append(commit_of(2, "世界")).result()
    other = SelectionLog(database, run=0)
    forget(other, "秘密")
    other.close()
    store.forgot("秘密")
    deleted(database)
    store.append(commit_of(3, "现在", context="我的秘密在")).result()
    store.close()
    log = SelectionLog(database, run=0)
    assert [(r.selection.context.text, r.selection.chosen) for r in log.rows()] == [
        ("在", "现在")
    ]
    log.close()


def test_another_program_that_writes_is_no_damage(
    store: Store, database: Path, notices: list[str | Message], commit_of: MakeCommit
) -> None:
    other = SelectionLog(database, run=99)
    for number in range(50):
        store.append(commit_of(number, "甲")).result()
        other.append(commit_of(number, "乙"), 6.0, Versions())
        if number % 10 == 0:
            other._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    other.close()
    store.close()
    assert sorted(chosen(database)) == ["乙"] * 50 + ["甲"] * 50
    assert notices == []


def test_store_keeps_commits_in_memory_while_the_folder_is_unusable(
    store: Store, database: Path, notices: list[str | Message], commit_of: MakeCommit
) -> None:
    database.parent.write_text("a file where the folder should be")
    results = [store.append(commit_of(number, text)) for number, text in enumerate("一二三")]
    results.append(store.retract(1))
    assert [result.result() for result in results] == [False] * 4
    assert len(notices) == 1
    assert "kept in memory" in told(notices[0])
    database.parent.unlink()
    assert store.append(commit_of(4, "四")).result() is True
    store.close()
    assert chosen(database) == ["一", "三", "四"]


def test_store_tells_again_after_it_worked_again(
    store: Store, database: Path, notices: list[str | Message], commit_of: MakeCommit
) -> None:
    for _ in range(2):
        database.parent.write_text("")
        store.append(commit_of(1, "好")).result()
        database.parent.unlink()
        store.append(commit_of(2, "好")).result()
        store._submit(lambda: store._close_log() is None).result()
        shutil.rmtree(database.parent)
    assert len(notices) == 2


def test_store_bounds_what_waits(
    database: Path,
    notices: list[str | Message],
    commit_of: MakeCommit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store_module, "WAITING_LIMIT", 3)
    store = Store(database, notices.append)
    database.parent.write_text("")
    for number, text in enumerate("一二三四五"):
        store.append(commit_of(number, text)).result()
    database.parent.unlink()
    store.close()
    assert chosen(database) == ["三", "四", "五"]


def test_store_says_at_the_end_what_could_not_be_kept(
    store: Store, database: Path, notices: list[str | Message], commit_of: MakeCommit
) -> None:
    database.parent.write_text("")
    store.append(commit_of(1, "好"))
    store.close()
    codes = [notice.code for notice in notices if isinstance(notice, Message)]
    assert codes == ["store.kept_in_memory", "store.lost"]


def test_store_refuses_politely_what_it_cannot_answer(store: Store, database: Path) -> None:
    refusals: list[StoreError] = []
    counts: list[int] = []
    database.parent.write_text("")
    store.ask(SelectionLog.wipe, lambda _: None, refusals.append)
    store.count(counts.append)
    store.close()
    assert counts == [0]
    assert len(refusals) == 1


def test_store_outlives_a_bug_in_one_piece_of_work(
    store: Store, database: Path, commit_of: MakeCommit
) -> None:
    def bug(_: object) -> None:
        raise RuntimeError("a bug")

    assert store.ask(bug, print, print).result() is False
    assert store._submit(lambda: store._write(bug)).result() is False
    assert store.append(commit_of(1, "好")).result() is True


def test_store_ignores_calls_after_close(store: Store, commit_of: MakeCommit) -> None:
    store.close()
    store.close()
    assert store.append(commit_of(1, "好")).result() is False
    assert store.retract(1).result() is False


CHILD = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from ime.values import Commit, How, LeftContext, Selection
    from ime.userdb.thread import Store

    store = Store(Path(sys.argv[1]), print)
    for number in range(1_000_000):
        text = "好" * 50
        selection = Selection(LeftContext(text), "a", ("a",), (text,), text, 0, How.SPACE)
        assert store.append(Commit(number, text, selections=(selection, selection))).result()
        print(number, flush=True)
    """
)


def test_store_keeps_every_acknowledged_row_when_killed(database: Path) -> None:
    for round_ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, str(database)],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        ) as child:
            assert child.stdout is not None
            acknowledged = [int(child.stdout.readline()) for _ in range(100 * (round_ + 1))]
            child.send_signal(signal.SIGKILL)
            acknowledged += [int(line) for line in child.stdout if line.endswith(b"\n")]
        log = SelectionLog(database, run=0)
        rows = list(log.rows())
        run = rows[-1].run
        written = [row.commit_id for row in rows if row.run == run]
        assert written[: 2 * len(acknowledged)] == [n for n in acknowledged for _ in "ab"]
        assert len(written) in (2 * len(acknowledged), 2 * len(acknowledged) + 2)
        assert log._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        log.close()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become nobody"
)
def test_log_in_a_read_only_folder_raises_with_advice(database: Path) -> None:
    SelectionLog(database, run=1).close()
    database.chmod(0o444)
    database.parent.chmod(0o755)
    script = """
import os, sys
from pathlib import Path
from ime.userdb.forgetting import forget
from ime.userdb.selection_log import SelectionLog
os.chdir(sys.argv[1])  # now: nobody may not walk there
os.setuid(65534)
SelectionLog(Path("user.sqlite"), 1)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(database.parent)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        check=False,
    )
    assert "StoreError" in done.stderr
    assert "store.advice.cannot_open" in done.stderr


def test_store_uses_no_connection_of_another_thread(
    store: Store, commit_of: MakeCommit
) -> None:
    store.append(commit_of(1, "好")).result()
    assert store._log is not None
    with pytest.raises(sqlite3.ProgrammingError, match="thread"):
        store._log._db.execute("SELECT 1")


def test_two_programs_write_at_once_and_a_clock_that_goes_back_loses_nothing(
    database: Path, notices: list[str | Message], commit_of: MakeCommit
) -> None:
    times = iter(range(1000, 0, -1))
    window = Store(database, notices.append, clock=lambda: 1_000.0)
    engine = Store(database, notices.append, clock=lambda: float(next(times)))
    for number in range(40):
        window.append(commit_of(number, "窗口"))
        engine.append(commit_of(number, "引擎"))
    window.retract(39)
    window.close()
    engine.close()
    assert (sorted(chosen(database)), notices) == (["引擎"] * 40 + ["窗口"] * 39, [])
    log = SelectionLog(database, run=0)
    engines = [row for row in log.rows() if row.selection.chosen == "引擎"]
    assert [row.commit_id for row in engines] == list(range(40))
    assert log.count() == 79
    log.close()
