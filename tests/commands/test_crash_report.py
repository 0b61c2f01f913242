"""What a crash leaves behind: places in the code, told once, and nothing that was typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ime.commands.crash_report import KEPT, watched
from ime.texts.catalogue import told

CRASH = """
import faulthandler, sys
from pathlib import Path
from ime.commands.crash_report import watched

def work(typed):
    faulthandler._sigabrt()

with watched(Path(sys.argv[1])):
    work("秘密的文字")
"""


def crash(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(folder)], capture_output=True, check=False
    )
    assert done.returncode < 0


def test_a_crash_is_told_once_with_its_place_and_no_text(tmp_path: Path) -> None:
    crash(tmp_path)
    with watched(tmp_path) as found:
        (message,) = found
    (report,) = tmp_path.glob("crash-*.txt")
    text = report.read_text(encoding="utf-8")
    assert str(report) in told(message)
    assert text.startswith("Moyin ")
    assert "in work" in text
    assert "秘密" not in text
    assert report.stat().st_mode & 0o077 == 0
    with watched(tmp_path) as found:
        assert found == []


def test_a_good_end_leaves_nothing(tmp_path: Path) -> None:
    with watched(tmp_path / "crashes"):
        assert len(list((tmp_path / "crashes").iterdir())) == 1
    assert list((tmp_path / "crashes").iterdir()) == []


def test_what_was_only_killed_is_swept_and_what_runs_is_left(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / f"running-{gone.pid}.txt").touch()
    (tmp_path / "running-1.txt").touch()
    with watched(tmp_path) as found:
        assert found == []
        assert (tmp_path / "running-1.txt").exists()
        assert not (tmp_path / f"running-{gone.pid}.txt").exists()


def test_only_some_reports_are_kept(tmp_path: Path) -> None:
    for number in range(KEPT + 3):
        (tmp_path / f"crash-2026-01-0{number}-000000.txt").touch()
    with watched(tmp_path):
        kept = sorted(path.name for path in tmp_path.glob("crash-*.txt"))
    assert kept[0] == "crash-2026-01-03-000000.txt"
    assert len(kept) == KEPT


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with watched(tmp_path / "file") as found:
        assert found == []


def test_an_exception_is_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(KeyError), watched(tmp_path):
        raise KeyError
    assert list(tmp_path.iterdir()) == []
