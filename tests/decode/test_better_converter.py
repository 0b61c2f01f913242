"""The second stage of opening, and the first converter as a reserve behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

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


Reopen = Callable[[DecodeWorker[Converter]], None]
REOPENINGS = pytest.mark.parametrize(
    "reopen",
    [
        pytest.param(lambda worker: worker.reopen(), id="both"),
        pytest.param(lambda worker: worker.reopen_better(), id="the better one"),
    ],
)


@REOPENINGS
def test_better_converter_of_an_older_opening_is_dropped(
    start: Start, reports: Reports, reopen: Reopen
) -> None:
    gate, loading = threading.Event(), threading.Event()
    made: list[FakeConverter] = []

    def load() -> Converter:
        loading.set()
        assert gate.wait(PATIENCE)
        made.append(FakeConverter())
        return made[-1]

    worker = start(better=load)
    assert loading.wait(PATIENCE)
    reopen(worker)
    for _ in range(2):
        assert reports.opened_with.get(timeout=PATIENCE)[1], "a better one follows"
    gate.set()
    found = reports.opened_with.get(timeout=PATIENCE)
    assert worker.close(PATIENCE)
    assert found == (made[1], False)
    assert reports.opened_with.empty()


@REOPENINGS
def test_burst_of_wishes_loads_once_for_the_last_of_them(
    start: Start, reports: Reports, reopen: Reopen
) -> None:
    loaded: list[FakeConverter] = []

    def load() -> Converter:
        loaded.append(FakeConverter())
        return loaded[-1]

    worker = start(better=load, rest=0.2)
    assert [reports.opened_with.get(timeout=PATIENCE)[1] for _ in range(2)] == [True, False]
    for revision in range(5):
        reopen(worker)
        worker.convert(ask(revision))
        assert reports.lists.get(timeout=PATIENCE).items, "there are candidates all the while"
    while reports.opened_with.get(timeout=PATIENCE)[1]:
        pass
    assert len(loaded) == 2


def test_first_converter_answers_while_another_better_one_loads(
    start: Start, reports: Reports
) -> None:
    first, gate = FakeConverter(), threading.Event()
    better = iter([FakeConverter(), FakeConverter()])

    def load() -> Converter:
        found = next(better)
        assert gate.wait(PATIENCE)
        return found

    worker = start(lambda: first, load)
    gate.set()
    assert reports.opened_with.get(timeout=PATIENCE) == (first, True)
    assert not reports.opened_with.get(timeout=PATIENCE)[1]
    gate.clear()
    worker.reopen_better()
    assert reports.opened_with.get(timeout=PATIENCE) == (first, True)
    worker.convert(ask(1))
    assert reports.lists.get(timeout=PATIENCE).items
    gate.set()
    assert not reports.opened_with.get(timeout=PATIENCE)[1]


def test_past_is_read_before_what_is_learned_meanwhile(start: Start, reports: Reports) -> None:
    """What is learned while another one loads is taught to it, so the past must not have it."""
    order: list[str] = []
    worker = start(better=FakeConverter, remember=lambda: order.append("past"))
    for _ in range(2):
        reports.opened_with.get(timeout=PATIENCE)
    worker.reopen_better()
    worker.learn(Commit(1, "你好"))
    assert reports.opened_with.get(timeout=PATIENCE)[1]
    better, _ = reports.opened_with.get(timeout=PATIENCE)
    assert isinstance(better, FakeConverter)
    assert (order, list(better.learned)) == (["past", "past"], [1])


def test_options_reach_both_converters_without_opening(start: Start, reports: Reports) -> None:
    first, better = FakeConverter(), FakeConverter()
    adjusted: list[Converter] = []
    worker = start(lambda: first, lambda: better, adjust=adjusted.append)
    for _ in range(2):
        reports.opened_with.get(timeout=PATIENCE)
    assert adjusted == [better], "they may have changed while it loaded"
    worker.adjust()
    worker.convert(ask(1))
    assert reports.lists.get(timeout=PATIENCE).items
    assert adjusted == [better, better, first]
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
