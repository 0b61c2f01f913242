from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ime.commands import identity as module
from ime.commands.identity import identity


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("ime/engine/search.py", "ime/ui/window.py", "ime/commands/replay.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("pass\n")
    for name in ("ime/commands/tables.py", "assets/vocab.tsv", "assets/MODEL_CARD.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n")
    for name in ("model/ngram.py", "assets/weights/mixture.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("0\n")
    monkeypatch.setattr(module, "_PACKAGES", tmp_path)
    return tmp_path


def test_identity_stays_while_nothing_changes(packages: Path) -> None:
    assert identity(packages / "assets") == identity(packages / "assets")


@pytest.mark.parametrize(
    ("name", "decides"),
    [
        ("ime/engine/search.py", True),
        ("ime/commands/replay.py", True),
        ("model/ngram.py", True),
        ("assets/vocab.tsv", True),
        ("assets/weights/mixture.json", True),
        ("ime/ui/window.py", False),
        ("ime/commands/tables.py", False),
        ("assets/MODEL_CARD.md", False),
    ],
)
def test_identity_changes_with_what_decides_answers(
    packages: Path, name: str, decides: bool
) -> None:
    before = identity(packages / "assets")
    (packages / name).write_text("changed\n")
    assert (identity(packages / "assets") != before) == decides


def _other_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "version", lambda name: "99")


def _no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise module.PackageNotFoundError(name)

    monkeypatch.setattr(module, "version", missing)


@pytest.mark.parametrize("change", [_other_torch, _no_torch])
def test_identity_knows_the_libraries(
    packages: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[pytest.MonkeyPatch], None],
) -> None:
    before = identity(packages / "assets")
    change(monkeypatch)
    assert identity(packages / "assets") != before


def test_identity_of_a_bundle_is_that_of_its_program(
    packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = packages / "moyin"
    program.write_bytes(b"one")
    monkeypatch.setattr(module.sys, "frozen", True, raising=False)
    monkeypatch.setattr(module.sys, "executable", str(program))
    before = identity(packages / "assets")
    (packages / "model/ngram.py").unlink()
    assert identity(packages / "assets") == before
    program.write_bytes(b"two")
    assert identity(packages / "assets") != before
