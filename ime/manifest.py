"""assets/MANIFEST: every shipped file with its sha256, its source and its licence.

One file a line, tab-separated: path below assets with /, sha256, source, licence. Lines that
begin with # are comments. `python -m ime.manifest` brings the sums up to date.

Summing all that a converter reads, 120 MB, takes a third of a second. So each file is summed
once, and again when its size, time or place on the disk is another.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import stat
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from ime import atomic_write, private_folder, untrusted_files
from ime.errors import AssetError, Message
from ime.settings import assets_folder

_log = logging.getLogger(__name__)

NAME = "MANIFEST"
_MOST_BYTES = 1_000_000  # of a manifest or of seals; a hundred files take 20,000


@dataclass(frozen=True, slots=True)
class Entry:
    """One shipped file.

    Attributes:
        path: below the assets folder, with /.
        sha256: hexadecimal.
        source: where it comes from or what made it.
        licence: its SPDX name.
    """

    path: str
    sha256: str
    source: str
    licence: str


def read_manifest(assets: Path) -> tuple[Entry, ...]:
    """The entries, in the order of the file.

    Raises:
        AssetError: the manifest is missing or a line of it is wrong.
    """
    path = assets / NAME
    try:
        text = untrusted_files.read(path, _MOST_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise AssetError(
            Message.of("fault.asset_unreadable", path=str(path), why=str(exc))
        ) from exc
    entries = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line and not line.startswith("#"):
            columns = line.split("\t")
            if len(columns) != 4:
                raise AssetError(
                    Message.of("fault.asset_line_damaged", path=str(path), line=number)
                )
            entries.append(Entry(*columns))
    return tuple(entries)


def check_asset(assets: Path, entry: Entry) -> None:
    """Compare a file with its entry.

    Raises:
        AssetError: it is missing, unreadable or not the file that was shipped.
    """
    path = assets / entry.path
    try:
        _require_regular(path.stat())
        found = _sum_of(path)
    except OSError as exc:
        raise AssetError(
            Message.of("fault.asset_unreadable", path=str(path), why=exc.strerror or str(exc))
        ) from exc
    if found != entry.sha256:
        raise AssetError(
            Message.of(
                "fault.asset_changed",
                path=str(path),
                found=found[:12],
                expected=entry.sha256[:12],
            )
        )


class Seal(msgspec.Struct, frozen=True, array_like=True):
    """A file as it was when its sum was the expected one."""

    sha256: str
    size: int
    modified: int
    changed: int
    inode: int


class Verifier:
    """Compares shipped files with the manifest before they are used.

    Damage is what this finds. Somebody who writes into the user's folders can seal anything.

    Args:
        assets: the folder of shipped files.
        kept: file of the seals, by which a file is not summed again as long as it is
            untouched; None to sum all of them each time.

    Raises:
        AssetError: the manifest cannot be read.
    """

    def __init__(self, assets: Path, kept: Path | None = None) -> None:
        self._assets = assets
        self._entries = read_manifest(assets)
        if not self._entries:
            path = str(assets / NAME)
            raise AssetError(Message.of("fault.asset_unreadable", path=path, why="it is empty"))
        self._kept = kept
        self._seals = {} if kept is None else _read_seals(kept)

    def check(self, *names: str) -> None:
        """Compare files.

        Args:
            names: paths below the assets folder; one that ends in / stands for all files in it.

        Raises:
            AssetError: one is not the file that was shipped, or the manifest lacks it.
        """
        fresh: dict[str, Seal] = {}
        for name in names:
            entries = [entry for entry in self._entries if _is_meant(entry.path, name)]
            if not entries:
                path = str(self._assets / NAME)
                raise AssetError(Message.of("fault.asset_unnamed", path=path, name=name))
            for entry in entries:
                fresh.update(self._check(entry))
        if fresh and self._kept is not None:
            self._seals |= fresh
            _write_seals(self._kept, self._seals)

    def _check(self, entry: Entry) -> dict[str, Seal]:
        """The seal of a file that had none; raises where it is damaged."""
        path = self._assets / entry.path
        name = str(path.resolve())
        before = _seal(path, entry)
        if before is not None and self._seals.get(name) == before:
            return {}
        check_asset(self._assets, entry)
        after = _seal(path, entry)
        return {name: after} if after is not None and after == before else {}


def _is_meant(path: str, name: str) -> bool:
    return path == name or (name.endswith("/") and path.startswith(name))


def _seal(path: Path, entry: Entry) -> Seal | None:
    try:
        status = path.stat()
        _require_regular(status)
    except OSError:
        return None
    return Seal(
        entry.sha256, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
    )


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")


def _read_seals(path: Path) -> dict[str, Seal]:
    """The seals that were kept; none where they cannot be read: they can be made again."""
    try:
        data = untrusted_files.read(path, _MOST_BYTES)
        return msgspec.json.decode(data, type=dict[str, Seal])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError) as exc:
        _log.warning("the seals of the shipped files are made anew: %s", exc)
        return {}


def _write_seals(path: Path, seals: dict[str, Seal]) -> None:
    standing = {name: seal for name, seal in seals.items() if Path(name).exists()}
    try:
        private_folder.make(path.parent)
        atomic_write.replace(path, msgspec.json.encode(standing), mode=0o600)
    except OSError as exc:
        _log.warning("the seals of the shipped files are not kept: %s", exc)


def shipped_files(assets: Path) -> set[str]:
    """Paths of all files that the manifest has to name."""
    files = (path for path in assets.rglob("*") if path.is_file())
    return {path.relative_to(assets).as_posix() for path in files} - {NAME}


def update(assets: Path) -> list[str]:
    """Write the sums of today's files; returns paths whose source and licence nobody wrote.

    A new file takes those of the files beside it, for instance of the other pieces of weights.
    """
    entries = read_manifest(assets)
    known = {entry.path: entry for entry in entries}
    beside = {_folder(entry.path): entry for entry in entries if _folder(entry.path)}
    rows = []
    for name in sorted(shipped_files(assets)):
        like = known.get(name) or beside.get(_folder(name)) or Entry(name, "", "?", "?")
        rows.append(replace(like, path=name, sha256=_sum_of(assets / name)))
    lines = ["# path\tsha256\tsource\tlicence"]
    lines += ["\t".join((e.path, e.sha256, e.source, e.licence)) for e in rows]
    (assets / NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [entry.path for entry in rows if "?" in (entry.source, entry.licence)]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    unknown = update(assets_folder())
    for name in unknown:
        print(f"write the source and the licence of {name} into {NAME}", file=sys.stderr)
    sys.exit(bool(unknown))
