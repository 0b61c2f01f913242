"""Finds words in running text by a hash of their characters, a million places at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

LONGEST = 8  # hanzi of a word
CHUNK = 1 << 20  # places looked at together; 64 MB
SEEN_BITS = 24  # of a hash, of which is known whether any word has them

IntArray = npt.NDArray[np.int64]


class WordTable:
    """Words by the characters of tokens.

    Args:
        texts: of the tokens by number; empty for what is no hanzi.
        words: of 2 to `LONGEST` hanzi, each once.

    Attributes:
        characters: those of `texts`, sorted.
        single: (V,) number of the character of each token, from 1; 0 for what is no hanzi.
    """

    def __init__(self, texts: Sequence[str], words: Sequence[str]) -> None:
        self.characters = sorted({text for text in texts if text})
        numbers = {char: number for number, char in enumerate(self.characters, start=1)}
        self.single: IntArray = np.array([numbers.get(text, 0) for text in texts], np.int64)
        # A hash is a sum of products of the characters with odd numbers, modulo 2**64.
        odd = np.random.default_rng(1).integers(1, 2**63, LONGEST, dtype=np.uint64)
        self._factors = odd * np.uint64(2) + np.uint64(1)
        # A word with a character that no token has would pass for the word without it.
        possible = [i for i, word in enumerate(words) if numbers.keys() >= set(word)]
        keys = np.zeros(len(possible), np.uint64)
        for place in range(LONGEST):
            chars = [numbers[words[i][place]] if place < len(words[i]) else 0 for i in possible]
            keys += np.array(chars, np.uint64) * self._factors[place]
        order = np.argsort(keys)
        self._order: IntArray = np.array(possible, np.int64)[order]
        self._keys = keys[order]
        self._lengths = np.array([len(words[i]) for i in possible], np.int64)[order]
        self._seen = np.zeros(1 << SEEN_BITS, np.bool_)
        self._seen[self._beginning(self._keys)] = True

    @staticmethod
    def _beginning(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        return keys >> np.uint64(64 - SEEN_BITS)

    def find(
        self, tokens: npt.NDArray[np.uint16], begin: IntArray, length: int
    ) -> tuple[IntArray, IntArray]:
        """Which of N places begin a word of `length` hanzi.

        Args:
            tokens: (T,) of the text.
            begin: (N,) places in it, at most T - `length`.
            length: 2 to `LONGEST`.

        Returns:
            (M,) rows of `begin`, ascending, and (M,) numbers of the words from 0.
        """
        rows: list[IntArray] = [np.zeros(0, np.int64)]
        found: list[IntArray] = [np.zeros(0, np.int64)]
        for low in range(0, len(begin) if len(self._keys) else 0, CHUNK):
            some = begin[low : low + CHUNK]
            keys = np.zeros(len(some), np.uint64)
            for place in range(length):
                keys += (
                    self.single[tokens[some + place]].astype(np.uint64) * self._factors[place]
                )
            likely = np.flatnonzero(self._seen[self._beginning(keys)])
            at = np.minimum(np.searchsorted(self._keys, keys[likely]), len(self._keys) - 1)
            # A mark adds nothing to a hash: a word and the mark behind it are not that word.
            known = (self._keys[at] == keys[likely]) & (self._lengths[at] == length)
            rows.append(likely[known] + low)
            found.append(self._order[at[known]])
        return np.concatenate(rows), np.concatenate(found)
