from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ime import manifest
from ime.errors import AssetError
from ime.manifest import (
    NAME,
    Entry,
    Verifier,
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
    with pytest.raises(AssetError, match=r"fault\.asset_changed"):
        check_asset(assets, *read_manifest(assets))


def test_check_of_a_missing_file_raises(assets: Path) -> None:
    with pytest.raises(AssetError, match=r"fault\.asset_unreadable .*absent"):
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


# --- before use -------------------------------------------------------------------------------


@pytest.fixture
def summed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths of the files that were summed, as it happens."""
    paths: list[str] = []
    real = manifest.check_asset

    def noted(assets: Path, entry: Entry) -> None:
        paths.append(entry.path)
        real(assets, entry)

    monkeypatch.setattr(manifest, "check_asset", noted)
    return paths


def rewritten(path: Path) -> None:
    status = path.stat()
    path.write_bytes(b"Weights")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replaced(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"Weights")
    other.replace(path)


def made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def made_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def test_a_file_is_summed_once(assets: Path, tmp_path: Path, summed: list[str]) -> None:
    kept = tmp_path / "cache" / "seals.json"
    for _ in range(3):
        Verifier(assets, kept).check("deep/")
    assert summed == ["deep/weights"]
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "damage", [rewritten, replaced, made_a_folder, made_a_pipe, Path.unlink]
)
def test_a_file_that_changed_after_it_was_sealed_is_refused(
    assets: Path, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    kept = tmp_path / "cache" / "seals.json"
    Verifier(assets, kept).check("deep/weights")
    damage(assets / "deep" / "weights")
    for _ in range(2):
        with pytest.raises(AssetError, match=r"fault\.asset_"):
            Verifier(assets, kept).check("deep/weights")


def test_an_empty_manifest_verifies_nothing(tmp_path: Path) -> None:
    (tmp_path / NAME).touch()
    with pytest.raises(AssetError, match="empty"):
        Verifier(tmp_path)


def test_a_file_that_the_manifest_does_not_name_is_refused(assets: Path) -> None:
    with pytest.raises(AssetError, match=r"fault\.asset_unnamed"):
        Verifier(assets).check("deep/others")


@pytest.mark.parametrize(
    "seals", [b"", b"{", b"[]", b'{"a": 1}', b"[" * 100_000, b"\xff", b" " * 2_000_000]
)
def test_damaged_seals_are_made_anew(
    assets: Path, tmp_path: Path, summed: list[str], seals: bytes
) -> None:
    kept = tmp_path / "seals.json"
    kept.write_bytes(seals)
    for _ in range(2):
        Verifier(assets, kept).check("deep/")
    assert summed == ["deep/weights"]


def test_without_a_place_for_seals_files_are_summed_each_time(
    assets: Path, tmp_path: Path, summed: list[str]
) -> None:
    (tmp_path / "cache").write_text("no folder")
    for _ in range(2):
        Verifier(assets, tmp_path / "cache" / "seals.json").check("deep/")
    assert summed == ["deep/weights"] * 2
