from __future__ import annotations

import logging
from dataclasses import replace
from queue import Queue

import pytest

from ime.decode.thread import DecodeWorker, Openers
from ime.errors import AssetError, BugError
from ime.ports import Converter
from ime.values import Commit, DecodeRequest, LeftContext
from tests.decode.workers import (
    PATIENCE,
    BrokenConverter,
    GatedConverter,
    Reports,
    Start,
    ask,
)
from tests.fakes import FakeConverter


class ReadingConverter(FakeConverter):
    """Queues the contexts it was told to read ahead."""

    def __init__(self) -> None:
        super().__init__()
        self.read: Queue[LeftContext] = Queue()

    def prepare(self, context: LeftContext) -> None:
        self.read.put(context)


def test_worker_answers_a_request(start: Start, reports: Reports) -> None:
    worker = start()
    worker.convert(ask(7))
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
    worker.convert(ask(1, "ni"))
    worker.convert(ask(2, "nihao"))
    worker.start()
    assert reports.lists.get(timeout=PATIENCE).revision == 2
    assert worker.close(PATIENCE)
    assert reports.lists.empty()


def test_worker_drops_a_running_request_that_was_overtaken(
    start: Start, reports: Reports
) -> None:
    converter = GatedConverter()
    worker = start(lambda: converter)
    worker.convert(ask(1))
    assert converter.busy.wait(PATIENCE)
    worker.convert(ask(2))
    worker.convert(ask(3))
    converter.gate.set()
    assert reports.lists.get(timeout=PATIENCE).revision == 3
    assert converter.asked == [1, 3]


def test_worker_learns_before_it_answers_a_later_request(
    start: Start, reports: Reports
) -> None:
    converter = GatedConverter()
    worker = start(lambda: converter)
    worker.convert(ask(1))
    assert converter.busy.wait(PATIENCE)
    worker.learn(Commit(1, "你好"))
    worker.learn(Commit(2, "世界"))
    worker.retract(1)
    worker.convert(ask(2))
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
    worker.convert(ask(1))
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
    worker.convert(ask(4))
    answer = reports.lists.get(timeout=PATIENCE)
    assert (answer.revision, answer.raw, answer.items) == (4, "nihao", ())
    assert str(reports.faults.get_nowait()) == "the weights are missing"
    assert reports.faults.empty()


def test_worker_survives_a_failing_request(start: Start, reports: Reports) -> None:
    worker = start(BrokenConverter)
    worker.convert(ask(1, "bad"))
    assert reports.lists.get(timeout=PATIENCE).items == ()
    worker.convert(ask(2))
    assert reports.lists.get(timeout=PATIENCE).items
    assert isinstance(reports.faults.get_nowait(), BugError)


def test_worker_reports_a_fault_once_until_it_works_again(
    start: Start, reports: Reports
) -> None:
    worker = start(BrokenConverter)
    for revision, raw in enumerate(("bad", "bad", "nihao", "bad")):
        worker.convert(ask(revision, raw))
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
    worker.convert(ask(1))
    assert converter.busy.wait(PATIENCE)
    assert not worker.close(timeout=0.01)
    converter.gate.set()
    assert worker.close(PATIENCE)


def test_worker_whose_thread_ends_says_so(reports: Reports) -> None:
    class Leaving(FakeConverter):
        def prepare(self, context: LeftContext) -> None:
            raise SystemExit(context.text)

    worker = DecodeWorker(Openers(Leaving), reports)
    assert worker.alive, "it will answer once it is started"
    worker.start()
    reports.opened_with.get(timeout=PATIENCE)
    assert worker.alive
    worker.prepare(LeftContext("secret"))
    told = str(reports.faults.get(timeout=PATIENCE))
    assert "SystemExit" in told
    assert "secret" not in told
    assert worker.close(PATIENCE)
    assert not worker.alive


def test_what_a_score_is_made_of_comes_to_the_listener(start: Start, reports: Reports) -> None:
    worker = start()
    worker.convert(ask(1))
    item = reports.lists.get(timeout=PATIENCE).items[0]
    worker.explain(ask(1), item)
    explained, shares = reports.shares.get(timeout=PATIENCE)
    assert explained == item
    assert shares is not None
    assert shares.score == item.score


def test_next_words_come_to_the_listener(start: Start, reports: Reports) -> None:
    worker = start()
    worker.predict(LeftContext("你好"))
    context, items = reports.offers.get(timeout=PATIENCE)
    assert (context.text, [item.text for item in items]) == ("你好", ["世界", "你"])


def test_repairs_come_to_the_listener_unless_a_key_overtook_them(reports: Reports) -> None:
    worker = DecodeWorker(Openers(FakeConverter), reports)
    worker.repair(LeftContext("拟好"))
    worker.convert(ask(2))
    worker.start()
    assert reports.lists.get(timeout=PATIENCE).revision == 2
    worker.repair(LeftContext("拟好"))
    context, (repair,) = reports.repairs.get(timeout=PATIENCE)
    assert (context.text, repair.new) == ("拟好", "你好")
    assert worker.close(PATIENCE)
    assert reports.repairs.empty()
