from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model.data import shards
from model.data.build import Encoder
from model.data.shards import LineCounts, load_lines, merge, save_lines
from model.data.token_shards import TokenShards
from model.vocab import BEGIN, BREAK, FIRST_HANZI, UNKNOWN, Vocabulary

pytest.importorskip("jieba")
pytest.importorskip("opencc")

LONG = "我们大家一起去公园散步吧"
OTHER = "他们今天在学校里面读书呢"
DEV = "明天早上的火车非常准时啊"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    (folder / "chunks").mkdir(parents=True)
    return folder


@pytest.fixture
def add(work: Path, encoder: Encoder) -> Callable[..., Path]:
    """Writes one chunk file of documents."""

    def write(name: str, *documents: str) -> Path:
        path = work / "chunks" / f"{name}-00000.npz"
        np.savez(path, **encoder.chunk("\n\n".join(documents)))  # type: ignore[arg-type]
        return path

    return write


def texts(out: Path, split: str) -> list[str]:
    """The documents of a split, `|` at the end of a line."""
    vocabulary = Vocabulary.load(out / "vocab.tsv")
    tokens = np.concatenate([np.asarray(part) for part in TokenShards(out, split).tokens])
    names = {BEGIN: "\n", BREAK: "|", UNKNOWN: "?"}
    text = "".join(names.get(i, vocabulary.texts[i]) for i in tokens.tolist())
    return text.removeprefix("\n").split("\n")


def test_documents_become_shards(add: Callable[..., Path], work: Path, tmp_path: Path) -> None:
    add("dev", f"{DEV}\n好的")
    add("a", f"{LONG}\n是的", OTHER)
    totals = merge(work, tmp_path, dev_share=0.0)
    assert texts(tmp_path, "dev") == [f"{DEV}|好的|"]
    assert texts(tmp_path, "train") == [f"{LONG}|是的|", f"{OTHER}|"]
    assert totals["documents"] == 3
    assert totals["train_tokens"] == len(TokenShards(tmp_path, "train")) == 12 + 2 + 12 + 2 + 3
    assert json.loads((tmp_path / "meta.json").read_text(encoding="utf-8")) == totals


def test_word_starts_lie_beside_the_tokens(
    add: Callable[..., Path], work: Path, tmp_path: Path
) -> None:
    add("dev", DEV)
    add("a", "我们去银行")
    merge(work, tmp_path, dev_share=0.0)
    packed = np.fromfile(tmp_path / "train-000.starts", np.uint8)
    # begin, 我们, 去, 银行, break
    assert np.unpackbits(packed, count=7).tolist() == [1, 1, 0, 1, 1, 0, 1]


def test_line_of_dev_is_dropped_from_train(
    add: Callable[..., Path], work: Path, tmp_path: Path
) -> None:
    add("dev", DEV)
    add("a", f"{DEV}\n{LONG}", f"{LONG}", f"{DEV}！\n好的")
    totals = merge(work, tmp_path, dev_share=0.0)
    assert texts(tmp_path, "train") == [f"{LONG}|", "好的|"]
    assert totals["repeated_lines"] == 3
    assert load_lines(tmp_path / "lines.json")["train"].repeated == 3


def test_short_lines_may_recur(add: Callable[..., Path], work: Path, tmp_path: Path) -> None:
    add("dev", "好的\n谢谢")
    add("a", "好的\n好的\n谢谢你")
    merge(work, tmp_path, dev_share=0.0)
    assert texts(tmp_path, "train") == ["好的|好的|谢谢你|"]


@pytest.mark.parametrize("short", [True, False], ids=["short lines", "long lines"])
def test_share_of_documents_goes_to_dev_whole(
    add: Callable[..., Path], work: Path, tmp_path: Path, short: bool
) -> None:
    digits = "一二三四五六七八九十"
    tail = "号" if short else "号楼的门口有人在等着你"
    documents = [f"第{digits[i // 10]}{digits[i % 10]}{tail}\n结尾" for i in range(100)]
    add("a", *documents)
    merge(work, tmp_path, dev_share=0.3)
    dev, train = texts(tmp_path, "dev"), texts(tmp_path, "train")
    assert 15 <= len(dev) <= 45
    assert sorted(dev + train) == sorted(text.replace("\n", "|") + "|" for text in documents)


