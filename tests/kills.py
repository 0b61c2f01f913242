"""`python -m tests.kills window 50`: ends what is at work with kill -9, and looks what is lost.

    window 50    the window with the shipped n-gram, typing; each start goes on in the draft
    engine 50    the engine of IBus, typing (needs ibus and dbus)
    disk 10      the window on a disk that is full for a while (needs root, on Linux)

Of the window's text only what was typed in the last `MOST_LOST` seconds may be gone, and
nothing may stand there twice; of the choices the same. What the engine committed stays once.
What was typed while the disk was full is there when it is not full any more. Fifty kills of
training are part of the tests (`tests/personalize/test_kills.py`). The exit status is 1 where
one fails.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ime.settings import HOME_VARIABLE, user_folders
from ime.userdb.draft_format import unpack
from ime.userdb.selection_log import SelectionLog

MOST_LOST = 3.0  # seconds: 2 until a draft is begun, and what a busy machine adds
STARTED_SECONDS = 120.0
DISK_KILOBYTES = 20_000  # the write-ahead log takes up to 4,000
UNIT = "你好{} "
ROOT = Path(__file__).parents[1]


# --- a window that types, in a process of its own ---------------------------------------------


def type_on(first: int) -> None:
    """Open the window and type units from number `first`; prints each number when it stands."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from ime.app import Parts
    from ime.backend.opening import open_by_settings
    from ime.settings import ModelSettings, Settings
    from ime.ui.application import make_application

    app = make_application()
    quick = Settings(model=ModelSettings(tier="ngram"))
    parts = Parts(quick, user_folders(os.environ), open_by_settings)
    parts.show()
    editor = parts.window.editor

    def go_on_until(done: Callable[[], bool], seconds: float = STARTED_SECONDS) -> bool:
        over = time.monotonic() + seconds
        while not done() and time.monotonic() < over:
            app.processEvents()
            time.sleep(0.005)
        return done()

    def stands(wanted: str) -> bool:
        return editor.toPlainText() == wanted

    go_on_until(lambda: parts.window.input_context.ready)
    go_on_until(lambda: False, 1.0)  # a draft comes back
    QTest.keyClick(editor, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    if editor.toPlainText():
        QTest.keyClick(editor, Qt.Key.Key_Return)
    number = first
    while True:
        wanted = editor.toPlainText() + UNIT.format(number)
        QTest.keyClicks(editor, f"nihao {number} ")
        if not go_on_until(partial(stands, wanted)):
            return
        print(number, flush=True)
        number += 1
        go_on_until(lambda: False, 0.05)


@contextmanager
def typing_window(home: Path, first: int) -> Iterator[subprocess.Popen[str]]:
    environ = os.environ | {HOME_VARIABLE: str(home), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.kills", "typing", str(first)],
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
        cwd=ROOT,
    ) as window:
        try:
            yield window
        finally:
            window.kill()


def typed_by(window: subprocess.Popen[str], until: float) -> list[tuple[float, int]]:
    """When which numbers stood in the text, from the first one on for so many seconds."""
    assert window.stdout is not None
    found: list[tuple[float, int]] = []
    while not found or found[-1][0] - found[0][0] < until:
        line = window.stdout.readline()
        if not line:
            raise AssertionError("the window ended or stood still")
        found.append((time.monotonic(), int(line)))
    return found


def draft_of(home: Path) -> str:
    path = user_folders({HOME_VARIABLE: str(home)}).data / "drafts" / "draft-1.json"
    return unpack(path.read_bytes())[1] if path.exists() else ""


def chosen_in(home: Path) -> list[tuple[int, int]]:
    """Run and number of every choice that the log has."""
    log = SelectionLog(user_folders({HOME_VARIABLE: str(home)}).database, run=0)
    try:
        return [(row.run, row.commit_id) for row in log.rows()]
    finally:
        log.close()


def kill_window(home: Path, chance: random.Random, first: int, before: str) -> tuple[int, str]:
    """One kill; the next number, and the text that is left."""
    with typing_window(home, first) as window:
        stood = typed_by(window, chance.uniform(0.2, 4.0))
        time.sleep(chance.uniform(0.0, 0.1))
        killed = time.monotonic()
        window.send_signal(signal.SIGKILL)
        window.wait()
    last = stood[-1][1] + 1  # may stand there and not have been told
    start = before + "\n" if before else ""
    whole = start + "".join(UNIT.format(number) for number in range(first, last + 1))
    left = draft_of(home)
    safe = [number for at, number in stood if killed - at > MOST_LOST]
    least = start + "".join(UNIT.format(number) for number in safe) if safe else before
    assert left == before or whole.startswith(left), f"{left!r} is not a beginning of {whole!r}"
    assert len(left) >= len(least), f"{left!r} has less than {least!r}"
    rows = chosen_in(home)
    assert len(set(rows)) == len(rows), "a choice stands twice"
    return last + 1, left


def kill_windows(times: int) -> str:
    chance = random.Random(1)
    number, text = 100, ""
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(times):
            number, text = kill_window(Path(folder), chance, number, text)
        rows = len(chosen_in(Path(folder)))
    return f"{len(re.findall('你好', text))} words in the text, {rows} choices in the log"


# --- a full disk ------------------------------------------------------------------------------


@contextmanager
def small_disk() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        size = f"size={DISK_KILOBYTES}k"
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def fill_disk(chance: random.Random) -> tuple[int, int]:
    """Type, fill the disk, type, make room, type; how many units and how many choices."""
    with small_disk() as disk, typing_window(disk / "home", 100) as window:
        stood = typed_by(window, chance.uniform(0.0, 1.0))
        fill(disk / "other")
        stood += typed_by(window, chance.uniform(1.0, 4.0))
        (disk / "other").unlink()
        stood += typed_by(window, 2 * MOST_LOST)
        window.send_signal(signal.SIGKILL)
        window.wait()
        left = draft_of(disk / "home")
        rows = chosen_in(disk / "home")
    last = stood[-1][1]
    whole = "".join(UNIT.format(number) for number in range(100, last + 2))
    safe = [number for at, number in stood if stood[-1][0] - at > MOST_LOST]
    assert whole.startswith(left), f"{left!r} is not a beginning of {whole!r}"
    assert len(left) >= len("".join(map(UNIT.format, safe))), f"{left!r} is too short"
    assert len(set(rows)) == len(rows), "a choice stands twice"
    assert len(rows) >= len(safe), f"{len(rows)} choices of {len(safe)}"
    return len(re.findall("你好", left)), len(rows)


def fill_disks(times: int) -> str:
    chance = random.Random(1)
    found = [fill_disk(chance) for _ in range(times)]
    return f"{sum(units for units, _ in found)} words, {sum(rows for _, rows in found)} choices"


# --- the engine of IBus -----------------------------------------------------------------------


def kill_engines(times: int) -> str:
    from tests.ibus.daemon import Daemon, Editor, killed_at_end, missing, wait_for

    assert not missing(), f"not installed: {missing()}"
    chance, words = random.Random(1), 0
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        killed_at_end(Daemon(Path(folder))) as daemon,
    ):
        editor = Editor(daemon)
        editor.focus()
        editor.choose()

        def stands(wanted: str) -> bool:
            return editor.text == wanted

        def settled(dead: int) -> bool:
            engines = daemon.engines()
            return len(engines) in (0, 2) and dead not in engines

        for _ in range(times):
            editor.text = ""
            whole = ""
            for _ in range(chance.randrange(1, 4)):
                editor.type("nihao ")
                whole += "你好"
                editor.await_(partial(stands, whole))
                words += 1
            begun = "nihao"[: chance.randrange(6)]
            editor.type(begun)
            child = daemon.engines()[1]
            os.kill(child, signal.SIGKILL)
            wait_for(partial(settled, child))
            if not daemon.engines():  # the fifth in a minute: it is left alone
                editor.choose()
            editor.await_(editor.engine)
            editor.look(0.3)
            # What was composed is committed by the daemon, or dropped with the engine.
            assert editor.text in (whole, whole + begun), f"{editor.text!r}, not {whole!r}"
        rows = chosen_in(Path(folder) / "moyin")
    assert len(set(rows)) == len(rows), "a choice stands twice"
    return f"{words} words in the texts, {len(rows)} choices in the log"


def main() -> int:
    """Do it; 1 where something was lost or doubled."""
    kinds = {"window": kill_windows, "engine": kill_engines, "disk": fill_disks}
    parser = argparse.ArgumentParser(prog="python -m tests.kills")
    parser.add_argument("kind", choices=[*kinds, "typing"])
    parser.add_argument("number", type=int, nargs="?", default=50)
    wanted = parser.parse_args()
    if wanted.kind == "typing":
        type_on(wanted.number)
        return 0
    if wanted.kind == "disk" and (shutil.which("mount") is None or os.geteuid() != 0):
        print("a small disk needs root and mount")
        return 1
    try:
        said = kinds[wanted.kind](wanted.number)
    except AssertionError as error:
        print(f"{wanted.kind}: {error}")
        return 1
    print(f"{wanted.kind}, {wanted.number} times: {said}; nothing lost, nothing twice")
    return 0


if __name__ == "__main__":
    sys.exit(main())
