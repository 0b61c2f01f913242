"""The client behind the daemon: what is asked of it becomes signals of an engine object."""

from __future__ import annotations

from ime.desktop.badges import Badge
from ime.desktop.client import Table
from ime.ibus.connection import Connection
from ime.ibus.serialized import property_list, property_value, table_value, text_value

_COMMIT_ON_LEAVING = 1  # IBUS_ENGINE_PREEDIT_COMMIT


class Signals:
    """Satisfies `Client`; targets are paths of engine objects."""

    def __init__(self, connection: Connection) -> None:
        """Send by `connection`."""
        self._emit = connection.emit

    def commit(self, target: str, text: str) -> None:
        """Put text in."""
        self._emit(target, "CommitText", "v", text_value(text))

    def show_preedit(self, target: str, text: str, caret: int) -> None:
        """Show what is composed."""
        value = text_value(text, underlined=True)
        visible = bool(text)
        self._emit(
            target, "UpdatePreeditText", "vubu", value, caret, visible, _COMMIT_ON_LEAVING
        )

    def show_auxiliary(self, target: str, text: str) -> None:
        """Show a line above the candidates."""
        self._emit(target, "UpdateAuxiliaryText", "vb", text_value(text), bool(text))

    def show_table(self, target: str, table: Table | None) -> None:
        """Show candidates."""
        value = table_value(table)
        self._emit(target, "UpdateLookupTable", "vb", value, table is not None)

    def show_badges(self, target: str, badges: tuple[Badge, ...], *, anew: bool) -> None:
        """Show switches and entries."""
        if anew:
            self._emit(target, "RegisterProperties", "v", property_list(badges))
            return
        for badge in badges:
            self._emit(target, "UpdateProperty", "v", property_value(badge))

    def delete_before(self, target: str, count: int) -> None:
        """Delete characters left of the caret."""
        self._emit(target, "DeleteSurroundingText", "iu", -count, count)

    def send_key(self, target: str, symbol: int, code: int, mask: int) -> None:
        """Let a key go down or come up."""
        self._emit(target, "ForwardKeyEvent", "uuu", symbol, code, mask)

    def ask_surroundings(self, target: str) -> None:
        """Let the text around the caret be told from now on."""
        self._emit(target, "RequireSurroundingText")
