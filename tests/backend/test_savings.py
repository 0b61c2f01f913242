"""The newest choices made again: learning gains on what was corrected."""

from __future__ import annotations

import queue
from pathlib import Path
from typing import cast

import pytest

from ime.backend import savings
from ime.backend.relearn import Relearning
from ime.backend.savings import STAGES, Replayed, SavingsReplay, replay
from ime.settings import Settings
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Selection
from tests.fakes import FakeConverter


def corrected(log: SelectionLog, times: int) -> None:
    """The second candidate is chosen each time."""
    for number in range(times):
        one = Selection(
            LeftContext(), "nihao", ("ni", "hao"), ("你好", "拟好"), "拟好", 1, How.DIGIT
        )
        log.append(Commit(number, "拟好", ("ni", "hao"), (one,)), 1.0 + number, Versions())


@pytest.fixture
def log(tmp_path: Path) -> SelectionLog:
    return SelectionLog(tmp_path / "user.sqlite", run=1)


def fakes() -> tuple[FakeConverter, Relearning]:
    return FakeConverter(), cast(Relearning, FakeConverter())


def test_all_but_the_first_correction_is_saved(log: SelectionLog) -> None:
    corrected(log, 20)
    *_, last = replay(log, *fakes())
    assert (last.done, last.total) == (20, 20)
    assert sum(last.counts) == 20
    assert sum(last.without) == 0
    assert sum(last.learned) == 19
    assert last.learned[0] == 1
    assert len(last.counts) == STAGES


def test_what_came_before_is_learned_first(
    log: SelectionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(savings, "REPLAYED", 5)
    corrected(log, 20)
    *_, last = replay(log, *fakes())
    assert (last.total, sum(last.learned)) == (5, 5)


def test_an_empty_log_is_done_at_once(log: SelectionLog) -> None:
    none = (0,) * STAGES
    assert list(replay(log, *fakes())) == [Replayed(0, 0, none, none, none)]


def test_a_process_does_it_and_can_be_stopped(log: SelectionLog, tmp_path: Path) -> None:
    corrected(log, 2)
    log.close()
    told: queue.SimpleQueue[Replayed] = queue.SimpleQueue()
    work = SavingsReplay()
    work.start(tmp_path / "user.sqlite", Settings(), told.put)
    while (last := told.get(timeout=60)).done < 2:
        assert not last.failed
    assert last.total == 2
    work.start(tmp_path / "no" / "log.sqlite", Settings(), told.put)
    work.cancel()
    assert told.empty()
