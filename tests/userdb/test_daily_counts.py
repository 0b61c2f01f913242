"""Sums of each day: counted with the choices, without any text, gone when they are deleted."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from ime.userdb import forgetting
from ime.userdb.daily_counts import DailyCount
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Selection

NOON = datetime(2026, 11, 28, 12).astimezone().timestamp()
DAY = 86_400.0


def choice(text: str, raw: str, rank: int = 0) -> Selection:
    syllables = {"你好": "ni hao", "世界": "shi jie", "你": "ni", "好": "hao"}.get(text, "")
    return Selection(
        LeftContext(), raw, tuple(syllables.split()), (text,), text, rank, How.SPACE
    )


def opened(tmp_path: Path) -> SelectionLog:
    return SelectionLog(tmp_path / "user.sqlite", run=1)


def test_choices_are_summed_by_the_day(tmp_path: Path) -> None:
    log = opened(tmp_path)
    pieces = (choice("你好", "nihao"), choice("世界", "shijie", 3))
    log.append(Commit(1, "你好世界", selections=pieces), NOON, Versions())
    log.append(Commit(2, "你", selections=(choice("你", "ni"),)), NOON + 60, Versions())
    log.append(Commit(3, "，"), NOON + 61, Versions())
    log.append(Commit(4, "好", selections=(choice("好", "h", 1),)), NOON + DAY, Versions())
    assert log.daily.read() == [
        DailyCount("2026-11-28", 5, 6 + 7 + 3, 3, 2),
        DailyCount("2026-11-29", 1, 2, 1, 0),
    ]
    log.daily.delete("2026-11-29")
    assert [one.day for one in log.daily.read()] == ["2026-11-28"]
    log.daily.delete()
    assert log.daily.read() == []
    assert log.count() == 4
    log.close()


def test_text_that_the_log_leaves_out_is_counted(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append(Commit(1, "T恤", selections=(choice("T恤", "txu"),)), NOON, Versions())
    assert log.count() == 0
    assert log.daily.read() == [DailyCount("2026-11-28", 2, 4, 1, 1)]
    log.close()


def test_letters_that_enter_committed_are_no_choice(tmp_path: Path) -> None:
    log = opened(tmp_path)
    letters = Selection(LeftContext(), "nginx", (), (), "nginx", -1, How.ENTER)
    log.append(Commit(1, "nginx", selections=(letters,)), NOON, Versions())
    assert log.daily.read() == []
    log.close()


def test_what_was_typed_before_there_were_sums_is_counted(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append(Commit(1, "你好", selections=(choice("你好", "nihao"),)), NOON, Versions())
    before = log.daily.read()
    log.close()
    db = sqlite3.connect(tmp_path / "user.sqlite")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    db.execute("DROP TABLE daily_count")
    db.execute(f"PRAGMA user_version = {version - 1}")
    db.commit()
    db.close()
    log = opened(tmp_path)
    assert log.daily.read() == before
    log.close()


def test_forgetting_takes_the_sums_along(tmp_path: Path) -> None:
    log = opened(tmp_path)
    for number in range(3):
        one = (choice("你好", "nihao"),)
        log.append(Commit(number, "你好", selections=one), NOON + number * DAY, Versions())
    forgetting.forget_period(log, NOON + DAY - 60, NOON + DAY + 60)
    assert [one.day for one in log.daily.read()] == ["2026-11-28", "2026-11-30"]
    log.wipe()
    assert log.daily.read() == []
    log.close()
