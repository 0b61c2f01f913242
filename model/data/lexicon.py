"""`python -m model.data.lexicon DATA OUT`: the shipped lexicon, counted from the shards.

One line a word, `reading<tab>word<tab>count`, sorted by reading; and an index of the lines
by initials, most frequent first, for abbreviated input. Words are what the reading tagger
cut; a word that was read in two ways in the text has two lines.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from model.vocab import FIRST_HANZI, Vocabulary

MAX_HANZI = 8
BITS = 14


def count_words(
    tokens: npt.NDArray[np.uint16], starts: npt.NDArray[np.bool_], length: int
) -> Counter[tuple[int, ...]]:
    """How often each word of `length` hanzi occurs, as token ids.

    Args:
        tokens: (N,) of one shard.
        starts: (N,) true where a word begins.
        length: in hanzi, 2 to `MAX_HANZI`.
    """
    begin = np.flatnonzero(starts[:-length] & starts[length:])
    for offset in range(1, length):
        begin = begin[~starts[begin + offset]]
    for offset in range(length):
        begin = begin[tokens[begin + offset] >= FIRST_HANZI]
    # Four tokens to a column: sorting packed integers is far faster than sorting rows of eight.
    columns = []
    for low in range(0, length, 4):
        key = np.zeros(len(begin), np.uint64)
        for offset in range(low, min(low + 4, length)):
            key = (key << np.uint64(BITS)) | tokens[begin + offset]
        columns.append(key)
    if len(columns) == 1:
        keys, counts = np.unique(columns[0], return_counts=True)
        rows = keys[:, None]
    else:
        rows, counts = np.unique(np.stack(columns, axis=1), axis=0, return_counts=True)
    words = (_unpack(row, length) for row in rows.tolist())
    return Counter(dict(zip(words, counts.tolist(), strict=True)))


def _unpack(keys: Sequence[int], length: int) -> tuple[int, ...]:
    ids: list[int] = []
    for column, key in enumerate(keys):
        size = min(4, length - 4 * column)
        ids += [(key >> (BITS * (size - 1 - i))) & ((1 << BITS) - 1) for i in range(size)]
    return tuple(ids)


def initials_of(reading: str) -> str:
    """First letters of the syllables of a reading, `zhong guo` to `zg`."""
    return "".join(syllable[0] for syllable in reading.split(" "))


def build(data: Path, out: Path, least: int) -> int:
    """Write the lexicon of the train shards in `data`; returns the number of lines.

    Args:
        data: folder with `vocab.tsv` and shards.
        out: folder for `words.tsv` and `by_initials.npy`, made if need be.
        least: count below which a word is left out.
    """
    vocabulary = Vocabulary.load(data / "vocab.tsv")
    totals: Counter[tuple[int, ...]] = Counter()
    paths = sorted(data.glob("train-*.bin"))
    for path in tqdm(paths, desc="words"):
        tokens = np.fromfile(path, np.uint16)
        packed = np.fromfile(path.with_suffix(".starts"), np.uint8)
        starts = np.unpackbits(packed, count=len(tokens)).astype(np.bool_)
        for length in range(2, MAX_HANZI + 1):
            totals.update(count_words(tokens, starts, length))
    rows = []
    for ids, count in totals.items():
        if count >= least:
            reading = " ".join(vocabulary.syllables[i] for i in ids)
            rows.append((reading, "".join(vocabulary.texts[i] for i in ids), count))
    rows.sort(key=lambda row: (row[0], -row[2], row[1]))
    out.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{reading}\t{word}\t{count}\n" for reading, word, count in rows)
    (out / "words.tsv").write_text(lines, encoding="utf-8")
    order = sorted(range(len(rows)), key=lambda i: (initials_of(rows[i][0]), -rows[i][2]))
    np.save(out / "by_initials.npy", np.array(order, np.uint32))
    return len(rows)


def main() -> None:
    """Parse options and build."""
    parser = argparse.ArgumentParser(prog="python -m model.data.lexicon", description=__doc__)
    parser.add_argument("data", type=Path, help="folder made by python -m model.data")
    parser.add_argument("out", type=Path, help="folder for words.tsv and its index")
    parser.add_argument("--least", type=int, default=12, help="least count of a word")
    options = parser.parse_args()
    print(f"{build(options.data, options.out, options.least):,} words")


if __name__ == "__main__":
    main()
