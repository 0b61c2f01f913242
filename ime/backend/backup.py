"""One file with all of the user's: settings, words, log, versions, phrases, schemes.

A backup is a zip. Its last entry, `manifest.json`, names every other with size and SHA-256;
they lie as in the user's folders, `config/...` and `data/...`. Drafts and what can be made
again are left out. The database in it is a snapshot: others may go on writing meanwhile.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import msgspec

from ime import __version__, private_folder
from ime.errors import EnvironmentFaultError, Message
from ime.personalize import one_at_a_time
from ime.settings import Folders, load
from ime.userdb.database import open_database, told
from ime.userdb.selection_log import SelectionLog

FORMAT: Final = 1
KIND: Final = "moyin backup"
MANIFEST: Final = "manifest.json"
DATABASE: Final = "data/user.sqlite"
DOCUMENTS: Final = "data/documents.json"
ADAPTERS: Final = "data/adapters/"
SETTINGS: Final = "config/settings.toml"
WORK: Final = ".backup-"
"""What folders begin with that a program which died left in the data folder."""

_SCHEMES = "config/schemes/"
_LOCK = ".backup.lock"

_MOST_MANIFEST = 10_000_000  # bytes; a file takes 150
_BLOCK = 1 << 20
_NAME = re.compile(r"(config(/[^/\\:\0.][^/\\:\0]*)+|data/adapters/[^/\\:\0.][^/\\:\0]*)")

Tick = Callable[[int, int], object]
"""Told how many of how many bytes are done; may raise to stop."""


class BackupError(EnvironmentFaultError):
    """A backup cannot be made, read or restored; nothing was changed."""


class _File(msgspec.Struct, frozen=True):
    """An entry of the zip: its name, bytes, and hexadecimal SHA-256."""

    path: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself.

    Attributes:
        kind: `KIND`.
        format: `FORMAT`, or that of a newer program.
        made: seconds since 1970, UTC.
        version: of the program that made it.
        files: everything else in it.
        scheme: name of the entry that `typing.scheme` of the settings means; empty where that
            names no file.
    """

    kind: str
    format: int
    made: float
    version: str
    files: tuple[_File, ...]
    scheme: str = ""

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(one.size for one in self.files)


@dataclass(frozen=True, slots=True)
class Contents:
    """What there is in a backup, or in the user's folders, in numbers.

    Attributes:
        choices: in the log.
        words: added and imported.
        versions: personal versions of the model.
    """

    choices: int
    words: int
    versions: int


def back_up(folders: Folders, path: Path, made: float, tick: Tick = lambda *_: None) -> None:
    """`write_backup`, while nothing else backs up or restores.

    Raises:
        BusyError: something else does.
        BackupError, StoreError: as `write_backup`.
    """
    with alone(folders):
        write_backup(folders, path, made, tick)


def write_backup(
    folders: Folders, path: Path, made: float, tick: Tick = lambda *_: None
) -> None:
    """Write everything to one file that only the user can read.

    Args:
        folders: of the user.
        path: of the file; one that exists is replaced once the new one is whole.
        made: seconds since 1970, UTC.
        tick: told of every block.

    Raises:
        BackupError: the file cannot be written, or something cannot be read.
        StoreError: the database is damaged or cannot be read.
    """
    try:
        with work_folder(folders) as place:
            entries = dict(_entries(folders, place))
            scheme = _scheme_entry(folders, entries)
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            try:
                with os.fdopen(handle, "w+b") as file:
                    _write(file, entries, made, scheme, tick)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
    except OSError as exc:
        where = exc.filename or str(path)
        why = exc.strerror or str(exc)
        raise BackupError(Message.of("backup.fault.unwritten", path=where, why=why)) from exc


def read_manifest(path: Path) -> Manifest:
    """What a backup says of itself; its files are not looked at.

    Raises:
        BackupError: it is none, it is damaged, or a newer program made it.
    """
    with _opened(path) as archive:
        return _manifest(archive, path)


def unpack(path: Path, folder: Path, tick: Tick = lambda *_: None) -> Manifest:
    """Unpack a backup and compare every byte with its sums.

    Args:
        path: of the backup.
        folder: gets `config/` and `data/`.
        tick: told of every block.

    Raises:
        BackupError: it is none, it is damaged, a newer program made it, or there is no room.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive, path)
        if manifest.size > shutil.disk_usage(folder).free:
            size = manifest.size / 1e6
            raise BackupError(
                Message.of("backup.fault.no_room", folder=str(folder.parent), size=size)
            )
        done = 0
        for one in manifest.files:
            target = folder / one.path
            private_folder.make(target.parent)
            for block in _verified(archive, one, path, target):
                done += block
                tick(done, manifest.size)
        return manifest


def alone(folders: Folders) -> contextlib.AbstractContextManager[None]:
    """Hold the lock that one backup or restore at a time holds.

    Raises:
        EnvironmentFaultError: another holds it, or it cannot be made.
    """
    return one_at_a_time.alone(folders.data, _LOCK, Message("backup.fault.busy"))


@contextlib.contextmanager
def work_folder(folders: Folders) -> Iterator[Path]:
    """A folder beside the user's files, so that moving from it is renaming."""
    with tempfile.TemporaryDirectory(prefix=WORK, dir=folders.data) as place:
        yield Path(place)


