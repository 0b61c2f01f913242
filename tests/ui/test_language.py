"""The window in both languages: at the start, and changed while everything is open."""

from __future__ import annotations

import re

import msgspec
import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QTabBar,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ime.app import Parts
from ime.errors import Message
from ime.personalize.facade import Personalizer
from ime.settings import AppearanceSettings, Folders, Settings, load
from tests.fakes import FakeConverter
from tests.ui.conftest import SIMPLE, OpenWindow

pytestmark = pytest.mark.gui

CHINESE = msgspec.structs.replace(SIMPLE, appearance=AppearanceSettings("zh_CN"))
SAME = re.compile(
    r"[^A-Za-z]*|English|ABC|[a-z]+  =  [a-z]+"  # signs; names of languages, schemes and sounds
    r"|a … z|Esc|PgUp|.*Home End|[uv]|rq +sj +xq|- =   PgUp PgDn   ↑ ↓|Shift|Ctrl.*|Moyin"
    r"|(?:[^a-z]|PgUp|PgDn|Ctrl|Alt|Shift|Home|End|Tab|Del|Esc|Backspace|Enter|Num)+"  # keys
)
"""What is written alike in both languages."""


@pytest.fixture(autouse=True)
def _no_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at the versions loads torch, which takes seconds."""
    monkeypatch.setattr(Personalizer, "survey", lambda _: None)


def converter(*_: object) -> FakeConverter:
    made = FakeConverter()
    made.description = Message("engine.ngram")  # type: ignore[attr-defined]
    made.explanation = Message("engine.details.ngram")  # type: ignore[attr-defined]
    return made


def texts_of(top: QWidget) -> list[str]:
    """Everything a widget and its children say, tooltips and names for screen readers too."""
    said = [top.windowTitle()]
    for widget in [top, *top.findChildren(QWidget)]:
        if isinstance(widget.parent(), QTabBar):
            continue  # its arrows; Qt names them once, when it makes them
        said += [widget.toolTip(), widget.accessibleName()]
        if isinstance(widget, QLabel | QAbstractButton):
            said.append(widget.text())
        if isinstance(widget, QTabWidget):
            said += [widget.tabText(page) for page in range(widget.count())]
    return [text for text in said if text]


def english(texts: list[str]) -> list[str]:
    return [
        text for text in texts if not re.search("[一-鿿]", text) and not SAME.fullmatch(text)
    ]


def everything(parts: Parts) -> list[str]:
    """What the window and all its dialogs say."""
    window = parts.window
    said = texts_of(window) + [action.text() for action in window._actions.values()]
    said += [menu.text() for menu in window.menuBar().actions()]
    said.append(window.editor.placeholderText())
    for code in (
        "menu.settings",
        "menu.words",
        "menu.personalize",
        "menu.statistics",
        "menu.backup",
        "menu.keys",
        "menu.about",
    ):
        window.action(code).trigger()
        for dialog in window.findChildren(QDialog):
            if dialog.isVisible():
                said += texts_of(dialog)
                dialog.close()
    return said


def test_window_is_chinese_to_the_last_word(open_window: OpenWindow, qtbot: QtBot) -> None:
    parts = open_window(converter, CHINESE)
    assert english(everything(parts)) == []


def test_language_changes_at_once_and_back(
    open_window: OpenWindow, qtbot: QtBot, folders: Folders
) -> None:
    parts = open_window(converter)
    window = parts.window
    everything(parts)  # makes the dialogs that are made only once
    dialog = window.personalize_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: "choices" in dialog.count.text())
    qtbot.waitUntil(lambda: window.status.engine.text() == "Ready · small model")
    at_first = set(everything(parts))
    assert "Untitled[*] — Moyin 墨音" in at_first
    window.notices.add(Message("window.no_answer"))
    window.open_settings()
    settings = window.settings_dialog
    assert settings is not None
    settings.segments("appearance.language").choose("zh_CN")
    qtbot.waitUntil(lambda: settings.windowTitle() == "设置")
    assert settings.segments("appearance.language").value == "zh_CN"
    assert "未命名" in window.windowTitle()
    assert window.notices.text.startswith("转换没有响应")
    assert english(everything(parts)) == []
    window.open_settings()
    settings.segments("appearance.language").choose("auto")
    qtbot.waitUntil(lambda: settings.windowTitle() == "Settings")
    window.notices.close_button.click()
    settings.reject()
    assert set(everything(parts)) == at_first
    parts.close()
    assert load(folders.settings_file).settings.appearance.language == "auto"


@pytest.mark.parametrize(
    ("setting", "close", "look_in", "opens"),
    [("zh_CN", "关闭", "查找范围：", "打开"), ("en", "Close", "Look in:", "&Open")],
)
def test_dialogs_of_qt_speak_the_same_language(
    open_window: OpenWindow, qtbot: QtBot, setting: str, close: str, look_in: str, opens: str
) -> None:
    settings = msgspec.convert(
        {"model": {"tier": "ngram"}, "appearance": {"language": setting}}, Settings
    )
    window = open_window(settings=settings).window
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, window)
    assert box.buttons()[0].text().replace("&", "") == close
    assert QApplication.translate("QFileDialog", "Look in:") == look_in
    assert QApplication.translate("QFileDialog", "&Open").startswith(opens)
