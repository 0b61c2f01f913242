"""Puts back what a backup holds: all of it, or nothing.

    1. the backup is unpacked beside the user's files and compared with its sums; what was
       forgotten since it was made is forgotten in it, too;
    2. everything that is there now goes into a backup of its own, kept aside;
    3. the files are replaced, the database by one transaction of sqlite's own copying;
    4. what was kept aside is deleted.

Where step 3 fails, or the program dies in it, what was kept aside is put back: at once, or by
`finish_interrupted` at the next start. Window and engine may run meanwhile: sqlite lets them go
on reading and writing the same file, and they take up settings, database and version as they do
when another process changes them.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from ime import atomic_write, private_folder
from ime.backend.backup import (
    ADAPTERS,
    DATABASE,
    DOCUMENTS,
    SETTINGS,
    WORK,
    BackupError,
    Manifest,
    Tick,
    alone,
    unpack,
    work_folder,
    write_backup,
)
from ime.errors import ImeError, Message, StoreError
from ime.personalize import one_at_a_time
from ime.personalize.active_version import ACTIVE
from ime.settings import Folders, load, save
from ime.userdb.database import DamagedStoreError, move_aside, open_database, told
from ime.userdb.selection_log import SelectionLog
from ime.values import Mark

ASIDE: Final = ".before-restore.zip"
"""In the data folder while a restore is under way: what was there before."""

_BASE = b'{"version": ""}'  # of `ACTIVE`: no personal version


def restore(folders: Folders, path: Path, now: float, tick: Tick = lambda *_: None) -> Manifest:
    """Put everything back as it was when a backup was made.

    Args:
        folders: of the user.
        path: of the backup.
        now: seconds since 1970, UTC.
        tick: told of the bytes that are unpacked; may raise to stop, then nothing has changed.

    Returns:
        What the backup says of itself.

    Raises:
        BackupError: it is none, damaged or of a newer program, or it could not be put in
            place; everything is as it was.
        BusyError: another restore is under way, or something is learning.
        StoreError: the same, for the database in it.
    """
    learning = Message("backup.fault.learning")
    with (
        alone(folders),
        one_at_a_time.alone(folders.data, one_at_a_time.TRAINING, learning),
        work_folder(folders) as place,
    ):
        _recover(folders)
        manifest = unpack(path, place, tick)
        _prepare(folders, place, manifest)
        aside = folders.data / ASIDE
        _keep_aside(folders, aside, now)
        try:
            _apply(folders, place)
        except (OSError, ImeError, sqlite3.Error) as exc:
            why = exc.told if isinstance(exc, ImeError) else str(exc)
            _recover(folders)
            raise BackupError(Message.of("backup.fault.undone", why=why)) from exc
        aside.unlink(missing_ok=True)
        return manifest


def finish_interrupted(folders: Folders) -> Message | None:
    """Undo a restore that a program died in; called by every front before it reads settings.

    Returns:
        What the user should know; None where there was nothing to do.
    """
    left = [*folders.data.glob(f"{WORK}*/"), *folders.data.glob(ASIDE)]
    if not left:
        return None
    try:
        with alone(folders):
            for place in folders.data.glob(f"{WORK}*/"):
                shutil.rmtree(place, ignore_errors=True)
            undone = _recover(folders)
    except ImeError as exc:
        return exc.told if isinstance(exc.told, Message) else None
    return Message("backup.interrupted") if undone else None


def forgotten_since(folders: Folders, made: float) -> int:
    """How many words were forgotten or hidden since then, which a restore keeps so."""
    if not folders.database.exists():
        return 0
    with contextlib.suppress(StoreError), _log(folders.database) as log:
        return len(log.unwanted(made))
    return 0


# --- before anything is changed ----------------------------------------------------------


def _prepare(folders: Folders, place: Path, manifest: Manifest) -> None:
    """Make what was unpacked fit this machine, and forget in it what was forgotten since."""
    database = place / DATABASE
    try:
        with _log(database) as log:  # makes an empty one where the backup has none
            for time, mark in _unwanted(folders, manifest.made):
                log.set_mark(mark, time)
    except DamagedStoreError as exc:
        raise BackupError(
            Message.of("backup.fault.damaged", path=database.name, name=DATABASE)
        ) from exc
    if manifest.scheme:
        known = load(place / SETTINGS).settings
        here = folders.config / Path(manifest.scheme).relative_to("config")
        typing = msgspec.structs.replace(known.typing, scheme=str(here))
        save(msgspec.structs.replace(known, typing=typing), place / SETTINGS)


def _unwanted(folders: Folders, made: float) -> list[tuple[float, Mark]]:
    if not folders.database.exists():
        return []
    try:
        with _log(folders.database) as log:
            return log.unwanted(made)
    except DamagedStoreError:
        return []  # nothing can be asked of it any more


def _keep_aside(folders: Folders, aside: Path, now: float) -> None:
    try:
        write_backup(folders, aside, now)
    except DamagedStoreError:
        move_aside(folders.database)  # where the user can find it; there is no other way on
        write_backup(folders, aside, now)


# --- putting in place --------------------------------------------------------------------


def _recover(folders: Folders) -> bool:
    """Put back what was kept aside; returns whether anything was."""
    aside = folders.data / ASIDE
    if not aside.exists():
        return False
    with work_folder(folders) as place:
        unpack(aside, place)
        _apply(folders, place)
    aside.unlink(missing_ok=True)
    return True


def _apply(folders: Folders, place: Path) -> None:
    """Put files in place of the user's. The last step tells open programs to look again."""
    private_folder.make(folders.config, folders.data, folders.adapters)
    _replace_database(place / DATABASE, folders.database)
    _replace_files(place / "config", folders.config, _of_config(folders))
    documents = place / DOCUMENTS
    if documents.exists():
        atomic_write.replace(folders.documents, documents.read_bytes(), mode=0o600)
    else:
        folders.documents.unlink(missing_ok=True)
    staged = place / ADAPTERS
    active = staged / ACTIVE
    chosen = active.read_bytes() if active.exists() else _BASE
    # The shipped model serves while versions come and go.
    atomic_write.replace(folders.adapters / ACTIVE, _BASE, mode=0o600)
    active.unlink(missing_ok=True)
    old = [path for path in folders.adapters.glob("*") if path.name != ACTIVE]
    _replace_files(staged, folders.adapters, old)
    atomic_write.replace(folders.adapters / ACTIVE, chosen, mode=0o600)


