from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from ime.bench import environment as module
from ime.bench.environment import identity

REPOSITORY = Path(__file__).parents[2]
DECIDING = [
    "ime/convert/search.py",
    "ime/convert/score/terms/formula.py",
    "ime/backend/relearn.py",
    "ime/a_new_package/file.py",
    "ime/bench/replay.py",
    "ime/commands/options.py",
    "model/vocab.py",
    "model/network/transformer.py",
    "model/finetune/schedule.py",
    "assets/vocab.tsv",
    "assets/weights/mixture.json",
]
LOOKING_ON = [
    "ime/ui/window.py",
    "ime/bench/tables.py",
    "model/data/build.py",
    "model/train/loss.py",
    "model/evaluate/report.py",
    "assets/MODEL_CARD.md",
]
REPLAY = """
import sys
from ime.__main__ import main
main(["replay", sys.argv[1]])
for module in list(sys.modules.values()):
    if module.__name__.split(".")[0] in ("ime", "model"):
        print(f"module {module.__file__}")
"""


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (*DECIDING, *LOOKING_ON):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n")
    monkeypatch.setattr(module, "_PACKAGES", tmp_path)
    return tmp_path


def test_identity_stays_while_nothing_changes(packages: Path) -> None:
    assert identity(packages / "assets") == identity(packages / "assets")


@pytest.mark.parametrize(
    ("name", "decides"),
    [*((name, True) for name in DECIDING), *((name, False) for name in LOOKING_ON)],
)
def test_identity_changes_with_what_decides_answers(
    packages: Path, name: str, decides: bool
) -> None:
    before = identity(packages / "assets")
    (packages / name).write_text("changed\n")
    assert (identity(packages / "assets") != before) == decides


def test_identity_covers_what_replay_loads(tmp_path: Path) -> None:
    table = tmp_path / "rows.tsv"
    table.write_text("a\t\tni\t你\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", REPLAY, str(table)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    lines = done.stdout.splitlines()
    loaded = {Path(line.removeprefix("module ")) for line in lines if line.startswith("module")}
    assert REPOSITORY / "model/vocab.py" in loaded
    uncounted = loaded - set(module._code(REPOSITORY))
    assert {path.relative_to(REPOSITORY).parent.as_posix() for path in uncounted} == {
        "ime/bench",
        "ime/commands",
    }


def _other_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "version", lambda name: "99")


def _no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

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
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    before = identity(packages / "assets")
    (packages / "model/vocab.py").unlink()
    assert identity(packages / "assets") == before
    program.write_bytes(b"two")
    assert identity(packages / "assets") != before
