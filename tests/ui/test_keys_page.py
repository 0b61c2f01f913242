"""Keys in the settings: every action has a row; each is changed by pressing a key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ime.session.bindings import SCOPES
from ime.session.keys import FUNCTION_KEYS
from ime.settings import KeySettings, Settings, WindowSettings
from ime.ui.key_table import KeyTable
from ime.ui.keys_page import GROUPS, KeysPage, key_shown, row_shown
from ime.ui.qt_keys import key_sequence, text_form
from ime.ui.settings_dialog import SettingsDialog
from tests.ui.conftest import Typist

pytestmark = pytest.mark.gui

SHORTCUTS = {"menu.save": ("Control+s",), "menu.private": (), "menu.larger": ("Control+plus",)}
Mod = Qt.KeyboardModifier


# --- the table ----------------------------------------------------------------------------


def table(**keys: object) -> KeyTable:
    return KeyTable(Settings(keys=KeySettings(**keys)), SHORTCUTS)  # type: ignore[arg-type]


def test_a_key_is_taken_from_who_has_it() -> None:
    before = table()
    assert before.holder("page_next", "Control+Delete") == "forget"
    after = KeyTable(before.with_key("page_next", "Control+Delete"), SHORTCUTS)
    assert "Control+Delete" in after.keys("page_next")
    assert after.keys("forget") == ("Shift+Delete",)


@pytest.mark.parametrize(
    ("name", "key", "other"),
    [
        ("page_next", "Control+s", "menu.save"),
        ("menu.private", "Control+s", "menu.save"),
        ("menu.private", "Control+Space", "toggle_mode"),
        ("menu.save", "Control+3", "pin"),
        ("select_second", "bracketleft", "first_character"),
        ("select_third", "apostrophe", "insert"),
        ("toggle_mode", "Control+BackSpace", "delete_syllable"),
        ("page_next", "F7", None),
        ("choose", "Space", None),
    ],
)
def test_conflict_names_the_other(name: str, key: str, other: str | None) -> None:
    assert table().holder(name, key) == other


def test_key_of_a_switch_is_lost_by_turning_it_off() -> None:
    assert table().keys("first_character") == ("bracketleft",)
    after = table().without_key("first_character", "bracketleft")
    assert not after.keys.bracket_char
    assert after.keys.own == {}


def test_keys_of_the_direction_and_digits_stay() -> None:
    vertical = Settings(window=WindowSettings(orientation="vertical"))
    found = KeyTable(vertical, SHORTCUTS)
    assert "Up" in found.keys("highlight_previous")
    assert not found.can_lose("highlight_previous", "Up")
    assert not found.can_lose("select", "1")
    assert found.can_lose("pin", "Control+1")


def test_shipped_keys_given_again_are_no_change() -> None:
    once = KeyTable(table().with_key("menu.save", "F2"), SHORTCUTS)
    assert once.settings.keys.own == {"menu.save": ("Control+s", "F2")}
    assert once.without_key("menu.save", "F2") == Settings()
    assert once.restored("menu.save") == Settings()


# --- names --------------------------------------------------------------------------------


def test_every_action_is_in_a_group_once() -> None:
    named = [action for actions in GROUPS.values() for action in actions]
    assert len(named) == len(set(named))
    assert set(named) == set(SCOPES)


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("Control+Shift+s", "Ctrl+Shift+S"),
        ("Page_Up", "PgUp"),
        ("minus", "-"),
        ("F5", "F5"),
        ("Keypad+plus", "Num++"),
    ],
)
def test_keys_are_shown_as_they_are_known(key: str, shown: str) -> None:
    assert key_shown("choose", key) == shown


def test_counted_key_shows_its_digits() -> None:
    assert key_shown("pin", "Control+1") == "Ctrl+1…9"
    assert row_shown("menu.save_as") == "Save As"


@pytest.mark.parametrize("key", ["Control+s", "Control+Shift+s", "F1", "Control+plus"])
def test_shortcut_of_a_menu_round_trips(key: str) -> None:
    assert text_form(key_sequence(key).toString()) == key


@pytest.mark.parametrize("key", sorted(str(key.value) for key in FUNCTION_KEYS))
def test_function_keys_are_known_to_qt(key: str) -> None:
    assert text_form(key) == key


# --- page and dialog ----------------------------------------------------------------------


@pytest.fixture
def dialog(typist: Typist) -> SettingsDialog:
    typist.window.open_settings()
    dialog = typist.window.settings_dialog
    assert dialog is not None
    dialog.search.setText("keys.own")
    return dialog


def page_of(dialog: SettingsDialog) -> KeysPage:
    assert dialog.keys_page is not None
    return dialog.keys_page


def press(page: KeysPage, name: str, key: Qt.Key, held: Mod = Mod.NoModifier) -> None:
    page.select(name)
    page.change_button.click()
    assert page.dialog is not None
    QTest.keyClick(page.dialog.catch, Qt.Key.Key_Space)
    QTest.keyClick(page.dialog.catch, key, held)


def test_pressed_key_is_added_and_types(typist: Typist, dialog: SettingsDialog) -> None:
    page = page_of(dialog)
    press(page, "page_next", Qt.Key.Key_F7)
    assert typist.window.settings.keys.own["page_next"][-1] == "F7"
    assert page.dialog is not None
    assert page.dialog.focusWidget() is page.dialog.close_button
    page.dialog.reject()
    dialog.reject()
    typist.type("ni").wait_list()
    first = typist.offered
    typist.press(Qt.Key.Key_F7)
    assert typist.offered != first


def test_held_key_is_named_and_taken_only_if_wanted(
    typist: Typist, dialog: SettingsDialog
) -> None:
    page = page_of(dialog)
    press(page, "page_next", Qt.Key.Key_S, Mod.ControlModifier)
    assert page.dialog is not None
    assert typist.window.settings.keys.own == {}
    assert "Save" in page.dialog.message.text()
    assert page.dialog.focusWidget() is page.dialog.use_button
    page.dialog.use_button.click()
    own = typist.window.settings.keys.own
    assert own["menu.save"] == ()
    assert own["page_next"][-1] == "Control+s"
    assert typist.window.action("menu.save").shortcuts() == []


def test_key_that_is_needed_is_refused(typist: Typist, dialog: SettingsDialog) -> None:
    page = page_of(dialog)
    press(page, "choose", Qt.Key.Key_A)
    assert page.dialog is not None
    assert "A: letters" in page.dialog.message.text()
    assert page.dialog.use_button.isHidden()
    assert typist.window.settings.keys.own == {}


def test_key_is_removed_and_the_row_restored(typist: Typist, dialog: SettingsDialog) -> None:
    page = page_of(dialog)
    page.select("forget")
    assert not page.restore_button.isEnabled()
    page.change_button.click()
    assert page.dialog is not None
    (button,) = (
        one
        for one in page.dialog.findChildren(QPushButton)
        if one.text().startswith("Ctrl+Del")
    )
    button.click()
    assert typist.window.settings.keys.own == {"forget": ("Shift+Delete",)}
    page.dialog.restore_button.click()
    assert typist.window.settings.keys.own == {}
    page.dialog.reject()
    assert page.dialog is None


def test_whole_page_is_restored(typist: Typist, dialog: SettingsDialog) -> None:
    press(page_of(dialog), "menu.private", Qt.Key.Key_F4)
    assert typist.window.action("menu.private").shortcut().toString() == "F4"
    dialog.restore_button.click()
    assert typist.window.settings.keys == KeySettings()
    assert typist.window.action("menu.private").shortcut().isEmpty()


def test_pinning_takes_all_digits_whichever_is_pressed(
    typist: Typist, dialog: SettingsDialog
) -> None:
    press(page_of(dialog), "pin", Qt.Key.Key_4, Mod.AltModifier)
    assert typist.window.settings.keys.own["pin"] == ("Control+1", "Alt+1")


def test_rows_are_found_by_name_and_key(dialog: SettingsDialog) -> None:
    page = page_of(dialog)
    dialog.search.setText("ctrl+1")
    shown = [name for name, item in page._items.items() if not item.isHidden()]
    assert shown == ["pin"]


def test_keys_are_changed_by_the_keyboard_alone(
    typist: Typist, dialog: SettingsDialog, qtbot: QtBot
) -> None:
    page = page_of(dialog)
    page.tree.setFocus()
    QTest.keyClick(page.tree, Qt.Key.Key_Home)
    QTest.keyClick(page.tree, Qt.Key.Key_Down)
    assert page.selected == "choose"
    QTest.keyClick(page.tree, Qt.Key.Key_Return)
    assert page.dialog is not None
    opened = page.dialog
    qtbot.waitExposed(opened)
    QTest.keyClick(opened.catch, Qt.Key.Key_Space)
    QTest.keyClick(opened.catch, Qt.Key.Key_Tab)
    assert opened.focusWidget() is opened.use_button  # Tab is another action's
    QTest.keyClick(opened.use_button, Qt.Key.Key_Space)
    assert "Tab" in typist.window.settings.keys.own["choose"]
    QTest.keyClick(opened.close_button, Qt.Key.Key_Return)
    assert page.dialog is None


def test_settings_changed_by_hand_hold_and_what_is_wrong_is_told(
    typist: Typist, qtbot: QtBot
) -> None:
    own = {"menu.save": ("F2", "s"), "menu.nothing": ("F3",), "pin": ("Contrl+1",)}
    typist.window.change_settings(Settings(keys=KeySettings(own=own)))
    assert typist.window.action("menu.save").shortcut().toString() == "F2"
    qtbot.waitUntil(lambda: len(typist.window.notices.messages) == 3)
    told = "\n".join(typist.window.notices.messages)
    for part in (
        "keys.own.pin: Contrl+1",
        "keys.own.menu.nothing: no",
        "keys.own.menu.save: s",
    ):
        assert part in told
