"""The log of what went wrong, without anything that was typed."""

from __future__ import annotations

import io
import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

from ime import private_folder
from ime.errors import Message

_LOG_BYTES = 500_000


class _PrivateLog(RotatingFileHandler):
    """Nobody else may read it, after rotation either."""

    def _open(self) -> io.TextIOWrapper:
        opened = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return io.TextIOWrapper(os.fdopen(opened, "ab"), encoding=self.encoding)


def log_to(path: Path) -> tuple[Message, ...]:
    """Log warnings to a small file of the user's; notices where that cannot be."""
    try:
        private_folder.make(path.parent)
        handler = _PrivateLog(path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
        for old in path.parent.glob(f"{path.name}*"):
            old.chmod(0o600)
    except OSError as exc:
        why = exc.strerror or str(exc)
        return (Message.of("fault.no_log", path=str(path), why=why),)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    return ()
