"""Menus as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenuBar


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu.

    Attributes:
        text: with & before the access key.
        action: called when it is chosen.
        shortcut: as Qt writes it; empty for none.
        checkable: whether it shows a tick.
    """

    text: str
    action: Callable[[], object]
    shortcut: str = ""
    checkable: bool = False


SEPARATOR = None

Menu = tuple[str, Sequence[Entry | None]]
"""Title and entries."""


def fill(
    bar: QMenuBar, menus: Sequence[Menu], perform: Callable[[Callable[[], object]], object]
) -> dict[str, QAction]:
    """Add the menus to a bar; returns the actions by the text of their entry.

    Args:
        bar: gets the menus.
        menus: titles and entries.
        perform: called with the action of an entry that was chosen.
    """
    actions: dict[str, QAction] = {}
    for title, entries in menus:
        menu = bar.addMenu(title)
        for entry in entries:
            if entry is None:
                menu.addSeparator()
                continue
            action = menu.addAction(entry.text)
            action.setCheckable(entry.checkable)
            if entry.shortcut:
                action.setShortcut(QKeySequence(entry.shortcut))
            # triggered carries a bool that no entry wants.
            action.triggered.connect(lambda _, entry=entry: perform(entry.action))
            actions[entry.text] = action
    return actions
