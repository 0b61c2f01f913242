"""A program behind a front, without daemon, threads and waiting."""

from __future__ import annotations

from collections.abc import Callable

from ime.desktop.badges import Badge
from ime.desktop.client import Table
from ime.desktop.front import Engine, Front
from ime.desktop.x_keys import RELEASE_MASK
from ime.session.state import SessionOptions
from ime.values import CandidateList, Commit, DecodeRequest, LeftContext, Mark
from tests.fakes import FakeConverter

CONTROL_MASK = 1 << 2


class Timer:
    """Ticks when the test says so."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.call = call
        self.due: int | None = None

    def start(self, milliseconds: int, /) -> None:
        self.due = milliseconds

    def stop(self) -> None:
        self.due = None


class Decoder:
    """Makes lists of the newest request when the test says so, or at once."""

    alive = True

    def __init__(self) -> None:
        self.converter = FakeConverter()
        self.asked: list[DecodeRequest] = []
        self.deliver: Callable[[CandidateList], object] = lambda _: None
        self.waits = False

    def convert(self, request: DecodeRequest) -> None:
        self.asked = [request]
        if not self.waits:
            self.answer()

    def answer(self) -> None:
        while self.asked:
            found = self.converter.convert(self.asked.pop())
            assert found is not None
            self.deliver(found)

    def prepare(self, context: LeftContext) -> None: ...

    def learn(self, commit: Commit) -> None: ...

    def retract(self, commit_id: int) -> None: ...

    def mark(self, mark: Mark) -> None: ...


class Journal:
    """Keeps what is to be written down."""

    def __init__(self) -> None:
        self.commits: list[Commit] = []

    def append(self, commit: Commit) -> None:
        self.commits.append(commit)

    def retract(self, commit_id: int) -> None: ...

    def mark(self, mark: Mark) -> None: ...


class Owner:
    """The process: of no interest here."""

    def typing(self) -> None: ...

    def options_turned(self, options: SessionOptions) -> None: ...

    def open_settings(self) -> None: ...


class Program:
    """The client: one window with the keyboard, its caret at the end of the text.

    Attributes:
        text: that stands there.
        preedit: what is shown of the composition.
        shown: everything that was shown, in order, by its kind.
        sent: keys that came back as events of their own: symbol, code, mask.
    """

    def __init__(self, *, takes_surroundings: bool = True) -> None:
        self.text = self.preedit = self.auxiliary = ""
        self.table: Table | None = None
        self.shown: list[tuple[str, object]] = []
        self.badges: dict[str, Badge] = {}
        self.sent: list[tuple[int, int, int]] = []
        self.passed: list[int] = []
        self.answers: list[bool] = []
        self.timers: list[Timer] = []
        self.now = 100.0
        self.decoder, self.journal = Decoder(), Journal()
        self.front = Front(
            self, Owner(), self.decoder, self.journal, SessionOptions(), self._timer,
            clock=lambda: self.now,
        )  # fmt: skip
        self.decoder.deliver = self.front.context.list_arrived
        self.front.context.decoder_ready()
        self.engine = Engine("window", takes_surroundings=takes_surroundings)
        self.front.focus_in(self.engine)

    def _timer(self, call: Callable[[], object]) -> Timer:
        self.timers.append(Timer(call))
        return self.timers[-1]

    def wait(self, milliseconds: int) -> None:
        """Let time pass; what is due by then ticks once."""
        self.now += milliseconds / 1000
        for timer in self.timers:
            if timer.due is not None and timer.due <= milliseconds:
                timer.due = None
                timer.call()

    # --- keys --------------------------------------------------------------------------------

    def down(self, symbol: int, mask: int = 0, code: int = 7) -> None:
        """A key goes down; where it is left to the window, the window acts."""

        def answered(taken: bool) -> None:
            self.answers.append(taken)
            if not taken:
                self._act(symbol, mask)

        self.front.process_key(self.engine, symbol, code, mask, answered)

    def up(self, symbol: int, mask: int = 0) -> None:
        """A key comes up."""
        self.down(symbol, mask | RELEASE_MASK)

    def type(self, text: str) -> None:
        """Press and release the keys of a text."""
        for character in text:
            self.down(ord(character))
            self.up(ord(character))

    def _act(self, symbol: int, mask: int) -> None:
        if mask & RELEASE_MASK:
            return
        self.passed.append(symbol)
        if 0x20 <= symbol < 0x7F and not mask & CONTROL_MASK:
            self.text += chr(symbol)
        elif symbol == 0xFF08:
            self.text = self.text[:-1]

    # --- the client --------------------------------------------------------------------------

    def commit(self, target: str, text: str) -> None:
        self.text += text
        self.shown.append(("commit", text))

    def show_preedit(self, target: str, text: str, caret: int) -> None:
        self.preedit = text
        self.shown.append(("preedit", text))

    def show_auxiliary(self, target: str, text: str) -> None:
        self.auxiliary = text

    def show_table(self, target: str, table: Table | None) -> None:
        self.table = table
        self.shown.append(("table", table and table.items))

    def show_badges(self, target: str, badges: tuple[Badge, ...], *, anew: bool) -> None:
        self.badges |= {one.key: one for one in badges}
        self.shown.append(("badges", anew))

    def delete_before(self, target: str, count: int) -> None:
        self.text = self.text[:-count]

    def send_key(self, target: str, symbol: int, code: int, mask: int) -> None:
        self.sent.append((symbol, code, mask))
        self._act(symbol, mask)

    def ask_surroundings(self, target: str) -> None: ...
