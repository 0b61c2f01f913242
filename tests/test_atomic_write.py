from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ime import atomic_write


@pytest.mark.skipif(os.name != "posix", reason="folders are synced where that can be")
def test_replace_syncs_the_file_then_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[bool, bool]] = []
    path = tmp_path / "a"
    really = os.fsync

    def note(handle: int) -> None:
        synced.append((stat.S_ISDIR(os.fstat(handle).st_mode), path.exists()))
        really(handle)

    monkeypatch.setattr(os, "fsync", note)
    atomic_write.replace(path, b"new")
    assert synced == [(False, False), (True, True)]


def test_replace_in_a_folder_that_cannot_be_synced_has_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = os.fsync

    def refuse(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(22, "Invalid argument")
        really(handle)

    monkeypatch.setattr(os, "fsync", refuse)
    atomic_write.replace(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


@pytest.mark.parametrize(("mode", "expected"), [(None, 0o640), (0o600, 0o600)])
def test_replace_gives_the_mode_or_keeps_the_old_one(
    tmp_path: Path, mode: int | None, expected: int
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o640)
    atomic_write.replace(path, b"new", mode)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", expected)
    assert [item.name for item in tmp_path.iterdir()] == ["a"]
