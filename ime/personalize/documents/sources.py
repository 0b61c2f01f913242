"""The files that the user lets be learned from: where they are, and what was found in them.

`documents.json` in the user's folder keeps paths, sums and counts, and nothing of any text.
Files that change, come or go below a folder are followed when the list is read anew.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from ime import atomic_write, private_folder
from ime.errors import EnvironmentFaultError, Message, StoreError
from ime.personalize.documents.own_prose import OwnProse, count_hanzi, own_prose
from ime.personalize.documents.source_file import SourceFile
from ime.personalize.documents.text_of_file import READERS, DocumentError, read_file
from ime.userdb.masking import mask_text

MOST_FILES: Final = 20_000
"""Below which a folder is somebody's writing, and not a disk."""

_NUMBERS = re.compile(r"(\d+)")
_EARLIER: Final = 20  # sums of a file that grows, kept to know what it was


class SourcesError(EnvironmentFaultError):
    """What was added or removed cannot be."""


class _List(msgspec.Struct, frozen=True):
    """documents.json.

    Attributes:
        paths: files and folders that were added, absolute.
        struck: files below them that are left out.
        files: all others, oldest first.
        salt: hexadecimal digits, of this list alone.
        forgotten: length and salted sum of each word that is forgotten, so that the list does
            not name it.
    """

    paths: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()
    files: tuple[SourceFile, ...] = ()
    salt: str = ""
    forgotten: tuple[tuple[int, str], ...] = ()


Tick = Callable[[int, int], None]
"""Told how many of how many files are read; may raise to stop."""


