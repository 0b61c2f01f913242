"""Everything goes into one file and comes back; a damaged or foreign file changes nothing."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ime.backend import restore as restoring
from ime.backend.backup import MANIFEST, BackupError, alone, back_up, contents_of, read_manifest
from ime.backend.restore import ASIDE, finish_interrupted, forgotten_since, restore
from ime.errors import ImeError, Message
from ime.personalize import one_at_a_time
from ime.personalize.one_at_a_time import BusyError
from ime.settings import Folders, Settings, load, save, user_folders
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Mark, MarkKind, Selection, UserWord

NOW = 2_000_000_000.0


def folders_at(root: Path) -> Folders:
    return user_folders({"MOYIN_HOME": str(root)})


def log_of(folders: Folders) -> SelectionLog:
    return SelectionLog(folders.database, run=1)


def choose(folders: Folders, *texts: str) -> None:
    log = log_of(folders)
    for number, text in enumerate(texts, log.extent(0)[0]):
        choice = Selection(LeftContext(), "mo", ("mo",), (text,), text, 0, How.SPACE)
        log.append(Commit(number, text, ("mo",), (choice,)), NOW - 100, Versions())
    log.close()


def fill(folders: Folders, theme: str = "dark") -> None:
    """Something in each of the user's files."""
    settings = Settings()
    scheme = folders.config.parent / "mine.toml"  # outside the user's folders
    scheme.parent.mkdir(exist_ok=True)
    scheme.write_text("name = 'mine'", encoding="utf-8")
    typing = msgspec.structs.replace(settings.typing, scheme=str(scheme))
    window = msgspec.structs.replace(settings.window, theme=theme)
    save(msgspec.structs.replace(settings, typing=typing, window=window), folders.settings_file)
    folders.phrases_file.write_text("dz\t某路 1 号\n", encoding="utf-8")
    (folders.config / "themes").mkdir(exist_ok=True)
    (folders.config / "themes" / "blue.toml").write_text("name = 'blue'", encoding="utf-8")
    choose(folders, "墨", "默")
    log = log_of(folders)
    log.words.put([UserWord("墨音", ("mo", "yin"), 1.0, "added", NOW - 100)])
    log.close()
    folders.documents.write_text("{}", encoding="utf-8")
    folders.adapters.mkdir(exist_ok=True)
    (folders.adapters / "v0001.safetensors").write_bytes(os.urandom(3000))
    (folders.adapters / "active.json").write_text('{"version": "v0001"}', encoding="utf-8")


def state(folders: Folders) -> dict[str, Any]:
    """All that the user's folders hold, by name."""
    found: dict[str, Any] = {}
    for root in (folders.config, folders.data):
        for path in sorted(root.rglob("*")):
            if path.is_file() and "sqlite" not in path.name and not path.name.endswith(".lock"):
                found[str(path.relative_to(root.parent))] = path.read_bytes()
    if folders.database.exists():
        log = log_of(folders)
        found["rows"] = [row.selection.chosen for row in log.rows()]
        found["words"] = log.words.rows()
        found["marks"] = (log.marks(), log.forgotten())
        log.close()
    return found


@pytest.fixture
def full(tmp_path: Path) -> Folders:
    folders = folders_at(tmp_path / "one")
    fill(folders)
    return folders


@pytest.fixture
def backup(full: Folders, tmp_path: Path) -> Path:
    path = tmp_path / "backup.zip"
    back_up(full, path, NOW)
    return path


def test_all_of_it_moves_to_another_machine(
    full: Folders, backup: Path, tmp_path: Path
) -> None:
    other = folders_at(tmp_path / "two")
    assert read_manifest(backup).made == NOW
    restore(other, backup, NOW + 1)
    before, after = state(full), state(other)
    scheme = after.pop("config/schemes/mine.toml")
    assert scheme == b"name = 'mine'"
    before.pop("config/settings.toml")
    settings = load(other.settings_file).settings
    assert after.pop("config/settings.toml")
    assert settings.window.theme == "dark"
    assert settings.typing.scheme == str(other.config / "schemes" / "mine.toml")
    assert json.loads(after.pop("data/adapters/active.json")) == {"version": "v0001"}
    before.pop("data/adapters/active.json")
    assert after == before
    assert contents_of(other) == contents_of(full)
    modes = {path.stat().st_mode & 0o077 for path in other.data.rglob("*")}
    assert modes == {0}
    assert backup.stat().st_mode & 0o077 == 0


