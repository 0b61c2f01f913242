"""Settings and the personal version that another process changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from ime.backend.following import Following
from ime.settings import Folders, Settings, save
from ime.userdb.thread import Store
from ime.values import Commit, Mark


class Learner:
    def __init__(self) -> None:
        self.opened_anew = 0

    def learn(self, commit: Commit) -> None: ...

    def retract(self, commit_id: int) -> None: ...

    def mark(self, mark: Mark) -> None: ...

    def reopen(self) -> None:
        self.opened_anew += 1


def within(seconds: float, found: Callable[[], bool]) -> bool:
    over = time.monotonic() + seconds
    while not found() and time.monotonic() < over:
        time.sleep(0.02)
    return found()


def private(value: bool) -> Settings:
    typing = msgspec.structs.replace(Settings().typing, private=value)
    return msgspec.structs.replace(Settings(), typing=typing)


def test_another_process_changes_settings_and_version(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "config", tmp_path / "data", tmp_path / "cache")
    save(private(False), folders.settings_file)
    folders.adapters.mkdir(parents=True)
    told: list[Settings] = []
    learner = Learner()
    store = Store(folders.database, lambda _: None)
    following = Following(folders, store, learner, told.append, lambda: None)
    following.start()
    try:
        save(private(True), folders.settings_file)
        assert within(5, lambda: told == [private(True)])
        save(private(False), folders.settings_file)
        following.saved()  # by ourselves
        assert not within(1.5, lambda: len(told) > 1)
        (folders.adapters / "active.json").write_text('{"version": ""}')
        assert within(5, lambda: learner.opened_anew == 1)
        assert not folders.database.exists()
    finally:
        following.close()
        store.close()
