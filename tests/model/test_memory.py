"""Free memory goes back to the system; what is loaded is not collected again and again."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import weakref
from pathlib import Path

import pytest
import torch

from ime.bench.process_cost import Memory
from model import memory

BLOCK = 100_000  # bytes; larger ones are not kept by the library
BLOCKS = 1000

linux = pytest.mark.skipif(
    not sys.platform.startswith("linux") or memory._library() is None,
    reason="only GNU's C library can be told",
)


@linux
def test_free_blocks_below_one_in_use_go_back() -> None:
    blocks = [ctypes.create_string_buffer(b"x" * (BLOCK - 1)) for _ in range(BLOCKS)]
    last = blocks.pop()  # the heap cannot shrink below it by itself
    before = Memory.now().resident
    blocks.clear()
    memory.give_back_free()
    assert before - Memory.now().resident > BLOCK * BLOCKS // 2000  # kB
    assert len(last) == BLOCK


def test_without_that_library_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    memory._library.cache_clear()
    try:
        assert memory._library() is None
        memory.give_back_free()
        memory.give_back_large_blocks()
    finally:
        memory._library.cache_clear()


def test_few_kernels_are_kept_unless_the_user_says_how_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environment = {"LRU_CACHE_CAPACITY": "77"}
    monkeypatch.setattr(os, "environ", environment)
    memory.keep_few_kernels()
    assert environment == {
        "LRU_CACHE_CAPACITY": "77",
        "ONEDNN_PRIMITIVE_CACHE_CAPACITY": str(memory.COMPILED),
    }
    environment.clear()
    memory.keep_few_kernels()
    assert 0 < int(environment["LRU_CACHE_CAPACITY"]) < 1024


class _Part:
    """Refers to itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_kept_is_looked_at_no_more_until_the_next_call() -> None:
    part = _Part()
    gone = weakref.ref(part)
    memory.keep_for_good()
    assert gc.get_freeze_count() > 0
    del part
    gc.collect()
    assert gone() is not None
    memory.keep_for_good()
    assert gone() is None
    gc.unfreeze()


def code_in_memory(library: str) -> int:
    """kB of the code of a library that this process has mapped and read."""
    total, ours = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        words = line.split()
        if "-" in words[0]:
            ours = words[1] == "r-xp" and library in line
        elif words[0] == "Rss:" and ours:
            total += int(words[1])
    return total


@linux
def test_code_that_was_let_go_runs_again() -> None:
    product = torch.ones(3, 4) @ torch.ones(4, 2)
    before = code_in_memory("libtorch_cpu")
    memory.forget_code("libtorch")
    assert code_in_memory("libtorch_cpu") < before / 2
    assert torch.equal(torch.ones(3, 4) @ torch.ones(4, 2), product)


def test_of_a_library_that_is_not_there_nothing_is_let_go() -> None:
    memory.forget_code("no such library")
