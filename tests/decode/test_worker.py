from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from queue import Queue

import pytest

from ime.decode.worker import DecodeWorker, Openers, Rewriter
from ime.engine.port import Converter
from ime.engine.values import CandidateList, Commit, DecodeRequest, LeftContext
from ime.errors import AssetError, BugError, ImeError
from tests.fakes import FakeConverter

PATIENCE = 20  # seconds; only a failing test waits for it


@dataclass
class Reports:
    """A listener that queues what it is told."""

    opened_with: Queue[tuple[Converter, bool]] = field(default_factory=Queue)
    lists: Queue[CandidateList] = field(default_factory=Queue)
    faults: Queue[ImeError] = field(default_factory=Queue)

    def opened(self, converter: Converter, *, better_follows: bool) -> None:
        self.opened_with.put((converter, better_follows))

    def listed(self, answer: CandidateList) -> None:
        self.lists.put(answer)

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


class ReadingConverter(FakeConverter):
    """Queues the contexts it was told to read ahead."""

    def __init__(self) -> None:
        super().__init__()
        self.read: Queue[LeftContext] = Queue()

    def prepare(self, context: LeftContext) -> None:
        self.read.put(context)


Start = Callable[..., DecodeWorker]


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def start(reports: Reports) -> Iterator[Start]:
    workers: list[DecodeWorker] = []

    def make(
        first: Callable[[], Converter] = FakeConverter,
        better: Callable[[], Converter | None] = lambda: None,
        rewriter: Rewriter | None = None,
    ) -> DecodeWorker:
        worker = DecodeWorker(Openers(first, better), reports, rewriter)
        workers.append(worker)
        worker.start()
        return worker

    yield make
    for worker in workers:
        assert worker.close(PATIENCE)


def _ask(revision: int, raw: str = "nihao") -> DecodeRequest:
    return DecodeRequest(revision, LeftContext(), raw)


def test_worker_answers_a_request(start: Start, reports: Reports) -> None:
    worker = start()
    worker.convert(_ask(7))
    answer = reports.lists.get(timeout=PATIENCE)
    assert (answer.revision, answer.items[0].text) == (7, "你好")


def test_worker_reports_the_converter_it_opened(start: Start, reports: Reports) -> None:
    start()
    converter, better_follows = reports.opened_with.get(timeout=PATIENCE)
    assert isinstance(converter, FakeConverter)
    assert better_follows
    assert reports.opened_with.get(timeout=PATIENCE) == (converter, False)


def test_worker_keeps_the_newest_request_while_the_converter_opens(reports: Reports) -> None:
    worker = DecodeWorker(Openers(FakeConverter), reports)
    worker.convert(_ask(1, "ni"))
    worker.convert(_ask(2, "nihao"))
    worker.start()
    assert reports.lists.get(timeout=PATIENCE).revision == 2
    assert worker.close(PATIENCE)
    assert reports.lists.empty()


def test_worker_drops_a_running_request_that_was_overtaken(
    start: Start, reports: Reports
) -> None:
    converter = GatedConverter()
    worker = start(lambda: converter)
    worker.convert(_ask(1))
    assert converter.busy.wait(PATIENCE)
    worker.convert(_ask(2))
    worker.convert(_ask(3))
    converter.gate.set()
    assert reports.lists.get(timeout=PATIENCE).revision == 3
    assert converter.asked == [1, 3]


def test_worker_learns_before_it_answers_a_later_request(
    start: Start, reports: Reports
) -> None:
    converter = GatedConverter()
    worker = start(lambda: converter)
    worker.convert(_ask(1))
    assert converter.busy.wait(PATIENCE)
    worker.learn(Commit(1, "你好"))
    worker.learn(Commit(2, "世界"))
    worker.retract(1)
    worker.convert(_ask(2))
    converter.gate.set()
    assert reports.lists.get(timeout=PATIENCE).revision == 2
    assert list(converter.learned) == [2]


def test_worker_reads_a_context_ahead(start: Start, reports: Reports) -> None:
    converter = ReadingConverter()
    worker = start(lambda: converter)
    worker.prepare(LeftContext("北京"))
    assert converter.read.get(timeout=PATIENCE) == LeftContext("北京")


