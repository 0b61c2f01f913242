"""A vocabulary with heteronyms."""

from __future__ import annotations

import pytest

from model.vocab import FIRST_HANZI, Vocabulary

COUNTS = {
    ("我", "wo"): 90, ("你", "ni"): 80, ("是", "shi"): 70, ("事", "shi"): 30, ("时", "shi"): 40,
    ("行", "hang"): 20, ("行", "xing"): 50, ("重", "chong"): 10, ("重", "zhong"): 25,
}  # fmt: skip


@pytest.fixture
def vocabulary() -> Vocabulary:
    return Vocabulary.from_pairs(COUNTS, [0] * FIRST_HANZI + list(COUNTS.values()))
