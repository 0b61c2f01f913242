"""What of this program decides its answers, as one digest: kept answers stand only for it."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

DECIDING_ASSETS = ("weights", "ngram", "pairs", "lexicon", "vocab.tsv")
"""Shipped files and folders that convert."""

_LOOKING_ON = (
    *("ime/ui", "ime/bench", "ime/commands"),
    *("model/data", "model/train", "model/evaluate"),
)
"""Packages that decide no answer. Every other one counts with all that is in it, so that a
package nobody thought of here costs a measurement and not a wrong one."""

_TYPING = (
    *("ime/bench/replay.py", "ime/bench/simulated_user.py"),
    *("ime/commands/opening.py", "ime/commands/options.py", "ime/commands/replay.py"),
)
"""Files of these packages that do decide: they type and learn."""

_LIBRARIES = ("torch", "numpy")
_PACKAGES = Path(__file__).resolve().parents[2]


def identity(assets: Path) -> str:
    """First digits of a sha256 over code, shipped files and libraries.

    Code of the window and of the subcommands that only look on does not count, so that a better
    table does not cost a new measurement.

    Args:
        assets: folder of the shipped files.

    Raises:
        OSError: a file cannot be read.
    """
    digest = hashlib.sha256()
    for name in _LIBRARIES:
        digest.update(f"{name} {_version(name)}\n".encode())
    code = [Path(sys.executable)] if getattr(sys, "frozen", False) else _code(_PACKAGES)
    for path in (*code, *_files(assets, DECIDING_ASSETS)):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{path.name} {content}\n".encode())
    return digest.hexdigest()[:12]


def _code(packages: Path) -> Iterator[Path]:
    """Python files that decide, in a fixed order."""
    for package in ("ime", "model"):
        for path in sorted((packages / package).rglob("*.py")):
            name = path.relative_to(packages).as_posix()
            looks_on = name.startswith(tuple(f"{folder}/" for folder in _LOOKING_ON))
            if name in _TYPING or not looks_on:
                yield path


def _files(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        path = folder / name
        if path.is_file():
            yield path
        yield from sorted(item for item in path.rglob("*") if item.is_file())


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"
