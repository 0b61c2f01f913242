"""On what the Transformer can run here."""

from __future__ import annotations

import os
import sys


def found_devices() -> dict[str, str] | None:
    """Devices by the value of the setting, with what they are called.

    Torch is asked, and not loaded for it: that takes seconds.

    Returns:
        For instance {"cpu": "8", "cuda": "NVIDIA H200"}, the processor with its number of
        threads; None before torch is loaded.
    """
    if "torch" not in sys.modules:
        return None
    from model.device import available_devices

    return {"cpu": str(os.cpu_count() or 1), **available_devices()}
