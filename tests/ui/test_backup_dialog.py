"""Back up and restore in the window: files, the question before, what the window takes up."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from ime.app import Parts
from ime.backend.backup import Tick, back_up
from ime.backend.restore import restore
from ime.personalize.facade import Personalizer
from ime.settings import Folders, save
from ime.ui import backup_dialog
from ime.ui.backup_dialog import BackupDialog
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Selection
from tests.fakes import FakeConverter
from tests.ui.conftest import SIMPLE, OpenWindow

pytestmark = pytest.mark.gui


@pytest.fixture
def parts(open_window: OpenWindow, folders: Folders) -> Parts:
    parts = open_window()
    parts.window.change_settings(SIMPLE)
    return parts


@pytest.fixture
def dialog(parts: Parts) -> BackupDialog:
    parts.window.action("menu.backup").trigger()
    dialog = parts.window.backup_dialog
    assert dialog is not None
    return dialog


def wait_text(qtbot: QtBot, dialog: BackupDialog, part: str) -> None:
    qtbot.waitUntil(lambda: part in dialog.told.text(), timeout=10_000)


def answer(monkeypatch: pytest.MonkeyPatch, *, sure: bool) -> list[str]:
    asked: list[str] = []

    def is_sure(parent: object, title: str, question: str, action: str) -> bool:
        asked.append(question)
        return sure

    monkeypatch.setattr(backup_dialog, "is_sure", is_sure)
    return asked


def test_what_was_changed_since_goes_back(
    parts: Parts,
    dialog: BackupDialog,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = str(tmp_path / "all.zip")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (file, ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (file, ""))
    dialog.save_button.click()
    wait_text(qtbot, dialog, "is written")
    large = msgspec.structs.replace(SIMPLE.window, font_size=30)
    parts.window.change_settings(msgspec.structs.replace(SIMPLE, window=large))
    asked = answer(monkeypatch, sure=False)
    dialog.restore_button.click()
    qtbot.waitUntil(lambda: bool(asked))
    assert "The backup was made on" in asked[0]
    assert "0 choices" in asked[0]
    assert parts.window.settings.window.font_size == 30
    answer(monkeypatch, sure=True)
    dialog.restore_button.click()
    wait_text(qtbot, dialog, "as it was")
    assert parts.window.settings.window.font_size == SIMPLE.window.font_size
    assert not dialog.bar.isVisible()


def test_a_foreign_file_is_told(dialog: BackupDialog, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("x", encoding="utf-8")
    dialog.read(file)
    wait_text(qtbot, dialog, "is no backup of Moyin")
    assert dialog.restore_button.isEnabled()


def test_stop(
    dialog: BackupDialog, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def back_up(folders: object, path: object, now: object, tick: Tick) -> None:
        while True:
            tick(1, 2)

    monkeypatch.setattr(backup_dialog, "back_up", back_up)
    dialog.save(tmp_path / "all.zip")
    qtbot.waitUntil(lambda: dialog.bar.value() == backup_dialog.STEPS // 2)
    dialog.stop_button.click()
    wait_text(qtbot, dialog, "Cancelled")
    assert not (tmp_path / "all.zip").exists()


def test_not_while_learning(
    dialog: BackupDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Personalizer, "working", True)
    dialog.read(tmp_path / "all.zip")
    assert "learning just now" in dialog.told.text()


def test_an_open_window_follows_what_a_command_restores(
    open_window: OpenWindow, qtbot: QtBot, folders: Folders, tmp_path: Path
) -> None:
    opened: list[FakeConverter] = []

    def open_converter(*_: object) -> FakeConverter:
        opened.append(FakeConverter())
        return opened[-1]

    window = open_window(open_converter).window
    large = msgspec.structs.replace(SIMPLE.window, font_size=30)
    save(msgspec.structs.replace(SIMPLE, window=large), folders.settings_file)
    log = SelectionLog(folders.database, run=1)
    choice = Selection(LeftContext(), "ni", ("ni",), ("你", "尼"), "尼", 1, How.DIGIT)
    log.append(Commit(1, "尼", ("ni",), (choice,)), 1.0, Versions())
    back_up(folders, tmp_path / "all.zip", 1.0)
    log.wipe()
    log.close()
    qtbot.waitUntil(lambda: window.settings.window.font_size == 30, timeout=10_000)
    window.change_settings(SIMPLE)
    before = len(opened)
    restore(folders, tmp_path / "all.zip", 2.0)
    qtbot.waitUntil(lambda: window.settings.window.font_size == 30, timeout=10_000)
    qtbot.waitUntil(lambda: len(opened) > before, timeout=10_000)
    qtbot.waitUntil(lambda: bool(opened[-1].learned), timeout=10_000)
    assert [commit.text for commit in opened[-1].learned.values()] == ["尼"]
    assert window.notices.text == ""
