"""The command that runs this program."""

from __future__ import annotations

import sys


def own_command() -> tuple[str, ...]:
    """Words that run this program, whatever the folder they run in."""
    if getattr(sys, "frozen", False):
        return (sys.executable,)
    return (sys.executable, "-P", "-m", "ime")
