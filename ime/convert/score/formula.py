"""The score of a text, with all its terms; who searches, aligns, lists or judges asks here.

    score(text) = sum over its tokens of token(t | history)
                + sum over its edges of log P(letters | syllable)
                + input(text)
                + earnest(how it is spelled)

    token = min(0, mixture + cache) + the user's n-grams, and the user's own words beside it

`TokenScore` gives the first line, `spelled` adds the second, `Score.input_gain` is the third,
`in_earnest` the fourth. What the user chose for a reading is mixed into the scores of its texts
by `with_choices`; a word that the beam dropped gets `word_estimate`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from ime.convert.score.cache_model import CacheModel
from ime.convert.score.edge_tokens import EdgeTokens
from ime.convert.score.whole_input import WholeInput
from ime.pinyin import rules
from ime.pinyin.graph import Edge, EdgeKind
from ime.ports import (
    FloatArray,
    IntArray,
    LanguageModel,
    LearnedTerms,
    ManyContexts,
    OwnWordPaths,
    TokenTable,
)
from ime.values import LeftContext

TRUSTED = 0.5
"""Probability that a left context is the user's own from which on the trained model serves."""

UNKNOWN = 1e-9
"""Probability of a word whose first character the model does not have."""

_JUST_BEHIND = 0.01  # nats; keeps the order of those that are put behind the best

Nats = TypeVar("Nats", float, FloatArray)


