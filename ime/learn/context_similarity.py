"""What a left context is like: text that the user writes, and that of earlier choices."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Sequence

import numpy as np

from ime.ports import FloatArray, IntArray, TokenTable

# Of one writer's 4,204 rows SHARED_NEWS of 6 to 12 and SPREAD of 2 or 3 cost one to three;
# without likeness, DOUBT of 500 to 8000 moved one, and two of 1,800 rows of other text.
DOUBT = 2000.0  # hanzi that the user must have written to be known as well as everyone is
COMMON_NEWS = 4.0  # nats, -log of a share of 2 %: the news of a hanzi is counted from there
SHARED_NEWS = 8.0  # nats of shared news at which two contexts are as likely alike as not
SPREAD = 2.0  # nats of shared news that multiply the odds by e
REMEMBERED_CHOICES = 4000  # whose context is known; older ones are unlike any other


class ContextSimilarity:
    """Tells what a left context is like: the user's text, and that of each earlier choice.

    own = sigma(sum over its hanzi of log P_user(hanzi) / P_everyone(hanzi)),
    P_user = (n + DOUBT * P_everyone) / (N + DOUBT): naive Bayes, at even odds beforehand;
    likeness = sigma((news of the hanzi that it shares - SHARED_NEWS) / SPREAD).

    Args:
        tokens: with the counts that everyone's probabilities come from.

    Attributes:
        own: probability that the context is such as the user writes.
    """

    def __init__(self, tokens: TokenTable) -> None:
        counts = np.maximum(tokens.counts, 0) + 1.0
        self._chance = counts / counts.sum()
        self._hanzi = np.array([bool(syllable) for syllable in tokens.syllables])
        news = -np.log(self._chance) - COMMON_NEWS
        self._news = np.where(self._hanzi, news, 0.0).clip(0.0)
        self._written = np.zeros(len(counts))
        self._choices: defaultdict[int, deque[int]] = defaultdict(deque)  # by hanzi nearby
        self._count = 0
        self._context = np.zeros(0, np.int64)
        self._likeness: FloatArray | None = None
        self.own = 0.5

    def enter(self, context: Sequence[int]) -> None:
        """Stand behind a context."""
        tokens = np.array(context, np.int64)
        tokens = tokens[self._hanzi[tokens]]
        self._context = np.unique(tokens)
        self._likeness = None
        user = self._written[tokens] / self._chance[tokens] + DOUBT
        odds = float(np.log(user / (self._written.sum() + DOUBT)).sum())
        self.own = 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, odds))))

    def begin_with(self, written: IntArray) -> None:
        """Know how often the user wrote each token (V,) elsewhere, such as in documents.

        All of it counts as `DOUBT` hanzi: half the user's, half everyone's. As so many as they
        are, they would make each hanzi that does not stand there speak against him: of one
        author's next texts half would be a stranger's.
        """
        self._written += written * min(1.0, DOUBT / max(1, int(written.sum())))

    def write(self, tokens: Sequence[int], times: int = 1) -> None:
        """Count what the user wrote, or take it back."""
        np.add.at(self._written, list(tokens), times)

    def note(self, tokens: Sequence[int]) -> int:
        """Number of a new choice, which is made among these tokens."""
        self._likeness = None
        for token in set(tokens):
            if self._news[token]:
                choices = self._choices[token]
                choices.append(self._count)
                while choices[0] <= self._count - REMEMBERED_CHOICES:
                    choices.popleft()
        self._count += 1
        return self._count - 1

    @property
    def likeness(self) -> FloatArray:
        """(N,) probabilities that the topic is that of each of N choices."""
        if self._likeness is None:
            shared = np.zeros(self._count)
            for token in self._context.tolist():
                if token in self._choices:
                    places = np.fromiter(self._choices[token], np.int64)
                    shared[places] += self._news[token]
            found = 1.0 / (1.0 + np.exp((SHARED_NEWS - shared) / SPREAD))
            self._likeness = found.astype(np.float32)
        return self._likeness
