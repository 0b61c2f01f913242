"""Shuangpin in the window: chosen in the dialog, typed with the shipped n-gram."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ime.backend.opening import open_by_settings
from ime.errors import Notify
from ime.ports import Converter
from ime.settings import SCHEMES, Folders, ModelSettings, Settings, TypingSettings, load
from ime.ui.settings_dialog import SettingsDialog
from tests.ui.conftest import OpenWindow, Typist

pytestmark = pytest.mark.gui

ASSETS = Path(__file__).parents[2] / "assets"


def _open(settings: Settings, notify: Notify) -> Converter:
    return open_by_settings(settings, notify)


def test_scheme_chosen_in_the_dialog_reads_the_very_next_keys(
    open_window: OpenWindow, qtbot: QtBot, folders: Folders
) -> None:
    typist = Typist(open_window(_open), qtbot)
    typist.type("nihao").press(Qt.Key.Key_Space).wait_text("你好")
    typist.window.open_settings()
    dialog = typist.window.settings_dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.segments("typing.scheme").choose("mspy")
    dialog.reject()
    typist.window.activateWindow()
    qtbot.waitUntil(typist.window.isActiveWindow)
    typist.type("xxx;").wait_list()
    assert typist.window.input_context.state.preedit.text == "xie xing"
    typist.press(Qt.Key.Key_Escape).type("m;tm").press(Qt.Key.Key_Space)
    typist.wait_text("你好明天")
    qtbot.waitUntil(lambda: load(folders.settings_file).settings.typing.scheme == "mspy")


def test_scheme_from_a_file_has_its_place_in_the_dialog(qtbot: QtBot, tmp_path: Path) -> None:
    typing = TypingSettings(scheme="/anywhere/mine.toml")
    window = QWidget()
    qtbot.addWidget(window)
    dialog = SettingsDialog(window, Settings(typing=typing), tmp_path)
    qtbot.addWidget(dialog)
    choice = dialog.segments("typing.scheme")
    assert choice.value == "/anywhere/mine.toml"
    choice.choose("flypy")
    assert dialog.settings.typing.scheme == "flypy"


@pytest.mark.parametrize("scheme", ["full", *SCHEMES])
def test_dialog_offers_every_scheme(typist: Typist, scheme: str) -> None:
    typist.window.open_settings()
    dialog = typist.window.settings_dialog
    assert dialog is not None
    dialog.segments("typing.scheme").choose(scheme)
    assert dialog.settings.typing.scheme == scheme


def test_scheme_that_is_none_is_told(open_window: OpenWindow, qtbot: QtBot) -> None:
    settings = Settings(
        typing=TypingSettings(scheme="xiaohe"), model=ModelSettings(tier="ngram")
    )
    typist = Typist(open_window(_open, settings), qtbot)
    qtbot.waitUntil(lambda: "xiaohe" in typist.window.notices.text)
    typist.type("nihao").press(Qt.Key.Key_Space).wait_text("你好")
