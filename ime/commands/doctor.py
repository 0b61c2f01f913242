"""`moyin doctor`: looks at everything Moyin needs, and says what to do about what is wrong."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from time import perf_counter
from typing import TextIO

from ime import __version__
from ime.backend import direct
from ime.commands.options import add_model, with_model
from ime.errors import AssetError, EnvironmentFaultError, ImeError, Message, Notify
from ime.manifest import check_asset, read_manifest
from ime.session.runner import SyncRunner
from ime.settings import Folders, LoadedSettings, assets_folder, load, user_folders
from ime.texts.catalogue import told
from ime.ui.screen import check_display, check_libraries
from ime.userdb.selection_log import SelectionLog

PACKAGES = ("torch", "PySide6-Essentials", "numpy", "safetensors", "msgspec")
REPAIR = "run packaging/start, which installs what is missing; or install Moyin again"
SLOW_KEY_MS = 100.0
"""A key that takes longer than this is felt as lag."""

_KEYS = "nihaoshiji"


class Verdict(Enum):
    """How a check ended."""

    OK = "ok"
    NOTE = "note"
    """Works, but not as well as it could."""
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what.
        verdict: how it is.
        text: what was found.
        advice: what to do about it; empty where all is well.
    """

    name: str
    verdict: Verdict
    text: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{self.verdict.value:<7}{self.name:<20}{self.text}"
        return f"{line}\n{'':27}-> {self.advice}" if self.advice else line


Check = Callable[[], Iterable[Finding]]


def add(parser: argparse.ArgumentParser) -> None:
    """The command line below `moyin doctor`."""
    add_model(parser)


def run(args: argparse.Namespace) -> int:
    """Look at everything; 1 if something is broken."""
    folders = user_folders()
    loaded = load(folders.settings_file)
    settings = with_model(loaded.settings, args)
    healthy = examine(
        [
            check_versions,
            lambda: check_screen(_look_at_screen),
            lambda: check_assets(assets_folder()),
            lambda: check_settings(loaded, folders),
            lambda: check_folders(folders),
            lambda: check_selections(folders.database),
            lambda: check_typing(lambda notify: direct.shipped_runner(settings, notify)),
        ],
        sys.stdout,
    )
    return int(not healthy)


def _look_at_screen() -> None:
    check_display(os.environ, sys.platform)
    check_libraries(os.environ, sys.platform)


def examine(checks: Iterable[Check], out: TextIO) -> bool:
    """Run the checks and print what they find; whether nothing is broken."""
    broken = 0
    for check in checks:
        for finding in check():
            print(finding, file=out, flush=True)
            broken += finding.verdict is Verdict.BROKEN
    print(f"{broken} broken" if broken else "everything works", file=out)
    return not broken


def check_versions() -> Iterator[Finding]:
    """Moyin, Python, sqlite and the packages."""
    ok = Verdict.OK
    yield Finding("moyin", ok, __version__)
    yield Finding("python", ok, f"{platform.python_version()}, {platform.platform()}")
    if sqlite3.sqlite_version_info >= (3, 37):
        yield Finding("sqlite", ok, sqlite3.sqlite_version)
    else:
        yield Finding(
            "sqlite",
            Verdict.BROKEN,
            f"{sqlite3.sqlite_version} is too old to keep your choices",
            "use a Python with sqlite 3.37 or newer; typing works without",
        )
    for name in PACKAGES:
        try:
            yield Finding(name, ok, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, Verdict.BROKEN, "is not installed", REPAIR)


def check_screen(probe: Callable[[], None]) -> Iterator[Finding]:
    """Whether a window can open; `probe` raises where none can."""
    try:
        probe()
    except EnvironmentFaultError as error:
        advice = "moyin converses in the terminal; log in to a desktop for the window"
        yield Finding("screen", Verdict.NOTE, told(error.told), advice)
    else:
        yield Finding("screen", Verdict.OK, "there is one")


