"""Engines that answer a test set, each in a process of its own, and the store of their answers.

An engine is a command line that speaks the protocol of `moyin replay`: the rows on its standard
input, the options appended to it. One that cannot be started, ends badly or takes too long is
no reason to stop: its run says so.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TextIO

from ime.bench.test_sets import Answer, QuestionSet
from ime.settings import HOME_VARIABLE

OURS = "moyin"

Progress = Callable[[str, int], None]
"""Told the name of the engine and how many rows it has answered."""

_META = re.compile(r"(\w+)=(\S+)")
_SHOWN_MESSAGE = 120  # characters of an engine's last line that fit into a table


@dataclass(frozen=True, slots=True)
class Engine:
    """Something that answers.

    Attributes:
        name: of its column; unique.
        command: program and arguments.
        options: further arguments that only it understands.
        kept: whether answers of an earlier run may stand for it.
        version: of what decides its answers, where the command does not tell; answers of
            another version do not stand for it.
        only: names of the sets that it answers; empty for all.
        variant: whether it is the first engine with other options.
    """

    name: str
    command: tuple[str, ...]
    options: tuple[str, ...] = ()
    kept: bool = True
    version: str = ""
    only: tuple[str, ...] = ()
    variant: bool = False

    @classmethod
    def parse(cls, text: str) -> Engine:
        """An engine from `NAME=COMMAND`.

        Raises:
            ValueError: it is not of that form.
        """
        name, _, command = text.partition("=")
        words = tuple(shlex.split(command))
        if not re.fullmatch(r"[\w.+-]+", name) or not words:
            raise ValueError(f"{text!r} is not NAME=COMMAND")
        return cls(name, words)

    def with_options(self, text: str) -> Engine:
        """A variant of this engine from `NAME=OPTIONS` or `NAME@SET,SET=OPTIONS`.

        Raises:
            ValueError: it is of neither form.
        """
        head, _, options = text.partition("=")
        name, at, sets = head.partition("@")
        words = tuple(shlex.split(options))
        only = tuple(sets.split(",")) if at else ()
        if not re.fullmatch(r"[\w.+-]+", name) or not words or not all(only):
            raise ValueError(f"{text!r} is not NAME=OPTIONS or NAME@SET,SET=OPTIONS")
        options_too = (*self.options, *words)
        return replace(self, name=name, options=options_too, only=only, variant=True)

    def plain(self) -> dict[str, object]:
        """As JSON has it: what is run, and of which version."""
        return {"command": [*self.command, *self.options], "version": self.version}


@dataclass(frozen=True, slots=True)
class Run:
    """One engine on one set.

    Attributes:
        answers: as far as they came.
        meta: what the engine said of itself on its `#meta` line.
        seconds: wall time.
        error: why the answers are not complete; empty where all is well.
        earlier: whether they come from the store.
        file: where they are kept; None where none came.
    """

    answers: tuple[Answer, ...]
    meta: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    error: str = ""
    earlier: bool = False
    file: Path | None = None


def ourselves(model_options: tuple[str, ...] = (), version: str = "") -> Engine:
    """Our replay in a fresh process.

    Args:
        model_options: such as `--tier ngram`.
        version: of what decides its answers; without one they are never kept.
    """
    command = (*own_command(), "replay")
    options = ("--pool", *model_options)
    return Engine(OURS, command, options, kept=bool(version), version=version)


def own_command() -> tuple[str, ...]:
    """Starts this program."""
    if getattr(sys, "frozen", False):
        return (sys.executable,)
    return (sys.executable, "-m", "ime")


@contextlib.contextmanager
def empty_home() -> Iterator[dict[str, str]]:
    """An environment with user folders that are empty, and go afterwards."""
    with tempfile.TemporaryDirectory(prefix="moyin-") as folder:
        yield os.environ | {HOME_VARIABLE: folder}


@dataclass(frozen=True, slots=True)
class AnswerCache:
    """Answers in files.

    Attributes:
        folder: of all of them; made when it is needed.
    """

    folder: Path

    def place(self, engine: Engine, asked: QuestionSet, options: tuple[str, ...]) -> Path:
        """The file of an engine's answers; with another command, version or set another one."""
        parts = [engine.command, engine.options, options, asked.sha256]
        subject = json.dumps([*parts, engine.version] if engine.version else parts)
        digest = hashlib.sha256(subject.encode()).hexdigest()[:12]
        return self.folder / f"{asked.name}.{engine.name}.{digest}.tsv"

    def find(self, path: Path) -> Run | None:
        """A whole run that was kept."""
        try:
            about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            answers, broken_off = _whole_answers(path)
            run = Run(answers, about["meta"], about["seconds"], earlier=True, file=path)
        except (OSError, ValueError, KeyError, TypeError):
            return None  # it was never there, or not written to its end
        return None if broken_off else run

    def keep(self, path: Path, engine: Engine, run: Run) -> None:
        """Write down what a whole run was, beside its answers."""
        about = {"engine": asdict(engine), "meta": run.meta, "seconds": run.seconds}
        text = json.dumps(about, ensure_ascii=False, indent=1)
        path.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