class Sources:
    """The list of files; every change is on the disk when its method returns.

    Args:
        path: of documents.json; made when something is first added.

    Raises:
        StoreError: the list is damaged, or cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._list = msgspec.json.decode(path.read_bytes(), type=_List)
        except FileNotFoundError:
            self._list = _List()
        except (OSError, msgspec.DecodeError) as exc:
            raise StoreError(
                Message.of("documents.fault.list", path=str(path), why=str(exc))
            ) from exc

    @property
    def paths(self) -> tuple[str, ...]:
        """What was added: files and folders."""
        return self._list.paths

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """As they were found when they were last read, the oldest first."""
        return self._list.files

    def add(self, paths: Sequence[Path], tick: Tick = lambda *_: None) -> None:
        """Add files or folders, and read the list anew.

        Raises:
            SourcesError: a path does not exist, is a file of a kind that is not read, or holds
                more than `MOST_FILES` files.
            StoreError: the list cannot be written.
        """
        added = [path.expanduser().resolve() for path in paths]
        for path in added:
            if not path.exists():
                raise SourcesError(Message.of("documents.fault.missing", path=str(path)))
            if path.is_file() and path.suffix.lower() not in READERS:
                kinds = " ".join(READERS)
                raise SourcesError(
                    Message.of("documents.fault.kind", path=str(path), kinds=kinds)
                )
        names = tuple(map(str, added))
        self._list = msgspec.structs.replace(
            self._list,
            paths=tuple(dict.fromkeys(self._list.paths + names)),
            struck=tuple(one for one in self._list.struck if one not in names),
        )
        self.survey(tick)

    def remove(self, path: Path) -> list[SourceFile]:
        """Take back what was added, or strike off a file below it; returns the files that go.

        Raises:
            SourcesError: it is not on the list.
            StoreError: the list cannot be written.
        """
        name = str(path.expanduser().resolve())
        known = self._list
        if name in known.paths:
            paths = tuple(one for one in known.paths if one != name)
            struck = tuple(one for one in known.struck if _below(one, paths))
            known = msgspec.structs.replace(known, paths=paths, struck=struck)
        elif any(one.path == name for one in known.files):
            known = msgspec.structs.replace(known, struck=(*known.struck, name))
        else:
            raise SourcesError(Message.of("documents.fault.not_listed", path=name))
        gone = [
            one
            for one in known.files
            if one.path in known.struck or not _below(one.path, known.paths)
        ]
        files = tuple(one for one in known.files if one not in gone)
        self._keep(msgspec.structs.replace(known, files=files))
        return gone

    def leave_out(self, word: str) -> list[SourceFile]:
        """Learn from no line with a word any more; returns the files that have such lines.

        Raises:
            StoreError: the list cannot be written.
        """
        if not self._list.paths:
            return []
        mark = mask_text(word)
        found = [
            file for file, prose in self.read() if any(mark in one for one in prose.paragraphs)
        ]
        if found:
            salt = self._list.salt or secrets.token_hex(16)
            known = (*self._list.forgotten, (len(mark), _salted(salt, mark)))
            self._keep(msgspec.structs.replace(self._list, salt=salt, forgotten=known))
        return found

    def clear(self) -> None:
        """Forget all files and folders.

        Raises:
            StoreError: the list cannot be deleted.
        """
        self._list = _List()
        try:
            self._path.unlink(missing_ok=True)
        except OSError as exc:
            raise self._unwritable(exc) from exc

    def survey(self, tick: Tick = lambda *_: None) -> None:
        """Look what has changed on the disk, and read what has.

        Raises:
            StoreError: the list cannot be written.
        """
        for _ in self.read(tick, changed_only=True):
            pass

    def read(
        self, tick: Tick = lambda *_: None, *, changed_only: bool = False
    ) -> Iterator[tuple[SourceFile, OwnProse]]:
        """The files that can be read and their text, oldest first; the list follows at the end.

        Args:
            tick: told of every file.
            changed_only: pass over those that are as they were.

        Raises:
            SourcesError: there are more than `MOST_FILES`.
            StoreError: the list cannot be written.
        """
        before = {one.path: one for one in self._list.files}
        found = sorted(self._found(), key=_age)
        if len(found) > MOST_FILES:
            raise SourcesError(
                Message.of("documents.fault.too_many", count=len(found), most=MOST_FILES)
            )
        known: set[int] = set()
        digests: set[str] = set()
        files = []
        for number, (path, status) in enumerate(found):
            tick(number, len(found))
            old = before.get(str(path))
            if changed_only and old is not None and _is_same(old, status):
                files.append(old)
                continue
            file, prose = _read(path, status, old, known)
            files.append(file)
            if prose is not None and file.digest not in digests:
                digests.add(file.digest)
                yield file, self._without_forgotten(prose)
        if tuple(files) != self._list.files or not self._path.exists():
            self._keep(msgspec.structs.replace(self._list, files=tuple(files)))

    def _found(self) -> Iterator[tuple[Path, os.stat_result]]:
        """Files of the list that exist, with what the system says of them, each once."""
        struck, seen = set(self._list.struck), set[str]()
        for path in self._walked():
            if str(path) in struck or str(path) in seen:
                continue
            seen.add(str(path))
            try:
                yield path, path.stat()
            except OSError:  # gone meanwhile
                continue

    def _walked(self) -> Iterator[Path]:
        for name in self._list.paths:
            path = Path(name)
            if not path.is_dir():
                if path.exists():
                    yield path
                continue
            for folder, folders, names in os.walk(path):
                folders[:] = sorted(one for one in folders if not one.startswith("."))
                for one in sorted(names):
                    if Path(one).suffix.lower() in READERS and not one.startswith("."):
                        yield Path(folder, one)

    def _without_forgotten(self, prose: OwnProse) -> OwnProse:
        if not self._list.forgotten:
            return prose
        kept = tuple(one for one in prose.paragraphs if not self._is_forgotten(one))
        return replace(prose, paragraphs=kept, hanzi=count_hanzi(kept))

    def _is_forgotten(self, text: str) -> bool:
        return any(
            _salted(self._list.salt, text[at : at + length]) == sum_
            for length, sum_ in self._list.forgotten
            for at in range(len(text) - length + 1)
        )

    def _keep(self, known: _List) -> None:
        try:
            private_folder.make(self._path.parent)
            atomic_write.replace(
                self._path, msgspec.json.format(msgspec.json.encode(known), indent=1), 0o600
            )
        except OSError as exc:
            raise self._unwritable(exc) from exc
        self._list = known

    def _unwritable(self, exc: OSError) -> StoreError:
        why = exc.strerror or str(exc)
        return StoreError(Message.of("fault.unwritable", path=str(self._path), why=why))


def _salted(salt: str, text: str) -> str:
    return hashlib.blake2b(text.encode(), key=bytes.fromhex(salt), digest_size=16).hexdigest()


def digests_of(files: Iterable[SourceFile]) -> set[str]:
    """All digests that these files have or had."""
    return {digest for one in files for digest in (one.digest, *one.earlier) if digest}


def _below(name: str, paths: Iterable[str]) -> bool:
    return any(Path(name).is_relative_to(path) for path in paths)


def _age(found: tuple[Path, os.stat_result]) -> tuple[int, list[tuple[int, str]]]:
    """Sorts by time to the second, then by name with its numbers as numbers: 9 before 10.

    Files that were copied or unpacked together have one time, and names that count.
    """
    path, status = found
    parts = [(int(one), "") if one.isdigit() else (-1, one) for one in _split(str(path))]
    return int(status.st_mtime), parts


def _split(name: str) -> list[str]:
    return [one for one in _NUMBERS.split(name) if one]


def _is_same(old: SourceFile, status: os.stat_result) -> bool:
    return (old.size, old.mtime) == (status.st_size, status.st_mtime_ns)


def _read(
    path: Path, status: os.stat_result, old: SourceFile | None, known: set[int]
) -> tuple[SourceFile, OwnProse | None]:
    earlier = old.earlier if old is not None else ()
    file = SourceFile(str(path), size=status.st_size, mtime=status.st_mtime_ns, earlier=earlier)
    try:
        with path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()[:16]
        prose = own_prose(read_file(path), known)
    except (OSError, DocumentError) as exc:
        told = exc.told if isinstance(exc, DocumentError) else ""
        problem = told if isinstance(told, Message) else _unreadable(path, exc)
        return replace(file, problem=problem), None
    if old is not None and old.digest not in ("", digest):
        earlier = (*earlier, old.digest)[-_EARLIER:]
    left_out = {kind.value: count for kind, count in prose.left_out.items() if count}
    return (
        replace(file, digest=digest, earlier=earlier, hanzi=prose.hanzi, left_out=left_out),
        prose,
    )


def _unreadable(path: Path, exc: Exception) -> Message:
    return Message.of("documents.fault.unreadable", path=str(path), why=str(exc))
