"""Fifty kills of a run: after each all selections are there, and no half adapter is in use."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Selection
from tests.tiny_network import tiny_assets

REPOSITORY = Path(__file__).parents[2]
KILLS = 50
ROWS = 50
WORDS = (("背景", "bei jing"), ("世界", "shi jie"), ("你好", "ni hao"))


def prepare(folder: Path) -> None:
    tiny_assets(folder / "assets")
    log = SelectionLog(folder / "user" / "user.sqlite", run=3)
    for i in range(ROWS):
        text, syllables = WORDS[i % len(WORDS)]
        read = tuple(syllables.split())
        chosen = Selection(LeftContext("北京，"), "x", read, ("是",), text, i % 2, How.SPACE)
        log.append(Commit(i, text, read, (chosen,)), float(i), Versions())
    log.close()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the kills need fork")
def test_run_can_be_killed_at_fifty_random_instants(tmp_path: Path) -> None:
    prepare(tmp_path)
    shutil.copytree(tmp_path, tmp_path / "dry")
    done = subprocess.run(
        [
            sys.executable,
            str(Path(__file__).with_name("kill_run.py")),
            tmp_path,
            str(KILLS),
            "7",
        ],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *after_kills, at_the_end = map(json.loads, done.stdout.splitlines())
    assert len(after_kills) == KILLS
    # Some draws lie behind the end of a run that is quicker than the first.
    assert sum(one["killed"] for one in after_kills) >= KILLS - 10
    assert {"seconds", "touch"} <= {key for one in after_kills for key in one}
    for one in [*after_kills, at_the_end]:
        assert one["rows"] == ROWS
        assert one["active"] == "" or one["active"] in one["names"]
    assert at_the_end["active"]
