"""Custom phrases, and what is pinned and hidden: added, changed, deleted, taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ime.lexicon.phrases import MAX_PLACE, Phrase
from ime.settings import Folders
from ime.texts.catalogue import say
from ime.ui.entry_forms import MarkForm, PhraseForm
from ime.ui.own_list import OwnListPage
from ime.ui.words_dialog import PAGES, WordsDialog
from ime.values import Mark, MarkKind
from tests.ui.conftest import Typist

pytestmark = pytest.mark.gui

Key = Qt.Key


@pytest.fixture
def dialog(typist: Typist) -> WordsDialog:
    typist.window.open_words()
    made = typist.window.words_dialog
    assert made is not None
    return made


def wait_entries(qtbot: QtBot, page: OwnListPage, *entries: object) -> None:
    qtbot.waitUntil(lambda: list(page.model.entries) == list(entries))


def phrase_form(dialog: WordsDialog) -> PhraseForm:
    form = dialog.phrases.form
    assert isinstance(form, PhraseForm)
    return form


def mark_form(dialog: WordsDialog) -> MarkForm:
    form = dialog.marks.form
    assert isinstance(form, MarkForm)
    return form


def write(folders: Folders, data: bytes) -> None:
    folders.phrases_file.parent.mkdir(exist_ok=True, parents=True)
    folders.phrases_file.write_bytes(data)


def test_a_phrase_of_two_lines_is_added_by_keys_and_typed(
    dialog: WordsDialog, typist: Typist, qtbot: QtBot, folders: Folders
) -> None:
    dialog.tabs.setCurrentIndex(PAGES.index("phrases"))
    QTest.keyClick(dialog.phrases.add_button, Key.Key_Space)
    form = phrase_form(dialog)
    QTest.keyClicks(form.code, "nihao")
    form.text.setPlainText("你好，\n这是我的地址。")
    QTest.keyClick(form.place.more, Key.Key_Space)
    QTest.keyClick(form.buttons.button(form.buttons.StandardButton.Ok), Key.Key_Space)
    phrase = Phrase("nihao", "你好，\n这是我的地址。", 2)
    wait_entries(qtbot, dialog.phrases, phrase)
    assert folders.phrases_file.read_text(encoding="utf-8").count("\n") == 1

    def is_offered() -> bool:
        typist.press(Key.Key_Escape).type("nihao").wait_list()
        return phrase.text in typist.offered

    qtbot.waitUntil(is_offered, timeout=10_000)
    assert typist.offered[1] == phrase.text
    typist.press(Key.Key_2).wait_text(phrase.text)


def test_phrases_are_changed_deleted_and_taken_back(
    dialog: WordsDialog, qtbot: QtBot, folders: Folders
) -> None:
    write(folders, "# 我的\ndz\t北京\nyx\ta@b.cn\t3\n".encode())
    dialog.refresh()
    page = dialog.phrases
    old, other = Phrase("dz", "北京", 1), Phrase("yx", "a@b.cn", 3)
    wait_entries(qtbot, page, old, other)
    page.search.setText("B.C")
    wait_entries(qtbot, page, other)
    page.search.clear()
    page.table.selectRow(0)
    page.edit_button.click()
    form = phrase_form(dialog)
    assert form.text.toPlainText() == "北京"
    form.text.setPlainText("上海")
    form.buttons.accepted.emit()
    changed = Phrase("dz", "上海", 1)
    wait_entries(qtbot, page, changed, other)
    page.table.selectAll()
    page.delete_button.click()
    wait_entries(qtbot, page)
    page.undo_button.click()
    wait_entries(qtbot, page, changed, other)
    page.undo_button.click()
    wait_entries(qtbot, page, old, other)
    assert not page.undo_button.isEnabled()
    assert folders.phrases_file.read_text(encoding="utf-8").startswith("# 我的\n")


def test_what_can_be_no_phrase_is_said_in_the_form(dialog: WordsDialog) -> None:
    dialog.phrases.add_button.click()
    form = phrase_form(dialog)
    form.code.setText("地址")
    form.buttons.accepted.emit()
    assert "letters a to z" in form.fault.text()
    assert form.isVisible()
    form.code.setText("dz")
    form.buttons.accepted.emit()
    assert "one to 1000 characters" in form.fault.text()
    for _ in range(MAX_PLACE + 2):
        form.place.more.click()
    assert form.place.value == MAX_PLACE


def test_a_file_that_cannot_be_read_is_told_and_kept(
    dialog: WordsDialog, qtbot: QtBot, folders: Folders
) -> None:
    write(folders, b"\xff\xfe")
    dialog.phrases.replaced.emit([], [Phrase("dz", "北京")])
    qtbot.waitUntil(lambda: "cannot be read" in dialog.phrases.told.text())
    assert folders.phrases_file.read_bytes() == b"\xff\xfe"


def test_marks_are_set_by_hand_changed_and_taken_back(
    dialog: WordsDialog, typist: Typist, qtbot: QtBot
) -> None:
    page = dialog.marks
    dialog.tabs.setCurrentIndex(PAGES.index("marks"))
    page.add_button.click()
    form = mark_form(dialog)
    form.text.setText("拟好")
    form.reading.setText("ni")
    form.buttons.accepted.emit()
    assert "no word of 1 to" in form.fault.text()
    form.reading.setText("ni hao")
    form.buttons.accepted.emit()
    pinned = Mark(MarkKind.PINNED, "nihao", ("ni", "hao"), "拟好")
    wait_entries(qtbot, page, pinned)
    typist.type("nihao").wait_list()
    assert typist.offered[0] == "拟好"
    typist.press(Key.Key_Escape)
    page.table.selectRow(0)
    page.edit_button.click()
    form = mark_form(dialog)
    form.kind.choose(MarkKind.HIDDEN)
    form.buttons.accepted.emit()
    wait_entries(qtbot, page, Mark(MarkKind.HIDDEN, "nihao", ("ni", "hao"), "拟好"))
    typist.type("nihao").wait_list()
    assert "拟好" not in typist.offered
    typist.press(Key.Key_Escape)
    page.undo_button.click()
    wait_entries(qtbot, page, pinned)
    page.undo_button.click()
    wait_entries(qtbot, page)
    typist.type("nihao").wait_list()
    assert typist.offered[:2] == ["你好", "拟好"]


def test_private_mode_sets_no_mark(dialog: WordsDialog, typist: Typist) -> None:
    typist.window.action("menu.private").trigger()
    dialog.marks.replaced.emit([], [Mark(MarkKind.PINNED, "nihao", ("ni", "hao"), "拟好")])
    assert dialog.marks.told.text() == say("window.refused.private")


def test_many_phrases_are_listed_and_searched(
    dialog: WordsDialog, qtbot: QtBot, folders: Folders
) -> None:
    lines = [f"a\t文字{number}\t1" for number in range(20_000)]
    write(folders, "\n".join(lines).encode())
    dialog.refresh()
    qtbot.waitUntil(lambda: dialog.phrases.model.rowCount() == len(lines), timeout=20_000)
    dialog.phrases.search.setText("文字19999")
    assert dialog.phrases.model.rowCount() == 1
