"""A whole window over a fake converter: real decode thread, real store, real drafts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ime.app import Parts
from ime.backend.threaded import OpenConverter
from ime.errors import Notify
from ime.ports import Converter
from ime.settings import Folders, ModelSettings, Settings
from tests.fakes import FakeConverter

SIMPLE = Settings(model=ModelSettings(tier="ngram"))
"""Settings with one converter; by default a better one follows a moment later."""


class OpenWindow(Protocol):
    """Makes a shown window; arguments are those of `Parts`, with defaults."""

    def __call__(
        self,
        converter: Callable[[Settings, Notify], Converter] = ...,
        settings: Settings = ...,
        *,
        wait: bool = ...,
    ) -> Parts: ...


@pytest.fixture
def open_window(qtbot: QtBot, folders: Folders) -> Iterator[OpenWindow]:
    opened: list[Parts] = []

    def make(
        converter: Callable[[Settings, Notify], Converter] = lambda *_: FakeConverter(),
        settings: Settings | None = None,
        *,
        wait: bool = True,
    ) -> Parts:
        parts = Parts(settings or SIMPLE, folders, cast(OpenConverter, converter))
        opened.append(parts)
        parts.show()
        qtbot.waitExposed(parts.window)
        parts.window.activateWindow()
        if wait:
            qtbot.waitUntil(lambda: parts.window.input_context.ready, timeout=10_000)
        return parts

    yield make
    for parts in reversed(opened):  # each took the signals from the one before
        parts.window.host.leave_now()
        parts.window.editor.document().setModified(False)  # or it might ask, and wait
        parts.window.close()
        parts.close()
        parts.window.deleteLater()


class Typist:
    """Types into a window and waits for what comes of it."""

    def __init__(self, parts: Parts, qtbot: QtBot) -> None:
        self.parts = parts
        self.window = parts.window
        self.qtbot = qtbot

    @property
    def text(self) -> str:
        return self.window.editor.toPlainText()

    @property
    def offered(self) -> list[str]:
        """Texts on the painted page; empty when the panel is hidden."""
        panel = self.window.panel
        return [item.text for item in panel.page.items] if panel.isVisible() else []

    def type(self, letters: str) -> Typist:
        """Press the keys without waiting for anything."""
        QTest.keyClicks(self.window.editor, letters)
        return self

    def press(
        self,
        key: Qt.Key,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> Typist:
        QTest.keyClick(self.window.editor, key, modifiers)
        return self

    def wait_list(self) -> Typist:
        """Wait until the painted page answers the letters that are there."""
        context = self.window.input_context
        self.qtbot.waitUntil(lambda: context.state.list_is_current, timeout=10_000)
        return self

    def wait_text(self, text: str) -> Typist:
        def arrived() -> None:
            assert self.text == text

        self.qtbot.waitUntil(arrived, timeout=10_000)
        return self


@pytest.fixture
def typist(open_window: OpenWindow, qtbot: QtBot) -> Typist:
    return Typist(open_window(), qtbot)
