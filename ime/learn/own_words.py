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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ime.ports import FloatArray, IntArray, TokenTable

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
        letter: that the syllable of the last token begins with.
        children: by token.
    """

    __slots__ = ("_letters", "children", "end", "letter", "weight")

    def __init__(self, letter: str = "") -> None:
        self.weight = 0.0
        self.end = 0.0
        self.letter = letter
        self.children: dict[int, Node] = {}
        self._letters = ""

    @property
    def letters(self) -> str:
        """Those that the word may go on with."""
        if len(self._letters) != len(self.children):  # one a child, so that it tells a change
            self._letters = "".join(child.letter for child in self.children.values())
        return self._letters


class OwnWords:
    """The user's own words, by their tokens.

    Args:
        tokens: of the model.
    """

    def __init__(self, tokens: TokenTable) -> None:
        pairs = zip(tokens.texts, tokens.syllables, strict=True)
        self._ids = {pair: token for token, pair in enumerate(pairs) if pair[1]}
        self.root = Node()
        self._made = 0
        self._starts: tuple[IntArray, FloatArray] | None = None
        self._places: dict[int, int] | None = None

    def settle(self, made: int) -> None:
        """So many choices were made by now; called once own words have changed."""
        self._made = made
        self._starts = self._places = None

    def set(self, text: str, syllables: Sequence[str], surprise: float) -> None:
        """Let a text be an own word with this surprise; none below `LEAST`.

        Texts that the model has no tokens for, or that are too short or long, are left out.
        `settle` must be called before the model is asked.
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
                child = path[-1].children[token] = Node(syllable[0])
            path.append(child)
        change = surprise - path[-1].end
        if not change:
            return
        path[-1].end = surprise
        for node in path:
            node.weight += change
        for node, token in zip(reversed(path[:-1]), reversed(found), strict=True):
            if node.children[token].children or node.children[token].end:
                break
            del node.children[token]

    @property
    def places(self) -> Mapping[int, int]:
        """The place of each first token in `starts`."""
        if self._places is None:
            self._places = {token: place for place, token in enumerate(self.root.children)}
        return self._places

    @property
    def starts(self) -> tuple[IntArray, FloatArray]:
        """(N,) first tokens of own words, and (N,) probabilities that one begins so."""
        if self._starts is None:
            children = self.root.children
            ids = np.fromiter(children, np.int64, len(children))
            weights = np.fromiter((node.weight for node in children.values()), np.float64)
            chances = SHARE * weights / (min(self._made, MOST_CHOICES) + DOUBT)
            self._starts = ids, chances.astype(np.float32)
        return self._starts


_Place = tuple[Node, float]
"""A node inside own words, and the probability to be there."""


@dataclass(slots=True)
class _Ways:
    """How a text may have come about.

    Attributes:
        free: probability that no own word is under way.
        inside: where in own words it may be.
        steps: from there to one more token each: the places behind it.
        first: (N,) log-probabilities that the base gives to the first tokens of own words, once
            it was asked.
        next: those of the tokens of `steps`.
        sequels: what was asked of `steps`, by the letter that follows.
    """

    free: float = 1.0
    inside: tuple[_Place, ...] = ()
    steps: dict[int, list[_Place]] = field(default_factory=dict)
    first: FloatArray | None = None
    next: dict[int, float] = field(default_factory=dict)
    sequels: dict[str, list[tuple[int, float]]] = field(default_factory=dict)