def test_what_came_later_goes_and_nothing_is_left_aside(full: Folders, backup: Path) -> None:
    before = state(full)
    choose(full, "磨")
    (full.adapters / "v0002.safetensors").write_bytes(b"newer")
    (full.adapters / "active.json").write_text('{"version": "v0002"}', encoding="utf-8")
    (full.config / "themes" / "red.toml").write_text("name = 'red'", encoding="utf-8")
    full.phrases_file.unlink()
    restore(full, backup, NOW + 1)
    after = state(full)
    before["config/settings.toml"] = after["config/settings.toml"]  # names the scheme anew
    assert b'theme = "dark"' in bytes(after["config/settings.toml"])
    active = "data/adapters/active.json"
    assert json.loads(after.pop(active)) == json.loads(bytes(before.pop(active)))
    after.pop("config/schemes/mine.toml")
    assert after == before
    assert [path.name for path in full.data.iterdir() if path.name.startswith(".")] in (
        [],
        [".backup.lock"],
    )


def test_open_programs_read_on_in_the_same_database(full: Folders, backup: Path) -> None:
    log = log_of(full)
    version = log.data_version()
    choose(full, "磨")
    restore(full, backup, NOW + 1)
    assert log.data_version() != version
    assert [row.selection.chosen for row in log.rows()] == ["墨", "默"]
    choice = Selection(LeftContext(), "mo", ("mo",), ("莫",), "莫", 0, How.SPACE)
    log.append(Commit(77, "莫", ("mo",), (choice,)), NOW, Versions())
    log.close()
    assert state(full)["rows"] == ["墨", "默", "莫"]


def test_what_was_forgotten_since_stays_forgotten(full: Folders, backup: Path) -> None:
    log = log_of(full)
    log.set_mark(Mark(MarkKind.FORGOTTEN, "moyin", ("mo", "yin"), "墨音"), NOW + 50)
    log.set_mark(Mark(MarkKind.HIDDEN, "mo", ("mo",), "默"), NOW + 60)
    log.close()
    assert forgotten_since(full, NOW) == 2
    restore(full, backup, NOW + 100)
    log = log_of(full)
    assert log.words.count() == 0
    assert [row.retracted for row in log.rows()] == [False, True]
    assert [mark.text for mark in log.marks()] == ["默"]
    assert [mark.text for _, mark in log.forgotten()] == ["墨音"]
    log.close()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("墨音", encoding="utf-8")


def another_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "x")


