"""A session over the ten syllables that the fake converter knows."""

from __future__ import annotations

import pytest

from ime.session.runner import SyncRunner
from tests.fakes import FakeConverter


@pytest.fixture
def fake_converter() -> FakeConverter:
    return FakeConverter()


@pytest.fixture
def runner(fake_converter: FakeConverter) -> SyncRunner:
    return SyncRunner(fake_converter)
