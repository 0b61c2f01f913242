"""The second stage of opening, and the first converter as a reserve behind it."""

from __future__ import annotations

import threading

from ime.decode.thread import DecodeWorker, Openers
from ime.errors import AssetError
from ime.ports import Converter
from ime.values import Commit
from tests.decode.workers import (
    PATIENCE,
    BrokenConverter,
    Reports,
    SlowConverter,
    Start,
    ask,
)
from tests.fakes import FakeConverter


def test_worker_answers_while_a_better_converter_loads(start: Start, reports: Reports) -> None:
    first, better, gate = FakeConverter(), FakeConverter(), threading.Event()

    def load() -> Converter:
        assert gate.wait(PATIENCE)
        return better

    worker = start(lambda: first, load)
    assert reports.opened_with.get(timeout=PATIENCE) == (first, True)
    worker.convert(ask(1))
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
    worker.convert(ask(1))
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
    worker.convert(ask(1))
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
    worker.convert(ask(1))
    assert reports.lists.get(timeout=PATIENCE).items


def _finals(reports: Reports, count: int) -> list[bool]:
    return [reports.lists.get(timeout=PATIENCE).final for _ in range(count)]


def test_reserve_answers_first_while_the_better_converter_is_late(reports: Reports) -> None:
    slow = SlowConverter()
    worker = DecodeWorker(Openers(FakeConverter, lambda: slow), reports, clock=lambda: slow.now)
    worker.start()
    for _ in range(2):
        reports.opened_with.get(timeout=PATIENCE)
    worker.convert(ask(1))
    assert _finals(reports, 1) == [True], "that it is late is known only behind it"
    worker.convert(ask(2))
    assert _finals(reports, 2) == [False, True]
    slow.seconds = 0.001
    worker.convert(ask(3))
    assert _finals(reports, 2) == [False, True]
    worker.convert(ask(4))
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
        worker.convert(ask(revision, "bad"))
        reports.lists.get(timeout=PATIENCE)
    worker.convert(ask(3, "nihao"))
    assert reports.lists.get(timeout=PATIENCE).items
    worker.convert(ask(4, "bad"))
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
    worker.convert(ask(1))
    reports.lists.get(timeout=PATIENCE)
    assert (list(first.learned), list(better.learned)) == ([2], [2])
