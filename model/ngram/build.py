"""`python -m model.ngram.build DATA OUT`: count, prune and quantise the n-gram model.

An interpolated 5-gram with absolute discounting in the manner of modified Kneser-Ney (Chen
& Goodman 1998): p(w | h) = alpha(h, w) + gamma(h) p(w | h'). Kneser-Ney makes a lower order
explain what the higher one leaves over; with heavy pruning that is best kept exactly: the
probability mass that a kept entry explains is subtracted from the counts of all its
suffixes before those are discounted in turn, so that mass of pruned entries falls to lower
orders in full (compare Siivola et al. 2007).

Entries are kept by how much log-likelihood they save over their suffix (Stolcke 1998, on
raw counts).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from model.ngram.trie import FACTS, ORDER, quantise, write_levels
from model.vocab import BEGIN, BREAK, UNKNOWN, Vocabulary

BITS = 14  # of a token id in a packed key: the vocabulary must stay below 16,384
# The fifth order packs in a smaller base, as 5 * 14 bits do not fit: rarer tokens end at four.
TOP_BASE = 7131  # floor(2 ** (64 / 5))
BUDGETS = (1_300_000, 4_000_000, 4_500_000, 3_000_000)
CUTS = (2, 3, 4, 5)

UIntArray = npt.NDArray[np.uint64]
CountArray = npt.NDArray[np.float64]


@dataclass
class Level:
    """Kept n-grams of one order: packed keys, ascending, and their counts."""

    keys: UIntArray
    counts: CountArray


def _load_tokens(data: Path, limit: int) -> npt.NDArray[np.uint16]:
    shards = [np.fromfile(path, np.uint16) for path in sorted(data.glob("train-*.bin"))]
    tokens = np.concatenate(shards)[: limit or None]
    # "Nothing before" is to mean the start of a line, not of an article.
    tokens[tokens == BEGIN] = BREAK
    return tokens


def _count(tokens: npt.NDArray[np.uint16], order: int) -> Level:
    """All n-grams of `order` without unknown tokens."""
    base = TOP_BASE if order == ORDER else 1 << BITS
    size = max(0, len(tokens) - order + 1)
    keys = np.zeros(size, np.uint64)
    for i in range(order):
        keys *= np.uint64(base)
        keys += tokens[i : i + size]
    bad = tokens == UNKNOWN
    if order == ORDER:
        bad |= tokens >= TOP_BASE
    wrong = np.zeros(size, np.bool_)
    for i in range(order):
        wrong |= bad[i : i + size]
    keys = keys[~wrong]
    if not len(keys):
        return Level(keys, np.zeros(0))
    keys.sort()
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    counts = np.diff(np.concatenate((first, [len(keys)]))).astype(np.float64)
    return Level(keys[first], counts)


def _discounts(counts: CountArray) -> tuple[float, float, float]:
    """D1, D2, D3+ of modified Kneser-Ney from counts of counts (Chen & Goodman, eq. 26)."""
    n1, n2, n3, n4 = (float(np.count_nonzero(counts == k)) for k in (1, 2, 3, 4))
    if not (n1 and n2 and n3):
        return 0.75, 1.0, 1.3
    y = n1 / (n1 + 2 * n2)
    return 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3


def _discount(counts: CountArray, levels: tuple[float, float, float]) -> CountArray:
    chosen = np.where(counts < 1.5, levels[0], np.where(counts < 2.5, levels[1], levels[2]))
    # Effective counts are fractions; never take all of one.
    return np.minimum(chosen, 0.9 * counts)


def _repack(keys: UIntArray) -> UIntArray:
    """(2, N): prefix and suffix, both of four tokens, of keys of the top order."""
    digits = []
    for _ in range(ORDER):
        digits.append(keys % np.uint64(TOP_BASE))
        keys = keys // np.uint64(TOP_BASE)
    digits.reverse()
    shift = np.uint64(BITS)
    prefix = np.zeros_like(digits[0])
    suffix = np.zeros_like(digits[0])
    for i in range(ORDER - 1):
        prefix = (prefix << shift) | digits[i]
        suffix = (suffix << shift) | digits[i + 1]
    return np.stack((prefix, suffix))


def _find(level: Level, keys: UIntArray) -> npt.NDArray[np.int64]:
    """Index of each key in a level, -1 where it is not there."""
    place = np.searchsorted(level.keys, keys)
    place[place == len(level.keys)] = 0
    return np.where(level.keys[place] == keys, place, -1)


def _mask(order: int) -> np.uint64:
    return np.uint64((1 << (BITS * order)) - 1)


def _saving(
    counts: CountArray, history: CountArray, suffix: CountArray, suffix_history: CountArray
) -> CountArray:
    """Nats of training text that an entry saves over its suffix."""
    return counts * np.log(counts * suffix_history / (history * suffix))


class Builder:
    """Counts all orders, chooses what is kept, and estimates it.

    Args:
        tokens: training text.
        size: of the vocabulary, V.
        budgets: most entries kept of each order from 2.
        cuts: least count of an entry of each order from 2.

    Attributes:
        levels: what is kept of each order from 1; everything before `prune`.
        discounts: of each order from 2.
    """

    def __init__(
        self,
        tokens: npt.NDArray[np.uint16],
        size: int,
        budgets: Mapping[int, int],
        cuts: Mapping[int, int],
    ) -> None:
        self._budgets, self._cuts = budgets, cuts
        self.levels: dict[int, Level] = {}
        self.discounts: dict[int, tuple[float, float, float]] = {}
        unigrams = np.bincount(tokens, minlength=size).astype(np.float64)
        unigrams[UNKNOWN] = 0
        self.levels[1] = Level(np.arange(size, dtype=np.uint64), unigrams)
        for order in range(2, ORDER + 1):
            begun = time.monotonic()
            full = _count(tokens, order)
            self.discounts[order] = _discounts(full.counts)
            kept = full.counts >= (cuts[order] if order == ORDER else 1)
            self.levels[order] = Level(full.keys[kept], full.counts[kept])
            seconds = time.monotonic() - begun
            print(f"order {order}: {len(full.keys):,} types, {seconds:.0f} s", flush=True)

    def prune(self) -> None:
        """Keep the entries that save most, and every prefix of a kept one."""
        kept: dict[int, Level] = {}
        needed = np.zeros(0, np.uint64)
        for order in range(ORDER, 1, -1):
            level = self.levels[order]
            saving = self._savings(order)
            if len(needed):
                saving[_find(level, needed)] = np.inf
            budget = min(self._budgets[order], int(np.count_nonzero(saving > 0)))
            least = np.partition(saving, -budget)[-budget] if budget else np.inf
            chosen = np.flatnonzero((saving >= least) & (saving > 0))
            kept[order] = Level(level.keys[chosen], level.counts[chosen])
            needed = np.unique(self.split(order, kept[order].keys)[0])
            print(
                f"order {order}: kept {len(chosen):,} (threshold {least:.2f} nats)", flush=True
            )
        self.levels = {1: self.levels[1], **kept}

    def _savings(self, order: int) -> CountArray:
        """Nats that each entry of `order` saves; -inf for those counted too seldom."""
        level, lower = self.levels[order], self.levels[order - 1]
        candidates = level.counts >= self._cuts[order]
        prefix, suffix = self.split(order, level.keys[candidates])
        history = lower.counts[_find(lower, prefix)]
        suffix_counts = lower.counts[_find(lower, suffix)]
        if order > 2:
            outer = self.levels[order - 2]
            suffix_history = outer.counts[_find(outer, suffix >> np.uint64(BITS))]
        else:
            suffix_history = np.full(len(suffix), lower.counts.sum())
        saving = np.full(len(level.keys), -np.inf)
        saving[candidates] = _saving(
            level.counts[candidates], history, suffix_counts, suffix_history
        )
        return saving

    def split(self, order: int, keys: UIntArray) -> UIntArray:
        """(2, N): keys of the prefix and of the suffix, both one token shorter."""
        if order == ORDER:
            return _repack(keys)
        return np.stack((keys >> np.uint64(BITS), keys & _mask(order - 1)))

    def estimate(self) -> tuple[npt.NDArray[np.float64], dict[int, CountArray]]:
        """Unigram probabilities (V,), and alpha of every kept entry by order."""
        left = {order: level.counts.copy() for order, level in self.levels.items()}
        # What is left to explain after each history: of `order` tokens, by its index there.
        totals = {order: level.counts.copy() for order, level in self.levels.items()}
        totals[0] = np.array([self.levels[1].counts.sum()])
        alphas: dict[int, CountArray] = {}
        for order in range(ORDER, 1, -1):
            level = self.levels[order]
            prefix, suffix = self.split(order, level.keys)
            counts = np.maximum(left[order], 1e-3)
            explained = counts - _discount(counts, self.discounts[order])
            history = _find(self.levels[order - 1], prefix)
            alphas[order] = explained / np.maximum(totals[order - 1][history], explained)
            self._subtract(order, suffix, explained, left, totals)
        rest = np.maximum(left[1], 0) + 0.05  # a token never seen is still possible
        rest[UNKNOWN] = 1e-6
        return rest / rest.sum(), alphas

    def _subtract(
        self, order: int, suffix: UIntArray, explained: CountArray,
        left: dict[int, CountArray], totals: dict[int, CountArray],
    ) -> None:  # fmt: skip
        """Take explained mass from the suffixes of all shorter orders and their histories."""
        for shorter in range(order - 1, 0, -1):
            keys = suffix & _mask(shorter)
            place = _find(self.levels[shorter], keys)
            found = place >= 0
            left[shorter] -= np.bincount(
                place[found], weights=explained[found], minlength=len(left[shorter])
            )
            if shorter == 1:
                totals[0] -= explained.sum()
                continue
            history = _find(self.levels[shorter - 1], keys >> np.uint64(BITS))
            found = history >= 0
            totals[shorter - 1] -= np.bincount(
                history[found], weights=explained[found], minlength=len(totals[shorter - 1])
            )


def build(
    data: Path, out: Path, budgets: Mapping[int, int], cuts: Mapping[int, int], limit: int = 0
) -> None:
    """Make the n-gram of the train shards in `data` and write it to `out`.

    Args:
        data: folder with `vocab.tsv` and shards.
        out: made if need be; an older n-gram in it is replaced.
        budgets: most entries kept of order 2, 3, 4, 5.
        cuts: least count of an entry of order 2, 3, 4, 5.
        limit: tokens of training text; 0 is all.
    """
    vocabulary = Vocabulary.load(data / "vocab.tsv")
    tokens = _load_tokens(data, limit)
    builder = Builder(tokens, len(vocabulary), budgets, cuts)
    builder.prune()
    unigrams, alphas = builder.estimate()
    levels = []
    for order in range(2, ORDER + 1):
        keys = builder.levels[order].keys
        prefix, _ = builder.split(order, keys)
        parents = _find(builder.levels[order - 1], prefix)
        last = keys % np.uint64(TOP_BASE) if order == ORDER else keys & _mask(1)
        levels.append((parents, last.astype(np.uint16), quantise(alphas[order])))
    out.mkdir(parents=True, exist_ok=True)
    write_levels(out, unigrams, levels)
    facts = {
        "tokens": len(tokens),
        "entries": {str(order): len(builder.levels[order].keys) for order in builder.levels},
        "discounts": {str(order): values for order, values in builder.discounts.items()},
    }
    (out / FACTS).write_text(json.dumps(facts, indent=1), encoding="utf-8")


def main() -> None:
    """Parse options and build."""
    parser = argparse.ArgumentParser(prog="python -m model.ngram.build", description=__doc__)
    parser.add_argument("data", type=Path, help="folder made by python -m model.data")
    parser.add_argument("out", type=Path, help="folder for the n-gram")
    for name, default, text in (
        ("--budgets", BUDGETS, "most entries kept of order 2, 3, 4, 5"),
        ("--cuts", CUTS, "least count of an entry of order 2, 3, 4, 5"),
    ):
        parser.add_argument(name, type=int, nargs=4, default=default, metavar="N", help=text)
    parser.add_argument("--limit", type=int, default=0, help="tokens of text; 0 is all")
    options = parser.parse_args()
    budgets = dict(enumerate(options.budgets, start=2))
    cuts = dict(enumerate(options.cuts, start=2))
    build(options.data, options.out, budgets, cuts, options.limit)


if __name__ == "__main__":
    main()
