from __future__ import annotations

import lzma
import multiprocessing
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.data import build
from model.data.build import Encoder, cut_chunks, read_documents, tag

pytest.importorskip("jieba")
pytest.importorskip("opencc")


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


class InlinePool:
    """A pool that does its work in this process, one job after the other."""

    def __init__(self, processes: int) -> None:
        self.processes = processes

    def __enter__(self) -> InlinePool:
        return self

    def __exit__(self, *_args: object) -> None:
        pass

    def imap_unordered(self, work: Callable[[Any], Any], jobs: Iterable[Any]) -> Iterator[Any]:
        return map(work, jobs)


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    class Context:
        Pool = InlinePool

    monkeypatch.setattr(multiprocessing, "get_context", lambda _kind: Context)


def test_documents_are_split_by_empty_lines(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "\n一\n二\n\n \t\n三\n\n\n四")
    assert list(read_documents(tmp_path)) == [("a", "一\n二\n"), ("a", "三\n"), ("a", "四\n")]


def test_documents_come_from_plain_and_packed_files_in_folders(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "一\r\n")
    (tmp_path / "b.txt.xz").write_bytes(lzma.compress("二\n".encode()))
    write(tmp_path, "c/d/a.txt", "三\n")
    write(tmp_path, "c/readme.md", "四\n")
    assert sorted(read_documents(tmp_path)) == [("a", "一\n"), ("a@c@d", "三\n"), ("b", "二\n")]


def test_bytes_that_are_not_utf8_do_not_stop_reading(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("一".encode() + b"\xff\n")
    assert list(read_documents(tmp_path)) == [("a", "一\ufffd\n")]


def test_folder_without_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no \.txt"):
        list(read_documents(tmp_path))


def test_chunks_end_with_their_file_or_when_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "CHUNK_CHARACTERS", 5)
    write(tmp_path, "a.txt", "一二\n\n三四\n\n五六\n")
    write(tmp_path, "b.txt", "七\n")
    found = [(chunk.name, chunk.index, chunk.text) for chunk in cut_chunks(tmp_path)]
    assert found == [("a", 0, "一二\n\n三四\n"), ("a", 1, "五六\n"), ("b", 0, "七\n")]


@pytest.mark.parametrize(
    ("line", "texts", "starts"),
    [
        pytest.param("你好", "你 好", "10", id="word"),
        pytest.param("我们去银行", "我 们 去 银 行", "10110", id="words"),
        pytest.param(
            "你好，hello 吧", "你 好 ， <latin> <break> 吧", "101111", id="latin after ，"
        ),
        pytest.param("好。 我", "好 。 <break> 我", "1111", id="space after 。"),
        pytest.param("５０％", "<unknown> <unknown> %", "111", id="wide per cent"),
        pytest.param("2023年", "2 0 2 3 年", "11111", id="digits"),
    ],
)
def test_line_becomes_tokens_and_word_starts(
    encoder: Encoder, line: str, texts: str, starts: str
) -> None:
    ids, begins = encoder.line(line)
    assert " ".join(encoder.vocabulary.texts[i] for i in ids) == texts
    assert "".join(str(int(begin)) for begin in begins) == starts


def test_line_keeps_the_readings(encoder: Encoder) -> None:
    ids, _ = encoder.line("银行行走")
    assert [encoder.vocabulary.syllables[i] for i in ids] == ["yin", "hang", "xing", "zou"]


def test_chunk_says_where_lines_and_documents_end(encoder: Encoder) -> None:
    arrays = encoder.chunk("你好\n！！！\n我们走吧朋友们\n\n12345\n\n好的\n")
    assert arrays["line_ends"].tolist() == [2, 9, 11]
    assert arrays["document_ends"].tolist() == [2, 3]  # the second document had nothing to keep
    assert len(arrays["tokens"]) == 11
    assert arrays["hashes"][0] == arrays["hashes"][2] == 0  # short lines never repeat
    assert arrays["hashes"][1] != 0


def test_line_hash_looks_at_hanzi_alone(encoder: Encoder) -> None:
    arrays = encoder.chunk("我们走吧，朋友们。\n我们走吧朋友们！\n我们走吧同学们！\n")
    first, second, third = arrays["hashes"].tolist()
    assert first == second != third


@pytest.mark.usefixtures("inline")
def test_tagging_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "CHUNK_CHARACTERS", 4)
    write(tmp_path / "in", "a.txt", "\n\n".join(["你好吗", "我很好", "他也好", "大家好"]))
    work = tmp_path / "work"
    tag(tmp_path / "in", work, 1)
    paths = sorted((work / "chunks").iterdir())
    assert [path.name for path in paths] == [f"a-{i:05d}.npz" for i in range(4)]
    before = [np.load(path)["tokens"].tolist() for path in paths]
    paths[1].unlink()
    paths[3].unlink()
    (work / "chunks" / "a-00001.part").write_bytes(b"half")
    kept = {path: path.stat().st_mtime_ns for path in (paths[0], paths[2])}
    tag(tmp_path / "in", work, 1)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert [np.load(path)["tokens"].tolist() for path in paths] == before


@pytest.mark.usefixtures("inline")
def test_failing_process_does_not_hang_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "CHUNK_CHARACTERS", 1)
    write(tmp_path / "in", "a.txt", "\n\n".join(["你好"] * 40))
    ended = threading.Event()

    class EagerPool(InlinePool):
        """Reads its jobs in a thread and joins that at its end, as the real one does."""

        def imap_unordered(
            self, _work: Callable[[Any], Any], jobs: Iterable[Any]
        ) -> Iterator[Any]:
            self.reader = threading.Thread(
                target=lambda: (list(jobs), ended.set()), daemon=True
            )
            self.reader.start()
            yield 1
            raise OSError("disk full")

        def __exit__(self, *_args: object) -> None:
            self.reader.join(timeout=5)

    class Context:
        Pool = EagerPool

    monkeypatch.setattr(multiprocessing, "get_context", lambda _kind: Context)
    with pytest.raises(OSError, match="disk full"):
        tag(tmp_path / "in", tmp_path / "work", 1)
    assert ended.is_set()


def test_provisional_vocabulary_has_every_listed_reading(encoder: Encoder) -> None:
    vocabulary = encoder.vocabulary
    assert vocabulary.find("重", "chong") != vocabulary.find("重", "zhong")
    assert vocabulary.commonest_reading("镕") != vocabulary.commonest_reading("龘")
    assert len(vocabulary) < 1 << 16
