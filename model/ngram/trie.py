"""The n-gram model: a trie of quantised entries in memory-mapped arrays, and its scorer.

p(w | h) = alpha(h, w) + gamma(h) p(w | h'), h' being h without its first token. An entry of
level n is the n-gram (h, w); entries are sorted by history, then token, so the children of
one history are a range. Only alphas are stored, as one byte of log-probability each; gamma
follows, because the distribution sums to one. numpy alone: this model serves while torch
loads, and where there is none.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from model.memory import forget_pages
from model.vocab import BREAK

ORDER = 5
FACTS = "ngram.json"
LOWEST = -17.0  # log of the smallest alpha that a byte can say; about one in 24 million
STEP = -LOWEST / 255  # 0.067 nats between two bytes
MANY = 255
ROUNDED = 1e-3  # by which unigrams may miss a sum of one
LEAST_REST = 1e-4  # probability that shorter histories keep, whatever the longer one knows
PIECE_BYTES = 16 * 1024 * 1024
MOST_SHARES = 10_000  # remembered of each kind; 3 MB
NPY_HEADER = 128  # bytes before the values of a .npy file of one dimension
# What numpy raises for a damaged file: its header is parsed as Python.
DAMAGED = (ValueError, TypeError, SyntaxError, OverflowError, EOFError, TokenError)
BLOCK = 32  # ranges whose first one's beginning is kept

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]
ValueT = TypeVar("ValueT", np.uint8, np.uint16, np.float32)


class Ranges:
    """Ranges without gaps between them; the first one begins at 0.

    Of every `BLOCK` ranges the first one's beginning is kept; the others follow from the
    lengths, which stay where they are.

    Args:
        lengths: (N,) of the ranges, 0 and more; `MANY` stands for a length in `many`.
        many: lengths of `MANY` and more, in order.

    Raises:
        ValueError: there are not as many of them as are asked for, or they are shorter.
    """

    def __init__(
        self, lengths: npt.NDArray[np.uint8], many: npt.NDArray[np.unsignedinteger]
    ) -> None:
        places = np.flatnonzero(lengths == MANY)
        if len(places) != len(many):
            raise ValueError(f"{len(many)} lengths for {len(places)} ranges")
        if len(many) and many.min() < MANY:
            raise ValueError(f"a length of {many.min()} for a range of {MANY} and more")
        ends = np.zeros(-(-len(lengths) // BLOCK) + 1, np.uint32)
        if len(lengths):
            ends[1:] = np.add.reduceat(
                lengths, np.arange(0, len(lengths), BLOCK), dtype=np.uint32
            )
        np.add.at(ends, places // BLOCK + 1, many.astype(np.uint32) - MANY)
        self._begins = np.cumsum(ends, dtype=np.uint32)
        self._values = lengths
        self._lengths = lengths.data  # quicker to read than an array, item by item
        self._many: dict[int, dict[int, int]] = {}  # by block, then number
        for place, length in zip(places.tolist(), many.tolist(), strict=True):
            self._many.setdefault(place // BLOCK, {})[place] = length

    def __len__(self) -> int:
        return len(self._lengths)

    @property
    def end(self) -> int:
        """Where the last one ends."""
        return self._begins.item(-1)

    def __getitem__(self, number: int) -> tuple[int, int]:
        """Beginning and end of a range, by its number from 0; negative ones are not wrapped."""
        block = number // BLOCK
        begin = self._begins.item(block) + sum(self._lengths[block * BLOCK : number])
        length = self._lengths[number]
        if block in self._many:
            many = self._many[block]
            begin += sum(more - MANY for place, more in many.items() if place < number)
            length = many.get(number, length)
        return begin, begin + length

    def forget_pages(self) -> None:
        """Let go of what was read of mapped lengths."""
        forget_pages(self._values)

    def lengths(self) -> npt.NDArray[np.uint32]:
        """(N,) lengths of all."""
        found = self._values.astype(np.uint32)
        for many in self._many.values():
            found[list(many)] = list(many.values())
        return found


def quantise(alphas: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Bytes of log(alpha): 255 is 1, 0 is exp(`LOWEST`)."""
    logs = np.log(np.maximum(alphas, np.exp(LOWEST)))
    return np.clip(np.rint(255 + logs / STEP), 0, 255).astype(np.uint8)