def rewritten(
    change: Callable[[str, bytes], tuple[str, bytes] | None],
) -> Callable[[Path], None]:
    """Write the zip again with entries changed."""

    def damage(path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            entries = [(name, archive.read(name)) for name in archive.namelist()]
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in entries:
                if (new := change(name, data)) is not None:
                    archive.writestr(*new)

    return damage


def manifest_with(**fields: object) -> Callable[[Path], None]:
    def change(name: str, data: bytes) -> tuple[str, bytes]:
        if name == MANIFEST:
            data = json.dumps({**json.loads(data), **fields}).encode()
        return name, data

    return rewritten(change)


def false_database(path: Path) -> None:
    """A database that is none, under the sum of its bytes."""
    false = b"no database"
    sha256 = hashlib.sha256(false).hexdigest()

    def change(name: str, data: bytes) -> tuple[str, bytes]:
        if name.endswith("sqlite"):
            return name, false
        if name == MANIFEST:
            table = json.loads(data)
            for one in table["files"]:
                if one["path"].endswith("sqlite"):
                    one.update(size=len(false), sha256=sha256)
            data = json.dumps(table).encode()
        return name, data

    rewritten(change)(path)


def one_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    place = data.find(b"v0001.safetensors") + 200
    data[place] ^= 1
    path.write_bytes(data)


OUTSIDE = {"path": "config/../../evil.toml", "size": 1, "sha256": "0"}
DAMAGES = {
    "cut": cut,
    "emptied": emptied,
    "text": text,
    "another zip": another_zip,
    "one byte": one_byte,
    "entry gone": rewritten(lambda name, data: None if "phrases" in name else (name, data)),
    "entry changed": rewritten(lambda name, data: (name, data + b"x" * ("phrases" in name))),
    "no database": rewritten(
        lambda name, data: (name, b"no database" if name.endswith("sqlite") else data)
    ),
    "false database": false_database,
    "newer format": manifest_with(format=99, version="9.9"),
    "leads outside": manifest_with(files=[OUTSIDE]),
    "too large": manifest_with(files=[{**OUTSIDE, "path": "config/a.toml", "size": 1 << 60}]),
    "no manifest": manifest_with(kind="something else"),
    "fields missing": rewritten(
        lambda name, data: (name, b'{"kind": "moyin backup"}' if name == MANIFEST else data)
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_file_that_is_no_whole_backup_changes_nothing(
    full: Folders, backup: Path, name: str
) -> None:
    DAMAGES[name](backup)
    choose(full, "磨")
    before = state(full)
    with pytest.raises(BackupError) as caught:
        restore(full, backup, NOW + 1)
    assert isinstance(caught.value.told, Message)
    assert state(full) == before
    assert not (full.data / ASIDE).exists()


def test_a_missing_file_is_told(full: Folders, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="missing"):
        restore(full, tmp_path / "nowhere.zip", NOW)


@pytest.mark.parametrize("step", ["_replace_database", "_replace_files"])
def test_what_fails_half_way_is_taken_back(
    full: Folders, backup: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    choose(full, "磨")
    before = state(full)
    right = getattr(restoring, step)
    calls = []

    def fail_at_first(*args: object) -> None:
        right(*args)
        calls.append(args)
        if len(calls) == 1:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(restoring, step, fail_at_first)
    with pytest.raises(BackupError, match="undone"):
        restore(full, backup, NOW + 1)
    after = state(full)
    active = "data/adapters/active.json"
    assert json.loads(after.pop(active)) == json.loads(bytes(before.pop(active)))
    for one in (before, after):
        one.pop("config/settings.toml")
        one.pop("config/schemes/mine.toml", None)
    assert after == before


def _die_half_way(root: str, backup: str) -> None:
    folders = folders_at(Path(root))

    def die(*_: object) -> None:
        os._exit(9)

    setattr(restoring, "_replace_files", die)  # noqa: B010  the type is another
    restore(folders, Path(backup), NOW + 1)


def test_a_program_that_dies_half_way_is_finished_at_the_next_start(
    full: Folders, backup: Path
) -> None:
    choose(full, "磨")
    rows = state(full)["rows"]
    process = multiprocessing.get_context("fork").Process(
        target=_die_half_way, args=(str(full.data.parent), str(backup))
    )
    process.start()
    process.join()
    assert process.exitcode == 9
    assert state(full)["rows"] == ["墨", "默"]
    assert finish_interrupted(full) == Message("backup.interrupted")
    assert state(full)["rows"] == rows
    assert list(full.data.glob(".backup-*")) == []
    assert finish_interrupted(full) is None


def test_only_one_is_at_work(full: Folders, backup: Path) -> None:
    before = state(full)
    with alone(full), pytest.raises(BusyError, match="busy"):
        restore(full, backup, NOW)
    assert state(full) == before


def test_not_while_anything_is_learning(full: Folders, backup: Path) -> None:
    before = state(full)
    learning = one_at_a_time.alone(full.data, one_at_a_time.TRAINING, Message("x"))
    with learning, pytest.raises(BusyError, match="learning"):
        restore(full, backup, NOW)
    assert state(full) == before


def test_stopping_changes_nothing(full: Folders, backup: Path, tmp_path: Path) -> None:
    choose(full, "磨")
    before = state(full)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(full, backup, NOW, stop)
    old = backup.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        back_up(full, backup, NOW, stop)
    assert backup.read_bytes() == old
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert state(full) == before


def test_a_damaged_database_here_gives_way_and_is_kept(full: Folders, backup: Path) -> None:
    full.database.write_bytes(b"no database at all" * 100)
    with pytest.raises(ImeError):
        back_up(full, backup.with_name("other.zip"), NOW)
    restore(full, backup, NOW + 1)
    assert state(full)["rows"] == ["墨", "默"]
    assert (full.data / "user.sqlite.corrupt-1").exists()


def test_nothing_was_typed_yet(tmp_path: Path) -> None:
    empty, other = folders_at(tmp_path / "empty"), folders_at(tmp_path / "other")
    path = tmp_path / "backup.zip"
    back_up(empty, path, NOW)
    assert not empty.database.exists()
    fill(other)
    restore(other, path, NOW + 1)
    assert state(other)["rows"] == []
    assert contents_of(other) == contents_of(empty)
    assert load(other.settings_file).settings == Settings()


def test_a_database_of_a_newer_program_is_refused(full: Folders, backup: Path) -> None:
    db = sqlite3.connect(full.database)
    db.execute(f"PRAGMA user_version = {9 << 16}")
    db.close()
    with pytest.raises(ImeError):
        back_up(full, backup, NOW)
