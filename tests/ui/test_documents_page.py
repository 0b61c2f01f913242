from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from ime.errors import Message
from ime.personalize.documents.source_file import SourceFile
from ime.personalize.documents.text_of_file import READERS
from ime.ui import documents_page
from ime.ui.documents_page import DocumentsPage

pytestmark = pytest.mark.gui

LOCKED = Message.of("documents.fault.locked", path="bad.pdf")
FILES = (
    SourceFile("/writing/old.md", "a", hanzi=1200, left_out={"quotes": 3}),
    SourceFile("/writing/bad.pdf", problem=LOCKED),
)


@pytest.fixture
def page(qtbot: QtBot) -> DocumentsPage:
    made = DocumentsPage()
    qtbot.addWidget(made)
    made.show_files(FILES)
    return made


def test_files_are_listed_the_newest_first_with_what_is_left_out(page: DocumentsPage) -> None:
    rows = [row for row in map(page.tree.topLevelItem, range(2)) if row is not None]
    assert [[row.text(column) for column in range(3)] for row in rows] == [
        ["bad.pdf", "0", "bad.pdf is locked by a password."],
        ["old.md", "1,200", "left out: 3 quotes"],
    ]
    assert page.sum.text().startswith("2 files, 1,200 hanzi")


def test_selected_files_are_taken_back(page: DocumentsPage, qtbot: QtBot) -> None:
    assert not page.remove_button.isEnabled()
    page.tree.selectAll()
    with qtbot.waitSignal(page.removed) as heard:
        page.remove_button.click()
    assert heard.args == [[Path("/writing/bad.pdf"), Path("/writing/old.md")]]


def test_nothing_is_changed_while_something_is_at_work(page: DocumentsPage) -> None:
    page.tree.selectAll()
    page.set_idle(idle=False)
    buttons = (
        page.files_button, page.folder_button, page.remove_button, page.words_button
    )  # fmt: skip
    assert not any(button.isEnabled() for button in buttons)
    page.set_idle(idle=True)
    assert all(button.isEnabled() for button in buttons)


@pytest.mark.parametrize("chosen", [["/a.txt", "/b.md"], []], ids=["chosen", "cancelled"])
def test_files_are_added_by_choosing_them(
    page: DocumentsPage, monkeypatch: pytest.MonkeyPatch, chosen: list[str]
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (chosen, ""))
    heard: list[list[Path]] = []
    page.added.connect(heard.append)
    page.files_button.click()
    assert heard == ([list(map(Path, chosen))] if chosen else [])


def test_folder_is_added_by_choosing_it(
    page: DocumentsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/writing")
    heard: list[list[Path]] = []
    page.added.connect(heard.append)
    page.folder_button.click()
    assert heard == [[Path("/writing")]]


def test_words_are_looked_for_only_where_there_are_documents(
    page: DocumentsPage, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(page.words_wanted):
        page.words_button.click()
    page.show_files(())
    assert not page.words_button.isEnabled()


def test_dialog_offers_what_can_be_read() -> None:
    assert {one.lstrip("*") for one in documents_page._SUFFIXES.split()} == set(READERS)
