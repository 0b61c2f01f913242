"""What a screen reader says of itself, without the focus going there."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QLabel, QWidget


def announce(widget: QWidget, text: str) -> None:
    """Say a text, where anybody listens.

    Args:
        widget: where it happened.
        text: what happened.
    """
    if text and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class SpokenLabel(QLabel):
    """A label whose new texts are said: results, faults, messages in passing."""

    def setText(self, text: str) -> None:
        """Show a text, and say it if it is another."""
        other = text != self.text()
        super().setText(text)
        if other:
            announce(self, text)
