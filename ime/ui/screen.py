"""Asks, without loading Qt, whether a window can open: the display, and Qt's system libraries.

Qt ends the whole process when it cannot reach its display, so that has to be known before.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from pathlib import Path

from ime.errors import EnvironmentFaultError

TERMINAL = "`moyin convert nihao` converts in the terminal."


def check_display(environ: Mapping[str, str], platform: str) -> None:
    """Make sure that a display which is named also answers; none at all is not looked for.

    Args:
        environ: of the process.
        platform: as `sys.platform`.

    Raises:
        EnvironmentFaultError: DISPLAY or WAYLAND_DISPLAY name one that is not there.
    """
    if not platform.startswith("linux") or environ.get("QT_QPA_PLATFORM"):
        return
    wayland, x11 = environ.get("WAYLAND_DISPLAY"), environ.get("DISPLAY")
    if wayland and (Path(environ.get("XDG_RUNTIME_DIR", "/")) / wayland).exists():
        return
    if x11 and _answers(x11):
        return
    if wayland or x11:
        name = f"DISPLAY={x11}" if x11 else f"WAYLAND_DISPLAY={wayland}"
        raise EnvironmentFaultError(
            f"There is no screen to open a window on: nothing answers at {name}. Unset it, or "
            "name the display of your desktop."
        )


def check_libraries(environ: Mapping[str, str], platform: str) -> None:
    """Make sure that Qt's start will not end the process.

    Args:
        environ: of the process.
        platform: as `sys.platform`.

    Raises:
        EnvironmentFaultError: it would.
    """
    if not platform.startswith("linux") or environ.get("QT_QPA_PLATFORM"):
        return
    if environ.get("WAYLAND_DISPLAY"):
        return
    if not environ.get("DISPLAY"):
        raise EnvironmentFaultError(
            "There is no screen to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is "
            f"set. {TERMINAL}"
        )
    try:
        # Not part of Qt's packages; without it Qt 6.5 and later end the process on X11.
        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError as exc:
        raise cannot_load("Qt's X11 part", str(exc)) from exc


def cannot_load(what: str, why: str) -> EnvironmentFaultError:
    """The error for a library that the window needs, with what supplies it."""
    return EnvironmentFaultError(
        f"{what} cannot be loaded: {why}. On Debian and Ubuntu `sudo apt install libegl1 "
        "libgl1 libxkbcommon-x11-0 libxcb-cursor0 libdbus-1-3` supplies what it needs. "
        f"{TERMINAL}"
    )


def _answers(display: str) -> bool:
    """Whether an X server accepts a connection; True where Xlib is not there to ask."""
    try:
        xlib = ctypes.CDLL("libX11.so.6")
    except OSError:
        return True  # the window's own check names the libraries that are missing
    xlib.XOpenDisplay.restype = ctypes.c_void_p
    connection = xlib.XOpenDisplay(display.encode())
    if not connection:
        return False
    xlib.XCloseDisplay(ctypes.c_void_p(connection))
    return True
