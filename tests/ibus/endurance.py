"""Many random keys, and many changes of focus, in a real program.

    python -m tests.ibus.endurance [--toolkit gtk3|gtk4|qt] [--keys 5000] [--changes 500]

The text in the entry must be what a session without daemon, threads and waiting makes of the
same keys: every letter once, in its place. Behind the changes of focus, each in the middle of a
word, the engine must hold what it held before.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ime.backend.direct import personal_runner
from ime.settings import Folders, Settings
from tests.ibus.daemon import Daemon, Editor, killed_at_end, wait_for
from tests.ibus.programs import Program, Toolkit, lacking, lacking_for, x_server

KEYS = [*"aaabcdeeefgghhhiiijklmnnnoopqrstuuuvwxyz", "space", "space", "space", "1", "2", "3",
        "comma", "period", "BackSpace", "Return", "apostrophe", "equal", "minus"]  # fmt: skip
CHUNK = 50
IDLE_SECONDS = 10.0
_NAMES = {"space": "Space", "Return": "Enter"}


def main(words: Sequence[str]) -> int:
    """Run both; returns 1 where something was lost."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--toolkit", default="gtk3", choices=[t.name.lower() for t in Toolkit])
    parser.add_argument("--keys", type=int, default=5000)
    parser.add_argument("--changes", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(words)
    toolkit = Toolkit[args.toolkit.upper()]
    if missing := lacking() or lacking_for(toolkit):
        sys.exit(f"not installed: {missing}")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, x_server() as name:
        daemon = Daemon(Path(folder), {"DISPLAY": name})
        with killed_at_end(daemon), Program(daemon, toolkit) as program:
            Editor(daemon).choose()
            kept = type_at_random(program, args.keys, random.Random(args.seed), Path(folder))
            flat = change_focus(program, daemon, args.changes)
    return 0 if kept and flat else 1


def type_at_random(program: Program, count: int, chance: random.Random, folder: Path) -> bool:
    """Type keys; returns whether the text is what they make."""
    keys = [*chance.choices(KEYS, k=count), "Return"]
    begun = time.perf_counter()
    for at in range(0, len(keys), CHUNK):
        program.tool("key", "--delay", "12", *keys[at : at + CHUNK])
    wanted = text_of(keys, folder / "reference")
    took = time.perf_counter() - begun
    try:
        wait_for(lambda: program.state["first"] == wanted)
    except AssertionError:
        _tell_difference(program.state["first"], wanted)
        return False
    letters = sum(len(key) == 1 for key in keys)
    print(
        f"{count} keys, {letters} of them letters and digits, in {took:.0f} s: "
        f"{len(wanted)} characters, all as they should be"
    )
    return True


def text_of(keys: Sequence[str], folder: Path) -> str:
    """What a session in one thread makes of keys, named as xdotool does."""
    settings = msgspec.convert({"model": {"tier": "ngram"}}, Settings)
    runner = personal_runner(
        settings, Folders(folder / "config", folder / "data", folder / "cache"), print
    )
    for key in keys:
        runner.press(_NAMES.get(key, key))
        if runner.host.text.endswith("\n"):  # an entry of one line takes none
            runner.host.text = runner.host.text[:-1]
            runner.context.surroundings_changed()
    return runner.committed


def _tell_difference(text: str, wanted: str) -> None:
    pairs = enumerate(zip(text, wanted, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(text), len(wanted)))
    print(
        f"differs from character {at} on:\n  {text[at : at + 40]!r}, should be\n"
        f"  {wanted[at : at + 40]!r}; {len(text)} characters, should be {len(wanted)}"
    )


def change_focus(program: Program, daemon: Daemon, count: int) -> bool:
    """Go to and fro between two entries; returns whether the engine held on to nothing."""
    (*_, engine) = daemon.engines()
    _change(program, count // 10)  # what is made once is made before counting
    before = _held(engine)
    _change(program, count)
    after = _held(engine)
    ticks = _ticks(engine)
    time.sleep(IDLE_SECONDS)
    idle = (_ticks(engine) - ticks) / os.sysconf("SC_CLK_TCK") / IDLE_SECONDS
    print(
        f"{count} changes of focus: memory {before[0]:.1f} to {after[0]:.1f} MB, file handles "
        f"{before[1]} to {after[1]}, threads {before[2]} to {after[2]}; "
        f"idle processor {idle:.2%}"
    )
    return after[0] < before[0] + 5 and after[1:] == before[1:]


def _change(program: Program, count: int) -> None:
    for number in range(count):
        program.tool("key", "--delay", "5", "n", "i")
        program.focus(("first", "second")[number % 2])


def _held(pid: int) -> tuple[float, int, int]:
    """Megabytes (proportional), open files and threads of a process."""
    process = Path(f"/proc/{pid}")
    rollup = (process / "smaps_rollup").read_text("ascii")
    line = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
    files, threads = (len(list((process / name).iterdir())) for name in ("fd", "task"))
    return int(line.split()[1]) / 1024, files, threads


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
