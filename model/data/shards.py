"""Stage two of data building: chunk files to vocabulary and shards.

`merge` counts the (hanzi, reading) pairs, keeps those that matter, drops repeated lines, splits
by document and writes shards of uint16 ids, to be memory-mapped, with one bit a token that says
whether a word begins there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
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
MIN_COUNT_BEYOND_STANDARD = 50  # keep other characters only where an embedding can be learned

UIntArray = npt.NDArray[np.uint16]


def _choose_vocabulary(
    paths: list[Path], provisional: Vocabulary
) -> tuple[Vocabulary, UIntArray]:
    """The shipped vocabulary, most frequent first, and the map to its ids."""
    counts = np.zeros(len(provisional), np.int64)
    for path in tqdm(paths, desc="count"):
        tokens = load_chunk(path, "tokens")["tokens"]
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


def merge(work: Path, out: Path, dev_share: float) -> dict[str, int]:
    """Write vocabulary, shards and, when all is done, `meta.json` to `out`.

    Files whose name begins with `dev` go to the dev split whole; of other documents the share
    `dev_share` (0 to 1) goes there, chosen by hash. Longer lines (`REPEAT_HANZI`) that dev
    has do not stay in train.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / META).unlink(missing_ok=True)  # without it the shards are not finished
    paths = chunk_paths(work)
    vocabulary, table = _choose_vocabulary(paths, provisional_vocabulary())
    vocabulary.save(out / "vocab.tsv")
    seen: set[int] = set()
    totals = {"documents": 0, "repeated_lines": 0}
    for split in SPLITS:
        writer = _ShardWriter(out, split)
        for path in tqdm(paths, desc=split):
            for tokens, starts, repeated in _documents(path, split, dev_share, seen):
                totals["repeated_lines"] += repeated
                if len(tokens) > 1:
                    totals["documents"] += 1
                    writer.add(table[tokens], starts)
        writer.flush()
        totals[f"{split}_tokens"] = writer.total
    totals["vocabulary"] = len(vocabulary)
    (out / META).write_text(json.dumps(totals, indent=1), encoding="utf-8")
    return totals


def chunk_paths(work: Path) -> list[Path]:
    """The chunk files of stage one, in the order of `merge`."""
    return sorted((work / "chunks").glob("*.npz"))


def load_chunk(path: Path, *names: str) -> dict[str, npt.NDArray[Any]]:
    """Arrays of one chunk file.

    Raises:
        ValueError: the file is damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as chunk:
            return {name: chunk[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as exc:
        raise ValueError(f"{path}: damaged ({exc}); delete it and run again") from exc


def select_lines(
    path: Path, split: str, dev_share: float, seen: set[int]
) -> Iterator[tuple[list[int], int]]:
    """What `merge` keeps of the documents of a chunk that belong to `split`.

    Args:
        path: of the chunk.
        split: `dev` or `train`; all of dev must be read before train.
        dev_share: as for `merge`.
        seen: hashes of the lines kept so far, which it adds to.

    Yields:
        For each document, the numbers of its kept lines in the chunk, and how many repeat.
    """
    forced = path.name.startswith("dev")
    if split == "dev" and not forced and dev_share == 0:
        return
    chunk = load_chunk(path, "hashes", "document_ends")
    hashes = chunk["hashes"].tolist()
    for first, last in pairwise([0, *chunk["document_ends"].tolist()]):
        mark = next((h for h in hashes[first:last] if h), 1)
        in_dev = forced or (mark >> 16) % 10_000 < dev_share * 10_000
        if in_dev != (split == "dev"):
            continue
        kept: list[int] = []
        for line in range(first, last):
            key = hashes[line]
            if key in seen:
                continue
            if key:
                seen.add(key)
            kept.append(line)
        yield kept, last - first - len(kept)


def _documents(
    path: Path, split: str, dev_share: float, seen: set[int]
) -> Iterator[tuple[UIntArray, npt.NDArray[np.bool_], int]]:
    """Documents of one chunk that belong to `split`, without lines in `seen`."""
    chunk = load_chunk(path, "tokens", "starts", "line_ends")
    tokens = chunk["tokens"]
    starts = np.unpackbits(chunk["starts"], count=len(tokens)).astype(np.bool_)
    line_ends = [0, *chunk["line_ends"].tolist()]
    for kept, repeated in select_lines(path, split, dev_share, seen):
        pieces: list[UIntArray] = [np.array([BEGIN], np.uint16)]
        flags: list[npt.NDArray[np.bool_]] = [np.array([True])]
        for line in kept:
            low, high = line_ends[line], line_ends[line + 1]
            pieces += [tokens[low:high], np.array([BREAK], np.uint16)]
            flags += [starts[low:high], np.array([True])]
        yield np.concatenate(pieces), np.concatenate(flags), repeated
