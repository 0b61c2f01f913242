"""The editor of the window as host of an input context. UI thread only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from ime.ports import Decoder, Journal
from ime.session.events import Refused, SetMark
from ime.session.input_context import InputContext, NoAnswer, Notice, Predictor, settling_key
from ime.session.keys import MODIFIER_KEYS, Key, KeyEvent
from ime.session.preedit import Preedit
from ime.session.state import SessionOptions, SessionState
from ime.ui.editor import Editor
from ime.ui.qt_keys import key_event
from ime.values import CandidateList, Commit


@dataclass(frozen=True, slots=True)
class _Undoable:
    """A commit that taught something, and how deep the undo stack was behind it."""

    commit_id: int
    depth: int


@dataclass(frozen=True, slots=True)
class _Given:
    """A key that the context has, and what the editor is to do where it comes back."""

    key: KeyEvent
    meaning: QKeyEvent | Callable[[], object]


class EditorHost(QObject):
    """Joins the editor and an input context.

    Signals:
        changed: there is another state to paint.
        committed: hanzi or letters went into the editor.
        marked: a `Mark`: the user pinned, hid, forgot or released a candidate.
        refused: a key or a click did nothing; says why.
        given_up: a key waited for a list in vain; the letters were put in.
    """

    changed = Signal()
    committed = Signal()
    marked = Signal(object)
    refused = Signal(str)
    given_up = Signal()

    def __init__(
        self,
        editor: Editor,
        decoder: Decoder,
        journal: Journal,
        options: SessionOptions,
        predictor: Predictor | None = None,
    ) -> None:
        super().__init__(editor)
        self._editor = editor
        self._given: dict[int, _Given] = {}
        self._acting = False
        self._undoable: list[_Undoable] = []
        self.busy = False
        self.context = InputContext(
            self, decoder, journal, options, partial(make_timer, self), predictor
        )
        editor.set_handler(self)
        editor.foreign_change.connect(self._note_foreign_change)

    @property
    def waiting(self) -> bool:
        """Whether keys wait, which what comes now must not overtake."""
        return bool(self.context.state.waiting) and not self._acting

    # --- what the editor tells -----------------------------------------------------------

    def press(self, event: QKeyEvent) -> None:
        """A key went down in the editor."""
        key = key_event(event)
        if key.key is Key.SHIFT and event.isAutoRepeat():
            self._editor.pass_key(event)
            return
        self._give(key, copy_of(event), event.timestamp())

    def release(self, event: QKeyEvent) -> None:
        """A key came up in the editor."""
        self._give(key_event(event), copy_of(event), event.timestamp())

    def leave(self) -> None:
        """The caret is about to go elsewhere; behind keys that wait."""
        if not self._acting:  # or all before the action is settled, the rest typed behind it
            self.context.leave()

    def leave_now(self) -> None:
        """The caret goes elsewhere; keys that wait make do with what is there."""
        if not self._acting:
            self.context.leave_now()

    def when_settled(self, action: Callable[[], object]) -> None:
        """Act on the text behind all keys that were pressed before.

        The action queues as the keys do; what is composed by then is committed as it stands.
        """
        self._give(settling_key(), action, 0)

    def list_arrived(self, answer: CandidateList) -> None:
        """The decode thread answered."""
        self.context.list_arrived(answer)

    def _give(self, key: KeyEvent, meaning: QKeyEvent | Callable[[], object], at: int) -> None:
        self._given[id(key)] = _Given(key, meaning)
        self.context.process_key(key, at)
        if not self.context.state.waiting and not self._acting:
            self._given.clear()

    # --- what the input context asks -----------------------------------------------------

    def commit(self, commit: Commit) -> None:
        """Put text at the caret; one step of undo."""
        self._editor.commit(commit.shown)
        if commit.selections:
            depth = self._editor.document().availableUndoSteps()
            self._undoable.append(_Undoable(commit.id, depth))
        self.committed.emit()

    def replace_last(self, count: int, text: str) -> None:
        """Put text in place of what stands left of the caret."""
        self._editor.replace_last(count, text)

    def forward(self, key: KeyEvent) -> None:
        """Let the editor act on a key, or do what the menu was asked for."""
        given = self._given.pop(id(key), None)
        if given is None:
            return
        if key.pressed and key.key not in MODIFIER_KEYS:
            # What moves the caret would leave the old preedit painted where it was.
            self._editor.show_preedit(Preedit())
        if isinstance(given.meaning, QKeyEvent):
            self._editor.pass_key(given.meaning)
            return
        self._acting = True
        try:
            given.meaning()
        finally:
            self._acting = False

    def left_text(self) -> str:
        """The text left of the caret."""
        return self._editor.left_text()

    def show(self, state: SessionState, *, busy: bool) -> None:
        """Paint the preedit, and let the window paint the rest."""
        self.busy = busy
        self._editor.show_preedit(state.preedit)
        self.changed.emit()

    def tell(self, notice: Notice) -> None:
        """Let the window say it."""
        match notice:
            case Refused(why):
                self.refused.emit(why.value)
            case SetMark(mark):
                self.marked.emit(mark)
            case NoAnswer():
                self.given_up.emit()

    def _note_foreign_change(self) -> None:
        """Text or caret changed by the user's own hand: retract what undo took away."""
        document = self._editor.document()
        while self._undoable and self._undoable[-1].depth > document.availableUndoSteps():
            gone = self._undoable.pop()
            # A new document empties the stack, too, but leaves nothing to redo.
            if document.isRedoAvailable():
                self.context.retract(gone.commit_id)
        self.context.surroundings_changed()


def make_timer(owner: QObject, call: Callable[[], object]) -> QTimer:
    """A timer of an input context, which fires once each time it is started."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.timeout.connect(call)
    return timer


def copy_of(event: QKeyEvent) -> QKeyEvent:
    """A copy that outlives Qt's; without native codes, which no editor reads."""
    return QKeyEvent(
        event.type(),
        event.key(),
        event.modifiers(),
        event.text(),
        event.isAutoRepeat(),
        event.count(),
    )
