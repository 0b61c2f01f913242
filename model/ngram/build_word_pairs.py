"""`python -m model.ngram.build_word_pairs DATA LEXICON OUT`: how often words follow each other.

Counted from the shards, as the reading tagger cut them: words of the lexicon, single hanzi, and
one word for all that is no hanzi. A word that the lexicon lacks counts as its characters.
`model.ngram.word_pairs` reads what this writes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from model.ngram.word_pairs import (
    BUCKET_BITS,
    DISCOUNT,
    EDGE,
    LEVEL_BITS,
    REMAINDER_BITS,
    UIntArray,
    level_of,
    pair_hashes,
    word_hash,
)
from model.vocab import FIRST_HANZI, Vocabulary

LONGEST = 8  # hanzi of a word
LEAST = 2  # times that a kept pair was seen
LEAST_REST = 1e-3  # probability that unseen pairs keep, whatever the word before
BITS = 18  # of the number of a word

IntArray = npt.NDArray[np.int64]


class Cutter:
    """Turns tokens with word starts into numbers of words.

    Args:
        vocabulary: of the tokens.
        words: of the lexicon, each once.

    Attributes:
        texts: of the words by number, `EDGE` first.
    """

    def __init__(self, vocabulary: Vocabulary, words: Sequence[str]) -> None:
        characters = sorted(set(vocabulary.texts[FIRST_HANZI:]))
        numbers = {char: number for number, char in enumerate(characters, start=1)}
        self.texts = [EDGE, *characters, *words]
        if len(self.texts) >= 1 << BITS:
            raise ValueError(f"{len(self.texts)} words are more than {BITS} bits can number")
        self._single = np.array(
            [0] * FIRST_HANZI + [numbers[text] for text in vocabulary.texts[FIRST_HANZI:]]
        )
        # A word is found by a sum of products of its characters with odd numbers, modulo 2**64.
        odd = np.random.default_rng(1).integers(1, 2**63, LONGEST, dtype=np.uint64)
        self._factors: UIntArray = odd * np.uint64(2) + np.uint64(1)
        keys = [
            self._key(np.array([[numbers.get(char, 0) for char in word]], np.int64))[0]
            for word in words
        ]
        order = np.argsort(keys)
        self._keys: UIntArray = np.array(keys, np.uint64)[order]
        self._numbers = order + 1 + len(characters)

    def _key(self, characters: IntArray) -> UIntArray:
        """(N,) of N words (N, length)."""
        key = np.zeros(len(characters), np.uint64)
        for place in range(characters.shape[1]):
            key += characters[:, place].astype(np.uint64) * self._factors[place]
        return key

    def cut(self, tokens: npt.NDArray[np.uint16], starts: npt.NDArray[np.bool_]) -> IntArray:
        """(M,) numbers of the words of tokens (N,); M <= N."""
        begin = np.flatnonzero(starts)
        lengths = np.diff(np.append(begin, len(tokens)))
        single = self._single[tokens]
        number = np.where(lengths == 1, single[begin], -1)
        for length in range(2, LONGEST + 1):
            rows = np.flatnonzero(lengths == length)
            if not len(rows) or not len(self._keys):
                continue
            keys = self._key(single[begin[rows][:, None] + np.arange(length)])
            place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
            known = self._keys[place] == keys
            number[rows[known]] = self._numbers[place[known]]
        repeats = np.where(number < 0, lengths, 1)
        cut = np.repeat(number, repeats)
        first = np.repeat(np.cumsum(repeats) - repeats, repeats)
        position = np.repeat(begin, repeats) + np.arange(len(cut)) - first
        return np.where(cut < 0, single[position], cut)


def count_pairs(words: IntArray) -> tuple[UIntArray, IntArray]:
    """Pairs of neighbours whose second is a word, packed, ascending; and how often each."""
    keys = (words[:-1].astype(np.uint64) << np.uint64(BITS)) | words[1:].astype(np.uint64)
    keys = keys[words[1:] > 0]
    keys.sort()
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[first], np.diff(np.append(first, len(keys)))


def write(
    out: Path,
    texts: Sequence[str],
    counts: tuple[IntArray, IntArray],
    pairs: UIntArray,
    often: IntArray,
) -> None:
    """Write the files that `WordPairs` reads.

    Args:
        out: made if need be.
        texts: of the words by number.
        counts: (W,) of each word, and (W,) how often no hanzi followed it, which is not left
            to the pairs that were not kept.
        pairs: packed.
        often: how often each, at least `LEAST`.
    """
    before = (pairs >> np.uint64(BITS)).astype(np.int64)
    after = (pairs & np.uint64((1 << BITS) - 1)).astype(np.int64)
    told = np.bincount(before, weights=often - DISCOUNT, minlength=len(texts)) + counts[1]
    hashes = np.array([word_hash(text) for text in texts], np.uint64)
    keys = pair_hashes(hashes[before], hashes[after])
    shift = np.uint64(64 - BUCKET_BITS - REMAINDER_BITS)
    names = keys >> shift
    entries = ((names & np.uint64((1 << REMAINDER_BITS) - 1)) << np.uint64(LEVEL_BITS)).astype(
        np.int64
    ) | level_of(often)
    # Of two pairs of one name the more frequent stands first, and is the one that is found.
    order = np.lexsort((-often, names))
    buckets = np.bincount((keys >> np.uint64(64 - BUCKET_BITS)).astype(np.int64),
                          minlength=1 << BUCKET_BITS)  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    by_hash = np.argsort(hashes)
    rests = np.maximum(1 - told / np.maximum(counts[0], 1), LEAST_REST)
    np.save(out / "words.npy", hashes[by_hash])
    np.save(out / "counts.npy", counts[0][by_hash].astype(np.uint32))
    np.save(out / "rests.npy", rests[by_hash].astype(np.float32))
    np.save(out / "buckets.npy", buckets.astype(np.uint8))
    np.save(out / "pairs.npy", entries[order].astype(np.uint16))


def build(data: Path, lexicon: Path, out: Path) -> int:
    """Count the train shards in `data` and write the pairs; their number.

    Args:
        data: folder made by python -m model.data.
        lexicon: folder with `words.tsv`.
        out: folder for the pairs.
    """
    lines = (lexicon / "words.tsv").read_text(encoding="utf-8").splitlines()
    words = sorted({text for text in (line.split("\t")[1] for line in lines) if len(text) > 1})
    cutter = Cutter(Vocabulary.load(data / "vocab.tsv"), words)
    parts = []
    for path in sorted(data.glob("train-*.bin")):
        tokens = np.fromfile(path, np.uint16)
        packed = np.fromfile(path.with_suffix(".starts"), np.uint8)
        parts.append(cutter.cut(tokens, np.unpackbits(packed, count=len(tokens)).astype(bool)))
    cut = np.concatenate(parts)
    pairs, often = count_pairs(cut)
    counts = np.bincount(cut, minlength=len(cutter.texts))
    ends = np.bincount(cut[:-1][cut[1:] == 0], minlength=len(cutter.texts))
    kept = often >= LEAST
    write(out, cutter.texts, (counts, ends), pairs[kept], often[kept])
    return int(kept.sum())


def main() -> None:
    """Parse options and build."""
    parser = argparse.ArgumentParser(
        prog="python -m model.ngram.build_word_pairs", description=__doc__
    )
    parser.add_argument("data", type=Path, help="folder made by python -m model.data")
    parser.add_argument(
        "lexicon", type=Path, help="folder made by python -m model.data.lexicon"
    )
    parser.add_argument("out", type=Path, help="folder for the pairs")
    options = parser.parse_args()
    print(f"{build(options.data, options.lexicon, options.out):,} pairs")


if __name__ == "__main__":
    main()
