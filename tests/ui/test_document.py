from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from ime.errors import Message
from ime.ui.document import Choice, Document
from ime.ui.draft_keeper import DraftKeeper
from ime.ui.drafts import Draft, DraftFile
from ime.ui.editor import Editor

pytestmark = pytest.mark.gui


@dataclass
class Answers:
    """A user who has made up his mind."""

    opens: str = ""
    saves: str = ""
    unsaved_choice: Choice = Choice.Cancel
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    def open_path(self, folder: str) -> str:
        self.folders.append(folder)
        return self.opens

    def save_path(self, proposal: str) -> str:
        self.asked.append(proposal)
        return self.saves

    def unsaved(self, name: str) -> Choice:
        self.asked.append(name)
        return self.unsaved_choice

    def error(self, message: str) -> None:
        self.errors.append(message)


@dataclass
class Desk:
    """A document with all it needs."""

    editor: Editor
    keeper: DraftKeeper
    user: Answers
    document: Document
    settled: list[bool]

    def kept(self) -> Draft | None:
        """What the next start would find."""
        self.keeper.finish()
        self.keeper.close()
        file = DraftFile(self.keeper.folder)
        found = file.claim()
        file.release()
        return found


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    editor = Editor()
    qtbot.addWidget(editor)
    keeper = DraftKeeper(tmp_path / "drafts", editor)
    keeper.start()
    user, settled = Answers(), []
    document = Document(editor, keeper, user, lambda: settled.append(True))
    yield Desk(editor, keeper, user, document, settled)
    keeper.close()


