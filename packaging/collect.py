"""Copies what Moyin needs to run from this environment into a folder, but nothing unused.

    python packaging/collect.py FOLDER

Everything comes from what is installed: nothing is downloaded. Prints sizes by distribution.
"""

from __future__ import annotations

import fnmatch
import shutil
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
UNUSED = (
    "*__pycache__/*",
    "../*",  # programs of the environment
    "*.pyi",
    "*.a",
    "*.lib",
    "*.cmake",
    "*/tests/*",
    # C++ headers, tests and programs of torch: it is only called from Python.
    "torch/include/*",
    "torch/test/*",
    "torch/bin/[!t]*",
    "torch/bin/test*",
    "torch/share/*",
    "torch/lib/*_test.so",
    "torch/lib/libbackend_with_compiler.so",
    "torch/testing/_internal/generated/*",
    # Of Qt the window needs Core, Gui and Widgets, and what shows them under X11 and Wayland.
    "PySide6/[a-z]*",  # tools: designer, linguist, headers, type systems
    "PySide6/Qt/qml/*",
    "PySide6/Qt/metatypes/*",
    "PySide6/Qt/libexec/*",
    "PySide6/Qt/lib/libQt6*Qml*",
    "PySide6/Qt/lib/libQt6Quick*",
    "PySide6/Qt/lib/libQt6Designer*",
    "PySide6/Qt/lib/libQt6Test*",
    "PySide6/Qt/lib/libQt6Sql*",
    "PySide6/Qt/lib/libQt6Help*",
    "PySide6/Qt/lib/libQt6PrintSupport*",
    "PySide6/Qt/lib/libQt6Concurrent*",
    "PySide6/Qt/lib/libQt6UiTools*",
    "PySide6/Qt/plugins/designer/*",
    "PySide6/Qt/plugins/qml*",
    "PySide6/Qt/plugins/sqldrivers/*",
    "PySide6/Qt/translations/assistant*",
    "PySide6/Qt/translations/designer*",
    "PySide6/Qt/translations/linguist*",
    "PySide6/Qt[DHNPQSTUX]*.so",
    "PySide6/QtConcurrent*.so",
    "PySide6/QtOpenGL*.so",
)
KEPT = ("PySide6/libpyside6.abi3*",)
"""Of what the patterns above take, what is needed all the same."""


def main(folder: Path) -> None:
    """Copy all distributions that `moyin` needs, itself left out."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    total = 0
    for one in sorted(needed(project["dependencies"]), key=lambda found: found.name.lower()):
        size = copy(one, folder)
        total += size
        print(f"{size / 1e6:8.1f} MB  {one.name} {one.version}")
    print(f"{total / 1e6:8.1f} MB  in all")


def needed(requirements: Iterable[str]) -> Iterator[Distribution]:
    """The distributions that these ask for, and those that they ask for, each once."""
    waiting, seen = list(requirements), set[str]()
    while waiting:
        wanted = Requirement(waiting.pop())
        key = wanted.name.lower().replace("_", "-")
        applies = wanted.marker is None or wanted.marker.evaluate({"extra": ""})
        if not applies or key in seen:
            continue
        seen.add(key)
        try:
            found = distribution(wanted.name)
        except PackageNotFoundError:
            sys.exit(f"{wanted.name} is not installed; run packaging/start once")
        yield found
        waiting += found.requires or ()


def copy(one: Distribution, folder: Path) -> int:
    """Copy the files of a distribution; returns their bytes."""
    size = 0
    for file in one.files or ():
        name = str(file)
        source = Path(str(one.locate_file(file)))
        if is_unused(name) or not source.is_file():
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
        size += source.stat().st_size
    return size


def is_unused(name: str) -> bool:
    """Whether a file is of no use to the program."""
    if any(fnmatch.fnmatchcase(name, pattern) for pattern in KEPT):
        return False
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in UNUSED)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
