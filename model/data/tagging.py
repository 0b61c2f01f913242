"""How often the reading tagger errs, against text whose readings are labelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from model.data.labelled import LabelledRow
from model.data.readings import ReadingTagger
from model.vocab import is_hanzi

Confusions = Counter[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class TaggingResult:
    """Tagged rows of one set.

    Attributes:
        rows: how many.
        wrong_rows: with any syllable wrong.
        syllables: (character, label, tag) of every hanzi.
        marked: the same, of the marked characters alone.
    """

    rows: int
    wrong_rows: int
    syllables: Confusions
    marked: Confusions


@dataclass(frozen=True, slots=True)
class WorstCharacter:
    """A character the tagger errs on.

    Attributes:
        char: it.
        count: occurrences.
        wrong: of which tagged wrong.
        confusions: `label read tag` and how often, commonest first.
    """

    char: str
    count: int
    wrong: int
    confusions: tuple[tuple[str, str, int], ...]


def tag_row(tagger: ReadingTagger, row: LabelledRow) -> list[str]:
    """Tags of the hanzi of `gold`, read together with the hanzi that run up to it."""
    start = len(row.context)
    while start and is_hanzi(row.context[start - 1]):
        start -= 1
    words = tagger.words(row.context[start:] + row.gold)
    tags = [syllable for word in tagger.tag(words) for syllable in word]
    return tags[len(tags) - len(row.gold) :]


def measure_tagging(tagger: ReadingTagger, rows: Sequence[LabelledRow]) -> TaggingResult:
    """Tag all rows and compare."""
    syllables: Confusions = Counter()
    marked: Confusions = Counter()
    wrong_rows = 0
    for row in rows:
        tags = tag_row(tagger, row)
        wrong_rows += tuple(tags) != row.syllables
        syllables.update(zip(row.gold, row.syllables, tags, strict=True))
        if row.marked is not None:
            index, reading = row.marked
            marked[row.gold[index], reading, tags[index]] += 1
    return TaggingResult(len(rows), wrong_rows, syllables, marked)


def error_rate(confusions: Confusions) -> float:
    """Share (0 to 1) of wrong tags; 0 where there are none at all."""
    wrong = sum(count for (_, label, tag), count in confusions.items() if label != tag)
    return wrong / max(1, confusions.total())


def worst_characters(confusions: Confusions, number: int) -> list[WorstCharacter]:
    """The `number` characters with the most wrong tags, worst first."""
    counts: Counter[str] = Counter()
    wrong: dict[str, Counter[tuple[str, str]]] = {}
    for (char, label, tag), count in confusions.items():
        counts[char] += count
        if label != tag:
            wrong.setdefault(char, Counter())[label, tag] += count
    ranked = sorted(wrong, key=lambda char: (-wrong[char].total(), char))[:number]
    return [
        WorstCharacter(
            char,
            counts[char],
            wrong[char].total(),
            tuple((label, tag, count) for (label, tag), count in wrong[char].most_common()),
        )
        for char in ranked
    ]