def test_open_shows_a_file(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("你好", encoding="utf-8")
    desk.user.opens = str(tmp_path / "a.txt")
    desk.document.open()
    assert desk.editor.toPlainText() == "你好"
    assert (desk.document.name, desk.document.modified) == ("a.txt", False)
    assert desk.settled


EXACT = [
    pytest.param("\ufeff你好\n", id="byte-order-mark"),
    pytest.param("\ufeff", id="byte-order-mark-alone"),
    pytest.param("一\r\n二\r\n", id="windows-lines"),
    pytest.param("一\r二\r", id="old-mac-lines"),
    pytest.param("a\u00a0b\u2028c\u3000d\u200be\u0085f\x0bg\x0c\x00\ufffc", id="spaces"),
    pytest.param("好\n\n\n  \n", id="empty-lines"),
    pytest.param("😀𠮷\u0301\ufe0f", id="beyond-the-first-plane"),
    pytest.param("", id="nothing"),
]
INEXACT = [
    pytest.param("一\r\n二\n三\r四", id="mixed-lines"),
    pytest.param("一\u2029二\ufdd0三\ufdd1四", id="separators"),
]


@pytest.mark.parametrize("text", [*EXACT, *INEXACT])
def test_saving_an_untouched_file_changes_no_byte(
    desk: Desk, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())
    desk.document.load(path)
    assert desk.document.save()
    assert path.read_bytes() == text.encode()
    desk.editor.commit("新")
    desk.editor.undo()
    assert desk.document.save()
    assert path.read_bytes() == text.encode()


@pytest.mark.parametrize("text", EXACT)
def test_saving_a_changed_file_changes_only_what_was_typed(
    desk: Desk, tmp_path: Path, qtbot: QtBot, text: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())
    with qtbot.assertNotEmitted(desk.document.inexact):
        desk.document.load(path)
    desk.editor.moveCursor(QTextCursor.MoveOperation.End)
    desk.editor.commit("新")
    assert desk.document.save()
    assert path.read_bytes() == (text + "新").encode()


@pytest.mark.parametrize("text", INEXACT)
def test_what_a_changed_file_would_lose_is_said(
    desk: Desk, tmp_path: Path, qtbot: QtBot, text: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())
    with qtbot.waitSignal(desk.document.inexact) as said:
        desk.document.load(path)
    assert said.args[0] == Message.of("document.inexact", name="a.txt")


def test_restored_draft_keeps_the_byte_order_mark(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeff一".encode())
    desk.document.load(path)
    desk.editor.moveCursor(QTextCursor.MoveOperation.End)
    desk.editor.commit("\u00a0")
    desk.keeper.wanted.emit()
    kept = desk.kept()
    assert kept == Draft("一\u00a0", str(path), 2, mark=True)
    desk.user.unsaved_choice = Choice.Discard
    desk.document.new()
    desk.keeper.restored.emit(kept)
    assert desk.document.save()
    assert path.read_bytes() == "\ufeff一\u00a0".encode()


TEXTS = {"gb18030": "墨音输入法，一段简体文字。", "big5hkscs": "墨音輸入法，一段繁體文字。"}


@pytest.mark.parametrize("encoding", list(TEXTS))
def test_file_of_an_older_encoding_is_read_and_saved_as_it_was_or_as_utf8(
    desk: Desk, tmp_path: Path, qtbot: QtBot, encoding: str
) -> None:
    path, text = tmp_path / "a.txt", TEXTS[encoding]
    path.write_bytes(text.encode(encoding))
    with qtbot.waitSignal(desk.document.inexact) as said:
        desk.document.load(path)
    assert said.args[0].code == "document.encoding"
    assert desk.editor.toPlainText() == text
    desk.editor.moveCursor(QTextCursor.MoveOperation.End)
    desk.editor.commit("好")
    assert desk.document.save()
    assert path.read_bytes().decode(encoding) == text + "好"
    desk.user.saves = str(tmp_path / "b.txt")
    assert desk.document.save_as()
    assert (tmp_path / "b.txt").read_text(encoding="utf-8") == text + "好"


def test_save_as_of_an_untouched_file_writes_utf8(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXTS["gb18030"].encode("gb18030"))
    desk.document.load(tmp_path / "a.txt")
    desk.user.saves = str(tmp_path / "b.txt")
    assert desk.document.save_as()
    assert (tmp_path / "b.txt").read_text(encoding="utf-8") == TEXTS["gb18030"]


def test_text_that_the_encoding_of_the_file_lacks_is_not_lost(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXTS["big5hkscs"].encode("big5hkscs"))
    before = path.read_bytes()
    desk.document.load(path)
    desk.editor.commit("这")
    assert not desk.document.save()
    assert "Big5" in desk.user.errors[0]
    assert path.read_bytes() == before
    assert desk.document.modified


def test_restored_draft_keeps_the_encoding(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXTS["gb18030"].encode("gbk"))
    desk.document.load(path)
    desk.editor.commit("好")
    desk.keeper.wanted.emit()
    kept = desk.kept()
    assert kept is not None
    assert kept.encoding == "gb18030"
    desk.user.unsaved_choice = Choice.Discard
    desk.document.new()
    desk.keeper.restored.emit(kept)
    assert desk.document.save()
    assert path.read_bytes().decode("gbk") == "好" + TEXTS["gb18030"]


def test_dialogs_begin_in_the_documents_then_where_the_last_file_was(
    desk: Desk, tmp_path: Path
) -> None:
    documents = desk.document._folder
    desk.document.open()
    desk.document.save_as()
    assert desk.user.folders == [str(documents)]
    assert desk.user.asked == [str(documents / "Untitled.txt")]
    (tmp_path / "a.txt").write_text("x")
    desk.document.load(tmp_path / "a.txt")
    desk.document.new()
    desk.document.open()
    desk.document.save_as()
    assert desk.user.folders[1:] == [str(tmp_path)]
    assert desk.user.asked[1:] == [str(tmp_path / "Untitled.txt")]


def test_open_of_a_bad_file_shows_the_error_and_keeps_the_text(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\x00")
    desk.editor.commit("你好")
    desk.keeper.wanted.emit()
    desk.user.opens = str(tmp_path / "a.txt")
    desk.user.unsaved_choice = Choice.Discard
    desk.document.open()
    assert desk.editor.toPlainText() == "你好"
    assert "no text in UTF-8" in desk.user.errors[0]
    assert desk.document.modified
    assert desk.kept() == Draft("你好", caret=2)


def test_open_asks_before_it_replaces_unsaved_text(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("other")
    desk.editor.commit("你好")
    desk.user.opens = str(tmp_path / "a.txt")
    desk.user.unsaved_choice = Choice.Cancel
    desk.document.open()
    assert desk.editor.toPlainText() == "你好"
    desk.user.unsaved_choice = Choice.Discard
    desk.document.open()
    assert desk.editor.toPlainText() == "other"


def test_save_asks_for_a_name_once(desk: Desk, tmp_path: Path) -> None:
    desk.user.saves = str(tmp_path / "a.txt")
    desk.editor.commit("你好")
    assert desk.document.save()
    desk.editor.commit("世界")
    assert desk.document.save()
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "你好世界"
    assert len(desk.user.asked) == 1
    assert not desk.document.modified


def test_save_keeps_windows_lines(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a\r\nb")
    desk.document.load(tmp_path / "a.txt")
    desk.editor.commit("x\ny")
    desk.document.save()
    assert (tmp_path / "a.txt").read_bytes() == b"x\r\nya\r\nb"


def test_save_that_fails_keeps_the_text_and_the_mark(desk: Desk, tmp_path: Path) -> None:
    desk.user.saves = str(tmp_path / "gone" / "a.txt")
    desk.editor.commit("你好")
    assert not desk.document.save()
    assert "cannot be written" in desk.user.errors[0]
    assert desk.document.modified
    assert desk.document.name == "Untitled"


def test_save_that_is_called_off_writes_nothing(desk: Desk) -> None:
    desk.editor.commit("你好")
    assert not desk.document.save()
    assert desk.document.modified


def test_saved_text_leaves_no_draft(desk: Desk, tmp_path: Path) -> None:
    desk.editor.commit("你好")
    desk.keeper.wanted.emit()
    desk.user.saves = str(tmp_path / "a.txt")
    desk.document.save()
    assert desk.kept() is None


def test_close_keeps_unsaved_text_for_the_next_start(desk: Desk) -> None:
    desk.editor.commit("你好")
    assert desk.document.close()
    assert desk.user.asked == []
    assert desk.kept() == Draft("你好", caret=2)


@pytest.mark.parametrize(
    ("choice", "may_go"),
    [(Choice.Discard, True), (Choice.Cancel, False), (Choice.Save, True)],
    ids=["discard", "cancel", "save"],
)
def test_close_in_private_mode_asks_because_no_draft_is_kept(
    desk: Desk, tmp_path: Path, choice: Choice, may_go: bool
) -> None:
    desk.document.set_private(private=True)
    desk.editor.commit("你好")
    desk.user.unsaved_choice = choice
    desk.user.saves = str(tmp_path / "a.txt")
    assert desk.document.close() is may_go
    assert (tmp_path / "a.txt").exists() is (choice is Choice.Save)
    assert desk.kept() is None


def test_close_asks_when_the_draft_cannot_be_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    desk.editor.commit("你好")
    assert not desk.document.close()
    assert desk.editor.toPlainText() == "你好"


def test_private_mode_deletes_the_draft_and_writes_none(desk: Desk) -> None:
    desk.editor.commit("你好")
    desk.keeper.wanted.emit()
    desk.document.set_private(private=True)
    desk.editor.commit("世界")
    desk.document.note_commit()
    desk.keeper.wanted.emit()
    assert desk.kept() is None


def test_leaving_private_mode_keeps_a_draft_again(desk: Desk, qtbot: QtBot) -> None:
    desk.document.set_private(private=True)
    desk.editor.commit("你好")
    with qtbot.waitSignal(desk.keeper.wanted, timeout=5000):
        desk.document.set_private(private=False)
    assert desk.kept() == Draft("你好", caret=2)


def test_draft_comes_back_with_file_and_caret(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"")
    desk.keeper.restored.emit(Draft("你好世界", str(path), 2, "\r\n"))
    assert desk.editor.toPlainText() == "你好世界"
    assert desk.editor.textCursor().position() == 2
    assert desk.document.modified
    desk.editor.commit("\n")
    assert desk.document.save()
    assert path.read_bytes() == "你好\r\n世界".encode()


def test_draft_that_comes_late_does_not_cost_what_was_typed(desk: Desk) -> None:
    desk.editor.commit("早")
    desk.keeper.restored.emit(Draft("你好", caret=99))
    assert desk.editor.toPlainText() == "你好\n早"
    assert desk.editor.left_text() == "你好\n早"


def test_new_begins_without_text_or_file(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    desk.document.load(tmp_path / "a.txt")
    desk.document.new()
    assert (desk.editor.toPlainText(), desk.document.name) == ("", "Untitled")
