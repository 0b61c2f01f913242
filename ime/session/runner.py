"""The input context in one thread: every effect is carried out before `feed` returns.

For the command line, replay and tests. The window runs the same class with a decode thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ime.ports import Converter, Journal
from ime.session.events import Effect, Event
from ime.session.input_context import InputContext, Notice
from ime.session.keys import Key, KeyEvent, typed
from ime.session.state import SessionOptions, SessionState
from ime.values import (
    Candidate,
    CandidateList,
    Commit,
    DecodeRequest,
    LeftContext,
    Mark,
    Repair,
    Shares,
)

OFFERS = 5  # words that are offered behind a text
Rewriter = Callable[[CandidateList], CandidateList]


class TextHost:
    """A text with the caret at its end.

    Attributes:
        text: since it was emptied.
    """

    def __init__(self) -> None:
        self.text = ""

    def commit(self, commit: Commit) -> None:
        """Put text at the end."""
        self.text += commit.shown

    def replace_last(self, count: int, text: str) -> None:
        """Put text in place of the last characters."""
        self.text = self.text[:-count] + text

    def forward(self, key: KeyEvent) -> None:
        """Act on a key as the simplest editor does."""
        if not key.pressed or key.is_shortcut:
            return
        match key.key:
            case Key.CHARACTER:
                self.text += key.text
            case Key.SPACE:
                self.text += " "
            case Key.ENTER:
                self.text += "\n"
            case Key.TAB:
                self.text += "\t"
            case Key.BACKSPACE:
                self.text = self.text[:-1]
            case _:
                pass

    def left_text(self) -> str:
        """All of it."""
        return self.text

    def show(self, state: SessionState, *, busy: bool) -> None:
        """Nothing: whoever runs it looks at the state."""

    def tell(self, notice: Notice) -> None:
        """Nothing: here nobody reads what is said in passing."""


class DirectDecoder:
    """Answers before `convert` returns, to `deliver`."""

    alive = False  # no list comes later: a key that has none need not wait

    def __init__(self, converter: Converter, rewriter: Rewriter | None = None) -> None:
        """Deliver to nobody yet.

        Args:
            converter: asked in this thread.
            rewriter: applied to every list.
        """
        self._converter = converter
        self._rewriter = rewriter
        self.deliver: Callable[[CandidateList], object] = lambda _: None
        self.offer: Callable[[LeftContext, Sequence[Candidate]], object] = lambda *_: None
        self.offer_repairs: Callable[[LeftContext, Sequence[Repair]], object] = lambda *_: None
        self.prepare = converter.prepare
        self.learn = converter.learn
        self.retract = converter.retract
        self.mark = converter.mark

    def convert(self, request: DecodeRequest) -> None:
        """Deliver the list, if there is one."""
        listed = self._converter.convert(request)
        if listed is not None:
            self.deliver(self._rewriter(listed) if self._rewriter else listed)

    def predict(self, context: LeftContext) -> None:
        """Deliver words that may follow."""
        self.offer(context, self._converter.next_words(context, OFFERS) or ())

    def repair(self, context: LeftContext) -> None:
        """Deliver what the last sentence should have been."""
        self.offer_repairs(context, self._converter.repairs(context) or ())


class NoJournal:
    """Writes nothing down."""

    def append(self, commit: Commit) -> None:
        """Nothing."""

    def retract(self, commit_id: int) -> None:
        """Nothing."""

    def mark(self, mark: Mark) -> None:
        """Nothing."""


class NoWait:
    """A timer whose time is over at once."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call

    def start(self, milliseconds: int) -> None:
        """Call back."""
        del milliseconds
        self._call()

    def stop(self) -> None:
        """Nothing is to come."""


class SyncRunner:
    """A session, its converter, and the simplest editor: text with the caret at its end.

    Attributes:
        host: the editor.
        context: what keys go to.
    """

    def __init__(
        self,
        converter: Converter,
        options: SessionOptions | None = None,
        rewriter: Rewriter | None = None,
        journal: Journal | None = None,
    ) -> None:
        """Start with an empty context.

        Args:
            converter: asked in this thread.
            options: of the session; None for the defaults.
            rewriter: applied to every list, for instance `rewrite` with a clock bound to it.
            journal: writes down what is chosen; None to keep nothing.
        """
        self.host = TextHost()
        self._converter = converter
        decoder = DirectDecoder(converter, rewriter)
        self.context = InputContext(
            self.host, decoder, journal or NoJournal(), options, NoWait, decoder
        )
        decoder.deliver = self.context.list_arrived
        decoder.offer = self.context.offers_arrived
        decoder.offer_repairs = self.context.repairs_arrived
        self.context.decoder_ready()

    @property
    def state(self) -> SessionState:
        """Of the session."""
        return self.context.state

    @property
    def committed(self) -> str:
        """The editor's text since the last `reset`."""
        return self.host.text

    def explain(self, items: Sequence[Candidate]) -> tuple[Shares | None, ...]:
        """What the scores of candidates for the letters that are there are made of."""
        return self._converter.explain(self.state.request, items)

    def reset(self, context: LeftContext | None = None) -> None:
        """Drop what is composed, empty the editor, and stand at the end of `context`."""
        self.host.text = ""
        self.context.reset(context)

    def feed(self, event: Event) -> tuple[Effect, ...]:
        """One event and all that follows from it.

        Returns:
            Every effect that was carried out, in order.
        """
        return self.context.feed(event)

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
