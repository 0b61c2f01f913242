"""Ports between rooms that must not know each other.

`Converter` is what a session's host asks; `LanguageModel` and `WordPairs` are what the search
behind it asks. Adapters that satisfy them with the real model live in `ime.decode`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ime.values import (
    Candidate,
    CandidateList,
    Commit,
    DecodeRequest,
    LeftContext,
    Mark,
    Repair,
    Shares,
    Word,
)

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class TokenTable:
    """What the ids of a model stand for; V is their number.

    Attributes:
        texts: one hanzi (or mark, or special) a token id.
        syllables: its toneless syllable, ü written v; empty for anything but hanzi.
        by_syllable: hanzi ids of every syllable, ascending.
        counts: (V,) how often the training text has each.
    """

    texts: Sequence[str]
    syllables: Sequence[str]
    by_syllable: Mapping[str, IntArray]
    counts: IntArray

    @cached_property
    def ids(self) -> Mapping[tuple[str, str], int]:
        """The id of each text with its syllable."""
        pairs = zip(self.texts, self.syllables, strict=True)
        return {pair: token for token, pair in enumerate(pairs)}


class LanguageModel(Protocol):
    """Next-token log-probabilities for a set of histories.

    A history is named by a small integer, its state. States form a tree below the root that
    `start` returns; the model keeps what it computed for each until `release`.
    """

    @property
    def tokens(self) -> TokenTable:
        """The tokens this model predicts."""
        ...

    def encode(self, context: LeftContext) -> list[int]:
        """Token ids of a left context, oldest first; the last few dozen."""
        ...

    def start(self, context: LeftContext) -> int:
        """Drop all states, read `context`, and return its state, the root."""
        ...

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        """States of the histories `parents` each followed by its token, in one batched step.

        Args:
            parents: (B,) states.
            tokens: (B,) token ids.

        Returns:
            (B,) new states.
        """
        ...

    def log_probs(self, states: IntArray) -> FloatArray:
        """(B, V) log-probabilities in nats of the token that follows each state."""
        ...

    def best_sequels(self, groups: IntArray) -> FloatArray:
        """(V, G) highest probabilities that a token of each of G groups follows each token.

        Whatever stands before that token. Takes less than a tenth of a second.

        Args:
            groups: (V,) the group of each token, 0 to G - 1; -1 for none.
        """
        ...

    def endings(self, histories: Sequence[Sequence[int]]) -> FloatArray:
        """(N,) probabilities that no hanzi follows each of N histories of tokens; cheap.

        Only the last few tokens of a history count.
        """
        ...

    def release(self, states: IntArray) -> None:
        """Forget states that no other state descends from."""
        ...


class ManyContexts(LanguageModel, Protocol):
    """A language model that reads several left contexts in one step."""

    def start_many(self, contexts: Sequence[LeftContext]) -> IntArray:
        """Drop all states, read the contexts (N), and return their states (N,), the roots."""
        ...


class TokenTerm(Protocol):
    """A term of the score of a token, which depends on what stands before the token.

    It is told of the states of the model it is added to; one that it was not told of is the
    root.
    """

    def enter(self, context: Sequence[int]) -> None:
        """Drop all states; stand behind a left context of token ids."""
        ...

    def extend(self, parents: IntArray, tokens: IntArray, states: IntArray) -> None:
        """`states` (B,) are the histories `parents` (B,), each followed by its token (B,)."""
        ...

    def add_to(self, log_probs: FloatArray, states: IntArray) -> None:
        """Change the scores (B, V), in nats, of the token that follows each of (B,) states."""
        ...

    def release(self, states: IntArray) -> None:
        """Forget states."""
        ...


class OwnWordPaths(Protocol):
    """The words of the user's own as the search follows them; one of the terms.

    As a term it adds what words under way give. A word may begin with any token, and the search
    reads few of them: these alone are told what beginnings give.
    """

    def begin(self, nats: FloatArray, states: IntArray, tokens: IntArray) -> None:
        """Let nats (S, N) of N tokens behind S states know of the words that begin so.

        Args:
            nats: as the terms have them; changed.
            states: (S,) of the model.
            tokens: (N,) ids.
        """
        ...

    def beginnings(self, tokens: IntArray, letter: str) -> tuple[IntArray, FloatArray]:
        """Which of N tokens begin own words that go on with a letter: places, nats."""
        ...

    def sequels(self, state: int, letter: str) -> Sequence[tuple[int, float]]:
        """Tokens behind a state that lead on inside own words to a letter: token, nats."""
        ...

    def goes_on(self, state: int, token: int, syllables: Set[str]) -> bool:
        """Whether an own word that a token behind a state is part of goes on so.

        Args:
            state: of the model.
            token: id.
            syllables: one of which is to follow.
        """
        ...

    def gain(self, state: int, token: int, nats: float) -> float:
        """Nats that own words gave a token behind a state; `extend` needs that it was asked.

        Args:
            state: of the model.
            token: id.
            nats: of the token as the terms have it.
        """
        ...


class LetterRuns(Protocol):
    """Letters that are no pinyin: names, English words, words of letters and hanzi."""

    @property
    def longest(self) -> int:
        """Letters of the longest one."""
        ...

    def log_prob(self, typed: str) -> float:
        """Nats of a run among all runs, -inf where it is none; capitals count as small."""
        ...

    def text_of(self, typed: str) -> str:
        """What is written for it; `typed` where it is not known otherwise."""
        ...


class WordPairs(Protocol):
    """Probabilities of words behind words; what is no hanzi is the word of no characters."""

    def find(self, text: str) -> int:
        """Number of a word, -1 where it is none."""
        ...

    def log_prob(self, before: int, after: int) -> float:
        """Nats of the word number `after` behind `before`; -1 is a word never seen."""
        ...


class Words(Protocol):
    """Words by what was typed for them, in one layer or in several."""

    def words_of(self, syllables: tuple[str, ...]) -> tuple[Word, ...]:
        """Words with exactly this reading, likeliest first."""
        ...

    def words_like(
        self, meanings: tuple[tuple[str, ...], ...], limit: int = 40
    ) -> tuple[Word, ...]:
        """The likeliest words whose n-th syllable is one of `meanings[n]`.

        Args:
            meanings: possible syllables of each place, for instance all of z* for a typed z.
            limit: no more words than this.
        """
        ...

    def words_begun(
        self, meanings: tuple[tuple[str, ...], ...], limit: int = 2
    ) -> tuple[Word, ...]:
        """Longer words that begin as `words_like` says: `limit` own ones, `limit` shipped."""
        ...


class UserWords(Protocol):
    """What the user chose for a reading."""

    def __contains__(self, text: object) -> bool:
        """Whether a text was chosen, by itself, for any reading."""
        ...

    def of(self, syllables: tuple[str, ...]) -> Mapping[str, float]:
        """The shares, 0 to 1, that texts have of their reading by the user's choices."""
        ...


