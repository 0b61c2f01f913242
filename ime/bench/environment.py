"""Where, when and how figures were measured: without that they mean nothing."""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from ime import __version__, manifest

_PROCESSORS = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Circumstances:
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
    def now(cls, clock: datetime, assets: Path, argv: list[str] | None = None) -> Circumstances:
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
