"""The training child as a real process: started, paused, cancelled, killed."""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing import Pipe
from pathlib import Path

import msgspec
import pytest

from ime.errors import Message
from ime.personalize import supervisor as jobs_module
from ime.personalize.protocol import (
    Answer,
    Cancelled,
    Failed,
    Finished,
    Kind,
    Order,
    Progressed,
    Stage,
    Task,
    encode,
    read_answer,
)
from ime.personalize.supervisor import Jobs
from ime.personalize.trainer_process import CancelledError, Channel
from ime.personalize.versions import AdapterFolder
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Selection
from model.finetune.progress import Progress
from tests.tiny_network import tiny_assets

WAIT = 240.0  # seconds that a spawned process may need on a very busy machine


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """Eighty choices of one habit, and a tiny model to learn them."""
    assets = tiny_assets(tmp_path / "assets")
    log = SelectionLog(tmp_path / "user" / "user.sqlite", run=3)
    for i in range(80):
        selection = Selection(
            LeftContext("北京，"), "x", ("bei", "jing"), ("背景",), "背景", 0, How.SPACE
        )
        log.append(Commit(i, "背景", ("bei", "jing"), (selection,)), float(i), Versions())
    log.close()
    user = tmp_path / "user"
    return Task(
        Kind.RUN,
        str(user / "user.sqlite"),
        str(assets),
        str(user / "adapters"),
        str(user / "documents.json"),
    )


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()


@pytest.fixture
def answers() -> queue.SimpleQueue[Answer]:
    return queue.SimpleQueue()


def last(answers: queue.SimpleQueue[Answer]) -> Answer:
    while isinstance(answer := answers.get(timeout=WAIT), Progressed):
        pass
    return answer


def test_figures_of_a_message_go_through_the_pipe_as_they_are() -> None:
    inner = Message.of("personalize.stage.training")
    sent = Failed(Message.of("code", count=3, share=0.5, name="北京", part=inner))
    received = read_answer(encode(sent))
    assert received == sent
    assert isinstance(received, Failed)
    assert isinstance(received.message, Message)
    assert type(received.message.figures["count"]) is int


def test_run_in_a_child_ends_with_a_report(
    task: Task, jobs: Jobs, answers: queue.SimpleQueue[Answer]
) -> None:
    assert jobs.start(task, answers.put)
    assert not jobs.start(task, answers.put)
    answer = last(answers)
    assert isinstance(answer, Finished), answer
    assert answer.report.learned == 68
    assert not jobs.running
    folder = AdapterFolder(Path(task.adapters))
    assert len(folder.runs()) == 1


def test_cancelled_run_changes_nothing(
    task: Task, jobs: Jobs, answers: queue.SimpleQueue[Answer]
) -> None:
    jobs.start(task, answers.put)
    assert isinstance(answers.get(timeout=WAIT), Progressed)
    jobs.cancel()
    assert isinstance(last(answers), Cancelled)
    assert AdapterFolder(Path(task.adapters)).names() == []
    assert jobs.start(task, answers.put)  # another may follow


def test_killed_child_is_told_and_leaves_all_whole(
    task: Task, jobs: Jobs, answers: queue.SimpleQueue[Answer]
) -> None:
    """Stops after each of some first messages; the whole of a run has a few hundred."""
    for skipped in (0, 3, 30):
        jobs.start(task, answers.put)
        for _ in range(skipped + 1):
            if not isinstance(answers.get(timeout=WAIT), Progressed):
                pytest.fail("the run ended before it was killed")
        process = jobs._process
        assert process is not None
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        answer = last(answers)
        assert isinstance(answer, Failed)
        assert answer.message == Message("personalize.fault.ended_early")
    log = SelectionLog(Path(task.database), run=0)
    assert log.count() == 80
    log.close()
    folder = AdapterFolder(Path(task.adapters))
    assert (folder.active(), folder.names()) == ("", [])
    jobs.start(task, answers.put)
    assert isinstance(last(answers), Finished)


def test_fault_of_the_user_side_is_told_in_words(
    task: Task, jobs: Jobs, answers: queue.SimpleQueue[Answer], tmp_path: Path
) -> None:
    other = msgspec.structs.replace(task, database=str(tmp_path / "none" / "user.sqlite"))
    jobs.start(other, answers.put)
    answer = last(answers)
    assert isinstance(answer, Failed)
    assert isinstance(answer.message, Message)
    assert answer.message.code == "personalize.fault.too_few"


def test_child_that_does_not_stop_is_killed(
    task: Task,
    jobs: Jobs,
    answers: queue.SimpleQueue[Answer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs_module, "STOP_SECONDS", 0.2)
    jobs.start(task, answers.put)
    answers.get(timeout=WAIT)
    process = jobs._process
    assert process is not None
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)  # it can hear nothing now
    jobs.cancel()
    assert isinstance(last(answers), Cancelled)


def test_closing_without_a_child_does_nothing(jobs: Jobs) -> None:
    jobs.typing()
    jobs.pause()
    jobs.cancel()
    jobs.close()
    assert not jobs.running


def test_paused_child_waits_until_it_may_go_on() -> None:
    ours, theirs = Pipe()
    channel = Channel(theirs)
    ours.send_bytes(encode(Order.PAUSE))
    done = threading.Event()

    def work() -> None:
        channel.report(Progress("training", 1, 2))
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    assert read_answer(ours.recv_bytes()) == Progressed(Stage.TRAINING, 1, 2)
    assert not done.wait(0.2)
    ours.send_bytes(encode(Order.RESUME))
    assert done.wait(WAIT)
    worker.join()


def test_child_rests_while_the_user_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ime.personalize.trainer_process.QUIET_SECONDS", 0.3)
    ours, theirs = Pipe()
    ours.send_bytes(encode(Order.TYPING))
    began = time.monotonic()
    Channel(theirs).report(Progress("training", 1, 2))
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("how", ["order", "end of the parent"])
def test_channel_stops_the_work(how: str) -> None:
    ours, theirs = Pipe()
    if how == "order":
        ours.send_bytes(encode(Order.CANCEL))
    else:
        ours.close()
    with pytest.raises(CancelledError):
        Channel(theirs).report(Progress("training", 1, 2))


def test_waiting_threads_of_a_child_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []
    monkeypatch.setattr(
        "ime.personalize.trainer_process.main",
        lambda _: seen.append(os.environ.get("OMP_WAIT_POLICY")),
    )
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    jobs_module._child(Pipe()[0])
    assert seen == ["PASSIVE"]
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")  # what the user sets stands
    jobs_module._child(Pipe()[0])
    assert seen[1:] == ["ACTIVE"]
