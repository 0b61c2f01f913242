"""Which key does what in the window, and the settings that would follow from a change. No Qt.

Rows are named as in the settings: actions of the session by their value, entries of menus by
the code of their text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from ime.backend.options import session_options
from ime.session import bindings
from ime.session.keys import (
    APOSTROPHE_SELECT,
    BRACKET_CHARACTER,
    COMMA_PERIOD_PAGE,
    SEMICOLON_SELECT,
    VERTICAL,
    KeyAction,
    KeyEvent,
    Keymap,
    Status,
    lookup_names,
)
from ime.settings import KeySettings, Settings

SWITCHES: Mapping[str, Keymap] = {
    "comma_period_page": COMMA_PERIOD_PAGE,
    "bracket_char": BRACKET_CHARACTER,
    "semicolon_select": SEMICOLON_SELECT,
    "apostrophe_select": APOSTROPHE_SELECT,
}
"""Settings of keys that give keys to actions."""

_ALWAYS = {(KeyAction.SELECT.value, "1")}  # digits choose, whatever else does


@dataclass(frozen=True, slots=True)
class KeyTable:
    """The keys that hold under some settings.

    Attributes:
        settings: as they are.
        shortcuts: keys that the entries of menus come with, by code.
    """

    settings: Settings
    shortcuts: Mapping[str, tuple[str, ...]]

    def shipped(self, name: str) -> tuple[str, ...]:
        """The keys that a row comes with."""
        if name in self.shortcuts:
            return self.shortcuts[name]
        return bindings.shipped_keys(KeyAction(name))

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of a row, those of switches last."""
        own = (key for key in self._own_or_shipped(name) if not self.fault(name, key))
        always = (key for row, key in _ALWAYS if row == name)
        return tuple(dict.fromkeys((*always, *own, *self._switched(name))))

    def is_changed(self, name: str) -> bool:
        """Whether a row has other keys than it comes with."""
        return name in self.settings.keys.own

    def can_lose(self, name: str, key: str) -> bool:
        """Whether a key may be taken from a row."""
        by_direction = key in VERTICAL and key in self._switched(name)
        return (name, key) not in _ALWAYS and not by_direction

    def fault(self, name: str, key: str) -> str:
        """Why a row cannot have a key: a code of `keys_page.fault`; empty if it can."""
        if name in self.shortcuts:
            return bindings.shortcut_fault(key)
        return bindings.fault_of(KeyAction(name), key)

    def holder(self, name: str, key: str) -> str | None:
        """The other row that has a key where this one would have it."""
        for code in self.shortcuts:
            if code != name and key in self.keys(code):
                return code
        options = session_options(self.settings)
        if name in self.shortcuts:
            return self._action_anywhere(key)
        switched = {status: options.overlays(status)[1:] for status in Status}
        found = bindings.holder(key, KeyAction(name), options.bindings, switched)
        return found.value if found is not None else None

    def _action_anywhere(self, key: str) -> str | None:
        """The action that has a key wherever it is: menus get keys before the session."""
        options = session_options(self.settings)
        names = lookup_names(KeyEvent.parse(key))
        for status in Status:
            for row in (*options.overlays(status), options.keymap[status]):
                for one in names:
                    if one in row:
                        return row[one].value
        return None

    def with_key(self, name: str, key: str) -> Settings:
        """The settings if a row gets a key; another that has it loses it."""
        other = self.holder(name, key)
        settings = self.settings if other is None else self.without_key(other, key)
        table = KeyTable(settings, self.shortcuts)
        return table._having(name, (*table._own_or_shipped(name), key))

    def without_key(self, name: str, key: str) -> Settings:
        """The settings if a row loses a key; the switch that gives it is turned off."""
        for field, rows in self._switches_on():
            if key in rows and rows[key].value == name:
                keys = msgspec.structs.replace(self.settings.keys, **{field: False})
                return msgspec.structs.replace(self.settings, keys=keys)
        if name not in self.shortcuts and KeyAction(name) not in bindings.SCOPES:
            return self.settings  # apostrophe and grave: what is laid over them goes first
        left = (held for held in self._own_or_shipped(name) if not _same(held, key))
        return self._having(name, tuple(left))

    def restored(self, name: str) -> Settings:
        """The settings if a row has the keys it comes with."""
        own = {row: keys for row, keys in self.settings.keys.own.items() if row != name}
        return _with_own(self.settings, own)

    def _own_or_shipped(self, name: str) -> tuple[str, ...]:
        return self.settings.keys.own.get(name, self.shipped(name))

    def _having(self, name: str, keys: tuple[str, ...]) -> Settings:
        if keys == self.shipped(name):
            return self.restored(name)
        return _with_own(self.settings, {**self.settings.keys.own, name: keys})

    def _switches_on(self) -> Iterator[tuple[str, Keymap]]:
        keys: KeySettings = self.settings.keys
        return ((field, rows) for field, rows in SWITCHES.items() if getattr(keys, field))

    def _switched(self, name: str) -> tuple[str, ...]:
        """The keys that a row has by switches, and by the direction of the candidates."""
        rows = [row for _, row in self._switches_on()]
        if self.settings.window.orientation == "vertical":
            rows.append(VERTICAL)
        return tuple(key for row in rows for key, held in row.items() if held.value == name)


def _with_own(settings: Settings, own: dict[str, tuple[str, ...]]) -> Settings:
    keys = msgspec.structs.replace(settings.keys, own=own)
    return msgspec.structs.replace(settings, keys=keys)


def _same(held: str, key: str) -> bool:
    """Whether a key of a row is the one that goes; Control+3 goes with Control+1."""
    return held in (key, *lookup_names(KeyEvent.parse(key))) or (
        key[-1:].isdigit() and held[-1:] == "1" and held[:-1] == key[:-1]
    )
