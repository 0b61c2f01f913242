"""Menus as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenuBar

from ime.ui.language import Wording


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
            if entry.shortcut:
                keys = filter(None, (entry.shortcut, entry.also))
                action.setShortcuts([QKeySequence(key) for key in keys])
            # triggered carries a bool that no entry wants.
            action.triggered.connect(lambda _, entry=entry: perform(entry.action))
            actions[entry.code] = action
    return actions
