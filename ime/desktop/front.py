"""One input context behind all windows, for IBus and fcitx5.

The framework gives one engine to all windows in turn, so what is composed never goes from one
to another: where the focus leaves, the window keeps the letters as they were shown (the
preedit's mode says so) and they are dropped here. All methods belong to the thread of the loop.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from ime.desktop.badges import Badge, badges_of
from ime.desktop.client import Client, Table
from ime.desktop.field import Field
from ime.desktop.keys_under_way import HOLD_MS, KeysUnderWay, Sink
from ime.desktop.own_context import OwnContextJournal
from ime.desktop.surroundings import Surroundings
from ime.desktop.x_keys import (
    BACKSPACE,
    BACKSPACE_CODE,
    FORWARD_MASK,
    LOCK_MASK,
    RELEASE_MASK,
    SHIFT_MASK,
    is_level_shift,
    key_event,
)
from ime.ports import Decoder, Journal
from ime.session.events import Refused
from ime.session.input_context import InputContext, NoAnswer, Notice, Predictor
from ime.session.keys import MODIFIER_KEYS, Key, KeyEvent
from ime.session.list_deadline import MakeTimer
from ime.session.state import Mode, SessionOptions, SessionState
from ime.texts.catalogue import say
from ime.values import Candidate, Commit, LeftContext

NOTICE_MS = 3000


class Owner(Protocol):
    """What belongs to the process and not to one text."""

    def typing(self) -> None:
        """A key went down."""
        ...

    def options_turned(self, options: SessionOptions) -> None:
        """A key or the panel turned a switch, which is a setting."""
        ...

    def open_settings(self) -> None:
        """Show the dialog of the settings."""
        ...


@dataclass(slots=True)
class Engine:
    """What the desktop's framework types by; it makes one for each window, or each choice.

    Attributes:
        target: names it to the client.
        application: name that the client of the focus gives; empty where it gives none.
        field: what the client says of the text.
        takes_surroundings: whether the client tells and deletes text around the caret.
    """

    target: str
    application: str = ""
    field: Field = field(default_factory=Field)
    takes_surroundings: bool = False


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the client shows of ours, so that only changes are sent."""

    preedit: str = ""
    caret: int = 0
    auxiliary: str = ""
    table: Table | None = None


