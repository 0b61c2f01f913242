"""The settings dialog; every change takes effect at once and is reported as new settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import get_args

import msgspec
from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QFont
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFontDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ime.decode.devices import found_devices
from ime.pinyin.custom_scheme import chosen_scheme
from ime.settings import (
    SCHEMES,
    THEMES,
    Device,
    FuzzySettings,
    Language,
    ModeKey,
    Orientation,
    Settings,
    Tier,
)
from ime.texts.catalogue import say, told
from ime.ui.controls import Segments, Stepper, Switch
from ime.ui.keys_page import KeysPage
from ime.ui.placing import fit
from ime.ui.theme import text_font
from ime.ui.theme_file import copy_theme, own_themes

TYPING = (
    "correction",
    "fixed_order",
    "symbols",
    "large_set",
    "literal_addresses",
    "numerals",
    "number_marks",
    "chinese_punctuation",
    "full_width",
    "next_words",
    "traditional",
    "private",
)
WINDOW = ("source_marks", "doubts", "key_map")
KEYS = (
    "comma_period_page",
    "bracket_char",
    "semicolon_select",
    "apostrophe_select",
    "keypad_select",
)
SMALLEST, LARGEST = 8, 48  # points of text
PAGES = ("window", "typing", "keys", "fuzzy", "model", "personalize")


@dataclass(frozen=True, slots=True)
class _Row:
    """One setting in the dialog.

    Attributes:
        page: number of its page.
        path: of the setting, for instance "window.theme".
        words: by which it is found.
        show: shows or hides it.
    """

    page: int
    path: str
    words: str
    show: Callable[[bool], object]


class SettingsDialog(QDialog):
    """Shows every setting, finds them by what is written there, and reports each change.

    Signals:
        changed: the new `Settings`.
    """

    changed = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        settings: Settings,
        themes: Path,
        shortcuts: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> None:
        """Show the settings.

        Args:
            parent: window that it belongs to.
            settings: as they are.
            themes: folder of the user's own themes.
            shortcuts: keys that the entries of its menus come with, by code.
        """
        super().__init__(parent)
        self._settings = settings
        self._themes = themes
        self._shortcuts = shortcuts
        self._fonts: dict[str, QPushButton] = {}
        self.keys_page: KeysPage | None = None
        self._switches: dict[str, Switch] = {}
        self._segments: dict[str, Segments] = {}
        self._steppers: dict[str, Stepper] = {}
        self._rows: list[_Row] = []
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.restore_button = QPushButton()
        self.restore_button.setAutoDefault(False)
        self.restore_button.clicked.connect(self._restore)
        self.scheme_button = QPushButton()
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._lay_out()
        self._fill()
        fit(self, QSize(720, 640))

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        end = QHBoxLayout()
        end.addWidget(self.restore_button)
        end.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 18)
        column.setSpacing(10)
        column.addWidget(self.search)
        column.addWidget(self._tabs)
        column.addLayout(end)

    def changeEvent(self, event: QEvent) -> None:
        """Build the pages anew in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            page = self._tabs.currentIndex()
            self._fill()
            self._tabs.setCurrentIndex(page)

    def _fill(self) -> None:
        self.setWindowTitle(say("settings.title"))
        self.search.setPlaceholderText(say("settings.search"))
        self.search.setAccessibleName(say("settings.search"))
        self.restore_button.setText(say("settings.restore"))
        while old := self._tabs.widget(0):
            self._tabs.removeTab(0)
            old.setParent(None)
            old.deleteLater()
        for parts in (self._switches, self._segments, self._steppers, self._fonts):
            parts.clear()
        self._rows.clear()
        makers = {
            "window": self._window_page,
            "typing": self._typing_page,
            "keys": self._keys_page,
            "fuzzy": self._fuzzy_page,
            "model": self._model_page,
            "personalize": self._personalize_page,
        }
        for name in PAGES:
            page = makers[name]()
            page.setObjectName("page")
            area = QScrollArea()
            area.setWidgetResizable(True)
            area.setFrameShape(QScrollArea.Shape.NoFrame)
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            area.setWidget(page)
            self._tabs.addTab(area, say(f"settings.page.{name}"))
        self.show_settings(self._settings)
        self._filter(self.search.text())

    def _filter(self, part: str) -> None:
        """Show the settings whose words hold `part`, and the pages that have some."""
        wanted = part.strip().lower()
        pages = set()
        for row in self._rows:
            found = wanted in row.words or wanted in row.path
            row.show(found)
            if found:
                pages.add(row.page)
        for page in range(self._tabs.count()):
            self._tabs.setTabVisible(page, page in pages)
        if pages and self._tabs.currentIndex() not in pages:
            self._tabs.setCurrentIndex(min(pages))

    def _restore(self) -> None:
        """Set what the page in front shows as it was at first."""
        settings, default = self._settings, Settings()
        for row in self._rows:
            if row.page == self._tabs.currentIndex():
                settings = _changed(settings, row.path, _read(default, row.path))
        self.show_settings(settings)
        self.changed.emit(settings)

    @property
    def settings(self) -> Settings:
        """What the dialog shows."""
        return self._settings

    def switch(self, path: str) -> Switch:
        """The switch of a setting, for instance "fuzzy.z_zh"."""
        return self._switches[path]

    def segments(self, path: str) -> Segments:
        """The choice of a setting, for instance "window.theme"."""
        return self._segments[path]

    def stepper(self, path: str) -> Stepper:
        """The number of a setting, for instance "window.font_size"."""
        return self._steppers[path]

    def show_settings(self, settings: Settings) -> None:
        """Show settings that were changed elsewhere; reports nothing."""
        self._settings = settings
        if any(not one.offers(_read(settings, path)) for path, one in self._segments.items()):
            self._fill()  # a file of the user's own, chosen elsewhere: the choice has one more
            return
        for path, switch in self._switches.items():
            with QSignalBlocker(switch):
                switch.setChecked(bool(_read(settings, path)))
        for path, segments in self._segments.items():
            segments.show_value(_read(settings, path))
        self.devices.setText(_said_of_devices(found_devices()))
        for path, button in self._fonts.items():
            button.setText(str(_read(settings, path)) or say("settings.default_font"))
        for path, stepper in self._steppers.items():
            stepper.show_value(int(str(_read(settings, path))))
        if self.keys_page is not None:
            self.keys_page.show_settings(settings)

    def _window_page(self) -> QWidget:
        page, form = _form()
        languages = [(one, say(f"language.{one}")) for one in get_args(Language)]
        orientations = [
            (one, say(f"settings.orientation.{one}")) for one in get_args(Orientation)
        ]
        sizes = [(size, str(size)) for size in range(3, 10)]
        for path, choices in (
            ("appearance.language", languages),
            ("window.page_size", sizes),
            ("window.orientation", orientations),
        ):
            name = path.partition(".")[2]
            self._add_segments(form, say(f"settings.window.{name}"), path, choices)
        self._add_themes(form)
        self._add_font(form, "window.text_font")
        self._add_stepper(form, say("settings.window.font_size"), "window.font_size", 8, 48)
        self._add_font(form, "window.candidate_font")
        label = say("settings.window.candidate_size")
        self._add_stepper(form, label, "window.candidate_size", 0, 48)
        for name in WINDOW:
            self._add_switch(form, f"window.{name}", say(f"settings.window.{name}"))
        return page

    def _add_themes(self, form: QFormLayout) -> None:
        """The shipped themes, the user's, and a button that leads to their folder."""
        themes = [(one, say(f"settings.theme.{one}")) for one in THEMES]
        own = own_themes(self._themes)
        if (chosen := self._settings.window.theme) not in (*THEMES, *own):
            own = (*own, chosen)
        themes += [(name, name) for name in own]
        self._add_segments(form, say("settings.window.theme"), "window.theme", themes)
        self.themes_button = QPushButton(say("settings.own_theme"))
        self.themes_button.setAutoDefault(False)
        self.themes_button.clicked.connect(self._make_theme)
        form.addRow("", _at_left(self.themes_button))

    def _make_theme(self) -> None:
        """Copy the theme that is worn to a file of the user's, and show it to be changed."""
        try:
            path = copy_theme(self._settings.window.theme, self._themes)
        except OSError as exc:
            why = exc.strerror or str(exc)
            QMessageBox.warning(
                self,
                say("settings.title"),
                say("fault.unwritable", path=str(self._themes), why=why),
            )
            return
        self._settings = _changed(self._settings, "window.theme", path.stem)
        self._fill()  # the choice has one more
        self.changed.emit(self._settings)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _add_font(self, form: QFormLayout, path: str) -> None:
        name = path.partition(".")[2]
        label = say(f"settings.window.{name}")
        button = self._fonts[path] = QPushButton()
        button.setAutoDefault(False)
        button.clicked.connect(partial(self._ask_for_font, path))
        form.addRow(label, _at_left(button))
        self._note_row(path, label, partial(form.setRowVisible, form.rowCount() - 1))

    def font_button(self, path: str) -> QPushButton:
        """The button of a font, for instance "window.text_font"."""
        return self._fonts[path]

    def _ask_for_font(self, path: str) -> None:
        of_text = path == "window.text_font"
        size_path = "window.font_size" if of_text else "window.candidate_size"
        size = _read(self._settings, size_path) or self._settings.window.font_size
        font = text_font(int(str(size)), str(_read(self._settings, path)))
        dialog = QFontDialog(font, self)
        dialog.setOption(QFontDialog.FontDialogOption.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fontSelected.connect(lambda font: self.take_font(path, size_path, font))
        dialog.open()

    def take_font(self, path: str, size_path: str, font: QFont) -> None:
        """Use a font: its family and its size."""
        settings = _changed(self._settings, path, font.families()[0])
        size = min(max(font.pointSize(), SMALLEST), LARGEST)
        self._take(_changed(settings, size_path, size))

    def _typing_page(self) -> QWidget:
        page, form = _form()
        own = self._settings.typing.scheme
        schemes = [(one, say(f"settings.scheme.{one}")) for one in ("full", *SCHEMES)]
        if own not in ("full", *SCHEMES):
            schemes.append((own, say("settings.scheme.own")))
        self._add_segments(form, say("settings.typing.scheme"), "typing.scheme", schemes)
        self.scheme_button = QPushButton(say("settings.scheme_file"))
        self.scheme_button.setAutoDefault(False)
        self.scheme_button.clicked.connect(self._ask_for_scheme)
        form.addRow("", _at_left(self.scheme_button))
        for name in TYPING:
            self._add_switch(form, f"typing.{name}", say(f"settings.typing.{name}"))
        return page

    def _keys_page(self) -> QWidget:
        page, form = _form()
        modes = [(one, say(f"settings.mode_key.{one}")) for one in get_args(ModeKey)]
        self._add_segments(form, say("settings.mode_key.label"), "keys.mode_key", modes)
        for name in KEYS:
            self._add_switch(form, f"keys.{name}", say(f"settings.keys.{name}"))
        table = self.keys_page = KeysPage(self._settings, self._shortcuts)
        table.changed.connect(self._take)
        form.addRow(table)
        for name in table.names:
            self._note_row("keys.own", table.words(name), partial(table.show_row, name))
        return page

    def _take(self, settings: Settings) -> None:
        """Use settings that a page has made."""
        self.show_settings(settings)
        self.changed.emit(settings)

    def _ask_for_scheme(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, say("settings.scheme_file"), "", say("settings.scheme_filter")
        )
        if path:
            self.take_scheme(path)

    def take_scheme(self, path: str) -> None:
        """Use a scheme file, if it is sound; else say what is wrong with it."""
        complaint = chosen_scheme(path)[1]
        if complaint:
            QMessageBox.warning(self, say("settings.title"), told(complaint))
            return
        self._settings = _changed(self._settings, "typing.scheme", path)
        self._fill()  # the choice has one more
        self.changed.emit(self._settings)

    def _fuzzy_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(4, 20, 4, 12)
        column.setSpacing(18)
        column.addWidget(_heading(say("settings.fuzzy.heading")))
        grid = QGridLayout()
        grid.setVerticalSpacing(14)
        for place, name in enumerate(FuzzySettings.__struct_fields__):
            first, _, second = name.partition("_")
            switch = self._switch(f"fuzzy.{name}", f"{first}  =  {second}")
            switch.setToolTip(say("settings.fuzzy.tip", first=first, second=second))
            grid.addWidget(switch, place // 3, place % 3)
            self._note_row(f"fuzzy.{name}", switch.toolTip(), switch.setVisible)
        column.addLayout(grid)
        column.addStretch(1)
        return page

    def _model_page(self) -> QWidget:
        page, form = _form()
        tiers = [(one, say(f"settings.tier.{one}")) for one in get_args(Tier)]
        devices = [(one, say(f"settings.device.{one}")) for one in get_args(Device)]
        self._add_segments(form, say("settings.model.tier"), "model.tier", tiers)
        self._add_segments(form, say("settings.model.device"), "model.device", devices)
        self.devices = _heading("")
        form.addRow("", self.devices)
        for name, most in (("threads", 64), ("beam", 32)):
            label = say(f"settings.model.{name}")
            self._add_stepper(form, label, f"model.{name}", 0, most)
        form.addRow(_heading(say("settings.model.about")))
        return page

    def _personalize_page(self) -> QWidget:
        page, form = _form()
        self._add_switch(form, "personalize.idle", say("settings.personalize.idle"))
        for name, least, most, step in (
            ("idle_minutes", 1, 120, 1),
            ("idle_choices", 50, 5000, 50),
        ):
            label = say(f"settings.personalize.{name}")
            self._add_stepper(form, label, f"personalize.{name}", least, most, step)
        form.addRow(_heading(say("settings.personalize.about")))
        return page

    def _switch(self, path: str, text: str) -> Switch:
        switch = self._switches[path] = Switch(text)
        switch.toggled.connect(partial(self._change, path))
        return switch

    def _add_switch(self, form: QFormLayout, path: str, text: str) -> None:
        form.addRow(self._switch(path, text))
        self._note_row(path, text, partial(form.setRowVisible, form.rowCount() - 1))

    def _note_row(self, path: str, words: str, show: Callable[[bool], object]) -> None:
        self._rows.append(_Row(self._tabs.count(), path, words.lower(), show))

    def _add_segments(
        self,
        form: QFormLayout,
        label: str,
        path: str,
        choices: Sequence[tuple[object, str]],
    ) -> None:
        segments = self._segments[path] = Segments(label, choices)
        segments.changed.connect(partial(self._change, path))
        form.addRow(label, _at_left(segments))
        words = " ".join([label, *(text for _, text in choices)])
        self._note_row(path, words, partial(form.setRowVisible, form.rowCount() - 1))

    def _add_stepper(
        self, form: QFormLayout, label: str, path: str, least: int, most: int, step: int = 1
    ) -> None:
        stepper = self._steppers[path] = Stepper(label, least, most, step)
        stepper.changed.connect(partial(self._change, path))
        form.addRow(label, _at_left(stepper))
        self._note_row(path, label, partial(form.setRowVisible, form.rowCount() - 1))

    def _change(self, path: str, value: object) -> None:
        self._settings = _changed(self._settings, path, value)
        if path.startswith(("keys.", "window.")) and self.keys_page is not None:
            self.keys_page.show_settings(self._settings)
        self.changed.emit(self._settings)


def _form() -> tuple[QWidget, QFormLayout]:
    page = QWidget()
    form = QFormLayout(page)
    form.setContentsMargins(4, 20, 4, 12)
    form.setVerticalSpacing(14)
    form.setHorizontalSpacing(28)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return page, form


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("quiet")
    return label


def _said_of_devices(found: Mapping[str, str] | None) -> str:
    """What the Transformer can run on here."""
    if found is None:
        return say("settings.devices_unknown")
    if "cuda" in found:
        return say("settings.devices_cuda", threads=found["cpu"], name=found["cuda"])
    if "mps" in found:
        return say("settings.devices_mps", threads=found["cpu"])
    return say("settings.devices_cpu", threads=found["cpu"])


def _at_left(widget: QWidget) -> QHBoxLayout:
    """A control that keeps its own width."""
    row = QHBoxLayout()
    row.addWidget(widget)
    row.addStretch(1)
    return row


def _changed(settings: Settings, path: str, value: object) -> Settings:
    section, name = path.split(".")
    part = msgspec.structs.replace(getattr(settings, section), **{name: value})
    return msgspec.structs.replace(settings, **{section: part})


def _read(settings: Settings, path: str) -> object:
    section, name = path.split(".")
    value: object = getattr(getattr(settings, section), name)
    return value
