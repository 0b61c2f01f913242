"""What every test gets: no display, no network, no folder of the real user."""

from __future__ import annotations

import os

# Before anything imports Qt. A test of a real window starts a process of its own.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# English, wherever the tests run; before anything asks for the locale.
os.environ["LC_ALL"] = "C.UTF-8"
# Before anything imports torch, whose products of tiny networks are too small to share.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ime.settings import HOME_VARIABLE, Folders, user_folders
from ime.texts.catalogue import use_language


class NetworkUsedError(AssertionError):
    """A test, or what it tests, reached for the network."""


def _without_network(name: str) -> Callable[..., Any]:
    real = getattr(socket.socket, name)

    def guarded(self: socket.socket, *args: Any) -> Any:
        if self.family != socket.AF_UNIX:  # a desktop's own bus is no network
            raise NetworkUsedError(f"socket.{name}{args}")
        return real(self, *args)

    return guarded


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, _without_network(name))

    def resolve(*args: Any, **kwargs: Any) -> Any:
        raise NetworkUsedError(f"socket.getaddrinfo{args}")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A test may speak another language; the next one does not."""
    yield
    use_language("en", "")


@pytest.fixture(autouse=True)
def _as_many_threads_for_each() -> None:
    """Opening a converter or learning sets as many as its settings say, for good."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """Empty user folders of this test alone; processes it starts get them, too."""
    home = tmp_path / "home"
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    return user_folders({HOME_VARIABLE: str(home)})
