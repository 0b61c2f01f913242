from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ime.settings import Settings, load
from ime.ui.settings_alone import make_dialog

pytestmark = pytest.mark.gui


def test_each_change_is_saved(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.toml"
    dialog = make_dialog(Settings(), path)
    qtbot.addWidget(dialog)
    dialog.switch("typing.private").click()
    assert load(path).settings.typing.private
    dialog.switch("typing.private").click()
    assert not load(path).settings.typing.private
