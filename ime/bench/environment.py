"""Where, when and how figures were measured, and with what: else they mean nothing."""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ime import __version__, manifest

_PROCESSORS = Path("/proc/cpuinfo")

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
    *("ime/commands/options.py", "ime/commands/replay.py"),
)
"""Files of these packages that do decide: they type and learn."""

_LIBRARIES = ("torch", "numpy")
_PACKAGES = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Environment:
    """What stands at the head of every report.

    Attributes:
        date: local time with its offset from UTC, to the minute.
        processor: its name.
        cores: that this process may use.
        load: processes that waited for a core in the last minute, on average; -1 if unknown.
        system: operating system and Python.
        version: of Moyin.
        assets: the first digits of the sha256 of the assets' manifest, which names every file.
        command: line that made the figures.
    """

    date: str
    processor: str
    cores: int
    load: float
    system: str
    version: str
    assets: str
    command: str

    @classmethod
    def now(cls, clock: datetime, assets: Path, argv: list[str] | None = None) -> Environment:
        """As they are.

        Args:
            clock: the time, with its zone.
            assets: folder of the shipped files.
            argv: arguments of `moyin`; None for those of this process.
        """
        arguments = sys.argv[1:] if argv is None else argv
        return cls(
            clock.isoformat(sep=" ", timespec="minutes"),
            _processor(),
            _cores(),
            round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else -1.0,
            f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
            __version__,
            _digest(assets / manifest.NAME),
            shlex.join(["moyin", *arguments]),
        )

    def lines(self) -> list[str]:
        """As Markdown."""
        return [
            f"Measured {self.date} on {self.processor}, {self.cores} cores to use, load "
            f"{self.load:.1f} before; {self.system}; Moyin {self.version}, assets "
            f"{self.assets}.",
            "",
            f"    {self.command}",
        ]

    def plain(self) -> dict[str, object]:
        """As JSON has it."""
        return asdict(self)


def _processor() -> str:
    try:
        lines = _PROCESSORS.read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    except OSError:
        return "unknown"


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
