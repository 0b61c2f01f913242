"""What the Transformer can run on here: torch is asked, and not loaded for it."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from ime.decode.devices import found_devices


def test_processor_is_always_found_and_cuda_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = found_devices()
    assert found is not None
    assert int(found["cpu"]) >= 1
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "A card")
    found = found_devices()
    assert found is not None
    assert found["cuda"] == "A card"


def test_asking_loads_no_torch() -> None:
    code = "import sys; from ime.decode.devices import found_devices as found; "
    code += "assert found() is None; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
