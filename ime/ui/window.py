"""The main window: menus, editor, candidate panel, notices and status line, joined up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import msgspec
from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QMoveEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from ime.backend.options import session_options
from ime.errors import BugError, Message
from ime.lexicon.importers.entries import is_hanzi
from ime.personalize.facade import News, Personalizer
from ime.personalize.idle import Sign
from ime.ports import Decoder, Journal
from ime.session.input_context import Predictor
from ime.session.keys import Key, KeyEvent
from ime.session.state import Mode
from ime.settings import Folders, Settings, WindowSettings, load
from ime.texts.catalogue import say
from ime.ui import menus, theme
from ime.ui.backup_dialog import BackupDialog
from ime.ui.bars import NoticeBar, StatusLine
from ime.ui.candidate_panel import CandidatePanel
from ime.ui.dialogs import about_dialog, keys_dialog
from ime.ui.document import Dialogs, Document, Questions
from ime.ui.draft_keeper import DraftKeeper
from ime.ui.editor import Editor
from ime.ui.editor_host import EditorHost
from ime.ui.field_host import FieldHost
from ime.ui.find_bar import FindBar
from ime.ui.key_map import KeyMap
from ime.ui.key_table import KeyTable
from ime.ui.language import Wording, speak
from ime.ui.personalize_dialog import PersonalizeDialog
from ime.ui.placing import fit
from ime.ui.settings_dialog import LARGEST, SMALLEST, SettingsDialog
from ime.ui.statistics_dialog import StatisticsDialog
from ime.ui.thread_bridge import Bridge, rest_timer
from ime.ui.tour import Tour
from ime.ui.why_popup import WhyPopup
from ime.ui.words_dialog import WordsDialog
from ime.ui.words_model import Asking
from ime.userdb import draft_format
from ime.values import Candidate, CandidateList, DecodeRequest, Mark, Shares


class Counter(Protocol):
    """What knows how many selections are logged."""

    def count(self, callback: Callable[[int], None]) -> None:
        """Call back, on any thread, with the number."""
        ...


class KeptJournal(Journal, Counter, Asking, Protocol):
    """A journal that can count, and be asked what it holds."""


class Adviser(Decoder, Predictor, Protocol):
    """A decoder that thinks of next words and repairs, and says what a score is made of."""

    def explain(self, request: DecodeRequest, item: Candidate) -> None:
        """Ask it of a candidate of a request's list; the bridge brings the answer."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """What the window works with; made and closed by whoever makes the window.

    Attributes:
        decoder: converts.
        journal: logs selections.
        bridge: brings what other threads report.
        folders: of the user.
        settings_changed: told of every change of the settings; must return at once.
        describe: state and details of an open converter.
        words_changed: told that the user's words are others; must return at once.
        version: of the program.
        learning: adapts the model to the user; None where there is none.
    """

    decoder: Adviser
    journal: KeptJournal
    bridge: Bridge
    folders: Folders
    settings_changed: Callable[[Settings], None]
    describe: Callable[[object], tuple[str | Message, str | Message]]
    words_changed: Callable[[], None]
    version: str
    learning: Personalizer | None = None


class MainWindow(QMainWindow):
    """One document and the input method that types into it.

    Signals:
        painted_once: the window is on the screen; slow work may begin.
    """

    painted_once = Signal()

    _worn: WindowSettings | None = None  # else each switch would style every widget anew

    # Made when they are first asked for.
    settings_dialog: SettingsDialog | None = None
    personalize_dialog: PersonalizeDialog | None = None
    words_dialog: WordsDialog | None = None
    backup_dialog: BackupDialog | None = None
    statistics_dialog: StatisticsDialog | None = None

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
        speak(_application(), settings.appearance.language)
        self._wording = Wording()
        self._details: str | Message = Message("window.loading")
        self.editor = Editor()
        self.panel, self.key_map = CandidatePanel(self), KeyMap()
        self.notices, self.find_bar = NoticeBar(), FindBar(self.editor)
        self.status, self.tour = StatusLine(), Tour()
        self.keeper = DraftKeeper(services.folders.data / draft_format.DRAFTS, self)
        decoder, options = services.decoder, session_options(settings)
        self.host = EditorHost(self.editor, decoder, services.journal, options, decoder)
        self.input_context = self.host.context
        self.fields = FieldHost(decoder, options, self)
        self._closing = False
        self.document = Document(
            self.editor, self.keeper, questions or Dialogs(self), self.host.leave_now
        )
        self._lay_out()
        self._actions = menus.fill(
            self.menuBar(), self._menus(), self.host.when_settled, self._wording
        )
        self._connect()
        self._connect_bridge(services.bridge)
        self.apply_settings(settings)
        self._show_title()

    @property
    def settings(self) -> Settings:
        """As now in use."""
        return self._settings

    def action(self, code: str) -> QAction:
        """The menu entry with the text of that code."""
        return self._actions[code]

    def start(self) -> None:
        """Look for a draft, and let the typing begin."""
        self.editor.viewport().installEventFilter(self)
        self.keeper.start()
        self.editor.setFocus()

    def apply_settings(self, settings: Settings) -> None:
        """Put settings into effect."""
        before, self._settings = self._settings, settings
        if settings.appearance != before.appearance:
            speak(_application(), settings.appearance.language)
        if settings.window != self._worn:
            self._dress()
        self.status.show_scheme(settings.typing.scheme)
        self.input_context.set_options(session_options(settings))
        self.fields.set_options(session_options(settings))
        self.document.set_private(private=settings.typing.private)
        for complaint in menus.set_keys(self._actions, self._menus(), settings.keys.own):
            self.notices.add(complaint)
        self._actions["menu.private"].setChecked(settings.typing.private)
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
        if self.words_dialog is not None:
            self.words_dialog.stop()
        if self.backup_dialog is not None:
            self.backup_dialog.close_thread()
        if self.statistics_dialog is not None:
            self.statistics_dialog.reject()
        self.keeper.close()
        event.accept()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Take the panel along."""
        super().moveEvent(event)
        self._place_panel()

    def changeEvent(self, event: QEvent) -> None:
        """Hide the panel with the window; say everything again in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._wording.say_again()
            self._show_title()
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized():
            self.panel.hide()

    # --- building ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.why = WhyPopup(self)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tour)
        column.addWidget(self.editor, 1)
        column.addWidget(self.find_bar)
        column.addWidget(self.key_map)
        column.addWidget(self.notices)
        column.addWidget(self.status)
        self.setCentralWidget(middle)
        self.setMinimumSize(420, 280)
        fit(self, QSize(860, 560))

    def _menus(self) -> Sequence[menus.Menu]:
        settings = (
            menus.Entry("menu.settings", self.open_settings, "Ctrl+,"),
            menus.Entry("menu.words", self.open_words),
            menus.Entry("menu.personalize", self.open_personalize),
            menus.Entry("menu.statistics", self.open_statistics),
            menus.Entry("menu.backup", self.open_backup),
            menus.SEPARATOR,
            menus.Entry("menu.larger", lambda: self._zoom(1), "Ctrl++", also="Ctrl+="),
            menus.Entry("menu.smaller", lambda: self._zoom(-1), "Ctrl+-"),
            menus.SEPARATOR,
            menus.Entry("menu.private", self._toggle_private, checkable=True),
        )
        about = (
            menus.Entry("menu.keys", self._open_keys, "F1"),
            menus.Entry("menu.tour", self.tour.begin),
            menus.Entry("menu.about", self._open_about),
        )
        return (
            ("menu.file", self._file_menu()),
            ("menu.edit", self._edit_menu()),
            ("menu.options", settings),
            ("menu.help", about),
        )

    def _file_menu(self) -> Sequence[menus.Entry | None]:
        document = self.document
        return (
            menus.Entry("menu.new", document.new, "Ctrl+N"),
            menus.Entry("menu.open", document.open, "Ctrl+O"),
            menus.Entry("menu.save", document.save, "Ctrl+S"),
            menus.Entry("menu.save_as", document.save_as, "Ctrl+Shift+S"),
            menus.SEPARATOR,
            menus.Entry("menu.copy_all", self._copy_all, "Ctrl+Shift+C"),
            menus.SEPARATOR,
            menus.Entry("menu.quit", self.close, "Ctrl+Q"),
        )

    def _edit_menu(self) -> Sequence[menus.Entry | None]:
        editor, find = self.editor, self.find_bar
        return (
            menus.Entry("menu.undo", editor.undo, "Ctrl+Z"),
            menus.Entry("menu.redo", editor.redo, "Ctrl+Shift+Z", also="Ctrl+Y"),
            menus.SEPARATOR,
            menus.Entry("menu.cut", editor.cut, "Ctrl+X"),
            menus.Entry("menu.copy", editor.copy, "Ctrl+C"),
            menus.Entry("menu.paste", editor.paste, "Ctrl+V"),
            menus.Entry("menu.select_all", editor.selectAll, "Ctrl+A"),
            menus.SEPARATOR,
            menus.Entry("menu.find", lambda: find.open(replacing=False), "Ctrl+F"),
            menus.Entry("menu.find_next", find.find_next, "F3"),
            menus.Entry("menu.find_back", find.find_back, "Shift+F3"),
            menus.Entry("menu.replace", lambda: find.open(replacing=True), "Ctrl+H"),
            menus.Entry("menu.repair", self.input_context.repair, "Ctrl+Shift+R"),
        )

    def _connect(self) -> None:
        self.host.changed.connect(self._paint)
        self.host.changed.connect(self._keep_toggles)
        learning = self._services.learning
        if learning is not None:
            self.host.changed.connect(learning.typing)
            rest_timer(learning.rest, self)
        self.host.committed.connect(self.document.note_commit)
        self.editor.moved.connect(self._place_panel)
        self.panel.picked.connect(self.input_context.pick)
        self.panel.turned.connect(self.input_context.turn)
        self.panel.pin_asked.connect(self.input_context.pin)
        self.panel.forget_asked.connect(self.input_context.forget)
        self.panel.erase_asked.connect(self._erase)
        self.panel.why_asked.connect(self._ask_why)
        self.host.changed.connect(self.why.hide)
        self.host.marked.connect(lambda mark: self.status.say(said_of(mark)))
        self.host.refused.connect(lambda why: self.status.say(say(f"window.refused.{why}")))
        self.host.given_up.connect(lambda: self.notices.add(Message("window.no_answer")))
        self.status.mode_clicked.connect(self.input_context.toggle_mode)
        self.status.width_clicked.connect(self.input_context.toggle_width)
        self.status.script_clicked.connect(self.input_context.toggle_traditional)
        self.status.punctuation_clicked.connect(self.input_context.toggle_punctuation)
        self.status.private_clicked.connect(self._toggle_private)
        self.status.scheme_clicked.connect(self.open_settings)
        self.status.learning_clicked.connect(self.open_personalize)
        self.tour.personalize_asked.connect(self._open_documents)
        self.tour.left.connect(self.editor.setFocus)
        self.keeper.failed.connect(self.notices.add)
        self.keeper.waiting.connect(self.notices.add)
        self.document.inexact.connect(self.notices.add)
        self.document.renamed.connect(self._show_title)
        self.document.restored.connect(lambda: self.status.say(say("window.restored")))
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system)

    def _connect_bridge(self, bridge: Bridge) -> None:
        queued = Qt.ConnectionType.QueuedConnection
        bridge.list_arrived.connect(self._list_arrived, queued)
        bridge.offers_arrived.connect(self.input_context.offers_arrived, queued)
        bridge.repairs_arrived.connect(self.input_context.repairs_arrived, queued)
        bridge.shares_arrived.connect(self._show_why, queued)
        bridge.converter_opened.connect(self._converter_opened, queued)
        bridge.converter_failed.connect(self._converter_failed, queued)
        bridge.noticed.connect(self.notices.add, queued)
        bridge.counted.connect(self._show_count, queued)
        bridge.learning_told.connect(self._hear, queued)

    # --- painting ------------------------------------------------------------------------

    def _dress(self) -> None:
        window = self._worn = self._settings.window
        worn, told = theme.apply(_application(), window.theme, self._services.folders.themes)
        for notice in told:
            self.notices.add(notice)
        font = theme.text_font(window.font_size, window.text_font)
        self.editor.dress(worn, font)
        self.why.dress(worn, font)
        family = window.candidate_font or window.text_font
        font = theme.text_font(window.candidate_size or window.font_size, family)
        vertical = window.orientation == "vertical"
        marks = {"source_marks": window.source_marks, "doubts": window.doubts}
        self.panel.dress(worn, font, vertical=vertical, **marks)
        self.fields.dress(worn, font, vertical=vertical)
        self.key_map.dress(worn)
        self._paint()

    def _keep_toggles(self) -> None:
        """What a badge or a key turned is a setting: it holds at the next start, too."""
        options = self.input_context.state.options
        typing = msgspec.structs.replace(
            self._settings.typing,
            chinese_punctuation=options.chinese_punctuation,
            full_width=options.full_width,
            traditional=options.traditional,
        )
        self.change_settings(msgspec.structs.replace(self._settings, typing=typing))

    def _follow_system(self) -> None:
        if self._settings.window.theme == "system":
            self._dress()

    def _paint(self) -> None:
        """Show the state of the input context."""
        state = self.input_context.state
        self.status.show_state(state)
        self.key_map.show_state(state, wanted=self._settings.window.key_map)
        self.status.show_busy(busy=self.host.busy)
        english = state.mode is Mode.ENGLISH and not state.composing
        self.editor.take_system_input(allowed=english)
        if state.page is not None and state.page.items:
            self.panel.show_page(state.page)
            self._place_panel(show=True)
        elif state.composing and not self.input_context.ready:
            self.panel.show_message(say("window.loading"))
            self._place_panel(show=True)
        else:
            self.panel.hide()

    def _place_panel(self, *, show: bool = False) -> None:
        if show or self.panel.isVisible():
            self.panel.place_at(self.editor.preedit_line())

    def _show_title(self) -> None:
        self.setWindowTitle(say("window.title", name=self.document.name))
        self.setWindowModified(self.document.modified)

    # --- what others report --------------------------------------------------------------

    def _list_arrived(self, answer: CandidateList) -> None:
        if not self.fields.list_arrived(answer):
            self.host.list_arrived(answer)

    def _converter_opened(self, converter: object, better_follows: bool) -> None:
        state, self._details = self._services.describe(converter)
        self.status.show_engine(
            Message("engine.following") if better_follows else state, self._details
        )
        self.input_context.decoder_ready()
        self.fields.context.decoder_ready()

    def _converter_failed(self, message: str | Message) -> None:
        self.notices.add(message)
        if not self.input_context.ready:
            self._details = message
            self.status.show_engine(Message("engine.none"), message)
            self.input_context.decoder_ready()
            self.fields.context.decoder_ready()

    def _show_count(self, selections: int) -> None:
        if self.personalize_dialog is not None:
            self.personalize_dialog.show_count(selections)

    def _hear(self, news: News) -> None:
        """Show what is told of learning."""
        if isinstance(news, Sign):
            self.status.show_learning(news)
        if self.personalize_dialog is not None:
            self.personalize_dialog.hear(news)

    # --- menus ---------------------------------------------------------------------------

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self.editor.text())
        self.status.say(say("window.copied"))

    def open_settings(self) -> None:
        """Show the settings dialog; changes take effect while it is open."""
        self.host.leave()
        if self.settings_dialog is None:
            shortcuts = menus.shipped_keys(self._menus())
            themes = self._services.folders.themes
            self.settings_dialog = SettingsDialog(self, self._settings, themes, shortcuts)
            self.settings_dialog.changed.connect(self.change_settings)
        self.settings_dialog.show_settings(self._settings)
        self.settings_dialog.open()

    def open_words(self) -> None:
        """Show the user's own words; typing goes on beside them."""
        self.host.leave()
        if self.words_dialog is None:
            services = self._services
            self.words_dialog = WordsDialog(
                self,
                services.journal,
                services.words_changed,
                self._set_mark,
                services.folders.phrases_file,
                self.document.folder,
            )
        selected = self.editor.textCursor().selectedText()
        self.words_dialog.refresh(selected if is_hanzi(selected) else "")
        self.words_dialog.show()
        self.words_dialog.raise_()

    def _set_mark(self, mark: Mark) -> Message | None:
        """Let a mark hold that was set by hand; returns why it may not."""
        if self._settings.typing.private:
            return Message("window.refused.private")
        self._services.decoder.mark(mark)
        self._services.journal.mark(mark)
        return None

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

    def open_statistics(self) -> None:
        """Show the typing in numbers; typing goes on beside it."""
        self.host.leave()
        if self.statistics_dialog is None:
            services = self._services
            self.statistics_dialog = StatisticsDialog(
                self, services.journal, services.folders.database, lambda: self._settings
            )
        self.statistics_dialog.refresh()
        self.statistics_dialog.show()
        self.statistics_dialog.raise_()

    def open_backup(self) -> None:
        """Show what backs up and restores; typing goes on beside it."""
        self.host.leave()
        if self.backup_dialog is None:
            services, learning = self._services, self._services.learning
            self.backup_dialog = BackupDialog(
                self,
                services.folders,
                lambda: learning is not None and learning.working,
                self.document.folder,
            )
            self.backup_dialog.restored.connect(self._take_up_restored)
        self.backup_dialog.show()
        self.backup_dialog.raise_()

    def _take_up_restored(self) -> None:
        """Another state is in the user's folders."""
        self.change_settings(load(self._services.folders.settings_file).settings)
        self._services.words_changed()
        if self.words_dialog is not None:
            self.words_dialog.refresh()

    def begin_tour(self) -> None:
        """Show the tour. Once it is left, settings are saved: the next start is no first."""
        self.tour.left.connect(lambda: self._services.settings_changed(self._settings))
        self.tour.begin()

    def _open_documents(self) -> None:
        self.open_personalize()
        if self.personalize_dialog is not None:
            self.personalize_dialog.show_documents()

    def _erase(self, word: str) -> None:
        """Forget a candidate for good; letters that were typed for it alone go, too."""
        composition = self.input_context.state.composition
        whole = [
            item
            for item in self.panel.page.items
            if item.text == word and item.end == len(composition.raw)
        ]
        if whole and not composition.fixed:
            self.input_context.process_key(KeyEvent(Key.ESCAPE))
        self.open_personalize()
        if self.personalize_dialog is not None:
            self.personalize_dialog.ask_to_forget(word)

    def _ask_why(self, index: int) -> None:
        """Ask what the score of a painted candidate is made of."""
        state = self.input_context.state
        if state.candidates is not None and index < len(self.panel.page.items):
            request = replace(state.request, raw=state.candidates.raw)
            self._services.decoder.explain(request, self.panel.page.items[index])

    def _show_why(self, item: Candidate, shares: Shares | None) -> None:
        """Show it, if the candidate is still painted."""
        if self.panel.isVisible() and item in self.panel.page.items:
            self.why.show_shares(item, shares, self.panel.geometry())

    def _open_keys(self) -> None:
        table = KeyTable(self._settings, menus.shipped_keys(self._menus()))
        keys_dialog(self, table).open()

    def _open_about(self) -> None:
        services = self._services
        folder = str(services.folders.data)
        about_dialog(self, services.version, self._details, folder).open()

    def _zoom(self, points: int) -> None:
        window = self._settings.window
        size = min(max(window.font_size + points, SMALLEST), LARGEST)
        window = msgspec.structs.replace(window, font_size=size)
        self.change_settings(msgspec.structs.replace(self._settings, window=window))

    def _toggle_private(self) -> None:
        typing = self._settings.typing
        typing = msgspec.structs.replace(typing, private=not typing.private)
        self.change_settings(msgspec.structs.replace(self._settings, typing=typing))
        self.status.say(say("status.private_on" if typing.private else "status.private_off"))


def said_of(mark: Mark) -> str:
    """What the status line says of a mark that was just set."""
    return say(f"mark.{mark.kind.value}", text=mark.text, reading=" ".join(mark.syllables))


def _application() -> QApplication:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise BugError("the window was made before the application")
    return app