def test_worker_rewrites_every_list(start: Start, reports: Reports) -> None:
    worker = start(rewriter=lambda listed: replace(listed, items=listed.items[:1]))
    worker.convert(_ask(1))
    assert len(reports.lists.get(timeout=PATIENCE).items) == 1


def test_worker_without_a_converter_says_why_and_answers_with_nothing(
    start: Start, reports: Reports
) -> None:
    def opener() -> Converter:
        raise AssetError("the weights are missing")

    worker = start(opener)
    worker.learn(Commit(1, "你好"))
    worker.prepare(LeftContext("你"))
    worker.retract(1)
    worker.convert(_ask(4))
    answer = reports.lists.get(timeout=PATIENCE)
    assert (answer.revision, answer.raw, answer.items) == (4, "nihao", ())
    assert str(reports.faults.get_nowait()) == "the weights are missing"
    assert reports.faults.empty()


def test_worker_survives_a_failing_request(start: Start, reports: Reports) -> None:
    worker = start(BrokenConverter)
    worker.convert(_ask(1, "bad"))
    assert reports.lists.get(timeout=PATIENCE).items == ()
    worker.convert(_ask(2))
    assert reports.lists.get(timeout=PATIENCE).items
    assert isinstance(reports.faults.get_nowait(), BugError)


def test_worker_reports_a_fault_once_until_it_works_again(
    start: Start, reports: Reports
) -> None:
    worker = start(BrokenConverter)
    for revision, raw in enumerate(("bad", "bad", "nihao", "bad")):
        worker.convert(_ask(revision, raw))
        reports.lists.get(timeout=PATIENCE)
    assert worker.close(PATIENCE)
    assert reports.faults.qsize() == 2


