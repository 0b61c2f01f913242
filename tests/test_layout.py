"""The project's own shape: what lies where, how long it is, what is pinned and signed."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from ime.manifest import check_asset, read_manifest, shipped_files
from ime.settings import assets_folder

REPOSITORY = Path(__file__).parents[1]
SOURCES = sorted(
    path for package in ("ime", "model") for path in (REPOSITORY / package).rglob("*.py")
)
SCRIPTS = [REPOSITORY / name for name in ("packaging/start", "packaging/check", ".ci/run")]
FUNCTION_LINES = 40


def named(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def tracked() -> list[str]:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("this is no git checkout")
    return done.stdout.rstrip("\0").split("\0")


def test_top_level_is_as_agreed() -> None:
    assert {name.split("/")[0] for name in tracked()} <= {
        *("ime", "model", "assets", "tests", "packaging", "pyproject.toml"),
        *("README.md", "README.zh-CN.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"),
        *("ARCHITECTURE.md", "DECISIONS.md", "EXPERIMENTS.md", "BENCHMARKS.md", "SECURITY.md"),
        *(".ci", ".gitignore", ".gitattributes", ".pre-commit-config.yaml"),
    }


def test_no_file_is_a_leftover() -> None:
    leftovers = re.compile(r"(^|/)(__pycache__|.*\.(pyc|part|orig|rej|swp|bad))($|/)")
    assert [name for name in tracked() if leftovers.search(name)] == []


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    home = re.compile(r"/(home|root|Users)/\w")
    texts = (".py", ".toml", ".md", ".json", ".sh", ".txt", "start", "check", "run")
    for name in tracked():
        if name.endswith(texts) and (REPOSITORY / name).is_file():
            text = (REPOSITORY / name).read_text(encoding="utf-8")
            assert home.search(text) is None, name


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_functions_are_short(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= FUNCTION_LINES, node.name


def test_every_asset_is_in_the_manifest_and_intact() -> None:
    assets = assets_folder()
    entries = read_manifest(assets)
    assert {entry.path for entry in entries} == shipped_files(assets)
    for entry in entries:
        check_asset(assets, entry)
        assert "?" not in (entry.source, entry.licence), entry.path


def test_assets_fit_version_control() -> None:
    sizes = {path: path.stat().st_size for path in assets_folder().rglob("*") if path.is_file()}
    assert [named(path) for path, size in sizes.items() if size > 16 * 2**20] == []


def test_icon_is_a_picture() -> None:
    root = ElementTree.parse(assets_folder() / "icons" / "moyin.svg").getroot()
    assert root.tag.endswith("svg")


def test_torch_is_pinned_and_installed_first() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    (torch,) = (line for line in project["dependencies"] if line.startswith("torch"))
    assert re.fullmatch(r"torch==\d+\.\d+\.\d+", torch)
    done = subprocess.run(
        ["bash", "-c", ". packaging/setup.sh; torch_requirement"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{torch}\n"


@pytest.mark.parametrize("script", [*SCRIPTS, REPOSITORY / "packaging" / "setup.sh"], ids=named)
def test_scripts_are_valid_shell(script: Path) -> None:
    done = subprocess.run(["bash", "-n", str(script)], capture_output=True, check=False)
    assert done.stderr == b""
    assert script in SCRIPTS or not os.access(script, os.X_OK)


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_scripts_can_be_run(script: Path) -> None:
    assert os.access(script, os.X_OK)