def _table() -> FloatArray:
    return np.exp((np.arange(256) - 255) * STEP).astype(np.float32)


def write_levels(
    folder: Path,
    unigrams: npt.NDArray[np.float64],
    levels: Sequence[tuple[IntArray, npt.NDArray[np.uint16], npt.NDArray[np.uint8]]],
) -> None:
    """Write `NAME-K.npy` files of at most `PIECE_BYTES`.

    Args:
        folder: where to; older pieces are removed.
        unigrams: (V,) probabilities.
        levels: for order 2 and up: index of the history in the level below, last token,
            alpha byte, sorted by history, then token.
    """
    for old in folder.glob("*.npy"):
        old.unlink()
    np.save(folder / "unigrams-0.npy", unigrams.astype(np.float32))
    below = len(unigrams)
    for order, (parents, tokens, alphas) in enumerate(levels, start=2):
        counts = np.bincount(parents, minlength=below)
        # One byte a history; the few with more children have their number in `many`.
        arrays: dict[str, npt.NDArray[np.uint16] | npt.NDArray[np.uint8]] = {
            "tokens": tokens,
            "alphas": alphas,
            "children": np.minimum(counts, MANY).astype(np.uint8),
            "many": counts[counts >= MANY].astype(np.uint16),
        }
        for name, values in arrays.items():
            rows = (PIECE_BYTES - NPY_HEADER) // values.itemsize
            for i, start in enumerate(range(0, max(1, len(values)), rows)):
                np.save(folder / f"{name}{order}-{i}.npy", values[start : start + rows])
        below = len(tokens)


def _map(path: Path, wanted: type[ValueT]) -> npt.NDArray[ValueT]:
    try:
        mapped = np.load(path, mmap_mode="r")
    except DAMAGED as exc:
        raise ValueError(f"{path}: damaged ({exc}); restore it") from exc
    # A plain view: numpy's memmap class costs microseconds at every slice.
    values: npt.NDArray[ValueT] = mapped.view(np.ndarray)
    if values.ndim != 1 or values.dtype != wanted:
        raise ValueError(f"{path}: damaged (it holds no list of {wanted.__name__}); restore it")
    return values


def _read(folder: Path, name: str, wanted: type[ValueT]) -> npt.NDArray[ValueT]:
    pieces = [_map(path, wanted) for path in sorted(folder.glob(f"{name}-*.npy"))]
    if not pieces:
        raise FileNotFoundError(f"{folder}: {name}-0.npy is missing")
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def _unfit(folder: Path, order: int) -> str:
    return f"{folder}: pieces of order {order} do not fit; restore them"


@dataclass(frozen=True)
class NgramLevel:
    """Entries of one order.

    Attributes:
        tokens: last token of each entry.
        alphas: its quantised log(alpha).
        children: where the entries are that each entry of the level below begins.
    """

    tokens: npt.NDArray[np.uint16]
    alphas: npt.NDArray[np.uint8]
    children: Ranges


class Ngram:
    """The model on disk.

    Args:
        folder: written by `python -m model.ngram.build`.

    Raises:
        FileNotFoundError: a piece is missing.
        ValueError: the pieces do not fit each other.
    """

    def __init__(self, folder: Path) -> None:
        self.unigrams = _read(folder, "unigrams", np.float32)
        whole = float(self.unigrams.sum(dtype=np.float64))
        # Not a number is refused, too.
        if not (len(self.unigrams) and self.unigrams.min() > 0 and abs(whole - 1) < ROUNDED):
            raise ValueError(f"{folder}: unigrams-0.npy is damaged; restore it")
        self.levels: list[NgramLevel] = []
        below = len(self.unigrams)
        for order in range(2, ORDER + 1):
            tokens = _read(folder, f"tokens{order}", np.uint16)
            alphas = _read(folder, f"alphas{order}", np.uint8)
            children = _read(folder, f"children{order}", np.uint8)
            many = _read(folder, f"many{order}", np.uint16)
            try:
                ranges = Ranges(children, many)
            except ValueError as exc:
                raise ValueError(_unfit(folder, order)) from exc
            if len(ranges) != below or not ranges.end == len(tokens) == len(alphas):
                raise ValueError(_unfit(folder, order))
            if len(tokens) and tokens.max() >= len(self.unigrams):
                raise ValueError(f"{folder}: tokens{order} are no tokens; restore them")
            self.levels.append(NgramLevel(tokens, alphas, ranges))
            below = len(tokens)
        self.forget_pages()  # the checks read all of them, typing few

    def forget_pages(self) -> None:
        """Let go of what was read of the mapped files."""
        for level in self.levels:
            forget_pages(level.tokens)
            forget_pages(level.alphas)
            level.children.forget_pages()

    def child(self, order: int, node: int, token: int) -> int:
        """Index in the level of `order` of (history `node`, `token`); -1: there is none."""
        level = self.levels[order - 2]
        low, high = level.children[node]
        # With a plain int numpy would first widen the whole range to its 64 bits.
        place = low + int(level.tokens[low:high].searchsorted(np.uint16(token)))
        return place if place < high and level.tokens[place] == token else -1


