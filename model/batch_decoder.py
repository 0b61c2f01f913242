"""Beam search where the syllables are given: for measuring conversion and for judging.

The input method's own search, which also has to find the syllables, is `ime.convert.search`;
this one is its core without the graph, so that models can be compared without the rest. Small
steps cost a processor mostly their beginning and end, so that a dozen searches in one batch
take a fraction of the time they take one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from model.vocab import BEGIN, FIRST_HANZI, Vocabulary

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]
TOGETHER = 12
"""Searches in one batch; more of them cost memory and save little."""

Hypothesis = tuple[float, list[int]]
"""Nats, and tokens."""


Context = TypeVar("Context", contravariant=True)
"""What a scorer reads before the first token: token ids, or what it makes them of."""


class Scorer(Protocol[Context]):
    """Anything that gives scores of next tokens for a tree of histories with several roots."""

    def start_many(self, contexts: Sequence[Context]) -> IntArray:
        """States after all contexts; forgets everything else."""
        ...

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        """(B,) states after one more token each."""
        ...

    def log_probs(self, states: IntArray) -> FloatArray:
        """(B, V) scores in nats."""
        ...


@dataclass(slots=True)
class _Search:
    """One text on its way: its place in the answer, what it must read, its hypotheses."""

    place: int
    groups: list[IntArray]
    states: IntArray
    scores: FloatArray
    paths: list[list[int]]


def convert_syllables(
    scorer: Scorer[Context],
    by_syllable: dict[str, IntArray],
    context: Context,
    syllables: Sequence[str],
    beam: int = 16,
) -> list[Hypothesis]:
    """The most probable token sequences that read `syllables`, as `convert_many` finds them."""
    return convert_many(scorer, by_syllable, [(context, syllables)], beam)[0]


def convert_many(
    scorer: Scorer[Context],
    by_syllable: dict[str, IntArray],
    cases: Sequence[tuple[Context, Sequence[str]]],
    beam: int,
    tick: Callable[[int], None] = lambda _: None,
) -> list[list[Hypothesis]]:
    """The most probable token sequences for each case, best first.

    Args:
        scorer: scores all of them.
        by_syllable: tokens of every syllable.
        cases: (context, syllables).
        beam: hypotheses of each.
        tick: called with the number of cases done, after each batch.

    Returns:
        At most `beam` pairs of nats and tokens for each case; none where a syllable is unknown.
    """
    found: list[list[Hypothesis]] = [[] for _ in cases]
    for first in range(0, len(cases), TOGETHER):
        batch = cases[first : first + TOGETHER]
        states = scorer.start_many([context for context, _ in batch])
        searches: list[_Search] = []
        for i, (_, syllables) in enumerate(batch):
            searches += _begin(first + i, states[i : i + 1], syllables, by_syllable)
        while searches:
            searches = _advance(scorer, searches, beam, found)
        tick(first + len(batch))
    return found


def _begin(
    place: int, state: IntArray, syllables: Sequence[str], by_syllable: dict[str, IntArray]
) -> list[_Search]:
    """The search of one text; none where it has no syllables or an unknown one."""
    groups = [by_syllable[one] for one in syllables if one in by_syllable]
    if not groups or len(groups) < len(syllables):
        return []
    return [_Search(place, groups, state, np.zeros(1, np.float32), [[]])]


def _advance(
    scorer: Scorer[Context],
    searches: list[_Search],
    beam: int,
    found: list[list[Hypothesis]],
) -> list[_Search]:
    """One more token for every search; those that are done give what they found and go."""
    logs = scorer.log_probs(np.concatenate([search.states for search in searches]))
    going: list[_Search] = []
    parents: list[IntArray] = []
    tokens: list[IntArray] = []
    at = 0
    for search in searches:
        rows = logs[at : at + len(search.states)]
        at += len(search.states)
        ids = search.groups[len(search.paths[0])]
        total = (search.scores[:, None] + rows[:, ids]).ravel()
        top = np.argsort(-total)[:beam]
        before, chosen = top // len(ids), ids[top % len(ids)]
        search.paths = [
            [*search.paths[p], t] for p, t in zip(before.tolist(), chosen.tolist(), strict=True)
        ]
        search.scores = total[top]
        if len(search.paths[0]) == len(search.groups):
            found[search.place] = list(zip(search.scores.tolist(), search.paths, strict=True))
            continue
        going.append(search)
        parents.append(search.states[before])
        tokens.append(chosen)
    if going:
        states = scorer.extend(np.concatenate(parents), np.concatenate(tokens))
        cuts = np.cumsum([len(part) for part in parents])[:-1]
        for search, part in zip(going, np.split(states, cuts), strict=True):
            search.states = part
    return going


def sample_units(
    tokens: npt.NDArray[np.uint16], count: int, seed: int, context: int = 64
) -> list[tuple[list[int], list[int]]]:
    """Runs of 2 to 20 hanzi of a split, each with up to `context` tokens of its document.

    Returns:
        `count` pairs (context, unit), the same ones for the same seed.
    """
    hanzi = np.concatenate(([False], tokens >= FIRST_HANZI, [False]))
    edges = np.flatnonzero(hanzi[1:] != hanzi[:-1])
    starts, ends = edges[::2], edges[1::2]
    fits = (ends - starts >= 2) & (ends - starts <= 20)
    starts, ends = starts[fits], ends[fits]
    generator = np.random.default_rng(seed)
    chosen = generator.choice(len(starts), min(count, len(starts)), replace=False)
    units = []
    for start, end in zip(starts[chosen].tolist(), ends[chosen].tolist(), strict=True):
        left = tokens[max(0, start - context) : start].tolist()
        if BEGIN in left:
            left = left[len(left) - left[::-1].index(BEGIN) :]
        units.append((left, tokens[start:end].tolist()))
    return units


def conversion_rate(
    scorer: Scorer[Sequence[int]],
    vocabulary: Vocabulary,
    units: Sequence[tuple[list[int], list[int]]],
    beam: int = 8,
) -> float:
    """Share (0 to 1) of units whose text comes first when their syllables are given."""
    by_syllable = vocabulary.by_syllable()
    hits = 0
    for context, unit in units:
        syllables = [vocabulary.syllables[token] for token in unit]
        found = convert_syllables(scorer, by_syllable, context, syllables, beam)
        gold = "".join(vocabulary.texts[token] for token in unit)
        hits += bool(found) and "".join(vocabulary.texts[t] for t in found[0][1]) == gold
    return hits / max(1, len(units))