def contents_of(folders: Folders) -> Contents:
    """The numbers of what is in the folders.

    Raises:
        StoreError: the database cannot be read.
    """
    versions = len(list(folders.adapters.glob("v*.safetensors")))
    if not folders.database.exists():  # reading would make one
        return Contents(0, 0, versions)
    log = SelectionLog(folders.database, run=0)
    try:
        return Contents(log.count(), log.words.count(), versions)
    finally:
        log.close()


# --- writing -----------------------------------------------------------------------------


def _entries(folders: Folders, place: Path) -> Iterator[tuple[str, Path]]:
    """Names in the zip and the files that go there; the database by way of a snapshot."""
    for path in sorted(folders.config.rglob("*")):
        name = f"config/{path.relative_to(folders.config).as_posix()}"
        wanted = path.suffix == ".toml" or path == folders.phrases_file
        if wanted and path.is_file() and _NAME.fullmatch(name):
            yield name, path
    if folders.database.exists():
        snapshot = place / folders.database.name
        _copy(folders.database, snapshot)
        yield DATABASE, snapshot
    if folders.documents.is_file():
        yield DOCUMENTS, folders.documents
    for path in sorted(folders.adapters.glob("[!.]*")):
        if path.is_file():
            yield ADAPTERS + path.name, path


def _scheme_entry(folders: Folders, entries: dict[str, Path]) -> str:
    """The entry of the scheme that the settings name by its path; it is added if need be."""
    setting = load(folders.settings_file).settings.typing.scheme
    if not setting.endswith(".toml"):
        return ""
    with contextlib.suppress(OSError, RuntimeError):
        scheme = Path(setting).expanduser().resolve()
        for name, path in entries.items():
            if path.resolve() == scheme:
                return name
        name = _SCHEMES + scheme.name
        if scheme.is_file() and _NAME.fullmatch(name):
            entries[name] = scheme
            return name
    return ""


def _copy(source: Path, target: Path) -> None:
    """Copy a database that others may be writing into."""
    db = open_database(source)
    try:
        copy = sqlite3.connect(target)
        with told("read", source), contextlib.closing(copy):
            db.backup(copy)
    finally:
        db.close()


def _write(
    file: IO[bytes], entries: dict[str, Path], made: float, scheme: str, tick: Tick
) -> None:
    total = sum(path.stat().st_size for path in entries.values())
    done = 0
    files = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, path in entries.items():
            digest, size = hashlib.sha256(), 0
            with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as out:
                while block := source.read(_BLOCK):
                    digest.update(block)
                    out.write(block)
                    size += len(block)
                    done += len(block)
                    tick(min(done, total), total)
            files.append(_File(name, size, digest.hexdigest()))
        manifest = Manifest(KIND, FORMAT, made, __version__, tuple(files), scheme)
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))


# --- reading -----------------------------------------------------------------------------


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The zip; whatever is wrong with it is told as damage of the file."""
    try:
        if not path.is_file():
            raise BackupError(Message.of("backup.fault.missing", path=str(path)))
        if not zipfile.is_zipfile(path):
            raise BackupError(Message.of("backup.fault.foreign", path=str(path)))
        with zipfile.ZipFile(path) as archive:
            yield archive
    except OSError as exc:
        why = exc.strerror or str(exc)
        raise BackupError(Message.of("backup.fault.unread", path=str(path), why=why)) from exc
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, ValueError),
        *(NotImplementedError, RuntimeError),  # packed or locked as no backup is
    ) as exc:
        raise _damaged(path, path.name) from exc


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    foreign = BackupError(Message.of("backup.fault.foreign", path=str(path)))
    if MANIFEST not in archive.namelist():
        raise foreign
    with archive.open(MANIFEST) as file:
        data = file.read(_MOST_MANIFEST + 1)
    try:
        head = msgspec.json.decode(data, type=dict)
        if head.get("kind") != KIND:
            raise foreign
        if isinstance(head.get("format"), int) and head["format"] > FORMAT:
            version = str(head.get("version", "?"))
            raise BackupError(Message.of("backup.fault.newer", path=str(path), version=version))
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.DecodeError as exc:
        raise foreign from exc
    names = [one.path for one in manifest.files]
    if len(set(names)) != len(names) or not all(map(_is_known, names)):
        raise foreign
    if manifest.scheme not in ("", *names):
        raise foreign
    return manifest


def _is_known(name: str) -> bool:
    return name in (DATABASE, DOCUMENTS) or _NAME.fullmatch(name) is not None


def _verified(archive: zipfile.ZipFile, one: _File, path: Path, target: Path) -> Iterator[int]:
    """Unpack an entry; yields the bytes of each block, and ends only where all are right."""
    digest, left = hashlib.sha256(), one.size
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with archive.open(one.path) as source, os.fdopen(handle, "wb") as out:
            while block := source.read(min(_BLOCK, left + 1)):
                left -= len(block)
                if left < 0:
                    break
                digest.update(block)
                out.write(block)
                yield len(block)
    except KeyError as exc:
        raise _damaged(path, one.path) from exc
    if left or digest.hexdigest() != one.sha256:
        raise _damaged(path, one.path)


def _damaged(path: Path, name: str) -> BackupError:
    return BackupError(Message.of("backup.fault.damaged", path=str(path), name=name))
