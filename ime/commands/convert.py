"""`moyin convert`: pinyin in, candidates out, without a window."""

from __future__ import annotations

import argparse
import json
import string
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TextIO

import msgspec

from ime.backend import direct
from ime.commands.options import add_model, loaded_settings, up_to, warn, with_model
from ime.errors import EnvironmentFaultError
from ime.pinyin.inventory import DELIMITER
from ime.session.runner import SyncRunner
from ime.session.state import MAX_LETTERS
from ime.settings import user_folders
from ime.texts.catalogue import say, told
from ime.values import Candidate, LeftContext, Shares

_LETTERS = frozenset(string.ascii_letters + DELIMITER)


class PinyinInputError(EnvironmentFaultError):
    """What was given to convert is no pinyin."""


@dataclass(frozen=True, slots=True)
class Form:
    """How candidates are written.

    Attributes:
        top: how many.
        as_json: an object a line, with readings and scores.
        in_rows: all candidates of an input on one line, after it, by tabs.
        why: with what each score is made of.
    """

    top: int = 10
    as_json: bool = False
    in_rows: bool = False
    why: bool = False


def add(parser: argparse.ArgumentParser) -> None:
    """The command line below `moyin convert`."""
    parser.add_argument("pinyin", help="letters such as nihaoshijie, or - for lines of input")
    parser.add_argument(
        "--context", default="", metavar="TEXT", help="text left of the letters"
    )
    parser.add_argument(
        "--top", type=up_to(1000), default=10, metavar="N", help="candidates to print (10)"
    )
    parser.add_argument(
        "--why", action="store_true", help="with what each score is made of, in nats"
    )
    parser.add_argument("--json", action="store_true", help="an object a line, with scores")
    add_model(parser)


def run(args: argparse.Namespace) -> int:
    """Convert; 1 if a line could not be converted."""
    folders = user_folders()
    settings = with_model(loaded_settings(folders), args)
    # Nothing is committed, and pinyin is what this command reads, whatever the window's keys.
    typing = msgspec.structs.replace(settings.typing, private=True, scheme="full")
    settings = msgspec.structs.replace(settings, typing=typing)
    runner = direct.personal_runner(settings, folders, warn)
    piped = args.pinyin == "-"
    form = Form(args.top, args.json, in_rows=piped and not args.why, why=args.why)
    lines = sys.stdin if piped else [args.pinyin]
    return int(convert(runner, lines, args.context, form, sys.stdout) > 0)


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
            items = candidates_of(runner, raw, context)[: form.top]
        except PinyinInputError as error:
            failures += 1
            items = ()
            print(f"moyin: line {number}: {told(error.told)}", file=sys.stderr)
        shares = runner.explain(items) if form.why and items else (None,) * len(items)
        print(_written(raw, context, items, shares, form), file=out, flush=True)
    return failures


def _written(
    raw: str,
    context: str,
    items: Sequence[Candidate],
    shares: Sequence[Shares | None],
    form: Form,
) -> str:
    if form.as_json:
        candidates = [_fields(*each, form) for each in zip(items, shares, strict=True)]
        answer = {"raw": raw, "context": context, "candidates": candidates}
        return json.dumps(answer, ensure_ascii=False)
    if form.why:
        return "\n".join(explained(*each) for each in zip(items, shares, strict=True))
    texts = [item.text for item in items]
    return "\t".join([raw, *texts]) if form.in_rows else "\n".join(texts)


def explained(item: Candidate, shares: Shares | None) -> str:
    """A candidate, what put it there, and what its score is made of."""
    words = [item.text, say(f"why.source.{item.source.value}")]
    if shares is not None:
        nats = (
            f"{say(f'why.share.{name}')} {value:+.2f}" for name, value in asdict(shares).items()
        )
        words += [f"{item.score:.2f} =", *nats]
    return "  ".join(words)


def _fields(item: Candidate, shares: Shares | None, form: Form) -> dict[str, object]:
    fields: dict[str, object] = {
        "text": item.text,
        "syllables": item.syllables,
        "letters": item.end,
        "source": item.source.value,
        "score": round(item.score, 4),
    }
    if form.why:
        nats = asdict(shares).items() if shares is not None else ()
        fields["shares"] = {name: round(value, 4) for name, value in nats} or None
    return fields
