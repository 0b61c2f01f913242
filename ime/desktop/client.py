"""What a front asks of the program that it types into, whatever lies between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ime.desktop.badges import Badge


@dataclass(frozen=True, slots=True)
class Table:
    """One page of candidates.

    Attributes:
        items: the page.
        number: of the page, from 0.
        page_size: how many a page may hold.
        cursor: place of the highlight on the page; None for none.
        before: whether a page lies before it.
        behind: whether a page lies behind it.
        vertical: whether candidates stand below each other.
    """

    items: tuple[str, ...]
    number: int
    page_size: int
    cursor: int | None
    before: bool
    behind: bool
    vertical: bool


class Client(Protocol):
    """Takes what is to be shown and put in; `target` names the text that has the keyboard."""

    def commit(self, target: str, text: str) -> None:
        """Put text in."""
        ...

    def show_preedit(self, target: str, text: str, caret: int) -> None:
        """Show what is composed; it becomes text where the keyboard leaves."""
        ...

    def show_auxiliary(self, target: str, text: str) -> None:
        """Show a line above the candidates; empty for none."""
        ...

    def show_table(self, target: str, table: Table | None) -> None:
        """Show candidates; None for none."""
        ...

    def show_badges(self, target: str, badges: tuple[Badge, ...], *, anew: bool) -> None:
        """Show switches and entries.

        Args:
            target: the text.
            badges: those that changed, or all of them.
            anew: these are all, for a text that has none yet.
        """
        ...

    def delete_before(self, target: str, count: int) -> None:
        """Delete characters left of the caret."""
        ...

    def send_key(self, target: str, symbol: int, code: int, mask: int) -> None:
        """Let a key go down or come up without an input method."""
        ...

    def ask_surroundings(self, target: str) -> None:
        """Let the text around the caret be told from now on."""
        ...
