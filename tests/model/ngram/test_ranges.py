from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.ngram.trie import Ranges


@given(st.lists(st.integers(0, 70_000), max_size=300))
def test_ranges_are_those_of_the_running_sum(lengths: list[int]) -> None:
    ranges = Ranges(np.array(lengths, np.uint32))
    ends = np.cumsum([0, *lengths]).tolist()
    assert len(ranges) == len(lengths)
    assert ranges.end == ends[-1]
    assert [ranges[i] for i in range(len(lengths))] == list(pairwise(ends))
    assert ranges.lengths().tolist() == lengths


@pytest.mark.parametrize("length", [1, 1_000, 9_000, 70_000])
def test_distances_of_any_size_are_kept(length: int) -> None:
    ranges = Ranges(np.full(1_000, length, np.uint32))
    assert ranges[999] == (999 * length, 1_000 * length)


def test_short_ranges_take_two_bytes() -> None:
    ranges = Ranges(np.full(64_000, 3, np.uint8))
    assert ranges._distances.nbytes + ranges._whole.nbytes < 2.1 * 64_000
