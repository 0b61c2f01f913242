"""The session that the commands' tests type into."""

from __future__ import annotations

from tests.commands.conftest import fake_converter, runner

__all__ = ["fake_converter", "runner"]