def check_assets(assets: Path) -> Iterator[Finding]:
    """Whether every shipped file is the one that the manifest names."""
    try:
        entries = read_manifest(assets)
    except AssetError as error:
        yield Finding("assets", Verdict.BROKEN, told(error.told))
        return
    intact = 0
    for entry in entries:
        try:
            check_asset(assets, entry)
            intact += 1
        except AssetError as error:
            yield Finding("assets", Verdict.BROKEN, told(error.told))
    verdict = Verdict.OK if intact == len(entries) else Verdict.BROKEN
    yield Finding("assets", verdict, f"{intact} of {len(entries)} files in {assets} are intact")


def check_settings(loaded: LoadedSettings, folders: Folders) -> Iterator[Finding]:
    """Whether the settings file was understood."""
    for notice in loaded.notices:
        yield Finding(
            "settings", Verdict.NOTE, told(notice), f"correct {folders.settings_file}"
        )
    if not loaded.notices:
        state = "is understood" if folders.settings_file.exists() else "is not there: defaults"
        yield Finding("settings", Verdict.OK, f"{folders.settings_file} {state}")


def check_folders(folders: Folders) -> Iterator[Finding]:
    """Whether the user's folders can be written, and by nobody else."""
    for name, folder in (
        ("config", folders.config),
        ("data", folders.data),
        ("cache", folders.cache),
    ):
        yield _folder(name, folder)


def _folder(name: str, folder: Path) -> Finding:
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        advice = f"make {existing} a folder that you can write"
        return Finding(name, Verdict.BROKEN, f"{folder} cannot be written", advice)
    if existing != folder:
        return Finding(name, Verdict.OK, f"{folder} will be made when it is needed")
    mode = stat.S_IMODE(folder.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        advice = f"chmod 700 {folder}"
        return Finding(name, Verdict.NOTE, f"{folder} is open to others ({mode:o})", advice)
    return Finding(name, Verdict.OK, str(folder))


def check_selections(database: Path) -> Iterator[Finding]:
    """How much is in the selection log."""
    if not database.exists():
        yield Finding("selections", Verdict.OK, "none yet")
        return
    try:
        log = SelectionLog(database, run=0)
        count = log.count()
        log.close()
    except ImeError as error:
        advice = "start the window: a damaged file is kept aside and a new one begun"
        yield Finding("selections", Verdict.BROKEN, told(error.told), advice)
        return
    mode = stat.S_IMODE(database.stat().st_mode)
    yield Finding("selections", Verdict.OK, f"{count} in {database} (mode {mode:o})")


def check_typing(
    open_runner: Callable[[Notify], SyncRunner],
) -> Iterator[Finding]:
    """Whether letters become hanzi, and how long ten keys take.

    Args:
        open_runner: makes the session; told where notices go about what could not be opened.
    """
    notices: list[str | Message] = []
    start = perf_counter()
    try:
        runner = open_runner(notices.append)
        runner.reset()
        opened_ms = (perf_counter() - start) * 1000
        times = [_milliseconds(runner, letter) for letter in _KEYS]
    except ImeError as error:
        yield Finding("converter", Verdict.BROKEN, told(error.told))
        return
    except Exception as error:  # noqa: BLE001  of damage that the checks above have named
        text = f"fails with {type(error).__name__}"
        yield Finding("converter", Verdict.BROKEN, text, REPAIR)
        return
    for notice in notices:
        yield Finding("converter", Verdict.BROKEN, told(notice), REPAIR)
    yield Finding("converter", Verdict.OK, f"opened in {opened_ms:.0f} ms")
    yield _candidates(runner)
    yield _speed(times)


def _milliseconds(runner: SyncRunner, letter: str) -> float:
    before = perf_counter()
    runner.type(letter)
    return (perf_counter() - before) * 1000


def _candidates(runner: SyncRunner) -> Finding:
    page = runner.state.page
    if page is None or not page.items:
        return Finding("candidates", Verdict.BROKEN, f"none for {_KEYS}", REPAIR)
    return Finding("candidates", Verdict.OK, f"{_KEYS} -> {page.items[0].text}")


def _speed(times: list[float]) -> Finding:
    text = f"ten keys: {' '.join(f'{ms:.1f}' for ms in times)} ms"
    if max(times) <= SLOW_KEY_MS:
        return Finding("keys", Verdict.OK, text)
    advice = 'close what keeps the machine busy, or set tier = "ngram" in settings.toml'
    return Finding("keys", Verdict.NOTE, text, advice)
