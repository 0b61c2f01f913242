from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject

CALLS = 500


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal")
def test_qt_call_that_returns_nothing_costs_no_reference_to_none() -> None:
    # PySide6 6.12.0 lost one a call; a window ended with "deallocating None" within minutes.
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        thing.setObjectName("x")
    assert sys.getrefcount(None) - before > -CALLS // 2
