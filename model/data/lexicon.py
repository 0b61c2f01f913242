"""`python -m model.data.lexicon DATA OUT --lists LISTS`: the shipped lexicon.

One line a word, `reading<tab>word<tab>count`, sorted by reading; and an index of the lines
by initials, most frequent first, for abbreviated input. Words are what the reading tagger
cut in the shards, and those of open lists. A word that is read in two ways has two lines.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from model.data.readings import ReadingTagger, load_standard_readings
from model.data.word_lists import WordList, table_readings, word_lists
from model.vocab import FIRST_HANZI, Vocabulary
from model.word_table import WordTable

MAX_HANZI = 8
BITS = 14
COHESION = 4.0  # nats from which on what stands side by side is one word
LEAST_SHARE = 0.01  # of a word's occurrences, for a reading of the tagger's to have a line

Reading = tuple[str, ...]
Shard = tuple[npt.NDArray[np.uint16], npt.NDArray[np.bool_]]


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


@dataclass(frozen=True, slots=True)
class Occurrences:
    """How often words stand in a text from one cut to another, whether or not cut inside.

    Attributes:
        words: times of each word of a list.
        characters: times of each hanzi as a word of its own.
        total: words of the text.
    """

    words: Mapping[str, int]
    characters: Mapping[str, int]
    total: int

    def of(self, text: str) -> int:
        """Times of a word or a hanzi; 0 for what was not counted."""
        return (self.words if len(text) > 1 else self.characters).get(text, 0)

    def cohesion(self, word: str) -> float:
        """Nats by which a word is likelier than two words side by side by chance.

        That is its pointwise mutual information in the cut where it is least; infinite for a
        word of which no two parts were counted, and less for one that never occurs.
        """
        if not self.of(word):
            return -math.inf
        cuts = ((word[:place], word[place:]) for place in range(1, len(word)))
        by_chance = max(self.of(first) * self.of(second) for first, second in cuts)
        return math.log(self.of(word) * self.total / by_chance) if by_chance else math.inf

    def weight(self, word: str) -> int:
        """Times that a word of a list stands there as one word, at least 1.

        Two words that meet by chance are not the word that is written like them: 中 and 更 are
        not 中更. So occurrences count the less, the weaker the word holds together.
        """
        certainty = math.exp(min(0.0, self.cohesion(word) - COHESION))
        return max(1, round(self.of(word) * certainty))


def occurrences(
    shards: Iterable[Shard], vocabulary: Vocabulary, words: Sequence[str]
) -> Occurrences:
    """Count words, each given once, in shards of (T,) tokens and (T,) starts of words."""
    texts = [""] * FIRST_HANZI + list(vocabulary.texts[FIRST_HANZI:])
    table = WordTable(texts, words)
    found = np.zeros(len(words), np.int64)
    characters = np.zeros(1 + len(table.characters), np.int64)
    total = 0
    for tokens, starts in shards:
        total += int(starts.sum())
        edges = np.append(starts, True)
        alone = tokens[edges[:-1] & edges[1:]]
        characters += np.bincount(table.single[alone], minlength=len(characters))
        for length in range(2, MAX_HANZI + 1):
            begin = np.flatnonzero(edges[:-length] & edges[length:])
            _, numbers = table.find(tokens, begin, length)
            found += np.bincount(numbers, minlength=len(words))
    return Occurrences(
        dict(zip(words, found.tolist(), strict=True)),
        dict(zip(table.characters, characters[1:].tolist(), strict=True)),
        total,
    )


def chosen(lists: Iterable[WordList], found: Occurrences) -> set[str]:
    """The words that at least one of their lists stands for."""
    words: set[str] = set()
    for one in lists:
        words.update(
            word
            for word in one.words - words
            if found.of(word) >= one.least
            and (one.cohesion == -math.inf or found.cohesion(word) >= one.cohesion)
        )
    return words


def with_readings(
    cut: Mapping[str, Mapping[Reading, int]],
    listed: Mapping[str, int],
    known: Callable[[str], Iterable[Reading]],
) -> list[tuple[str, str, int]]:
    """Lines of a lexicon: reading, word, count.

    Args:
        cut: words that the text was cut into, with their readings there.
        listed: words of lists, with their weights.
        known: readings that tables have for a word, the likeliest first.
    """
    rows = []
    for word in {**cut, **listed}:
        counts = dict(cut.get(word, {}))
        most = sum(counts.values())
        likely = {r: n for r, n in counts.items() if n > 1 and n >= LEAST_SHARE * most}
        counts = likely or counts
        for reading in known(word) if word in listed else ():
            counts.setdefault(reading, 1 if counts else listed[word])
        rows += [(" ".join(reading), word, n) for reading, n in counts.items()]
    return rows


def write(out: Path, rows: Sequence[tuple[str, str, int]]) -> None:
    """Write `words.tsv` and `by_initials.npy`.

    Args:
        out: made if need be.
        rows: reading, word, count.
    """
    rows = sorted(rows, key=lambda row: (row[0] + "\t", -row[2], row[1]))
    out.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{reading}\t{word}\t{count}\n" for reading, word, count in rows)
    (out / "words.tsv").write_text(lines, encoding="utf-8")
    order = sorted(range(len(rows)), key=lambda i: (initials_of(rows[i][0]), -rows[i][2]))
    np.save(out / "by_initials.npy", np.array(order, np.uint32))


def build(data: Path, out: Path, least: int, lists: Sequence[WordList] = ()) -> int:
    """Write the lexicon of the train shards in `data`; returns the number of lines.

    Args:
        data: folder with `vocab.tsv` and shards.
        out: folder for `words.tsv` and `by_initials.npy`, made if need be.
        least: count below which a word of no list is left out.
        lists: words that may be added.
    """
    vocabulary = Vocabulary.load(data / "vocab.tsv")
    cut = {
        word: readings
        for word, readings in cut_words(shards_of(data), vocabulary).items()
        if sum(readings.values()) >= least
    }
    listed: dict[str, int] = {}
    if lists:
        words = sorted({word for one in lists for word in one.words})
        found = occurrences(shards_of(data), vocabulary, words)
        listed = {word: found.weight(word) for word in chosen(lists, found)}
    rows = with_readings(cut, listed, known_readings(vocabulary))
    write(out, rows)
    return len(rows)


def shards_of(data: Path) -> Iterable[Shard]:
    """The train shards in a folder, with progress on the terminal."""
    for path in tqdm(sorted(data.glob("train-*.bin")), desc="words"):
        tokens = np.fromfile(path, np.uint16)
        packed = np.fromfile(path.with_suffix(".starts"), np.uint8)
        yield tokens, np.unpackbits(packed, count=len(tokens)).astype(np.bool_)


def cut_words(shards: Iterable[Shard], vocabulary: Vocabulary) -> dict[str, dict[Reading, int]]:
    """What a text was cut into, with how often each word was read how."""
    totals: Counter[tuple[int, ...]] = Counter()
    for tokens, starts in shards:
        for length in range(2, MAX_HANZI + 1):
            totals.update(count_words(tokens, starts, length))
    words: dict[str, dict[Reading, int]] = defaultdict(dict)
    for ids, count in totals.items():
        word = "".join(vocabulary.texts[i] for i in ids)
        words[word][tuple(vocabulary.syllables[i] for i in ids)] = count
    return words


def known_readings(vocabulary: Vocabulary) -> Callable[[str], list[Reading]]:
    """Readings of words by the tagger, then by the tables, as far as tokens spell them."""
    tagger = ReadingTagger(load_standard_readings())
    tables = table_readings()
    pairs = set(zip(vocabulary.texts, vocabulary.syllables, strict=True))

    def known(word: str) -> list[Reading]:
        readings = [tagger.tag([word])[0], *tables.get(word, ())]
        return [
            r for r in dict.fromkeys(readings) if pairs.issuperset(zip(word, r, strict=True))
        ]

    return known


def main() -> None:
    """Parse options and build."""
    parser = argparse.ArgumentParser(prog="python -m model.data.lexicon", description=__doc__)
    parser.add_argument("data", type=Path, help="folder made by python -m model.data")
    parser.add_argument("out", type=Path, help="folder for words.tsv and its index")
    parser.add_argument("--least", type=int, default=12, help="least count of a word cut")
    parser.add_argument(
        "--lists", type=Path, help="folder of the repositories that model.data.word_lists names"
    )
    parser.add_argument(
        "--without", default="", metavar="NAME", help="leave out lists whose names begin so"
    )
    options = parser.parse_args()
    lists = [*word_lists(options.lists)] if options.lists else []
    if options.without:
        lists = [one for one in lists if not one.name.startswith(options.without)]
    print(f"{build(options.data, options.out, options.least, lists):,} lines")


if __name__ == "__main__":
    main()
