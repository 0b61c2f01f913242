from __future__ import annotations

import os
from collections.abc import Callable

import pytest
import torch

from model.device import (
    MOST_THREADS,
    choose_device,
    has_fast_bfloat16,
    inference_dtype,
    threads_for_training,
    use_threads,
)

CPU = torch.device("cpu")


@pytest.fixture
def available(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def make(*, cuda: bool = False, mps: bool = False) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: 2 if cuda else 0)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return make


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")],
    ids=["CUDA first", "then MPS", "then the CPU"],
)
def test_best_device_is_taken(
    available: Callable[..., None], cuda: bool, mps: bool, expected: str
) -> None:
    available(cuda=cuda, mps=mps)
    assert choose_device().type == expected


@pytest.mark.parametrize("name", ["cuda", "cuda:1", "mps", "meta", "xpu"])
def test_missing_device_is_named(available: Callable[..., None], name: str) -> None:
    available()
    with pytest.raises(
        ValueError, match=rf"'{name}' is not available on this machine; use 'cpu'"
    ):
        choose_device(name)


@pytest.mark.parametrize("name", ["gpu", "", "cpu:x"])
def test_device_that_torch_does_not_know_is_refused(
    available: Callable[..., None], name: str
) -> None:
    available(cuda=True)
    with pytest.raises(ValueError, match="is no device"):
        choose_device(name)


def test_device_beyond_the_last_is_missing(available: Callable[..., None]) -> None:
    available(cuda=True)
    with pytest.raises(ValueError, match="'cuda:2' is not available"):
        choose_device("cuda:2")


def test_named_device_is_taken(available: Callable[..., None]) -> None:
    available(cuda=True)
    assert choose_device("cpu") == CPU
    assert choose_device("cuda:1") == torch.device("cuda", 1)


@pytest.fixture(autouse=True)
def _onednn_is_not_kept_from_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("avx512", "amx", "dtype"),
    [
        pytest.param(True, False, torch.bfloat16, id="AVX512_BF16"),
        pytest.param(False, True, torch.bfloat16, id="AMX"),
        pytest.param(False, False, torch.float32, id="neither"),
    ],
)
def test_number_format_follows_the_processor(
    monkeypatch: pytest.MonkeyPatch, avx512: bool, amx: bool, dtype: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx, raising=False)
    assert has_fast_bfloat16(CPU) is (dtype == torch.bfloat16)
    assert inference_dtype(CPU) == dtype


@pytest.mark.parametrize("name", ["ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"])
@pytest.mark.parametrize(
    ("kept_to", "fast"),
    [("avx2", False), ("AVX512_CORE", False), ("AVX512_CORE_BF16", True), ("DEFAULT", True)],
)
def test_bfloat16_is_not_fast_where_onednn_is_kept_from_it(
    monkeypatch: pytest.MonkeyPatch, name: str, kept_to: str, fast: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True, raising=False)
    monkeypatch.setenv(name, kept_to)
    assert has_fast_bfloat16(CPU) is fast


def test_checks_that_torch_lacks_mean_no(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.delattr(torch.cpu, name, raising=False)
    assert inference_dtype(CPU) == torch.float32


def test_apple_device_computes_in_float32() -> None:
    assert inference_dtype(torch.device("mps")) == torch.float32


def test_thread_count_is_set_if_given(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", asked.append)
    use_threads(0)
    use_threads(3)
    assert asked == [3]


@pytest.mark.parametrize(("usable", "expected"), [(1, 1), (2, 2), (64, MOST_THREADS)])
def test_training_uses_the_processors_it_may_use_up_to_a_few(
    monkeypatch: pytest.MonkeyPatch, usable: int, expected: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(usable)), raising=False)
    assert threads_for_training() == expected


def test_training_asks_for_the_number_of_processors_where_there_is_no_affinity(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert threads_for_training() == 1
