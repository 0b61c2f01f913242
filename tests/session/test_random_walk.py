from __future__ import annotations

import pytest

from tests.random_walk import Walk


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_pressed_no_letter_is_lost_or_doubled(seed: int) -> None:
    walk = Walk(seed)
    walk.go(1_000)
    assert walk.commits > 10
