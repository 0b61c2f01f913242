"""A log cut short anywhere: whole rows come back, or it is known to be damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

from ime.userdb.database import DamagedStoreError
from ime.userdb.selection_log import SelectionLog, Versions
from tests.userdb.conftest import MakeCommit


def filled(database: Path, commit_of: MakeCommit) -> None:
    log = SelectionLog(database, run=1)
    for number in range(60):
        log.append(commit_of(number, "好", context="左" * 60), float(number), Versions())
    log.close()


def test_log_cut_anywhere_is_damaged_or_lacks_its_last_row(
    tmp_path: Path, database: Path, commit_of: MakeCommit
) -> None:
    filled(database, commit_of)
    whole = database.read_bytes()
    damaged = 0
    for length in (*range(510, len(whole), 509), len(whole) - 1):
        torn = tmp_path / f"torn-{length}" / "user.sqlite"
        torn.parent.mkdir()
        torn.write_bytes(whole[:length])
        try:
            log = SelectionLog(torn, run=2)
        except DamagedStoreError:
            assert torn.read_bytes() == whole[:length]
            damaged += 1
            continue
        read = [row.selection.context.text for row in log.rows()]
        log.close()
        assert len(read) >= 59
        assert set(read) == {"左" * 60}
    assert damaged > 50


def test_write_ahead_log_cut_anywhere_loses_the_newest_rows_only(
    tmp_path: Path, database: Path, commit_of: MakeCommit
) -> None:
    filled(database, commit_of)
    log = SelectionLog(database, run=2)
    log._db.execute("PRAGMA wal_autocheckpoint = 0")
    for number in range(20):
        log.append(commit_of(number, "新"), 100.0 + number, Versions())
    snapshot = {path.name: path.read_bytes() for path in database.parent.iterdir()}
    log.close()
    journal = snapshot["user.sqlite-wal"]
    counts = []
    for length in range(0, len(journal), 1021):
        copy = tmp_path / f"cut-{length}"
        copy.mkdir()
        (copy / "user.sqlite").write_bytes(snapshot["user.sqlite"])
        (copy / "user.sqlite-wal").write_bytes(journal[:length])
        opened = SelectionLog(copy / "user.sqlite", run=3)
        rows = [row.time for row in opened.rows()]
        opened.close()
        shutil.rmtree(copy)
        assert rows == sorted(rows)
        assert rows[:60] == [float(i) for i in range(60)]
        counts.append(len(rows))
    assert counts == sorted(counts)
    assert (counts[0], len(set(counts)) > 10) == (60, True)