class Front(Sink):
    """Host of the input context."""

    def __init__(
        self,
        client: Client,
        owner: Owner,
        decoder: Decoder,
        journal: Journal,
        options: SessionOptions,
        make_timer: MakeTimer,
        predictor: Predictor | None = None,
        clock: Callable[[], float] = time.monotonic,
        hold_ms: int = HOLD_MS,
    ) -> None:
        """Serve no engine object yet.

        Args:
            client: where text goes.
            owner: of the process.
            decoder: converts.
            journal: writes selections down.
            options: the user's switches.
            make_timer: of the loop.
            predictor: thinks of next words and of repairs; None for neither.
            clock: seconds from any moment on.
            hold_ms: how long the answer to a key may wait for its list.
        """
        self._client, self._owner, self._clock = client, owner, clock
        self._engine: Engine | None = None
        self._shown = _Shown()
        self._badges: tuple[Badge, ...] = ()
        self._badges_of: tuple[object, ...] = ()
        self._modes: dict[str, Mode] = {}
        self._surroundings = Surroundings(clock)
        self._notice = ""
        self._notice_over = make_timer(self._end_notice)
        self._keys = KeysUnderWay(self, make_timer, clock, hold_ms)
        self._pressing = self._busy = False
        self._journal = OwnContextJournal(journal)
        self.context = InputContext(
            self, decoder, self._journal, options, make_timer, predictor
        )

    # --- from the framework -----------------------------------------------------------------

    def focus_in(self, engine: Engine) -> None:
        """A window begins to type by an engine object."""
        if self._engine is not None and self._engine is not engine:
            self.focus_out(self._engine)
        self._engine = engine
        self._badges = ()
        self._surroundings.forget()
        self._journal.forget_text()
        self.context.reset(LeftContext())
        self._enter_field()
        self._ask_surroundings()

    def focus_out(self, engine: Engine) -> None:
        """The window that typed by an engine object does so no longer."""
        if engine is not self._engine:
            return
        self._drop()
        self._leave_field()
        self._engine = None

    def reset(self, engine: Engine) -> None:
        """The client has put in what is composed, or has dropped it."""
        if engine is self._engine and self.context.state.composing:
            self._drop()

    def set_field(self, engine: Engine, described: Field) -> None:
        """The client says what kind of text it is."""
        if described == engine.field:
            return
        if engine is self._engine:
            self._leave_field()
        engine.field = described
        if engine is self._engine:
            self._surroundings.forget()
            self._journal.forget_text()
            if described.secret:
                self._drop()
            self._enter_field()

    def set_surroundings_known(self, engine: Engine, *, known: bool) -> None:
        """The client says whether it can tell what stands around the caret."""
        asks = known and not engine.takes_surroundings
        engine.takes_surroundings = known
        if asks and engine is self._engine:
            self._ask_surroundings()

    def set_surroundings(self, engine: Engine, text: str, caret: int, anchor: int) -> None:
        """The client says what stands around the caret; offsets count characters."""
        if engine is not self._engine or engine.field.secret:
            return
        known = self.context.state.context.text
        if self._surroundings.report(text[: max(0, min(caret, anchor))], known):
            self.context.surroundings_changed()

    def process_key(
        self, engine: Engine, symbol: int, code: int, mask: int, answer: Callable[[bool], None]
    ) -> None:
        """A key; it is answered at once, or within a moment where its list is awaited.

        Args:
            engine: that got it.
            symbol: of X11.
            code: of the kernel's driver.
            mask: of modifiers.
            answer: told whether the key was taken.
        """
        if engine is not self._engine:
            self.focus_in(engine)
        key = key_event(symbol, mask)
        if engine.field.secret or mask & FORWARD_MASK or is_level_shift(symbol):
            answer(False)
        elif not key.pressed or (key.key is Key.SHIFT and mask & SHIFT_MASK):
            # A release is never kept from the client, or it would think that the key is held.
            answer(False)
            if not key.pressed and key.key in MODIFIER_KEYS:
                self.context.process_key(key, self._milliseconds())
        else:
            self._press(key, symbol, code, mask, answer)

    def _press(
        self, key: KeyEvent, symbol: int, code: int, mask: int, answer: Callable[[bool], None]
    ) -> None:
        self._owner.typing()
        capitals = bool(mask & LOCK_MASK)
        state = self.context.state
        if key.key is not Key.CAPS_LOCK and capitals != state.capitals and not state.waiting:
            # It was pressed where nobody told us.
            self.context.process_key(KeyEvent(Key.CAPS_LOCK), self._milliseconds())
        self._pressing = True  # the answer first, then what is shown
        try:
            self._keys.add(key, symbol, code, mask, answer)
            self.context.process_key(key, self._milliseconds())
        finally:
            self._pressing = False
        self._keys.settle(self.context.state.waiting)
        self._paint()

    def click(self, index: int) -> None:
        """A candidate was clicked; `index` counts from 0 on the page that is shown."""
        self.context.pick(index)

    def activate(self, name: str) -> None:
        """A property of the panel was clicked."""
        match name:
            case "InputMode":
                self.context.toggle_mode()
            case "punctuation":
                self.context.toggle_punctuation()
            case "width":
                self.context.toggle_width()
            case "script":
                self.context.toggle_traditional()
            case "private":
                options = self.context.state.options
                self.context.set_options(replace(options, private=not options.private))
            case "settings":
                self._owner.open_settings()
            case _:
                pass

    def relabel(self) -> None:
        """Name the switches anew: another language is spoken."""
        self._badges_of = ()
        self._show_badges()

    def _milliseconds(self) -> int:
        return int(self._clock() * 1000)

    # --- focus ---------------------------------------------------------------------------

    def _drop(self) -> None:
        """Nothing is composed any longer; what the client showed it has kept itself."""
        self._keys.give_up()
        self.context.reset(self.context.state.context)

    def _enter_field(self) -> None:
        if self._engine is None:
            return
        field, application = self._engine.field, self._engine.application
        mode = self._modes.get(application, Mode.CHINESE)
        wanted = Mode.ENGLISH if field.starts_english else mode
        if self.context.state.mode is not wanted:
            self.context.toggle_mode()

    def _leave_field(self) -> None:
        """Remember the mode of an application; not that of an address or a number in it."""
        engine = self._engine
        if engine is not None and not (engine.field.starts_english or engine.field.secret):
            self._modes[engine.application] = self.context.state.mode

    def _ask_surroundings(self) -> None:
        engine = self._engine
        if engine is not None and engine.takes_surroundings and not engine.field.secret:
            self._client.ask_surroundings(engine.target)

    # --- what the input context asks -----------------------------------------------------

    def commit(self, commit: Commit) -> None:
        """Put text in, in place of the preedit."""
        self.insert(commit.shown, commit.text)

    def insert(self, text: str, learned: str = "") -> None:
        """Put text in; `learned` is it in the characters that are learned, where others."""
        self._show(_Shown("", 0, self._shown.auxiliary, self._shown.table))
        if self._engine is not None:
            self._client.commit(self._engine.target, text)
        self._surroundings.committed(text)
        self._journal.inserted(learned or text)

    def replace_last(self, count: int, text: str) -> None:
        """Put text in place of what stands left of the caret."""
        engine = self._engine
        if engine is not None and engine.takes_surroundings:
            self._client.delete_before(engine.target, count)
        else:
            for _ in range(count):
                self.send_key(BACKSPACE, BACKSPACE_CODE, 0)
        self._surroundings.forget()
        self.insert(text)

    def forward(self, key: KeyEvent) -> None:
        """Leave a key to the client."""
        self._keys.pass_on(key)

    def send_key(self, symbol: int, code: int, mask: int) -> None:
        """Press and release a key in the client."""
        if self._engine is not None:
            for state in (mask, mask | RELEASE_MASK):
                self._client.send_key(self._engine.target, symbol, code, state)

    def left_text(self) -> str:
        """What the client said last, as far as it can be believed."""
        return self._surroundings.left

    def show(self, state: SessionState, *, busy: bool) -> None:
        """Send what has changed of preedit, segments, table and badges."""
        self._busy = busy
        if not self._pressing:
            self._keys.settle(state.waiting)
            self._paint()

    def _paint(self) -> None:
        state = self.context.state
        composition = state.composition
        preedit = composition.fixed_text + composition.rest
        caret = len(composition.fixed_text) + composition.caret - composition.fixed_end
        self._show(_Shown(preedit, caret, self._auxiliary(state), _table(state)))
        self._show_badges()
        self._owner.options_turned(state.options)

    def tell(self, notice: Notice) -> None:
        """Say it for a moment in the line above the candidates."""
        match notice:
            case Refused(why):
                self._notice = say(f"window.refused.{why.value}")
            case NoAnswer():
                self._notice = say("window.no_answer")
            case _:
                return  # what a mark does is seen in the list
        self._notice_over.start(NOTICE_MS)

    def _end_notice(self) -> None:
        self._notice = ""
        self._paint()

    def _auxiliary(self, state: SessionState) -> str:
        if self._notice:
            return self._notice
        if state.composing and not self.context.ready:
            return say("window.loading")
        if self._busy:
            return say("window.converting")
        segmented = state.preedit.text
        raw = state.composition.fixed_text + state.composition.rest
        return segmented if segmented != raw else ""

    # --- what the client shows -----------------------------------------------------------

    def _show(self, wanted: _Shown) -> None:
        shown, self._shown = self._shown, wanted
        if self._engine is None:
            return
        target = self._engine.target
        if (wanted.preedit, wanted.caret) != (shown.preedit, shown.caret):
            self._client.show_preedit(target, wanted.preedit, wanted.caret)
        if wanted.auxiliary != shown.auxiliary:
            self._client.show_auxiliary(target, wanted.auxiliary)
        if wanted.table != shown.table:
            self._client.show_table(target, wanted.table)

    def _show_badges(self) -> None:
        state = self.context.state
        depends = (state.mode, state.capitals, state.options)
        if self._engine is None or (self._badges and depends == self._badges_of):
            return
        self._badges_of = depends
        badges, before = badges_of(state), self._badges
        self._badges = badges
        changed = badges
        if before:
            pairs = zip(before, badges, strict=True)
            changed = tuple(new for old, new in pairs if old != new)
        if changed:
            self._client.show_badges(self._engine.target, changed, anew=not before)


def _table(state: SessionState) -> Table | None:
    """What there is to choose from; None where nothing is."""
    page = state.page
    if page is None or not page.items:
        return None
    return Table(
        items=tuple(_label(state, item) for item in page.items),
        number=page.number,
        page_size=state.options.page_size,
        cursor=page.highlight if page.highlight >= 0 else None,
        before=page.has_previous,
        behind=page.has_next,
        vertical=state.options.vertical,
    )


def _label(state: SessionState, item: Candidate) -> str:
    """What stands for a candidate; of a repair what it changes, too."""
    return f"{item.text} ({item.comment})" if state.repairs else item.text
