from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from ime.bench import process_cost
from ime.bench.process_cost import Memory, disk_sizes, milliseconds_alive

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the figures are Linux's")


@on_linux
def test_memory_is_consistent() -> None:
    memory = Memory.now()
    assert 0 < memory.private <= memory.resident <= memory.highest


@on_linux
def test_milliseconds_alive_counts_the_start_of_python() -> None:
    script = (
        "from ime.bench.process_cost import milliseconds_alive; print(milliseconds_alive())"
    )
    before = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    whole = (time.monotonic() - before) * 1000
    assert 0 < float(done.stdout) <= whole + 20  # the system counts in steps of 10 ms


def test_measures_are_unknown_without_the_systems_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(process_cost, "_STATUS", tmp_path / "absent")
    monkeypatch.setattr(process_cost, "_STAT", tmp_path / "absent")
    assert Memory.now() == Memory(-1, -1, -1)
    assert milliseconds_alive() == 0.0


def test_disk_sizes_are_of_files_and_of_all_in_folders(tmp_path: Path) -> None:
    (tmp_path / "weights" / "deep").mkdir(parents=True)
    (tmp_path / "weights" / "a").write_bytes(b"12345")
    (tmp_path / "weights" / "deep" / "b").write_bytes(b"12")
    (tmp_path / "vocab.tsv").write_bytes(b"123")
    assert disk_sizes(tmp_path, ["weights", "vocab.tsv", "absent"]) == {
        "weights": 7,
        "vocab.tsv": 3,
    }
