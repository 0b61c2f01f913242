from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from ime.errors import StoreError
from ime.userdb.export import export
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit

MakeCommit = Callable[..., Commit]


def test_export_tsv_is_a_table_with_a_head(
    log: SelectionLog, commit_of: MakeCommit, tmp_path: Path
) -> None:
    log.append(commit_of(1, "你好", context="反\\斜"), 0.0, Versions())
    log.retract(1)
    assert export(log, tmp_path / "out.tsv", "tsv") == 1
    head, row, end = (tmp_path / "out.tsv").read_text("utf-8").split("\n")
    assert end == ""
    assert dict(zip(head.split("\t"), row.split("\t"), strict=True)) == {
        "time": "1970-01-01T00:00:00+00:00",
        "context": "反\\\\斜",
        "raw": "aa",
        "syllables": "a a",
        "chosen": "你好",
        "rank": "0",
        "how": "space",
        "offered": "你好 其他",
        "retracted": "True",
    }


def test_export_json_holds_every_column(
    log: SelectionLog, commit_of: MakeCommit, tmp_path: Path
) -> None:
    log.append(commit_of(1, "你", "好"), 0.0, Versions("base", "me"))
    assert export(log, tmp_path / "out.json", "json") == 2
    rows = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert [row["chosen"] for row in rows] == ["你", "好"]
    assert rows[1]["context"] == "你"
    assert rows[0]["offered"] == ["你", "其他"]
    assert (rows[0]["run"], rows[0]["model"], rows[0]["adapter"]) == (7, "base", "me")


def test_export_of_an_empty_log_is_valid(log: SelectionLog, tmp_path: Path) -> None:
    assert export(log, tmp_path / "out.json", "json") == 0
    assert json.loads((tmp_path / "out.json").read_text()) == []
    assert export(log, tmp_path / "out.tsv", "tsv") == 0


def test_export_is_private(log: SelectionLog, tmp_path: Path) -> None:
    export(log, tmp_path / "out.tsv", "tsv")
    assert stat.S_IMODE((tmp_path / "out.tsv").stat().st_mode) == 0o600


def test_export_to_a_folder_raises_with_its_name(log: SelectionLog, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="unwritable"):
        export(log, tmp_path, "tsv")
