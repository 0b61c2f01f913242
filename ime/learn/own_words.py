"""Words of the user's own as paths of the beam.

A name that the lexicon lacks is unlikely hanzi by hanzi, however often it was chosen. So at
each place text may go on in two ways, by the model's next token, or by an own word, which
begins with

    P(word) = SHARE * surprise(word) / (choices made + DOUBT)

and whose later tokens follow for certain, as far as no other own word begins alike. Which of
the two a text came by is not known; the probability of each is carried along with it (the
forward algorithm of a hidden Markov model), so that the sum over both stays a probability, and
a word that breaks off has cost nothing but its share.
"""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

import numpy as np

from ime.ports import BoolArray, FloatArray, IntArray, TokenTable

SHORTEST, LONGEST = 2, 5  # hanzi of an own word
# Of all words that begin, for a user all of whose choices were surprises; EXPERIMENTS.md.
SHARE = 0.02
DOUBT = 300.0  # choices that weigh as much as those made
MOST_CHOICES = 2000  # of those made that count: who has chosen much uses new words as much
LEAST = 0.25  # surprise from which on a text is an own word
UNLIKELY = 1e-4  # probability of a place in own words below which it is left
NEVER = 1e-30


class Node:
    """A place in the tree of own words.

    Attributes:
        weight: of all words below, itself included.
        end: of the word that ends here.
        syllable: of the last token.
        children: by token.
    """

    __slots__ = ("_below", "_syllables", "children", "end", "syllable", "weight")

    def __init__(self, syllable: str = "") -> None:
        self.weight = 0.0
        self.end = 0.0
        self.syllable = syllable
        self.children: dict[int, Node] = {}
        self._below: _Below | None = None
        self._syllables: frozenset[str] = frozenset()

    def gain(self, change: float) -> None:
        """Change the weight; what is known of the places below is counted anew."""
        self.weight += change
        self._below, self._syllables = None, frozenset()

    @property
    def syllables(self) -> frozenset[str]:
        """Syllables that words go on with from here."""
        if not self._syllables:
            self._syllables = frozenset(child.syllable for child in self.children.values())
        return self._syllables

    def goes_on(self, letter: str) -> bool:
        """Whether a word goes on from here with a syllable that begins so."""
        return any(syllable[0] == letter for syllable in self.syllables)

    @property
    def below(self) -> _Below:
        """How words go on from here."""
        if self._below is None:
            self._below = _Below(self)
        return self._below


class _Below:
    """One more token inside own words, as long as they do not change.

    Attributes:
        ids: (N,) the tokens.
        shares: (N,) of what goes on here.
        places: of each token in both.
    """

    __slots__ = ("_children", "_leading", "ids", "places", "shares")

    def __init__(self, node: Node) -> None:
        self._children = node.children
        weights = [child.weight for child in node.children.values()]
        self.ids = np.fromiter(node.children, np.int64, len(weights))
        self.shares = (np.array(weights) / (node.weight - node.end)).astype(np.float32)
        self.places = {token: place for place, token in enumerate(node.children)}
        self._leading: dict[str, list[tuple[int, float]]] = {}

    def leading(self, letter: str) -> list[tuple[int, float]]:
        """Tokens from which words go on to a letter, and the nats of their shares."""
        known = self._leading.get(letter)
        if known is None:
            known = self._leading[letter] = [
                (token, math.log(self.shares[self.places[token]]))
                for token, child in self._children.items()
                if child.goes_on(letter)
            ]
        return known


