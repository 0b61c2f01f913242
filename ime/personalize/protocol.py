"""What the window and the training child say to each other, as JSON; never pickle.

Down the pipe go `Task` once and then `Order`s; up come `Progressed`, and at the end one of
`Finished`, `Forgotten`, `Listed`, `Found`, `Cancelled`, `Failed`. The window reads it, so
nothing here imports the model.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from ime.errors import Message
from ime.personalize.documents.source_file import SourceFile
from ime.personalize.documents.words_of_text import FoundWord
from ime.personalize.report import Proof, RunReport


class Kind(Enum):
    """What the child is to do."""

    RUN = "run"
    FORGET_WORD = "forget word"
    FORGET_PERIOD = "forget period"
    FORGET_ALL = "forget all"
    ADD_DOCUMENTS = "add documents"
    FORGET_DOCUMENTS = "forget documents"
    FIND_WORDS = "find words"


class Order(Enum):
    """What the window says while the child works."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    TYPING = "typing"
    """A key went down: wait a moment."""


class Stage(Enum):
    """What the child does now."""

    READING = "reading"
    PREPARING = "preparing"
    TRAINING = "training"
    TESTING = "testing"
    FORGETTING = "forgetting"


class Task(msgspec.Struct, frozen=True):
    """One piece of work for a child.

    Attributes:
        kind: of work.
        database: the selection log.
        assets: folder of the shipped files.
        adapters: folder of the versions.
        documents: the list of files to learn from.
        threads: of the processor; 0 for all, up to a few.
        word: to forget.
        start: of the period to forget, seconds since 1970.
        end: and its end, not included.
        searched: folders in which a forgotten word is looked for.
        paths: files and folders to add or to take back.
    """

    kind: Kind
    database: str
    assets: str
    adapters: str
    documents: str
    threads: int = 0
    word: str = ""
    start: float = 0.0
    end: float = 0.0
    searched: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


class Progressed(msgspec.Struct, frozen=True, tag="progress"):
    """Where the work is; None stands for what is not known.

    Attributes:
        stage: what the child does.
        step: done of this stage.
        total: of this stage.
        loss: of training, nats a hanzi.
        held_out: loss on held-out choices, nats a hanzi.
        seconds_left: of this stage.
    """

    stage: Stage
    step: int
    total: int
    loss: float | None = None
    held_out: float | None = None
    seconds_left: float | None = None


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    """A run has ended by itself."""

    report: RunReport


class Forgotten(msgspec.Struct, frozen=True, tag="forgotten"):
    """Forgetting is done."""

    proof: Proof


class Listed(msgspec.Struct, frozen=True, tag="listed"):
    """What was added is on the list, and read."""

    files: tuple[SourceFile, ...]


class Found(msgspec.Struct, frozen=True, tag="found"):
    """Words of the documents that are in no dictionary, those first that tell most."""

    words: tuple[FoundWord, ...]


class Cancelled(msgspec.Struct, frozen=True, tag="cancelled"):
    """The user stopped the work; the version in use is the one before."""


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The work could not be done; the version in use is the one before."""

    message: str | Message


LastWord = Finished | Forgotten | Listed | Found | Cancelled | Failed
"""How a child's work ended."""

Answer = Progressed | LastWord


def encode(message: object) -> bytes:
    """A message as it goes through the pipe."""
    return msgspec.json.encode(message)


def read_task(data: bytes) -> Task:
    """A task out of the pipe."""
    return msgspec.json.decode(data, type=Task)


def read_order(data: bytes) -> Order:
    """An order out of the pipe."""
    return msgspec.json.decode(data, type=Order)


def read_answer(data: bytes) -> Answer:
    """An answer out of the pipe."""
    answer: Answer = msgspec.json.decode(data, type=Answer)  # Any until msgspec 0.23
    return answer
