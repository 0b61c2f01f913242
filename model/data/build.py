"""Text to token shards, in two resumable stages.

`tag` cuts the input into chunks of documents and, in several processes, cleans, reads and encodes
each into one file over a provisional vocabulary of every (hanzi, reading) pair. `merge` counts
those, keeps the pairs that matter, drops repeated lines, splits by document and writes shards of
uint16 ids, to be memory-mapped. A finished file is never made again, so a run that was killed goes
on where it stopped.
"""

from __future__ import annotations

import json
import lzma
import multiprocessing
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from model.data.clean import clean_line
from model.data.readings import ReadingTagger, load_standard_readings
from model.vocab import BEGIN, BREAK, FIRST_HANZI, UNKNOWN, Vocabulary

CHUNK_CHARACTERS = 1_500_000  # about ten seconds of tagging: little is lost when killed
SHARD_TOKENS = 32_000_000  # 64 MB a file
REPEAT_HANZI = 7  # lines of at least this many tokens may occur once; shorter replies may recur
MIN_COUNT_BEYOND_STANDARD = 50  # keep other characters only where an embedding can be learned
_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]+|[^\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]+")

UIntArray = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Chunk:
    """Consecutive documents of one input file; `index` counts from 0 in that file."""

    name: str
    index: int
    text: str


def read_documents(folder: Path) -> Iterator[tuple[str, str]]:
    """Every document of the .txt and .txt.xz files below `folder`, with the file's stem.

    Raises:
        FileNotFoundError: the folder holds no such file.
    """
    paths = sorted([*folder.rglob("*.txt"), *folder.rglob("*.txt.xz")])
    if not paths:
        raise FileNotFoundError(f"{folder}: no .txt or .txt.xz file found")
    for path in paths:
        stem = path.name.partition(".")[0]
        opener = lzma.open if path.suffix == ".xz" else open
        with opener(path, "rt", encoding="utf-8", errors="replace") as lines:
            document: list[str] = []
            for line in lines:
                if line.strip():
                    document.append(line)
                elif document:
                    yield stem, "".join(document)
                    document = []
            if document:
                yield stem, "".join(document)


def cut_chunks(folder: Path) -> Iterator[Chunk]:
    """Documents grouped into chunks of about `CHUNK_CHARACTERS`."""
    name, index, size, held = "", 0, 0, list[str]()
    for stem, document in read_documents(folder):
        if held and (stem != name or size >= CHUNK_CHARACTERS):
            yield Chunk(name, index, "\n".join(held))
            index, size, held = index + 1, 0, []
        if stem != name:
            name, index = stem, 0
        held.append(document)
        size += len(document)
    if held:
        yield Chunk(name, index, "\n".join(held))


def provisional_vocabulary() -> Vocabulary:
    """All readings of the standard characters, and of each other one its reading in pypinyin."""
    from pypinyin import lazy_pinyin
    from pypinyin.constants import PINYIN_DICT

    standard = load_standard_readings()
    pairs = [(char, syllable) for char, found in standard.items() for syllable in found]
    for code in PINYIN_DICT:
        char = chr(code)
        if char not in standard and "\u4e00" <= char <= "\u9fff":
            pairs.append((char, lazy_pinyin(char, v_to_u=False)[0]))
    return Vocabulary.from_pairs(pairs)


class Encoder:
    """Cleans and encodes documents; holds the reading tagger of one process."""

    def __init__(self) -> None:
        self.vocabulary = provisional_vocabulary()
        self._tagger = ReadingTagger(load_standard_readings())

    def line(self, line: str) -> tuple[list[int], list[bool]]:
        """Tokens of a cleaned line, and whether each begins a word."""
        ids: list[int] = []
        starts: list[bool] = []
        for run in _RUN.findall(line):
            if run[0] < "\u3400":
                marks = self.vocabulary.encode(run)
                ids += marks
                starts += [True] * len(marks)
                continue
            words = self._tagger.words(run)
            for word, syllables in zip(words, self._tagger.tag(words), strict=True):
                ids += [self.vocabulary.find(c, s) for c, s in zip(word, syllables, strict=True)]
                starts += [True] + [False] * (len(word) - 1)
        return ids, starts

    def chunk(self, text: str) -> dict[str, npt.NDArray[np.generic]]:
        """Arrays of a chunk: tokens, word starts, end of each line, line hashes, end of each document."""
        tokens: list[int] = []
        starts: list[bool] = []
        line_ends: list[int] = []
        hashes: list[int] = []
        document_ends: list[int] = []
        for document in text.split("\n\n"):
            for raw in document.split("\n"):
                line = clean_line(raw)
                if not line:
                    continue
                ids, words = self.line(line)
                tokens += ids
                starts += words
                line_ends.append(len(tokens))
                hashes.append(_hash_line(ids))
            if len(line_ends) > (document_ends[-1] if document_ends else 0):
                document_ends.append(len(line_ends))
        return {
            "tokens": np.asarray(tokens, np.uint16),
            "starts": np.packbits(np.asarray(starts, np.bool_)),
            "line_ends": np.asarray(line_ends, np.uint32),
            "hashes": np.asarray(hashes, np.uint64),
            "document_ends": np.asarray(document_ends, np.uint32),
        }


