"""assets/MANIFEST: every shipped file with its sha256, its source and its licence.

One file a line, tab-separated: path below assets with /, sha256, source, licence. Lines that
begin with # are comments. `python -m ime.manifest` brings the sums up to date.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from ime.errors import AssetError
from ime.settings import assets_folder

NAME = "MANIFEST"


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
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise AssetError(f"{path} cannot be read ({exc}). Install Moyin again.") from exc
    entries = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line and not line.startswith("#"):
            columns = line.split("\t")
            if len(columns) != 4:
                raise AssetError(f"{path}, line {number}: {len(columns)} columns instead of 4.")
            entries.append(Entry(*columns))
    return tuple(entries)


def check_asset(assets: Path, entry: Entry) -> None:
    """Compare a file with its entry.

    Raises:
        AssetError: it is missing, unreadable or not the file that was shipped.
    """
    path = assets / entry.path
    try:
        found = _sum_of(path)
    except OSError as exc:
        raise AssetError(
            f"{path} cannot be read ({exc.strerror}). Install Moyin again."
        ) from exc
    if found != entry.sha256:
        raise AssetError(
            f"{path} is not the file that was shipped (its sha256 begins with {found[:12]}, "
            f"not {entry.sha256[:12]}). Install Moyin again."
        )


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
