"""The settings dialog; every change takes effect at once and is reported as new settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec
from PySide6.QtCore import QSignalBlocker, Qt, Signal
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

from ime.settings import FuzzySettings, Settings, documentation
from ime.ui.controls import Segments, Stepper, Switch

PAGE_SIZES = tuple((size, str(size)) for size in range(3, 10))
ORIENTATIONS = (("horizontal", "Horizontal"), ("vertical", "Vertical"))
THEMES = (("system", "System"), ("light", "Light"), ("dark", "Dark"))

SCHEMES = (
    ("full", "全拼"),
    ("flypy", "小鹤"),
    ("ziranma", "自然码"),
    ("mspy", "微软"),
    ("sogou", "搜狗"),
    ("abc", "ABC"),
    ("ziguang", "紫光"),
    ("pyjj", "加加"),
)


class SettingsDialog(QDialog):
    """Shows settings and reports each change.

    Signals:
        changed: the new `Settings`.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget, settings: Settings) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self._settings = settings
        self._switches: dict[str, Switch] = {}
        self._segments: dict[str, Segments] = {}
        self._steppers: dict[str, Stepper] = {}
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.tabBar().setDrawBase(False)
        tabs.addTab(self._window_page(), "Window")
        tabs.addTab(self._typing_page(), "Typing")
        tabs.addTab(self._fuzzy_page(), "Fuzzy sounds")
        tabs.addTab(self._personalize_page(), "Personalize")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 18)
        column.setSpacing(10)
        column.addWidget(tabs)
        column.addWidget(buttons)
        self.show_settings(settings)

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
        self._add_segments(form, "Candidates on a page", "window.page_size", PAGE_SIZES)
        self._add_segments(form, "Direction", "window.orientation", ORIENTATIONS)
        self._add_segments(form, "Colours", "window.theme", THEMES)
        self._add_stepper(form, "Text size", "window.font_size", 8, 48)
        return page

    def _typing_page(self) -> QWidget:
        page, form = _form()
        own = self._settings.typing.scheme
        known = {name for name, _ in SCHEMES}
        schemes = SCHEMES if own in known else (*SCHEMES, (own, "Own"))
        self._add_segments(form, "Scheme", "typing.scheme", schemes)
        for path, text in (
            ("typing.correction", "Correct slips: zhogn for zhong"),
            ("typing.fixed_order", "Only the first candidate changes its place"),
            ("typing.literal_addresses", "Keep addresses such as www. as typed"),
            ("typing.numerals", "v and digits give Chinese numerals"),
            ("typing.private", "Private mode: learn and write down nothing"),
        ):
            form.addRow(self._switch(path, text))
        form.addRow(_heading("While candidates are shown"))
        for path, text in (
            ("keys.comma_period_page", ",  .  turn the page, as  -  =  do"),
            ("keys.bracket_char", "[  ]  choose the first or last character"),
            ("keys.semicolon_select", ";  chooses the second candidate"),
        ):
            form.addRow(self._switch(path, text))
        return page

    def _fuzzy_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(4, 20, 4, 12)
        column.setSpacing(18)
        explanation = _heading(
            "Sounds you do not keep apart. The reading as typed still comes first."
        )
        column.addWidget(explanation)
        grid = QGridLayout()
        grid.setVerticalSpacing(14)
        for place, (name, doc) in enumerate(documentation(FuzzySettings)):
            switch = self._switch(f"fuzzy.{name}", name.replace("_", "  =  "))
            switch.setToolTip(doc)
            grid.addWidget(switch, place // 3, place % 3)
        column.addLayout(grid)
        column.addStretch(1)
        return page

    def _personalize_page(self) -> QWidget:
        page, form = _form()
        form.addRow(self._switch("personalize.idle", "Learn by itself while I rest"))
        self._add_stepper(
            form, "After minutes without a key", "personalize.idle_minutes", 1, 120
        )
        self._add_stepper(
            form, "From new choices on", "personalize.idle_choices", 50, 5000, step=50
        )
        form.addRow(
            _heading(
                "At most once a day, and not on battery. It pauses the moment you type; its\n"
                "report waits in Personalize… in the Settings menu."
            )
        )
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
