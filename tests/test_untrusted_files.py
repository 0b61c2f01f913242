from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ime import untrusted_files


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link_to_zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


def long(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**40)


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices with names")
@pytest.mark.parametrize(
    ("make", "why"),
    [
        (pipe, "no regular file"),
        (link_to_zeros, "no regular file"),
        (Path.mkdir, None),
        (long, "larger than"),
        (lambda _: None, "No such file"),
    ],
    ids=["pipe", "device", "folder", "long", "missing"],
)
def test_what_cannot_be_read_is_an_os_error(
    tmp_path: Path, make: Callable[[Path], object], why: str | None
) -> None:
    path = tmp_path / "file"
    make(path)
    with pytest.raises(OSError, match=why):
        untrusted_files.read(path, 1000)


def test_a_name_with_nul_is_an_os_error() -> None:
    with pytest.raises(OSError, match="valid name"):
        untrusted_files.read(Path("a\0b"), 1000)


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 1000)
    assert untrusted_files.read(path, 1000) == b"x" * 1000
    with pytest.raises(OSError, match=r"larger than 1 kB"):
        untrusted_files.read(path, 999)


def test_what_was_set_aside_before_is_kept(tmp_path: Path) -> None:
    names = []
    for content in ("first", "second", "third"):
        path = tmp_path / "file.json"
        path.write_text(content)
        names.append(untrusted_files.set_aside(path, ".bad").name)
    assert names == ["file.json.bad", "file.json.bad-2", "file.json.bad-3"]
    assert (tmp_path / "file.json.bad").read_text() == "first"
