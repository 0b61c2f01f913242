"""`moyin convert`: pinyin in, candidates out, without a window."""

from __future__ import annotations

import json
import string
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

from ime.engine.runner import SyncRunner
from ime.engine.state import MAX_LETTERS
from ime.engine.values import Candidate, LeftContext
from ime.errors import EnvironmentFaultError

_LETTERS = frozenset(string.ascii_letters + "'")


class PinyinInputError(EnvironmentFaultError):
    """What was given to convert is no pinyin."""


@dataclass(frozen=True, slots=True)
class Form:
    """How candidates are written.

    Attributes:
        top: how many.
        as_json: an object a line, with readings and scores.
        in_rows: all candidates of an input on one line, after it, by tabs.
    """

    top: int = 10
    as_json: bool = False
    in_rows: bool = False


def candidates_of(runner: SyncRunner, raw: str, context: str) -> tuple[Candidate, ...]:
    """What the window would offer for letters typed behind a text, best first.

    Args:
        runner: of the session.
        raw: letters and the delimiter '.
        context: text left of the letters.

    Raises:
        PinyinInputError: `raw` holds something else, nothing, or more than a composition takes.
    """
    wrong = sorted(set(raw) - _LETTERS)
    if wrong:
        raise PinyinInputError(
            f"{wrong[0]!r} cannot be converted; write pinyin letters and ' between syllables"
        )
    if not 0 < len(raw) <= MAX_LETTERS:
        raise PinyinInputError(
            f"{len(raw)} letters cannot be converted; write 1 to {MAX_LETTERS}"
        )
    runner.reset(LeftContext(context))
    runner.type(raw)
    listed = runner.state.candidates
    return listed.items if listed is not None else ()


def convert(
    runner: SyncRunner, lines: Iterable[str], context: str, form: Form, out: TextIO
) -> int:
    """Convert lines of pinyin; a line that is none is reported, and the next one goes on.

    Args:
        runner: of the session.
        lines: pinyin, one input a line; blanks around it are dropped.
        context: text left of each of them.
        form: how to write.
        out: where to.

    Returns:
        How many lines could not be converted.
    """
    failures = 0
    for number, line in enumerate(lines, start=1):
        raw = line.strip()
        try:
            items = candidates_of(runner, raw, context)
        except PinyinInputError as error:
            failures += 1
            items = ()
            print(f"moyin: line {number}: {error}", file=sys.stderr)
        print(_written(raw, context, items[: form.top], form), file=out, flush=True)
    return failures


def _written(raw: str, context: str, items: tuple[Candidate, ...], form: Form) -> str:
    if form.as_json:
        answer = {"raw": raw, "context": context, "candidates": [_fields(i) for i in items]}
        return json.dumps(answer, ensure_ascii=False)
    texts = [item.text for item in items]
    return "\t".join([raw, *texts]) if form.in_rows else "\n".join(texts)


def _fields(item: Candidate) -> dict[str, object]:
    return {
        "text": item.text,
        "syllables": item.syllables,
        "letters": item.end,
        "source": item.source.value,
        "score": round(item.score, 4),
    }