class OwnWords:
    """The user's own words, by their tokens.

    Args:
        tokens: of the model.
    """

    def __init__(self, tokens: TokenTable) -> None:
        pairs = zip(tokens.texts, tokens.syllables, strict=True)
        self._ids = {pair: token for token, pair in enumerate(pairs) if pair[1]}
        size = len(tokens.texts)
        self._weights = np.zeros(size, np.float32)  # of the words that begin with each token
        self._leads: dict[str, BoolArray] = {}  # which tokens, by letter
        self._nobody = np.zeros(size, np.bool_)
        self.root = Node()
        self._rate = SHARE / DOUBT

    def settle(self, made: int) -> None:
        """So many choices were made by now."""
        self._rate = SHARE / (min(made, MOST_CHOICES) + DOUBT)

    def set(self, text: str, syllables: Sequence[str], surprise: float) -> None:
        """Let a text be an own word with this surprise; none below `LEAST`.

        Texts that the model has no tokens for, or that are too short or long, are left out.
        """
        if not SHORTEST <= len(text) <= LONGEST or len(text) != len(syllables):
            return
        found = [self._ids.get(pair, -1) for pair in zip(text, syllables, strict=True)]
        if -1 in found:
            return
        surprise = surprise if surprise >= LEAST else 0.0
        path = [self.root]
        for token, syllable in zip(found, syllables, strict=True):
            child = path[-1].children.get(token)
            if child is None:
                if not surprise:
                    return
                child = path[-1].children[token] = Node(syllable)
            path.append(child)
        change = surprise - path[-1].end
        if not change:
            return
        path[-1].end = surprise
        for node in path:
            node.gain(change)
        for node, token in zip(reversed(path[:-1]), reversed(found), strict=True):
            if node.children[token].children or node.children[token].end:
                break
            del node.children[token]
        self._note(found[0], syllables[1][0], goes_on=surprise > 0)

    def _note(self, first: int, letter: str, *, goes_on: bool) -> None:
        """Note what words begin with a token, and whether any goes on to a letter.

        Args:
            first: the token.
            letter: that a syllable begins with.
            goes_on: whether one is known that does.
        """
        node = self.root.children.get(first)
        self._weights[first] = 0.0 if node is None else node.weight
        leads = self._leads.get(letter)
        if leads is None:
            leads = self._leads[letter] = np.zeros(len(self._weights), np.bool_)
        leads[first] = goes_on or (node is not None and node.goes_on(letter))

    def chance(self, token: int) -> float:
        """Probability that an own word begins with a token."""
        first = self.root.children.get(token)
        return 0.0 if first is None else first.weight * self._rate

    def chances(self, tokens: IntArray) -> FloatArray:
        """(N,) probabilities that an own word begins with each of N tokens."""
        found: FloatArray = self._weights[tokens] * self._rate
        return found

    def leading(self, tokens: IntArray, letter: str) -> IntArray:
        """Places among N tokens of those from which own words go on to a letter."""
        return np.flatnonzero(self._leads.get(letter, self._nobody)[tokens])


_Place = tuple[Node, float]
"""A node inside own words, and the probability to be there."""


@dataclass(slots=True)
class _Ways:
    """How a text may have come about.

    Attributes:
        free: probability that no own word is under way.
        inside: where in own words it may be.
        next: (N,) log-probabilities that the model gives to the tokens below each of `inside`.
        nats: those of the tokens that were asked for.
        sequels: what was asked of the places below, by the letter that follows.
    """

    free: float = 1.0
    inside: tuple[_Place, ...] = ()
    next: list[FloatArray] = field(default_factory=list)
    nats: dict[int, float] = field(default_factory=dict)
    sequels: dict[str, list[tuple[int, float]]] = field(default_factory=dict)

    def known(self, token: int) -> float | None:
        """Nats that the model gives to a token below; None where no word goes on with it."""
        for (node, _), nats in zip(self.inside, self.next, strict=True):
            place = node.below.places.get(token)
            if place is not None:
                return float(nats[place])
        return None

    def steps(self, token: int) -> list[_Place]:
        """The places that a token leads to, with their probabilities."""
        found = []
        for node, chance in self.inside:
            child = node.children.get(token)
            if child is not None:
                found.append((child, chance * child.weight / (node.weight - node.end)))
        return found


