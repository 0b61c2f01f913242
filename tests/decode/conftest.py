from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ime.decode.thread import DecodeWorker, Openers, Rewriter
from ime.ports import Converter
from tests.decode.workers import PATIENCE, Reports, Start
from tests.fakes import FakeConverter


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def start(reports: Reports) -> Iterator[Start]:
    workers: list[DecodeWorker[Converter]] = []

    def make(
        first: Callable[[], Converter] = FakeConverter,
        better: Callable[[], Converter | None] = lambda: None,
        rewriter: Rewriter | None = None,
        adjust: Callable[[Converter], None] = lambda _: None,
        remember: Callable[[], None] = lambda: None,
        rest: float = 0.0,
    ) -> DecodeWorker[Converter]:
        openers = Openers(first, better, adjust, remember)
        worker = DecodeWorker(openers, reports, rewriter, rest=rest)
        workers.append(worker)
        worker.start()
        return worker

    yield make
    for worker in workers:
        assert worker.close(PATIENCE)
