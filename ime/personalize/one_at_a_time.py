"""Locks in the user's folder, which end with the process that holds them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import filelock

from ime import private_folder
from ime.errors import EnvironmentFaultError, Message

TRAINING = "training.lock"
"""Held by whatever changes what was learned: window, engine and commands have children."""


class BusyError(EnvironmentFaultError):
    """Another process of the user's holds the lock."""


@contextlib.contextmanager
def alone(folder: Path, lock: str, busy: Message) -> Iterator[None]:
    """Hold a lock, or refuse at once.

    Args:
        folder: of the user; made if need be.
        lock: name of its file.
        busy: what is told where another holds it.

    Raises:
        BusyError: another process holds it.
        EnvironmentFaultError: the folder cannot be written.
    """
    held = filelock.FileLock(folder / lock, timeout=0, mode=0o600)
    try:
        private_folder.make(folder)
        held.acquire()
    except filelock.Timeout:
        raise BusyError(busy) from None
    except OSError as exc:
        why = exc.strerror or str(exc)
        told = Message.of("personalize.fault.folder", folder=str(folder), why=why)
        raise EnvironmentFaultError(told) from exc
    try:
        yield
    finally:
        held.release()
