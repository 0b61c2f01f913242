"""The one writer of the user's files: a crash leaves the old file or the new one."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path


def replace(path: Path, data: bytes, mode: int | None = None) -> None:
    """Put `data` in place of a file by way of a temporary file beside it.

    A link stays a link. Data and name are on the disk when this returns.

    Args:
        path: what to replace or make; its folder must exist.
        data: the whole new content.
        mode: permission bits of the new file; None keeps those of the old one.

    Raises:
        OSError: it cannot be written; the old file is untouched.
    """
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            unfinished.chmod(mode)
        elif target.exists():
            shutil.copymode(target, unfinished)
        else:
            unfinished.chmod(0o666 & ~_umask())
        unfinished.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Bring a new name to the disk; some file systems cannot, and the file is there anyway."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
