"""One place to type into: runs the session for a host, whatever its toolkit.

The host (the editor of the window, the text of the terminal, another program behind a bus)
shows, inserts and acts on keys; the decoder makes lists; the journal keeps what was chosen. All
methods are called in one thread, and none of them waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ime.lexicon.script import to_simplified
from ime.ports import Decoder, Journal
from ime.session.events import (
    AskRepair,
    CandidatePicked,
    CommitText,
    ContextChanged,
    Convert,
    DeadlinePassed,
    Effect,
    Event,
    FocusLost,
    ForgetAsked,
    GivenUp,
    Learn,
    ListArrived,
    ModeToggled,
    OffersArrived,
    OptionsChanged,
    PageTurned,
    PassKey,
    PinAsked,
    Prepare,
    Refused,
    RepairAsked,
    RepairsArrived,
    ReplaceLast,
    Reset,
    Retract,
    SetMark,
    StartDeadline,
)
from ime.session.keys import Key, KeyEvent, Modifiers, Status
from ime.session.list_deadline import ListDeadline, MakeTimer
from ime.session.state import SessionOptions, SessionState
from ime.session.step import initial_state, step
from ime.values import Candidate, CandidateList, Commit, LeftContext, Repair

TAP_MS = 500  # a modifier held longer was held for something else
SETTLE_MS = 120  # a caret at rest this long is worth reading the context for
BUSY_MS = 300  # a list that takes longer is missed


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """A key waited for its list in vain, though the decoder lives; letters were put in."""


Notice = Refused | SetMark | NoAnswer
"""What the typist should be told."""


class Host(Protocol):
    """Where the text is."""

    def commit(self, commit: Commit) -> None:
        """Put `commit.shown` at the caret, in place of the preedit."""
        ...

    def replace_last(self, count: int, text: str) -> None:
        """Put `text` in place of the `count` characters left of the caret."""
        ...

    def forward(self, key: KeyEvent) -> None:
        """Act on a key as without an input method.

        It is the very object that was given to `process_key`, now or, where it had to wait for
        keys before it, earlier. One that the host did not give means nothing to it.
        """
        ...

    def left_text(self) -> str:
        """The text left of the caret, as far as converters read."""
        ...

    def show(self, state: SessionState, *, busy: bool) -> None:
        """Paint preedit, candidates and badges.

        Args:
            state: of the session.
            busy: a list is awaited for so long that the typist should see why.
        """
        ...

    def tell(self, notice: Notice) -> None:
        """Tell the typist something."""
        ...


class Predictor(Protocol):
    """Thinks of what may follow a text, and of what it should have been."""

    def predict(self, context: LeftContext) -> None:
        """Return at once; what is found comes by `InputContext.offers_arrived`."""
        ...

    def repair(self, context: LeftContext) -> None:
        """Return at once; what is found comes by `InputContext.repairs_arrived`."""
        ...


class InputContext:
    """Feeds the session events and carries out its effects.

    A call from within an effect (an action of a menu that changes an option, a decoder that
    answers at once) takes its turn when the effects before it are carried out.
    """

    def __init__(
        self,
        host: Host,
        decoder: Decoder,
        journal: Journal,
        options: SessionOptions | None,
        make_timer: MakeTimer,
        predictor: Predictor | None = None,
    ) -> None:
        """Start in Chinese mode with nothing composed.

        Args:
            host: where the text is.
            decoder: converts; its answers come by `list_arrived`.
            journal: writes selections down.
            options: the user's switches; None for the defaults.
            make_timer: timers of the host's event loop.
            predictor: asked after each commit where the options want it, and for repairs;
                None for neither.
        """
        self._host = host
        self._decoder = decoder
        self._journal = journal
        self._predictor = predictor
        self._state = initial_state(options)
        self._events: deque[Event] = deque()
        self._running = False
        self._ready = False
        self._watching = self._busy = False
        self._busy_timer = make_timer(self._show_busy)
        self._awaited: int | None = None
        self._deadline = ListDeadline(
            decoder, make_timer, lambda: self._feed_awaited(DeadlinePassed), self._give_up
        )
        self._mode_key_down: int | None = None
        self._context_is_old = False
        self._settle = make_timer(self._renew_context)

    @property
    def state(self) -> SessionState:
        """What there is to paint."""
        return self._state

    @property
    def ready(self) -> bool:
        """Whether the converter answers, if only that it failed."""
        return self._ready

    # --- from the typist -----------------------------------------------------------------

    def process_key(self, key: KeyEvent, at: int = 0) -> None:
        """A key went down or came up.

        Args:
            key: a new object each time.
            at: when, in milliseconds from any moment on.
        """
        if key.key is self._state.options.mode_key and not self._may_be_tap(key, at):
            self._host.forward(key)
            return
        self._renew_context()
        self.feed(key)

    def _may_be_tap(self, key: KeyEvent, at: int) -> bool:
        """Whether the key of the mode was not held for long; only its release can tell."""
        if key.pressed:
            self._mode_key_down = at
            return True
        down, self._mode_key_down = self._mode_key_down, None
        return down is not None and at - down <= TAP_MS

    def leave(self) -> None:
        """The caret is about to go elsewhere, behind the keys that wait."""
        self._mode_key_down = None  # Shift and a click extend a selection: not a tap
        state = self._state
        if state.waiting:
            self.feed(settling_key())
        elif state.composing or state.mode_key_alone or state.offers:
            self.feed(FocusLost())

    def leave_now(self) -> None:
        """The caret goes elsewhere: keys that wait make do with what is there."""
        self._mode_key_down = None
        self.feed(FocusLost())

    def reset(self, context: LeftContext | None = None) -> None:
        """Another text, or none: drop what is composed, as the host has dealt with it.

        Args:
            context: what stands left of the caret there.
        """
        self._mode_key_down = None
        self._context_is_old = False
        self._settle.stop()
        self.feed(Reset(self._simplified(context or LeftContext())))

    def pick(self, index: int) -> None:
        """A painted candidate was clicked; `index` counts from 0."""
        self.feed(CandidatePicked(index))

    def pin(self, index: int) -> None:
        """Pin a painted candidate, or release it; `index` counts from 0."""
        self.feed(PinAsked(index))

    def forget(self, index: int) -> None:
        """Forget a painted candidate; `index` counts from 0."""
        self.feed(ForgetAsked(index))

    def turn(self, delta: int) -> None:
        """Turn the page: -1 back, +1 on."""
        self.feed(PageTurned(delta))

    def repair(self) -> None:
        """Offer what the last sentence should have been."""
        self._renew_context()
        self.feed(RepairAsked())

    def toggle_mode(self) -> None:
        """Change between Chinese and English."""
        self.feed(ModeToggled())

    def set_options(self, options: SessionOptions) -> None:
        """Change the user's switches."""
        if options != self._state.options:
            self.feed(OptionsChanged(options))

    def toggle_width(self) -> None:
        """Change between half and full width."""
        options = self._state.options
        self.set_options(replace(options, full_width=not options.full_width))

    def toggle_punctuation(self) -> None:
        """Change between Chinese and ASCII punctuation."""
        options = self._state.options
        chinese = not options.chinese_punctuation
        self.set_options(replace(options, chinese_punctuation=chinese))

    def toggle_traditional(self) -> None:
        """Change between simplified and traditional characters."""
        options = self._state.options
        self.set_options(replace(options, traditional=not options.traditional))

    # --- from the host -------------------------------------------------------------------

    def surroundings_changed(self) -> None:
        """Text or caret changed by another hand; it is read at rest, or before the next key."""
        self._context_is_old = True
        self._settle.start(SETTLE_MS)

    def retract(self, commit_id: int) -> None:
        """The host's undo took a commit back: what it taught is taken back, too."""
        self._decoder.retract(commit_id)
        self._journal.retract(commit_id)

    def _renew_context(self) -> None:
        self._settle.stop()
        if self._context_is_old:
            self._context_is_old = False
            self.feed(ContextChanged(self._simplified(LeftContext(self._host.left_text()))))

    def _simplified(self, context: LeftContext) -> LeftContext:
        """Text of the host as converters know it."""
        if not self._state.options.traditional:
            return context
        return replace(context, text=to_simplified(context.text))

    # --- from the decoder ----------------------------------------------------------------

    def list_arrived(self, answer: CandidateList) -> None:
        """The decoder answered."""
        self._deadline.answered()
        self.feed(ListArrived(answer))

    def offers_arrived(self, context: LeftContext, items: Sequence[Candidate]) -> None:
        """The predictor answered: what may follow `context`, best first."""
        self.feed(OffersArrived(context, tuple(items)))

    def repairs_arrived(self, context: LeftContext, repairs: Sequence[Repair]) -> None:
        """The predictor answered: what the end of `context` should have been, best first."""
        self.feed(RepairsArrived(context, tuple(repairs)))

    def decoder_ready(self) -> None:
        """The converter is open, or never will be: from now on every request is answered.

        Until then a key that waits for its list waits without a deadline; the converter needs
        seconds to load, and letters committed raw are not what the user typed them for.
        """
        self._ready = True
        if self._awaited is not None:
            self._deadline.start()
        self._show()

    # --- the session ---------------------------------------------------------------------

    def feed(self, event: Event) -> tuple[Effect, ...]:
        """One event and all that follows from it at once.

        Returns:
            Every effect that was carried out, in order; none where the event takes its turn
            behind effects that are being carried out.
        """
        self._events.append(event)
        if self._running:
            return ()
        done: list[Effect] = []
        changed = False
        self._running = True
        try:
            while self._events:
                event = self._events.popleft()
                # A key behind keys that wait changes nothing that is painted.
                changed |= not (self._state.waiting and isinstance(event, KeyEvent))
                done += self._run(event)
        finally:
            self._running = False
        if changed:
            self._show()
        self._ask_predictor(done)
        return tuple(done)

    def _run(self, event: Event) -> Sequence[Effect]:
        self._state, effects = step(self._state, event)
        if not self._state.waiting:
            self._awaited = None
            self._deadline.stop()
        for effect in _without_overtaken(effects):
            self._carry_out(effect)
        return effects

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Convert() | Prepare() | AskRepair():
                self._ask(effect)
            case CommitText(commit):
                self._host.commit(commit)
            case ReplaceLast(count, text):
                self._host.replace_last(count, text)
            case PassKey(key):
                self._host.forward(key)
            case Learn() | Retract() | SetMark():
                self._teach(effect)
            case Refused():
                self._host.tell(effect)
            case StartDeadline(revision):
                self._awaited = revision
                if self._ready:
                    self._deadline.start()

    def _ask(self, effect: Convert | Prepare | AskRepair) -> None:
        """Ask decoder or predictor."""
        match effect:
            case Convert(request):
                self._decoder.convert(request)
            case Prepare(context):
                self._decoder.prepare(context)
            case AskRepair(context):
                if self._predictor is not None:
                    self._predictor.repair(context)

    def _ask_predictor(self, done: Sequence[Effect]) -> None:
        committed = any(isinstance(effect, CommitText) for effect in done)
        wanted = committed and self._state.options.next_words
        if self._predictor is not None and wanted and self._state.status is Status.IDLE:
            self._predictor.predict(self._state.context)

    def _teach(self, effect: Learn | Retract | SetMark) -> None:
        """Tell decoder and journal."""
        match effect:
            case Learn(commit):
                self._decoder.learn(commit)
                self._journal.append(commit)
            case Retract(commit_id):
                self.retract(commit_id)
            case SetMark(mark):
                self._decoder.mark(mark)
                self._journal.mark(mark)
                self._host.tell(effect)

    def _feed_awaited(self, kind: type[DeadlinePassed] | type[GivenUp]) -> None:
        if self._awaited is not None:
            self.feed(kind(self._awaited))

    def _give_up(self) -> None:
        alive = self._decoder.alive  # one that died has said so itself
        self._feed_awaited(GivenUp)
        if alive:
            self._host.tell(NoAnswer())

    # --- painting ------------------------------------------------------------------------

    def _show(self) -> None:
        state = self._state
        awaits = bool(state.waiting) or (state.composing and not state.list_is_current)
        if not awaits or not self._ready:
            self._busy_timer.stop()
            self._watching = self._busy = False
        elif not self._watching:
            self._watching = True
            self._busy_timer.start(BUSY_MS)
        self._host.show(state, busy=self._busy)

    def _show_busy(self) -> None:
        self._busy = True
        self._host.show(self._state, busy=True)


def settling_key() -> KeyEvent:
    """A key that no keyboard has: what is composed by its turn is committed as it stands."""
    return KeyEvent(Key.UNKNOWN, "", Modifiers.CONTROL)


def _without_overtaken(effects: Sequence[Effect]) -> Sequence[Effect]:
    """Effects of a backlog ask for a list a letter; only the newest is wanted."""
    newest = next((e for e in reversed(effects) if isinstance(e, Convert)), None)
    return [e for e in effects if not isinstance(e, Convert) or e is newest]