def test_worker_logs_no_typed_text(
    start: Start, reports: Reports, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    worker = start(BrokenConverter)
    worker.convert(DecodeRequest(1, LeftContext("secret"), "bad"))
    reports.lists.get(timeout=PATIENCE)
    assert "KeyError" in caplog.text
    assert "secret" not in caplog.text
    assert "secret" not in str(reports.faults.get_nowait())


def test_worker_that_never_started_closes(reports: Reports) -> None:
    assert DecodeWorker(Openers(FakeConverter), reports).close(PATIENCE)


def test_worker_carries_out_waiting_jobs_before_it_closes(reports: Reports) -> None:
    converter = FakeConverter()
    worker = DecodeWorker(Openers(lambda: converter), reports)
    worker.learn(Commit(1, "你好"))
    worker.start()
    assert worker.close(PATIENCE)
    assert list(converter.learned) == [1]


def test_worker_gives_up_on_a_conversion_that_hangs(reports: Reports) -> None:
    converter = GatedConverter()
    worker = DecodeWorker(Openers(lambda: converter), reports)
    worker.start()
    worker.convert(_ask(1))
    assert converter.busy.wait(PATIENCE)
    assert not worker.close(timeout=0.01)
    converter.gate.set()
    assert worker.close(PATIENCE)


def test_worker_answers_while_a_better_converter_loads(start: Start, reports: Reports) -> None:
    first, better, gate = FakeConverter(), FakeConverter(), threading.Event()

    def load() -> Converter:
        assert gate.wait(PATIENCE)
        return better

    worker = start(lambda: first, load)
    assert reports.opened_with.get(timeout=PATIENCE) == (first, True)
    worker.convert(_ask(1))
    assert reports.lists.get(timeout=PATIENCE).items
    gate.set()
    assert reports.opened_with.get(timeout=PATIENCE) == (better, False)


def test_better_converter_knows_what_was_learned_while_it_loaded(
    start: Start, reports: Reports
) -> None:
    better, gate = FakeConverter(), threading.Event()

    def load() -> Converter:
        assert gate.wait(PATIENCE)
        return better

    worker = start(better=load)
    worker.learn(Commit(1, "你好"))
    worker.learn(Commit(2, "世界"))
    worker.retract(1)
    worker.convert(_ask(1))
    reports.lists.get(timeout=PATIENCE)
    gate.set()
    reports.opened_with.get(timeout=PATIENCE)
    reports.opened_with.get(timeout=PATIENCE)
    assert list(better.learned) == [2]


def test_first_converter_stays_when_the_better_one_fails(
    start: Start, reports: Reports
) -> None:
    def load() -> Converter:
        raise AssetError("the weights are cut off")

    worker = start(better=load)
    assert str(reports.faults.get(timeout=PATIENCE)) == "the weights are cut off"
    worker.convert(_ask(1))
    assert reports.lists.get(timeout=PATIENCE).items


def test_better_converter_of_an_older_opening_is_dropped(
    start: Start, reports: Reports
) -> None:
    gates = [threading.Event(), threading.Event()]
    loads = iter(gates)
    made: list[FakeConverter] = []

    def load() -> Converter:
        assert next(loads).wait(PATIENCE)
        made.append(FakeConverter())
        return made[-1]

    worker = start(better=load)
    reports.opened_with.get(timeout=PATIENCE)
    worker.reopen()
    reports.opened_with.get(timeout=PATIENCE)
    gates[1].set()
    assert reports.opened_with.get(timeout=PATIENCE) == (made[0], False)
    gates[0].set()
    assert worker.close(PATIENCE)
    assert reports.opened_with.empty()


def test_worker_keeps_its_converter_when_opening_anew_fails(
    start: Start, reports: Reports
) -> None:
    opened: list[Converter] = []

    def first() -> Converter:
        if opened:
            raise AssetError("the lexicon is gone")
        opened.append(FakeConverter())
        return opened[0]

    worker = start(first)
    worker.reopen()
    assert str(reports.faults.get(timeout=PATIENCE)) == "the lexicon is gone"
    worker.convert(_ask(1))
    assert reports.lists.get(timeout=PATIENCE).items


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


def _finals(reports: Reports, count: int) -> list[bool]:
    return [reports.lists.get(timeout=PATIENCE).final for _ in range(count)]


def test_reserve_answers_first_while_the_better_converter_is_late(reports: Reports) -> None:
    slow = SlowConverter()
    worker = DecodeWorker(Openers(FakeConverter, lambda: slow), reports, clock=lambda: slow.now)
    worker.start()
    for _ in range(2):
        reports.opened_with.get(timeout=PATIENCE)
    worker.convert(_ask(1))
    assert _finals(reports, 1) == [True], "that it is late is known only behind it"
    worker.convert(_ask(2))
    assert _finals(reports, 2) == [False, True]
    slow.seconds = 0.001
    worker.convert(_ask(3))
    assert _finals(reports, 2) == [False, True]
    worker.convert(_ask(4))
    assert _finals(reports, 1) == [True], "it is in time again"
    assert worker.close(PATIENCE)
    assert reports.lists.empty()


def test_reserve_answers_where_the_better_converter_fails(
    start: Start, reports: Reports
) -> None:
    worker = start(FakeConverter, BrokenConverter)
    for _ in range(2):
        reports.opened_with.get(timeout=PATIENCE)
    for revision in range(3):
        worker.convert(_ask(revision, "bad"))
        reports.lists.get(timeout=PATIENCE)
    worker.convert(_ask(3, "nihao"))
    assert reports.lists.get(timeout=PATIENCE).items
    worker.convert(_ask(4, "bad"))
    assert reports.lists.get(timeout=PATIENCE).final
    assert worker.close(PATIENCE)
    assert reports.faults.qsize() == 2, "once until it works again"


def test_reserve_learns_what_the_better_converter_learns(
    start: Start, reports: Reports
) -> None:
    first, better = FakeConverter(), FakeConverter()
    worker = start(lambda: first, lambda: better)
    for _ in range(2):
        reports.opened_with.get(timeout=PATIENCE)
    worker.learn(Commit(1, "你好"))
    worker.learn(Commit(2, "世界"))
    worker.retract(1)
    worker.convert(_ask(1))
    reports.lists.get(timeout=PATIENCE)
    assert (list(first.learned), list(better.learned)) == ([2], [2])