def ask(
    engine: Engine,
    asked: QuestionSet,
    options: tuple[str, ...],
    store: AnswerCache,
    *,
    limit_s: float,
    progress: Progress,
) -> Run:
    """Let an engine answer a set, or take its answers from the store.

    Args:
        engine: who.
        asked: the rows.
        options: for every engine, such as `--picks`.
        store: where answers are written, and looked for if the engine lets them be kept.
        limit_s: seconds after which it is ended.
        progress: told how far it is.

    Raises:
        OSError: the store cannot be written.
    """
    path = store.place(engine, asked, options)
    if engine.kept and (known := store.find(path)) is not None:
        return known
    store.folder.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".json").unlink(missing_ok=True)
    command = (*engine.command, *engine.options, *options)
    run = _run(engine.name, command, asked, path, limit_s, progress)
    if not run.error:
        store.keep(path, engine, run)
    return run


def _run(
    name: str,
    command: tuple[str, ...],
    asked: QuestionSet,
    path: Path,
    limit_s: float,
    progress: Progress,
) -> Run:
    start = time.monotonic()
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as rows,
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said,
        path.open("w", encoding="utf-8") as file,
        empty_home() as environment,
    ):
        rows.write(asked.text)
        rows.seek(0)
        try:
            process = _start(command, rows, said, environment)
        except OSError as exc:
            return Run((), error=f"{command[0]} cannot be started ({exc.strerror})")
        too_late = _read(process, file, limit_s, lambda count: progress(name, count))
        said.seek(0)
        messages = said.read().splitlines()
    answers, error = _whole_answers(path)
    if too_late:
        error = f"was ended after {limit_s:.0f} s"
    elif process.returncode:
        error = f"ended with {process.returncode}: {_last_word(messages)}"
    meta = next((line for line in reversed(messages) if line.startswith("#meta")), "")
    seconds = time.monotonic() - start
    return Run(answers, dict(_META.findall(meta)), seconds, error, file=path)


def _start(
    command: tuple[str, ...], rows: TextIO, said: TextIO, environment: dict[str, str]
) -> subprocess.Popen[str]:
    """A process in a group of its own, so that it can be ended with all that it starts."""
    return subprocess.Popen(
        command,
        stdin=rows,
        stdout=subprocess.PIPE,
        stderr=said,
        env=environment,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )


def _last_word(messages: list[str]) -> str:
    last = next((line for line in reversed(messages) if line.strip()), "without a word")
    return last.strip()[:_SHOWN_MESSAGE]


def _read(
    process: subprocess.Popen[str], file: TextIO, limit_s: float, count: Callable[[int], None]
) -> bool:
    """Write the engine's lines to a file until it ends; whether it had to be ended."""
    too_late = threading.Event()

    def stop() -> None:
        too_late.set()
        _end(process)

    timer = threading.Timer(limit_s, stop)
    timer.start()
    assert process.stdout is not None
    with process:
        try:
            for number, line in enumerate(process.stdout, start=1):
                file.write(line)
                count(number)
        except BaseException:
            _end(process)
            raise
        finally:
            timer.cancel()
    return too_late.is_set()


def _end(process: subprocess.Popen[str]) -> None:
    """End a process with those that it started."""
    with contextlib.suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _whole_answers(path: Path) -> tuple[tuple[Answer, ...], str]:
    """The answers in a file up to the first line that is none, and what is wrong with that."""
    answers: list[Answer] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        try:
            answers += [Answer.parse(line)] if line else []
        except ValueError as exc:
            return tuple(answers), f"line {number} is no answer: {exc}"
    return tuple(answers), ""
