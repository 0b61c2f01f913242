"""Qt style sheet of the window: what a palette cannot say, spacing, rounding, separators.

$name stands for a colour of `ime.ui.theme.Theme`.
"""

from __future__ import annotations

from string import Template

RULES = Template("""
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
