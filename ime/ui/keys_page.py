"""The page of the settings with every action and its keys, and the dialog that changes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ime.errors import Message
from ime.session.bindings import COUNTED, form_of
from ime.session.keys import MODIFIER_KEYS, Key, KeyAction, KeyEvent, Modifiers
from ime.settings import Settings
from ime.texts.catalogue import say
from ime.ui.key_table import KeyTable
from ime.ui.qt_keys import key_event

GROUPS: Mapping[str, tuple[KeyAction, ...]] = {
    "candidates": (
        KeyAction.CHOOSE,
        KeyAction.SELECT,
        KeyAction.SELECT_SECOND,
        KeyAction.SELECT_THIRD,
        KeyAction.FIRST_CHARACTER,
        KeyAction.LAST_CHARACTER,
        KeyAction.PAGE_PREVIOUS,
        KeyAction.PAGE_NEXT,
        KeyAction.HIGHLIGHT_PREVIOUS,
        KeyAction.HIGHLIGHT_NEXT,
        KeyAction.PIN,
        KeyAction.FORGET,
    ),
    "letters": (
        KeyAction.COMMIT_RAW,
        KeyAction.CANCEL,
        KeyAction.DELETE_LEFT,
        KeyAction.DELETE_RIGHT,
        KeyAction.DELETE_SYLLABLE,
        KeyAction.CARET_LEFT,
        KeyAction.CARET_RIGHT,
        KeyAction.SYLLABLE_LEFT,
        KeyAction.SYLLABLE_RIGHT,
        KeyAction.HOME,
        KeyAction.END,
        KeyAction.TAB_FORWARD,
        KeyAction.TAB_BACKWARD,
        KeyAction.REOPEN_COMMIT,
        KeyAction.REPAIR,
    ),
    "modes": (
        KeyAction.TOGGLE_MODE,
        KeyAction.TOGGLE_PUNCTUATION,
        KeyAction.TOGGLE_WIDTH,
        KeyAction.TOGGLE_TRADITIONAL,
    ),
}
"""Where each action of the session stands; a test finds one that is forgotten."""

_MODIFIERS = {
    Modifiers.CONTROL: "Ctrl",
    Modifiers.ALT: "Alt",
    Modifiers.META: "Meta",
    Modifiers.SHIFT: "Shift",
    Modifiers.KEYPAD: "Num",
}
_NAME = Qt.ItemDataRole.UserRole


def key_shown(name: str, key: str) -> str:
    """A key as the user knows it.

    Args:
        name: of its row: a counted one shows the digits from 1 to 9.
        key: text form.
    """
    event = KeyEvent.parse(key)
    if event.key is Key.CHARACTER:
        base = event.text.upper()
    elif event.key.value.startswith("F") and event.key.value[1:].isdigit():
        base = event.key.value
    else:
        base = say(f"key_name.{event.key.name.lower()}")
    if name in {action.value for action in COUNTED}:
        base = "1…9"
    held = (label for flag, label in _MODIFIERS.items() if flag & event.modifiers)
    return "+".join([*held, base])


def row_shown(name: str) -> str:
    """What a row is called."""
    if name in {action.value for action in KeyAction}:
        return say(f"keys_page.action.{name}")
    return re.sub(r"\(&.\)|&|…", "", say(name))


class KeysPage(QWidget):
    """All rows, by groups; the chosen one is changed in a dialog.

    Signals:
        changed: new `Settings`.
    """

    changed = Signal(object)

    def __init__(self, settings: Settings, shortcuts: Mapping[str, tuple[str, ...]]) -> None:
        """Show what holds.

        Args:
            settings: as they are.
            shortcuts: keys that entries of menus come with, by code; empty without a window.
        """
        super().__init__()
        self._table = KeyTable(settings, shortcuts)
        self.dialog: KeyDialog | None = None
        self.tree = _Rows()
        self.tree.setHeaderLabels(
            [say("keys_page.action_column"), say("keys_page.keys_column")]
        )
        self.tree.setAccessibleName(say("keys_page.all"))
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(14)
        self.tree.setMinimumHeight(300)
        header = self.tree.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.tree.chosen.connect(self.change)
        self.tree.itemDoubleClicked.connect(self.change)
        self.tree.currentItemChanged.connect(self._show_buttons)
        self.change_button = _button("keys_page.change", self.change)
        self.restore_button = _button("keys_page.restore", self._restore)
        buttons = QHBoxLayout()
        buttons.addWidget(self.change_button)
        buttons.addWidget(self.restore_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tree, 1)
        column.addLayout(buttons)
        self._items = dict(self._make_items())
        self.show_settings(settings)

    def _make_items(self) -> Iterator[tuple[str, QTreeWidgetItem]]:
        groups = {group: [one.value for one in actions] for group, actions in GROUPS.items()}
        groups["menus"] = list(self._table.shortcuts)
        for group, names in groups.items():
            if not names:
                continue
            head = QTreeWidgetItem(self.tree, [say(f"keys_page.group.{group}")])
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = head.font(0)
            font.setBold(True)
            head.setFont(0, font)
            head.setExpanded(True)
            for name in names:
                item = QTreeWidgetItem(head, [row_shown(name)])
                item.setData(0, _NAME, name)
                item.setToolTip(0, name)
                yield name, item

    @property
    def names(self) -> tuple[str, ...]:
        """Of all rows."""
        return tuple(self._items)

    def words(self, name: str) -> str:
        """By which a row is found."""
        return " ".join([row_shown(name), *(item.text(1) for item in [self._items[name]])])

    def show_row(self, name: str, shown: bool) -> None:
        """Show or hide a row, and its group with the last one."""
        item = self._items[name]
        item.setHidden(not shown)
        if (group := item.parent()) is None:
            return
        children = (group.child(place) for place in range(group.childCount()))
        group.setHidden(all(child is None or child.isHidden() for child in children))

    def show_settings(self, settings: Settings) -> None:
        """Show what holds under other settings; reports nothing."""
        self._table = KeyTable(settings, self._table.shortcuts)
        for name, item in self._items.items():
            keys = "   ".join(key_shown(name, key) for key in self._table.keys(name))
            item.setText(1, keys)
            label = f"{row_shown(name)}: {keys or say('keys_page.none')}"
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, label)
            font = item.font(1)
            font.setBold(self._table.is_changed(name))
            item.setFont(1, font)
        self._show_buttons()
        if self.dialog is not None:
            self.dialog.show_table(self._table)

    def select(self, name: str) -> None:
        """Choose a row."""
        self.tree.setCurrentItem(self._items[name])

    @property
    def selected(self) -> str:
        """The row that is chosen; empty for none."""
        item = self.tree.currentItem()
        return str(item.data(0, _NAME) or "") if item is not None else ""

    def change(self) -> None:
        """Open the dialog of the chosen row."""
        if not self.selected:
            return
        self.dialog = KeyDialog(self, self.selected, self._table)
        self.dialog.changed.connect(self.changed)
        self.dialog.finished.connect(self._forget_dialog)
        self.dialog.open()

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _restore(self) -> None:
        self.changed.emit(self._table.restored(self.selected))

    def _show_buttons(self) -> None:
        name = self.selected
        self.change_button.setEnabled(bool(name))
        self.restore_button.setEnabled(bool(name) and self._table.is_changed(name))


class _Rows(QTreeWidget):
    """A tree whose Enter is its own: passed on, it would press a button of the dialog.

    Signals:
        chosen: Enter was pressed.
    """

    chosen = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            self.chosen.emit()
        else:
            super().keyPressEvent(event)


class KeyDialog(QDialog):
    """The keys of one row: each can be taken away, and another added by pressing it.

    Signals:
        changed: new `Settings`.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget, name: str, table: KeyTable) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(row_shown(name))
        self._name, self._table, self._pending = name, table, ""
        self.keys = QVBoxLayout()
        self.catch = KeyCatcher()
        self.catch.caught.connect(self.offer)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setMinimumWidth(380)
        self.message.hide()
        self.use_button = _button("keys_page.use", self._use)
        self.use_button.hide()
        self.restore_button = _button("keys_page.restore", self._restore)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.rejected.connect(self.reject)
        self.close_button = box.button(QDialogButtonBox.StandardButton.Close)
        end = QHBoxLayout()
        end.addWidget(self.restore_button)
        end.addStretch(1)
        end.addWidget(box)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(12)
        heading = QLabel(row_shown(name))
        heading.setObjectName("quiet")
        column.addWidget(heading)
        column.addLayout(self.keys)
        column.addWidget(self.catch)
        column.addWidget(self.message)
        column.addWidget(self.use_button)
        column.addLayout(end)
        self.show_table(table)
        self.catch.setFocus()

    def show_table(self, table: KeyTable) -> None:
        """Show the keys that hold now."""
        self._table = table
        while (old := self.keys.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.deleteLater()
        for key in table.keys(self._name):
            shown = key_shown(self._name, key)
            button = QPushButton(f"{shown}   ✕")
            button.setAutoDefault(False)
            button.setAccessibleName(say("keys_page.remove", key=shown))
            button.setToolTip(say("keys_page.remove", key=shown))
            button.setEnabled(table.can_lose(self._name, key))
            button.clicked.connect(lambda _, key=key: self._remove(key))
            self.keys.addWidget(button)
        self.restore_button.setEnabled(table.is_changed(self._name))

    def offer(self, key: str) -> None:
        """A key was pressed: add it, or say what stands against it."""
        if key[-1:].isdigit() and self._name in {action.value for action in COUNTED}:
            key = key[:-1] + "1"
        shown = key_shown(self._name, key)
        self._pending = ""
        if why := self._table.fault(self._name, key):
            reason = Message(f"keys_page.fault.{why}")
            self._tell(say("keys_page.refused", key=shown, why=reason))
            return
        other = self._table.holder(self._name, key)
        if other is None:
            self._pending = key
            self._use()
            return
        self._tell(say("keys_page.held", key=shown, other=row_shown(other)))
        self._pending = key
        self.use_button.show()
        self.use_button.setFocus()

    def _tell(self, text: str) -> None:
        self.message.setText(text)
        self.message.show()
        self.use_button.hide()

    def _use(self) -> None:
        if self._pending and self._pending not in self._table.keys(self._name):
            self.changed.emit(self._table.with_key(self._name, self._pending))
        self._quiet()

    def _remove(self, key: str) -> None:
        self.changed.emit(self._table.without_key(self._name, key))
        self._quiet()

    def _restore(self) -> None:
        self.changed.emit(self._table.restored(self._name))
        self._quiet()

    def _quiet(self) -> None:
        self._pending = ""
        self.message.hide()
        self.use_button.hide()
        self.close_button.setFocus()


class KeyCatcher(QPushButton):
    """A button that, once pressed, takes the next key, whatever it is.

    Signals:
        caught: text form of the key.
    """

    caught = Signal(str)

    def __init__(self) -> None:
        super().__init__(say("keys_page.add"))
        self.setAutoDefault(False)
        self.setCheckable(True)
        self.toggled.connect(self._show_state)

    def _show_state(self, waits: bool) -> None:
        self.setText(say("keys_page.press" if waits else "keys_page.add"))

    def event(self, event: QEvent) -> bool:
        """Take keys before shortcuts and the focus chain do."""
        if self.isChecked() and isinstance(event, QKeyEvent):
            event.accept()
            if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
                self._catch(key_event(event))
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Wait no longer."""
        self.setChecked(False)
        super().focusOutEvent(event)

    def _catch(self, key: KeyEvent) -> None:
        if key.key in MODIFIER_KEYS:
            return
        self.setChecked(False)
        self.caught.emit(form_of(key))


def _button(code: str, act: Callable[[], object]) -> QPushButton:
    button = QPushButton(say(code))
    button.setAutoDefault(False)
    button.clicked.connect(act)
    return button
