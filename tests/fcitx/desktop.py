"""fcitx5 with the addon built and installed for one user, and a client of its D-Bus front."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jeepney", reason="not installed: jeepney (only on Linux)")

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_call
from jeepney.bus_messages import MatchRule, message_bus
from jeepney.io.blocking import open_dbus_connection

from tests.bus_listener import WAIT_SECONDS, BusListener

ROOT = Path(__file__).parents[2]
PROGRAMS = ("fcitx5", "dbus-daemon", "cmake", "c++")
ALL_CAPABILITIES = 1 << 1 | 1 << 4 | 1 << 6 | 1 << 39
"""Preedit, formatted, surrounding text, and candidates told to the client."""
PASSWORD, URL = 1 << 3, 1 << 12

_FRONT = DBusAddress(
    "/org/freedesktop/portal/inputmethod",
    "org.fcitx.Fcitx5",
    "org.fcitx.Fcitx.InputMethod1",
)
_CONTEXT = "org.fcitx.Fcitx.InputContext1"
_PROFILE = """\
[Groups/0]
Name=Default
Default Layout=us
DefaultIM=moyin

[Groups/0/Items/0]
Name=moyin
Layout=

[GroupOrder]
0=Default
"""


def missing() -> str:
    """What is not there; empty if all is."""
    lacking = [name for name in PROGRAMS if shutil.which(name) is None]
    if lacking:
        return " ".join(lacking)
    headers = Path("/usr/include/Fcitx5/Core").is_dir()
    return "" if headers else "libfcitx5core-dev"


def build_addon(folder: Path) -> Path:
    """Build and install the addon below a folder; returns the folder of its data."""
    source, build, prefix = ROOT / "packaging" / "fcitx5", folder / "build", folder / "local"
    _run("cmake", "-S", source, "-B", build, f"-DCMAKE_INSTALL_PREFIX={prefix}",
         "-DMOYIN_FOR_USER=ON")  # fmt: skip
    _run("cmake", "--build", build)
    _run("cmake", "--install", build)
    return prefix / "share"


def _run(*words: object) -> None:
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def fcitx(folder: Path, data: Path) -> Iterator[dict[str, str]]:
    """fcitx5 without a display, Moyin its only input method; yields its environment."""
    kept = {key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ}
    command = folder / "moyin-command"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m ime "$@"\n')
    command.chmod(0o755)
    environ = kept | {
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(data),
        "XDG_RUNTIME_DIR": str(folder),
        "MOYIN_HOME": str(folder / "moyin"),
        "MOYIN_COMMAND": str(command),
        "MOYIN_TIER": "ngram",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
    }
    profile = folder / "config" / "fcitx5" / "profile"
    profile.parent.mkdir(parents=True)
    profile.write_text(_PROFILE)
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"],
        env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert bus.stdout is not None
    environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
    with (folder / "fcitx.log").open("wb") as log:
        process = subprocess.Popen(
            ["fcitx5", "--disable=all", "--enable=dbus,dbusfrontend,keyboard,moyin"],
            env=environ, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield environ
    finally:
        process.terminate()
        process.wait(10)
        bus.terminate()
        bus.wait(10)
        bus.stdout.close()


def engine_of(folder: Path) -> int | None:
    """Process id of the engine that serves this folder."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
            ours = b"MOYIN_HOME=" + str(folder).encode() in (entry / "environ").read_bytes()
        except OSError:
            continue
        if ours and b"fcitx\0serve" in words:
            return int(entry.name)
    return None


class Editor(BusListener):
    """A text behind an input context of fcitx5; its caret is at the end.

    Attributes:
        text: that stands there.
        preedit: what is shown of the composition.
        table: candidates of the page that is shown.
    """

    def __init__(self, environ: dict[str, str], capabilities: int = ALL_CAPABILITIES) -> None:
        """Open a window; it has no keyboard yet."""
        super().__init__(open_dbus_connection(environ["DBUS_SESSION_BUS_ADDRESS"]))
        self.text = self.preedit = ""
        self.table: list[str] = []
        self._answers: dict[int, Message] = {}
        over = time.monotonic() + WAIT_SECONDS
        while (made := self._create()) is None:
            assert time.monotonic() < over, "fcitx5 does not answer"
            time.sleep(0.05)
        rule = MatchRule(type="signal", interface=_CONTEXT, path=made)
        self._call(message_bus.AddMatch(rule))
        self._context = DBusAddress(made, "org.fcitx.Fcitx5", _CONTEXT)
        self.describe(capabilities)

    def _create(self) -> str | None:
        program = [("program", "moyin-test")]
        call = new_method_call(_FRONT, "CreateInputContext", "a(ss)", (program,))
        answer = self._ask(call)
        found = answer.header.message_type is MessageType.method_return
        return str(answer.body[0]) if found else None

    def close(self) -> None:
        """Close the window."""
        self._bus.close()

    def _ask(self, call: Message) -> Message:
        serial = next(self._bus.outgoing_serial)
        self._bus.send(call, serial)
        over = time.monotonic() + WAIT_SECONDS
        while serial not in self._answers:
            self._take(self._bus.receive(timeout=over - time.monotonic()))
        return self._answers.pop(serial)

    def _call(self, call: Message) -> tuple[Any, ...]:
        answer = self._ask(call)
        assert answer.header.message_type is MessageType.method_return, answer.body
        return tuple(answer.body)

    def _do(self, member: str, signature: str = "", *body: Any) -> tuple[Any, ...]:
        return self._call(new_method_call(self._context, member, signature or None, body))

    def describe(self, capabilities: int) -> None:
        """Say what the window can, and what kind of text it has."""
        self._do("SetCapability", "t", capabilities)

    def focus(self) -> None:
        """Get the keyboard."""
        self._do("FocusIn")

    def leave(self) -> None:
        """Lose the keyboard."""
        self._do("FocusOut")

    def surroundings(self, text: str) -> None:
        """Say what stands left of the caret."""
        self._do("SetSurroundingText", "suu", text, len(text), len(text))

    def choose(self, index: int) -> None:
        """Click a candidate."""
        self._do("SelectCandidate", "i", index)

    def press(self, symbol: int, mask: int = 0) -> bool:
        """Press and release a key; returns whether it was taken."""
        (taken,) = self._do("ProcessKeyEvent", "uuubu", symbol, 0, mask, False, 0)
        if not taken:
            self._act(symbol, mask)
        self._do("ProcessKeyEvent", "uuubu", symbol, 0, mask, True, 0)
        return bool(taken)

    def type(self, text: str) -> None:
        """Press the keys of a text."""
        for character in text:
            self.press(ord(character))

    def _take(self, message: Message) -> None:
        fields = message.header.fields
        if message.header.message_type is not MessageType.signal:
            self._answers[fields[HeaderFields.reply_serial]] = message
            return
        body = message.body
        match fields[HeaderFields.member]:
            case "CommitString":
                self.text += body[0]
            case "UpdateFormattedPreedit":
                self.preedit = "".join(part for part, _ in body[0])
            case "UpdateClientSideUI":
                self.table = [text for _, text in body[4]]
                self.preedit = "".join(part for part, _ in body[0]) or self.preedit
            case "ForwardKey":
                if not body[2]:
                    self._act(body[0], body[1])
            case "DeleteSurroundingText":
                self.text = self.text[: body[0]]
            case _:
                pass

    def _act(self, symbol: int, mask: int) -> None:
        if 0x20 <= symbol < 0x7F and not mask & 1 << 2:
            self.text += chr(symbol)
        elif symbol == 0xFF0D:
            self.text += "\n"
        elif symbol == 0xFF08:
            self.text = self.text[:-1]
