"""How often words follow each other: what the models of characters do not see.

    P(w | v) = max(0, n(v, w) - D) / n(v) + rest(v) P(w)

with n(v, w) the number of times that the word w followed the word v (absolute discounting,
Ney et al. 1994). Pairs are kept without their words: a hash names a bucket and 11 bits that
tell the pairs of a bucket from each other, so that about one unseen pair in 250 passes for a
seen one (a compressed form of the randomised models of Talbot & Osborne 2007). What is not a
hanzi is the word of no characters.
"""

from __future__ import annotations

import math
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt

from model.memory import forget_pages
from model.ngram.trie import DAMAGED

BUCKET_BITS = 21
REMAINDER_BITS = 11
LEVEL_BITS = 5
PIECES = 4  # files of pairs, each of which can be mapped; by the first bits of the hash
BLOCK = 64  # buckets whose place is kept; those between are counted
DISCOUNT = 0.75
LEAST_REST = 1e-3  # probability that unseen pairs keep, whatever the word before
EDGE = ""  # the word that stands for all that is no hanzi
REMEMBERED = 8192  # pairs and words whose probability is kept; 2 MB
MULTIPLIER = 0x9E3779B97F4A7C15  # odd; the golden ratio, as splitmix64 has it
_MIXERS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_MASK = (1 << 64) - 1

UIntArray = npt.NDArray[np.uint64]


def word_hash(text: str) -> int:
    """64 bits of a word, the same everywhere."""
    return int.from_bytes(blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")


def pair_hashes(before: UIntArray, after: UIntArray) -> UIntArray:
    """(N,) 64 bits of N pairs of word hashes (finaliser of splitmix64, Steele et al. 2014)."""
    mixed: UIntArray = before * np.uint64(MULTIPLIER) + after
    for shift, factor in _MIXERS:
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def _pair_hash(before: int, after: int) -> int:
    mixed = (before * MULTIPLIER + after) & _MASK
    for shift, factor in _MIXERS:
        mixed = ((mixed ^ (mixed >> shift)) * factor) & _MASK
    return mixed ^ (mixed >> 31)


# Small counts are kept as they are; from 4 on each level is 1.56 times the one below.
COUNTS: npt.NDArray[np.float64] = np.concatenate(
    ([1.0, 2.0, 3.0], np.geomspace(4, 1e6, 2**LEVEL_BITS - 3))
)
_BETWEEN = np.sqrt(COUNTS[1:] * COUNTS[:-1])


def level_of(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """(N,) levels, places in `COUNTS`, of counts from 1."""
    return np.searchsorted(_BETWEEN, counts).astype(np.int64)


class WordPairs:
    """Probabilities of words behind words.

    Args:
        folder: holds `words.npy`, `counts.npy`, `rests.npy`, `buckets.npy`, `pairs-N.npy`.

    Raises:
        OSError: a file is missing.
        ValueError: one is damaged.
    """

    def __init__(self, folder: Path) -> None:
        try:
            # Plain views: numpy's memmap class costs microseconds at every slice.
            self._words = np.asarray(np.load(folder / "words.npy", mmap_mode="r"))
            counts = np.load(folder / "counts.npy")
            self._rests = np.load(folder / "rests.npy")
            buckets = np.load(folder / "buckets.npy")
            self._pairs = [
                np.asarray(np.load(folder / f"pairs-{piece}.npy", mmap_mode="r"))
                for piece in range(PIECES)
            ]
            fits = (
                len(self._words) == len(counts) == len(self._rests) > 0
                and self._words.ndim == counts.ndim == self._rests.ndim == buckets.ndim == 1
                and self._words.dtype == np.uint64
                and bool(np.all(self._words[1:] > self._words[:-1]))
                and counts.dtype == np.uint32
                and bool(counts.any())
                and all(pairs.dtype == np.uint16 and pairs.ndim == 1 for pairs in self._pairs)
                and buckets.dtype == np.uint8
                and len(buckets) == 1 << BUCKET_BITS
                and np.array_equal(
                    buckets.reshape(PIECES, -1).sum(axis=1, dtype=np.int64),
                    [len(pairs) for pairs in self._pairs],
                )
                and bool(np.all((self._rests >= np.float32(LEAST_REST)) & (self._rests <= 1)))
            )
        except DAMAGED as exc:
            raise ValueError(f"{folder} is damaged: {exc}") from exc
        if not fits:
            raise ValueError(f"the files in {folder} do not fit each other")
        self._counts = counts
        self._whole = float(counts.sum(dtype=np.float64)) + 0.5 * len(counts)
        self._least = self._chance(int(counts.argmin()))
        self._buckets = buckets.tobytes()
        sums = buckets.reshape(PIECES, -1, BLOCK).sum(axis=2, dtype=np.int64)
        self._blocks = (np.cumsum(sums, axis=1) - sums).ravel()
        self.log_prob = lru_cache(maxsize=REMEMBERED)(self._log_prob)
        self.find = lru_cache(maxsize=REMEMBERED)(self._find)

    def forget_pages(self) -> None:
        """Let go of what was read of the mapped files."""
        for values in (self._words, *self._pairs):
            forget_pages(values)

    def _find(self, text: str) -> int:
        """Number of a word, -1 where it is none."""
        wanted = np.uint64(word_hash(text))
        place = int(self._words.searchsorted(wanted))
        return place if place < len(self._words) and self._words[place] == wanted else -1

    def _log_prob(self, before: int, after: int) -> float:
        """Nats of the word number `after` behind `before`; -1 is a word never seen."""
        chance = self._chance(after) if after >= 0 else self._least
        if before < 0 or not self._counts[before]:
            return math.log(chance)
        found = self._count(before, after) if after >= 0 else 0.0
        told = max(0.0, found - DISCOUNT) / self._counts.item(before)
        return math.log(min(1.0, told + self._rests.item(before) * chance))

    def _chance(self, word: int) -> float:
        """Probability of a word, whatever stands before it."""
        return (self._counts.item(word) + 0.5) / self._whole

    def _count(self, before: int, after: int) -> float:
        """How often a pair was seen; 0 for one that was not kept."""
        key = _pair_hash(int(self._words[before]), int(self._words[after]))
        bucket = key >> (64 - BUCKET_BITS)
        wanted = (key >> (64 - BUCKET_BITS - REMAINDER_BITS)) & ((1 << REMAINDER_BITS) - 1)
        block = bucket // BLOCK
        start = self._blocks.item(block) + sum(self._buckets[block * BLOCK : bucket])
        pairs = self._pairs[bucket * PIECES >> BUCKET_BITS]
        for pair in pairs[start : start + self._buckets[bucket]].tolist():
            if pair >> LEVEL_BITS == wanted:
                return COUNTS.item(pair & ((1 << LEVEL_BITS) - 1))
        return 0.0
