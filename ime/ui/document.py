"""The document in the editor: which file it belongs to, opening, saving, and its draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from ime.errors import Message
from ime.texts.catalogue import say, told
from ime.ui.draft_keeper import DraftKeeper
from ime.ui.drafts import Draft
from ime.ui.editor import Editor
from ime.ui.files import CHINESE, UTF_8, DocumentError, TextFile, read_text, write_text

Choice = QMessageBox.StandardButton


class Questions(Protocol):
    """What has to be asked of the user; a test answers in his place."""

    def open_path(self, folder: str) -> str:
        """A file to open; empty for none.

        Args:
            folder: to look in first.
        """
        ...

    def save_path(self, proposal: str) -> str:
        """Where to save; empty for nowhere."""
        ...

    def unsaved(self, name: str) -> Choice:
        """What to do with changes: Save, Discard or Cancel."""
        ...

    def error(self, message: str) -> None:
        """Show what went wrong."""
        ...


@dataclass(frozen=True, slots=True)
class Dialogs:
    """Asks by dialogs.

    Attributes:
        parent: window they belong to.
    """

    parent: QWidget

    def open_path(self, folder: str) -> str:
        """See `Questions`."""
        return QFileDialog.getOpenFileName(
            self.parent, say("document.open"), folder, say("document.filter")
        )[0]

    def save_path(self, proposal: str) -> str:
        """See `Questions`."""
        return QFileDialog.getSaveFileName(
            self.parent, say("document.save_as"), proposal, say("document.filter")
        )[0]

    def unsaved(self, name: str) -> Choice:
        """See `Questions`."""
        return QMessageBox.question(
            self.parent,
            say("document.unsaved_title"),
            say("document.unsaved", name=name),
            Choice.Save | Choice.Discard | Choice.Cancel,
            Choice.Save,
        )

    def error(self, message: str) -> None:
        """See `Questions`."""
        QMessageBox.critical(self.parent, say("about.title"), message)


class Document(QObject):
    """One text, at most one file, at most one draft.

    Signals:
        renamed: the file's name or the modified mark changed.
        restored: text of the last session came back.
        inexact: the file is not what an edited text is saved as everywhere; says how.
    """

    renamed = Signal()
    restored = Signal()
    inexact = Signal(object)

    def __init__(
        self,
        editor: Editor,
        keeper: DraftKeeper,
        questions: Questions,
        settle: Callable[[], None],
    ) -> None:
        """Join the parts; the document begins empty and without a file.

        Args:
            editor: holds the text.
            keeper: writes drafts.
            questions: asks the user.
            settle: ends what is being composed; called before the text is read or replaced.
        """
        super().__init__(editor)
        self._editor = editor
        self._keeper = keeper
        self._questions = questions
        self._settle = settle
        self._path: Path | None = None
        self._folder = _documents()
        self._read = TextFile("")
        self._private = False
        keeper.wanted.connect(self._keep)
        keeper.restored.connect(self._restore)
        editor.document().contentsChanged.connect(self._note_change)
        editor.document().modificationChanged.connect(lambda _: self.renamed.emit())

    @property
    def name(self) -> str:
        """File name, or a stand-in."""
        return self._path.name if self._path else say("window.untitled")

    @property
    def folder(self) -> Path:
        """Where the last file was, or the user's documents."""
        return self._folder

    @property
    def modified(self) -> bool:
        """Whether there is text that no file holds."""
        return self._editor.document().isModified()

    def set_private(self, *, private: bool) -> None:
        """In private mode no draft is written; one that is there already is deleted."""
        if private and not self._private:
            self._keeper.clear()
        self._private = private
        if not private and self.modified:
            self._keeper.changed(committed=True)

    def note_commit(self) -> None:
        """Text was committed: a good moment for a draft."""
        if not self._private:
            self._keeper.changed(committed=True)

    def open(self) -> None:
        """Ask for a file and show it; an error leaves text and file as they are."""
        self._settle()
        if self._may_leave() and (chosen := self._questions.open_path(str(self._folder))):
            self.load(Path(chosen))

    def load(self, path: Path) -> None:
        """Show a file; an error leaves text and file as they are."""
        try:
            content = read_text(path)
        except DocumentError as error:
            self._questions.error(told(error.told))
            return
        self._path, self._read, self._folder = path, content, path.parent
        self._editor.setPlainText(content.text)
        self._become_clean()
        if content.encoding != UTF_8:
            encoding = CHINESE[content.encoding]
            self.inexact.emit(
                Message.of("document.encoding", name=path.name, encoding=encoding)
            )
        if not content.is_exact:
            self.inexact.emit(Message.of("document.inexact", name=path.name))

    def new(self) -> None:
        """Begin an empty document."""
        self._settle()
        if self._may_leave():
            self._path, self._read = None, TextFile("")
            self._editor.clear()
            self._become_clean()

    def save(self) -> bool:
        """Save to the document's file, asking for one if there is none; returns whether."""
        self._settle()
        return self.save_as() if self._path is None else self._write(self._path)

    def save_as(self) -> bool:
        """Ask for a file and save to it, in UTF-8; returns whether it was."""
        self._settle()
        proposal = self._path or self._folder / f"{self.name}.txt"
        chosen = self._questions.save_path(str(proposal))
        if not chosen:
            return False
        if self._read.encoding != UTF_8:
            self._read = replace(self._read, encoding=UTF_8, data=b"")
        return self._write(Path(chosen))

    def close(self) -> bool:
        """Make sure that no text is lost when the window goes.

        Text that is not saved stays in the draft and comes back at the next start. The user is
        asked only where no draft can be kept.

        Returns:
            Whether the window may go.
        """
        self._settle()
        if self.modified and self._editor.text():
            self._keep()
            if not self._private and self._keeper.finish():
                return True
            if not self._may_leave():
                return False
        self._keeper.clear()
        return True

    def _may_leave(self) -> bool:
        """Ask what to do with changes, if there are any; returns whether to go on."""
        if not self.modified or not self._editor.text():
            return True
        match self._questions.unsaved(self.name):
            case Choice.Save:
                return self.save()
            case choice:
                return choice is Choice.Discard

    def _write(self, path: Path) -> bool:
        try:
            text = self._editor.text()
            touched = replace(self._read, text=text, data=b"")
            same = bool(self._read.data) and text == self._read.text
            write_text(path, self._read if same else touched)
        except DocumentError as error:
            self._questions.error(told(error.told))
            return False
        self._path, self._folder = path, path.parent
        self._become_clean()
        return True

    def _become_clean(self) -> None:
        self._editor.document().setModified(False)
        self._keeper.clear()
        self.renamed.emit()

    def _note_change(self) -> None:
        if not self._private and self.modified:
            self._keeper.changed(committed=False)

    def _keep(self) -> None:
        if self.modified and not self._private:
            self._keeper.keep(
                Draft(
                    text=self._editor.text(),
                    file=str(self._path) if self._path else "",
                    caret=self._editor.textCursor().position(),
                    newline=self._read.newline,
                    mark=self._read.mark,
                    encoding=self._read.encoding,
                )
            )

    def _restore(self, draft: Draft) -> None:
        """Put the draft back; what was typed while it was being read goes behind it."""
        typed = self._editor.text()
        cursor = self._editor.textCursor()
        if typed:
            cursor.setPosition(0)
            cursor.insertText(draft.text + "\n")
        else:
            self._editor.setPlainText(draft.text)
            cursor = QTextCursor(self._editor.document())
            last = self._editor.document().characterCount() - 1
            cursor.setPosition(max(0, min(draft.caret, last)))
            self._editor.setTextCursor(cursor)
        if draft.file:
            self._path = Path(draft.file)
            self._folder = self._path.parent
            self._read = TextFile("", draft.newline, draft.mark, draft.encoding)
        self._editor.document().setModified(True)
        self.renamed.emit()
        self.restored.emit()


def _documents() -> Path:
    """Where a file dialog looks before any file was opened: the user's documents."""
    place = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(place) or Path.home())
