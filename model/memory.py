"""Memory that nobody needs, and memory that everybody needs for good.

torch frees and asks for blocks of all sizes, and what lies between those in use stays with the
process until the C library is told to give it back; only GNU's can be told.
"""

from __future__ import annotations

import ctypes
import gc
import mmap
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of malloc.h
_MAPS = Path("/proc/self/maps")
LARGE = 1 << 20  # bytes
COMPILED = 256  # each number of rows needs its own: fewer cost time, more are memory
PREPARED = 8  # shapes; making one anew takes no time that could be measured at the keys


@cache
def _library() -> ctypes.CDLL | None:
    """The C library where it is GNU's."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None


def give_back_free() -> None:
    """Give free memory back to the system now; takes a few ms."""
    library = _library()
    if library is not None:
        library.malloc_trim(0)


def give_back_large_blocks() -> None:
    """Have blocks of `LARGE` and more given back as soon as they are freed, from now on."""
    library = _library()
    if library is not None:
        for parameter in (_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD):
            library.mallopt(parameter, LARGE)


def forget_pages(values: npt.NDArray[Any]) -> None:
    """Let go of what was read of a mapped file; nothing if `values` are in memory.

    The pages stay with the system, and are mapped again where they are asked for.
    """
    base: object = values
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)


def forget_code(library: str) -> None:
    """Let go of code that was read when libraries were loaded and may never run again.

    Its pages stay with the system, and are mapped again where they are needed. What a library
    has written, its data and addresses, stays.

    Args:
        library: that the names of the files hold.
    """
    if not sys.platform.startswith("linux"):
        return
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for line in _MAPS.read_text(encoding="utf-8", errors="replace").splitlines():
        place, mode, *_, path = line.split(maxsplit=5)
        if mode == "r-xp" and library in path.rpartition("/")[2]:
            begin, end = (int(number, 16) for number in place.split("-"))
            madvise(begin, end - begin, mmap.MADV_DONTNEED)


def keep_few_kernels() -> None:
    """Have torch's kernel library remember few shapes; to be called before the first product.

    For each shape of a product torch keeps what it prepared, and the library below it the
    kernel that it compiled; both remember 1,024 unless told, and what the user has set stays.
    """
    os.environ.setdefault("LRU_CACHE_CAPACITY", str(PREPARED))
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(COMPILED))


def keep_for_good() -> None:
    """Take all objects of now out of the garbage collector's sight.

    It would look at 190,000 of them each time, 0.11 s in which a key waits. What an earlier
    call kept and nobody needs any more is freed; only then it takes those 0.11 s once.
    """
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
    gc.freeze()
