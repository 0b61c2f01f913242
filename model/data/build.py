"""Stage one of data building: text to chunk files of tokens, in several processes.

The input is cut into chunks of documents; each is cleaned, read and encoded into one file over
a provisional vocabulary of every (hanzi, reading) pair. A finished file is never made again, so
a run that was killed goes on where it stopped.
"""

from __future__ import annotations

import lzma
import multiprocessing
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from model.data.clean import clean_line
from model.data.readings import ReadingTagger, load_standard_readings
from model.vocab import FIRST_HANZI, Vocabulary, is_hanzi

CHUNK_CHARACTERS = 1_500_000  # about ten seconds of tagging: little is lost when killed
REPEAT_HANZI = 7  # lines of at least this many hanzi may occur once; shorter replies may recur
_HANZI = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff"
_RUN = re.compile(f"[{_HANZI}]+|[^{_HANZI}]+")


@dataclass(frozen=True)
class Chunk:
    """Consecutive documents of one input file; `index` counts from 0 in that file."""

    name: str
    index: int
    text: str


def read_documents(folder: Path) -> Iterator[tuple[str, str]]:
    """Every document of the .txt and .txt.xz files below `folder`.

    Yields:
        A name, `stem` or `stem@its@folders`, and the lines of a document, each with its end.

    Raises:
        FileNotFoundError: the folder holds no such file.
    """
    paths = sorted([*folder.rglob("*.txt"), *folder.rglob("*.txt.xz")])
    if not paths:
        raise FileNotFoundError(f"{folder}: no .txt or .txt.xz file found")
    for path in paths:
        # The stem comes first, because `dev` at the head of it decides the split.
        parents = path.relative_to(folder).parent.parts
        name = "@".join([path.name.partition(".")[0], *parents])
        opener = lzma.open if path.suffix == ".xz" else open
        with opener(path, "rt", encoding="utf-8", errors="replace") as lines:
            document: list[str] = []
            for line in lines:
                if line.strip():
                    document.append(line.rstrip("\n") + "\n")
                elif document:
                    yield name, "".join(document)
                    document = []
            if document:
                yield name, "".join(document)


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


@cache
def provisional_vocabulary() -> Vocabulary:
    """All readings of the standard characters, and one reading of every other character."""
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
            if not is_hanzi(run[0]):
                marks = self.vocabulary.encode(run)
                ids += marks
                starts += [True] * len(marks)
                continue
            words = self._tagger.words(run)
            for word, syllables in zip(words, self._tagger.tag(words), strict=True):
                pairs = zip(word, syllables, strict=True)
                ids += [self.vocabulary.find(char, syllable) for char, syllable in pairs]
                starts += [True] + [False] * (len(word) - 1)
        return ids, starts

    def chunk(self, text: str) -> dict[str, npt.NDArray[np.generic]]:
        """Arrays of a chunk: tokens, word starts, line ends, line hashes, document ends."""
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


@cache
def _process_encoder() -> Encoder:
    return Encoder()


def _tag_one(job: tuple[Chunk, Path]) -> int:
    chunk, target = job
    arrays = _process_encoder().chunk(chunk.text)
    part = target.with_suffix(".part")
    with part.open("wb") as out:
        np.savez_compressed(out, allow_pickle=False, **arrays)
    part.replace(target)
    return len(chunk.text)


@contextmanager
def _released_on_failure(ahead: threading.Semaphore, failed: threading.Event) -> Iterator[None]:
    """Ends the reader of jobs on an error: the pool joins it, so it must not wait for ever."""
    try:
        yield
    except BaseException:
        failed.set()
        ahead.release()
        raise


def tag(source: Path, work: Path, processes: int) -> None:
    """A chunk file in `work/chunks` for every chunk of `source` that has none yet.

    Args:
        source: folder of .txt or .txt.xz; empty lines split documents.
        work: made if need be.
        processes: that clean and tag side by side.

    Raises:
        FileNotFoundError: `source` holds no text.
    """
    folder = work / "chunks"
    folder.mkdir(parents=True, exist_ok=True)

    def jobs() -> Iterator[tuple[Chunk, Path]]:
        for chunk in cut_chunks(source):
            target = folder / f"{chunk.name}-{chunk.index:05d}.npz"
            if target.exists():
                bar.update(len(chunk.text))
                continue
            ahead.acquire()
            if failed.is_set():
                return
            yield chunk, target

    total = sum(path.stat().st_size for path in source.rglob("*.txt*"))
    context = multiprocessing.get_context("spawn")
    ahead = threading.Semaphore(4 * processes)  # the pool would read all of the input at once
    failed = threading.Event()
    # The number of characters is known only at the end; such xz text has about 1.25 a byte.
    with tqdm(total=int(total * 1.25), unit="char", unit_scale=True, desc="tag") as bar:
        with context.Pool(processes) as pool, _released_on_failure(ahead, failed):
            for size in pool.imap_unordered(_tag_one, jobs()):
                ahead.release()
                bar.update(size)
        bar.total = bar.n
        bar.refresh()