def _hash_line(ids: list[int]) -> int:
    """64-bit hash of the hanzi of a line; 0, never a repeat, for a short one."""
    hanzi = [i for i in ids if i >= FIRST_HANZI]
    if len(hanzi) < REPEAT_HANZI:
        return 0
    digest = blake2b(np.asarray(hanzi, np.uint16).tobytes(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


_encoder: Encoder | None = None


def _tag_one(job: tuple[Chunk, Path]) -> int:
    global _encoder
    _encoder = _encoder or Encoder()
    chunk, target = job
    part = target.with_suffix(".part")
    with part.open("wb") as out:
        np.savez_compressed(out, **_encoder.chunk(chunk.text))
    part.replace(target)
    return len(chunk.text)


def tag(source: Path, work: Path, processes: int) -> None:
    """Stage one: a chunk file in `work/chunks` for every chunk of `source`."""
    folder = work / "chunks"
    folder.mkdir(parents=True, exist_ok=True)

    def jobs() -> Iterator[tuple[Chunk, Path]]:
        for chunk in cut_chunks(source):
            target = folder / f"{chunk.name}-{chunk.index:05d}.npz"
            if target.exists():
                bar.update(len(chunk.text))
            else:
                ahead.acquire()
                yield chunk, target

    total = sum(path.stat().st_size for path in source.rglob("*.txt*"))
    context = multiprocessing.get_context("spawn")
    ahead = threading.Semaphore(4 * processes)  # the pool would read all of the input at once
    # The number of characters is known only at the end; xz text of this kind holds about 1.25 a byte.
    with tqdm(total=int(total * 1.25), unit="char", unit_scale=True, desc="tag") as bar:
        with context.Pool(processes) as pool:
            for size in pool.imap_unordered(_tag_one, jobs()):
                ahead.release()
                bar.update(size)
        bar.total = bar.n
        bar.refresh()


def _choose_vocabulary(paths: list[Path], provisional: Vocabulary) -> tuple[Vocabulary, UIntArray]:
    """The shipped vocabulary, most frequent first, and the map from provisional ids to its own."""
    counts = np.zeros(len(provisional), np.int64)
    for path in tqdm(paths, desc="count"):
        with np.load(path) as chunk:
            counts += np.bincount(chunk["tokens"], minlength=len(provisional))
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
    """Appends documents to `NAME-000.bin` and `NAME-000.starts`, a new pair every `SHARD_TOKENS`."""

    def __init__(self, folder: Path, name: str) -> None:
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
    """Stage two: vocabulary, shards and `meta.json` in `out`.

    Files whose name begins with `dev` go to the dev split whole; of other documents the share
    `dev_share` (0 to 1) goes there, chosen by hash. A line of the dev split never stays in train.
    """
    out.mkdir(parents=True, exist_ok=True)
    paths = sorted((work / "chunks").glob("*.npz"))
    vocabulary, table = _choose_vocabulary(paths, provisional_vocabulary())
    vocabulary.save(out / "vocab.tsv")
    seen: set[int] = set()
    totals = {"documents": 0, "repeated_lines": 0}
    # Dev first, so that its lines count as seen when train is written.
    for split in ("dev", "train"):
        writer = _ShardWriter(out, split)
        for path in tqdm(paths, desc=split):
            forced = path.name.startswith("dev")
            if split == "dev" and not forced and dev_share == 0:
                continue
            for tokens, starts, repeated in _documents(path, split, forced, dev_share, seen):
                totals["repeated_lines"] += repeated
                if len(tokens) > 1:
                    totals["documents"] += 1
                    writer.add(table[tokens], starts)
        writer.flush()
        totals[f"{split}_tokens"] = writer.total
    totals["vocabulary"] = len(vocabulary)
    (out / "meta.json").write_text(json.dumps(totals, indent=1), encoding="utf-8")
    return totals


def _documents(
    path: Path, split: str, forced: bool, dev_share: float, seen: set[int]
) -> Iterator[tuple[UIntArray, npt.NDArray[np.bool_], int]]:
    """Documents of one chunk that belong to `split`, without lines in `seen`."""
    with np.load(path) as chunk:
        tokens, hashes = chunk["tokens"], chunk["hashes"].tolist()
        starts = np.unpackbits(chunk["starts"], count=len(tokens)).astype(np.bool_)
        line_ends = [0, *chunk["line_ends"].tolist()]
        document_ends = [0, *chunk["document_ends"].tolist()]
    for first, last in zip(document_ends, document_ends[1:], strict=False):
        mark = next((h for h in hashes[first:last] if h), 1)
        in_dev = forced or (mark >> 16) % 10_000 < dev_share * 10_000
        if in_dev != (split == "dev"):
            continue
        pieces: list[UIntArray] = [np.array([BEGIN], np.uint16)]
        flags: list[npt.NDArray[np.bool_]] = [np.array([True])]
        repeated = 0
        for line in range(first, last):
            key = hashes[line]
            if key in seen:
                repeated += 1
                continue
            if key:
                seen.add(key)
            low, high = line_ends[line], line_ends[line + 1]
            pieces += [tokens[low:high], np.array([BREAK], np.uint16)]
            flags += [starts[low:high], np.array([True])]
        yield np.concatenate(pieces), np.concatenate(flags), repeated