def test_split_is_the_same_again(add: Callable[..., Path], work: Path, tmp_path: Path) -> None:
    add("a", *(f"{LONG}{char}" for char in "的了是我你他她们好中"))
    merge(work, tmp_path / "one", dev_share=0.5)
    merge(work, tmp_path / "two", dev_share=0.5)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_vocabulary_of_an_earlier_edition_is_kept(
    add: Callable[..., Path], work: Path, tmp_path: Path
) -> None:
    earlier = tmp_path / "earlier.tsv"
    pairs = [("火", "huo"), ("车", "che"), ("车", "ju"), ("的", "de")]
    Vocabulary.from_pairs(pairs).save(earlier)
    add("a", "火车的", "他的")
    totals = merge(work, tmp_path, dev_share=0.0, vocabulary_file=earlier)
    assert (tmp_path / "vocab.tsv").read_bytes() == earlier.read_bytes()
    assert texts(tmp_path, "train") == ["火车的|", "?的|"]
    assert totals["vocabulary"] == FIRST_HANZI + 4


def test_vocabulary_is_sorted_by_count_and_complete(
    add: Callable[..., Path], work: Path, tmp_path: Path
) -> None:
    add("dev", DEV)
    add("a", "的的的的了了了啊")
    merge(work, tmp_path, dev_share=0.0)
    vocabulary = Vocabulary.load(tmp_path / "vocab.tsv")
    assert vocabulary.texts[FIRST_HANZI] == "的"
    counts = vocabulary.counts[FIRST_HANZI:]
    assert (np.diff(counts) <= 0).all()
    assert len(set(vocabulary.texts[FIRST_HANZI:])) == 8105
    assert vocabulary.counts[vocabulary.mark("，")] == 0


@pytest.mark.parametrize(("least", "expected"), [(3, "祂祂祂好的|"), (4, "???好的|")])
def test_character_beyond_the_standard_must_be_frequent(
    add: Callable[..., Path],
    work: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    least: int,
    expected: str,
) -> None:
    monkeypatch.setattr(shards, "MIN_COUNT_BEYOND_STANDARD", least)
    add("dev", DEV)
    add("a", "祂祂祂好的")
    merge(work, tmp_path, dev_share=0.0)
    assert texts(tmp_path, "train") == [expected]


def test_shards_are_cut_between_documents(
    add: Callable[..., Path], work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "SHARD_TOKENS", 20)
    add("dev", DEV)
    add("a", LONG, OTHER, f"{LONG}{OTHER}")
    merge(work, tmp_path, dev_share=0.0)
    parts = TokenShards(tmp_path, "train").tokens
    assert [len(part) for part in parts] == [28, 26]
    assert all(part[0] == BEGIN for part in parts)


def test_shards_of_an_older_run_do_not_stay(
    add: Callable[..., Path], work: Path, tmp_path: Path
) -> None:
    add("dev", DEV)
    add("a", LONG)
    (tmp_path / "train-007.bin").write_bytes(b"old")
    (tmp_path / "train-007.starts").write_bytes(b"old")
    merge(work, tmp_path, dev_share=0.0)
    names = {path.name for path in tmp_path.glob("train-*")}
    assert names == {"train-000.bin", "train-000.starts"}


def test_unfinished_merge_leaves_no_meta(
    add: Callable[..., Path], work: Path, tmp_path: Path
) -> None:
    add("dev", DEV)
    add("a", LONG)
    merge(work, tmp_path, dev_share=0.0)
    add("b", OTHER).write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(ValueError, match=r"b-00000\.npz: damaged .* delete it"):
        merge(work, tmp_path, dev_share=0.0)
    assert not (tmp_path / "meta.json").exists()


def test_line_counts_come_back(tmp_path: Path) -> None:
    counted = {"dev": LineCounts(3, (0, 1, 2)), "train": LineCounts(0, ())}
    save_lines(tmp_path / "lines.json", counted)
    assert load_lines(tmp_path / "lines.json") == counted


@pytest.mark.parametrize("text", ["", "[]", '{"dev": {}}', '{"dev": {"repeated": null}}'])
def test_damaged_line_counts_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "lines.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"lines\.json: damaged"):
        load_lines(tmp_path / "lines.json")