class TypedTexts(Protocol):
    """Texts with letters or a dot that the user typed."""

    def chosen_for(self, typed: str) -> str:
        """The text that was chosen last for letters; empty where there is none."""
        ...

    def words_of(self, typed: str) -> Sequence[str]:
        """Words that letters are, and then those that they begin."""
        ...


class LearnedTerms(Protocol):
    """What this user adds to the score of a token."""

    @property
    def terms(self) -> Sequence[TokenTerm]:
        """The terms, in the order in which they count; the same objects for good."""
        ...

    @property
    def own(self) -> float:
        """Probability that the context last entered is such as the user writes."""
        ...


class Learned(LearnedTerms, Protocol):
    """What the converter asks of what was learned at once."""

    @property
    def own_words(self) -> OwnWordPaths:
        """Words of the user's own, one of `terms`; the same object for good."""
        ...

    @property
    def words(self) -> UserWords:
        """The user's choices; the same object for good."""
        ...

    @property
    def lexicon(self) -> Words:
        """The shipped words and those of the user's own."""
        ...

    @property
    def letters(self) -> TypedTexts:
        """Texts with letters or a dot; the same object for good."""
        ...

    @property
    def slip_nats(self) -> float:
        """What is to be added to the log-probability of a slip by this typist."""
        ...

    @property
    def revision(self) -> int:
        """Grows when one of the above changes: what was searched before is stale."""
        ...

    def arranged(self, listed: CandidateList) -> CandidateList:
        """A list as the user wants it: pinned candidates first, hidden ones gone."""
        ...


class Converter(Protocol):
    """Letters to ranked candidates; used from one thread at a time."""

    def prepare(self, context: LeftContext) -> None:
        """Read the left context ahead of the first letter, so that the letter need not wait."""
        ...

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList | None:
        """Candidates for a request.

        Args:
            request: what to convert.
            stale: asked between decode steps; once it is true the work stops.

        Returns:
            The list, or None when `stale` stopped it.
        """
        ...

    def explain(
        self, request: DecodeRequest, items: Sequence[Candidate]
    ) -> tuple[Shares | None, ...]:
        """What the scores of candidates are made of.

        Args:
            request: that they answer.
            items: of its list.

        Returns:
            One entry a candidate; None for what no score put there: letters, dates, phrases.
        """
        ...

    def next_words(
        self, context: LeftContext, limit: int, stale: Callable[[], bool] | None = None
    ) -> tuple[Candidate, ...] | None:
        """Words that may follow a text, best first; `end` means nothing.

        Args:
            context: the text.
            limit: no more words than this.
            stale: asked between decode steps; once it is true the work stops.

        Returns:
            None when `stale` stopped it.
        """
        ...

    def repairs(
        self, context: LeftContext, stale: Callable[[], bool] | None = None
    ) -> tuple[Repair, ...] | None:
        """What the last sentence of a text should have been, likeliest first.

        Args:
            context: the text.
            stale: asked between decode steps; once it is true the work stops.

        Returns:
            None when `stale` stopped it.
        """
        ...

    def learn(self, commit: Commit) -> None:
        """Let a commit's selections change the very next list."""
        ...

    def retract(self, commit_id: int) -> None:
        """Undo what `learn` took from a commit; unknown ids are ignored."""
        ...

    def mark(self, mark: Mark) -> None:
        """Let the user's word on a candidate change the very next list."""
        ...


class Decoder(Protocol):
    """What converts for a session, on a thread of its own; every method returns at once."""

    @property
    def alive(self) -> bool:
        """Whether a list can still come."""
        ...

    def convert(self, request: DecodeRequest) -> None:
        """Ask for a list; an older request is dropped."""
        ...

    def prepare(self, context: LeftContext) -> None:
        """Read a left context ahead."""
        ...

    def learn(self, commit: Commit) -> None:
        """Learn from a commit."""
        ...

    def retract(self, commit_id: int) -> None:
        """Unlearn a commit."""
        ...

    def mark(self, mark: Mark) -> None:
        """Heed the user's word on a candidate."""
        ...


class Journal(Protocol):
    """What writes selections down; every method returns at once."""

    def append(self, commit: Commit) -> object:
        """Write a commit's selections."""
        ...

    def retract(self, commit_id: int) -> object:
        """Mark a commit's selections as taken back."""
        ...

    def mark(self, mark: Mark) -> object:
        """Write down the user's word on a candidate."""
        ...
