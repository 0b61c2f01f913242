from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ime.errors import StoreError
from ime.personalize.active_version import ACTIVE
from ime.personalize.report import Outcome, RunReport, Tally
from ime.personalize.versions import AdapterFolder, VersionError
from model.network.adapter import Adapter, AdapterInfo

BASE = "b" * 64
REPORT = RunReport(
    version="v0001", accepted=True, reasons=(), parent="", created=5.0, seconds=1.0, learned=80,
    fresh=80, strength=1.0, held_out=Tally(20, 10, 12, 3, 1), known=Tally(5, 5, 5, 0, 0),
    general=Tally(30, 20, 20, 0, 0), rescued=(Outcome("左边", "背景", "北京", "背景"),),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> AdapterFolder:
    return AdapterFolder(tmp_path / "adapters")


def add(folder: AdapterFolder, parent: str = "", through: int = 9) -> str:
    name = folder.next_name()
    info = AdapterInfo(BASE, 2, 4.0, parent, through=through)
    adapter = Adapter(info, {"x": torch.ones(3)})
    folder.add(adapter, replace(REPORT, version=name, parent=parent))
    return name


def test_folder_that_is_not_there_is_the_base_model(folder: AdapterFolder) -> None:
    assert folder.active() == ""
    assert folder.versions() == []
    assert folder.report() is None
    assert folder.runs() == []
    assert not folder.folder.exists()


def test_version_counts_once_it_is_activated(folder: AdapterFolder) -> None:
    name = add(folder)
    assert (name, folder.active()) == ("v0001", "")
    folder.activate(name)
    (version,) = folder.versions()
    assert (version.name, version.active) == (name, True)
    assert version.info is not None
    assert version.info.through == 9
    assert version.report == replace(REPORT, version=name)
    assert folder.load(name, BASE).tensors["x"].tolist() == [1, 1, 1]


def test_rolling_back_goes_to_the_parent_and_then_to_the_base(folder: AdapterFolder) -> None:
    first = add(folder)
    second = add(folder, parent=first)
    folder.activate(second)
    assert folder.roll_back() == first == folder.active()
    assert folder.roll_back() == "" == folder.active()
    with pytest.raises(VersionError, match="nothing_to_roll_back"):
        folder.roll_back()


def test_rolling_back_to_a_deleted_parent_goes_to_the_base(folder: AdapterFolder) -> None:
    first = add(folder)
    second = add(folder, parent=first)
    folder.activate(second)
    folder.delete(first)
    assert folder.active() == second
    assert folder.roll_back() == ""


def test_version_in_use_can_be_deleted(folder: AdapterFolder) -> None:
    name = add(folder)
    folder.activate(name)
    folder.delete(name)
    assert folder.active() == ""
    assert folder.names() == []
    assert not (folder.folder / f"{name}.json").exists()


def test_name_of_a_deleted_version_is_not_given_again(folder: AdapterFolder) -> None:
    first = add(folder)
    folder.delete(first)
    assert folder.next_name() == "v0002"


@pytest.mark.parametrize("name", ["v0007", "../x", "active"])
def test_unknown_version_is_refused(folder: AdapterFolder, tmp_path: Path, name: str) -> None:
    add(folder)
    for action in (
        lambda: folder.activate(name),
        lambda: folder.delete(name),
        lambda: folder.export(name, tmp_path / "out"),
    ):
        with pytest.raises(VersionError, match="no_version"):
            action()
    assert folder.active() == ""


def test_damaged_version_is_shown_and_not_loaded(folder: AdapterFolder) -> None:
    name = add(folder)
    path = folder.folder / f"{name}.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    (version,) = folder.versions()
    assert version.info is None
    with pytest.raises(VersionError, match="version_unusable"):
        folder.load(name, BASE)


@pytest.mark.parametrize("text", ["", "{", '{"version": "v0009"}', '{"version": 1}'])
def test_unreadable_choice_means_the_base_model(folder: AdapterFolder, text: str) -> None:
    add(folder)
    (folder.folder / ACTIVE).write_text(text)
    assert folder.active() == ""


def test_export_is_a_whole_adapter(folder: AdapterFolder, tmp_path: Path) -> None:
    name = add(folder)
    folder.export(name, tmp_path / "mine.safetensors")
    copy = (tmp_path / "mine.safetensors").read_bytes()
    assert copy == (folder.folder / f"{name}.safetensors").read_bytes()
    with pytest.raises(StoreError, match="unwritable"):
        folder.export(name, tmp_path / "missing" / "mine.safetensors")


def test_refused_run_leaves_its_report_and_figures(folder: AdapterFolder) -> None:
    add(folder)
    refused = replace(REPORT, version="", accepted=False, reasons=("no gain",), created=9.0)
    folder.refuse(refused)
    assert folder.report() == refused
    assert [one.version for one in folder.runs()] == ["v0001", ""]


def test_figures_of_runs_hold_no_text(folder: AdapterFolder) -> None:
    add(folder)
    assert "背景" not in (folder.folder / "runs.json").read_text(encoding="utf-8")
    assert "背景" in (folder.folder / "v0001.json").read_text(encoding="utf-8")


def test_reports_can_be_deleted_alone(folder: AdapterFolder) -> None:
    name = add(folder)
    folder.refuse(replace(REPORT, version="", accepted=False))
    folder.delete_reports()
    assert folder.names() == [name]
    assert folder.report() is None
    assert len(folder.runs()) == 2


def test_deleting_all_leaves_an_empty_folder(folder: AdapterFolder) -> None:
    name = add(folder)
    folder.activate(name)
    (folder.folder / ".v0002.safetensors.part").write_bytes(b"half")
    assert folder.delete_all() == [name]
    assert list(folder.folder.iterdir()) == []


def test_sweep_deletes_what_a_killed_run_left(folder: AdapterFolder) -> None:
    name = add(folder)
    (folder.folder / ".v0002.safetensors.part").write_bytes(b"half")
    (folder.folder / "v0002.json").write_text(json.dumps({}))
    folder.sweep()
    assert {path.name for path in folder.folder.iterdir()} == {
        f"{name}.safetensors", f"{name}.json", "runs.json",
    }  # fmt: skip


def test_full_disk_is_told_and_changes_nothing(
    folder: AdapterFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = add(folder)
    folder.activate(first)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("model.network.adapter.os.fsync", full)
    with pytest.raises(StoreError, match="No space"):
        add(folder, parent=first)
    with pytest.raises(StoreError, match="No space"):
        folder.activate("")
    assert folder.active() == first
    assert folder.names() == [first]
