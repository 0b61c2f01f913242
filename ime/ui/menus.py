"""Menus as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenuBar

from ime.errors import Message
from ime.session.bindings import shortcut_fault, unusable_shortcuts
from ime.ui.language import Wording
from ime.ui.qt_keys import key_sequence, text_form


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu.

    Attributes:
        code: of its text, which has & before the access key.
        action: called when it is chosen.
        shortcut: as Qt writes it; empty for none.
        checkable: whether it shows a tick.
        also: another key that does the same.
    """

    code: str
    action: Callable[[], object]
    shortcut: str = ""
    checkable: bool = False
    also: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Text forms of its keys."""
        return tuple(text_form(key) for key in (self.shortcut, self.also) if key)


SEPARATOR = None

Menu = tuple[str, Sequence[Entry | None]]
"""Code of the title, and entries."""


def fill(
    bar: QMenuBar,
    menus: Sequence[Menu],
    perform: Callable[[Callable[[], object]], object],
    wording: Wording,
) -> dict[str, QAction]:
    """Add the menus to a bar; returns the actions by the code of their entry.

    Args:
        bar: gets the menus.
        menus: titles and entries.
        perform: called with the action of an entry that was chosen.
        wording: keeps the texts.
    """
    actions: dict[str, QAction] = {}
    for title, entries in menus:
        menu = bar.addMenu("")
        wording(menu.setTitle, title)
        for entry in entries:
            if entry is None:
                menu.addSeparator()
                continue
            action = menu.addAction("")
            wording(action.setText, entry.code)
            action.setCheckable(entry.checkable)
            # triggered carries a bool that no entry wants.
            action.triggered.connect(lambda _, entry=entry: perform(entry.action))
            actions[entry.code] = action
    return actions


def set_keys(
    actions: Mapping[str, QAction], menus: Sequence[Menu], own: Mapping[str, Sequence[str]]
) -> list[Message]:
    """Give entries their keys: those the user chose, else those they come with.

    Args:
        actions: by the code of their entry.
        menus: titles and entries.
        own: names of actions and text forms of their keys, as the settings have them.

    Returns:
        What of it cannot be followed.
    """
    shipped = shipped_keys(menus)
    for code, keys in shipped.items():
        chosen = [key for key in own.get(code, keys) if not shortcut_fault(key)]
        actions[code].setShortcuts([key_sequence(key) for key in chosen])
    return list(unusable_shortcuts(own, shipped))


def shipped_keys(menus: Sequence[Menu]) -> dict[str, tuple[str, ...]]:
    """The keys that entries come with, by code."""
    return {entry.code: entry.keys for _, entries in menus for entry in entries if entry}
