"""Files cut short anywhere, and a disk that is full at any write: nothing half is ever used."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ime.errors import StoreError
from ime.personalize.active_version import ACTIVE
from ime.personalize.report import RUNS
from ime.personalize.versions import AdapterFolder, VersionError
from model.network.adapter import Adapter, AdapterInfo
from tests.personalize.test_versions import BASE, REPORT, add


@pytest.fixture
def folder(tmp_path: Path) -> AdapterFolder:
    made = AdapterFolder(tmp_path / "adapters")
    made.activate(add(made))
    return made


def lengths(path: Path) -> range:
    """Every place where the file can be cut, few enough to try them all."""
    return range(path.stat().st_size)


def test_adapter_cut_anywhere_is_not_loaded(folder: AdapterFolder) -> None:
    path = folder.folder / "v0001.safetensors"
    whole = path.read_bytes()
    for length in lengths(path):
        path.write_bytes(whole[:length])
        with pytest.raises(VersionError):
            folder.load("v0001", BASE)
        assert folder.versions()[0].name == "v0001"
    path.write_bytes(whole)
    assert folder.load("v0001", BASE).tensors["x"].tolist() == [1, 1, 1]


def test_adapter_with_any_byte_changed_is_not_loaded_or_is_the_same(
    folder: AdapterFolder,
) -> None:
    path = folder.folder / "v0001.safetensors"
    whole = path.read_bytes()
    known = folder.load("v0001", BASE)
    for place in lengths(path):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            loaded = folder.load("v0001", BASE)
        except VersionError:
            continue
        assert loaded.info == known.info
        assert loaded.tensors["x"].tolist() == [1, 1, 1]


@pytest.mark.parametrize("name", [ACTIVE, RUNS, "v0001.json"])
def test_record_cut_anywhere_means_nothing_or_all_of_it(
    folder: AdapterFolder, name: str
) -> None:
    path = folder.folder / name
    whole = path.read_bytes()
    known = (folder.active(), folder.runs(), folder.report("v0001"))
    for length in lengths(path):
        path.write_bytes(whole[:length])
        assert folder.active() in ("", known[0])
        assert folder.runs() in ([], known[1])
        assert folder.report("v0001") in (None, known[2])
        assert folder.next_name() == "v0002"


class FullDisk:
    """Lets the first `writes` calls through that put something on the disk."""

    def __init__(self, writes: int) -> None:
        self.left = writes

    def guard(self, real: Callable[..., object]) -> Callable[..., object]:
        def guarded(*args: object, **kwargs: object) -> object:
            if self.left == 0:
                raise OSError(28, "No space left on device")
            self.left -= 1
            return real(*args, **kwargs)

        return guarded


WRITES = 20
"""Touches of the disk by which a version is added and used."""


@pytest.mark.parametrize("writes", range(WRITES))
def test_disk_that_fills_at_any_write_leaves_the_version_in_use(
    folder: AdapterFolder, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    name = folder.next_name()
    adapter = Adapter(AdapterInfo(BASE, 2, 4.0, "v0001", through=99), {"x": torch.zeros(3)})
    disk = FullDisk(writes)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", disk.guard(os.fsync))
        full.setattr(os, "open", disk.guard(os.open))
        full.setattr(Path, "replace", disk.guard(Path.replace))

        def learn() -> None:
            folder.add(adapter, replace(REPORT, version=name, parent="v0001"))
            folder.activate(name)

        with pytest.raises(StoreError, match="No space"):
            learn()
    assert folder.active() in ("v0001", name)
    for one in folder.names():
        folder.load(one, BASE)
    assert json.loads((folder.folder / RUNS).read_bytes())
    folder.sweep()
    assert not list(folder.folder.glob(".*.part"))


def test_number_of_writes_that_can_fail_is_the_one_tried(
    folder: AdapterFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(1000)
    monkeypatch.setattr(os, "fsync", disk.guard(os.fsync))
    monkeypatch.setattr(os, "open", disk.guard(os.open))
    monkeypatch.setattr(Path, "replace", disk.guard(Path.replace))
    folder.activate(add(folder, parent="v0001"))
    assert 1000 - disk.left == WRITES
