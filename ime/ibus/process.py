"""The engine's process: names itself to the daemon, opens what converts, serves to the end."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from ime.errors import ImeError, Message
from ime.ibus.address import bus_address
from ime.ibus.component import own_command
from ime.ibus.connection import Connection, Gone
from ime.ibus.loop import Loop
from ime.ibus.service import Service, claim_name
from ime.ports import Converter
from ime.session.input_context import InputContext
from ime.session.state import SessionOptions
from ime.settings import Folders, Settings
from ime.texts.catalogue import system_locale, told, use_language
from ime.values import Candidate, CandidateList, LeftContext, Repair, Shares

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
    claim_name(connection)  # the daemon waits for the name; all below takes its time
    process = EngineProcess(connection, settings, folders)
    if parent is not None:
        process.loop.watch(parent, process.loop.stop)
    if again:
        process.choose_again()
    try:
        process.run()
    finally:
        process.close()
    return 0


class EngineProcess:
    """Loop, backend and front of one engine process; satisfies `Owner` of the front."""

    def __init__(self, connection: Connection, settings: Settings, folders: Folders) -> None:
        """Open nothing yet but the database's thread.

        Args:
            connection: to the daemon.
            settings: as loaded.
            folders: of the user.
        """
        # Numpy and what stands on it takes longer than the daemon should wait for the name.
        from ime.backend.opening import open_by_settings
        from ime.backend.options import session_options
        from ime.backend.threaded import Backend
        from ime.ibus.front import Front

        self.loop = Loop()
        self._connection = connection
        self._settings = settings
        self._session_options = session_options
        use_language(settings.appearance.language, system_locale())
        opener = partial(open_by_settings, adapters=folders.adapters)
        listener = _Listener(self.loop, lambda: self.front.context)
        self._backend = Backend(
            settings,
            folders,
            opener,
            listener,
            _tell,
            lambda _: None,
            lambda told: self.loop.call(lambda: self._follow(told)),
        )
        worker, store = self._backend.worker, self._backend.store
        options, make_timer = session_options(settings), self.loop.make_timer
        self.front = Front(connection, self, worker, store, options, make_timer, worker)
        self._service = Service(connection, self.front)
        self.loop.watch(connection.fileno(), self._receive)

    def run(self) -> None:
        """Serve until the daemon or the parent ends."""
        self._backend.start()
        try:
            self.loop.run()
        except Gone:
            _log.info("the daemon has ended")

    def close(self) -> None:
        """End all threads; what waits is written first."""
        self._backend.close()
        self._connection.close()

    def choose_again(self) -> None:
        """Let the daemon choose Moyin where it has no engine."""
        for milliseconds in CHOOSE_AGAIN_MS:
            self.loop.make_timer(self._service.choose_again).start(milliseconds)

    # --- what the front asks ----------------------------------------------------------------

    def typing(self) -> None:
        """A key went down."""
        self._backend.learning.typing()

    def options_turned(self, options: SessionOptions) -> None:
        """A switch was turned: it holds at the next start, and in the window."""
        typing = msgspec.structs.replace(
            self._settings.typing,
            chinese_punctuation=options.chinese_punctuation,
            full_width=options.full_width,
            private=options.private,
        )
        if typing != self._settings.typing:
            self._settings = msgspec.structs.replace(self._settings, typing=typing)
            self._backend.change_settings(self._settings)

    def open_settings(self) -> None:
        """Open the dialog in a process of its own."""
        subprocess.Popen(
            [*own_command(), "settings"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    # --- from the loop ----------------------------------------------------------------------

    def _receive(self) -> None:
        for message in self._connection.receive():
            self._service.handle(message)

    def _follow(self, settings: Settings) -> None:
        """Another process changed the settings."""
        if settings == self._settings:
            return
        self._settings = settings
        use_language(settings.appearance.language, system_locale())
        self._backend.adopt_settings(settings)
        self.front.context.set_options(self._session_options(settings))
        self.front.relabel()


class _Listener:
    """Brings what the decode thread reports to the loop."""

    def __init__(
        self,
        loop: Loop,
        context: Callable[[], InputContext],
    ) -> None:
        self._loop, self._context = loop, context

    def opened(self, converter: Converter, *, better_follows: bool) -> None:
        del converter, better_follows
        self._loop.call(lambda: self._context().decoder_ready())

    def listed(self, answer: CandidateList) -> None:
        self._loop.call(lambda: self._context().list_arrived(answer))

    def offered(self, context: LeftContext, items: Sequence[Candidate]) -> None:
        self._loop.call(lambda: self._context().offers_arrived(context, items))

    def repaired(self, context: LeftContext, repairs: Sequence[Repair]) -> None:
        self._loop.call(lambda: self._context().repairs_arrived(context, repairs))

    def explained(self, item: Candidate, shares: Shares | None) -> None:
        """Nothing asks here: the daemon's panel has no menu for candidates."""

    def failed(self, error: ImeError) -> None:
        _tell(error.told)
        # From now on requests are answered, if only by nothing.
        self._loop.call(lambda: self._context().decoder_ready())


def _tell(message: str | Message) -> None:
    """Write down what the user should know; it holds nothing that was typed."""
    _log.warning("%s", told(message))
