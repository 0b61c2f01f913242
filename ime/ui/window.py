"""The main window: menus, editor, candidate panel, notices and status line, joined up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QMoveEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from ime.backend.options import session_options
from ime.errors import BugError
from ime.ports import Decoder, Journal
from ime.session.state import Mode
from ime.settings import Folders, Settings
from ime.ui import menus, theme
from ime.ui.bars import NoticeBar, StatusLine
from ime.ui.dialogs import about_dialog, keys_dialog
from ime.ui.document import Dialogs, Document, Questions
from ime.ui.draft_keeper import DraftKeeper
from ime.ui.editor import Editor
from ime.ui.editor_host import EditorHost
from ime.ui.learning import Learning
from ime.ui.panel import CandidatePanel
from ime.ui.personalize_dialog import PersonalizeDialog
from ime.ui.settings_dialog import SettingsDialog
from ime.ui.thread_bridge import Bridge, rest_timer
from ime.ui.words_page import said_of

LOADING = "Loading the model…"
CONVERTING = "Still converting; keys are kept."
NO_ANSWER = (
    "The converter does not answer; letters go into the text as they are typed until it does. "
    "If it stays silent, start Moyin again: nothing typed is lost by that."
)
PRIVATE = "P&rivate Mode"


class Counter(Protocol):
    """What knows how many selections are logged."""

    def count(self, callback: Callable[[int], None]) -> None:
        """Call back, on any thread, with the number."""
        ...


class CountingJournal(Journal, Counter, Protocol):
    """A journal that can count."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the window works with; made and closed by whoever makes the window.

    Attributes:
        decoder: converts.
        journal: logs selections.
        bridge: brings what other threads report.
        folders: of the user.
        settings_changed: told of every change of the settings; must return at once.
        describe: (status line, explanation) for an open converter.
        version: of the program.
        learning: adapts the model to the user; None where there is none.
    """

    decoder: Decoder
    journal: CountingJournal
    bridge: Bridge
    folders: Folders
    settings_changed: Callable[[Settings], None]
    describe: Callable[[object], tuple[str, str]]
    version: str
    learning: Learning | None = None


class MainWindow(QMainWindow):
    """One document and the input method that types into it.

    Signals:
        painted_once: the window is on the screen; slow work may begin.
    """

    painted_once = Signal()

    def __init__(
        self, services: Services, settings: Settings, questions: Questions | None = None
    ) -> None:
        """Build the window; nothing is read from disk before `start`.

        Args:
            services: what it works with.
            settings: as loaded.
            questions: asks the user; None for dialogs.
        """
        super().__init__()
        self._services = services
        self._settings = settings
        self.settings_dialog: SettingsDialog | None = None
        self.personalize_dialog: PersonalizeDialog | None = None
        self._explanation = ""
        self.editor = Editor()
        self.panel = CandidatePanel(self)
        self.notices = NoticeBar()
        self.status = StatusLine()
        self.keeper = DraftKeeper(services.folders.data / "drafts", self)
        self.host = EditorHost(
            self.editor, services.decoder, services.journal, session_options(settings)
        )
        self.input_context = self.host.context
        self._closing = False
        self.document = Document(
            self.editor, self.keeper, questions or Dialogs(self), self.host.leave_now
        )
        self._lay_out()
        self._actions = menus.fill(self.menuBar(), self._menus(), self.host.when_settled)
        self._connect()
        self._connect_bridge(services.bridge)
        self.apply_settings(settings)
        self._show_title()

    @property
    def settings(self) -> Settings:
        """As now in use."""
        return self._settings

    def action(self, text: str) -> QAction:
        """The menu entry with that text, the & included."""
        return self._actions[text]

    def start(self) -> None:
        """Look for a draft, and let the typing begin."""
        self.editor.viewport().installEventFilter(self)
        self.keeper.start()
        self.editor.setFocus()

    def apply_settings(self, settings: Settings) -> None:
        """Put settings into effect."""
        self._settings = settings
        self._dress()
        self.input_context.set_options(session_options(settings))
        self.document.set_private(private=settings.typing.private)
        self._actions[PRIVATE].setChecked(settings.typing.private)
        if self.settings_dialog is not None:
            self.settings_dialog.show_settings(settings)
        self._paint()

    def change_settings(self, settings: Settings) -> None:
        """Put settings into effect, and have them saved."""
        if settings != self._settings:
            self.apply_settings(settings)
            self._services.settings_changed(settings)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice the first paint."""
        if event.type() == QEvent.Type.Paint:
            self.editor.viewport().removeEventFilter(self)
            QTimer.singleShot(0, self.painted_once.emit)
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Go only if no text is lost by it, and behind keys that wait unless asked twice."""
        if self.host.waiting and not self._closing:
            self._closing = True
            event.ignore()
            self.host.when_settled(self.close)
            return
        self._closing = False
        if not self.document.close():
            event.ignore()
            return
        self.panel.hide()
        self.keeper.close()
        event.accept()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Take the panel along."""
        super().moveEvent(event)
        self._place_panel()

    def changeEvent(self, event: QEvent) -> None:
        """Hide the panel with the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized():
            self.panel.hide()

    # --- building ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.editor, 1)
        column.addWidget(self.notices)
        column.addWidget(self.status)
        self.setCentralWidget(middle)
        self.setMinimumSize(420, 280)
        self.resize(860, 560)

    def _menus(self) -> Sequence[menus.Menu]:
        settings = (
            menus.Entry("&Settings…", self.open_settings, "Ctrl+,"),
            menus.Entry("&Personalize…", self.open_personalize),
            menus.SEPARATOR,
            menus.Entry(PRIVATE, self._toggle_private, checkable=True),
        )
        about = (
            menus.Entry("&Keys", self._open_keys, "F1"),
            menus.Entry("&About Moyin", self._open_about),
        )
        return (
            ("&File", self._file_menu()),
            ("&Edit", self._edit_menu()),
            ("&Settings", settings),
            ("&Help", about),
        )

    def _file_menu(self) -> Sequence[menus.Entry | None]:
        document = self.document
        return (
            menus.Entry("&New", document.new, "Ctrl+N"),
            menus.Entry("&Open…", document.open, "Ctrl+O"),
            menus.Entry("&Save", document.save, "Ctrl+S"),
            menus.Entry("Save &As…", document.save_as, "Ctrl+Shift+S"),
            menus.SEPARATOR,
            menus.Entry("&Copy All", self._copy_all, "Ctrl+Shift+C"),
            menus.SEPARATOR,
            menus.Entry("&Quit", self.close, "Ctrl+Q"),
        )

    def _edit_menu(self) -> Sequence[menus.Entry | None]:
        editor = self.editor
        return (
            menus.Entry("&Undo", editor.undo, "Ctrl+Z"),
            menus.Entry("&Redo", editor.redo, "Ctrl+Shift+Z"),
            menus.SEPARATOR,
            menus.Entry("Cu&t", editor.cut, "Ctrl+X"),
            menus.Entry("&Copy", editor.copy, "Ctrl+C"),
            menus.Entry("&Paste", editor.paste, "Ctrl+V"),
            menus.Entry("Select &All", editor.selectAll, "Ctrl+A"),
        )

    def _connect(self) -> None:
        self.host.changed.connect(self._paint)
        self.host.changed.connect(self._keep_toggles)
        learning = self._services.learning
        if learning is not None:
            self.host.changed.connect(learning.typing)
            rest_timer(learning.rest, self)
            queued = Qt.ConnectionType.QueuedConnection
            learning.bridge.resting.connect(self.status.show_learning, queued)
        self.host.committed.connect(self.document.note_commit)
        self.editor.moved.connect(self._place_panel)
        self.panel.picked.connect(self.input_context.pick)
        self.panel.turned.connect(self.input_context.turn)
        self.panel.pin_asked.connect(self.input_context.pin)
        self.panel.forget_asked.connect(self.input_context.forget)
        self.panel.erase_asked.connect(self._erase)
        self.host.marked.connect(lambda mark: self.status.say(said_of(mark)))
        self.host.refused.connect(self.status.say)
        self.host.given_up.connect(lambda: self.notices.add(NO_ANSWER))
        self.status.mode_clicked.connect(self.input_context.toggle_mode)
        self.status.width_clicked.connect(self.input_context.toggle_width)
        self.status.punctuation_clicked.connect(self.input_context.toggle_punctuation)
        self.status.private_clicked.connect(self._toggle_private)
        self.status.learning_clicked.connect(self.open_personalize)
        self.keeper.failed.connect(self.notices.add)
        self.document.inexact.connect(self.notices.add)
        self.document.renamed.connect(self._show_title)
        self.document.restored.connect(lambda: self.status.say("Your unsaved text is back."))
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system)

    def _connect_bridge(self, bridge: Bridge) -> None:
        queued = Qt.ConnectionType.QueuedConnection
        bridge.list_arrived.connect(self.host.list_arrived, queued)
        bridge.converter_opened.connect(self._converter_opened, queued)
        bridge.converter_failed.connect(self._converter_failed, queued)
        bridge.noticed.connect(self.notices.add, queued)
        bridge.counted.connect(self._show_count, queued)

    # --- painting ------------------------------------------------------------------------

    def _dress(self) -> None:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise BugError("the window was made before the application")
        window = self._settings.window
        worn = theme.apply(app, window.theme)
        font = theme.text_font(window.font_size)
        self.editor.setFont(font)
        self.editor.dress(worn)
        self.panel.dress(worn, font, vertical=window.orientation == "vertical")
        self._paint()

    def _keep_toggles(self) -> None:
        """What a badge or a key turned is a setting: it holds at the next start, too."""
        options = self.input_context.state.options
        typing = msgspec.structs.replace(
            self._settings.typing,
            chinese_punctuation=options.chinese_punctuation,
            full_width=options.full_width,
        )
        self.change_settings(msgspec.structs.replace(self._settings, typing=typing))

    def _follow_system(self) -> None:
        if self._settings.window.theme == "system":
            self._dress()

    def _paint(self) -> None:
        """Show the state of the input context."""
        state = self.input_context.state
        self.status.show_state(state)
        self.status.show_busy(CONVERTING if self.host.busy else "")
        english = state.mode is Mode.ENGLISH and not state.composing
        self.editor.take_system_input(allowed=english)
        if state.page is not None and state.page.items:
            self.panel.show_page(state.page)
            self._place_panel(show=True)
        elif state.composing and not self.input_context.ready:
            self.panel.show_message(LOADING)
            self._place_panel(show=True)
        else:
            self.panel.hide()

    def _place_panel(self, *, show: bool = False) -> None:
        if show or self.panel.isVisible():
            self.panel.place_at(self.editor.preedit_line())

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self.document.name}[*] — 墨音 Moyin")
        self.setWindowModified(self.document.modified)

    # --- what others report --------------------------------------------------------------

    def _converter_opened(self, converter: object, better_follows: bool) -> None:
        text, self._explanation = self._services.describe(converter)
        following = " · loading the model…" if better_follows else ""
        self.status.show_engine(text + following, self._explanation)
        self.input_context.decoder_ready()

    def _converter_failed(self, message: str) -> None:
        self.notices.add(message)
        if not self.input_context.ready:
            self._explanation = message
            self.status.show_engine("No converter", message)
            self.input_context.decoder_ready()

    def _show_count(self, selections: int) -> None:
        if self.personalize_dialog is not None:
            self.personalize_dialog.show_count(selections)

    # --- menus ---------------------------------------------------------------------------

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self.editor.text())
        self.status.say("All of the text is on the clipboard.")

    def open_settings(self) -> None:
        """Show the settings dialog; changes take effect while it is open."""
        self.host.leave()
        if self.settings_dialog is None:
            self.settings_dialog = SettingsDialog(self, self._settings)
            self.settings_dialog.changed.connect(self.change_settings)
        self.settings_dialog.show_settings(self._settings)
        self.settings_dialog.open()

    def open_personalize(self) -> None:
        """Show what there is to learn from, and what was learned."""
        self.host.leave()
        if self.personalize_dialog is None:
            self.personalize_dialog = PersonalizeDialog(self, self._services.learning)
        self._services.journal.count(self._services.bridge.count)
        self.personalize_dialog.refresh()
        self.status.note_report_seen()
        # Not modal: learning takes a minute, in which the user goes on typing.
        self.personalize_dialog.show()
        self.personalize_dialog.raise_()

    def _erase(self, word: str) -> None:
        self.open_personalize()
        if self.personalize_dialog is not None:
            self.personalize_dialog.ask_to_forget(word)

    def _open_keys(self) -> None:
        keys_dialog(self).open()

    def _open_about(self) -> None:
        services = self._services
        folder = str(services.folders.data)
        about_dialog(self, services.version, self._explanation or LOADING, folder).open()

    def _toggle_private(self) -> None:
        typing = self._settings.typing
        typing = msgspec.structs.replace(typing, private=not typing.private)
        self.change_settings(msgspec.structs.replace(self._settings, typing=typing))
