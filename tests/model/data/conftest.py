from __future__ import annotations

import pytest

from model.data.readings import ReadingTagger, load_standard_readings


@pytest.fixture(scope="session")
def tagger() -> ReadingTagger:
    """The real one; its dictionaries take a second to load."""
    pytest.importorskip("jieba")
    pytest.importorskip("pypinyin")
    return ReadingTagger(load_standard_readings())
