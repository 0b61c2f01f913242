"""A test set of single dictionary words: what people type when they type one word.

A row's keys are the syllables of its word, joined; it has no context. The gold is the drawn
word, although a homophone may be commoner: no engine can get every row right, and `ceiling`
says how many one gets right that always offers the commonest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ime.bench.test_sets import Question, QuestionSet
from ime.lexicon.words import Lexicon, Word

NAME = "words"


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
    """Words as rows: id, no context, keys, gold, syllables, domain."""
    rows = []
    for number, word in enumerate(words, start=1):
        columns = (f"word{number:05}", "", "".join(word.syllables), word.text)
        question = Question.parse("\t".join((*columns, " ".join(word.syllables), NAME)))
        assert question is not None
        rows.append(question)
    return QuestionSet(NAME, tuple(rows))


def ceiling(lexicon: Lexicon, words: Sequence[Word]) -> float:
    """Share (0 to 1) of words that are the commonest of all spelled by the same letters."""
    best: dict[str, Word] = {}
    for word in lexicon:
        keys = "".join(word.syllables)
        if keys not in best or word.count > best[keys].count:
            best[keys] = word
    hits = sum(best["".join(word.syllables)].text == word.text for word in words)
    return hits / max(1, len(words))
