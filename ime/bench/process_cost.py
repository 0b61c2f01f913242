"""What this process costs: memory, and the time since the system started it.

The system's own figures, so that starting Python and importing torch are counted, too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_STATUS = Path("/proc/self/status")
_STAT = Path("/proc/self/stat")
_START_FIELD = 19  # of the fields behind the program's name: ticks from boot to its start


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of this process in kB; -1 where the system does not tell.

    Attributes:
        resident: in use now, shared files included.
        private: in use now by this process alone.
        highest: the most that was ever resident.
    """

    resident: int
    private: int
    highest: int

    @classmethod
    def now(cls) -> Memory:
        """As it is."""
        try:
            lines = _STATUS.read_text().splitlines()
        except OSError:
            return cls(-1, -1, -1)
        fields = dict(line.split(":", 1) for line in lines if ":" in line)
        return cls(*(_kilobytes(fields, name) for name in ("VmRSS", "RssAnon", "VmHWM")))


def milliseconds_alive() -> float:
    """Time since the process was started; to 10 ms, or 0 where the system does not tell."""
    try:
        fields = _STAT.read_text().rpartition(")")[2].split()
        started = int(fields[_START_FIELD]) / os.sysconf("SC_CLK_TCK")
        return (time.clock_gettime(time.CLOCK_BOOTTIME) - started) * 1000
    except (OSError, AttributeError, IndexError, ValueError):
        return 0.0


def disk_sizes(folder: Path, names: Iterable[str]) -> dict[str, int]:
    """Bytes of files, and of folders with all that they hold; names that are not there are not.

    Args:
        folder: that holds them.
        names: of files and folders in it.
    """
    sizes = {}
    for name in names:
        path = folder / name
        files = (
            [path] if path.is_file() else [item for item in path.rglob("*") if item.is_file()]
        )
        if files:
            sizes[name] = sum(item.stat().st_size for item in files)
    return sizes


def _kilobytes(fields: dict[str, str], name: str) -> int:
    value = fields.get(name, "-1").split()
    return int(value[0])
