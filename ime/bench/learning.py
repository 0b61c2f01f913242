"""`moyin learning`: what learning from one user's choices gains along a stream, and costs.

The stream is typed three times in fresh processes: without learning, with what is learned at
once, and with training after each part, too. Then sets of other people are typed with what was
learned, and the first part of the stream with what was learned from others.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from ime.bench.comparison import BenchError
from ime.bench.engines import AnswerCache, Engine, Run, ask, ourselves
from ime.bench.environment import Environment
from ime.bench.learning_report import Learning, Line, Price, line_of, price_of
from ime.bench.paired_test import PairedTest, duel
from ime.bench.scoring import pairs_of
from ime.bench.test_sets import Answer, QuestionSet
from ime.personalize.report import RunFigures
from ime.settings import HOME_VARIABLE, user_folders

NONE, INSTANT, TRAINED = "no learning", "at once", "at once and trained"
WAYS = (INSTANT, TRAINED)
LIMIT_S = 6 * 3600.0
"""Seconds after which a process is ended."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    Attributes:
        stream: what one user typed, in order.
        parts: of it; training comes after each but the last.
        general: sets of others to type afterwards.
        wrong: sets of others to learn from before the first part; none to leave that out.
        peers: answers of other engines, by name.
        out: folder for results.
        model: options of the model.
        version: of what decides our answers.
        fresh: whether kept answers do not count.
        jobs: processes at a time.
    """

    stream: QuestionSet
    parts: int
    general: tuple[QuestionSet, ...]
    wrong: tuple[QuestionSet, ...]
    peers: dict[str, list[Answer]]
    out: Path
    model: tuple[str, ...]
    version: str
    fresh: bool = False
    jobs: int = 1

    def home(self, way: str) -> Path:
        """Folder of the user who learned in this way."""
        return self.out / "homes" / way.replace(" ", "-")


def measure(plan: Plan, circumstances: Environment) -> Learning:
    """Let all processes run, and count.

    Raises:
        BenchError: one of them failed.
        OSError: the folder cannot be written.
    """
    with ThreadPoolExecutor(plan.jobs) as executor:
        none = executor.submit(_without, plan)
        ways = [executor.submit(_with, plan, way) for way in WAYS]
        wrong = executor.submit(_wrong, plan) if plan.wrong else None
        bare, *learned = (future.result() for future in (none, *ways))
        misled = wrong.result() if wrong is not None else None
    return Learning(
        circumstances=circumstances,
        table=plan.stream.name,
        rows=len(plan.stream.questions),
        lines=_lines(plan, [bare, *learned]),
        prices=_prices(plan, bare, learned),
        wrong=_against(plan, misled, bare) if misled is not None else None,
        runs=_figures(plan),
        commands={one.way: one.command for one in (bare, *learned)},
    )


@dataclass(frozen=True, slots=True)
class _Typed:
    """The stream and the general sets as typed in one way."""

    way: str
    stream: tuple[Answer, ...]
    general: tuple[tuple[Answer, ...], ...]
    command: str


def _without(plan: Plan) -> _Typed:
    engine = _engine(plan, NONE)
    run = _asked(plan, engine, plan.stream)
    general = [_asked(plan, engine, one).answers for one in plan.general]
    return _Typed(NONE, run.answers, tuple(general), _command(engine))


def _with(plan: Plan, way: str) -> _Typed:
    home = plan.home(way)
    options = ["--learn", "--home", str(home)]
    if way == TRAINED:
        after = -(-len(plan.stream.questions) // plan.parts)
        options += ["--personalize-after", str(after)]
    engine = _engine(plan, way, *options)
    run = _asked(plan, engine, plan.stream, home)
    afterwards = _engine(plan, way, "--home", str(home))
    afterwards = replace(afterwards, kept=afterwards.kept and run.earlier)
    general = [_asked(plan, afterwards, one).answers for one in plan.general]
    return _Typed(way, run.answers, tuple(general), _command(engine))


def _wrong(plan: Plan) -> tuple[Answer, ...]:
    """Answers to the first part of the stream of one who learned and trained on others."""
    way = "wrong history"
    home = plan.home(way)
    questions = tuple(question for one in plan.wrong for question in one.questions)
    history = QuestionSet("history", questions)
    options = ["--learn", "--home", str(home), "--personalize-after", str(len(questions))]
    run = _asked(plan, _engine(plan, way, *options), history, home)
    afterwards = _engine(plan, way, "--home", str(home))
    afterwards = replace(afterwards, kept=afterwards.kept and run.earlier)
    return _asked(plan, afterwards, _first_part(plan)).answers


def _first_part(plan: Plan) -> QuestionSet:
    count = len(plan.stream.questions) // plan.parts
    return QuestionSet(plan.stream.name, plan.stream.questions[:count])


def _engine(plan: Plan, name: str, *options: str) -> Engine:
    ours = ourselves(plan.model, plan.version)
    return replace(
        ours,
        name=name.replace(" ", "-"),
        options=(*ours.options, *options),
        kept=ours.kept and not plan.fresh,
    )


def _asked(plan: Plan, engine: Engine, asked: QuestionSet, home: Path | None = None) -> Run:
    """The answers of a process, perhaps of an earlier one.

    Args:
        plan: of everything.
        engine: who answers.
        asked: the rows.
        home: the user's folder that it fills; emptied before.
    """
    store, options = AnswerCache(plan.out / "answers"), ("--context",)
    if home is not None:
        known = store.find(store.place(engine, asked, options))
        if known is None or not engine.kept or not home.exists():
            engine = replace(engine, kept=False)
            shutil.rmtree(home, ignore_errors=True)
    run = ask(engine, asked, options, store, limit_s=LIMIT_S, progress=_quiet)
    how = "from an earlier run" if run.earlier else f"in {run.seconds:.0f} s"
    told = run.error or f"{len(run.answers)} rows {how}"
    print(f"{asked.name}, {engine.name}: {told}", file=sys.stderr, flush=True)
    if run.error:
        raise BenchError(f"{engine.name} could not type {asked.name}: it {run.error}.")
    return run


def _quiet(_name: str, _rows: int) -> None:
    """Processes run side by side; each tells only its end."""


def _command(engine: Engine) -> str:
    return shlex.join(["moyin", "replay", "--context", *engine.options])


def _lines(plan: Plan, typed: Sequence[_Typed]) -> tuple[Line, ...]:
    questions, bare = plan.stream.questions, typed[0].stream
    ours = [
        line_of(one.way, questions, one.stream, plan.parts, bare if one.way != NONE else None)
        for one in typed
    ]
    peers = [
        line_of(name, questions, answers, plan.parts) for name, answers in plan.peers.items()
    ]
    return (*ours, *peers)


def _prices(plan: Plan, bare: _Typed, learned: Sequence[_Typed]) -> tuple[Price, ...]:
    found = []
    for one in learned:
        for place, asked in enumerate(plan.general):
            after, before = (
                pairs_of(asked.questions, typed.general[place]) for typed in (one, bare)
            )
            found.append(price_of(asked.name, one.way, after, before))
    return tuple(found)


def _against(plan: Plan, misled: Sequence[Answer], bare: _Typed) -> PairedTest:
    questions = _first_part(plan).questions
    return duel(pairs_of(questions, misled), pairs_of(questions, bare.stream))


def _figures(plan: Plan) -> tuple[RunFigures, ...]:
    from ime.personalize.versions import AdapterFolder  # loads torch

    folders = user_folders({HOME_VARIABLE: str(plan.home(TRAINED))})
    return tuple(AdapterFolder(folders.adapters).runs())
