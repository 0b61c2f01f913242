"""The decode thread: opens the converter behind the visible window, then answers requests.

No Qt here: answers go to a `Listener`, which is called on the decode thread. The thread
survives every failure of the converter; a request that failed is answered with an empty list,
so that Space never waits for it and the letters can still be committed as they are.

Opening may have two stages: a converter that is there at once, and a better one that takes
seconds (torch loads). The second opens on a thread of its own while the first answers, and
takes over between two requests. The first stays as a reserve: where the better one fails it
answers, where the machine is too busy for the better one it answers first, and while another
better one loads it answers alone. Loading waits until the wishes rest, and one loads at a time.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from ime.decode.mailbox import Mailbox
from ime.errors import BugError, EnvironmentFaultError, ImeError
from ime.ports import Converter
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

_log = logging.getLogger(__name__)

ConverterT = TypeVar("ConverterT", bound=Converter)

Rewriter = Callable[[CandidateList], CandidateList]
"""Adds to or changes a list before it is shown."""

OFFERS = 5  # words that are offered behind a text
LATE_SECONDS = 0.06  # a list later than this is felt
CLOSE_SECONDS = 10.0  # importing torch takes 1-3 s on a slow machine and cannot be interrupted
REST_SECONDS = 0.5  # somebody who clicks through choices loads once, for the last of them


class Listener(Protocol):
    """What the decode thread reports; every method is called on that thread."""

    def opened(self, converter: Converter, *, better_follows: bool) -> None:
        """A converter is ready; lists follow. A better one may take over later."""
        ...

    def listed(self, answer: CandidateList) -> None:
        """A request has its list; it is empty where the converter failed or is missing."""
        ...

    def offered(self, context: LeftContext, items: Sequence[Candidate]) -> None:
        """Words that may follow a text."""
        ...

    def repaired(self, context: LeftContext, repairs: Sequence[Repair]) -> None:
        """What the last sentence of a text should have been."""
        ...

    def explained(self, item: Candidate, shares: Shares | None) -> None:
        """What the score of a candidate is made of; None where no score put it there."""
        ...

    def failed(self, error: ImeError) -> None:
        """Opening failed, or converting began to fail; reported once until it works again."""
        ...


@dataclass(frozen=True, slots=True)
class Openers(Generic[ConverterT]):
    """How converters are made.

    Attributes:
        first: called on the decode thread; should take a fraction of a second; may raise.
        better: called on a thread of its own after `first`; may take seconds and may raise;
            returns None where nothing better is to be had.
        adjust: called on the decode thread to put the options of the moment into effect on an
            open converter; must be quick.
        remember: called on the decode thread before either is opened, to read what they are to
            know; what is learned behind it, the worker teaches them.
    """

    first: Callable[[], ConverterT]
    better: Callable[[], ConverterT | None] = lambda: None
    adjust: Callable[[ConverterT], None] = lambda _: None
    remember: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Open:
    """Open the converter, or open it anew."""


@dataclass(frozen=True, slots=True)
class OpenBetter:
    """Load the better converter anew."""


@dataclass(frozen=True, slots=True)
class Adjust:
    """Put other options into effect."""


@dataclass(frozen=True, slots=True)
class Adopt(Generic[ConverterT]):
    """The second stage of opening number `opening` is done."""

    opening: int
    result: ConverterT | Exception | None


@dataclass(frozen=True, slots=True)
class Learn:
    """Let a commit change the next list."""

    commit: Commit


@dataclass(frozen=True, slots=True)
class Retract:
    """Take back what a commit taught."""

    commit_id: int


@dataclass(frozen=True, slots=True)
class Heed:
    """Let the user's word on a candidate change the next list."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class Explain:
    """Say what the score of a candidate of a request's list is made of."""

    request: DecodeRequest
    item: Candidate


@dataclass(frozen=True, slots=True)
class Predict:
    """Think of what may follow a text, and stand behind it."""

    context: LeftContext


@dataclass(frozen=True, slots=True)
class FindRepairs:
    """Find what the last sentence of a text should have been."""

    context: LeftContext


Job = Open | OpenBetter | Adjust | Adopt[Any] | Learn | Retract | Heed | Explain
Request = DecodeRequest | FindRepairs
Hint = LeftContext | Predict
Mail = Job | Request | Hint


