"""What a run learns from documents: new files, some older text; the newest is held out."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ime.convert.text_to_pinyin import Reader
from ime.personalize.documents.own_prose import OwnProse, count_hanzi
from ime.personalize.documents.source_file import SourceFile
from ime.personalize.training_split import OLDER_SHARE
from model.finetune.examples import Chain, Example
from model.finetune.running_text import chains_of_text, hanzi_of
from model.vocab import Vocabulary

FEWEST_HANZI = 2000
"""Hanzi of new documents below which a run is not worth its noise.

4,000 made another 20,000 of the same author 3 % likelier."""

HELD_OUT = 0.125
"""Share of the new text, the newest, that is kept from training to judge by."""

MOST_HELD_OUT = 20_000
"""Hanzi held out at most: 2,500 cases, by which a gain of 3 % is told from chance."""

MOST_CASES = 1500
"""Held-out runs of hanzi that are converted, evenly drawn; likelihood counts all of them."""

CASE = (2, 20)
"""Hanzi of a run between marks that is a case."""

LENGTH = 96
"""Tokens of a chain. Typing reads 64; in longer ones more places see more than that."""

_CONTEXT = 60  # characters before a case
_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """The documents of one run.

    Attributes:
        train: to learn from.
        held_out: newer than all new text of `train`.
        cases: runs of hanzi of the held-out text, to convert.
        hanzi: of new text in `train`.
        digests: of the files that are learned whole, and of the one that was cut in two.
        fresh: how many of `train`, the last ones, are new.
    """

    train: tuple[Chain, ...] = ()
    held_out: tuple[Chain, ...] = ()
    cases: tuple[Example, ...] = ()
    hanzi: int = 0
    digests: tuple[str, ...] = ()
    fresh: int = 0


@dataclass(frozen=True, slots=True)
class _ReadText:
    """A file with its readings."""

    digest: str
    hanzi: int
    paragraphs: tuple[tuple[str, tuple[str, ...]], ...]


def make_document_plan(
    documents: Iterable[tuple[SourceFile, OwnProse]],
    learned: Iterable[str],
    reader: Reader,
    vocabulary: Vocabulary,
    length: int,
    seed: int,
) -> DocumentPlan:
    """Divide documents.

    Args:
        documents: oldest first.
        learned: digests of those that the adapter in use was trained on.
        reader: tells how hanzi are read.
        vocabulary: of the network.
        length: tokens of a chain at most.
        seed: of the draw among older text.
    """
    known = set(learned)
    fresh: list[_ReadText] = []
    older: list[OwnProse] = []
    for file, prose in documents:
        if file.digest in known:
            older.append(prose)
        elif prose.hanzi:
            fresh.append(_read(file.digest, prose, reader))
    kept, held_out = _divide(fresh)
    train = _chains(kept, vocabulary, length)
    random.Random(seed).shuffle(older)
    drawn = _chains_read(older, reader, vocabulary, length)
    again = list(itertools.islice(drawn, round(OLDER_SHARE * len(train))))
    cases = [case for text in held_out for case in _cases(text)]
    return DocumentPlan(
        train=(*again, *train),
        held_out=tuple(_chains(held_out, vocabulary, length)),
        cases=tuple(_evenly(cases)),
        hanzi=hanzi_of(train),
        digests=tuple(one.digest for one in kept),
        fresh=len(train),
    )


def _chains_read(
    texts: Iterable[OwnProse], reader: Reader, vocabulary: Vocabulary, length: int
) -> Iterator[Chain]:
    """Their chains, each read when it is asked for."""
    for prose in texts:
        yield from _chains([_read("", prose, reader)], vocabulary, length)


def _read(digest: str, prose: OwnProse, reader: Reader) -> _ReadText:
    read = tuple((text, reader.read(text)) for text in prose.paragraphs)
    return _ReadText(digest, prose.hanzi, read)


def _divide(texts: Sequence[_ReadText]) -> tuple[list[_ReadText], list[_ReadText]]:
    """The older and the newest of them; a text that is both is cut between two paragraphs."""
    wanted = min(MOST_HELD_OUT, round(HELD_OUT * sum(one.hanzi for one in texts)))
    older, newest = list(texts), list[_ReadText]()
    while older and older[-1].hanzi <= wanted:
        wanted -= older[-1].hanzi
        newest.insert(0, older.pop())
    if older and not newest:
        whole, last = older.pop(), 0
        cut = len(whole.paragraphs)
        while cut > 1 and last < wanted:
            cut -= 1
            last += count_hanzi([whole.paragraphs[cut][0]])
        older.append(_ReadText(whole.digest, whole.hanzi - last, whole.paragraphs[:cut]))
        newest.append(_ReadText(whole.digest, last, whole.paragraphs[cut:]))
    return older, newest


def _chains(texts: Iterable[_ReadText], vocabulary: Vocabulary, length: int) -> list[Chain]:
    made: list[Chain] = []
    for one in texts:
        tokens: list[int] = []
        for text, readings in one.paragraphs:
            tokens += vocabulary.encode(text + "\n", dict(enumerate(readings)))
        made += chains_of_text(tokens, length)
    return [one for one in made if any(one.wanted)]


def _cases(text: _ReadText) -> Iterator[Example]:
    """Runs of hanzi between marks, with what stands before them in their paragraph."""
    for paragraph, readings in text.paragraphs:
        for run in _RUN.finditer(paragraph):
            start, end = run.span()
            syllables = readings[start:end]
            if CASE[0] <= end - start <= CASE[1] and all(syllables):
                first = max(0, start - _CONTEXT)
                before = tuple(
                    (place - first, readings[place])
                    for place in range(first, start)
                    if readings[place]
                )
                yield Example(paragraph[first:start], syllables, run.group(), readings=before)


def _evenly(cases: Sequence[Example]) -> list[Example]:
    """At most `MOST_CASES` of them, from all places."""
    if len(cases) <= MOST_CASES:
        return list(cases)
    return [cases[number * len(cases) // MOST_CASES] for number in range(MOST_CASES)]
