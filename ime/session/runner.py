"""Runs a session in one thread: every effect is carried out before `feed` returns.

For the command line, replay and tests. The window runs the same `step` with a decode thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from ime.ports import Converter
from ime.session.events import (
    CommitText,
    Convert,
    Effect,
    Event,
    GivenUp,
    Learn,
    ListArrived,
    PassKey,
    Prepare,
    Refused,
    ReplaceLast,
    Retract,
    SetMark,
    StartDeadline,
)
from ime.session.keys import Key, KeyEvent, typed
from ime.session.state import SessionOptions, SessionState
from ime.session.step import initial_state, step
from ime.values import CandidateList, DecodeRequest, LeftContext


class SyncRunner:
    """A session, its converter, and the simplest editor: text with the caret at its end.

    Attributes:
        state: of the session.
        committed: the editor's text since the last `reset`.
        deadlines: whether a key that waits in vain is let go at once. A converter that answers
            is never too late here; tests that answer late on purpose switch it off.
    """

    def __init__(
        self,
        converter: Converter,
        options: SessionOptions | None = None,
        rewriter: Callable[[CandidateList], CandidateList] | None = None,
    ) -> None:
        """Start with an empty context.

        Args:
            converter: asked in this thread.
            options: of the session; None for the defaults.
            rewriter: applied to every list, for instance `rewrite` with a clock bound to it.
        """
        self._converter = converter
        self._rewriter = rewriter
        self.state: SessionState = initial_state(options)
        self.committed = ""
        self.deadlines = True

    def reset(self, context: LeftContext | None = None) -> None:
        """Drop what is composed, empty the editor, and stand at the end of `context`."""
        before = self.state
        fresh = initial_state(before.options, context)
        # Ids of commits go on, so that a later Retract cannot name two.
        self.state = SessionState(
            options=fresh.options,
            context=fresh.context,
            quotes=fresh.quotes,
            mode=before.mode,
            commit_count=before.commit_count,
        )
        self.committed = ""
        self._converter.prepare(self.state.context)

    def feed(self, event: Event) -> tuple[Effect, ...]:
        """One event and all that follows from it.

        Returns:
            Every effect that was carried out, in order.
        """
        events: deque[Event] = deque([event])
        done: list[Effect] = []
        while events:
            self.state, effects = step(self.state, events.popleft())
            for effect in effects:
                done.append(effect)
                answer = self._carry_out(effect)
                if answer is not None:
                    events.append(answer)
        return tuple(done)

    def type(self, text: str) -> None:
        """Press the keys that type `text`."""
        for event in typed(text):
            self.feed(event)

    def press(self, names: str) -> None:
        """Press keys by their text forms, separated by blanks: "Space Control+comma"."""
        for name in names.split():
            event = KeyEvent.parse(name)
            self.feed(event)
            if event.key is Key.SHIFT and event.pressed:
                self.feed(KeyEvent(Key.SHIFT, "", event.modifiers, pressed=False))

    def _carry_out(self, effect: Effect) -> Event | None:
        match effect:
            case Convert(request):
                return self._answer(request)
            case Prepare(context):
                self._converter.prepare(context)
            case Learn(commit):
                self._converter.learn(commit)
            case Retract(commit_id):
                self._converter.retract(commit_id)
            case SetMark(mark):
                self._converter.mark(mark)
            case StartDeadline(revision):
                return GivenUp(revision) if self.deadlines else None
            case CommitText(commit):
                self.committed += commit.text
            case ReplaceLast(count, text):
                self.committed = self.committed[:-count] + text
            case PassKey() | Refused():
                self._edit(effect)
        return None

    def _answer(self, request: DecodeRequest) -> Event | None:
        listed = self._converter.convert(request)
        if listed is None:
            return None
        return ListArrived(self._rewriter(listed) if self._rewriter else listed)

    def _edit(self, effect: PassKey | Refused) -> None:
        if isinstance(effect, Refused):
            return  # here nobody reads what is said in passing
        event = effect.event
        if not event.pressed or event.is_shortcut:
            return
        match event.key:
            case Key.CHARACTER:
                self.committed += event.text
            case Key.SPACE:
                self.committed += " "
            case Key.ENTER:
                self.committed += "\n"
            case Key.TAB:
                self.committed += "\t"
            case Key.BACKSPACE:
                self.committed = self.committed[:-1]
            case _:
                pass
