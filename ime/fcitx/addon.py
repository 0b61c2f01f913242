"""The addon in fcitx5 at the other end of a socket: what it tells goes to the front."""

from __future__ import annotations

import contextlib
import logging
import socket
import traceback
from collections.abc import Callable

from ime.desktop.badges import Badge
from ime.desktop.client import Table
from ime.desktop.field import Field
from ime.desktop.front import Engine, Front
from ime.fcitx.lines import VERSION, fields_of, line_of

_log = logging.getLogger(__name__)
_READ = 1 << 16
_SEND_SECONDS = 2.0
"""An addon that reads nothing for so long is stuck, and is left."""


class GoneError(Exception):
    """The addon has ended, or is none of ours."""


class Addon:
    """Whoever is connected now; satisfies `Client`, the addon's names of windows are targets.

    What is shown to nobody is dropped.
    """

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._received = b""
        self._greeted = False
        self._held: list[bytes] | None = None
        self._engines: dict[str, Engine] = {}

    def attach(self, connection: socket.socket, front: Front) -> None:
        """Speak with another addon from now on."""
        self.detach(front)
        connection.settimeout(_SEND_SECONDS)
        self._socket, self._received, self._greeted = connection, b"", False

    def detach(self, front: Front) -> None:
        """Leave the addon; its windows are nobody's any longer."""
        for engine in self._engines.values():
            front.focus_out(engine)
        self._engines.clear()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def receive(self, front: Front) -> None:
        """Give what has come to the front.

        Raises:
            GoneError: the addon has ended, or speaks another version.
        """
        try:
            data = self._socket.recv(_READ) if self._socket is not None else b""
        except OSError as exc:
            raise GoneError from exc
        if not data:
            raise GoneError
        *lines, self._received = (self._received + data).split(b"\n")
        # Answer and preedit go together, before the decode thread has the interpreter.
        self._held = []
        try:
            for line in lines:
                self._handle(fields_of(line), front)
        finally:
            held, self._held = self._held, None
            self._write(b"".join(held))

    def _handle(self, fields: list[str], front: Front) -> None:
        if not self._greeted:
            if fields != ["hello", VERSION]:
                _log.error("the addon of fcitx5 speaks another version; build it anew")
                raise GoneError
            self._greeted = True
            return
        try:
            self._dispatch(fields, front)
        except Exception as error:  # noqa: BLE001  a fault of ours must not end typing
            frames = "".join(traceback.format_tb(error.__traceback__))
            _log.error("%s failed: %s\n%s", fields[0], type(error).__name__, frames)
            if fields[0] == "key" and len(fields) > 1:
                self._send("answer", fields[1], False)

    def _dispatch(self, fields: list[str], front: Front) -> None:
        match fields:
            case ["key", serial, target, symbol, code, mask]:
                numbers = int(symbol), int(code), int(mask)
                front.process_key(self._engine(target), *numbers, self._answer(serial))
            case ["pick", index]:
                front.click(int(index))
            case ["turn", delta]:
                front.context.turn(int(delta))
            case ["activate", key]:
                front.activate(key)
            case [what, target, *more]:
                self._tell_of_window(what, target, more, front)
            case _:
                raise ValueError("no such line")

    def _tell_of_window(self, what: str, target: str, more: list[str], front: Front) -> None:
        match what, more:
            case "focus", [program]:
                engine = self._engine(target)
                engine.application = program
                front.focus_in(engine)
            case "field", [kind, tells]:
                engine = self._engine(target)
                front.set_field(engine, Field(kind == "secret", kind == "english"))
                front.set_surroundings_known(engine, known=tells == "1")
            case "left", [text]:
                front.set_surroundings(self._engine(target), text, len(text), len(text))
            case "reset", []:
                front.reset(self._engine(target))
            case "leave", []:
                front.focus_out(self._engine(target))
            case "gone", []:
                if (gone := self._engines.pop(target, None)) is not None:
                    front.focus_out(gone)
            case _:
                raise ValueError("no such line")

    def _engine(self, target: str) -> Engine:
        return self._engines.setdefault(target, Engine(target))

    def _answer(self, serial: str) -> Callable[[bool], None]:
        return lambda taken: self._send("answer", serial, taken)

    def _send(self, *fields: object) -> None:
        line = line_of(*fields)
        if self._held is None:
            self._write(line)
        else:
            self._held.append(line)

    def _write(self, data: bytes) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendall(data)
        except OSError:
            # It can be read now, and that tells that it has ended.
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    # --- what the front asks of a client ----------------------------------------------------

    def commit(self, target: str, text: str) -> None:
        """Put text in."""
        self._send("commit", target, text)

    def show_preedit(self, target: str, text: str, caret: int) -> None:
        """Show what is composed."""
        self._send("preedit", target, caret, text)

    def show_auxiliary(self, target: str, text: str) -> None:
        """Show a line above the candidates."""
        self._send("auxiliary", target, text)

    def show_table(self, target: str, table: Table | None) -> None:
        """Show candidates."""
        if table is None:
            self._send("table", target, -1, False, False, False)
            return
        cursor = -1 if table.cursor is None else table.cursor
        flags = (table.before, table.behind, table.vertical)
        self._send("table", target, cursor, *flags, *table.items)

    def show_badges(self, target: str, badges: tuple[Badge, ...], *, anew: bool) -> None:
        """Show switches and entries."""
        del anew
        for one in badges:
            on = "-" if one.on is None else one.on
            self._send("badge", target, one.key, one.label, one.symbol, on)

    def delete_before(self, target: str, count: int) -> None:
        """Delete characters left of the caret."""
        self._send("delete", target, count)

    def send_key(self, target: str, symbol: int, code: int, mask: int) -> None:
        """Let a key go down or come up."""
        self._send("key", target, symbol, code, mask)

    def ask_surroundings(self, target: str) -> None:
        """Nothing: the addon tells them unasked."""
