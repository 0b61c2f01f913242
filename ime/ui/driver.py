"""Runs the session for the window: feeds it events, carries out its effects. UI thread only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from ime.session.events import (
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
    OptionsChanged,
    PageTurned,
    PassKey,
    PinAsked,
    Prepare,
    Refused,
    ReplaceLast,
    Retract,
    SetMark,
    StartDeadline,
)
from ime.session.keys import MODIFIER_KEYS, Key, KeyEvent, Modifiers
from ime.session.preedit import Preedit
from ime.session.state import SessionOptions, SessionState
from ime.session.step import initial_state, step
from ime.ui.editor import Editor
from ime.ui.patience import Patience
from ime.ui.qt_keys import key_event
from ime.values import CandidateList, Commit, DecodeRequest, LeftContext, Mark

TAP_MS = 500  # Shift held longer was held for something else
SETTLE_MS = 120  # a caret at rest this long is worth reading the context for


class Decoder(Protocol):
    """What converts; every method returns at once."""

    @property
    def alive(self) -> bool:
        """Whether a list can still come."""
        ...

    def convert(self, request: DecodeRequest) -> None:
        """Ask for a list; an older request is dropped."""
        ...

    def prepare(self, context: LeftContext) -> None:
        """Read a left context ahead."""
        ...

    def learn(self, commit: Commit) -> None:
        """Learn from a commit."""
        ...

    def retract(self, commit_id: int) -> None:
        """Unlearn a commit."""
        ...

    def mark(self, mark: Mark) -> None:
        """Heed the user's word on a candidate."""
        ...


class Journal(Protocol):
    """What writes selections down; every method returns at once."""

    def append(self, commit: Commit) -> object:
        """Write a commit's selections."""
        ...

    def retract(self, commit_id: int) -> object:
        """Mark a commit's selections as taken back."""
        ...

    def mark(self, mark: Mark) -> object:
        """Write down the user's word on a candidate."""
        ...


@dataclass(frozen=True, slots=True)
class _Undoable:
    """A commit that taught something, and how deep the undo stack was behind it."""

    commit_id: int
    depth: int


