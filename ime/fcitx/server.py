"""The engine's process, and whichever addon is connected to it."""

from __future__ import annotations

import socket

from ime.desktop.process import EngineProcess
from ime.fcitx.addon import Addon, GoneError
from ime.settings import Folders, Settings

HOLD_MS = 80
"""The addon stands still while a key's answer is held, and waits for 400 ms at most."""
FIRST_MS = 60_000
AGAIN_MS = 10_000
"""So long an engine without an addon waits for the first one, or for one behind another."""


class Server:
    """Takes addons, one at a time: the newest, since fcitx5 may be replaced by another."""

    def __init__(self, server: socket.socket, settings: Settings, folders: Folders) -> None:
        """Serve those who connect to `server`."""
        self._server = server
        self._addon = Addon()
        self._process = EngineProcess(self._addon, settings, folders, hold_ms=HOLD_MS)
        self._watched: int | None = None
        loop = self._process.loop
        self._alone = loop.make_timer(loop.stop)
        loop.watch(server.fileno(), self._accept)

    def run(self) -> None:
        """Serve until no addon is left."""
        self._alone.start(FIRST_MS)
        try:
            self._process.run()
        finally:
            self._process.close()

    def _accept(self) -> None:
        connection, _ = self._server.accept()
        self._forget()
        self._addon.attach(connection, self._process.front)
        self._watched = connection.fileno()
        self._process.loop.watch(self._watched, self._receive)
        self._alone.stop()

    def _receive(self) -> None:
        try:
            self._addon.receive(self._process.front)
        except GoneError:
            self._forget()
            self._addon.detach(self._process.front)
            self._alone.start(AGAIN_MS)

    def _forget(self) -> None:
        if self._watched is not None:
            self._process.loop.forget(self._watched)
            self._watched = None
