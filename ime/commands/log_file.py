"""The log of what went wrong, without anything that was typed."""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

from ime.errors import Message

_LOG_BYTES = 500_000


def log_to(path: Path) -> tuple[Message, ...]:
    """Log warnings to a small file of the user's; notices where that cannot be."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        handler = RotatingFileHandler(
            path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8"
        )
    except OSError as exc:
        why = exc.strerror or str(exc)
        return (Message.of("fault.no_log", path=str(path), why=why),)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    return ()
