"""The facade and what it tells load without the model, so that a window may name them."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["report", "protocol", "supervisor", "idle", "facade"])
def test_loads_without_the_model(module: str) -> None:
    program = f"""
import sys
import ime.personalize.{module}
print([name for name in sys.modules if name.partition(".")[0] in ("model", "torch", "numpy")])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
