"""The parent of the engine: starts it anew where it was killed.

It imports next to nothing, since it lives as long as the session does.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections import deque
from collections.abc import Sequence

from ime.errors import EnvironmentFaultError

MOST_STARTS = 5
WITHIN_SECONDS = 60.0
"""An engine that ends more often than that is broken, and starting it again helps nobody."""


def supervise(command: Sequence[str]) -> int:
    """Run the engine, and run it again as long as it does not end by itself.

    The child is given the read end of a pipe as its standard input, which ends with this
    process: it must not outlive it, whatever ended it.

    Args:
        command: of the engine; `--again` is added when it is started anew.

    Returns:
        The exit status of the engine: 0 where the daemon ended, 1 where it cannot serve.

    Raises:
        EnvironmentFaultError: it was killed too often.
    """
    starts: deque[float] = deque(maxlen=MOST_STARTS)
    again: list[str] = []
    while True:
        starts.append(time.monotonic())
        read_end, write_end = os.pipe()
        with subprocess.Popen([*command, *again], stdin=read_end) as child:
            os.close(read_end)
            try:
                status = child.wait()
            except KeyboardInterrupt:
                return 130
            finally:
                os.close(write_end)
        if status in (0, 1, 2):
            return status
        if len(starts) == MOST_STARTS and time.monotonic() - starts[0] < WITHIN_SECONDS:
            raise EnvironmentFaultError(
                "The engine ended again and again and is left alone; `moyin doctor` says what "
                "may be wrong. Choose Moyin again to start it."
            )
        again = ["--again"]
