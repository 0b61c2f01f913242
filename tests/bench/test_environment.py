from __future__ import annotations

import hashlib
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ime import __version__
from ime.bench import environment
from ime.bench.environment import Environment

NOON = datetime(2024, 5, 1, 12, 0, 30, tzinfo=UTC)


def test_circumstances_tell_when_where_and_with_what(tmp_path: Path) -> None:
    (tmp_path / "MANIFEST").write_bytes(b"rows")
    here = Environment.now(NOON, tmp_path, ["bench", "a set.tsv"])
    assert here.date == "2024-05-01 12:00+00:00"
    assert here.version == __version__
    assert here.assets == hashlib.sha256(b"rows").hexdigest()[:12]
    assert here.command == "moyin bench 'a set.tsv'"
    assert here.cores >= 1
    text = "\n".join(here.lines())
    assert all(str(value) in text for value in here.plain().values())


def test_circumstances_without_the_systems_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(environment, "_PROCESSORS", tmp_path / "absent")
    monkeypatch.setattr(platform, "processor", lambda: "")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    monkeypatch.delattr(os, "getloadavg", raising=False)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    here = Environment.now(NOON, tmp_path, [])
    assert (here.processor, here.load, here.assets) == ("arm64", -1.0, "unknown")
    assert here.cores >= 1
