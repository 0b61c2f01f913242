"""`moyin bench --latency`: key times, time to the first candidates, memory.

Keys go through the session that the window uses. A key's time ends when the page is cut, before
it is painted.
"""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from time import perf_counter_ns

import msgspec

from ime.bench.engines import empty_home, own_command
from ime.bench.environment import Environment
from ime.bench.process_cost import Memory
from ime.bench.scoring import Times
from ime.bench.sentences import SENTENCES, Sentence
from ime.bench.tables import milliseconds, table
from ime.errors import EnvironmentFaultError
from ime.session.keys import Key, KeyEvent, typed
from ime.session.runner import SyncRunner
from ime.session.state import MAX_LETTERS
from ime.values import LeftContext

HELD = "anszi"
"""Letters that are held: a vowel, initials with many finals, and one that begins nothing."""

STARTS = 3
"""Processes started; the median counts."""

_BACKSPACE = KeyEvent(Key.BACKSPACE)
_SPACE = KeyEvent(Key.SPACE)
_CANCEL = KeyEvent(Key.ESCAPE)


class StartError(EnvironmentFaultError):
    """A process that was started to be timed gave no candidates."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Times of keys by what they do, in ms.

    Attributes:
        typed: letters of sentences.
        held: one letter, 64 times, for each of `HELD`.
        deleted: Backspace over all of these, letter by letter.
        committed: Space behind a sentence; it reads the new left context, too.
        right: sentences whose first candidate was the one wanted.
    """

    typed: Times
    held: Times
    deleted: Times
    committed: Times
    right: int


@dataclass(frozen=True, slots=True)
class Latency:
    """The whole report.

    Attributes:
        keys: their times.
        starts: ms from the start of a process to its first candidates, one each.
        ready: memory of this process before the first key.
        after: memory after the last.
    """

    keys: Keys
    starts: tuple[float, ...]
    ready: Memory
    after: Memory

    def plain(self) -> dict[str, object]:
        """As JSON has it."""
        return asdict(self)


def time_keys(runner: SyncRunner, sentences: Iterable[Sentence] = SENTENCES) -> Keys:
    """Type, commit, type again and delete each sentence; then hold letters and delete them.

    Args:
        runner: of the session; private, so that nothing typed changes the next sentence.
        sentences: to type, each behind its own context.
    """
    letters: list[int] = []
    held: list[int] = []
    deleted: list[int] = []
    committed: list[int] = []
    right = 0
    for sentence in sentences:
        context = LeftContext(sentence.context)
        runner.reset(context)
        letters += _type(runner, sentence.keys)
        right += _first(runner) == sentence.gold
        committed.append(_press(runner, _SPACE))
        runner.reset(context)
        runner.type(sentence.keys)
        deleted += _delete(runner)
    for letter in HELD:
        runner.reset()
        held += _type(runner, letter * MAX_LETTERS)
        deleted += _delete(runner)
    return Keys(
        Times.of(letters), Times.of(held), Times.of(deleted), Times.of(committed), right
    )


def time_starts(model_options: Iterable[str] = (), count: int = STARTS) -> tuple[float, ...]:
    """Milliseconds from the start of a process to its first candidates, for each of `count`.

    Raises:
        StartError: one gave none.
    """
    command = (*own_command(), "convert", "n", "--top", "1", *model_options)
    return tuple(_time_start(command) for _ in range(count))


def measure_apart(model_options: Iterable[str] = ()) -> Latency:
    """Measure in a process of its own, whose memory is that of typing alone.

    Args:
        model_options: such as `--tier ngram`.

    Raises:
        StartError: the process did not end well.
    """
    command = (*own_command(), "bench", "--latency", "--json", *model_options)
    with empty_home() as environment:
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)
    try:
        return msgspec.json.decode(done.stdout, type=Latency)
    except msgspec.DecodeError as exc:
        raise StartError(
            f"{' '.join(command)} ended with {done.returncode} and gave no figures; run moyin "
            "doctor."
        ) from exc


def report(circumstances: Environment, measured: Latency) -> str:
    """As Markdown."""
    lines = ["# Latency", "", *circumstances.lines(), "", *latency_lines(measured)]
    return "\n".join(lines) + "\n"


def latency_lines(measured: Latency) -> list[str]:
    """Table and sentences, without the circumstances."""
    keys = measured.keys
    named = (
        ("letters of typed sentences", keys.typed),
        (f"a held key, {MAX_LETTERS} letters", keys.held),
        ("deletion, letter by letter", keys.deleted),
        ("Space behind a sentence", keys.committed),
    )
    rows = [[name, str(times.count), milliseconds(times)] for name, times in named]
    starts = " / ".join(f"{start:.0f}" for start in measured.starts)
    return [
        *table(["", "keys", "ms p50 / p95 / p99 / max"], rows),
        "",
        f"Process start to first candidates: {statistics.median(measured.starts):.0f} ms, the "
        f"median of {starts}.",
        "",
        f"Memory: {_mebibytes(measured.ready)} before the first key, "
        f"{_mebibytes(measured.after)} after the last; at most "
        f"{measured.after.highest / 1024:.0f} MiB.",
        "",
        f"First candidate right in {keys.right} of {keys.committed.count} sentences.",
    ]


def _first(runner: SyncRunner) -> str:
    """The first candidate; empty where there is none."""
    listed = runner.state.candidates
    return listed.items[0].text if listed is not None and listed.items else ""


def _type(runner: SyncRunner, text: str) -> Iterator[int]:
    return (_press(runner, key) for key in typed(text))


def _delete(runner: SyncRunner) -> Iterator[int]:
    """Backspace until nothing is composed; a press more than there are letters never comes."""
    for _ in range(MAX_LETTERS):
        if not runner.state.composing:
            return
        yield _press(runner, _BACKSPACE)
    runner.feed(_CANCEL)


def _press(runner: SyncRunner, key: KeyEvent) -> int:
    start = perf_counter_ns()
    runner.feed(key)
    return (perf_counter_ns() - start) // 1000


def _time_start(command: tuple[str, ...]) -> float:
    with empty_home() as environment:
        start = time.monotonic()
        try:
            with subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            ) as process:
                assert process.stdout is not None
                first = process.stdout.readline()
                seconds = time.monotonic() - start
        except OSError as exc:
            raise StartError(f"{command[0]} cannot be started ({exc.strerror}).") from exc
    if not first.strip():
        raise StartError(
            f"{' '.join(command)} gave no candidates; `moyin doctor` says what is wrong."
        )
    return seconds * 1000


def _mebibytes(memory: Memory) -> str:
    return f"{memory.resident / 1024:.0f} MiB ({memory.private / 1024:.0f} of it private)"
