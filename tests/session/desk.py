"""A session whose lists come when the test says so; a converter that keeps the letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from ime.lexicon.punctuation import full_width
from ime.session.events import CommitText, Convert, Effect, Event, Learn, ListArrived
from ime.session.keys import KeyEvent, typed
from ime.session.state import SessionOptions, SessionState
from ime.session.step import initial_state, step
from ime.values import (
    Candidate,
    CandidateList,
    Commit,
    DecodeRequest,
    LeftContext,
    Mark,
    Page,
    Repair,
    Source,
)
from tests.fakes import FakeConverter

EffectT = TypeVar("EffectT")


class Desk:
    """A session whose lists come when the test says so."""

    def __init__(self, options: SessionOptions | None = None, context: str = "") -> None:
        self.state: SessionState = initial_state(options, LeftContext(context))
        self.converter = FakeConverter()
        self.requests: list[DecodeRequest] = []

    def feed(self, *events: Event) -> list[Effect]:
        done: list[Effect] = []
        for event in events:
            self.state, effects = step(self.state, event)
            done += effects
        self.requests += [effect.request for effect in done if isinstance(effect, Convert)]
        return done

    def keys(self, *names: str) -> list[Effect]:
        return self.feed(*(KeyEvent.parse(name) for name in names))

    def type(self, text: str) -> list[Effect]:
        return self.feed(*typed(text))

    def answer(self) -> list[Effect]:
        return self.feed(ListArrived(self.listed()))

    def listed(self) -> CandidateList:
        found = self.converter.convert(self.requests[-1])
        assert found is not None
        return found

    @property
    def page(self) -> Page:
        """The page that is painted; there must be one."""
        assert self.state.page is not None
        return self.state.page

    def painted(self) -> list[str]:
        return [item.text for item in self.state.page.items] if self.state.page else []


def of_kind(effects: list[Effect], *kinds: type[EffectT]) -> list[EffectT]:
    return [effect for effect in effects if isinstance(effect, kinds)]


def committed(effect: Effect) -> Commit:
    """What an effect commits or learns."""
    assert isinstance(effect, CommitText | Learn)
    return effect.commit


def candidate(text: str, end: int, *syllables: str) -> Candidate:
    return Candidate(text, syllables, end, Source.WORD)


class EchoConverter:
    """Candidates for all letters, all but one, and so on; none where x comes first."""

    def prepare(self, context: LeftContext) -> None: ...

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList:
        raw = request.raw
        known = raw[: raw.index("x")] if "x" in raw else raw
        items = tuple(
            Candidate(full_width(known[:end]), tuple(known[:end]), end, Source.WORD)
            for end in range(len(known), 0, -1)
        )
        spans = tuple((i, i + 1) for i in range(len(known)))
        return CandidateList(request.revision, raw, items, spans)

    def explain(self, request: DecodeRequest, items: Sequence[Candidate]) -> tuple[None, ...]:
        return (None,) * len(items)

    def next_words(
        self, context: LeftContext, limit: int, stale: Callable[[], bool] | None = None
    ) -> tuple[Candidate, ...]:
        return ()

    def repairs(
        self, context: LeftContext, stale: Callable[[], bool] | None = None
    ) -> tuple[Repair, ...]:
        return ()

    def learn(self, commit: Commit) -> None: ...

    def retract(self, commit_id: int) -> None: ...

    def mark(self, mark: Mark) -> None: ...
