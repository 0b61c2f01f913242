"""The real program in a real window: X server, process, keys, pixels, files; no fakes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from ime.settings import Folders, assets_folder
from ime.ui.theme_file import LIGHT

TOOLS = ("Xvfb", "xdotool", "import")
LOCAL = ("-nolisten", "tcp")
PATIENCE = 60_000  # ms; only a failing test waits for it
BLOCK = 30  # pixels in the accent's colour side by side: only the highlight has as many
ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.gui,
    pytest.mark.slow,
    pytest.mark.skipif(
        not sys.platform.startswith("linux"), reason="real windows are tested on X11"
    ),
    pytest.mark.skipif(
        not (assets_folder() / "ngram").is_dir(), reason="the shipped model is not there"
    ),
    *(
        pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed")
        for tool in TOOLS
    ),
]


@pytest.fixture
def display() -> Iterator[str]:
    """A screen of 1000 x 700 that nobody sees, on a display number that is free."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1000x700x24", "-noreset", *LOCAL],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as numbers:
        number = numbers.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait(10)


@dataclass
class Screen:
    """What a person does at a screen, and what is seen there."""

    display: str
    folders: Folders
    qtbot: QtBot
    programs: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        hidden = {"QT_QPA_PLATFORM", "WAYLAND_DISPLAY"}
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        return {**kept, "DISPLAY": self.display}

    def start(self) -> subprocess.Popen[bytes]:
        """Start the program, wait for its window, and give that the keyboard."""
        program = subprocess.Popen([sys.executable, "-m", "ime"], cwd=ROOT, env=self.environ)
        self.programs.append(program)
        self.qtbot.waitUntil(lambda: bool(self._window()), timeout=PATIENCE)
        self.tool("windowmove", self._window(), "40", "30")
        self.tool("windowfocus", self._window())
        return program

    def _window(self) -> str:
        found = self.tool("search", "--onlyvisible", "--name", "Untitled", check=False)
        return found.strip().split("\n")[-1]

    def tool(self, *arguments: str, check: bool = True) -> str:
        """Run xdotool."""
        done = subprocess.run(
            ["xdotool", *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            check=check,
            timeout=30,
        )
        return done.stdout

    def type(self, letters: str) -> None:
        self.tool("type", "--delay", "20", letters)

    def highlight(self) -> QRect | None:
        """Where the top of the painted highlight is; None where there is none."""
        done = subprocess.run(
            ["import", "-window", "root", "png:-"],
            env=self.environ,
            capture_output=True,
            check=True,
            timeout=30,
        )
        image = QImage.fromData(done.stdout).convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
        accent = (pixels & 0xFFFFFF) == int(LIGHT.accent[1:], 16)  # (height, width)
        # Three rows deep: the underlines of the preedit have the colour, too, but are thin.
        deep = accent[:-2] & accent[1:-1] & accent[2:]
        for y in np.flatnonzero(deep.sum(axis=1) >= BLOCK):
            columns = np.flatnonzero(deep[y])
            for run in np.split(columns, np.flatnonzero(np.diff(columns) != 1) + 1):
                if len(run) >= BLOCK:
                    return QRect(int(run[0]), int(y), len(run), 3)
        return None

    def wait_highlight(self, *, shown: bool) -> QRect:
        """Wait for the candidate panel to come or to go."""
        self.qtbot.waitUntil(lambda: (self.highlight() is not None) is shown, timeout=PATIENCE)
        return self.highlight() or QRect()

    @property
    def draft(self) -> str:
        """The text that a crash would leave."""
        path = self.folders.data / "drafts" / "draft-1.json"
        return str(json.loads(path.read_bytes())["text"]) if path.exists() else ""

    def wait_draft(self, text: str) -> None:
        def kept() -> None:
            assert self.draft == text

        self.qtbot.waitUntil(kept, timeout=PATIENCE)


@pytest.fixture
def screen(display: str, folders: Folders, qtbot: QtBot) -> Iterator[Screen]:
    folders.config.mkdir(parents=True)
    folders.settings_file.write_text(
        '[window]\ntheme = "light"\n[model]\ntier = "ngram"\n', encoding="utf-8"
    )
    screen = Screen(display, folders, qtbot)
    yield screen
    for program in screen.programs:
        program.kill()
        program.wait(10)


@pytest.fixture
def program(screen: Screen) -> subprocess.Popen[bytes]:
    """The program in its window."""
    return screen.start()


def test_letters_become_hanzi_on_the_screen_and_on_the_disk(
    screen: Screen, program: subprocess.Popen[bytes]
) -> None:
    screen.type("nihao")
    screen.wait_highlight(shown=True)
    screen.tool("key", "space")
    screen.wait_highlight(shown=False)
    screen.wait_draft("你好")
    screen.type("shijie")
    screen.wait_highlight(shown=True)
    screen.tool("key", "Escape")
    screen.wait_highlight(shown=False)
    screen.type("shijie1")
    screen.wait_draft("你好世界")


def test_keys_typed_before_anything_is_loaded_are_not_lost(
    screen: Screen, program: subprocess.Popen[bytes]
) -> None:
    screen.type("nihao shijie ")
    screen.wait_draft("你好世界")


def test_click_on_a_candidate_selects_it(
    screen: Screen, program: subprocess.Popen[bytes]
) -> None:
    screen.type("nihao")
    first = screen.wait_highlight(shown=True)
    screen.tool("mousemove", str(first.right() + 30), str(first.center().y() + 12))
    screen.tool("click", "1")
    screen.wait_highlight(shown=False)
    screen.qtbot.waitUntil(lambda: len(screen.draft) == 2, timeout=PATIENCE)
    assert screen.draft != "你好"


def test_text_survives_a_killed_program_and_a_polite_end(
    screen: Screen, program: subprocess.Popen[bytes]
) -> None:
    screen.type("nihao ")
    screen.wait_draft("你好")
    program.kill()
    program.wait(10)
    again = screen.start()
    screen.tool("key", "ctrl+End")
    screen.type("shijie ")
    screen.wait_draft("你好世界")
    again.send_signal(signal.SIGTERM)
    assert again.wait(30) == 0
    assert screen.draft == "你好世界"
