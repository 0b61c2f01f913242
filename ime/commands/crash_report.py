"""A report of where the program was when it ended against its will, told at the next start.

Python's fault handler writes the places in the code of every thread into a file that is empty
else: no value, and so nothing that was typed. What is left by a program that was only killed is
swept away.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import platform
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ime import __version__, private_folder
from ime.errors import Message

KEPT = 5
"""Reports, the newest."""

_OPEN = re.compile(r"running-(\d+)\.txt")
_REPORTS = "crash-*.txt"


@contextlib.contextmanager
def watched(folder: Path) -> Iterator[list[Message]]:
    """Have a crash within the body written down.

    Args:
        folder: of the user's, for reports; nothing is watched where it cannot be written.

    Yields:
        What the user should know of the last time.
    """
    try:
        private_folder.make(folder)
        found = _collect(folder)
        path = folder / f"running-{os.getpid()}.txt"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError:
        yield []
        return
    faulthandler.enable(handle)
    try:
        yield found
    finally:
        faulthandler.disable()
        os.close(handle)
        with contextlib.suppress(OSError):
            path.unlink()


def _collect(folder: Path) -> list[Message]:
    """Turn what crashed programs left into reports; returns what to say of them."""
    found = []
    for path in sorted(folder.glob("running-*.txt")):
        match = _OPEN.fullmatch(path.name)
        if match is None or _is_running(int(match[1])):
            continue
        trace = path.read_text(encoding="utf-8", errors="replace")
        if trace:
            moment = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
            report = folder / f"crash-{moment:%Y-%m-%d-%H%M%S}.txt"
            head = f"Moyin {__version__}, Python {platform.python_version()}"
            head += f", {platform.platform()}, {moment:%Y-%m-%d %H:%M:%S}\n\n"
            report.write_text(head + trace, encoding="utf-8")
            report.chmod(0o600)
            found.append(Message.of("crash.found", path=str(report)))
        with contextlib.suppress(OSError):
            path.unlink()
    for old in sorted(folder.glob(_REPORTS))[:-KEPT]:
        old.unlink()
    return found


def _is_running(process: int) -> bool:
    if os.name == "nt":  # where 0 is no question but Ctrl+C
        return False  # its file is open, and cannot be deleted
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return process != os.getpid()