class TokenScore:
    """A `LanguageModel` with the terms that are added to its log-probabilities.

    They compare texts of the same letters, and do not sum to one.

    Args:
        model: of everyone: network and n-gram mixed.
        learned: the terms of this user, which count after the cache; None for none.
        trained: `model` after training on this user's text; it serves where the context is
            such as the user writes. None for `model` everywhere.
    """

    def __init__(
        self,
        model: LanguageModel,
        learned: LearnedTerms | None = None,
        trained: LanguageModel | None = None,
    ) -> None:
        self._model, self._trained = model, trained
        self._serving = model  # one of the two; all states are its own
        self._learned = learned
        self._terms = learned.terms if learned is not None else ()
        self._cache = CacheModel(model.tokens)

    @property
    def tokens(self) -> TokenTable:
        """The tokens of the model."""
        return self._model.tokens

    def encode(self, context: LeftContext) -> list[int]:
        """Token ids of a left context."""
        return self._model.encode(context)

    def start(self, context: LeftContext) -> int:
        """Drop all states, read `context`, and return its state."""
        tokens = self._model.encode(context)
        for term in self._terms:
            term.enter(tokens)
        self._serving = self._model
        if self._trained and self._learned and self._learned.own >= TRUSTED:
            self._serving = self._trained
        root = self._serving.start(context)
        self._cache.enter(np.array([root]), [tokens])
        return root

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        """(B,) states after one more token each, in one batched step."""
        states = self._serving.extend(parents, tokens)
        self._cache.extend(parents, states)
        for term in self._terms:
            term.extend(parents, tokens, states)
        return states

    def log_probs(self, states: IntArray) -> FloatArray:
        """(B, V) scores in nats of the token after each state."""
        scores = self._serving.log_probs(states)
        self._cache.add_to(scores, states)  # cut at 0, and so before what the user adds
        for term in self._terms:
            term.add_to(scores, states)
        return scores

    def layers(self, states: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """What `log_probs` is built of: (B, V) of the model, with the cache, with the terms."""
        plain = self._serving.log_probs(states)
        cached = plain.copy()
        self._cache.add_to(cached, states)
        scores = cached.copy()
        for term in self._terms:
            term.add_to(scores, states)
        return plain, cached, scores

    def best_sequels(self, groups: IntArray) -> FloatArray:
        """(V, G) highest probabilities of each group behind each token, of the model."""
        return self._model.best_sequels(groups)

    def endings(self, histories: Sequence[Sequence[int]]) -> FloatArray:
        """(N,) probabilities that no hanzi follows each history, of the model."""
        return self._model.endings(histories)

    def release(self, states: IntArray) -> None:
        """Forget states that no other state descends from."""
        self._serving.release(states)
        for term in self._terms:
            term.release(states)
        self._cache.release(states)


class ManyTokenScores(TokenScore):
    """The `TokenScore` of everyone behind several left contexts at once.

    Args:
        model: of everyone.
    """

    def __init__(self, model: ManyContexts) -> None:
        super().__init__(model)
        self._many = model

    def start_many(self, contexts: Sequence[LeftContext]) -> IntArray:
        """Drop all states, read the contexts (N), and return their states (N,)."""
        roots = self._many.start_many(contexts)
        self._cache.enter(roots, [self.encode(context) for context in contexts])
        return roots


class Score:
    """The score of texts behind a left context: its terms, and how they are put together.

    Args:
        model: the terms of tokens: a `TokenScore`.
        whole: what counts for the whole input beyond its tokens; None for nothing.
        own: words of the user's own, beside the tokens; None for none.
    """

    def __init__(
        self,
        model: LanguageModel,
        whole: WholeInput | None = None,
        own: OwnWordPaths | None = None,
    ) -> None:
        self.model, self.own = model, own
        self._whole = whole
        self._edge_tokens = EdgeTokens(model.tokens)

    def reset(self) -> None:
        """Forget what is kept of texts, because the user's words changed."""
        if self._whole is not None:
            self._whole.reset()

    def edge_tokens(self, edge: Edge) -> tuple[IntArray, FloatArray]:
        """(N,) ids of the tokens that an edge may mean, and (N,) nats to add for each."""
        return self._edge_tokens.of(edge)

    def extend(self, parents: IntArray, tokens: IntArray, nats: FloatArray) -> IntArray:
        """(B,) states of the model after one more token each; own words go on with them.

        Args:
            parents: (B,) states.
            tokens: (B,) ids.
            nats: (B,) that the model gave for each.
        """
        if self.own is not None:
            steps = zip(parents.tolist(), tokens.tolist(), nats.tolist(), strict=True)
            for parent, token, value in steps:
                self.own.gain(parent, token, value)
        return self.model.extend(parents, tokens)

    def token_nats(
        self, log_probs: FloatArray, states: IntArray, tokens: IntArray
    ) -> FloatArray:
        """(S, N) nats of N tokens behind S states, own words with them.

        Args:
            log_probs: (S, V) that the model gave for the states.
            states: (S,) of the model.
            tokens: (N,) ids.
        """
        nats: FloatArray = log_probs[:, tokens]
        if self.own is not None:
            self.own.begin(nats, states, tokens)
        return nats

    def places(self, edge: Edge) -> Mapping[int, int]:
        """The place of each token in what `edge_tokens` gives."""
        return self._edge_tokens.places(edge)

    def input_gain(self, before: Sequence[int], texts: Sequence[Sequence[int]]) -> FloatArray:
        """(N,) nats that each of N texts gains as the whole input behind `before`.

        Args:
            before: tokens of the left context.
            texts: tokens of each.
        """
        if self._whole is None:
            return np.zeros(len(texts), np.float32)
        return self._whole.gains(before, texts)


def spelled(scores: Nats, log_probs: Nats, penalties: Nats, edge: Edge) -> Nats:
    """Nats of hypotheses that go on over an edge.

    Args:
        scores: of the hypotheses until there.
        log_probs: of the next token, as the model has it.
        penalties: of reading that token for the edge's syllables.
        edge: whose price, log P(letters | syllable), counts.
    """
    return (log_probs + penalties) + (scores + edge.log_prob)


def in_earnest(
    scores: FloatArray, kinds: Sequence[EdgeKind], led: Sequence[bool], syllables: int
) -> FloatArray:
    """(N,) nats of N texts for a whole input, of which those spelled in full go first.

    Args:
        scores: as the other terms have them.
        kinds: of each text, the way of spelling that counts least among those of its edges.
        led: which lead by an own word; these keep their scores.
        syllables: of the input, as the best text that is spelled in full has them.
    """
    exact = [s for s, kind in zip(scores, kinds, strict=True) if kind is EdgeKind.EXACT]
    if not exact or syllables > rules.EARNEST_SYLLABLES:
        return scores
    best, priced = max(exact), scores.copy()
    for place, (kind, own) in enumerate(zip(kinds, led, strict=True)):
        if own or kind is EdgeKind.EXACT:
            continue
        if kind not in (EdgeKind.FUZZY, EdgeKind.LETTERS):
            priced[place] -= rules.INEXACT / syllables
        if 0 <= priced[place] - best < rules.EARNEST / syllables:
            priced[place] = best - _JUST_BEHIND * (1 + scores.max() - scores[place])
    return priced


def lost_letters_behind(
    scores: FloatArray, exact: FloatArray, lost: Sequence[bool], syllables: int
) -> FloatArray:
    """(N,) nats of N texts for a sentence, a lost first letter behind what is spelled in full.

    Args:
        scores: as the other terms have them.
        exact: those of the texts that are spelled in full, at least one.
        lost: in which texts the first letter of a syllable was lost, so that a syllable is
            left; not in those that lead by an own word.
        syllables: of the best text that is spelled in full.
    """
    best = float(exact.max())
    if best < rules.GOOD * syllables:
        return scores
    ahead = np.array(lost) & (scores >= best) & (scores < best + rules.FIRST_LETTER)
    behind = best - _JUST_BEHIND * (1 + scores.max() - scores)
    priced: FloatArray = np.where(ahead, behind, scores).astype(np.float32)
    return priced


def slips_behind_initials(
    scores: FloatArray, kinds: Sequence[EdgeKind], led: Sequence[bool]
) -> FloatArray:
    """(N,) nats of N texts for a whole input without a vowel: initials, and hardly a slip.

    Args:
        scores: as the other terms have them.
        kinds: of each text, the way of spelling that counts least among those of its edges.
        led: which lead by an own word; these keep their scores.
    """
    slips = np.array([kind is EdgeKind.CORRECTION for kind in kinds]) & ~np.array(led)
    priced = scores.copy()
    priced[slips] -= rules.INEXACT
    return priced


def word_estimate(
    first: float | None, reading: Sequence[Edge], count: int, occurrences: int
) -> float:
    """Nats of a word as far as its first character tells.

    log P of the first character in context, times the share of that character's occurrences
    that begin this word.

    Args:
        first: nats of its first character; None where the model does not have it.
        reading: the edges that spell it.
        count: how often the word was written.
        occurrences: how often its first character was.
    """
    spelling = sum(edge.log_prob for edge in reading)
    if first is None:
        return spelling + math.log(UNKNOWN)
    return spelling + first + math.log(count / max(occurrences, count))


def with_choices(
    texts: Sequence[str], scores: Sequence[float], shares: Mapping[str, float]
) -> list[float]:
    """Scores of candidates of one reading with the user's choices mixed in.

    Args:
        texts: of the candidates.
        scores: their log-probabilities in nats.
        shares: of the reading, by text; those of texts that are no candidates count, too.

    Returns:
        New log-probabilities; their sum is that of the old ones where all texts with a share
        are candidates.
    """
    if not shares or not scores:
        return list(scores)
    best = max(scores)
    mass = sum(math.exp(score - best) for score in scores)
    left = 1.0 - sum(shares.values())
    mixed = []
    for text, score in zip(texts, scores, strict=True):
        value = left * math.exp(score - best) / mass + shares.get(text, 0.0)
        mixed.append(best + math.log(mass) + math.log(max(value, 1e-30)))
    return mixed
