"""A real ibus-daemon with the engine, and a client of it that is the simplest editor."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

pytest.importorskip("jeepney", reason="not installed: jeepney (only on Linux)")

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_call
from jeepney.io.blocking import open_dbus_connection

from ime.desktop.x_keys import RELEASE_MASK, SHIFT_MASK
from tests.bus_listener import WAIT_SECONDS, BusListener

ROOT = Path(__file__).parents[2]
NEEDED = ("ibus-daemon", "dbus-daemon")

SHIFT, CONTROL, RETURN, ESCAPE, BACKSPACE, TAB = 0xFFE1, 0xFFE3, 0xFF0D, 0xFF1B, 0xFF08, 0xFF09
LEFT, PAGE_DOWN = 0xFF51, 0xFF56
CONTROL_MASK = 1 << 2
ALL_CAPABILITIES = 0b111111

_IBUS = DBusAddress("/org/freedesktop/IBus", "org.freedesktop.IBus", "org.freedesktop.IBus")
_CONTEXT = "org.freedesktop.IBus.InputContext"
_LINES = {
    "UpdatePreeditText": "preedit",
    "UpdatePreeditTextWithMode": "preedit",
    "HidePreeditText": "preedit",
    "UpdateAuxiliaryText": "auxiliary",
    "HideAuxiliaryText": "auxiliary",
}
"""Attributes of an editor by the signals that change them."""


def missing() -> str:
    """Programs that are not there; empty if all are."""
    return " ".join(name for name in NEEDED if shutil.which(name) is None)


class Daemon:
    """ibus-daemon on a bus and with files of its own.

    Attributes:
        folder: holds all files.
        environ: for programs that are to find it.
        process: of the daemon.
    """

    def __init__(
        self,
        folder: Path,
        environ: dict[str, str] | None = None,
        settings: str = '[model]\ntier = "ngram"\n',
        without: Sequence[str] = ("config", "panel"),
    ) -> None:
        self._without = [word for part in without for word in (f"--{part}", "disable")]
        self.folder = folder
        # A path of a socket holds about a hundred characters: the test's folder is too long.
        self.address = f"unix:abstract=moyin-test-{os.getpid()}-{folder.name}"
        kept = {key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ}
        self.environ = (
            kept
            | {
                "HOME": str(folder),
                "XDG_RUNTIME_DIR": str(folder),
                "MOYIN_HOME": str(folder / "moyin"),
                "IBUS_COMPONENT_PATH": str(folder / "component"),
                "IBUS_ADDRESS": self.address,
                "DISPLAY": ":77",
                "GSETTINGS_BACKEND": "memory",
                "LC_ALL": "C.UTF-8",
                "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
            }
            | (environ or {})
        )
        self._prepare(settings)
        self._bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address"],
            env=self.environ, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._bus.stdout is not None
        self.environ["DBUS_SESSION_BUS_ADDRESS"] = self._bus.stdout.readline().strip()
        self.process = self.start()

    def _prepare(self, settings: str) -> None:
        path = self.folder / "moyin" / "config" / "settings.toml"
        path.parent.mkdir(parents=True)
        path.write_text(settings)
        command = f"{sys.executable} -m ime ibus serve"
        component = self.folder / "component" / "moyin.xml"
        component.parent.mkdir()
        component.write_text(
            "<component><name>org.freedesktop.IBus.Moyin</name>"
            f"<description>Moyin</description><exec>{command}</exec><version>1</version>"
            "<author>Moyin</author><license>MIT</license><textdomain>moyin</textdomain>"
            "<engines><engine><name>moyin</name><longname>Moyin</longname>"
            "<description>Moyin</description><language>zh_CN</language><license>MIT</license>"
            "<author>Moyin</author><layout>default</layout><rank>50</rank></engine></engines>"
            "</component>"
        )

    def start(self) -> subprocess.Popen[bytes]:
        """Start the daemon itself."""
        log = (self.folder / "ibus.log").open("ab")
        self.process = subprocess.Popen(
            [
                "ibus-daemon", *self._without,
                "--emoji-extension", "disable", "--cache", "none", "--address", self.address,
            ],
            env=self.environ, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        wait_for(self._answers)
        return self.process

    def _answers(self) -> bool:
        try:
            open_dbus_connection(self.address).close()
        except OSError:
            return False
        return True

    def children(self) -> list[int]:
        """Process ids of all that the daemon started, and of what these started."""
        found, new = set[int](), {self.process.pid}
        while new:
            parents, new = new, set()
            for status in Path("/proc").glob("[0-9]*/stat"):
                try:
                    fields = status.read_text("utf-8", "replace").rpartition(")")[2].split()
                except OSError:
                    continue
                if int(fields[1]) in parents:
                    new.add(int(status.parent.name))
            found |= new
        return sorted(found)

    def engines(self) -> list[int]:
        """Process ids of the engine, the parent first."""
        wanted = str(self.folder).encode()
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes()
                ours = b"MOYIN_HOME=" + wanted in (entry / "environ").read_bytes()
            except OSError:
                continue
            if ours and b"ibus\0serve" in words:
                found.append(int(entry.name))
        return sorted(found)

    def close(self) -> None:
        """End everything."""
        self.process.terminate()
        self.process.wait(10)
        wait_for(lambda: not self.engines())
        self._bus.terminate()
        self._bus.wait(10)
        if self._bus.stdout is not None:
            self._bus.stdout.close()

    def __enter__(self) -> Daemon:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def wait_for(found: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    """Wait until something is true."""
    over = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < over, "waited in vain"
        time.sleep(0.02)


class Editor(BusListener):
    """A text behind an input context of the daemon's; its caret is at the end.

    Attributes:
        text: that stands there.
        preedit: what is shown of the composition.
        table: candidates of the page that is shown, without stand-ins.
        auxiliary: line above them.
        properties: states of the panel's switches and entries, by their keys.
        passed: symbols of the keys that came back to the editor, releases too.
        table_at: when the last table came, on the clock `perf_counter`; None for never.
    """

    def __init__(
        self, daemon: Daemon, name: str = "test", capabilities: int = ALL_CAPABILITIES
    ) -> None:
        super().__init__(open_dbus_connection(daemon.address))
        self.text = self.preedit = self.auxiliary = ""
        self.table: list[str] = []
        self.properties: dict[str, str] = {}
        self.passed: list[tuple[int, int]] = []
        self.table_at: float | None = None
        self._answers: dict[int, Message] = {}
        (path,) = self.call(_IBUS, "CreateInputContext", "s", name)
        self._context = DBusAddress(path, "org.freedesktop.IBus", _CONTEXT)
        self.capabilities = capabilities
        self.call(self._context, "SetCapabilities", "u", capabilities)

    def close(self) -> None:
        """Leave the daemon."""
        self._bus.close()

    # --- calls ---------------------------------------------------------------------------

    def send(self, target: DBusAddress, member: str, signature: str, *body: Any) -> int:
        """Call and do not wait; returns the number of the call."""
        serial = next(self._bus.outgoing_serial)
        self._bus.send(new_method_call(target, member, signature or None, body), serial)
        return serial

    def call(
        self, target: DBusAddress, member: str, signature: str = "", *body: Any
    ) -> tuple[Any, ...]:
        """Call and wait for the answer."""
        answer = self.answer(self.send(target, member, signature, *body))
        assert answer.header.message_type is MessageType.method_return, answer.body
        return tuple(answer.body)

    def answer(self, serial: int) -> Message:
        """Wait for the answer to a call."""
        over = time.monotonic() + WAIT_SECONDS
        while serial not in self._answers:
            self._take(self._bus.receive(timeout=over - time.monotonic()))
        return self._answers.pop(serial)

    # --- what an editor does -------------------------------------------------------------

    def choose(self, engine: str = "moyin") -> None:
        """Choose an engine for all."""
        for _ in range(50):
            serial = self.send(_IBUS, "SetGlobalEngine", "s", engine)
            if self.answer(serial).header.message_type is MessageType.method_return:
                return
            time.sleep(0.1)
        raise AssertionError("the engine cannot be chosen")

    def engine(self) -> bool:
        """Whether there is one."""
        answer = self.answer(self.send(_IBUS, "GetGlobalEngine", ""))
        return answer.header.message_type is MessageType.method_return

    def focus(self) -> None:
        """Get the keyboard."""
        self.call(self._context, "FocusIn")

    def leave(self) -> None:
        """Lose the keyboard."""
        self.call(self._context, "FocusOut")
        self.look(0.05)

    def reset(self) -> None:
        """Have moved the caret."""
        self.call(self._context, "Reset")

    def describe(self, purpose: int, hints: int = 0) -> None:
        """Say what kind of text it is."""
        properties = DBusAddress(
            self._context.object_path, "org.freedesktop.IBus", "org.freedesktop.DBus.Properties"
        )
        content = ("(uu)", (purpose, hints))
        self.call(properties, "Set", "ssv", _CONTEXT, "ContentType", content)

    def surroundings(self, text: str, caret: int, anchor: int | None = None) -> None:
        """Say what stands around the caret."""
        attributes: tuple[str, Any] = ("(sa{sv}av)", ("IBusAttrList", {}, []))
        value: tuple[str, Any] = ("(sa{sv}sv)", ("IBusText", {}, text, attributes))
        anchor = caret if anchor is None else anchor
        self.call(self._context, "SetSurroundingText", "vuu", value, caret, anchor)

    def activate(self, name: str) -> None:
        """Click a property."""
        self.call(self._context, "PropertyActivate", "su", name, 0)

    def press(self, symbol: int, mask: int = 0, code: int = 0) -> bool:
        """Press a key and wait for its answer; returns whether it was taken."""
        return self.pressed(symbol, self.send_key(symbol, mask, code), mask)

    def send_key(self, symbol: int, mask: int = 0, code: int = 0) -> int:
        """Press a key and do not wait."""
        return self.send(self._context, "ProcessKeyEvent", "uuu", symbol, code, mask)

    def pressed(self, symbol: int, serial: int, mask: int = 0) -> bool:
        """Wait for the answer to a key; act on it if it was not taken."""
        taken = bool(self.answer(serial).body[0])
        if not taken:
            self._act(symbol, mask)
        return taken

    def tap(self, symbol: int, mask: int = 0) -> bool:
        """Press and release a key."""
        taken = self.press(symbol, mask)
        own = SHIFT_MASK if symbol == SHIFT else CONTROL_MASK if symbol == CONTROL else 0
        assert self.press(symbol, mask | own | RELEASE_MASK) is False
        return taken

    def type(self, text: str) -> None:
        """Press and release the keys of a text, and see what comes of it."""
        for character in text:
            self.tap(ord(character), SHIFT_MASK if character.isupper() else 0)

    def burst(self, symbols: Sequence[int]) -> None:
        """Press keys without waiting for answers, as a client does that never waits."""
        serials = [(symbol, self.send_key(symbol)) for symbol in symbols]
        for symbol, serial in serials:
            self.pressed(symbol, serial)

    # --- what comes ----------------------------------------------------------------------

    def _take(self, message: Message) -> None:
        fields = message.header.fields
        if message.header.message_type is not MessageType.signal:
            self._answers[fields[HeaderFields.reply_serial]] = message
            return
        member, body = fields[HeaderFields.member], message.body
        if member in _LINES:
            shown = member.startswith("Update") and body[2 if "Preedit" in member else 1]
            setattr(self, _LINES[member], body[0][1][2] if shown else "")
        elif member.endswith("LookupTable"):
            shown = member.startswith("Update") and body[1]
            texts = [one[1][2] for one in body[0][1][7]] if shown else []
            self.table = [text for text in texts if text]
            self.table_at = time.perf_counter()
        else:
            self._obey(member, body)

    def _obey(self, member: str, body: tuple[Any, ...]) -> None:
        match member:
            case "CommitText":
                self.text += body[0][1][2]
            case "ForwardKeyEvent":
                self._act(body[0], body[2])
            case "DeleteSurroundingText":
                offset, count = body
                assert offset == -count
                self.text = self.text[:offset]
            case "RegisterProperties":
                self.properties = {p[1][2]: p[1][11][1][2] for p in body[0][1][2]}
            case "UpdateProperty":
                self.properties[body[0][1][2]] = body[0][1][11][1][2]
            case _:
                pass

    def _act(self, symbol: int, mask: int) -> None:
        self.passed.append((symbol, mask))
        if mask & (RELEASE_MASK | CONTROL_MASK):
            return
        if 0x20 <= symbol < 0x7F:
            self.text += chr(symbol)
        elif symbol == RETURN:
            self.text += "\n"
        elif symbol == BACKSPACE:
            self.text = self.text[:-1]


@contextmanager
def killed_at_end(daemon: Daemon) -> Iterator[Daemon]:
    """A daemon that is ended hard where it does not end by itself."""
    try:
        yield daemon
    finally:
        try:
            daemon.close()
        finally:
            for pid in daemon.engines():
                os.kill(pid, signal.SIGKILL)
