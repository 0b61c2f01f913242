"""Where the daemon listens: its private bus, which is not that of the session.

The file names follow `ibus_get_socket_path` of libibus.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from ime.errors import EnvironmentFaultError

_MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def bus_address(environ: Mapping[str, str] = os.environ) -> str:
    """The D-Bus address of the daemon that serves this session.

    Raises:
        EnvironmentFaultError: there is none.
    """
    if address := environ.get("IBUS_ADDRESS"):
        return address
    for file in _address_files(environ):
        if address := _read_address(file):
            return address
    raise EnvironmentFaultError(
        "No ibus-daemon is running for this session; start it with `ibus start`."
    )


def _address_files(environ: Mapping[str, str]) -> Iterator[Path]:
    if named := environ.get("IBUS_ADDRESS_FILE"):
        yield Path(named)
    config = environ.get("XDG_CONFIG_HOME") or str(Path(environ.get("HOME", "~")) / ".config")
    folder = Path(config).expanduser() / "ibus" / "bus"
    machines = list(_machine_ids())
    for display in _displays(environ):
        for machine in machines:
            yield folder / f"{machine}-{display}"


def _displays(environ: Mapping[str, str]) -> Iterator[str]:
    if wayland := environ.get("WAYLAND_DISPLAY"):
        yield f"unix-{Path(wayland).name}"
    host, _, number = environ.get("DISPLAY", ":0").rpartition(":")
    yield f"{host or 'unix'}-{number.partition('.')[0] or '0'}"


def _machine_ids() -> Iterator[str]:
    for file in _MACHINE_IDS:
        try:
            yield file.read_text("ascii").strip()
        except OSError:
            continue


def _read_address(file: Path) -> str:
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError:
        return ""
    found = (line.partition("=")[2] for line in lines if line.startswith("IBUS_ADDRESS="))
    return next(found, "")
