from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.memory import forget_pages
from model.ngram.trie import MANY, Ranges


def ranges_of(lengths: list[int]) -> Ranges:
    values = np.array(lengths, np.uint32)
    return Ranges(np.minimum(values, MANY).astype(np.uint8), values[values >= MANY])


@given(st.lists(st.integers(0, 300) | st.integers(0, 70_000), max_size=300))
def test_ranges_are_those_of_the_running_sum(lengths: list[int]) -> None:
    ranges = ranges_of(lengths)
    ends = np.cumsum([0, *lengths]).tolist()
    assert len(ranges) == len(lengths)
    assert ranges.end == ends[-1]
    assert [ranges[i] for i in range(len(lengths))] == list(pairwise(ends))
    assert ranges.lengths().tolist() == lengths


@pytest.mark.parametrize("length", [1, MANY - 1, MANY, 70_000])
def test_lengths_of_any_size_are_kept(length: int) -> None:
    assert ranges_of([length] * 1_000)[999] == (999 * length, 1_000 * length)


@pytest.mark.parametrize("count", [0, 2])
def test_long_ranges_must_be_as_many_as_are_asked_for(count: int) -> None:
    with pytest.raises(ValueError, match="lengths for 1 ranges"):
        Ranges(np.array([3, MANY], np.uint8), np.full(count, 300, np.uint16))


def test_lengths_are_not_copied() -> None:
    lengths = np.full(64_000, 3, np.uint8)
    ranges = Ranges(lengths, np.zeros(0, np.uint16))
    assert np.shares_memory(ranges._lengths, lengths)
    assert ranges._begins.nbytes < 64_000 / 7


def test_forgotten_pages_are_read_again(tmp_path: Path) -> None:
    np.save(tmp_path / "values.npy", np.arange(100_000))
    mapped = np.load(tmp_path / "values.npy", mmap_mode="r").view(np.ndarray)
    total = mapped.sum()
    forget_pages(mapped)
    assert mapped.sum() == total


def test_values_in_memory_are_not_forgotten() -> None:
    values = np.arange(10)
    forget_pages(values)
    assert values.tolist() == list(range(10))
