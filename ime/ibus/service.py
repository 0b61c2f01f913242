"""The objects that the daemon calls: the factory, and an engine each time Moyin is chosen.

Every call is answered: a key whose answer never comes stands still in the daemon for seconds.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageFlag, MessageType

from ime.desktop.front import Engine, Front
from ime.ibus.connection import ENGINE, Connection, Gone
from ime.ibus.purpose import field_of
from ime.ibus.serialized import read_text

NAME = "org.freedesktop.IBus.Moyin"
ENGINE_NAME = "moyin"

_log = logging.getLogger(__name__)

_DBUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
_IBUS = DBusAddress("/org/freedesktop/IBus", "org.freedesktop.IBus", "org.freedesktop.IBus")
_FACTORY = "org.freedesktop.IBus.Factory"
_SERVICE = "org.freedesktop.IBus.Service"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_FACTORY_PATH = "/org/freedesktop/IBus/Factory"
_ENGINE_PATH = "/org/freedesktop/IBus/Engine/Moyin"
_SURROUNDING_TEXT = 1 << 5  # IBUS_CAP_SURROUNDING_TEXT
# Asked once for each engine object; libibus declares "(b)", and yet the daemon takes "b" alone.
_READABLE = {"FocusId": ("b", True), "ActiveSurroundingText": ("b", True)}

_Handler = Callable[["Service", Engine, tuple[Any, ...]], object]


def claim_name(connection: Connection) -> None:
    """Ask for the name by which the daemon knows that the engine has started."""
    connection.call(_DBUS, "RequestName", "su", (NAME, 0))


class Service:
    """Serves the calls of the daemon to one front."""

    def __init__(self, connection: Connection, front: Front) -> None:
        """Serve no engine object yet."""
        self._connection = connection
        self._front = front
        self._engines: dict[str, Engine] = {}
        self._made = 0

    def handle(self, message: Message) -> None:
        """One call; it is answered whatever happens. Signals are of no interest.

        Raises:
            Gone: the daemon has ended.
        """
        if message.header.message_type is not MessageType.method_call:
            return
        fields = message.header.fields
        interface, member = fields.get(HeaderFields.interface, ""), fields[HeaderFields.member]
        signature = fields.get(HeaderFields.signature, "")
        try:
            self._dispatch(message, interface, member, signature)
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001  a fault of ours must not end typing
            frames = "".join(traceback.format_tb(error.__traceback__))
            _log.error("%s failed: %s\n%s", member, type(error).__name__, frames)
            self._refuse(message, "Failed", type(error).__name__)

    def choose_again(self) -> None:
        """Let the daemon choose Moyin if it has no engine, as after a crash of ours."""

        def look(answer: object) -> None:
            if answer is None:  # "No global engine"
                self._connection.call(_IBUS, "SetGlobalEngine", "s", (ENGINE_NAME,))

        self._connection.call(_IBUS, "GetGlobalEngine", answer=look)

    def _dispatch(self, call: Message, interface: str, member: str, signature: str) -> None:
        path = call.header.fields[HeaderFields.path]
        engine = self._engines.get(path)
        if (interface, member, signature) == (_FACTORY, "CreateEngine", "s"):
            self._create(call)
        elif interface == _PROPERTIES:
            self._property(call, engine, member, signature)
        elif (interface, member) == (_SERVICE, "Destroy"):
            self._destroy(path)
            self._reply(call)
        elif interface != ENGINE or member not in _METHODS:
            self._refuse(call, "UnknownMethod", f"{interface}.{member}")
        elif engine is None:
            self._refuse(call, "UnknownObject", path)
        elif signature != _METHODS[member][0]:
            self._refuse(call, "InvalidArgs", f"{member} takes ({_METHODS[member][0]})")
        elif member == "ProcessKeyEvent":
            self._key(call, engine)
        else:
            _METHODS[member][1](self, engine, call.body)
            self._reply(call)

    def _create(self, call: Message) -> None:
        (name,) = call.body
        if name != ENGINE_NAME:
            self._refuse(call, "Failed", f"no engine is called {name}")
            return
        self._made += 1
        path = f"{_ENGINE_PATH}/{self._made}"
        self._engines[path] = Engine(path)
        self._reply(call, "o", path)

    def _destroy(self, path: str) -> None:
        if (engine := self._engines.pop(path, None)) is not None:
            self._front.focus_out(engine)

    def _property(
        self, call: Message, engine: Engine | None, member: str, signature: str
    ) -> None:
        match member, signature, call.body:
            case "Get", "ss", (_, str(name)) if name in _READABLE:
                self._reply(call, "v", _READABLE[name])
            case "GetAll", "s", _:
                self._reply(call, "a{sv}", _READABLE if engine is not None else {})
            case "Set", "ssv", (_, "ContentType", ("(uu)", (int(purpose), int(hints)))):
                if engine is not None:
                    self._front.set_field(engine, field_of(purpose, hints))
                self._reply(call)
            case _:
                self._refuse(call, "InvalidArgs", member)

    def _key(self, call: Message, engine: Engine) -> None:
        symbol, code, mask = call.body
        answer = _once(lambda taken: self._reply(call, "b", taken))
        try:
            self._front.process_key(engine, symbol, code, mask, answer)
        except Gone:
            raise
        except Exception:
            answer(False)
            raise

    # --- methods of an engine ---------------------------------------------------------------

    def _focus_in(self, engine: Engine, body: tuple[Any, ...]) -> None:
        engine.application = body[1] if body else ""
        self._front.focus_in(engine)

    def _focus_out(self, engine: Engine, body: tuple[Any, ...]) -> None:
        self._front.focus_out(engine)

    def _reset(self, engine: Engine, body: tuple[Any, ...]) -> None:
        self._front.reset(engine)

    def _capabilities(self, engine: Engine, body: tuple[Any, ...]) -> None:
        self._front.set_surroundings_known(engine, known=bool(body[0] & _SURROUNDING_TEXT))

    def _surroundings(self, engine: Engine, body: tuple[Any, ...]) -> None:
        value, caret, anchor = body
        self._front.set_surroundings(engine, read_text(value), caret, anchor)

    def _click(self, engine: Engine, body: tuple[Any, ...]) -> None:
        self._front.click(body[0])

    def _activate(self, engine: Engine, body: tuple[Any, ...]) -> None:
        self._front.activate(body[0])

    def _back(self, engine: Engine, body: tuple[Any, ...]) -> None:
        self._front.context.turn(-1)

    def _on(self, engine: Engine, body: tuple[Any, ...]) -> None:
        self._front.context.turn(1)

    def _nothing(self, engine: Engine, body: tuple[Any, ...]) -> None:
        """The panel draws; what it says of places is of no interest."""

    def _reply(self, call: Message, signature: str = "", *body: Any) -> None:
        if not call.header.flags & MessageFlag.no_reply_expected:
            self._connection.reply(call, signature, *body)

    def _refuse(self, call: Message, error: str, why: str) -> None:
        if not call.header.flags & MessageFlag.no_reply_expected:
            self._connection.refuse(call, error, why)


_METHODS: Mapping[str, tuple[str, _Handler]] = MappingProxyType(
    {
        "ProcessKeyEvent": ("uuu", Service._nothing),
        "FocusIn": ("", Service._focus_in),
        "FocusInId": ("ss", Service._focus_in),
        "FocusOut": ("", Service._focus_out),
        "FocusOutId": ("s", Service._focus_out),
        "Reset": ("", Service._reset),
        "Enable": ("", Service._nothing),
        "Disable": ("", Service._focus_out),
        "SetCapabilities": ("u", Service._capabilities),
        "SetSurroundingText": ("vuu", Service._surroundings),
        "SetCursorLocation": ("iiii", Service._nothing),
        "CandidateClicked": ("uuu", Service._click),
        "PropertyActivate": ("su", Service._activate),
        "PropertyShow": ("s", Service._nothing),
        "PropertyHide": ("s", Service._nothing),
        "PageUp": ("", Service._back),
        "PageDown": ("", Service._on),
        "CursorUp": ("", Service._back),
        "CursorDown": ("", Service._on),
        "ProcessHandWritingEvent": ("ad", Service._nothing),
        "CancelHandWriting": ("u", Service._nothing),
        "PanelExtensionReceived": ("v", Service._nothing),
        "PanelExtensionRegisterKeys": ("v", Service._nothing),
    }
)
"""Arguments and what to do, by the name of the method."""


def _once(answer: Callable[[bool], None]) -> Callable[[bool], None]:
    """An answer that is given only once."""
    given = False

    def give(taken: bool) -> None:
        nonlocal given
        if not given:
            given = True
            answer(taken)

    return give
