"""Folders of the user's that nobody else may look into."""

from __future__ import annotations

import contextlib
from pathlib import Path

_OTHERS = 0o077


def make(*folders: Path) -> None:
    """Make folders, each for this user alone; one that is open to others is closed.

    Raises:
        OSError: one cannot be made.
    """
    for folder in folders:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(OSError):  # somebody else's: their affair
            if folder.stat().st_mode & _OTHERS:
                folder.chmod(0o700)
