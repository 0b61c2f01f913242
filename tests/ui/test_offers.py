"""Candidates without letters, in the panel at the caret."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ime.values import Candidate, Source
from tests.ui.conftest import Typist

pytestmark = pytest.mark.gui

OFFERS = (
    Candidate("世界", ("shi", "jie"), 0, Source.WORD),
    Candidate("吗", ("ma",), 0, Source.CHARACTER),
)


@pytest.fixture
def offered(typist: Typist) -> Typist:
    """Behind 你好, with two offers painted."""
    typist.type("nihao").wait_list().press(Qt.Key.Key_Space)
    context = typist.window.input_context
    context.offers_arrived(context.state.context, OFFERS)
    assert typist.offered == ["世界", "吗"]
    return typist


def test_digit_and_click_take_an_offer(offered: Typist) -> None:
    offered.type("2")
    assert (offered.text, offered.offered) == ("你好吗", [])
    context = offered.window.input_context
    context.offers_arrived(context.state.context, OFFERS)
    QTest.mouseClick(offered.window.panel.cells[0], Qt.MouseButton.LeftButton)
    assert (offered.text, offered.offered) == ("你好吗世界", [])


def test_space_and_letters_do_their_own_work(offered: Typist) -> None:
    offered.press(Qt.Key.Key_Space)
    assert (offered.text, offered.offered) == ("你好 ", [])
    offered.type("nihao").wait_list()
    assert offered.offered[0] == "你好"


def test_moved_caret_takes_offers_away(offered: Typist) -> None:
    offered.window.editor.moveCursor(offered.window.editor.textCursor().MoveOperation.Start)
    offered.qtbot.waitUntil(lambda: offered.offered == [], timeout=5000)


def test_lost_focus_takes_offers_away(offered: Typist) -> None:
    offered.window.editor.clearFocus()
    assert (offered.text, offered.offered) == ("你好", [])
