"""Serves the addon of fcitx5 over a socket in the user's runtime folder."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from ime.errors import EnvironmentFaultError
from ime.settings import Folders, Settings


def socket_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the addon looks for the engine.

    Raises:
        EnvironmentFaultError: the session has no runtime folder.
    """
    folder = environ.get("XDG_RUNTIME_DIR")
    if not folder:
        raise EnvironmentFaultError(
            "XDG_RUNTIME_DIR is not set: the socket to fcitx5 has no folder; log in anew."
        )
    return Path(folder) / "moyin-fcitx.sock"


def listen(path: Path) -> socket.socket | None:
    """A socket that only this user may connect to; None where an engine listens already.

    Raises:
        EnvironmentFaultError: it cannot be made.
    """
    if _answers(path):
        return None
    server = socket.socket(socket.AF_UNIX)
    try:
        path.unlink(missing_ok=True)  # of an engine that was killed
        before = os.umask(0o177)
        try:
            server.bind(str(path))
        finally:
            os.umask(before)
        server.listen(1)
    except OSError as exc:
        server.close()
        raise EnvironmentFaultError(
            f"{path} cannot be made ({exc.strerror or exc}); check the folder's permissions."
        ) from exc
    return server


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as other:
        try:
            other.connect(str(path))
        except OSError:
            return False
    return True


def serve(settings: Settings, folders: Folders) -> int:
    """Be the engine as long as an addon is there.

    Args:
        settings: as loaded.
        folders: of the user.

    Returns:
        The exit status.

    Raises:
        EnvironmentFaultError: there is no place for the socket.
    """
    path = socket_path()
    server = listen(path)
    if server is None:
        return 0
    made = path.stat().st_ino
    # The addon can connect from here on; numpy and what stands on it takes its time.
    from ime.fcitx.server import Server

    try:
        Server(server, settings, folders).run()
    finally:
        server.close()
        with contextlib.suppress(OSError):
            if path.stat().st_ino == made:  # else another engine's
                path.unlink()
    return 0
