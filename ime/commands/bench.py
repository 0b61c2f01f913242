"""`moyin bench`: our replay and other engines on the same rows, in one run, side by side."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TextIO

from ime.commands.answers import QuestionSet, SetError, read_set
from ime.commands.circumstances import Circumstances
from ime.commands.engines import Engine, Run, Store, ask
from ime.commands.scoring import Pair, duel, pairs_of, score, score_kinds
from ime.commands.sheets import Column, Sheet
from ime.commands.tables import markdown
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
        contexts: whether column 2 is used, for each pass over the sets.
        picks: a simulated user enters the gold.
        limit: rows of each set; None for all.
        out: folder for results and answers.
        limit_s: seconds an engine may take for a set.
    """

    sets: tuple[Path, ...]
    engines: tuple[Engine, ...]
    contexts: tuple[bool, ...] = (True,)
    picks: bool = False
    limit: int | None = None
    out: Path = Path("bench")
    limit_s: float = RUN_LIMIT_S

    def __post_init__(self) -> None:
        names = [engine.name for engine in self.engines]
        for name in names:
            if names.count(name) > 1:
                raise BenchError(f"Two engines are called {name}; give each its own name.")

    @property
    def reference(self) -> str:
        """Name of the first peer; ours where there is none."""
        return self.engines[min(1, len(self.engines) - 1)].name


def bench(plan: Plan, circumstances: Circumstances, out: TextIO) -> bool:
    """Measure, write `results.json` and `results.md`, and print the latter.

    The files are written after every set, so that a run that is stopped leaves what it has.

    Returns:
        Whether every engine answered every set.

    Raises:
        SetError: a set cannot be read.
        BenchError: the results cannot be written.
    """
    sets = [read_set(path, plan.limit) for path in plan.sets]
    names = [asked.name for asked in sets]
    for name in names:
        if names.count(name) > 1:
            raise SetError(f"Two sets are called {name}; give each file its own name.")
    sheets: list[Sheet] = []
    text = ""
    for asked in sets:
        for context in plan.contexts:
            sheets.append(measure(asked, plan, context=context))
            text = _write(plan, circumstances, sheets)
    print(text, file=out, end="")
    return not any(column.run.error for sheet in sheets for column in sheet.columns)


def measure(asked: QuestionSet, plan: Plan, *, context: bool) -> Sheet:
    """All engines of the plan on one set, one after the other."""
    switches = (("--picks", plan.picks), ("--context", context))
    options = tuple(name for name, on in switches if on)
    store = Store(plan.out / "answers")
    runs: dict[str, Run] = {}
    for engine in plan.engines:
        meter = _Meter(asked, sys.stderr)
        try:
            run = ask(engine, asked, options, store, limit_s=plan.limit_s, progress=meter)
        except OSError as exc:
            raise _cannot_write(plan.out, exc) from exc
        meter.close(engine.name, run)
        runs[engine.name] = run
    pairs = {
        name: pairs_of(asked.questions, run.answers)
        for name, run in runs.items()
        if not run.error
    }
    columns = tuple(_column(name, run, pairs, asked, plan) for name, run in runs.items())
    return Sheet(asked.name, context, len(asked.questions), asked.sha256, columns)


def _column(
    name: str, run: Run, pairs: dict[str, list[Pair]], asked: QuestionSet, plan: Plan
) -> Column:
    if name not in pairs:
        return Column(name, run)
    other = pairs.get(plan.reference) if name != plan.reference else None
    return Column(
        name,
        run,
        score(pairs[name], len(asked.questions)),
        score_kinds(pairs[name]),
        duel(pairs[name], other) if other is not None else None,
    )


def _write(plan: Plan, circumstances: Circumstances, sheets: Sequence[Sheet]) -> str:
    """Write both files; returns the Markdown."""
    text = markdown(circumstances, sheets, plan.reference)
    engines = {engine.name: [*engine.command, *engine.options] for engine in plan.engines}
    everything = {
        "circumstances": circumstances.plain(),
        "reference": plan.reference,
        "engines": engines,
        "sheets": [sheet.plain() for sheet in sheets],
    }
    try:
        plan.out.mkdir(parents=True, exist_ok=True)
        (plan.out / "results.md").write_text(text, encoding="utf-8")
        (plan.out / "results.json").write_text(to_json(everything), encoding="utf-8")
    except OSError as exc:
        raise _cannot_write(plan.out, exc) from exc
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
