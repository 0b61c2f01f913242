from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ime.userdb.draft_format import UNREADABLE, cut_out, pack, unpack

TABLE: dict[str, object] = {"caret": 3, "file": "/tmp/信.txt"}


def draft(folder: Path, text: str, number: int = 1) -> Path:
    path = folder / f"draft-{number}.json"
    path.write_bytes(pack(TABLE, text))
    return path


@pytest.mark.parametrize("text", ["", "你好\n😀", "半\ud83d"])
def test_what_is_packed_comes_back(text: str) -> None:
    assert unpack(pack(TABLE, text)) == (TABLE, text)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b'"format": 1', b'"format": 2'),
        lambda data: data.replace(b"\\u597d", b"\\u597e"),
        lambda data: data[:-1],
        lambda _: b"[]",
        lambda _: b"[" * 100_000,
    ],
)
def test_other_files_are_refused(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(UNREADABLE):
        unpack(change(pack(TABLE, "你好")))


def test_a_word_leaves_gaps_as_long_as_itself(tmp_path: Path) -> None:
    path = draft(tmp_path, "看背景，背景背。")
    assert cut_out("背景", tmp_path) == 1
    assert unpack(path.read_bytes()) == (TABLE, "看〓〓，〓〓背。")
    assert path.stat().st_mode & 0o777 == 0o600
    assert cut_out("背景", tmp_path) == 0


@pytest.mark.parametrize(
    ("lock", "changed"),
    [
        (str(os.getpid()), 0),
        ("4194304", 1),  # one more than Linux counts
        ("no number", 0),
        (None, 1),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="elsewhere a lock counts as held")
def test_drafts_of_running_windows_stay(tmp_path: Path, lock: str | None, changed: int) -> None:
    draft(tmp_path, "背景")
    if lock is not None:
        (tmp_path / "draft-1.lock").write_text(f"{lock}\nmoyin\nhost\n")
    assert cut_out("背景", tmp_path) == changed


def test_damaged_drafts_stay_and_do_not_keep_others(tmp_path: Path) -> None:
    damaged = draft(tmp_path, "背景", 1)
    damaged.write_bytes(damaged.read_bytes()[:-5])
    before = damaged.read_bytes()
    (tmp_path / "draft-2.json").mkdir()
    draft(tmp_path, "背景", 3)
    assert cut_out("背景", tmp_path) == 1
    assert damaged.read_bytes() == before


def test_without_drafts_nothing_is_cut(tmp_path: Path) -> None:
    assert cut_out("背景", tmp_path / "none") == 0
