"""What the training child does before it learns; no model is loaded here."""

from __future__ import annotations

from multiprocessing import Pipe
from pathlib import Path

import filelock
import pytest

from ime.errors import Message
from ime.personalize.one_at_a_time import TRAINING
from ime.personalize.protocol import Failed, Kind, Listed, Task, encode, read_answer
from ime.personalize.trainer_process import main


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """Work that needs no model: the list of documents stays empty."""
    user = tmp_path / "user"
    database, documents = str(user / "user.sqlite"), str(user / "documents.json")
    return Task(Kind.ADD_DOCUMENTS, database, "", str(user / "adapters"), documents)


def answer_to(task: Task, monkeypatch: pytest.MonkeyPatch) -> object:
    for name in ("_give_way", "give_back_large_blocks", "keep_few_kernels"):
        monkeypatch.setattr(f"ime.personalize.trainer_process.{name}", lambda: None)
    monkeypatch.setattr("signal.signal", lambda *_: None)  # it means the child alone
    ours, theirs = Pipe()
    with ours, theirs:
        ours.send_bytes(encode(task))
        main(theirs)
        return read_answer(ours.recv_bytes())


def test_two_processes_do_not_learn_at_once(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(task.database).parent
    folder.mkdir()
    with filelock.FileLock(folder / TRAINING):
        answer = answer_to(task, monkeypatch)
    assert answer == Failed(Message.of("personalize.fault.busy"))
    assert answer_to(task, monkeypatch) == Listed(())


def test_a_folder_that_cannot_be_made_is_told(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(task.database).parent
    folder.write_text("a file where the folder should be")
    answer = answer_to(task, monkeypatch)
    assert isinstance(answer, Failed)
    assert isinstance(answer.message, Message)
    assert answer.message.code == "personalize.fault.folder"
