"""Every shortcut finds the text settled: pressed as keys in the editor, while composing.

One rule for all of them: a shortcut pressed into a composition leaves what it leaves when the
composition was settled by hand before it; behind keys that wait, when they were carried out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from ime.app import Parts
from ime.ui.drafts import Draft
from tests.fakes import GatedConverter
from tests.ui.conftest import OpenWindow, Typist

pytestmark = pytest.mark.gui

Key = Qt.Key
TEXT = "前文\n后文"
MOVES = (
    "Ctrl+Home", "Ctrl+End", "Ctrl+Shift+Home", "Ctrl+Shift+End", "Shift+Home", "Shift+End",
    "Ctrl+Shift+Left", "Ctrl+Shift+Right", "Shift+Up", "Shift+Down", "Shift+PgUp",
    "Shift+PgDown", "Ctrl+Up", "Ctrl+Down", "Shift+Ins", "Ctrl+Ins", "Ctrl+Y", "Ctrl+K",
    "Undo", "Redo", "Cut", "Copy", "Paste",
)  # fmt: skip
"""What the editor itself acts on, besides what stands in the menus."""


@dataclass(frozen=True)
class Seen:
    """All that a shortcut can change."""

    text: str
    anchor: int
    position: int
    clipboard: str
    name: str
    file: str
    visible: bool


class Bench:
    """A window, one file to open and one to save to."""

    def __init__(self, parts: Parts, qtbot: QtBot, converter: GatedConverter, folder: Path):
        self.typist = Typist(parts, qtbot)
        self.window, self.qtbot, self.converter = parts.window, qtbot, converter
        self.file = folder / "saved.txt"

    def begin(self, *, middle: bool) -> None:
        self.window.show()
        for dialog in self.window.findChildren(QDialog):
            dialog.reject()
        for _ in range(3):  # activations of dialogs that are gone are still queued
            QApplication.processEvents()
        self.window.activateWindow()
        self.window.editor.setFocus()
        self.qtbot.waitUntil(self.window.editor.hasFocus)
        self.window.document.new()
        self.file.unlink(missing_ok=True)
        editor = self.window.editor
        editor.setPlainText(TEXT)
        cursor = editor.textCursor()
        cursor.setPosition(1 if middle else len(TEXT))
        editor.setTextCursor(cursor)
        QGuiApplication.clipboard().setText("板")

    def press(self, shortcut: str) -> None:
        editor = self.window.editor
        if own := getattr(Key, f"Key_{shortcut}", None):  # QTest cannot press these
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, own, Qt.KeyboardModifier.NoModifier)
                QApplication.sendEvent(editor, event)
            return
        pressed = QKeySequence(shortcut)[0]  # type: ignore[index]  # the stubs lack it
        QTest.keyClick(editor, pressed.key(), pressed.keyboardModifiers())

    def seen(self) -> Seen:
        self.qtbot.waitUntil(
            lambda: not self.window.input_context.state.waiting, timeout=10_000
        )
        assert self.window.editor.preedit.text == ""
        cursor = self.window.editor.textCursor()
        return Seen(
            self.typist.text,
            cursor.anchor(),
            cursor.position(),
            QGuiApplication.clipboard().text(),
            self.window.document.name,
            self.file.read_text("utf-8") if self.file.exists() else "",
            self.window.isVisible(),
        )


@pytest.fixture
def bench(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    converter = GatedConverter()
    converter.gate.set()
    bench = Bench(open_window(lambda *_: converter), qtbot, converter, tmp_path)
    opened = tmp_path / "opened.txt"
    opened.write_text("打开的", "utf-8")
    dialogs = "ime.ui.document.Dialogs"
    monkeypatch.setattr(f"{dialogs}.open_path", lambda *_: str(opened))
    monkeypatch.setattr(f"{dialogs}.save_path", lambda *_: str(bench.file))
    discard = QMessageBox.StandardButton.Discard
    monkeypatch.setattr(f"{dialogs}.unsaved", lambda *_: discard)
    yield bench
    converter.gate.set()
    # Opened again, so that no dialog holds the window when it is closed.
    bench.begin(middle=False)


def _shortcuts(bench: Bench) -> list[str]:
    actions = bench.window.findChildren(QAction)
    menu = [action.shortcut().toString() for action in actions]
    found = [shortcut for shortcut in menu if shortcut]
    assert len(found) >= 13
    found.remove("Ctrl+Q")  # a test of its own: a window closes once
    return [*found, *(move for move in MOVES if move not in found)]


@pytest.mark.parametrize("middle", [False, True], ids=["at-the-end", "in-the-middle"])
@pytest.mark.parametrize("letters", ["nihao", "nihaoshijie"], ids=["all", "after-a-choice"])
def test_shortcut_while_composing_finds_the_letters_in_the_text(
    bench: Bench, letters: str, *, middle: bool
) -> None:
    def compose() -> None:
        bench.begin(middle=middle)
        bench.typist.type(letters).wait_list()
        if letters == "nihaoshijie":
            bench.typist.type("2").wait_list()

    for shortcut in _shortcuts(bench):
        compose()
        bench.typist.press(Key.Key_Return)
        bench.press(shortcut)
        wanted = bench.seen()
        compose()
        bench.press(shortcut)
        assert (shortcut, bench.seen()) == (shortcut, wanted)


@pytest.mark.parametrize("middle", [False, True], ids=["at-the-end", "in-the-middle"])
def test_shortcut_behind_waiting_keys_finds_them_carried_out(
    bench: Bench, *, middle: bool
) -> None:
    for shortcut in _shortcuts(bench):
        bench.begin(middle=middle)
        bench.typist.type("nihao").wait_list().type(".")
        bench.press(shortcut)
        wanted = bench.seen()
        bench.begin(middle=middle)
        bench.converter.gate.clear()
        bench.typist.type("nihao.")
        bench.press(shortcut)
        bench.converter.gate.set()
        assert (shortcut, bench.seen()) == (shortcut, wanted)


def test_saving_while_keys_wait_saves_hanzi_and_only_what_was_typed_before(
    bench: Bench,
) -> None:
    """It saved the letters."""
    bench.begin(middle=False)
    bench.converter.gate.clear()
    bench.typist.type("nihao.")
    bench.press("Ctrl+S")
    bench.typist.type("shijie").press(Key.Key_Space)
    assert not bench.file.exists()
    bench.converter.gate.set()
    bench.typist.wait_text(TEXT + "你好。世界")
    assert bench.file.read_text("utf-8") == TEXT + "你好。"
    assert bench.window.document.modified


def test_menu_clicked_while_keys_wait_waits_for_them(bench: Bench) -> None:
    bench.begin(middle=False)
    bench.converter.gate.clear()
    bench.typist.type("nihao").press(Key.Key_Space)
    bench.window.action("menu.save").trigger()
    assert not bench.file.exists()
    bench.converter.gate.set()
    bench.qtbot.waitUntil(bench.file.exists)
    assert bench.file.read_text("utf-8") == TEXT + "你好"


def test_select_all_leaves_a_document_that_the_next_commit_replaces(bench: Bench) -> None:
    """Ctrl+A while composing left the letters composed, and they replaced the document."""
    bench.begin(middle=True)
    bench.typist.type("nihao").wait_list()
    bench.press("Ctrl+A")
    assert bench.window.editor.textCursor().selectedText() == "前nihao文\u2029后文"
    bench.typist.type("nihao").wait_list()
    bench.press("Ctrl+C")
    assert bench.typist.text == "nihao"


def test_opening_a_menu_by_its_key_leaves_the_composition_to_what_is_chosen(
    bench: Bench,
) -> None:
    bench.begin(middle=False)
    bench.typist.type("nihao").wait_list()
    reason = Qt.FocusReason.MenuBarFocusReason
    bench.window.menuBar().setFocus(reason)
    assert bench.window.editor.preedit.text == "ni hao"
    bench.window.editor.setFocus(reason)
    bench.typist.press(Key.Key_Space)
    assert bench.typist.text == TEXT + "你好"


@pytest.mark.parametrize("waits", [False, True])
def test_quitting_keeps_what_was_typed(bench: Bench, *, waits: bool) -> None:
    kept: list[str] = []
    bench.begin(middle=False)
    keeper = bench.window.keeper
    keep = keeper.keep

    def noted(draft: Draft) -> None:
        kept.append(draft.text)
        keep(draft)

    keeper.keep = noted  # type: ignore[method-assign]
    if waits:
        bench.converter.gate.clear()
    bench.typist.type("nihao.") if waits else bench.typist.type("nihao").wait_list()
    bench.press("Ctrl+Q")
    bench.converter.gate.set()
    bench.qtbot.waitUntil(lambda: not bench.window.isVisible())
    assert kept[-1] == TEXT + ("你好。" if waits else "nihao")
