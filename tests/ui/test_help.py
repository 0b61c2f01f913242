"""The help names every key that holds now, in both languages."""

from __future__ import annotations

import re

import msgspec
import pytest
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QWidget

from ime.session.keys import KeyAction
from ime.settings import AppearanceSettings, KeySettings
from ime.ui.dialogs import LETTERS
from ime.ui.keys_page import GROUPS
from tests.ui.conftest import SIMPLE, Typist

pytestmark = pytest.mark.gui


def rows(typist: Typist) -> dict[str, str]:
    """What is done, and the keys that do it."""
    typist.window.action("menu.keys").trigger()
    (dialog,) = (one for one in typist.window.findChildren(QDialog) if one.isVisible())
    page = dialog.findChild(QWidget, "page")
    assert isinstance(page, QWidget)
    grid = page.layout()
    assert isinstance(grid, QGridLayout)
    found = {}
    for row in range(grid.rowCount()):
        key, does = (grid.itemAtPosition(row, column) for column in (0, 1))
        labels = [one.widget() for one in (key, does) if one is not None]
        texts = [one.text() for one in labels if isinstance(one, QLabel)]
        if len(set(labels)) == 2:  # else it is a heading
            found[texts[1]] = texts[0]
    dialog.close()
    return found


def test_every_action_and_every_menu_key_is_there(typist: Typist) -> None:
    found = rows(typist)
    assert found["Choose the highlighted candidate"].startswith("Space")
    assert found["Find"] == "Ctrl+F"
    assert found["Pin by number to the first place"] == "Ctrl+1…9"
    without = {"Choose the second candidate", "Choose the third candidate"}
    assert without.isdisjoint(found)
    assert len(found) > sum(map(len, GROUPS.values())) + len(LETTERS) - len(without)


def test_keys_of_ones_own_are_told(typist: Typist) -> None:
    own: dict[str, tuple[str, ...]] = {KeyAction.FORGET.value: ("Control+F8",)}
    typist.window.change_settings(msgspec.structs.replace(SIMPLE, keys=KeySettings(own=own)))
    assert rows(typist)["Forget the highlighted candidate"] == "Ctrl+F8"


def test_it_is_chinese_too(typist: Typist) -> None:
    chinese = msgspec.structs.replace(SIMPLE, appearance=AppearanceSettings("zh_CN"))
    typist.window.change_settings(chinese)
    told = rows(typist)
    assert [does for does in told if not re.search("[一-鿿]", does)] == []
    assert told["选择高亮的候选"]
