"""What this user chooses, added to the model at once: weights of n-grams of hanzi.

The score of a token gets the weights of the n-grams that it ends:

    score(token | history) = log P(token | history) + w(token) + w(h1 token) + w(h2 h1 token)

They are learned like those of a conditional random field (Lafferty et al. 2001), one step for
each choice: the n-grams of what was chosen gain, and those of what was offered lose by the
probability that it had. What was first and sure already teaches nothing, a correction teaches
much, and a word that is only frequent stays where it is. Counting what was written instead
changed five answers to the better for four to the worse.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ime.engine.port import FloatArray, IntArray, LanguageModel, TokenTable
from ime.engine.values import Commit, LeftContext, Selection

LONGEST = 2  # tokens of a history
# Hanzi written until a weight is half of what it was, by the length of its history: of a single
# hanzi it is the topic, which changes; of two or three together it is the writer.
HALF_LIVES = (200.0, 20_000.0, 20_000.0)
STEP = 1.0  # nats that an n-gram gains in a choice which the model thought impossible
# A choice moves two texts apart by at most so many nats for each hanzi of its commit. A slip in
# a word of two hanzi does not outrank what the model is sure of; in a sentence slips are rare.
MOST_PER_HANZI = 1.0
MOST = 4.0  # nats that one weight counts at most
LEADERS = 3  # offered texts that a choice is compared with
# Probabilities of what was offered are taken at this temperature: a choice that won narrowly
# still teaches.
TEMPERATURE = 2.0
SURE = 0.99  # probability of a choice from which on it teaches nothing
NEGLIGIBLE = 0.01  # nats; a weight below is dropped
REMEMBERED_COMMITS = 64  # that can still be retracted

_Gram = tuple[int, ...]
"""Tokens of hanzi: up to `LONGEST` of history, then the one that is scored."""

_Weight = tuple[float, int]
"""Nats, and what the clock was when they were."""


@dataclass(frozen=True, slots=True)
class _Learned:
    """What a commit changed: the clock before it, and what it added to each weight."""

    commit_id: int
    clock: int
    before: dict[_Gram, _Weight | None]
    added: list[tuple[_Gram, float, int]]


class PersonalModel:
    """A `LanguageModel` around another one, with the user's weights added.

    Its scores are log-probabilities but for these weights: they compare texts of the same
    letters, and do not sum to one.

    Args:
        base: the model of everyone.
    """

    def __init__(self, base: LanguageModel) -> None:
        self._base = base
        self._weights: dict[_Gram, dict[int, _Weight]] = {}  # by history, then token
        self._arrays: dict[_Gram, tuple[IntArray, FloatArray]] = {}
        self._clock = 0  # hanzi written
        self._histories: dict[int, _Gram] = {}
        self._learned: deque[_Learned] = deque(maxlen=REMEMBERED_COMMITS)
        pairs = zip(base.tokens.texts, base.tokens.syllables, strict=True)
        self._ids = {pair: token for token, pair in enumerate(pairs) if pair[1]}

    @property
    def tokens(self) -> TokenTable:
        """The tokens of the base model."""
        return self._base.tokens

    def encode(self, context: LeftContext) -> list[int]:
        """Token ids of a left context."""
        return self._base.encode(context)

    # ------------------------------------------------------------------ the port
    def start(self, context: LeftContext) -> int:
        """Drop all states, read `context`, and return its state."""
        root = self._base.start(context)
        self._histories = {root: self._history(self._base.encode(context))}
        return root

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        """(B,) states after one more token each."""
        states = self._base.extend(parents, tokens)
        for parent, token, state in zip(
            parents.tolist(), tokens.tolist(), states.tolist(), strict=True
        ):
            self._histories[state] = self._history((*self._histories[parent], token))
        return states

    def log_probs(self, states: IntArray) -> FloatArray:
        """(B, V) scores in nats of the token after each state."""
        logs = self._base.log_probs(states)
        if not self._weights:
            return logs
        for row, state in enumerate(states.tolist()):
            history = self._histories[state]
            for length in range(len(history) + 1):
                suffix = history[len(history) - length :]
                if suffix in self._weights:
                    ids, nats = self._after(suffix)
                    logs[row, ids] += nats
        return logs

    def best_sequels(self, groups: IntArray) -> FloatArray:
        """(V, G) highest probabilities of each group behind each token, of the base model."""
        return self._base.best_sequels(groups)

    def endings(self, histories: Sequence[Sequence[int]]) -> FloatArray:
        """(N,) probabilities that no hanzi follows, of the base model."""
        return self._base.endings(histories)

    def release(self, states: IntArray) -> None:
        """Forget states."""
        self._base.release(states)
        for state in states.tolist():
            self._histories.pop(state, None)

    def _history(self, tokens: Sequence[int]) -> _Gram:
        """The hanzi at the end, `LONGEST` at most; what follows a mark says little."""
        syllables = self._base.tokens.syllables
        length = 0
        while length < min(LONGEST, len(tokens)) and syllables[tokens[-1 - length]]:
            length += 1
        return tuple(tokens[len(tokens) - length :])

    def _after(self, suffix: _Gram) -> tuple[IntArray, FloatArray]:
        """Ids (N,) after a history and their weights (N,); kept until one changes."""
        known = self._arrays.get(suffix)
        if known is None:
            group = self._weights[suffix]
            values = {token: self._now((*suffix, token)) for token in group}
            kept = {token: nats for token, nats in values.items() if abs(nats) >= NEGLIGIBLE}
            ids = np.fromiter(kept, np.int64, len(kept))
            nats = np.fromiter(kept.values(), np.float32, len(kept))
            known = self._arrays[suffix] = ids, nats.clip(-MOST, MOST)
        return known

    def _now(self, gram: _Gram) -> float:
        """The weight of an n-gram at this time of the clock, in nats."""
        nats, clock = self._weights.get(gram[:-1], {}).get(gram[-1], (0.0, self._clock))
        return nats * _aged(gram, self._clock - clock)

    # ------------------------------------------------------------------ learning
    def learn(self, commit: Commit) -> None:
        """Take one step for each of a commit's selections."""
        learned = _Learned(commit.id, self._clock, {}, [])
        most = MOST_PER_HANZI * len(commit.text)
        self._arrays.clear()
        for selection in commit.selections:
            self._clock += len(selection.chosen)
            slope, rivals = self._slope(selection)
            gain = STEP * sum(value * value for value in slope.values())
            # In a full step the chosen text moves by gain / rivals away from its rivals.
            step = STEP * min(1.0, most * rivals / gain) if gain else 0.0
            for gram, value in slope.items():
                self._add(gram, step * value, learned)
        self._learned.append(learned)

    def _add(self, gram: _Gram, nats: float, learned: _Learned) -> None:
        group = self._weights.setdefault(gram[:-1], {})
        learned.before.setdefault(gram, group.get(gram[-1]))
        learned.added.append((gram, nats, self._clock))
        group[gram[-1]] = self._now(gram) + nats, self._clock

    def _slope(self, selection: Selection) -> tuple[dict[_Gram, float], float]:
        """How much each n-gram was chosen, less how much it was expected.

        Returns:
            By n-gram, and the probability that all other texts had.
        """
        chosen = self._spell(selection.chosen, selection.syllables)
        expected = self._expected(selection) if chosen else {}
        rivals = 1.0 - expected.get(chosen, 0.0)
        if not chosen or rivals < 1 - SURE or (not expected and not selection.rank):
            return {}, 0.0
        history = self._history(self._base.encode(selection.context))
        slope: dict[_Gram, float] = {}
        for tokens, value in ((chosen, 1.0), *((t, -p) for t, p in expected.items())):
            for gram in _grams(history, tokens):
                slope[gram] = slope.get(gram, 0.0) + value
        return {gram: value for gram, value in slope.items() if abs(value) > 1e-6}, rivals

    def _expected(self, selection: Selection) -> dict[_Gram, float]:
        """What the list held for the letters of a selection, with its probability then.

        Longer texts count by their beginning. Where the scores are not known, all that stood
        ahead of the chosen text was equally likely.
        """
        if selection.scores:
            pairs = [*zip(selection.offered, selection.scores, strict=False)]
        else:
            pairs = [(text, 0.0) for text in selection.offered[: selection.rank]]
        found: dict[_Gram, float] = {}
        best = max((score for _, score in pairs[:LEADERS]), default=0.0)
        for text, score in pairs[:LEADERS]:
            tokens = self._spell(text[: len(selection.chosen)], selection.syllables)
            if tokens:
                mass = math.exp((score - best) / TEMPERATURE)
                found[tokens] = found.get(tokens, 0.0) + mass
        total = sum(found.values())
        return {tokens: mass / total for tokens, mass in found.items()}

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
            if newest:  # as if nothing had been written
                for gram, weight in learned.before.items():
                    self._set(gram, weight)
                self._clock = learned.clock
            else:
                for gram, nats, clock in learned.added:
                    if gram[-1] in self._weights.get(gram[:-1], {}):  # not forgotten meanwhile
                        rest = self._now(gram) - nats * _aged(gram, self._clock - clock)
                        self._set(gram, (rest, self._clock))
            del self._learned[place]
            return

    def _set(self, gram: _Gram, weight: _Weight | None) -> None:
        """Set a weight; none, and one that is next to nothing, leaves no entry."""
        group = self._weights.get(gram[:-1], {})
        if gram[-1] not in group:
            return  # it was forgotten
        if weight is None or abs(weight[0]) < 1e-9:
            del group[gram[-1]]
            if not group:
                del self._weights[gram[:-1]]
        else:
            group[gram[-1]] = weight

    def forget(self, syllables: tuple[str, ...]) -> None:
        """Drop the weights of all that is read so, of longer texts with it and of its parts.

        A text cannot be forgotten alone: what is read alike lost what it gained.
        """
        self._arrays.clear()
        names = self._base.tokens.syllables
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


def _grams(history: _Gram, tokens: _Gram) -> Iterator[_Gram]:
    """All n-grams that end in one of `tokens`."""
    line = (*history, *tokens)
    for end in range(len(history) + 1, len(line) + 1):
        for length in range(1, min(LONGEST + 1, end) + 1):
            yield line[end - length : end]


def _holds(whole: Sequence[str], part: Sequence[str]) -> bool:
    """Whether `part` stands in `whole` in one piece."""
    size = len(part)
    return any(whole[i : i + size] == part for i in range(len(whole) - size + 1))
