from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from ime.ui import files
from ime.ui.files import DocumentError, TextFile, read_text, write_text


@pytest.mark.parametrize(
    ("data", "content"),
    [
        pytest.param("你好\n".encode(), TextFile("你好\n"), id="utf-8"),
        pytest.param("\ufeff你好".encode(), TextFile("你好", mark=True), id="byte-order-mark"),
        pytest.param("一\r\n二".encode(), TextFile("一\n二", "\r\n"), id="windows-lines"),
        pytest.param("一\r二".encode(), TextFile("一\n二", "\r"), id="old-mac-lines"),
        pytest.param(
            "一\r\n二\n三\r\n".encode(), TextFile("一\n二\n三\n", "\r\n"), id="mixed-lines"
        ),
        pytest.param("一\u2028二\u00a0".encode(), TextFile("一\u2028二\u00a0"), id="spaces"),
        pytest.param("一\u2029二".encode(), TextFile("一\n二"), id="separator-of-paragraphs"),
        pytest.param(b"", TextFile(""), id="empty"),
        pytest.param(b"a\x00b", TextFile("a\x00b"), id="nul"),
    ],
)
def test_read_text_reads_what_editors_write(
    tmp_path: Path, data: bytes, content: TextFile
) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    assert read_text(tmp_path / "a.txt") == replace(content, data=data)


def test_read_text_refuses_another_encoding_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("ab你好".encode("euc-jp") + b"\xff")
    with pytest.raises(DocumentError, match=r"not_utf8 .*place=2 byte=0x"):
        read_text(tmp_path / "a.txt")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("我们在北京开会。\n时间：3 点", "gb18030"),
        ("朱镕基和陶喆都是人名", "gb18030"),
        ("ok 好", "gb18030"),
        ("我們在臺北開會。\n時間：3 點", "big5hkscs"),
        ("中文", "big5hkscs"),
        ("「你好」", "big5hkscs"),
    ],
)
def test_read_text_tells_the_encodings_of_chinese_apart(
    tmp_path: Path, text: str, encoding: str, newline: str
) -> None:
    data = text.replace("\n", newline).encode(encoding)
    (tmp_path / "a.txt").write_bytes(data)
    read = read_text(tmp_path / "a.txt")
    assert (read.text, read.encoding) == (text, encoding)
    write_text(tmp_path / "b.txt", replace(read, data=b""))
    assert (tmp_path / "b.txt").read_bytes() == data


def test_read_text_refuses_a_file_too_large_for_an_editor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST", 10)
    (tmp_path / "a.txt").write_bytes(b"x" * 11)
    with pytest.raises(DocumentError, match="too_large"):
        read_text(tmp_path / "a.txt")


@pytest.mark.parametrize("name", ["missing.txt", "."], ids=["missing", "folder"])
def test_read_text_names_a_file_it_cannot_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentError, match="unreadable"):
        read_text(tmp_path / name)


def test_write_text_keeps_the_lines_of_the_file(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", TextFile("一\n二", "\r\n"))
    assert (tmp_path / "a.txt").read_bytes() == "一\r\n二".encode()


def test_write_text_replaces_half_surrogate_pairs(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", TextFile("a\ud83db😀"))
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "a\ufffdb😀"


def test_write_text_keeps_permissions_and_links(tmp_path: Path) -> None:
    real = tmp_path / "real.txt"
    real.write_text("old")
    real.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(real)
    write_text(link, TextFile("new"))
    assert link.is_symlink()
    assert (real.read_text(), real.stat().st_mode & 0o777) == ("new", 0o640)


def test_write_text_makes_a_file_that_others_may_read_as_usual(tmp_path: Path) -> None:
    umask = os.umask(0o022)
    try:
        write_text(tmp_path / "a.txt", TextFile("x"))
    finally:
        os.umask(umask)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o644


def test_write_text_on_a_full_disk_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DocumentError, match="No space left"):
        write_text(tmp_path / "a.txt", TextFile("new"))
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_write_text_names_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="No such file"):
        write_text(tmp_path / "gone" / "a.txt", TextFile("x"))