class Driver(QObject):
    """Joins editor, session, decoder and journal.

    Signals:
        changed: the state is a new one; paint it.
        committed: hanzi or letters went into the editor.
        marked: a `Mark`: the user pinned, hid, forgot or released a candidate.
        refused: a key or a click did nothing; says why.
        delayed: a key has waited long for its list, and goes on waiting.
        given_up: a key waited for a list in vain; the letters were put in.
    """

    changed = Signal()
    committed = Signal()
    marked = Signal(object)
    refused = Signal(str)
    delayed = Signal()
    given_up = Signal()

    def __init__(
        self, editor: Editor, decoder: Decoder, journal: Journal, options: SessionOptions
    ) -> None:
        super().__init__(editor)
        self._editor = editor
        self._decoder = decoder
        self._journal = journal
        self._state = initial_state(options)
        self._ready = False
        self._awaited: int | None = None
        self._patience = Patience(decoder, self)
        self._patience.overdue.connect(lambda: self._feed_awaited(DeadlinePassed))
        self._patience.given_up.connect(self._give_up)
        self._patience.delayed.connect(self.delayed)
        self._held: list[tuple[KeyEvent, QKeyEvent | Callable[[], object]]] = []
        self._acting = False
        self._undoable: list[_Undoable] = []
        self._shift_down: int | None = None
        self._context_is_old = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._renew_context)
        editor.set_handler(self)
        editor.foreign_change.connect(self._note_foreign_change)

    @property
    def state(self) -> SessionState:
        """What there is to paint."""
        return self._state

    @property
    def ready(self) -> bool:
        """Whether the converter answers, if only that it failed."""
        return self._ready

    def press(self, event: QKeyEvent) -> None:
        """A key went down in the editor."""
        key = key_event(event)
        if key.key is Key.SHIFT and not event.isAutoRepeat():
            self._shift_down = event.timestamp()
        self._key(key, _copy(event))

    def release(self, event: QKeyEvent) -> None:
        """A key came up in the editor."""
        key = key_event(event)
        if key.key is Key.SHIFT:
            went_down, self._shift_down = self._shift_down, None
            if went_down is None or event.timestamp() - went_down > TAP_MS:
                self._editor.pass_key(event)
                return
        self._key(key, _copy(event))

    def leave(self) -> None:
        """The caret is about to go elsewhere."""
        self._shift_down = None  # Shift and a click extend a selection: not a tap
        if self._acting:
            return  # all before the action is settled; the rest was typed behind it
        if self._state.composing or self._state.waiting or self._state.shift_alone:
            self._feed(FocusLost())

    def when_settled(self, action: Callable[[], object]) -> None:
        """Let the menu act on the text, behind all keys that were pressed before it.

        It queues as the keys do; what is composed by then is committed as it stands.
        """
        self._shift_down = None
        self._key(KeyEvent(Key.UNKNOWN, "", Modifiers.CONTROL), action)

    def pick(self, index: int) -> None:
        """A painted candidate was clicked; `index` counts from 0."""
        self._feed(CandidatePicked(index))

    def pin(self, index: int) -> None:
        """Pin a painted candidate, or release it; `index` counts from 0."""
        self._feed(PinAsked(index))

    def forget(self, index: int) -> None:
        """Forget a painted candidate; `index` counts from 0."""
        self._feed(ForgetAsked(index))

    def turn(self, delta: int) -> None:
        """Turn the page: -1 back, +1 on."""
        self._feed(PageTurned(delta))

    def toggle_mode(self) -> None:
        """Change between Chinese and English."""
        self._feed(ModeToggled())

    def set_options(self, options: SessionOptions) -> None:
        """Change the user's switches."""
        if options != self._state.options:
            self._feed(OptionsChanged(options))

    def toggle_width(self) -> None:
        """Change between half and full width."""
        options = self._state.options
        self.set_options(replace(options, full_width=not options.full_width))

    def toggle_punctuation(self) -> None:
        """Change between Chinese and ASCII punctuation."""
        options = self._state.options
        chinese = not options.chinese_punctuation
        self.set_options(replace(options, chinese_punctuation=chinese))

    def list_arrived(self, answer: CandidateList) -> None:
        """The decode thread answered."""
        self._patience.answered()
        self._feed(ListArrived(answer))

    def decoder_ready(self) -> None:
        """The converter is open, or never will be: from now on every request is answered.

        Until then a key that waits for its list waits without a deadline; the converter needs
        seconds to load, and letters committed raw are not what the user typed them for.
        """
        self._ready = True
        if self._awaited is not None:
            self._patience.start()
        self.changed.emit()

    def _key(self, key: KeyEvent, meaning: QKeyEvent | Callable[[], object]) -> None:
        self._renew_context()
        self._held.append((key, meaning))
        self._feed(key)
        waiting = self._state.waiting
        self._held = [held for held in self._held if any(held[0] is key for key in waiting)]

    def _feed(self, event: Event) -> None:
        self._state, effects = step(self._state, event)
        if not self._state.waiting:
            self._awaited = None
            self._patience.stop()
        self._run(effects)
        self._editor.show_preedit(self._state.preedit)
        self.changed.emit()

    def _run(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            match effect:
                case Convert(request):
                    self._decoder.convert(request)
                case Prepare(context):
                    self._decoder.prepare(context)
                case CommitText(commit):
                    self._commit(commit)
                case ReplaceLast(count, text):
                    self._editor.replace_last(count, text)
                case PassKey(key):
                    self._pass_key(key)
                case Learn() | Retract() | SetMark():
                    self._teach(effect)
                case Refused(why):
                    self.refused.emit(why.value)
                case StartDeadline(revision):
                    self._start_deadline(revision)

    def _teach(self, effect: Learn | Retract | SetMark) -> None:
        """Tell decoder and journal."""
        match effect:
            case Learn(commit):
                self._decoder.learn(commit)
                self._journal.append(commit)
            case Retract(commit_id):
                self._retract(commit_id)
            case SetMark(mark):
                self._decoder.mark(mark)
                self._journal.mark(mark)
                self.marked.emit(mark)

    def _commit(self, commit: Commit) -> None:
        self._editor.commit(commit.text)
        if commit.selections:
            depth = self._editor.document().availableUndoSteps()
            self._undoable.append(_Undoable(commit.id, depth))
        self.committed.emit()

    def _pass_key(self, key: KeyEvent) -> None:
        """Let the editor act on a key, or do what the menu was asked for."""
        meaning = next((meaning for held, meaning in self._held if held is key), None)
        if meaning is None:
            return
        if key.pressed and key.key not in MODIFIER_KEYS:
            # What moves the caret would leave the old preedit painted where it was.
            self._editor.show_preedit(Preedit())
        if isinstance(meaning, QKeyEvent):
            self._editor.pass_key(meaning)
            return
        self._acting = True
        try:
            meaning()
        finally:
            self._acting = False

    def _retract(self, commit_id: int) -> None:
        self._decoder.retract(commit_id)
        self._journal.retract(commit_id)

    def _start_deadline(self, revision: int) -> None:
        self._awaited = revision
        if self._ready:
            self._patience.start()

    def _feed_awaited(self, kind: type[DeadlinePassed] | type[GivenUp]) -> None:
        if self._awaited is not None:
            self._feed(kind(self._awaited))

    def _give_up(self) -> None:
        alive = self._decoder.alive  # one that died has said so itself
        self._feed_awaited(GivenUp)
        if alive:
            self.given_up.emit()

    def _note_foreign_change(self) -> None:
        """Text or caret changed by the user's own hand: retract what undo took away."""
        document = self._editor.document()
        while self._undoable and self._undoable[-1].depth > document.availableUndoSteps():
            gone = self._undoable.pop()
            # A new document empties the stack, too, but leaves nothing to redo.
            if document.isRedoAvailable():
                self._retract(gone.commit_id)
        self._context_is_old = True
        self._settle.start()

    def _renew_context(self) -> None:
        self._settle.stop()
        if self._context_is_old:
            self._context_is_old = False
            self._feed(ContextChanged(LeftContext(self._editor.left_text())))


def _copy(event: QKeyEvent) -> QKeyEvent:
    """A copy that outlives Qt's; without native codes, which no editor reads."""
    return QKeyEvent(
        event.type(),
        event.key(),
        event.modifiers(),
        event.text(),
        event.isAutoRepeat(),
        event.count(),
    )
