"""Selections as training text: what the user committed, and what was passed over for it.

Selections that follow each other in one text are joined to one chain, so that their common
context is read once; only committed hanzi are targets. Where the chosen text stood behind
others, the others make a contrast.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from model.vocab import BEGIN, UNKNOWN, Vocabulary

CONTEXT_TOKENS = 48  # of the first selection of a chain, the begin token included
CONTRAST_CONTEXT = 24  # tokens of context before a contrast
CONTRASTS = 2  # passed-over texts of one selection that count, the best ranked
_OVERLAP = 12  # characters by which a context is recognised as the continuation of another


@dataclass(frozen=True, slots=True)
class Example:
    """One selection.

    Attributes:
        context: text left of the chosen text.
        syllables: one a character of `chosen`.
        chosen: hanzi that were committed.
        offered: texts that were shown, best first.
        readings: (offset in `context`, syllable) where a reading is known.
    """

    context: str
    syllables: tuple[str, ...]
    chosen: str
    offered: tuple[str, ...] = ()
    readings: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """A running text.

    Attributes:
        tokens: ids, the begin token first.
        wanted: for each token whether it was committed, so that predicting it is trained.
    """

    tokens: tuple[int, ...]
    wanted: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Contrast:
    """A committed text and one that was passed over for it.

    Attributes:
        context: token ids, the begin token first.
        chosen: ids of what was committed.
        passed: ids of what was not; as many.
    """

    context: tuple[int, ...]
    chosen: tuple[int, ...]
    passed: tuple[int, ...]


class ExamplesError(Exception):
    """A file of examples cannot be read."""


def spell(
    vocabulary: Vocabulary, text: str, syllables: Sequence[str]
) -> tuple[int, ...] | None:
    """Ids of hanzi with their syllables; None where the vocabulary lacks one."""
    if len(text) != len(syllables) or not text:
        return None
    ids = tuple(map(vocabulary.find, text, syllables))
    return None if UNKNOWN in ids else ids


def usable(vocabulary: Vocabulary, examples: Iterable[Example]) -> list[Example]:
    """The examples whose chosen text the vocabulary can spell."""
    return [one for one in examples if spell(vocabulary, one.chosen, one.syllables)]


def chains(vocabulary: Vocabulary, examples: Iterable[Example], length: int) -> list[Chain]:
    """Chains of at most `length` tokens with every usable example in one of them, in order."""
    made: list[Chain] = []
    tokens: list[int] = []
    wanted: list[bool] = []
    before: Example | None = None
    for one in examples:
        target = spell(vocabulary, one.chosen, one.syllables)
        if target is None or len(target) >= length // 2:
            continue
        between = _continuation(before, one)
        fresh = None if between is None else vocabulary.encode(between)
        if fresh is None or len(tokens) + len(fresh) + len(target) > length:
            if tokens:
                made.append(Chain(tuple(tokens), tuple(wanted)))
            fresh = [BEGIN, *_context(vocabulary, one, min(CONTEXT_TOKENS, length // 2) - 1)]
            tokens, wanted = [], []
        tokens += [*fresh, *target]
        wanted += [False] * len(fresh) + [True] * len(target)
        before = one
    if tokens:
        made.append(Chain(tuple(tokens), tuple(wanted)))
    return made


def contrasts(vocabulary: Vocabulary, examples: Iterable[Example]) -> list[Contrast]:
    """What stood ahead of each chosen text and could have been meant by the same letters."""
    made = []
    for one in examples:
        target = spell(vocabulary, one.chosen, one.syllables)
        if target is None or len(target) > CONTEXT_TOKENS:
            continue
        ahead = one.offered
        if one.chosen in ahead:
            ahead = ahead[: ahead.index(one.chosen)]
        spelt = (spell(vocabulary, text, one.syllables) for text in ahead)
        passed = [ids for ids in spelt if ids is not None and ids != target][:CONTRASTS]
        if passed:
            context = (BEGIN, *_context(vocabulary, one, CONTRAST_CONTEXT - 1))
            made += [Contrast(context, target, ids) for ids in passed]
    return made


def _context(vocabulary: Vocabulary, one: Example, limit: int) -> list[int]:
    return vocabulary.encode(one.context, dict(one.readings), limit=limit)


def _continuation(before: Example | None, one: Example) -> str | None:
    """What stands between two selections of one text; None where they are not of one text."""
    if before is None:
        return None
    written = before.context + before.chosen
    end = written[-_OVERLAP:]
    if len(end) < _OVERLAP and one.context[: len(written)] != written:
        return None
    at = one.context.rfind(end)
    return None if at < 0 else one.context[at + len(end) :]


def read_examples(path: Path) -> list[Example]:
    """Examples from a file with one JSON object {context, syllables, chosen, offered} a line.

    Raises:
        ExamplesError: it cannot be read, or a line is no such object.
    """
    examples = []
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    examples.append(_example(line, f"{path}, line {number}"))
    except OSError as exc:
        raise ExamplesError(f"{path}: cannot be read ({exc.strerror})") from exc
    return examples


def _example(line: str, place: str) -> Example:
    try:
        values = json.loads(line)
        syllables = values["syllables"]
        if isinstance(syllables, str):
            syllables = syllables.split()
        return Example(
            context=str(values.get("context", "")),
            syllables=tuple(map(str, syllables)),
            chosen=str(values["chosen"]),
            offered=tuple(map(str, values.get("offered", ()))),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise ExamplesError(
            f"{place}: must be an object with context, syllables, chosen, offered ({exc})"
        ) from exc