class DecodeWorker(Generic[ConverterT]):
    """One thread that owns the converter; the other methods may be called from any thread."""

    def __init__(
        self,
        openers: Openers[ConverterT],
        listener: Listener,
        rewriter: Rewriter | None = None,
        clock: Callable[[], float] = time.monotonic,
        rest: float = REST_SECONDS,
    ) -> None:
        """Prepare the thread; `start` runs it.

        Args:
            openers: make the converters.
            listener: told of lists and faults.
            rewriter: applied to every list.
            clock: seconds from any moment on.
            rest: seconds without another wish before a better converter loads anew.
        """
        self._openers = openers
        self._listener = listener
        self._rewriter = rewriter
        self._clock = clock
        self._rest = rest
        self._closing = threading.Event()
        self._loading = threading.Lock()
        self._mail: Mailbox[Job, Request, Hint] = Mailbox()
        self._mail.post(Open())
        self._thread = threading.Thread(target=self._run, name="decode", daemon=True)
        # All below belongs to the decode thread.
        self._converter: ConverterT | None = None
        self._reserve: ConverterT | None = None
        self._late = False
        self._failing = False
        self._opening = 0
        self._loaders: list[threading.Thread] = []
        self._since: list[Learn | Retract | Heed] | None = None

    @property
    def alive(self) -> bool:
        """Whether requests are answered, at once or as soon as the thread starts."""
        return self._thread.ident is None or self._thread.is_alive()

    def start(self) -> None:
        """Start the thread; what was sent before waits for the converter."""
        self._thread.start()

    def reopen(self) -> None:
        """Open both converters anew: what was learned is another; if that fails they stay."""
        self._mail.post_once(Open())

    def reopen_better(self) -> None:
        """Load the better converter anew, for another model; the first answers till then."""
        self._mail.post_once(OpenBetter())

    def adjust(self) -> None:
        """Put other options into effect before the next list is made."""
        self._mail.post_once(Adjust())

    def convert(self, request: DecodeRequest) -> None:
        """Ask for a list; an older request that still waits or runs is dropped."""
        self._mail.ask(request)

    def prepare(self, context: LeftContext) -> None:
        """Read a left context when there is nothing better to do."""
        self._mail.hint(context)

    def learn(self, commit: Commit) -> None:
        """Learn from a commit before the next list is made."""
        self._mail.post(Learn(commit))

    def retract(self, commit_id: int) -> None:
        """Unlearn a commit before the next list is made."""
        self._mail.post(Retract(commit_id))

    def mark(self, mark: Mark) -> None:
        """Heed the user's word on a candidate before the next list is made."""
        self._mail.post(Heed(mark))

    def predict(self, context: LeftContext) -> None:
        """Think of what may follow a text when there is nothing better to do."""
        self._mail.hint(Predict(context))

    def repair(self, context: LeftContext) -> None:
        """Ask what the last sentence of a text should have been; a later key overtakes it."""
        self._mail.ask(FindRepairs(context))

    def explain(self, request: DecodeRequest, item: Candidate) -> None:
        """Ask what the score of a candidate of a request's list is made of."""
        self._mail.post(Explain(request, item))

    def close(self, timeout: float = CLOSE_SECONDS) -> bool:
        """Finish the jobs that wait and end the thread.

        Args:
            timeout: seconds to wait for it.

        Returns:
            Whether it has ended, and what it was loading, too. What has not dies with the
            process.
        """
        self._closing.set()
        self._mail.close()
        deadline = time.monotonic() + timeout
        if self._thread.ident is not None:
            self._thread.join(timeout)
        for loader in self._loaders:
            loader.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in (self._thread, *self._loaders))

    def _run(self) -> None:
        try:
            while (mail := self._mail.take()) is not None:
                self._handle(mail)
        except BaseException as error:  # noqa: BLE001  the thread must not end unseen
            self._log_fault(error, "the decode thread")
            self._listener.failed(
                BugError(
                    f"The converter stopped ({type(error).__name__}). Letters go into the text "
                    "as they are typed; save it and start Moyin again."
                )
            )

    def _handle(self, mail: Mail) -> None:
        try:
            answer = self._answer(mail)
        except Exception as error:  # noqa: BLE001  the thread's outer loop: typing must go on
            self._report(error, f"handling {type(mail).__name__}")
            answer = _nothing(mail) if isinstance(mail, DecodeRequest) else None
        if answer is not None:
            self._listener.listed(answer)

    def _answer(self, mail: Mail) -> CandidateList | None:
        """Do one piece of work; only a request has an answer, and none if it was overtaken."""
        match mail:
            case DecodeRequest():
                return self._convert(mail)
            case LeftContext() | Predict() | FindRepairs() | Explain():
                if self._converter is not None:
                    self._advise(self._converter, mail)
            case Learn() | Retract() | Heed():
                if self._since is not None:
                    self._since.append(mail)
                for converter in (self._converter, self._reserve):
                    _teach(converter, mail)
            case _:
                self._change(mail)
        return None

    def _advise(
        self, converter: ConverterT, mail: LeftContext | Predict | FindRepairs | Explain
    ) -> None:
        """Do what is no list; tell the listener what came of it, unless it was overtaken."""
        stale = self._mail.superseded
        match mail:
            case LeftContext():
                converter.prepare(mail)
            case Predict(context):
                if (items := converter.next_words(context, OFFERS, stale)) is not None:
                    self._listener.offered(context, items)
            case FindRepairs(context):
                if (repairs := converter.repairs(context, stale)) is not None:
                    self._listener.repaired(context, repairs)
            case Explain(request, item):
                (shares,) = converter.explain(request, (item,))
                self._listener.explained(item, shares)

    def _change(self, job: Open | OpenBetter | Adjust | Adopt[ConverterT]) -> None:
        """Let another converter serve, or the same one otherwise."""
        match job:
            case Open():
                self._open()
            case OpenBetter():
                self._open_better()
            case Adjust():
                self._adjust()
            case Adopt(opening, result):
                if opening == self._opening:
                    self._adopt(result)

    def _convert(self, request: DecodeRequest) -> CandidateList | None:
        if self._converter is None:
            return _nothing(request)
        if self._reserve is None:
            return self._ask(self._converter, request)
        if self._late and (quick := self._ask(self._reserve, request)) is not None:
            self._listener.listed(replace(quick, final=False))
        begun = self._clock()
        try:
            answer = self._ask(self._converter, request)
        except Exception as error:  # noqa: BLE001  a lower tier must serve
            self._report(error, "converting")
            return self._ask(self._reserve, request)
        self._late = self._clock() - begun > LATE_SECONDS
        return answer

    def _ask(self, converter: Converter, request: DecodeRequest) -> CandidateList | None:
        answer = converter.convert(request, self._mail.superseded)
        if answer is None:
            return None
        self._failing = self._failing and converter is self._reserve
        return self._rewriter(answer) if self._rewriter else answer

    def _open(self) -> None:
        """Open the first converter, and begin to load the better one."""
        self._openers.remember()
        self._converter, self._reserve = self._openers.first(), None
        self._load_better(self._converter)

    def _open_better(self) -> None:
        """Fall back on the first converter, and begin to load another better one."""
        first = self._reserve or self._converter
        if first is None:
            return  # what could not be opened has been told
        # The old one goes before the new one comes: they are the most of what memory holds.
        self._converter, self._reserve = first, None
        self._openers.remember()
        self._load_better(first)

    def _load_better(self, first: ConverterT) -> None:
        rest = self._rest if self._opening else 0.0
        self._opening += 1
        self._failing = False
        self._since = []
        self._listener.opened(first, better_follows=True)
        loader = threading.Thread(
            target=self._load, args=(self._opening, rest), name="loading", daemon=True
        )
        self._loaders = [*(thread for thread in self._loaders if thread.is_alive()), loader]
        loader.start()

    def _load(self, opening: int, rest: float) -> None:
        """The loading thread."""
        if self._closing.wait(rest):
            return
        result: ConverterT | Exception | None
        with self._loading:
            if opening != self._opening:
                return  # another wish came: its own thread sees to it
            try:
                result = self._openers.better()
            except Exception as error:  # noqa: BLE001  the outer loop of this thread
                result = error
        self._mail.post(Adopt(opening, result))

    def _adjust(self) -> None:
        for converter in (self._converter, self._reserve):
            if converter is not None:
                self._openers.adjust(converter)

    def _adopt(self, result: ConverterT | Exception | None) -> None:
        """Let the better converter take over, with what the first one has learned since."""
        if isinstance(result, Exception):
            self._report(result, "loading the model")
        elif result is not None:
            self._openers.adjust(result)  # the options may have changed while it loaded
            for job in self._since or ():
                _teach(result, job)
            self._converter, self._reserve = result, self._converter
            self._late = False
        self._since = None
        if self._converter is not None:
            self._listener.opened(self._converter, better_follows=False)

    def _report(self, error: Exception, doing: str) -> None:
        """Log a fault without typed text, and tell the listener once until the next success."""
        self._log_fault(error, doing)
        if self._failing:
            return
        self._failing = True
        if not isinstance(error, EnvironmentFaultError):
            kind = type(error).__name__
            error = BugError(
                f"The converter failed ({kind} while {doing}). Typing goes on without it; "
                "the log has the details."
            )
        self._listener.failed(error)

    def _log_fault(self, error: BaseException, doing: str) -> None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        _log.error("%s failed: %s\n%s", doing, type(error).__name__, frames)
        _log.debug("the message was: %s", error)  # may quote what was typed


def _teach(converter: Converter | None, job: Learn | Retract | Heed) -> None:
    match job:
        case Learn(commit) if converter is not None:
            converter.learn(commit)
        case Retract(commit_id) if converter is not None:
            converter.retract(commit_id)
        case Heed(mark) if converter is not None:
            converter.mark(mark)


def _nothing(request: DecodeRequest) -> CandidateList:
    return CandidateList(request.revision, request.raw, ())
