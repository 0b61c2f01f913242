"""The private bus of the daemon, over jeepney: frames in and out, without a reply awaited.

A call of ours is never waited for: its answer may come in one read with a call of the daemon's,
and that must not be thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.auth import AuthenticationError
from jeepney.io.blocking import open_dbus_connection

from ime.errors import EnvironmentFaultError

ENGINE = "org.freedesktop.IBus.Engine"
Answer = Callable[[Any], object]
_READ = 1 << 16


class Gone(Exception):  # noqa: N818  no fault: the daemon has ended
    """The daemon has closed the connection."""


class Connection:
    """Calls, signals and replies."""

    def __init__(self, address: str) -> None:
        """Connect.

        Args:
            address: D-Bus address of a unix socket.

        Raises:
            EnvironmentFaultError: nobody answers there.
        """
        try:
            self._bus = open_dbus_connection(address)
        except (OSError, AuthenticationError, RuntimeError, ValueError) as exc:
            raise EnvironmentFaultError(
                f"ibus-daemon does not answer at {address} ({exc}); start it anew with "
                "`ibus restart`."
            ) from exc
        self._answers: dict[int, Answer] = {}
        self._held: list[bytes] | None = None

    def fileno(self) -> int:
        """Of the socket."""
        return int(self._bus.sock.fileno())

    def close(self) -> None:
        """End the connection."""
        self._bus.close()

    def receive(self) -> Iterator[Message]:
        """What has come, without replies, which go to those who asked.

        Raises:
            Gone: the daemon has ended.
        """
        try:
            data = self._bus.sock.recv(_READ)
        except OSError as exc:
            raise Gone from exc
        if not data:
            raise Gone
        self._bus.parser.add_data(data)
        while (message := self._bus.parser.get_next_message()) is not None:
            if message.header.message_type in (MessageType.method_return, MessageType.error):
                self._answered(message)
            else:
                yield message

    def call(
        self,
        target: DBusAddress,
        member: str,
        signature: str | None = None,
        body: tuple[Any, ...] = (),
        answer: Answer = lambda _: None,
    ) -> None:
        """Call a method.

        Args:
            target: the object.
            member: the method.
            signature: of the arguments; None without any.
            body: the arguments.
            answer: called with what comes back, a tuple, or None for an error.
        """
        serial = next(self._bus.outgoing_serial)
        self._answers[serial] = answer
        self._send(new_method_call(target, member, signature, body), serial)

    def emit(self, path: str, member: str, signature: str = "", *body: Any) -> None:
        """Send a signal of an engine object."""
        source = DBusAddress(path, interface=ENGINE)
        self._send(new_signal(source, member, signature or None, body))

    def reply(self, call: Message, signature: str = "", *body: Any) -> None:
        """Answer a call."""
        self._send(new_method_return(call, signature or None, body))

    def refuse(self, call: Message, error: str, why: str) -> None:
        """Answer a call with an error of `org.freedesktop.DBus.Error`."""
        name = f"org.freedesktop.DBus.Error.{error}"
        self._send(new_error(call, name, "s", (why,)))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Send what is sent meanwhile at the end, at once.

        Each call of the system hands the interpreter to the decode thread for milliseconds, and
        answer and preedit belong together if the process is killed.
        """
        held: list[bytes] = []
        self._held = held
        try:
            yield
        finally:
            self._held = None
            if held:
                self._write(b"".join(held))

    def _send(self, message: Message, serial: int | None = None) -> None:
        data = message.serialise(serial or next(self._bus.outgoing_serial))
        if self._held is None:
            self._write(data)
        else:
            self._held.append(data)

    def _write(self, data: bytes) -> None:
        try:
            self._bus.sock.sendall(data)
        except OSError as exc:
            raise Gone from exc

    def _answered(self, message: Message) -> None:
        serial = message.header.fields.get(HeaderFields.reply_serial)
        answer = self._answers.pop(serial, None)
        if answer is not None:
            failed = message.header.message_type is MessageType.error
            answer(None if failed else message.body)
