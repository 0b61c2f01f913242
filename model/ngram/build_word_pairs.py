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
    LEAST_REST,
    LEVEL_BITS,
    PIECES,
    REMAINDER_BITS,
    UIntArray,
    level_of,
    pair_hashes,
    word_hash,
)
from model.vocab import FIRST_HANZI, Vocabulary
from model.word_table import LONGEST, WordTable

LEAST_GAIN = 2.0  # nats by which a kept pair makes its second word likelier
BITS = 20  # of the number of a word

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
        hanzi = vocabulary.texts[FIRST_HANZI:]
        self._table = WordTable([EDGE] * FIRST_HANZI + list(hanzi), words)
        self.texts = [EDGE, *self._table.characters, *words]
        if len(self.texts) >= 1 << BITS:
            raise ValueError(f"{len(self.texts)} words are more than {BITS} bits can number")

    def cut(self, tokens: npt.NDArray[np.uint16], starts: npt.NDArray[np.bool_]) -> IntArray:
        """(M,) numbers of the words of tokens (N,); M <= N."""
        numbers = self._table.single[tokens]
        begins = np.ones(len(tokens), np.bool_)
        first = 1 + len(self._table.characters)
        edges = np.append(starts, True)
        for length in range(2, LONGEST + 1):
            begin = np.flatnonzero(edges[:-length] & edges[length:])
            for offset in range(1, length):
                begin = begin[~starts[begin + offset]]
            rows, found = self._table.find(tokens, begin, length)
            numbers[begin[rows]] = first + found
            for offset in range(1, length):
                begins[begin[rows] + offset] = False
        return numbers[begins]


def count_pairs(words: npt.NDArray[np.integer]) -> tuple[UIntArray, IntArray]:
    """Pairs of neighbours whose second is a word, packed, ascending; and how often each."""
    keys = (words[:-1].astype(np.uint64) << np.uint64(BITS)) | words[1:].astype(np.uint64)
    keys = keys[words[1:] > 0]
    keys.sort()
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[first], np.diff(np.append(first, len(keys)))


def worth_keeping(
    counts: tuple[IntArray, IntArray], pairs: UIntArray, often: IntArray, least: float
) -> npt.NDArray[np.bool_]:
    """(N,) which pairs make their second word likelier by `least` nats and more.

    Rare pairs of rare words do, and they are what the models of characters do not know; a pair
    of common words that was seen once does not.

    Args:
        counts: as for `write`.
        pairs: all that were seen, packed.
        often: how often each.
        least: nats.
    """
    before, after = _unpacked(pairs)
    chances = (counts[0] + 0.5) / (counts[0].sum() + 0.5 * len(counts[0]))
    told = (often - DISCOUNT) / counts[0][before]
    return np.log1p(told / (_rests(counts, before, often)[before] * chances[after])) >= least


def write(
    out: Path,
    texts: Sequence[str],
    counts: tuple[IntArray, IntArray],
    pairs: UIntArray,
    often: IntArray,
) -> None:
    """Write the files that `WordPairs` reads, without words that never occur.

    Args:
        out: made if need be.
        texts: of the words by number.
        counts: (W,) of each word, and (W,) how often no hanzi followed it, which is not left
            to the pairs that were not kept.
        pairs: packed.
        often: how often each, at least once.
    """
    before, after = _unpacked(pairs)
    hashes = np.array([word_hash(text) for text in texts], np.uint64)
    keys = pair_hashes(hashes[before], hashes[after])
    shift = np.uint64(64 - BUCKET_BITS - REMAINDER_BITS)
    names = keys >> shift
    entries = ((names & np.uint64((1 << REMAINDER_BITS) - 1)) << np.uint64(LEVEL_BITS)).astype(
        np.int64
    ) | level_of(often)
    # Of two pairs of one name the more frequent stands first, and is the one that is found.
    entries = entries[np.lexsort((-often, names))].astype(np.uint16)
    buckets = np.bincount((keys >> np.uint64(64 - BUCKET_BITS)).astype(np.int64),
                          minlength=1 << BUCKET_BITS)  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    by_hash = np.argsort(hashes)
    by_hash = by_hash[counts[0][by_hash] > 0]
    np.save(out / "words.npy", hashes[by_hash])
    np.save(out / "counts.npy", counts[0][by_hash].astype(np.uint32))
    np.save(out / "rests.npy", _rests(counts, before, often)[by_hash].astype(np.float32))
    np.save(out / "buckets.npy", buckets.astype(np.uint8))
    ends = np.cumsum(buckets.reshape(PIECES, -1).sum(axis=1))
    for number, piece in enumerate(np.split(entries, ends[:-1])):
        np.save(out / f"pairs-{number}.npy", piece)


def _unpacked(pairs: UIntArray) -> tuple[IntArray, IntArray]:
    """(N,) first and (N,) second words of packed pairs."""
    before = (pairs >> np.uint64(BITS)).astype(np.int64)
    return before, (pairs & np.uint64((1 << BITS) - 1)).astype(np.int64)


def _rests(
    counts: tuple[IntArray, IntArray], before: IntArray, often: IntArray
) -> npt.NDArray[np.float64]:
    """(W,) probability that is left behind each word to what its pairs do not tell."""
    told = np.bincount(before, weights=often - DISCOUNT, minlength=len(counts[0])) + counts[1]
    return np.clip(1 - told / np.maximum(counts[0], 1), LEAST_REST, 1)


def build(data: Path, lexicon: Path, out: Path, least: float) -> int:
    """Count the train shards in `data` and write the pairs; their number.

    Args:
        data: folder made by python -m model.data.
        lexicon: folder with `words.tsv`.
        out: folder for the pairs.
        least: nats by which a kept pair makes its second word likelier.
    """
    lines = (lexicon / "words.tsv").read_text(encoding="utf-8").splitlines()
    words = sorted({text for text in (line.split("\t")[1] for line in lines) if len(text) > 1})
    cutter = Cutter(Vocabulary.load(data / "vocab.tsv"), words)
    parts = []
    for path in sorted(data.glob("train-*.bin")):
        tokens = np.fromfile(path, np.uint16)
        packed = np.fromfile(path.with_suffix(".starts"), np.uint8)
        starts = np.unpackbits(packed, count=len(tokens)).astype(np.bool_)
        parts.append(cutter.cut(tokens, starts).astype(np.uint32))
    cut = np.concatenate(parts)
    pairs, often = count_pairs(cut)
    counts = np.bincount(cut, minlength=len(cutter.texts))
    ends = np.bincount(cut[:-1][cut[1:] == 0], minlength=len(cutter.texts))
    kept = worth_keeping((counts, ends), pairs, often, least)
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
    parser.add_argument(
        "--least-gain",
        type=float,
        default=LEAST_GAIN,
        metavar="NATS",
        help="by which a kept pair makes its second word likelier",
    )
    options = parser.parse_args()
    kept = build(options.data, options.lexicon, options.out, options.least_gain)
    print(f"{kept:,} pairs")


if __name__ == "__main__":
    main()