class OwnWordTerm:
    """Lets the user's own words count; a `TokenTerm` and the `OwnWordPaths` of the search.

    Their share, `SHARE` at most, is not taken off the rest: it would be the same everywhere.

    Args:
        words: the own words; they change only between two calls of `enter`.
    """

    def __init__(self, words: OwnWords) -> None:
        self._words = words
        self._ways: dict[int, _Ways] = {}

    def enter(self, context: Sequence[int]) -> None:  # noqa: ARG002 - own words stand anywhere
        """Drop all states; stand behind a left context of token ids."""
        self._ways.clear()

    def extend(self, parents: IntArray, tokens: IntArray, states: IntArray) -> None:
        """`states` (B,) are the histories `parents` (B,), each followed by its token (B,)."""
        if not self._words.root.children:
            return
        steps = zip(parents.tolist(), tokens.tolist(), states.tolist(), strict=True)
        for parent, token, state in steps:
            self._ways[state] = self._after(self._ways.get(parent), token)

    def add_to(self, log_probs: FloatArray, states: IntArray) -> None:
        """Let the scores (B, V) of the token after each state know of own words."""
        if not self._words.root.children:
            return
        ids, chances = self._words.starts
        first = log_probs[:, ids]
        log_probs[:, ids] = np.log(np.exp(first) + chances)
        for row, state in enumerate(states.tolist()):
            ways = self._ways.setdefault(state, _Ways())
            ways.first = first[row]
            if ways.inside:
                self._go_on(ways, log_probs[row])

    def release(self, states: IntArray) -> None:
        """Forget states."""
        for state in states.tolist():
            self._ways.pop(state, None)

    # ------------------------------------------------------------------ own words under way
    def beginnings(self, ids: IntArray, letter: str) -> list[tuple[int, float]]:
        """Which of `ids` begin own words that go on with a letter: place among them, nats."""
        places, (_, chances) = self._words.places, self._words.starts
        found = []
        for at, token in enumerate(ids.tolist()):
            place = places.get(token)
            if place is not None and letter in self._words.root.children[token].letters:
                found.append((at, math.log(chances[place])))
        return found

    def sequels(self, state: int, letter: str) -> Sequence[tuple[int, float]]:
        """Tokens behind a state that lead on inside own words to a letter: token, nats."""
        ways = self._ways.get(state)
        if ways is None or not ways.steps:
            return ()
        known = ways.sequels.get(letter)
        if known is None:
            known = ways.sequels[letter] = [
                (token, math.log(chance))
                for token, places in ways.steps.items()
                for child, chance in places
                if letter in child.letters
            ]
        return known

    def gain(self, state: int, token: int) -> float:
        """Nats of a token behind a state that own words gave it."""
        ways = self._ways.get(state)
        place = self._words.places.get(token)
        if ways is None or ways.first is None or (place is None and not ways.inside):
            return 0.0
        base = ways.next.get(token)
        if place is not None:
            base = float(ways.first[place])
        if base is None:
            return math.log(max(ways.free, NEVER))
        mass = sum(chance for _, chance in ways.steps.get(token, ()))
        if place is not None:
            mass += ways.free * float(self._words.starts[1][place])
        return math.log(max(ways.free * math.exp(base) + mass, NEVER)) - base

    def _go_on(self, ways: _Ways, row: FloatArray) -> None:
        """Let a row of scores know of the words under way, and keep what the base thinks."""
        assert ways.first is not None
        tokens = np.fromiter(ways.steps, np.int64, len(ways.steps))
        masses = [sum(chance for _, chance in places) for places in ways.steps.values()]
        ways.next = dict(zip(ways.steps, row[tokens].tolist(), strict=True))
        begun = self._words.places
        for token in ways.next.keys() & begun.keys():
            ways.next[token] = float(ways.first[begun[token]])
        row += np.float32(math.log(max(ways.free, NEVER)))
        row[tokens] = np.logaddexp(row[tokens], np.log(np.array(masses, np.float32)))

    def _after(self, ways: _Ways | None, token: int) -> _Ways:
        """How a text may have come about after one more token."""
        place = self._words.places.get(token)
        if ways is None or ways.first is None or (place is None and token not in ways.next):
            return _Ways()
        steps = list(ways.steps.get(token, ()))
        nats = ways.next.get(token)
        if place is not None:
            nats = float(ways.first[place])
            chance = float(self._words.starts[1][place])
            steps.append((self._words.root.children[token], ways.free * chance))
        assert nats is not None
        free = ways.free * math.exp(nats)
        total = free + sum(mass for _, mass in steps)
        inside = []
        for node, mass in steps:
            left = mass * (1.0 - node.end / node.weight)
            free += mass - left
            if left > UNLIKELY * total:
                inside.append((node, left / total))
        return _Ways(free / total, tuple(inside), _steps(inside))


def _steps(inside: Sequence[_Place]) -> dict[int, list[_Place]]:
    """One more token inside own words: by the token, the places behind it."""
    found: dict[int, list[_Place]] = {}
    for node, chance in inside:
        share = chance / (node.weight - node.end)
        for token, child in node.children.items():
            found.setdefault(token, []).append((child, share * child.weight))
    return found
