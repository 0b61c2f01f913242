"""The settings dialog; every change takes effect at once and is reported as new settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QLabel,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ime.settings import FuzzySettings, Settings, documentation

ORIENTATIONS = (("horizontal", "Horizontal"), ("vertical", "Vertical"))
THEMES = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))


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
        self._boxes: dict[str, QCheckBox] = {}
        self._numbers: dict[str, QSpinBox] = {}
        self._choices: dict[str, QComboBox] = {}
        tabs = QTabWidget()
        tabs.addTab(self._window_page(), "Window")
        tabs.addTab(self._typing_page(), "Typing")
        tabs.addTab(self._fuzzy_page(), "Fuzzy sounds")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(14)
        column.addWidget(tabs)
        column.addWidget(buttons)
        self.show_settings(settings)

    @property
    def settings(self) -> Settings:
        """What the dialog shows."""
        return self._settings

    def box(self, path: str) -> QCheckBox:
        """The box of a switch, for instance "fuzzy.z_zh"."""
        return self._boxes[path]

    def number(self, path: str) -> QSpinBox:
        """The field of a number, for instance "window.page_size"."""
        return self._numbers[path]

    def choice(self, path: str) -> QComboBox:
        """The list of a choice, for instance "window.theme"."""
        return self._choices[path]

    def show_settings(self, settings: Settings) -> None:
        """Show settings that were changed elsewhere; reports nothing."""
        self._settings = settings
        for path, box in self._boxes.items():
            with QSignalBlocker(box):
                box.setChecked(bool(_read(settings, path)))
        for path, number in self._numbers.items():
            with QSignalBlocker(number):
                number.setValue(int(str(_read(settings, path))))
        for path, choice in self._choices.items():
            with QSignalBlocker(choice):
                choice.setCurrentIndex(choice.findData(_read(settings, path)))

    def _window_page(self) -> QWidget:
        page, form = _form()
        form.addRow("Candidates on a page", self._number("window.page_size", 3, 9))
        form.addRow("Candidates", self._choice("window.orientation", ORIENTATIONS))
        form.addRow("Text size", self._number("window.font_size", 8, 48))
        form.addRow("Colours", self._choice("window.theme", THEMES))
        return page

    def _typing_page(self) -> QWidget:
        page, form = _form()
        form.addRow(self._box("typing.correction", "Correct slips, zhogn for zhong"))
        form.addRow(self._box("typing.private", "Private mode: learn and write down nothing"))
        form.addRow(
            self._box("typing.literal_addresses", "Keep addresses such as www. as typed")
        )
        form.addRow(self._box("typing.numerals", "v and digits give Chinese numerals"))
        form.addRow(QLabel("While candidates are shown:"))
        form.addRow(self._box("keys.comma_period_page", ", and . turn the page, as - and = do"))
        form.addRow(
            self._box("keys.bracket_char", "[ and ] choose the first or last character")
        )
        form.addRow(self._box("keys.semicolon_select", "; chooses the second candidate"))
        return page

    def _fuzzy_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(14)
        explanation = QLabel(
            "Sounds you do not keep apart. The reading as typed still comes before the other."
        )
        explanation.setWordWrap(True)
        column.addWidget(explanation)
        grid = QGridLayout()
        grid.setVerticalSpacing(10)
        for place, (name, doc) in enumerate(documentation(FuzzySettings)):
            box = self._box(f"fuzzy.{name}", name.replace("_", "  =  "))
            box.setToolTip(doc)
            grid.addWidget(box, place // 3, place % 3)
        column.addLayout(grid)
        column.addStretch(1)
        return page

    def _box(self, path: str, text: str) -> QCheckBox:
        box = self._boxes[path] = QCheckBox(text)
        box.toggled.connect(partial(self._change, path))
        return box

    def _number(self, path: str, least: int, most: int) -> QSpinBox:
        number = self._numbers[path] = QSpinBox()
        number.setRange(least, most)
        number.valueChanged.connect(partial(self._change, path))
        return number

    def _choice(self, path: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
        choice = self._choices[path] = QComboBox()
        for value, text in choices:
            choice.addItem(text, value)
        choice.currentIndexChanged.connect(
            lambda index: self._change(path, choice.itemData(index))
        )
        return choice

    def _change(self, path: str, value: object) -> None:
        section, name = path.split(".")
        part = msgspec.structs.replace(getattr(self._settings, section), **{name: value})
        self._settings = msgspec.structs.replace(self._settings, **{section: part})
        self.changed.emit(self._settings)


def _form() -> tuple[QWidget, QFormLayout]:
    page = QWidget()
    form = QFormLayout(page)
    form.setContentsMargins(16, 16, 16, 16)
    form.setVerticalSpacing(12)
    form.setHorizontalSpacing(20)
    return page, form


def _read(settings: Settings, path: str) -> object:
    section, name = path.split(".")
    value: object = getattr(getattr(settings, section), name)
    return value
