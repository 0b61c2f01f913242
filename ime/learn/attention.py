"""How much a choice says by the way it was made."""

from __future__ import annotations

from ime.values import How, Selection

UNREAD = 0.5
"""What a choice counts that may not have been read, against one that was looked for."""


def attention(selection: Selection) -> float:
    """What a choice counts: 1, or `UNREAD` for what stood first and was taken in passing."""
    unread = selection.rank == 0 and selection.how in (How.SPACE, How.PUNCTUATION)
    return UNREAD if unread else 1.0
