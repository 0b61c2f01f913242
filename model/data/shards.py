"""Stage two of data building: chunk files to vocabulary and shards.

`merge` counts the (hanzi, reading) pairs, keeps those that matter, drops repeated lines, splits
by document and writes shards of uint16 ids, to be memory-mapped, with one bit a token that says
whether a word begins there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from model.data.build import provisional_vocabulary
from model.data.readings import load_standard_readings
from model.vocab import BEGIN, BREAK, FIRST_HANZI, UNKNOWN, Vocabulary

SHARD_TOKENS = 32_000_000  # 64 MB a file
SPLITS = ("dev", "train")  # dev is cut first, so that train loses the lines that both have
META = "meta.json"
VOCABULARY = "vocab.tsv"
LINES = "lines.json"
MIN_COUNT_BEYOND_STANDARD = 50  # keep other characters only where an embedding can be learned

UIntArray = npt.NDArray[np.uint16]


def _choose_vocabulary(
    paths: list[Path], provisional: Vocabulary
) -> tuple[Vocabulary, UIntArray]:
    """The shipped vocabulary, most frequent first, and the map to its ids."""
    counts = np.zeros(len(provisional), np.int64)
    for path in tqdm(paths, desc="count"):
        tokens = _load_chunk(path)["tokens"]
        counts += np.bincount(tokens, minlength=len(provisional))
    standard = load_standard_readings()
    ids = [
        i
        for i in range(FIRST_HANZI, len(provisional))
        if provisional.texts[i] in standard or counts[i] >= MIN_COUNT_BEYOND_STANDARD
    ]
    ids.sort(key=lambda i: (-counts[i], i))
    pairs = [(provisional.texts[i], provisional.syllables[i]) for i in ids]
    kept = list(range(FIRST_HANZI)) + ids
    table = np.full(len(provisional), UNKNOWN, np.uint16)
    table[kept] = np.arange(len(kept))
    return Vocabulary.from_pairs(pairs, counts[kept].tolist()), table


def _map_to(vocabulary: Vocabulary, provisional: Vocabulary) -> UIntArray:
    """Ids in `vocabulary` of the provisional tokens; `UNKNOWN` for what it lacks."""
    table = np.full(len(provisional), UNKNOWN, np.uint16)
    table[:FIRST_HANZI] = np.arange(FIRST_HANZI)
    for i in range(FIRST_HANZI, len(provisional)):
        table[i] = vocabulary.find(provisional.texts[i], provisional.syllables[i])
    return table


def _settle_vocabulary(
    paths: list[Path], target: Path, kept: Path | None
) -> tuple[Vocabulary, UIntArray]:
    """Write the vocabulary; with it, the map from provisional tokens to its ids."""
    provisional = provisional_vocabulary()
    if kept is None:
        vocabulary, table = _choose_vocabulary(paths, provisional)
        vocabulary.save(target)
        return vocabulary, table
    vocabulary = Vocabulary.load(kept)
    target.write_bytes(kept.read_bytes())
    return vocabulary, _map_to(vocabulary, provisional)


class _ShardWriter:
    """Appends documents to `NAME-000.bin` and `.starts`, a new pair every `SHARD_TOKENS`."""

    def __init__(self, folder: Path, name: str) -> None:
        for old in [*folder.glob(f"{name}-*.bin"), *folder.glob(f"{name}-*.starts")]:
            old.unlink()
        self._folder, self._name, self._count = folder, name, 0
        self._tokens: list[UIntArray] = []
        self._starts: list[npt.NDArray[np.bool_]] = []
        self._size = 0
        self.total = 0

    def add(self, tokens: UIntArray, starts: npt.NDArray[np.bool_]) -> None:
        """Append one document."""
        self._tokens.append(tokens)
        self._starts.append(starts)
        self._size += len(tokens)
        if self._size >= SHARD_TOKENS:
            self.flush()

    def flush(self) -> None:
        """Write what is held as one shard."""
        if not self._size:
            return
        base = self._folder / f"{self._name}-{self._count:03d}"
        np.concatenate(self._tokens).tofile(base.with_suffix(".bin"))
        np.packbits(np.concatenate(self._starts)).tofile(base.with_suffix(".starts"))
        self.total += self._size
        self._count, self._size, self._tokens, self._starts = self._count + 1, 0, [], []


def merge(
    work: Path, out: Path, dev_share: float, vocabulary_file: Path | None = None
) -> dict[str, int]:
    """Write vocabulary, shards, `lines.json` and, when all is done, `meta.json` to `out`.

    Files whose name begins with `dev` go to the dev split whole; of other documents the share
    `dev_share` (0 to 1) goes there, chosen by hash. Longer lines (`REPEAT_HANZI`) that dev
    has do not stay in train. The vocabulary is `vocabulary_file`, byte for byte, or chosen by
    count where none is given.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: a chunk file or the vocabulary is damaged.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / META).unlink(missing_ok=True)  # without it the shards are not finished
    paths = sorted((work / "chunks").glob("*.npz"))
    vocabulary, table = _settle_vocabulary(paths, out / VOCABULARY, vocabulary_file)
    seen: set[int] = set()
    totals = {"documents": 0, "repeated_lines": 0}
    counted: dict[str, LineCounts] = {}
    for split in SPLITS:
        writer = _ShardWriter(out, split)
        lengths = np.zeros(0, np.int64)
        repeated = 0
        for path in tqdm(paths, desc=split):
            for document in _documents(path, split, dev_share, seen):
                repeated += document.repeated
                if len(document.lengths):
                    totals["documents"] += 1
                    writer.add(table[document.tokens], document.starts)
                    lengths = _add_counts(lengths, document.lengths)
        writer.flush()
        counted[split] = LineCounts(repeated, tuple(lengths.tolist()))
        totals["repeated_lines"] += repeated
        totals[f"{split}_tokens"] = writer.total
    totals["vocabulary"] = len(vocabulary)
    save_lines(out / LINES, counted)
    (out / META).write_text(json.dumps(totals, indent=1), encoding="utf-8")
    return totals


