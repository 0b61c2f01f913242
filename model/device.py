"""Choice of device, number format and threads."""

from __future__ import annotations

import os

import torch

_WITHOUT_BFLOAT16 = {
    *("SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2", "AVX512_CORE", "AVX512_CORE_VNNI")
}
"""Instruction sets for which oneDNN has no products in bf16, by its own names."""

MOST_THREADS = 4  # the products of this network are too small to share among more


def choose_device(name: str = "auto") -> torch.device:
    """CUDA, else Apple's MPS, else the CPU; or the one that is named.

    Raises:
        ValueError: the named device is not there, or no name of a device.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as exc:
        raise ValueError(f"{name!r} is no device; use 'auto', 'cpu', 'cuda' or 'mps'") from exc
    if not _is_available(device):
        raise ValueError(f"device {name!r} is not available on this machine; use 'cpu'")
    return device


def available_devices() -> dict[str, str]:
    """Devices of this machine besides the CPU, by kind, with their names."""
    found = {}
    if torch.cuda.is_available():
        found["cuda"] = torch.cuda.get_device_name()
    if torch.backends.mps.is_available():
        found["mps"] = "MPS"
    return found


def _is_available(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count()
    return device.type == "cpu" or (device.type == "mps" and torch.backends.mps.is_available())


def has_fast_bfloat16(device: torch.device) -> bool:
    """Whether matrix products in bf16 are faster than in fp32 there."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    if device.type == "cpu":
        # oneDNN has bf16 kernels for processors with AVX512_BF16 or AMX; elsewhere it emulates,
        # as it does where it is kept from them: on Zen 4 that is 12 to 100 times slower.
        for name in ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"):
            if os.environ.get(name, "").upper() in _WITHOUT_BFLOAT16:
                return False
        checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
        return any(getattr(torch.cpu, check, bool)() for check in checks)
    return False


def inference_dtype(device: torch.device) -> torch.dtype:
    """bf16 where it is fast, fp32 elsewhere."""
    return torch.bfloat16 if has_fast_bfloat16(device) else torch.float32


def threads_for_training() -> int:
    """The processors that this process may use, `MOST_THREADS` at most."""
    if hasattr(os, "sched_getaffinity"):
        return min(MOST_THREADS, len(os.sched_getaffinity(0)))
    return min(MOST_THREADS, os.cpu_count() or 1)


def use_threads(count: int) -> None:
    """Run tensor operations on `count` CPU threads; 0 leaves the choice to torch."""
    if count:
        torch.set_num_threads(count)
