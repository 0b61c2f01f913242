"""The engine's process: opens what converts and serves a front to the end."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from ime.backend.opening import open_by_settings
from ime.backend.options import session_options
from ime.backend.threaded import Backend
from ime.desktop.client import Client
from ime.desktop.front import Front
from ime.desktop.keys_under_way import HOLD_MS
from ime.desktop.loop import Loop
from ime.desktop.own_command import own_command
from ime.errors import ImeError, Message
from ime.ports import Converter
from ime.session.input_context import InputContext
from ime.session.state import SessionOptions
from ime.settings import Folders, Settings
from ime.texts.catalogue import system_locale, told, use_language
from ime.values import Candidate, CandidateList, LeftContext, Repair, Shares

_log = logging.getLogger(__name__)


class EngineProcess:
    """Loop, backend and front of one engine process; satisfies `Owner` of the front.

    Attributes:
        loop: of the thread that all of it but the backend belongs to.
        front: what is typed goes to.
    """

    def __init__(
        self, client: Client, settings: Settings, folders: Folders, hold_ms: int = HOLD_MS
    ) -> None:
        """Open nothing yet but the database's thread.

        Args:
            client: where text goes.
            settings: as loaded.
            folders: of the user.
            hold_ms: how long the answer to a key may wait for its list.
        """
        self.loop = Loop()
        self._settings = settings
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
        self.front = Front(
            client,
            self,
            self._backend.worker,
            self._backend.store,
            session_options(settings),
            self.loop.make_timer,
            self._backend.worker,
            hold_ms=hold_ms,
        )

    def run(self) -> None:
        """Serve until the loop is stopped."""
        self._backend.start()
        self.loop.run()

    def close(self) -> None:
        """End all threads; what waits is written first."""
        self._backend.close()

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
            traditional=options.traditional,
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

    def _follow(self, settings: Settings) -> None:
        """Another process changed the settings."""
        if settings == self._settings:
            return
        self._settings = settings
        use_language(settings.appearance.language, system_locale())
        self._backend.adopt_settings(settings)
        self.front.context.set_options(session_options(settings))
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
