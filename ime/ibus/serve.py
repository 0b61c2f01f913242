"""Serves the daemon: claims the name, opens what converts, and ends with it."""

from __future__ import annotations

import logging

from ime.ibus.address import bus_address
from ime.ibus.connection import Connection, Gone
from ime.ibus.service import Service, claim_name
from ime.settings import Folders, Settings

_log = logging.getLogger(__name__)
CHOOSE_AGAIN_MS = (200, 1000, 3000)
"""A change of focus cancels the choice, so it is made several times."""


def serve(
    settings: Settings, folders: Folders, *, parent: int | None = None, again: bool = False
) -> int:
    """Be the engine until the daemon ends.

    Args:
        settings: as loaded.
        folders: of the user.
        parent: a file descriptor that ends with the parent; None to serve without one.
        again: the daemon lost an engine of ours, and is to choose this one.

    Returns:
        The exit status.

    Raises:
        EnvironmentFaultError: no daemon answers.
    """
    connection = Connection(bus_address())
    claim_name(connection)
    try:
        _serve(connection, settings, folders, parent, again=again)
    except Gone:
        _log.info("the daemon has ended")
    finally:
        connection.close()
    return 0


def _serve(
    connection: Connection,
    settings: Settings,
    folders: Folders,
    parent: int | None,
    *,
    again: bool,
) -> None:
    # Numpy and what stands on it takes longer than the daemon should wait for the name.
    from ime.desktop.process import EngineProcess
    from ime.ibus.signals import Signals

    process = EngineProcess(Signals(connection), settings, folders)
    service = Service(connection, process.front)

    def receive() -> None:
        with connection.held():
            for message in connection.receive():
                service.handle(message)

    process.loop.watch(connection.fileno(), receive)
    if parent is not None:
        process.loop.watch(parent, process.loop.stop)
    if again:
        for milliseconds in CHOOSE_AGAIN_MS:
            process.loop.make_timer(service.choose_again).start(milliseconds)
    try:
        process.run()
    finally:
        process.close()
