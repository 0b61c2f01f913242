"""What screen readers find: every control of every dialog has a name and a role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from ime.personalize.facade import Personalizer
from ime.ui.own_list import OwnListPage
from ime.ui.words_dialog import PAGES, WordsDialog
from tests.ui.conftest import Typist

pytestmark = pytest.mark.gui

Role = QAccessible.Role
NAMED = {
    Role.Button,
    Role.CheckBox,
    Role.RadioButton,
    Role.ComboBox,
    Role.EditableText,
    Role.PageTab,
    Role.Table,
    Role.Tree,
    Role.List,
    Role.Slider,
    Role.SpinBox,
    Role.ProgressBar,
    Role.MenuItem,
    Role.Dialog,
    Role.Chart,
    Role.Graphic,
}
"""Roles of what a user acts on or reads by its name."""

DIALOGS = ("settings", "words", "personalize", "statistics", "backup", "keys", "about")


@pytest.fixture(autouse=True)
def _no_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at the versions loads torch, which takes seconds."""
    monkeypatch.setattr(Personalizer, "survey", lambda _: None)


def tree(top: QAccessibleInterface, depth: int = 0) -> Iterator[QAccessibleInterface]:
    yield top
    for number in range(top.childCount()):
        child = top.child(number)
        if child is not None and child.isValid() and depth < 12:
            yield from tree(child, depth + 1)


def seen(one: QAccessibleInterface) -> bool:
    return not one.state().invisible


def nameless(widget: QWidget) -> list[str]:
    """What has a role of `NAMED` and is seen, but has no name."""
    return [
        f"{one.role().name} {type(one.object()).__name__}"
        for one in tree(QAccessible.queryAccessibleInterface(widget))
        if one.role() in NAMED and not one.text(QAccessible.Text.Name) and seen(one)
    ]


def pages(dialog: QDialog) -> Iterator[None]:
    """Turn to each page of a dialog that has some."""
    tabs = dialog.findChild(QTabWidget)
    for page in range(tabs.count() if isinstance(tabs, QTabWidget) else 1):
        if isinstance(tabs, QTabWidget):
            tabs.setCurrentIndex(page)
        yield


def opened(typist: Typist, code: str) -> QDialog:
    typist.window.action(f"menu.{code}").trigger()
    (dialog,) = (one for one in typist.window.findChildren(QDialog) if one.isVisible())
    return dialog


@pytest.mark.parametrize("code", DIALOGS)
def test_every_control_of_a_dialog_has_a_name_and_is_reached_by_the_keyboard(
    typist: Typist, qtbot: QtBot, code: str
) -> None:
    dialog = opened(typist, code)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    for _ in pages(dialog):
        assert nameless(dialog) == []
        assert not_reached(dialog) == []
    QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not dialog.isVisible())


@pytest.mark.parametrize("page", ["words", "phrases", "marks"])
def test_every_form_has_names_and_works_by_the_keyboard(
    typist: Typist, qtbot: QtBot, page: str
) -> None:
    typist.window.open_words()
    dialog = typist.window.words_dialog
    assert dialog is not None
    places: dict[str, WordsDialog | OwnListPage] = {
        "words": dialog,
        "phrases": dialog.phrases,
        "marks": dialog.marks,
    }
    place = places[page]
    dialog.tabs.setCurrentIndex(PAGES.index(page))
    QTest.keyClick(place.add_button, Qt.Key.Key_Space)
    form = place.form
    assert form is not None
    qtbot.waitUntil(form.isActiveWindow)
    assert nameless(form) == []
    assert not_reached(form) == []
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert not form.isVisible()


def test_the_review_of_an_import_has_names_and_works_by_the_keyboard(
    typist: Typist, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "names.txt"
    path.write_text("陈省身 chen'xing'shen\n墨音 mo'yin\n", encoding="utf-8")
    typist.window.open_words()
    dialog = typist.window.words_dialog
    assert dialog is not None
    dialog.read_file(path)
    qtbot.waitUntil(lambda: dialog.review is not None, timeout=20_000)
    review = dialog.review
    assert review is not None
    qtbot.waitUntil(review.isActiveWindow)
    assert nameless(review) == []
    assert not_reached(review) == []
    QTest.keyClick(review, Qt.Key.Key_Escape)
    assert not review.isVisible()


def not_reached(dialog: QDialog) -> list[object]:
    """What takes the focus, but not by Tab from wherever it is."""
    wanted = {
        one
        for one in dialog.findChildren(QWidget)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and one.isVisible()
        and one.isEnabled()
        and one.focusProxy() is None
    }
    left = set(wanted)
    for _ in range(3 * len(wanted) + 10):
        QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Tab)
        left.discard(dialog.focusWidget())
        if not left:
            break
    return [one.accessibleName() or type(one) for one in left]


def test_arrows_choose_beside_what_is_chosen(typist: Typist, qtbot: QtBot) -> None:
    opened(typist, "settings").activateWindow()
    dialog = typist.window.settings_dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    segments = dialog.segments("window.page_size")
    (chosen,) = (
        one
        for one in segments.findChildren(QAbstractButton)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus
    )
    chosen.setFocus()
    QTest.keyClick(chosen, Qt.Key.Key_Right)
    assert segments.value == 6
    qtbot.waitUntil(lambda: typist.window.settings.window.page_size == 6)


def test_every_part_of_the_window_has_a_name(typist: Typist) -> None:
    typist.window.tour.begin()
    typist.window.action("menu.replace").trigger()
    typist.type("nihao").wait_list()
    assert nameless(typist.window) == []
    assert nameless(typist.window.panel) == []


def test_what_changes_is_said(typist: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def update(event: QAccessibleAnnouncementEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            said.append(event.message())

    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", update)
    typist.type("nihao").wait_list()
    assert said[-1] == "1 你好 ni hao"
    typist.press(Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier)
    typist.press(Qt.Key.Key_Escape).press(Qt.Key.Key_Shift)
    assert "Mode: English" in said
    typist.window.status.say("Copied.")
    assert said[-1] == "Copied."
    typist.window.notices.add("The disk is full.")
    assert said[-1] == "The disk is full."
    before = len(said)
    typist.window.notices.add("The disk is full.")
    assert len(said) == before


def test_candidates_tell_number_reading_and_that_they_can_be_pressed(typist: Typist) -> None:
    typist.type("nihao").wait_list()
    found = QAccessible.queryAccessibleInterface(typist.window.panel)
    cells = [one for one in tree(found) if one.role() == Role.Button and seen(one)]
    text = QAccessible.Text
    names = [one.text(text.Name) for one in cells]
    assert names[names.index("1 你好") + 1] == "2 拟好"
    assert cells[names.index("1 你好")].text(text.Description) == "ni hao"
    assert found.text(text.Name) == "Candidates"


def test_the_text_is_an_editable_one_with_its_content(typist: Typist) -> None:
    typist.type("nihao").wait_list().type(" ").wait_text("你好")
    found = QAccessible.queryAccessibleInterface(typist.window.editor)
    assert found.role() == Role.EditableText
    assert found.text(QAccessible.Text.Name) == "Text"
    assert found.text(QAccessible.Text.Value) == "你好"
