"""What this user chooses, added to the model at once: weights of n-grams of hanzi.

The score of a token gets the weights of the n-grams that it ends:

    score(token | history)
        = log P(token | history) + own * (w(token) + w(h1 token) + w(h2 h1 token))

They are learned like those of a conditional random field (Lafferty et al. 2001), one step for
each choice: the n-grams of what was chosen gain, and those of what was offered lose by the
probability that it had. What was first and sure already teaches nothing, a correction teaches
much, and a word that is only frequent stays where it is. Counting what was written instead
changed five answers to the better for four to the worse.

What corrections say of 他 and 它 holds while the talk is of the same thing, and a stranger's
text has other habits. So a weight is kept as the steps that made it, and each step counts as
far as the left context is like the one in which it was learned (the dual form of a kernel
perceptron, Freund & Schapire 1999, whose kernel is the product of "same n-gram" and "like
context"). All of them count by `own`, the probability that the context is such as the user
writes. Both are computed once for each left context.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ime.learn.attention import attention
from ime.learn.context_similarity import ContextSimilarity
from ime.learn.expected import expected_texts
from ime.ports import FloatArray, IntArray, LanguageModel
from ime.values import Commit, Selection

LONGEST = 2  # tokens of a history
# Hanzi written until a weight is half of what it was, by the length of its history: of a single
# hanzi it is the topic, which changes; of two or three together it is the writer.
HALF_LIVES = (400.0, 5_000.0, 20_000.0)
# Share of a step that counts in any context, by the length of its history; the rest counts in
# contexts like the one where it was learned.
ANYWHERE = (0.0, 0.5, 1.0)
# Hanzi of a choice that says nothing about single hanzi: a word is chosen among its homophones,
# and most are common ones that the next context tells apart. Of one writer's 5,520 words typed
# one by one (pools of hypotheses), 18 were rescued and 10 broken with a limit of 2, 15 and 5
# with 4; with single hanzi of words, too, 16 and 14 of the first 4,434.
LONGEST_WORD = 4
STEP = 1.0  # nats that an n-gram gains in a choice which the model thought impossible
# A choice moves two texts apart by at most so many nats for each hanzi of its commit. A slip in
# a word of two hanzi does not outrank what the model is sure of; in a sentence slips are rare.
MOST_PER_HANZI = 1.0
MOST = 4.0  # nats that one weight counts at most
# Probabilities of what was offered are taken at this temperature: a choice that won narrowly
# still teaches.
TEMPERATURE = 3.0
SURE = 0.99  # probability of a choice from which on it teaches nothing
NEGLIGIBLE = 0.01  # nats; a weight below does not count
FADED = 0.001  # nats; a step below is dropped
REMEMBERED_COMMITS = 64  # that can still be retracted

_Gram = tuple[int, ...]
"""Tokens of hanzi: up to `LONGEST` of history, then the one that is scored."""

_Step = tuple[float, int, int]
"""Nats, what the clock was then, and the number of the choice."""

_Weight = tuple[_Step, ...]
"""The steps that a weight is the sum of, oldest first."""


@dataclass(frozen=True, slots=True)
class _Learned:
    """What a commit changed: the clock and the weights before it; what it added."""

    commit_id: int
    clock: int
    before: dict[_Gram, _Weight]
    choices: set[int]
    written: list[int]


class OnlineNgrams:
    """The user's weights; a `TokenTerm`.

    Args:
        model: of everyone, which tells the tokens of a text.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._encode, self._tokens = model.encode, model.tokens
        self._weights: dict[_Gram, dict[int, _Weight]] = {}  # by history, then token
        self._arrays: dict[_Gram, tuple[IntArray, FloatArray]] = {}
        self._topics = ContextSimilarity(model.tokens)
        self._clock = 0  # hanzi written
        self._root: _Gram = ()
        self._histories: dict[int, _Gram] = {}
        self._learned: deque[_Learned] = deque(maxlen=REMEMBERED_COMMITS)
        pairs = zip(model.tokens.texts, model.tokens.syllables, strict=True)
        self._ids = {pair: token for token, pair in enumerate(pairs) if pair[1]}

    @property
    def own(self) -> float:
        """Probability that the context last entered is such as the user writes."""
        return self._topics.own

    def know_writing(self, written: IntArray) -> None:
        """Know how often the user wrote each token (V,) elsewhere."""
        self._topics.begin_with(written)

    # ------------------------------------------------------------------ the term
    def enter(self, context: Sequence[int]) -> None:
        """Drop all states; stand behind a left context of token ids."""
        self._topics.enter(context)
        self._root = self._history(context)
        self._histories.clear()
        self._arrays.clear()

    def extend(self, parents: IntArray, tokens: IntArray, states: IntArray) -> None:
        """`states` (B,) are the histories `parents` (B,), each followed by its token (B,)."""
        for parent, token, state in zip(
            parents.tolist(), tokens.tolist(), states.tolist(), strict=True
        ):
            before = self._histories.get(parent, self._root)
            self._histories[state] = self._history((*before, token))

    def add_to(self, log_probs: FloatArray, states: IntArray) -> None:
        """Add to the scores (B, V) of the token after each state what its n-grams weigh."""
        if not self._weights:
            return
        for row, state in enumerate(states.tolist()):
            history = self._histories.get(state, self._root)
            for length in range(len(history) + 1):
                suffix = history[len(history) - length :]
                if suffix in self._weights:
                    ids, nats = self._after(suffix)
                    log_probs[row, ids] += nats

    def release(self, states: IntArray) -> None:
        """Forget states."""
        for state in states.tolist():
            self._histories.pop(state, None)

    def _history(self, tokens: Sequence[int]) -> _Gram:
        """The hanzi at the end, `LONGEST` at most; what follows a mark says little."""
        syllables = self._tokens.syllables
        length = 0
        while length < min(LONGEST, len(tokens)) and syllables[tokens[-1 - length]]:
            length += 1
        return tuple(tokens[len(tokens) - length :])

    def _after(self, suffix: _Gram) -> tuple[IntArray, FloatArray]:
        """Ids (N,) after a history and their weights here (N,); kept until one changes."""
        known = self._arrays.get(suffix)
        if known is None:
            group = self._weights[suffix]
            ids = np.fromiter(group, np.int64, len(group))
            owners = np.repeat(np.arange(len(ids)), [*map(len, group.values())])
            steps = np.array([step for weight in group.values() for step in weight])
            share = ANYWHERE[len(suffix)]
            counted = share + (1 - share) * self._topics.likeness[steps[:, 2].astype(np.int64)]
            counted *= steps[:, 0] * 2.0 ** (
                (steps[:, 1] - self._clock) / HALF_LIVES[len(suffix)]
            )
            nats = np.bincount(owners, counted, len(ids)).clip(-MOST, MOST) * self._topics.own
            kept = np.abs(nats) >= NEGLIGIBLE
            known = self._arrays[suffix] = ids[kept], nats[kept].astype(np.float32)
        return known

    # ------------------------------------------------------------------ learning
    def learn(self, commit: Commit) -> None:
        """Take one step for each of a commit's selections."""
        learned = _Learned(commit.id, self._clock, {}, set(), [])
        most = MOST_PER_HANZI * len(commit.text)
        self._arrays.clear()
        for selection in commit.selections:
            self._clock += len(selection.chosen)
            context = self._encode(selection.context)
            chosen = self._spell(selection.chosen, selection.syllables)
            slope, rivals = self._slope(selection, chosen, self._history(context))
            self._topics.write(chosen)
            learned.written.extend(chosen)
            if not slope:
                continue
            choice = self._topics.note((*context, *chosen))
            learned.choices.add(choice)
            gain = STEP * sum(value * value for value in slope.values())
            # In a full step the chosen text moves by gain / rivals away from its rivals.
            step = STEP * min(1.0, most * rivals / gain) * attention(selection)
            for gram, value in slope.items():
                self._add(gram, (step * value, self._clock, choice), learned)
        self._learned.append(learned)

    def _add(self, gram: _Gram, step: _Step, learned: _Learned) -> None:
        group = self._weights.setdefault(gram[:-1], {})
        weight = group.get(gram[-1], ())
        learned.before.setdefault(gram, weight)
        kept = (
            old for old in weight if abs(old[0]) * _aged(gram, self._clock - old[1]) >= FADED
        )
        group[gram[-1]] = (*kept, step)

    def _slope(
        self, selection: Selection, chosen: _Gram, history: _Gram
    ) -> tuple[dict[_Gram, float], float]:
        """How much each n-gram was chosen, less how much it was expected.

        Returns:
            By n-gram, and the probability that all other texts had.
        """
        expected = self._expected(selection) if chosen else {}
        rivals = 1.0 - expected.get(chosen, 0.0)
        if not chosen or rivals < 1 - SURE or (not expected and not selection.rank):
            return {}, 0.0
        slope: dict[_Gram, float] = {}
        for tokens, value in ((chosen, 1.0), *((t, -p) for t, p in expected.items())):
            for gram in _grams(history, tokens):
                slope[gram] = slope.get(gram, 0.0) + value
        return {gram: value for gram, value in slope.items() if abs(value) > 1e-6}, rivals

    def _expected(self, selection: Selection) -> dict[_Gram, float]:
        """What the list held for the letters of a selection, with its probability then."""
        if not selection.scores and not selection.rank:
            return {}
        expected = expected_texts(
            selection, TEMPERATURE, lambda text: bool(self._spell(text, selection.syllables))
        )
        return {self._spell(text, selection.syllables): p for text, p in expected.items()}

    def _spell(self, text: str, syllables: Sequence[str]) -> _Gram:
        """Tokens of hanzi read so; none where it cannot be read so."""
        if len(text) != len(syllables):
            return ()
        ids = [self._ids.get(pair, -1) for pair in zip(text, syllables, strict=True)]
        return () if -1 in ids else tuple(ids)

    def retract(self, commit_id: int) -> None:
        """Take back what a recent commit added; unknown ids are ignored."""
        for place, learned in enumerate(self._learned):
            if learned.commit_id != commit_id:
                continue
            newest = place == len(self._learned) - 1
            self._arrays.clear()
            self._topics.write(learned.written, -1)
            del self._learned[place]
            for gram, weight in learned.before.items():
                now = self._weights.get(gram[:-1], {}).get(gram[-1], ())
                self._set(gram, weight if newest else _without(now, learned.choices))
                for other in self._learned:  # which may be taken back later
                    if gram in other.before:
                        other.before[gram] = _without(other.before[gram], learned.choices)
            if newest:  # as if nothing had been written
                self._clock = learned.clock
            return

    def _set(self, gram: _Gram, weight: _Weight) -> None:
        """Set a weight; one of no steps leaves no entry, one that was forgotten stays so."""
        group = self._weights.get(gram[:-1], {})
        if gram[-1] in group and weight:
            group[gram[-1]] = weight
        elif gram[-1] in group:
            del group[gram[-1]]
            if not group:
                del self._weights[gram[:-1]]

    def forget(self, syllables: tuple[str, ...]) -> None:
        """Drop the weights of all that is read so, of longer texts with it and of its parts.

        A text cannot be forgotten alone: what is read alike lost what it gained.
        """
        self._arrays.clear()
        names = self._tokens.syllables
        for history in list(self._weights):
            group = self._weights[history]
            for token in list(group):
                reading = tuple(names[one] for one in (*history, token))
                if _holds(reading, syllables) or _holds(syllables, reading):
                    del group[token]
            if not group:
                del self._weights[history]


def _aged(gram: _Gram, hanzi: int) -> float:
    """Share of a weight that is left after so many hanzi."""
    return float(2.0 ** (-hanzi / HALF_LIVES[len(gram) - 1]))


def _without(weight: _Weight, choices: set[int]) -> _Weight:
    return tuple(step for step in weight if step[2] not in choices)


def _grams(history: _Gram, tokens: _Gram) -> Iterator[_Gram]:
    """All n-grams that end in one of `tokens`; single hanzi of a phrase only."""
    line = (*history, *tokens)
    shortest = 1 if len(tokens) > LONGEST_WORD else 2
    for end in range(len(history) + 1, len(line) + 1):
        for length in range(shortest, min(LONGEST + 1, end) + 1):
            yield line[end - length : end]


def _holds(whole: Sequence[str], part: Sequence[str]) -> bool:
    """Whether `part` stands in `whole` in one piece."""
    size = len(part)
    return any(whole[i : i + size] == part for i in range(len(whole) - size + 1))