Nodes = tuple[int, ...]
"""Entries of the suffixes of a history, of one token, two... up to ORDER - 1 tokens; it ends at
the first length that the model does not have."""


class NgramScorer:
    """Next-token log-probabilities of an `Ngram` for a tree of histories.

    A state is an index into the list of `Nodes`. Distributions after one token, which many
    histories share, are kept.
    """

    def __init__(self, ngram: Ngram) -> None:
        self._ngram = ngram
        self._alpha = _table()
        self._nodes: list[Nodes] = []
        self._dead: set[int] = set()
        self._after_one: OrderedDict[int, FloatArray] = OrderedDict()
        self._shares: dict[tuple[int, int], float] = {}  # by length of history and entry
        self._after_tails: dict[tuple[int, ...], float] = {}

    def start(self, context: Sequence[int]) -> int:
        """Forget everything; the state after `context`, of which the last four tokens count."""
        self.start_many([context])
        return 0

    def start_many(self, contexts: Sequence[Sequence[int]]) -> IntArray:
        """Forget everything; the states after all contexts."""
        self._nodes = [self._read(context) for context in contexts]
        self._dead.clear()
        return np.arange(len(contexts))

    def _read(self, context: Sequence[int]) -> Nodes:
        nodes: Nodes = (BREAK,)
        for token in context[-(ORDER - 1) :]:
            nodes = self._follow(nodes, token)
        return nodes

    def _follow(self, nodes: Nodes, token: int) -> Nodes:
        found = [token]
        for order, node in enumerate(nodes[: ORDER - 2], start=2):
            child = self._ngram.child(order, node, token)
            if child < 0:
                break
            found.append(child)
        return tuple(found)

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        """(B,) states of `parents` (B,) each followed by its token (B,)."""
        first = len(self._nodes)
        for parent, token in zip(parents.tolist(), tokens.tolist(), strict=True):
            self._nodes.append(self._follow(self._nodes[parent], token))
        return np.arange(first, len(self._nodes))

    def probabilities(self, states: IntArray) -> FloatArray:
        """(B, V) probabilities of the token after each state."""
        histories = [self._nodes[state] for state in states.tolist()]
        mixed = np.stack([self.after(nodes[0]) for nodes in histories])  # (B, V)
        flat = mixed.reshape(-1)
        size = mixed.shape[1]
        for order in range(3, ORDER + 1):
            level = self._ngram.levels[order - 2]
            for row, nodes in enumerate(histories):
                if len(nodes) < order - 1:
                    continue
                tokens, alphas, rest = self._explained(level, nodes[order - 2])
                mixed[row] *= rest
                flat[row * size + tokens] += alphas
        return mixed

    def _explained(self, level: NgramLevel, node: int) -> tuple[IntArray, FloatArray, float]:
        """Tokens seen after the history `node`, their alphas, and gamma of the history."""
        low, high = level.children[node]
        alphas = self._alpha[level.alphas[low:high]]
        total = float(alphas.sum())
        if total > 1.0 - LEAST_REST:  # by rounding to bytes, or of a history with one sequel
            alphas *= (1.0 - LEAST_REST) / total
            total = 1.0 - LEAST_REST
        return level.tokens[low:high].astype(np.int64), alphas, 1.0 - total

    def after(self, token: int) -> FloatArray:
        """(V,) probabilities of what follows one token, whatever stands before it."""
        known = self._after_one.get(token)
        if known is None:
            tokens, alphas, rest = self._explained(self._ngram.levels[0], token)
            known = self._ngram.unigrams * np.float32(rest)
            known[tokens] += alphas
            self._after_one[token] = known
            if len(self._after_one) > 256:  # 9 MB
                self._after_one.popitem(last=False)
        return known

    def best_sequels(self, groups: IntArray) -> FloatArray:
        """(V, G) highest probabilities that a token of each group follows each token.

        The same as the largest values of `after` in each group, for all tokens at once.

        Args:
            groups: (V,) the group of each token, 0 to G - 1; -1 for none. G is the highest + 1.
        """
        unigrams, level = self._ngram.unigrams, self._ngram.levels[0]
        size, count = len(unigrams), int(groups.max(initial=-1)) + 1
        rows = np.repeat(np.arange(size, dtype=np.int32), level.children.lengths())
        values = self._alpha[level.alphas]  # (N,) of the N bigrams
        totals = np.bincount(rows, values, minlength=size)
        full = totals > 1.0 - LEAST_REST  # see `_explained`
        rest = np.where(full, LEAST_REST, 1.0 - totals).astype(np.float32)
        scale = np.where(full, (1.0 - LEAST_REST) / np.where(full, totals, 1.0), 1.0)
        values *= scale.astype(np.float32)[rows]
        values += rest[rows] * unigrams[level.tokens]
        grouped = groups >= 0
        likeliest = np.zeros(count, np.float32)
        np.maximum.at(likeliest, groups[grouped], unigrams[grouped])
        # A bigram only adds to what its token has as a unigram.
        best: FloatArray = rest[:, None] * likeliest  # (V, G)
        seen = grouped[level.tokens]
        places = rows[seen].astype(np.int64) * count + groups[level.tokens[seen]]
        np.maximum.at(best.reshape(-1), places, values[seen])
        return best

    def followers(
        self, histories: Sequence[Sequence[int]], kind: npt.NDArray[np.bool_]
    ) -> FloatArray:
        """(N,) probabilities that a token of a kind follows each history.

        Args:
            histories: of tokens; the last four count.
            kind: (V,) true for the tokens asked about; always the same ones.
        """
        found = np.empty(len(histories), np.float32)
        for row, history in enumerate(histories):
            tail = tuple(history[-(ORDER - 1) :])
            known = self._after_tails.get(tail)
            if known is None:
                if len(self._after_tails) >= MOST_SHARES:
                    self._after_tails.clear()
                known = self._after_tails[tail] = self._share(self._read(tail), kind)
            found[row] = known
        return found

    def _share(self, nodes: Nodes, kind: npt.NDArray[np.bool_]) -> float:
        """Probability of a token of a kind after a history; what is known of it is kept."""
        key = (len(nodes), nodes[-1])
        known = self._shares.get(key)
        if known is None:
            if len(nodes) == 1:
                known = float(self.after(nodes[0])[kind].sum())
            else:
                level = self._ngram.levels[len(nodes) - 1]
                tokens, alphas, rest = self._explained(level, nodes[-1])
                known = float(alphas[kind[tokens]].sum()) + rest * self._share(nodes[:-1], kind)
            if len(self._shares) >= MOST_SHARES:
                self._shares.clear()
            self._shares[key] = known
        return known

    def knowledge(self, states: IntArray) -> IntArray:
        """(B,) length in tokens of the longest known suffix of each history."""
        return np.array([len(self._nodes[state]) for state in states.tolist()])

    def log_probs(self, states: IntArray) -> FloatArray:
        """(B, V) log-probabilities in nats of the token after each state."""
        logs: FloatArray = np.log(self.probabilities(states))
        return logs

    def release(self, states: IntArray) -> None:
        """Forget states; the room of one is used again once all later ones are forgotten."""
        self._dead.update(states.tolist())
        while self._nodes and len(self._nodes) - 1 in self._dead:
            self._nodes.pop()
            self._dead.remove(len(self._nodes))
