"""Colours, spacing and fonts of the window: a theme over Qt's Fusion style.

Fusion is used on every system because it takes all of its colours from the palette; native
styles ignore parts of it and would mix light and dark. Lengths are device-independent pixels.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from ime.errors import Message
from ime.ui.theme_file import Theme, chosen_theme

CJK_FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "PingFang SC",
    "HarmonyOS Sans SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
)
"""Best first. A simplified Chinese family must be named: the fallback of many systems shows the
Japanese shapes of shared code points."""


def text_font(points: int, family: str = "") -> QFont:
    """The font of editor or candidates.

    Args:
        points: size.
        family: chosen by the user; empty for that of the system, then a Chinese one.
    """
    font = QFont(QApplication.font())
    families = _families(font.family())
    font.setFamilies([family, *families] if family else families)
    font.setPointSize(points)
    return font


def interface_font() -> QFont:
    """The font of menus, status line and dialogs: the system's own, then a Chinese one."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setFamilies(_families(font.family()))
    return font


def _families(system: str) -> list[str]:
    """Family names, best first.

    Linux desktops without a configured font report DejaVu or a bare "Sans"; the Latin letters
    of the Chinese family go better with its hanzi than those.
    """
    installed = set(QFontDatabase.families())
    chinese = [family for family in CJK_FAMILIES if family in installed]
    bare = not system or system.startswith(("DejaVu", "Sans", "Bitstream", "Monospace"))
    return [*chinese, system] if bare and chinese else [system, *chinese]


def apply(app: QApplication, name: str, folder: Path) -> tuple[Theme, tuple[Message, ...]]:
    """Dress the application.

    Args:
        app: the application.
        name: as `window.theme` of the settings.
        folder: of the user's own themes.

    Returns:
        The theme now worn, and what the user should read of it.
    """
    hints = app.styleHints()
    if name == "system":
        hints.unsetColorScheme()
    is_dark = hints.colorScheme() == Qt.ColorScheme.Dark
    theme, notices = chosen_theme(name, folder, dark=is_dark)
    if name != "system":
        hints.setColorScheme(Qt.ColorScheme.Dark if theme.dark else Qt.ColorScheme.Light)
    app.setStyle("Fusion")
    app.setPalette(palette(theme))
    app.setStyleSheet(style_sheet(theme))
    return theme, notices


def palette(theme: Theme) -> QPalette:
    """Qt's palette in the colours of a theme."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.chrome,
        role.WindowText: theme.ink,
        role.Base: theme.paper,
        role.AlternateBase: theme.chrome,
        role.Text: theme.ink,
        role.PlaceholderText: theme.quiet,
        role.Button: theme.chrome,
        role.ButtonText: theme.ink,
        role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.ink,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.BrightText: theme.on_accent,
        role.Light: theme.panel,
        role.Midlight: theme.hover,
        role.Mid: theme.line,
        role.Dark: theme.line,
        role.Shadow: theme.line,
    }
    result = QPalette()
    for colour_role, value in colours.items():
        result.setColor(colour_role, QColor(value))
    faded = QColor(theme.quiet)
    faded.setAlphaF(0.6)
    for colour_role in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, colour_role, faded)
    return result


def style_sheet(theme: Theme) -> str:
    """The style sheet in the colours of a theme."""
    return _RULES.substitute(asdict(theme))


# What a palette cannot say; $name stands for a colour of `Theme`.
_RULES = Template("""
QMenuBar { background: $chrome; padding: 3px 8px; }
QMenuBar::item { padding: 5px 10px; border-radius: 6px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $panel; border: 1px solid $line; padding: 5px; }
QMenu::item { padding: 6px 28px 6px 14px; border-radius: 5px; }
QMenuBar QMenu { min-width: 230px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $quiet; }
QMenu::separator { height: 1px; background: $line; margin: 5px 8px; }
QToolTip { background: $panel; color: $ink;
            border: 1px solid $line; padding: 4px 6px; }
#editor { background: $paper; border: none; }
#notice { background: $notice; border-top: 1px solid $line; }
#status { background: $chrome; border-top: 1px solid $line; }
#status QLabel { color: $quiet; }
#status QToolButton, #notice QToolButton { border: none; border-radius: 6px;
    padding: 3px 9px; color: $ink; background: transparent; }
#status QToolButton { border: 1px solid $line; }
#status QToolButton:hover, #notice QToolButton:hover { background: $hover; }
#status QToolButton:focus { background: $hover; }
#status QToolButton#mode { font-weight: 600; color: $accent; }
#status QToolButton#learning { color: $accent; }
#status QToolButton#private { color: $on_accent; background: $accent; }
QLabel#quiet { color: $quiet; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton { background: $panel; border: 1px solid $line;
               border-radius: 7px; padding: 6px 18px; }
QPushButton:hover { background: $hover; }
QPushButton:default, QPushButton:focus { border-color: $accent; }
QPushButton, QToolButton, QTabBar { outline: none; }
QLineEdit, QPlainTextEdit#field { background: $paper; color: $ink; border: 1px solid $line;
    border-radius: 7px; padding: 5px 9px; selection-background-color: $accent; }
QLineEdit:focus, QPlainTextEdit#field:focus { border-color: $accent; }
QProgressBar { background: $hover; border: none; border-radius: 4px; max-height: 8px; }
QProgressBar::chunk { background: $accent; border-radius: 4px; }
QAbstractItemView { background: $paper; alternate-background-color: $chrome;
    border: 1px solid $line; border-radius: 7px; outline: none;
    selection-background-color: $accent; selection-color: $on_accent; }
QTreeView::item, QTableView::item { padding: 4px 6px; }
QHeaderView { background: $chrome; border: none; }
QHeaderView::section { background: $chrome; color: $quiet; border: none;
    border-bottom: 1px solid $line; padding: 6px; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > #page { background: transparent; }
#segments { background: $hover; border-radius: 8px; }
#segments QPushButton, #segments QToolButton { border: 1px solid transparent;
    background: transparent; border-radius: 6px; padding: 4px 11px; }
#segments QPushButton:checked { background: $accent; color: $on_accent; }
#segments QPushButton:focus, #segments QToolButton:focus {
    border-color: $accent; }
#segments QToolButton:hover { background: $panel; }
#segments QToolButton:disabled { color: $line; }
QTabWidget::pane { border: none; }
QTabBar::tab { background: transparent; border: none; padding: 7px 2px;
    margin-right: 22px; color: $quiet; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $ink; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $ink; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $line; border-radius: 5px;
                               min-height: 32px; }
QScrollBar::handle:vertical:hover { background: $quiet; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: $line; border-radius: 5px; min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
""")
