"""How long keys take as a client of IBus sees it, and what the engine's processes hold.

    python -m tests.ibus.measure [ENGINE...]      # default: moyin libpinyin

Types sentences key by key through a real daemon, 80 ms from key to key, with the network where
the settings' default has it. Reply: from the key to its answer. List: from the key to the last
table of candidates before the next key.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.ibus.daemon import ESCAPE, WAIT_SECONDS, Daemon, Editor, killed_at_end

GAP_SECONDS = 0.08
SENTENCES = (
    "jintiantianqihenhao", "womenmingtianqubeijing", "zhegewentihenfuza",
    "qingwenxianzaijidian", "tashuotamingtianbulai", "zuijingongzuofeichangmang",
    "xiexienidebangzhu", "haizimendouxihuanhuahua", "zhebenshuhenyouyisi",
    "wanshangyiqichifanba",
)  # fmt: skip
"""Ordinary sentences; nothing is chosen, so that every letter has its list."""


def main(engines: Sequence[str]) -> None:
    """Measure each engine with a daemon of its own."""
    for engine in engines:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            component = f"{folder}/component:/usr/share/ibus/component"
            daemon = Daemon(
                Path(folder), {"IBUS_COMPONENT_PATH": component}, settings="", config=()
            )  # libpinyin wants one
            with killed_at_end(daemon):
                print(f"{engine}: {measure(daemon, engine)}", flush=True)


def measure(daemon: Daemon, engine: str) -> str:
    """A line of figures."""
    editor = Editor(daemon)
    editor.focus()
    editor.choose(engine)
    for letter in "nihao":
        editor.press(ord(letter))
    editor.await_(lambda: bool(editor.table))
    editor.look(WAIT_SECONDS / 2)  # the network comes behind the n-gram
    editor.press(ESCAPE)
    replies: list[float] = []
    lists: list[float] = []
    for sentence in SENTENCES:
        for letter in sentence:
            begun = time.perf_counter()
            editor.press(ord(letter))
            replies.append(time.perf_counter() - begun)
            painted = editor.look_for_table(begun, begun + GAP_SECONDS)
            if painted is not None:
                lists.append(painted)
        editor.press(ESCAPE)
        editor.look(0.3)
    memory = sum(_megabytes(pid) for pid in daemon.children())
    editor.close()
    return (
        f"{len(replies)} keys; reply {_figures(replies)}; list {_figures(lists)} "
        f"({len(lists)} came before the next key); memory {memory:.0f} MB"
    )


def _figures(seconds: Sequence[float]) -> str:
    p50, p95, p99 = np.percentile(np.array(seconds) * 1000, (50, 95, 99))
    return f"p50 {p50:.1f} p95 {p95:.1f} p99 {p99:.1f} ms"


def _megabytes(pid: int) -> float:
    """Proportional set size."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    line = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1:] or ["moyin", "libpinyin"])
