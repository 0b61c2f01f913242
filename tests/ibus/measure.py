"""How long keys take as a client of IBus sees it, and what the engine's processes hold.

    python -m tests.ibus.measure [ENGINE...]      # default: moyin libpinyin xkb:us::eng

Types sentences key by key through real daemons, 80 ms from key to key, with the network where
the settings' default has it. The engines take turns sentence by sentence, so that all of them
meet the same load of the machine; `xkb:us::eng` converts nothing and tells what the way to an
engine and back costs. Reply: from the key to its answer. List: from the key to the last table
of candidates before the next key.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from tests.bus_listener import WAIT_SECONDS
from tests.ibus.daemon import ESCAPE, Daemon, Editor, killed_at_end

GAP_SECONDS = 0.08
SENTENCES = (
    "jintiantianqihenhao", "womenmingtianqubeijing", "zhegewentihenfuza",
    "qingwenxianzaijidian", "tashuotamingtianbulai", "zuijingongzuofeichangmang",
    "xiexienidebangzhu", "haizimendouxihuanhuahua", "zhebenshuhenyouyisi",
    "wanshangyiqichifanba",
)  # fmt: skip
"""Ordinary sentences; nothing is chosen, so that every letter has its list."""
_PROGRAMS = {"moyin": b"ibus\0serve", "libpinyin": b"engine-libpinyin"}
"""What the command line of an engine's process has."""


def main(names: Sequence[str]) -> None:
    """Measure the engines, each with a daemon of its own."""
    with ExitStack() as stack:
        typists = [Typist(name, stack) for name in names]
        time.sleep(WAIT_SECONDS / 2)  # the network comes behind the n-gram
        for sentence in SENTENCES:
            for typist in typists:
                typist.type(sentence)
        one, five, fifteen = os.getloadavg()
        print(f"load {one:.1f} {five:.1f} {fifteen:.1f}")
        for typist in typists:
            print(typist.report(), flush=True)


class Typist:
    """Types by one engine and keeps the times."""

    def __init__(self, name: str, stack: ExitStack) -> None:
        """Start daemon and engine."""
        self._name = name
        folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        component = f"{folder}/component:/usr/share/ibus/component"
        self._daemon = stack.enter_context(
            killed_at_end(
                Daemon(
                    Path(folder),
                    {"IBUS_COMPONENT_PATH": component},
                    settings="",
                    without=["panel"],
                )  # libpinyin wants one
            )
        )
        self._editor = Editor(self._daemon)
        stack.callback(self._editor.close)
        self._replies: list[float] = []
        self._lists: list[float] = []
        self._editor.focus()
        self._editor.choose(name)
        self._warm()

    def _warm(self) -> None:
        for letter in "nihao":
            self._editor.press(ord(letter))
        if self._name in _PROGRAMS:
            self._editor.await_(lambda: bool(self._editor.table))
        self._editor.press(ESCAPE)

    def type(self, sentence: str) -> None:
        """Type a sentence and drop it."""
        editor = self._editor
        for letter in sentence:
            editor.table_at = None
            begun = time.perf_counter()
            editor.press(ord(letter))
            self._replies.append(time.perf_counter() - begun)
            editor.look(begun + GAP_SECONDS - time.perf_counter())
            if editor.table_at is not None:
                self._lists.append(editor.table_at - begun)
        editor.press(ESCAPE)
        editor.look(0.3)

    def report(self) -> str:
        """A line of figures."""
        lists = "no lists"
        if self._lists:
            came = f"{len(self._lists)} came before the next key"
            lists = f"list {_figures(self._lists)} ({came})"
        children = self._daemon.children()
        engine = [pid for pid in children if self._is_engine(pid)]
        memory = sum(map(_megabytes, engine))
        others = sum(map(_megabytes, set(children) - set(engine)))
        return (
            f"{self._name}: {len(self._replies)} keys; reply {_figures(self._replies)}; "
            f"{lists}; "
            f"memory {memory:.0f} MB, daemon and its helpers {others:.0f} MB"
        )

    def _is_engine(self, pid: int) -> bool:
        program = _PROGRAMS.get(self._name, b"engine-simple")
        return program in Path(f"/proc/{pid}/cmdline").read_bytes()


def _figures(seconds: Sequence[float]) -> str:
    p50, p95, p99 = np.percentile(np.array(seconds) * 1000, (50, 95, 99))
    return f"p50 {p50:.1f} p95 {p95:.1f} p99 {p99:.1f} ms"


def _megabytes(pid: int) -> float:
    """Proportional set size."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    line = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1:] or ["moyin", "libpinyin", "xkb:us::eng"])
