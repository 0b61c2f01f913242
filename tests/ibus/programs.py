"""Programs of three toolkits with entries, under Xvfb and with a daemon."""

from __future__ import annotations

import builtins
import enum
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from tests.ibus.daemon import Daemon, wait_for

SYSTEM_PYTHON = "/usr/bin/python3"
PROGRAMS = ("Xvfb", "xdotool", "ibus-daemon", "dbus-daemon")
_MODULES = {
    "GTK3": ("immodules/im-ibus.so", "gir1.2-gtk-3.0, python3-gi, ibus-gtk3"),
    "GTK4": ("immodules/libim-ibus.so", "gir1.2-gtk-4.0, python3-gi, ibus-gtk4"),
}
"""Module of the toolkit for IBus, and the packages of both."""


class Toolkit(enum.Enum):
    """Whose entries; the value is the program and its arguments."""

    GTK3 = ("gtk_entries.py", "3.0")
    GTK4 = ("gtk_entries.py", "4.0")
    QT = ("qt_entries.py",)


def lacking() -> str:
    """Programs that all toolkits need and that are not there."""
    return " ".join(name for name in PROGRAMS if shutil.which(name) is None)


def lacking_for(toolkit: Toolkit) -> str:
    """Packages of a toolkit that are not there; Qt is one of ours."""
    if toolkit is Toolkit.QT:
        return ""
    _, version = toolkit.value
    module, packages = _MODULES[toolkit.name]
    there = any(Path("/usr/lib").glob(f"*/gtk-{version}/*/{module}"))
    if there:
        code = f"import gi; gi.require_version('Gtk', '{version}')"
        words = [SYSTEM_PYTHON, "-c", code]
        there = not subprocess.run(words, capture_output=True, check=False).returncode
    return "" if there else packages


@contextmanager
def x_server() -> Iterator[str]:
    """A white display without a window manager; yields its name."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24", "-wr",
         "-nolisten", "tcp"],
        pass_fds=[write], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


class Program:
    """A program with the entries `first`, `second` and `password`.

    Attributes:
        state: texts of the entries, `preedit`, and in `focus` who has the keyboard.
    """

    def __init__(self, daemon: Daemon, toolkit: Toolkit) -> None:
        """Start it and give its first entry the keyboard."""
        self.environ = daemon.environ | {
            "GTK_IM_MODULE": "ibus",
            "QT_IM_MODULE": "ibus",
            "QT_QPA_PLATFORM": "xcb",
            "NO_AT_BRIDGE": "1",
            "GSK_RENDERER": "cairo",
        }
        if toolkit is Toolkit.GTK4:
            # Up to ibus 1.5.28 it reorders keys that are passed; Qt does so with this.
            self.environ["IBUS_ENABLE_SYNC_MODE"] = "1"
        python = sys.executable
        if toolkit is not Toolkit.QT:
            python = SYSTEM_PYTHON
            self.environ.pop("PYTHONPATH")
        self.state: dict[str, str] = {}
        script, *arguments = toolkit.value
        words = [python, str(Path(__file__).with_name(script)), *arguments]
        self.process = subprocess.Popen(
            words, env=self.environ, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        wait_for(lambda: bool(self.state))
        window = self.tool("search", "--sync", "--name", "moyin-test").split()[0]
        self.tool("windowfocus", "--sync", window)
        self.is_("focus", "first")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.state = json.loads(line)

    def tool(self, *words: str) -> str:
        """What xdotool says."""
        done = subprocess.run(
            ["xdotool", *words], env=self.environ, capture_output=True, text=True, check=True
        )
        return done.stdout

    def type(self, text: str) -> None:
        """Press keys, a fast typist's."""
        self.tool("type", "--delay", "30", text)

    def focus(self, name: str) -> None:
        """Give an entry the keyboard."""
        assert self.process.stdin is not None
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        self.is_("focus", name)

    def is_(self, name: str, text: str) -> None:
        """Wait until a part of the state is so."""
        try:
            wait_for(lambda: self.state.get(name) == text)
        except AssertionError:
            raise AssertionError(f"{name} is not {text!r}: {self.state}") from None

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(10)
        self._reader.join()
        self.process.stdout.close()

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self,
        kind: builtins.type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
