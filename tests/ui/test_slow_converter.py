"""Typing while the converter is not there yet, late, missing or failing."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ime.errors import AssetError, Notify
from ime.ports import Converter
from ime.settings import Settings
from ime.texts.catalogue import say
from ime.values import CandidateList, DecodeRequest
from tests.fakes import PATIENCE, FakeConverter, GatedConverter
from tests.ui.conftest import OpenWindow, Typist

pytestmark = pytest.mark.gui

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


def _hurried(
    monkeypatch: pytest.MonkeyPatch, silent: int = 60_000, give_up: int = 60_000
) -> None:
    """Deadlines that pass at every turn of the loop, and other limits in milliseconds."""
    monkeypatch.setattr("ime.session.list_deadline.DEADLINE_MS", 1)
    monkeypatch.setattr("ime.session.list_deadline.SILENT_MS", silent)
    monkeypatch.setattr("ime.session.list_deadline.GIVE_UP_MS", give_up)


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


def test_space_waits_for_the_list_of_its_own_letters_however_late(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gave up after a tenth of a second: a busy machine made 你好shijie."""
    _hurried(monkeypatch)
    converter = GatedConverter()
    typist = Typist(open_window(lambda *_: converter), qtbot)
    typist.type("nihao").press(Key.Key_Space).type("shi")
    busy = typist.window.status.busy
    # The window lives, deadlines passed.
    qtbot.waitUntil(lambda: busy.text() == say("window.converting"))
    typist.type("jie").press(Key.Key_Space)
    assert typist.text == ""
    assert not typist.window.notices.isVisible()
    converter.gate.set()
    typist.wait_text("你好世界")
    assert busy.text() == ""


def test_keys_behind_a_waiting_space_keep_their_order(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    converter = GatedConverter()
    typist = Typist(open_window(lambda *_: converter), qtbot)
    typist.type("nihao").press(Key.Key_Space).press(Key.Key_Return)
    typist.type("shijie").press(Key.Key_Space)
    typist.press(Key.Key_Left)
    converter.gate.set()
    typist.wait_text("你好\n世界")
    assert typist.window.editor.textCursor().positionInBlock() == 1


def test_converter_that_hangs_is_told_and_letters_can_be_typed_until_it_answers(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hurried(monkeypatch, silent=2, give_up=5)
    converter = GatedConverter()
    typist = Typist(open_window(lambda *_: converter), qtbot)
    typist.type("nihao").press(Key.Key_Space)
    typist.wait_text("nihao")
    assert typist.window.notices.text == say("window.no_answer")
    typist.press(Key.Key_Return).type("ok").press(Key.Key_Space)
    typist.wait_text("nihao\nok")
    _hurried(monkeypatch)
    converter.gate.set()
    typist.press(Key.Key_Return).type("nihao").press(Key.Key_Space)
    typist.wait_text("nihao\nok\n你好")


def test_converter_that_ends_its_thread_is_told_and_letters_can_be_typed(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    class Leaving(FakeConverter):
        def convert(
            self, request: DecodeRequest, stale: Callable[[], bool] | None = None
        ) -> CandidateList | None:
            raise SystemExit(1)

    typist = Typist(open_window(lambda *_: Leaving()), qtbot)
    typist.type("nihao").press(Key.Key_Space)
    typist.wait_text("nihao")
    assert "stopped (SystemExit)" in typist.window.notices.text
    assert typist.window.notices.messages == (typist.window.notices.text,)


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
