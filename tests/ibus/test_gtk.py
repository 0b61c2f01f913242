"""Typing into a real GTK 3 program under Xvfb, through the daemon and GTK's own module."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ibus.daemon import Daemon, Editor, killed_at_end, wait_for

SYSTEM_PYTHON = "/usr/bin/python3"
PROGRAMS = ("Xvfb", "xdotool", "ibus-daemon", "dbus-daemon")
HAS_GTK = "import gi; gi.require_version('Gtk', '3.0'); from gi.repository import Gtk"


def lacking() -> str:
    programs = [name for name in PROGRAMS if shutil.which(name) is None]
    if programs:
        return " ".join(programs)
    found = subprocess.run([SYSTEM_PYTHON, "-c", HAS_GTK], capture_output=True, check=False)
    if found.returncode:
        return "gir1.2-gtk-3.0 and python3-gi"
    modules = list(Path("/usr/lib").glob("*/gtk-3.0/3.0.0/immodules/im-ibus.so"))
    return "" if modules else "ibus-gtk3"


@pytest.fixture
def display() -> Iterator[str]:
    if missing := lacking():
        pytest.skip(f"not installed: {missing}")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp"],
        pass_fds=[write], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


class Program:
    """The program with the entries."""

    def __init__(self, daemon: Daemon) -> None:
        self.environ = daemon.environ | {"GTK_IM_MODULE": "ibus", "NO_AT_BRIDGE": "1"}
        self.environ.pop("PYTHONPATH")
        self.state: dict[str, str] = {}
        script = str(Path(__file__).with_name("gtk_entries.py"))
        self.process = subprocess.Popen(
            [SYSTEM_PYTHON, script], env=self.environ, text=True,
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
        done = subprocess.run(
            ["xdotool", *words], env=self.environ, capture_output=True, text=True, check=True
        )
        return done.stdout

    def type(self, text: str) -> None:
        self.tool("type", "--delay", "30", text)

    def focus(self, name: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        self.is_("focus", name)

    def is_(self, name: str, text: str) -> None:
        try:
            wait_for(lambda: self.state.get(name) == text)
        except AssertionError:
            raise AssertionError(f"{name} is not {text!r}: {self.state}") from None

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(10)
        self._reader.join()
        self.process.stdout.close()


def test_typing_into_a_gtk_program(display: str, tmp_path: Path) -> None:
    daemon = Daemon(tmp_path, {"DISPLAY": display})
    with killed_at_end(daemon):
        program = Program(daemon)
        try:
            chooser = Editor(daemon)
            chooser.choose()
            program.type("nihao")
            program.is_("preedit", "nihao")
            program.tool("key", "space")
            program.is_("first", "你好")
            program.type("shijie1,hello")
            program.tool("key", "Return")
            program.is_("first", "你好世界，hello")
            program.tool("key", "BackSpace")
            program.is_("first", "你好世界，hell")
            program.type("hao")
            program.is_("preedit", "hao")
            program.focus("second")
            program.is_("first", "你好世界，hellhao")
            program.is_("preedit", "")
            program.is_("second", "")
            program.focus("password")
            program.type("geheim1")
            program.is_("password", "geheim1")
            kept = [
                p for p in tmp_path.rglob("*") if p.is_file() and b"geheim" in p.read_bytes()
            ]
            assert kept == []
            chooser.close()
        finally:
            program.close()
