"""What the beam search keeps: vertices with their hypotheses, and how a beam is cut.

A rare character that only makes sense with the next one (寂 of 寂寞) has a low score while it
is last, and a narrow beam drops it. Once the next letter is typed, the best bigram that begins
with that letter says what the hypothesis may still gain:

    lookahead(token, letter) = max over tokens t whose syllable begins with letter
                             of log P(t | token)

It only decides what is kept (the future cost of Koehn et al. 2003, one token ahead); scores are
not changed by it.
"""

from __future__ import annotations

import math
import string
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ime.pinyin.graph import Edge
from ime.ports import BoolArray, FloatArray, IntArray, LanguageModel

GAINED = 1.0
"""Nats from which on a hypothesis leads by a word of the user's own."""
WORST = -12.0  # nats; unknown pairs differ by chance below that
LETTERS = string.ascii_lowercase


class Found(NamedTuple):
    """What an edge adds to its end; N each.

    Attributes:
        scores: nats.
        parents: index of the parent in its vertex.
        tokens: ids.
        lookahead: scores with the lookahead on the next letter, by which the beam is cut.
        highest: the best scores, lookahead or not.
        own: nats of those that stand inside an own word, as parts of that word; -inf for the
            others.
    """

    scores: FloatArray
    parents: IntArray
    tokens: IntArray
    lookahead: FloatArray
    highest: FloatArray
    own: FloatArray


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One hypothesis written out.

    Attributes:
        end: letters it covers, from 0.
        tokens: ids, first to last.
        spans: [start, end) letters of each token.
        text: its hanzi, with the letters that stay letters.
        score: nats.
        gain: nats of `score` that words of the user's own gave.
    """

    end: int
    tokens: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    text: str
    score: float
    gain: float = 0.0


@dataclass(slots=True)
class Vertex:
    """Hypotheses of all paths to one offset, best first; K of them.

    Attributes:
        scores: (K,) nats.
        tokens: (K,) last token of each.
        sources: (K,) offset of the vertex that each comes from.
        parents: (K,) index of each one's parent there.
        states: (K,) of the model, -1 where not computed.
        log_probs: (K, V) of the next token; rows without a state are not filled. None where
            there are no states, and far from the end of the input, where it is dropped.
        paths: the hypotheses written out, once somebody asked for them.
        certainties: by index, of the last tokens that somebody asked for.
        held: (K,) which are kept for the own word that they stand inside.
        gains: (K,) nats of `scores` that words of the user's own gave.
        over: by edge, the nats (S, N) of the S hypotheses with a state, each behind it with
            every token of the edge; kept, as the next keys ask for them again.
    """

    scores: FloatArray
    tokens: IntArray
    sources: IntArray
    parents: IntArray
    states: IntArray
    log_probs: FloatArray | None = None
    paths: list[Hypothesis] | None = None
    certainties: dict[int, float] = field(default_factory=dict)
    held: BoolArray = field(default_factory=lambda: np.zeros(0, np.bool_))
    gains: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))
    over: dict[Edge, FloatArray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def has_states(self) -> bool:
        """Whether a state of any hypothesis was computed."""
        return bool((self.states >= 0).any())


def best(scores: FloatArray, count: int) -> IntArray:
    """Places of the `count` highest, ascending; the first ones where scores are equal."""
    if len(scores) <= count:
        return np.arange(len(scores))
    least = np.partition(scores, -count)[-count]
    above = np.flatnonzero(scores > least)
    equal = np.flatnonzero(scores == least)[: count - len(above)]
    return np.sort(np.concatenate((above, equal)))


def best_values(scores: FloatArray, count: int) -> FloatArray:
    """The `count` highest, in no order."""
    return scores if len(scores) <= count else np.partition(scores, -count)[-count:]


def first_of_each(
    order: IntArray, sources: IntArray, parents: IntArray, tokens: IntArray
) -> IntArray:
    """`order` without hypotheses that repeat a better one reached over another kind of edge."""
    seen: set[tuple[int, int, int]] = set()
    kept = []
    for i in order.tolist():
        key = (int(sources[i]), int(parents[i]), int(tokens[i]))
        if key not in seen:
            seen.add(key)
            kept.append(i)
    return np.array(kept, np.int64)


class Lookahead:
    """Lookaheads of all tokens, computed at once: no key has to wait for them.

    Args:
        model: whose bigrams count.
    """

    def __init__(self, model: LanguageModel) -> None:
        syllables = model.tokens.syllables
        groups = [LETTERS.index(syllable[0]) if syllable else -1 for syllable in syllables]
        known = model.best_sequels(np.array(groups, np.int64))
        table = np.full((len(syllables), len(LETTERS)), math.exp(WORST), np.float32)
        table[:, : known.shape[1]] = np.maximum(known, table[:, : known.shape[1]])
        self._table = np.log(table)  # (V, 26); columns of letters that begin nothing are WORST

    def of(self, tokens: IntArray, letter: str) -> FloatArray:
        """(N,) nats, `WORST` to 0, of the best sequel of each of `tokens` (N,).

        Args:
            tokens: ids of hanzi.
            letter: a to z, that the next syllable begins with.
        """
        found: FloatArray = self._table[tokens, LETTERS.index(letter)]
        return found
