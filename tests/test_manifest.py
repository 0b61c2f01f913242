from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ime.errors import AssetError
from ime.manifest import (
    NAME,
    Entry,
    check_asset,
    read_manifest,
    shipped_files,
    update,
)


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "weights").write_bytes(b"weights")
    (tmp_path / NAME).write_text(
        "# path\tsha256\tsource\tlicence\n"
        f"deep/weights\t{hashlib.sha256(b'weights').hexdigest()}\tour training\tMIT\n"
    )
    return tmp_path


def test_read_manifest_and_check_an_intact_file(assets: Path) -> None:
    (entry,) = read_manifest(assets)
    assert (entry.path, entry.source, entry.licence) == ("deep/weights", "our training", "MIT")
    check_asset(assets, entry)


@pytest.mark.parametrize("content", [b"weight", b"Weights"], ids=["truncated", "tampered"])
def test_check_of_another_file_raises(assets: Path, content: bytes) -> None:
    (assets / "deep" / "weights").write_bytes(content)
    with pytest.raises(AssetError, match="not the file that was shipped"):
        check_asset(assets, *read_manifest(assets))


def test_check_of_a_missing_file_raises(assets: Path) -> None:
    with pytest.raises(AssetError, match="absent cannot be read"):
        check_asset(assets, Entry("absent", "", "", ""))


@pytest.mark.parametrize(
    "text", [None, b"\xff", b"one\ttwo\n"], ids=["missing", "not-utf8", "columns"]
)
def test_read_of_a_broken_manifest_raises(tmp_path: Path, text: bytes | None) -> None:
    if text is not None:
        (tmp_path / NAME).write_bytes(text)
    with pytest.raises(AssetError, match=NAME):
        read_manifest(tmp_path)


def test_update_keeps_what_is_known_and_asks_for_the_rest(assets: Path) -> None:
    (assets / "deep" / "weights").write_bytes(b"new weights")
    (assets / "deep" / "weights-1").write_bytes(b"more weights")
    (assets / "icon.svg").write_text("<svg/>")
    assert shipped_files(assets) == {"deep/weights", "deep/weights-1", "icon.svg"}
    assert update(assets) == ["icon.svg"]
    weights, more, icon = read_manifest(assets)
    assert (more.source, more.licence) == ("our training", "MIT")
    assert (weights.source, weights.licence) == ("our training", "MIT")
    assert icon.source == "?"
    check_asset(assets, weights)
    check_asset(assets, icon)