def _add_counts(
    histogram: npt.NDArray[np.int64], values: Sequence[int]
) -> npt.NDArray[np.int64]:
    found = np.bincount(values, minlength=len(histogram))
    found[: len(histogram)] += histogram
    return found


@dataclass(frozen=True, slots=True)
class LineCounts:
    """Lines of one split.

    Attributes:
        repeated: dropped, because they occurred before.
        lengths: how many of the kept lines have 0, 1, 2... tokens.
    """

    repeated: int
    lengths: tuple[int, ...]


def save_lines(path: Path, counted: Mapping[str, LineCounts]) -> None:
    """Write what `load_lines` reads."""
    values = {split: asdict(lines) for split, lines in counted.items()}
    path.write_text(json.dumps(values), encoding="utf-8")


def load_lines(path: Path) -> dict[str, LineCounts]:
    """Lines of every split, as `merge` counted them.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what `save_lines` wrote.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return {
            split: LineCounts(int(found["repeated"]), tuple(map(int, found["lengths"])))
            for split, found in values.items()
        }
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise ValueError(f"{path}: damaged ({exc}); build the shards again") from exc


@dataclass(frozen=True, slots=True)
class _Document:
    """What is kept of one document: tokens, word starts, tokens of each line; lines dropped."""

    tokens: UIntArray
    starts: npt.NDArray[np.bool_]
    lengths: tuple[int, ...]
    repeated: int


def _load_chunk(path: Path) -> dict[str, npt.NDArray[Any]]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as chunk:
            return {name: chunk[name] for name in chunk.files}
    except (OSError, ValueError, EOFError, BadZipFile) as exc:
        raise ValueError(f"{path}: damaged ({exc}); delete it and run again") from exc


def _in_dev(hashes: Sequence[int], name: str, dev_share: float) -> bool:
    """Whether a document with these line hashes goes to dev; `name` decides for short lines."""
    mark = next((key for key in hashes if key), 0)
    if not mark:
        mark = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")
    return (mark >> 16) % 10_000 < dev_share * 10_000


def _documents(path: Path, split: str, dev_share: float, seen: set[int]) -> Iterator[_Document]:
    """Documents of one chunk that belong to `split`, without lines in `seen`."""
    forced = path.name.startswith("dev")
    chunk = _load_chunk(path)
    tokens, hashes = chunk["tokens"], chunk["hashes"].tolist()
    starts = np.unpackbits(chunk["starts"], count=len(tokens)).astype(np.bool_)
    line_ends = [0, *chunk["line_ends"].tolist()]
    for first, last in pairwise([0, *chunk["document_ends"].tolist()]):
        in_dev = forced or _in_dev(hashes[first:last], f"{path.stem}/{first}", dev_share)
        if in_dev != (split == "dev"):
            continue
        pieces: list[UIntArray] = [np.array([BEGIN], np.uint16)]
        flags: list[npt.NDArray[np.bool_]] = [np.array([True])]
        lengths = []
        for line in range(first, last):
            key = hashes[line]
            if key in seen:
                continue
            if key:
                seen.add(key)
            low, high = line_ends[line], line_ends[line + 1]
            pieces += [tokens[low:high], np.array([BREAK], np.uint16)]
            flags += [starts[low:high], np.array([True])]
            lengths.append(high - low)
        repeated = last - first - len(lengths)
        yield _Document(np.concatenate(pieces), np.concatenate(flags), tuple(lengths), repeated)
