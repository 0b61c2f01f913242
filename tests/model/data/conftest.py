from __future__ import annotations

import pytest

from model.data.build import Encoder
from model.data.readings import ReadingTagger, load_standard_readings


@pytest.fixture(scope="session")
def tagger() -> ReadingTagger:
    """The real one; its dictionaries take a second to load."""
    pytest.importorskip("jieba")
    pytest.importorskip("pypinyin")
    return ReadingTagger(load_standard_readings())


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The real one."""
    for name in ("jieba", "pypinyin", "opencc"):
        pytest.importorskip(name)
    return Encoder()
