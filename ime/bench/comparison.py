"""`moyin bench`: our replay and other engines on the same rows, in one run, side by side."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import TextIO

from ime.bench.engines import AnswerCache, Engine, Run, ask
from ime.bench.environment import Environment
from ime.bench.latency import Latency
from ime.bench.paired_test import duel, marked_duel, picks_ratio
from ime.bench.report import Results, markdown
from ime.bench.results import Column, Sheet
from ime.bench.scoring import Pair, pairs_of, score, score_kinds
from ime.bench.test_sets import QuestionSet, SetError, read_set
from ime.errors import EnvironmentFaultError

RUN_LIMIT_S = 3 * 3600.0
"""Seconds after which an engine that still works on one set is ended."""


class BenchError(EnvironmentFaultError):
    """The command line asks for nothing that can be measured, or it cannot be written."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    Attributes:
        sets: paths of the test sets.
        engines: ours first, then the peers; all others are compared with the first peer.
        variants: of the first engine; they answer in the first pass over a set.
        contexts: whether column 2 is used, for each pass over the sets.
        both: names of the sets that are typed with it and without, whatever `contexts` says.
        picks: a simulated user enters the gold.
        limit: rows of each set; None for all.
        out: folder for results and answers.
        limit_s: seconds an engine may take for a set.
        disk: bytes of what converts, by name, to be told with the rest.
        latency: measures key times at the end; None to leave that out.
    """

    sets: tuple[Path, ...]
    engines: tuple[Engine, ...]
    variants: tuple[Engine, ...] = ()
    contexts: tuple[bool, ...] = (True,)
    both: frozenset[str] = frozenset()
    picks: bool = False
    limit: int | None = None
    out: Path = Path("bench")
    limit_s: float = RUN_LIMIT_S
    disk: Mapping[str, int] = field(default_factory=dict)
    latency: Callable[[], Latency] | None = None

    def __post_init__(self) -> None:
        names = [engine.name for engine in (*self.engines, *self.variants)]
        for name in names:
            if names.count(name) > 1:
                raise BenchError(f"Two engines are called {name}; give each its own name.")
        sets = {path.stem for path in self.sets}
        named = self.both.union(*(engine.only for engine in self.variants))
        if named - sets:
            known = ", ".join(sorted(sets))
            raise BenchError(f"No set is called {min(named - sets)}; the sets are {known}.")

    @property
    def reference(self) -> str:
        """Name of the first peer; ours where there is none."""
        return self.engines[min(1, len(self.engines) - 1)].name

    def answering(self, asked: QuestionSet, *, context: bool) -> tuple[Engine, ...]:
        """Engines of a pass: the first one, in the first pass its variants, the peers."""
        variants = self.variants if context == self.passes(asked)[0] else ()
        fitting = (each for each in variants if not each.only or asked.name in each.only)
        return (self.engines[0], *fitting, *self.engines[1:])

    def passes(self, asked: QuestionSet) -> tuple[bool, ...]:
        """Whether column 2 is used, for each pass over a set; once where it is always empty."""
        if not any(question.context for question in asked.questions):
            return (False,)
        return (True, False) if asked.name in self.both else self.contexts


def bench(plan: Plan, circumstances: Environment, out: TextIO) -> bool:
    """Measure, write `results.json` and `results.md`, and print the latter.

    The files are written after every set, so that a run that is stopped leaves what it has;
    the next one takes up the answers of the sets that were finished.

    Returns:
        Whether every engine answered every set.

    Raises:
        SetError: a set cannot be read.
        BenchError: the results cannot be written.
        StartError: key times cannot be measured.
    """
    sets = [read_set(path, plan.limit) for path in plan.sets]
    names = [asked.name for asked in sets]
    for name in names:
        if names.count(name) > 1:
            raise SetError(f"Two sets are called {name}; give each file its own name.")
    engines = {engine.name: engine.plain() for engine in (*plan.engines, *plan.variants)}
    results = Results(circumstances, plan.reference, engines, disk=plan.disk)
    for asked in sets:
        for context in plan.passes(asked):
            sheet = measure(asked, plan, context=context)
            results = replace(results, sheets=(*results.sheets, sheet))
            _write(plan.out, results)
    if plan.latency is not None:
        results = replace(results, latency=plan.latency())
    print(_write(plan.out, results), file=out, end="")
    return not any(column.run.error for sheet in results.sheets for column in sheet.columns)


def measure(asked: QuestionSet, plan: Plan, *, context: bool) -> Sheet:
    """All engines of the plan on one set, one after the other."""
    switches = (("--picks", plan.picks), ("--context", context))
    options = tuple(name for name, on in switches if on)
    store = AnswerCache(plan.out / "answers")
    runs: list[tuple[Engine, Run]] = []
    for engine in plan.answering(asked, context=context):
        meter = _Meter(asked, sys.stderr)
        try:
            run = ask(engine, asked, options, store, limit_s=plan.limit_s, progress=meter)
        except OSError as exc:
            raise _cannot_write(plan.out, exc) from exc
        meter.close(engine.name, run)
        runs.append((engine, run))
    pairs = {
        engine.name: pairs_of(asked.questions, run.answers)
        for engine, run in runs
        if not run.error
    }
    columns = tuple(_column(engine, run, pairs, asked, plan) for engine, run in runs)
    return Sheet(asked.name, context, len(asked.questions), asked.sha256, columns)


def _column(
    engine: Engine, run: Run, pairs: dict[str, list[Pair]], asked: QuestionSet, plan: Plan
) -> Column:
    own = pairs.get(engine.name)
    if own is None:
        return Column(engine.name, run, variant=engine.variant)
    figures = score(own, len(asked.questions))
    column = Column(engine.name, run, figures, score_kinds(own), variant=engine.variant)
    first = pairs.get(plan.engines[0].name)
    if engine.variant and first is not None:
        column = replace(column, own_duel=duel(own, first))
    other = pairs.get(plan.reference)
    if other is None or engine.name == plan.reference:
        return column
    return replace(
        column,
        duel=duel(own, other),
        marked_duel=marked_duel(own, other),
        picks=picks_ratio(own, other),
    )


def _write(folder: Path, results: Results) -> str:
    """Write both files; returns the Markdown."""
    text = markdown(results)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "results.md").write_text(text, encoding="utf-8")
        (folder / "results.json").write_text(to_json(results.plain()), encoding="utf-8")
    except OSError as exc:
        raise _cannot_write(folder, exc) from exc
    return text


def _cannot_write(folder: Path, error: OSError) -> BenchError:
    return BenchError(f"{folder} cannot be written ({error.strerror}); name another --out.")


def to_json(value: object) -> str:
    """JSON with null where a figure does not exist, because NaN is none."""
    return json.dumps(_without_nan(value), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _without_nan(value: object) -> object:
    match value:
        case dict():
            return {key: _without_nan(item) for key, item in value.items()}
        case list() | tuple():
            return [_without_nan(item) for item in value]
        case float() if math.isnan(value):
            return None
        case _:
            return value


class _Meter:
    """Tells how far an engine is: once a second on a terminal, else only at its end."""

    def __init__(self, asked: QuestionSet, out: TextIO) -> None:
        self._asked = asked
        self._out = out
        self._start = monotonic()
        self._last = 0.0

    def __call__(self, name: str, rows: int) -> None:
        now = monotonic()
        if not self._out.isatty() or now - self._last < 1:
            return
        self._last = now
        total = len(self._asked.questions)
        left = (now - self._start) / rows * (total - rows)
        line = f"\r{self._asked.name} {name}: {rows} of {total} rows, {left:.0f} s left  "
        print(line, end="", file=self._out, flush=True)

    def close(self, name: str, run: Run) -> None:
        if self._out.isatty():
            print("\r\x1b[K", end="", file=self._out)
        how = "from an earlier run" if run.earlier else f"in {run.seconds:.0f} s"
        told = run.error or f"{len(run.answers)} rows {how}"
        print(f"{self._asked.name} {name}: {told}", file=self._out, flush=True)


def peers_of(texts: Iterable[str]) -> tuple[Engine, ...]:
    """Engines named on the command line.

    Raises:
        BenchError: one is not NAME=COMMAND.
    """
    try:
        return tuple(Engine.parse(text) for text in texts)
    except ValueError as exc:
        raise BenchError(f"{exc}; write for instance --peer 'libime=./peer libime'.") from exc


def variants_of(engine: Engine, texts: Iterable[str]) -> tuple[Engine, ...]:
    """Variants of an engine named on the command line.

    Raises:
        BenchError: one is not NAME=OPTIONS or NAME@SET,SET=OPTIONS.
    """
    try:
        return tuple(engine.with_options(text) for text in texts)
    except ValueError as exc:
        told = "write for instance --variant 'exact@chat,news=--correction off'"
        raise BenchError(f"{exc}; {told}.") from exc
