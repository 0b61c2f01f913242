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
