"""Rows of a test set, and the answers that an engine gave to them.

The answers are in the form that `moyin replay` writes, so those of any engine that speaks the
same protocol can be read. What they are worth is computed in `ime.bench.scoring`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ime.errors import EnvironmentFaultError
from ime.lexicon.words import Lexicon
from ime.values import Word

WORD_SET = "words"
"""Name of the set of single dictionary words."""

MARK = re.compile(r"(.):(\d+):([a-z]+)")
"""Column 7 of a row that asks for one character: it, its place in the gold, its reading."""


class SetError(EnvironmentFaultError):
    """A test set or a file of answers cannot be used."""


@dataclass(frozen=True, slots=True)
class Question:
    """One row of a test set.

    Attributes:
        line: as it stands in the file, without its end.
        id: unique in its set.
        context: text left of the caret.
        keys: letters typed.
        gold: text wanted.
        syllables: full reading of the gold, one a character; empty where the set has none.
        kind: column 7, else the domain in column 6, else empty.
        marked: place in the gold of the character that the row asks for; None for all of it.
    """

    line: str
    id: str
    context: str
    keys: str
    gold: str
    syllables: tuple[str, ...] = ()
    kind: str = ""
    marked: int | None = None

    @classmethod
    def parse(cls, line: str) -> Question | None:
        """A row; None for a head and for lines with fewer than four columns."""
        columns = line.split("\t")
        if len(columns) < 4 or (columns[0], columns[2]) == ("id", "keys"):
            return None
        row, context, keys, gold, syllables, domain, extra = (*columns, "", "", "")[:7]
        mark = MARK.fullmatch(extra)
        return cls(
            line,
            row,
            context,
            keys,
            gold,
            tuple(syllables.split()),
            domain if mark else extra or domain,
            int(mark.group(2)) if mark else None,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine offered for a row, and how long its keys took.

    Attributes:
        id: of the row.
        total: microseconds of all keys.
        slowest: microseconds of the slowest key.
        candidates: at most ten, best first.
        keys: microseconds of each key; empty where the engine does not tell.
        effort: picks, page turns and characters out of reach; None where nobody picked.
        rank: place of the gold in the whole list from 0, -1 where it is not there; None where
            the engine does not tell.
    """

    id: str
    total: int
    slowest: int
    candidates: tuple[str, ...] = ()
    keys: tuple[int, ...] = ()
    effort: tuple[int, int, int] | None = None
    rank: int | None = None

    @property
    def first(self) -> str:
        """The first candidate; empty where there is none."""
        return self.candidates[0] if self.candidates else ""

    @classmethod
    def parse(cls, line: str) -> Answer:
        """An answer line.

        Raises:
            ValueError: it is none.
        """
        columns = line.split("\t")
        if len(columns) < 3:
            raise ValueError(f"{line[:40]!r} has fewer than three columns")
        rest = columns[3:]
        fields = {field[:3]: field[3:] for field in rest if field.startswith("#")}
        picks, keys, rank = fields.get("#p="), fields.get("#k="), fields.get("#g=")
        return cls(
            columns[0],
            int(columns[1]),
            int(columns[2]),
            tuple(field for field in rest if not field.startswith("#"))[:10],
            tuple(int(time) for time in keys.split(",")) if keys else (),
            _three(picks) if picks else None,
            int(rank) if rank else None,
        )


def _three(text: str) -> tuple[int, int, int]:
    picks, turns, stuck = map(int, text.split(","))
    return picks, turns, stuck


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Rows to be typed.

    Attributes:
        name: of the file, without its ending.
        questions: the rows, in their order.
    """

    name: str
    questions: tuple[Question, ...]

    @property
    def text(self) -> str:
        """The rows as a file."""
        return "".join(f"{question.line}\n" for question in self.questions)

    @property
    def sha256(self) -> str:
        """Of `text`, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_set(path: Path, limit: int | None = None) -> QuestionSet:
    """A test set.

    Args:
        path: of a table: id, context, keys, gold; further columns may follow.
        limit: rows to keep, taken evenly over the file, so that a sorted set stays mixed; None
            for all.

    Raises:
        SetError: it cannot be read, has no rows, or two rows of the same id.
    """
    questions = [q for line in _lines(path) if (q := Question.parse(line)) is not None]
    if not questions:
        raise SetError(f"{path} has no rows; write id, context, keys and gold, by tabs.")
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise SetError(f"{path} has two rows {question.id}; give each its own id.")
        seen.add(question.id)
    if limit and len(questions) > limit:
        total = len(questions)
        questions = [questions[place * total // limit] for place in range(limit)]
    return QuestionSet(path.stem, tuple(questions))


def read_answers(path: Path) -> list[Answer]:
    """The answers in a file.

    Raises:
        SetError: it cannot be read, or a line is no answer.
    """
    answers = []
    for number, line in enumerate(_lines(path), start=1):
        try:
            answers += [Answer.parse(line)] if line else []
        except ValueError as exc:
            raise SetError(f"{path}, line {number} is no answer: {exc}.") from exc
    return answers


def _lines(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\r\n") for line in file]
    except OSError as exc:
        raise SetError(f"{path} cannot be read ({exc.strerror}).") from exc


def draw_words(lexicon: Lexicon, count: int, seed: int) -> list[Word]:
    """Different words, each the likelier the more often the training text has it.

    Weighted drawing without replacement by exponential keys (Efraimidis and Spirakis, 2006).

    Args:
        lexicon: to draw from; all of it where it has fewer words.
        count: how many.
        seed: the same one gives the same words of the same lexicon.

    Returns:
        The words in the order of their drawing.
    """
    words = list(lexicon)
    weights = np.array([word.count for word in words], np.float64)
    generator = np.random.default_rng(seed)
    keys = generator.standard_exponential(len(words)) / np.maximum(weights, 1e-9)
    return [words[place] for place in np.argsort(keys, kind="stable")[:count].tolist()]


def word_set(words: Sequence[Word]) -> QuestionSet:
    """Words as rows: what people type when they type one word.

    A row's keys are the syllables of its word, joined; it has no context. The gold is the drawn
    word, although a homophone may be commoner: no engine can get every row right, and `ceiling`
    says how many one gets right that always offers the commonest.
    """
    rows = []
    for number, word in enumerate(words, start=1):
        columns = (f"word{number:05}", "", "".join(word.syllables), word.text)
        question = Question.parse("\t".join((*columns, " ".join(word.syllables), WORD_SET)))
        assert question is not None
        rows.append(question)
    return QuestionSet(WORD_SET, tuple(rows))


def ceiling(lexicon: Lexicon, words: Sequence[Word]) -> float:
    """Share (0 to 1) of words that are the commonest of all spelled by the same letters."""
    best: dict[str, Word] = {}
    for word in lexicon:
        keys = "".join(word.syllables)
        if keys not in best or word.count > best[keys].count:
            best[keys] = word
    hits = sum(best["".join(word.syllables)].text == word.text for word in words)
    return hits / max(1, len(words))
