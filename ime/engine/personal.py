"""What this user writes, mixed into the model at once: an n-gram of their own commits.

After every history suffix that the user has written before, the model gives way to the user's
own continuations by the share

    share = N / (N + caution)

N being how often (aged) that suffix was continued: the interpolation of Witten & Bell 1991
with a fixed caution instead of the number of types, so that one slip cannot win and consistent
choices do. Counts halve every `HALF_LIFE` tokens written.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ime.engine.port import FloatArray, IntArray, LanguageModel, TokenTable
from ime.engine.values import Commit, LeftContext

LONGEST = 3  # tokens of a history suffix
# By length of the suffix in hanzi, 0 first: how often it must be continued to weigh as much
# as the model. On a writer's stream of 1,000 units, syllables given, these numbers took 6 % of
# the errors away; smaller ones took less.
CAUTION = (100_000.0, 1000.0, 100.0, 10.0)
HALF_LIFE = 20_000  # tokens; about two weeks of a busy writer
REMEMBERED_COMMITS = 64  # that can still be retracted

_Count = tuple[tuple[int, ...], int, float]
"""A history, the token after it, and what was added to their count."""


@dataclass(frozen=True, slots=True)
class _Learned:
    """What a commit added, and the clock before it."""

    commit_id: int
    clock: int
    added: list[_Count]


class PersonalModel:
    """A `LanguageModel` around another one, with the user's counts mixed in.

    Args:
        base: the model of everyone.
    """

    def __init__(self, base: LanguageModel) -> None:
        self._base = base
        self._counts: dict[tuple[int, ...], dict[int, float]] = {}
        self._arrays: dict[tuple[int, ...], tuple[IntArray, FloatArray]] = {}
        self._clock = 0
        self._histories: dict[int, tuple[int, ...]] = {}
        self._learned: deque[_Learned] = deque(maxlen=REMEMBERED_COMMITS)

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
        self._histories = {root: tuple(self._base.encode(context)[-LONGEST:])}
        return root

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        """(B,) states after one more token each."""
        states = self._base.extend(parents, tokens)
        for parent, token, state in zip(
            parents.tolist(), tokens.tolist(), states.tolist(), strict=True
        ):
            self._histories[state] = (*self._histories[parent], token)[-LONGEST:]
        return states

    def log_probs(self, states: IntArray) -> FloatArray:
        """(B, V) log-probabilities in nats of the token after each state."""
        logs = self._base.log_probs(states)
        if not self._counts:
            return logs
        for row, state in enumerate(states.tolist()):
            self._mix(logs[row], self._histories[state])
        return logs

    def after(self, token: int) -> FloatArray:
        """(V,) probabilities of what follows a token, of the base model."""
        return self._base.after(token)

    def endings(self, histories: Sequence[Sequence[int]]) -> FloatArray:
        """(N,) probabilities that no hanzi follows, of the base model."""
        return self._base.endings(histories)

    def release(self, states: IntArray) -> None:
        """Forget states."""
        self._base.release(states)
        for state in states.tolist():
            self._histories.pop(state, None)

    def _mix(self, logs: FloatArray, history: tuple[int, ...]) -> None:
        """Mix one row in place, from the shortest suffix to the longest."""
        for length in range(self._hanzi_at_end(history) + 1):
            suffix = history[len(history) - length :]
            if suffix not in self._counts:
                continue
            ids, values = self._continuations(suffix)
            total = float(values.sum())
            share = total / (total + CAUTION[length])
            own = np.exp(logs[ids]) * (1 - share) + values * (share / total)
            logs += np.float32(np.log1p(-share))
            logs[ids] = np.log(own)

    def _continuations(self, suffix: tuple[int, ...]) -> tuple[IntArray, FloatArray]:
        """Ids (N,) after a suffix and their aged counts (N,); kept until one changes."""
        known = self._arrays.get(suffix)
        if known is None:
            found = self._counts[suffix]
            scale = 2.0 ** (-self._clock / HALF_LIFE)
            ids = np.fromiter(found, np.int64, len(found))
            values = np.fromiter(found.values(), np.float64, len(found)) * scale
            known = self._arrays[suffix] = ids, values.astype(np.float32)
        return known

    # ------------------------------------------------------------------ learning
    def learn(self, commit: Commit) -> None:
        """Count the tokens of a commit's selections after their contexts."""
        clock = self._clock
        self._arrays.clear()
        added: list[_Count] = []
        for selection in commit.selections:
            if len(selection.syllables) != len(selection.chosen):
                continue
            context = selection.context.append(selection.chosen, selection.syllables)
            tokens = self._base.encode(context)
            added += self._count(tokens, len(selection.chosen))
        self._learned.append(_Learned(commit.id, clock, added))

    def _count(self, tokens: Sequence[int], fresh: int) -> list[_Count]:
        added = []
        for place in range(max(0, len(tokens) - fresh), len(tokens)):
            self._clock += 1
            # Growing weights age the older counts without touching them.
            weight = 2.0 ** (self._clock / HALF_LIFE)
            for length in range(
                self._hanzi_at_end(tokens[max(0, place - LONGEST) : place]) + 1
            ):
                history = tuple(tokens[place - length : place])
                group = self._counts.setdefault(history, {})
                group[tokens[place]] = group.get(tokens[place], 0.0) + weight
                added.append((history, tokens[place], weight))
        return added

    def _hanzi_at_end(self, history: Sequence[int]) -> int:
        """How many tokens at the end are hanzi; what follows a mark says little."""
        syllables = self._base.tokens.syllables
        length = 0
        while length < len(history) and syllables[history[-1 - length]]:
            length += 1
        return length

    def retract(self, commit_id: int) -> None:
        """Take back what a recent commit added; unknown ids are ignored."""
        for place, learned in enumerate(self._learned):
            if learned.commit_id != commit_id:
                continue
            if place == len(self._learned) - 1:
                self._clock = learned.clock  # as if nothing had been written
            self._arrays.clear()
            for history, token, weight in learned.added:
                group = self._counts.get(history, {})
                if token not in group:
                    continue  # forgotten meanwhile
                group[token] -= weight
                if group[token] <= 1e-9 * weight:
                    del group[token]
                if not group:
                    del self._counts[history]
            del self._learned[place]
            return

    def forget(self, text: str, syllables: tuple[str, ...]) -> None:
        """Drop the counts that hold a text, and those of its longer pieces.

        Args:
            text: hanzi.
            syllables: one a hanzi.
        """
        word = tuple(self._base.encode(LeftContext().append(text, syllables))[-len(text) :])
        self._arrays.clear()
        for history in list(self._counts):
            group = self._counts[history]
            for token in list(group):
                gram = (*history, token)
                if _holds(gram, word) or (len(gram) > 2 and _holds(word, gram)):
                    del group[token]
            if not group:
                del self._counts[history]


def _holds(whole: tuple[int, ...], part: tuple[int, ...]) -> bool:
    """Whether `part` stands in `whole` in one piece."""
    size = len(part)
    return any(whole[i : i + size] == part for i in range(len(whole) - size + 1))
