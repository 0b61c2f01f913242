"""The settings dialog; every change takes effect at once and is reported as new settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import get_args

import msgspec
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ime.settings import SCHEMES, FuzzySettings, Language, Orientation, Settings, Theme
from ime.texts.catalogue import say
from ime.ui.controls import Segments, Stepper, Switch

TYPING = (
    "correction",
    "fixed_order",
    "symbols",
    "large_set",
    "literal_addresses",
    "numerals",
    "number_marks",
    "private",
)
KEYS = (
    "comma_period_page",
    "bracket_char",
    "semicolon_select",
    "apostrophe_select",
    "keypad_select",
)


class SettingsDialog(QDialog):
    """Shows settings and reports each change.

    Signals:
        changed: the new `Settings`.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None, settings: Settings) -> None:
        super().__init__(parent)
        self._settings = settings
        self._switches: dict[str, Switch] = {}
        self._segments: dict[str, Segments] = {}
        self._steppers: dict[str, Stepper] = {}
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 18)
        column.setSpacing(10)
        column.addWidget(self._tabs)
        column.addWidget(buttons)
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        """Build the pages anew in another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            page = self._tabs.currentIndex()
            self._fill()
            self._tabs.setCurrentIndex(page)

    def _fill(self) -> None:
        self.setWindowTitle(say("settings.title"))
        while old := self._tabs.widget(0):
            self._tabs.removeTab(0)
            old.setParent(None)
            old.deleteLater()
        for parts in (self._switches, self._segments, self._steppers):
            parts.clear()
        self._tabs.addTab(self._window_page(), say("settings.page.window"))
        self._tabs.addTab(self._typing_page(), say("settings.page.typing"))
        self._tabs.addTab(self._fuzzy_page(), say("settings.page.fuzzy"))
        self._tabs.addTab(self._personalize_page(), say("settings.page.personalize"))
        self.show_settings(self._settings)

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
        for path, switch in self._switches.items():
            with QSignalBlocker(switch):
                switch.setChecked(bool(_read(settings, path)))
        for path, segments in self._segments.items():
            segments.show_value(_read(settings, path))
        for path, stepper in self._steppers.items():
            stepper.show_value(int(str(_read(settings, path))))

    def _window_page(self) -> QWidget:
        page, form = _form()
        languages = [(one, say(f"language.{one}")) for one in get_args(Language)]
        orientations = [
            (one, say(f"settings.orientation.{one}")) for one in get_args(Orientation)
        ]
        themes = [(one, say(f"settings.theme.{one}")) for one in get_args(Theme)]
        sizes = [(size, str(size)) for size in range(3, 10)]
        for path, choices in (
            ("appearance.language", languages),
            ("window.page_size", sizes),
            ("window.orientation", orientations),
            ("window.theme", themes),
        ):
            name = path.partition(".")[2]
            self._add_segments(form, say(f"settings.window.{name}"), path, choices)
        self._add_stepper(form, say("settings.window.font_size"), "window.font_size", 8, 48)
        return page

    def _typing_page(self) -> QWidget:
        page, form = _form()
        own = self._settings.typing.scheme
        schemes = [(one, say(f"settings.scheme.{one}")) for one in ("full", *SCHEMES)]
        if own not in ("full", *SCHEMES):
            schemes.append((own, say("settings.scheme.own")))
        self._add_segments(form, say("settings.typing.scheme"), "typing.scheme", schemes)
        for name in TYPING:
            form.addRow(self._switch(f"typing.{name}", say(f"settings.typing.{name}")))
        form.addRow(_heading(say("settings.keys.heading")))
        for name in KEYS:
            form.addRow(self._switch(f"keys.{name}", say(f"settings.keys.{name}")))
        return page

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
        column.addLayout(grid)
        column.addStretch(1)
        return page

    def _personalize_page(self) -> QWidget:
        page, form = _form()
        form.addRow(self._switch("personalize.idle", say("settings.personalize.idle")))
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

    def _add_stepper(
        self, form: QFormLayout, label: str, path: str, least: int, most: int, step: int = 1
    ) -> None:
        stepper = self._steppers[path] = Stepper(label, least, most, step)
        stepper.changed.connect(partial(self._change, path))
        form.addRow(label, _at_left(stepper))

    def _change(self, path: str, value: object) -> None:
        section, name = path.split(".")
        part = msgspec.structs.replace(getattr(self._settings, section), **{name: value})
        self._settings = msgspec.structs.replace(self._settings, **{section: part})
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


def _at_left(widget: QWidget) -> QHBoxLayout:
    """A control that keeps its own width."""
    row = QHBoxLayout()
    row.addWidget(widget)
    row.addStretch(1)
    return row


def _read(settings: Settings, path: str) -> object:
    section, name = path.split(".")
    value: object = getattr(getattr(settings, section), name)
    return value