def _of_config(folders: Folders) -> list[Path]:
    """The files there that a backup holds."""
    schemes = [path for path in folders.config.rglob("*.toml") if path.is_file()]
    return [*schemes, folders.phrases_file]


def _replace_files(staged: Path, folder: Path, old: list[Path]) -> None:
    """Move files below one folder to another, and delete those of `old` that it lacks."""
    new = [path for path in staged.rglob("*") if path.is_file()] if staged.exists() else []
    for path in new:
        target = folder / path.relative_to(staged)
        private_folder.make(target.parent)
        shutil.move(path, target)
    kept = {folder / path.relative_to(staged) for path in new}
    for path in old:
        if path not in kept and not path.is_dir():
            path.unlink(missing_ok=True)


def _replace_database(staged: Path, target: Path) -> None:
    """Copy a database into one that others may have open; they see the old one or the new."""
    new = open_database(staged)  # migrated, or made where the backup had none
    try:
        try:
            db = open_database(target)
        except DamagedStoreError:
            move_aside(target)
            db = open_database(target)
        with contextlib.closing(db), told("written", target):
            new.backup(db)
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        new.close()


@contextlib.contextmanager
def _log(path: Path) -> Iterator[SelectionLog]:
    log = SelectionLog(path, run=0)
    try:
        yield log
    finally:
        log.close()
