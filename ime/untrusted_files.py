"""Files that anything may stand in: read within bounds, set aside where they are damaged."""

from __future__ import annotations

import errno
import os
import stat
import tomllib
from pathlib import Path
from typing import Final

MOST_TOML: Final = 64_000
"""Bytes of a TOML file; all settings with their comments take 6,000."""

_LONGEST_LINE = 4_000  # the parts of a dotted name cost the square of their number


def read(path: Path, most: int) -> bytes:
    """The bytes of a regular file.

    Args:
        path: of the file.
        most: bytes that it may have; a larger one is not read.

    Raises:
        OSError: it is missing, unreadable, too large, or no regular file, such as a pipe, which
            a program could wait for without end.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except ValueError as exc:  # NUL in the name
        raise OSError(errno.EINVAL, "it has no valid name", str(path)) from exc
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        data = file.read(most + 1)
    if len(data) > most:
        allowed = f"{most / 1e6:.1f} MB" if most >= 100_000 else f"{most / 1e3:.0f} kB"
        raise OSError(errno.EFBIG, f"it is larger than {allowed}", str(path))
    return data


def read_toml(path: Path) -> dict[str, object]:
    """The table of a TOML file that the user wrote.

    Raises:
        OSError: it is missing, unreadable, too large or no regular file.
        ValueError: it is no TOML, or deeper or longer in a line than anything that is meant.
    """
    # Windows' Notepad writes a byte order mark, which TOML does not allow.
    text = read(path, MOST_TOML).decode("utf-8-sig")
    if max(map(len, text.split("\n"))) > _LONGEST_LINE:
        raise ValueError(f"a line has more than {_LONGEST_LINE} characters")
    try:
        return tomllib.loads(text)
    except RecursionError as exc:
        raise ValueError("it is nested too deeply") from exc


def set_aside(path: Path, mark: str) -> Path:
    """Rename a damaged file; what was set aside before it is kept.

    Args:
        path: of the file.
        mark: what its name then ends in, with a number from the second on.

    Returns:
        The new path.

    Raises:
        OSError: it cannot be renamed.
    """
    aside, number = path.with_name(path.name + mark), 2
    while aside.exists() or aside.is_symlink():
        aside = path.with_name(f"{path.name}{mark}-{number}")
        number += 1
    return path.replace(aside)