class OwnWordTerm:
    """Lets the user's own words count; a `TokenTerm` and the `OwnWordPaths` of the search.

    Their share, `SHARE` at most, is not taken off the rest: it would be the same everywhere.

    Args:
        words: the own words; they change only between two calls of `enter`.
    """

    def __init__(self, words: OwnWords) -> None:
        self._words = words
        self._ways: dict[int, _Ways] = {}
        self._free = np.zeros(1, np.float32)  # nats of `_Ways.free`, by state; the last is none

    def enter(self, context: Sequence[int]) -> None:  # noqa: ARG002 - own words stand anywhere
        """Drop all states; stand behind a left context of token ids."""
        self._ways.clear()
        self._free[:] = 0.0

    def extend(self, parents: IntArray, tokens: IntArray, states: IntArray) -> None:
        """`states` (B,) are the histories `parents` (B,), each followed by its token (B,)."""
        if not self._words.root.children:
            return
        steps = zip(parents.tolist(), tokens.tolist(), states.tolist(), strict=True)
        most = int(states.max())
        if most >= len(self._free) - 1:
            self._free = np.append(self._free, np.zeros(most + len(self._free), np.float32))
        for parent, token, state in steps:
            ways = self._ways[state] = self._after(self._ways.get(parent), token)
            self._free[state] = math.log(max(ways.free, NEVER))

    def add_to(self, log_probs: FloatArray, states: IntArray) -> None:
        """Let the scores (B, V) of the token after each state know of words under way.

        That they are under way is less than certain; `begin` takes that off all tokens.
        """
        under_way = []
        for row, state in enumerate(states.tolist()):
            ways = self._ways.get(state)
            if ways is not None and ways.inside:
                ways.next.clear()
                under_way.append((row, ways))
        depth = 0
        while under_way:  # the first place of each state, then the second: none meets itself
            _add_places(log_probs, under_way, depth)
            depth += 1
            under_way = [(row, ways) for row, ways in under_way if depth < len(ways.inside)]

    def release(self, states: IntArray) -> None:
        """Forget states."""
        for state in states.tolist():
            self._ways.pop(state, None)

    # ------------------------------------------------------------------ what the search asks
    def begin(self, nats: FloatArray, states: IntArray, tokens: IntArray) -> None:
        """Let nats (S, N) of N tokens behind S states know of the words that begin so.

        Args:
            nats: as the terms have them; changed.
            states: (S,) of the model.
            tokens: (N,) ids.
        """
        if not self._words.root.children:
            return
        np.exp(nats, out=nats)
        nats += self._words.chances(tokens)
        np.log(nats, out=nats)
        nats += self._free.take(states, mode="clip")[:, None]

    def beginnings(self, tokens: IntArray, letter: str) -> tuple[IntArray, FloatArray]:
        """Which of N tokens begin own words that go on with a letter: places, nats."""
        places = self._words.leading(tokens, letter)
        return places, np.log(self._words.chances(tokens[places]))

    def sequels(self, state: int, letter: str) -> Sequence[tuple[int, float]]:
        """Tokens behind a state that lead on inside own words to a letter: token, nats."""
        ways = self._ways.get(state)
        if ways is None or not ways.inside:
            return ()
        known = ways.sequels.get(letter)
        if known is None:
            known = ways.sequels[letter] = [
                (token, math.log(chance) + nats)
                for node, chance in ways.inside
                for token, nats in node.below.leading(letter)
            ]
        return known

    def goes_on(self, state: int, token: int, syllables: Set[str]) -> bool:
        """Whether an own word that a token behind a state is part of goes on so."""
        ways = self._ways.get(state)
        inside = ways.inside if ways is not None else ()
        nodes = (self._words.root, *(node for node, _ in inside))
        behind = (node.children.get(token) for node in nodes)
        return any(node and not syllables.isdisjoint(node.syllables) for node in behind)

    def gain(self, state: int, token: int, nats: float) -> float:
        """Nats that own words gave a token behind a state.

        `extend` knows of own words where this was asked for.

        Args:
            state: of the model.
            token: id.
            nats: of the token as the terms have it.
        """
        begins, ways = self._words.chance(token), self._ways.get(state)
        if ways is None:
            if not begins:
                return 0.0
            ways = self._ways[state] = _Ways()
        steps = ways.steps(token) if ways.inside else []
        if not begins and not steps:
            return float(self._free[state]) if ways.inside else 0.0
        known = ways.known(token) if steps else None
        base = ways.nats[token] = nats if known is None else known
        mass = ways.free * begins + sum(chance for _, chance in steps)
        return math.log(max(ways.free * math.exp(base) + mass, NEVER)) - base

    def _after(self, ways: _Ways | None, token: int) -> _Ways:
        """How a text may have come about after one more token."""
        nats = None if ways is None else ways.nats.get(token)
        if ways is None or nats is None:
            return _Ways()
        steps = ways.steps(token)
        first = self._words.root.children.get(token)
        if first is not None:
            steps.append((first, ways.free * self._words.chance(token)))
        free = ways.free * math.exp(nats)
        total = free + sum(mass for _, mass in steps)
        inside = []
        for node, mass in steps:
            left = mass * (1.0 - node.end / node.weight)
            free += mass - left
            if left > UNLIKELY * total:
                inside.append((node, left / total))
        return _Ways(free / total, tuple(inside))


def _add_places(
    log_probs: FloatArray, under_way: Sequence[tuple[int, _Ways]], depth: int
) -> None:
    """Let rows of (B, V) know of the words that go on from a place of each, and note them.

    Args:
        log_probs: changed.
        under_way: row, and how its text may have come about.
        depth: which of the places inside own words.
    """
    belows = [ways.inside[depth][0].below for _, ways in under_way]
    odds = [ways.inside[depth][1] / max(ways.free, NEVER) for _, ways in under_way]
    counts = [len(below.ids) for below in belows]
    rows = np.repeat([row for row, _ in under_way], counts)
    ids = np.concatenate([below.ids for below in belows])
    shares = np.concatenate([below.shares for below in belows])
    nats = log_probs[rows, ids]
    shares *= np.repeat(np.array(odds, np.float32), counts)
    log_probs[rows, ids] = np.log(np.exp(nats) + shares)
    start = 0
    for (_, ways), count in zip(under_way, counts, strict=True):
        ways.next.append(nats[start : start + count])
        start += count
