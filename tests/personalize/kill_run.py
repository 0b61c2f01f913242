"""Runs the tiny model's learning again and again in forked children, and kills each of them.

    python kill_run.py FOLDER KILLS SEED

Every second child is ended by the system when it has used a random amount of the processor's
time, the others when they are about to touch a random file: write, rename or delete it. What
the parent finds after each kill is printed, one JSON object a line.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

from ime.personalize import gate, training_split
from ime.personalize.training import RunRequest, run
from ime.personalize.versions import AdapterFolder
from ime.userdb.selection_log import SelectionLog
from model.finetune.options import TuneOptions
from model.network.adapter import base_digest

OPTIONS = TuneOptions(
    rank=4, alpha=8.0, epochs=3.0, batch_tokens=64, learning_rate=2e-2, replay_texts=2,
    replay_tokens=8, dropout=0.0, evaluations=2, contrast=0.0,
)  # fmt: skip


def request_in(folder: Path) -> RunRequest:
    """The run of a test's folder."""
    user = folder / "user"
    return RunRequest(
        user / "user.sqlite",
        folder / "assets",
        user / "adapters",
        user / "documents.json",
        1,
        options=OPTIONS,
    )


def load_lazy_modules() -> None:
    """What torch imports at the first step of an optimiser, once instead of once a child."""
    parameter = torch.nn.Parameter(torch.zeros(2))
    parameter.grad = torch.ones(2)
    torch.optim.AdamW([parameter]).step()


def in_child(work: Callable[[], None]) -> int:
    """Do work in a fork; the wait status. There are no threads that a fork would lose."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001  nothing of the parent may run in the child
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def run_until(
    request: RunRequest,
    seconds: float = 0.0,
    touch: int = -1,
    report: Path | None = None,
) -> None:
    """Learn, and die on the way.

    Args:
        request: of the run.
        seconds: of the processor's time after which the system ends this process; 0 for none.
        touch: the how-manieth touch of a file is the last; -1 for none.
        report: where a run that lives writes down its seconds and its touches.
    """
    touches = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal touches
        writes = (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_ACCMODE
        )
        if writes or event in ("os.rename", "os.remove", "sqlite3.connect"):
            touches += 1
            if touches == touch:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    if seconds:
        # Nobody handles SIGPROF, so the process ends there and then.
        signal.setitimer(signal.ITIMER_PROF, seconds)
    begun = time.process_time()
    run(request, lambda _: None)
    if report is not None:
        report.write_text(json.dumps([time.process_time() - begun, touches]))


def found(request: RunRequest) -> dict[str, object]:
    """What the next start would find."""
    log = SelectionLog(request.database, run=0)
    rows = log.count()
    log.close()
    folder = AdapterFolder(request.adapters)
    active, digest = folder.active(), base_digest(request.assets / "weights")
    names = folder.names()
    for name in names:
        folder.load(name, digest)  # raises where it is not whole
    return {"rows": rows, "active": active, "names": names}


def tell(what: dict[str, object]) -> None:
    """One line of the output."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Kill, look, and go on."""
    folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    # The tiny model knows nothing general, and fewer cases make a shorter run.
    gate.GENERAL_LOSS, gate.CHANCE, gate.MADE_UP, training_split.KNOWN = 1.0, 1.0, 6, 6
    load_lazy_modules()
    request, chooser = request_in(folder), random.Random(seed)
    whole = folder / "whole.json"
    dry = request_in(folder / "dry")
    assert in_child(lambda: run_until(dry, report=whole)) == 0
    seconds, touches = json.loads(whole.read_text())
    for number in range(kills):
        draw: dict[str, Any]
        if number % 2:
            draw = {"seconds": chooser.uniform(0.0, seconds)}
            whole.unlink(missing_ok=True)
        else:
            draw = {"touch": chooser.randint(1, touches)}
        status = in_child(partial(run_until, request, **draw, report=whole))
        killed = os.WIFSIGNALED(status)
        if not killed and "seconds" in draw:
            # The first run was slower than this one; later draws shall lie within.
            seconds = json.loads(whole.read_text())[0]
        tell({"killed": killed, **draw, **found(request)})
        shutil.rmtree(request.adapters, ignore_errors=True)  # else nothing new is to be learned
    assert in_child(lambda: run_until(request)) == 0
    tell({"killed": False, **found(request)})


if __name__ == "__main__":
    main()
