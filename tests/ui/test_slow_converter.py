"""Typing while the converter is not there yet, late, missing or failing."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ime.app import Notify
from ime.engine.port import Converter
from ime.engine.values import CandidateList, DecodeRequest
from ime.errors import AssetError
from ime.settings import Settings
from tests.fakes import FakeConverter
from tests.ui.conftest import OpenWindow, Typist

pytestmark = pytest.mark.gui

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
PATIENCE = 20  # seconds; only a failing test waits for it


class GatedConverter(FakeConverter):
    """Converts nothing before its gate is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList | None:
        assert self.gate.wait(PATIENCE)
        return super().convert(request, stale)


def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No deadline in tests that are about waiting: the machine may be slow."""
    monkeypatch.setattr("ime.ui.driver.DEADLINE_MS", 60_000)


def test_early_keys_wait_for_the_converter_to_open(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    gate = threading.Event()

    def opener(_: Settings, notify: Notify) -> Converter:
        assert gate.wait(PATIENCE)
        return FakeConverter()

    typist = Typist(open_window(opener, wait=False), qtbot)
    typist.type("nihao").press(Key.Key_Space).type("shijie")
    assert typist.window.panel.isVisible(), "it says that the model is loading"
    assert (typist.text, typist.offered) == ("", [])
    # Longer than the deadline that holds once the converter is open.
    qtbot.wait(150)
    assert typist.text == ""
    gate.set()
    typist.wait_text("你好").wait_list().press(Key.Key_Space)
    assert typist.text == "你好世界"


def test_space_waits_for_the_list_of_its_own_letters(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _patient(monkeypatch)
    converter = GatedConverter()
    typist = Typist(open_window(lambda *_: converter), qtbot)
    typist.type("nihao").press(Key.Key_Space)
    assert typist.text == ""
    converter.gate.set()
    typist.wait_text("你好")


def test_keys_behind_a_waiting_space_keep_their_order(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _patient(monkeypatch)
    converter = GatedConverter()
    typist = Typist(open_window(lambda *_: converter), qtbot)
    typist.type("nihao").press(Key.Key_Space).press(Key.Key_Return)
    typist.type("shijie").press(Key.Key_Space)
    typist.press(Key.Key_Left)
    converter.gate.set()
    typist.wait_text("你好\n世界")
    assert typist.window.editor.textCursor().positionInBlock() == 1


def test_space_commits_the_letters_when_no_list_comes_in_time(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    converter = GatedConverter()
    typist = Typist(open_window(lambda *_: converter), qtbot)
    typist.type("nihao").press(Key.Key_Space)
    typist.wait_text("nihao")
    converter.gate.set()


def test_missing_converter_is_told_and_letters_can_be_typed(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    def opener(_: Settings, notify: Notify) -> Converter:
        raise AssetError("The weights are missing.")

    typist = Typist(open_window(opener), qtbot)
    assert typist.window.notices.text == "The weights are missing."
    assert typist.window.notices.isVisible()
    typist.type("nihao").wait_list().press(Key.Key_Space)
    assert typist.text == "nihao"


def test_failing_converter_is_told_and_typing_goes_on(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    class Failing(FakeConverter):
        def convert(
            self, request: DecodeRequest, stale: Callable[[], bool] | None = None
        ) -> CandidateList | None:
            if request.raw == "shijie":
                raise RuntimeError("CUDA error")
            return super().convert(request, stale)

    typist = Typist(open_window(lambda *_: Failing()), qtbot)
    typist.type("shijie").wait_list().press(Key.Key_Space)
    typist.type("nihao").wait_list().press(Key.Key_Space)
    assert typist.text == "shijie你好"
    assert "RuntimeError" in typist.window.notices.text
