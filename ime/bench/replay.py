"""`moyin replay`: type rows of a table and write down what was offered, and how fast.

The protocol is the one that drivers of other pinyin engines speak, so that one scorer compares
all. Keys go one by one through the session that the window uses, real digit and paging keys
pick, and only the simulated user who picks reads the column with the wanted text.

In: `id, context, keys, gold` by tabs. Out: `id`, microseconds of all keys, of the slowest key,
up to ten candidates, `#k=` microseconds of each key, `#p=` picks, page turns, characters not
reached, `#g=` place of the gold in the whole list.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter_ns
from typing import TextIO

from ime.bench.process_cost import Memory
from ime.errors import EnvironmentFaultError
from ime.session.keys import Key, KeyEvent, typed
from ime.session.runner import SyncRunner
from ime.values import LeftContext

LISTED = 10
"""Candidates written for a row."""

PAGE_LIMIT = 100
"""Pages after which the simulated user gives up."""

_NEXT_PAGE = KeyEvent(Key.CHARACTER, "=")
_CANCEL = KeyEvent(Key.ESCAPE)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the input table."""

    id: str
    context: str
    keys: str
    gold: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with each row.

    Attributes:
        picks: the simulated user enters the gold.
        learn: and commits it; the session must not be private then.
        context: text left of the caret is used.
        limit: rows to read; None for all.
        pool: tell where in the whole list the gold is.
    """

    picks: bool = False
    learn: bool = False
    context: bool = False
    limit: int | None = None
    pool: bool = False


@dataclass(slots=True)
class Effort:
    """What entering a text cost.

    Attributes:
        picks: candidates chosen.
        turns: pages turned.
        stuck: characters that were not reached.
    """

    picks: int = 0
    turns: int = 0
    stuck: int = 0


class TableError(EnvironmentFaultError):
    """The table named on the command line cannot be read."""


@contextlib.contextmanager
def opened(name: str) -> Iterator[TextIO]:
    """A table to read; `-` is the standard input. Bytes that are no UTF-8 become U+FFFD.

    Raises:
        TableError: it cannot be opened.
    """
    if name == "-":
        yield sys.stdin
        return
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(Path(name).open(encoding="utf-8", errors="replace"))
        except OSError as exc:
            raise TableError(f"{name} cannot be read ({exc.strerror}).") from exc
        yield file


def read_rows(lines: Iterable[str]) -> Iterator[Row]:
    """Rows of a table; a head and lines with fewer than four columns are left out."""
    for line in lines:
        columns = line.rstrip("\r\n").split("\t")
        if len(columns) >= 4 and (columns[0], columns[2]) != ("id", "keys"):
            yield Row(*columns[:4])


def replay(
    runner: SyncRunner,
    rows: Iterable[Row],
    plan: Plan,
    out: TextIO,
    between: Callable[[int], None] | None = None,
) -> int:
    """Type rows, one answer line each.

    Args:
        runner: of the session; it learns between rows only where its options let it.
        rows: to type.
        plan: what to do with them.
        out: where answers go, flushed after each.
        between: called after every row with the number of rows typed.

    Returns:
        How many rows were typed.
    """
    done = 0
    for row in rows:
        if done == plan.limit:
            break
        runner.reset(LeftContext(row.context if plan.context else ""))
        times = [_microseconds(runner, key) for key in typed(row.keys)]
        fields = [row.id, str(sum(times)), str(max(times, default=0))]
        fields += _listed(runner)
        fields.append("#k=" + ",".join(map(str, times)))
        if plan.pool:
            fields.append(f"#g={_rank(runner, row.gold)}")
        if plan.picks or plan.learn:
            effort = enter(runner, row.gold, commit=plan.learn)
            fields.append(f"#p={effort.picks},{effort.turns},{effort.stuck}")
        print("\t".join(fields), file=out, flush=True)
        done += 1
        if between is not None:
            between(done)
    return done


def enter(runner: SyncRunner, gold: str, *, commit: bool) -> Effort:
    """Pick the gold from what is offered, as a user would who reads page by page.

    On the first page that holds a beginning of what is left of the gold, the longest such
    candidate is chosen by its digit; then the next list is read.

    Args:
        runner: with the keys typed.
        gold: the text to enter.
        commit: press the last digit, too. Without it nothing is committed or learned.
    """
    effort = Effort()
    rest = gold
    while rest:
        turns, place = _find(runner, rest)
        effort.turns += turns
        if place is None:
            effort.turns -= turns  # who gives up is charged for the characters instead
            effort.stuck = len(rest)
            break
        effort.picks += 1
        rest = rest.removeprefix(_texts(runner)[place])
        if rest or commit:
            runner.feed(KeyEvent(Key.CHARACTER, str(place + 1)))
    runner.feed(_CANCEL)
    return effort


def _find(runner: SyncRunner, rest: str) -> tuple[int, int | None]:
    """Turn to the first page with a beginning of `rest`: pages turned, place of the longest."""
    for turns in range(PAGE_LIMIT):
        texts = _texts(runner)
        fitting = [i for i, text in enumerate(texts) if text and rest.startswith(text)]
        if fitting:
            return turns, max(fitting, key=lambda i: len(texts[i]))
        page = runner.state.page
        if page is None or not page.has_next:
            return turns, None
        runner.feed(_NEXT_PAGE)
    return PAGE_LIMIT, None


def _texts(runner: SyncRunner) -> list[str]:
    """Texts on the painted page."""
    page = runner.state.page
    return [item.text for item in page.items] if page is not None else []


def _listed(runner: SyncRunner) -> list[str]:
    """The first candidates of the whole list, as fields of a table."""
    candidates = runner.state.candidates
    items = candidates.items[:LISTED] if candidates is not None else ()
    return [item.text.replace("\t", " ").replace("\n", " ") for item in items]


def _rank(runner: SyncRunner, gold: str) -> int:
    """Place of the gold in the whole list, from 0; -1 where it is not there."""
    candidates = runner.state.candidates
    texts = [item.text for item in candidates.items] if candidates is not None else []
    return texts.index(gold) if gold in texts else -1


def _microseconds(runner: SyncRunner, key: KeyEvent) -> int:
    """Press a key; the page is cut before `feed` returns."""
    start = perf_counter_ns()
    runner.feed(key)
    return (perf_counter_ns() - start) // 1000


def warm_up(runner: SyncRunner) -> None:
    """Type and drop one letter, which brings in what the first key needs."""
    runner.feed(KeyEvent(Key.CHARACTER, "a"))
    runner.feed(_CANCEL)
    runner.reset()


def write_meta(version: str, start_ms: float, start: Memory, rows: int, context: bool) -> None:
    """The `#meta` line on standard error: start-up time in ms, memory, rows."""
    end = Memory.now()
    print(
        f"#meta version={version} start_ms={start_ms:.1f} "
        f"rss_start_kb={start.resident} anon_start_kb={start.private} "
        f"rss_end_kb={end.resident} anon_end_kb={end.private} "
        f"hwm_kb={end.highest} rows={rows} context={int(context)}",
        file=sys.stderr,
        flush=True,
    )
