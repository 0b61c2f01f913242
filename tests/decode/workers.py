"""What tests of the decode thread share: a listener, and converters with troubles."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Queue

from ime.decode.thread import DecodeWorker
from ime.errors import ImeError
from ime.ports import Converter
from ime.values import Candidate, CandidateList, DecodeRequest, LeftContext, Repair, Shares
from tests.fakes import FakeConverter

PATIENCE = 20  # seconds; only a failing test waits for it


@dataclass
class Reports:
    """A listener that queues what it is told."""

    opened_with: Queue[tuple[Converter, bool]] = field(default_factory=Queue)
    lists: Queue[CandidateList] = field(default_factory=Queue)
    offers: Queue[tuple[LeftContext, tuple[Candidate, ...]]] = field(default_factory=Queue)
    repairs: Queue[tuple[LeftContext, tuple[Repair, ...]]] = field(default_factory=Queue)
    shares: Queue[tuple[Candidate, Shares | None]] = field(default_factory=Queue)
    faults: Queue[ImeError] = field(default_factory=Queue)

    def opened(self, converter: Converter, *, better_follows: bool) -> None:
        self.opened_with.put((converter, better_follows))

    def listed(self, answer: CandidateList) -> None:
        self.lists.put(answer)

    def offered(self, context: LeftContext, items: Sequence[Candidate]) -> None:
        self.offers.put((context, tuple(items)))

    def repaired(self, context: LeftContext, repairs: Sequence[Repair]) -> None:
        self.repairs.put((context, tuple(repairs)))

    def explained(self, item: Candidate, shares: Shares | None) -> None:
        self.shares.put((item, shares))

    def failed(self, error: ImeError) -> None:
        self.faults.put(error)


class GatedConverter(FakeConverter):
    """Starts no conversion before its gate is opened; remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.busy = threading.Event()
        self.asked: list[int] = []

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList | None:
        self.asked.append(request.revision)
        self.busy.set()
        assert self.gate.wait(PATIENCE)
        return super().convert(request, stale)


class BrokenConverter(FakeConverter):
    """Fails on the letters `bad`."""

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList | None:
        if request.raw == "bad":
            raise KeyError(f"{request.context.text} {request.raw}")
        return super().convert(request, stale)


class SlowConverter(FakeConverter):
    """Every conversion takes `seconds` by the clock of the test."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 1.0
        self.now = 0.0

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList | None:
        self.now += self.seconds
        return super().convert(request, stale)


Start = Callable[..., DecodeWorker[Converter]]
"""Starts a worker with the converters and the rewriter it is given."""


def ask(revision: int, raw: str = "nihao") -> DecodeRequest:
    """A request without a context."""
    return DecodeRequest(revision, LeftContext(), raw)
