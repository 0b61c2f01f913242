"""The switches that the panel shows, as properties of IBus."""

from __future__ import annotations

from ime.ibus.serialized import Property
from ime.session.state import Mode, SessionState
from ime.texts.catalogue import say


def badges_of(state: SessionState) -> tuple[Property, ...]:
    """All of them, always in the same order; the mode is the one of the panel's own icon."""
    options = state.options
    chinese = state.mode is Mode.CHINESE
    symbol, mode = ("中", "status.mode.chinese") if chinese else ("英", "status.mode.english")
    if state.capitals:
        symbol, mode = "A", "status.mode.capitals"
    chinese_marks, wide = options.chinese_punctuation, options.full_width
    marks = "status.punctuation.chinese" if chinese_marks else "status.punctuation.english"
    width = "status.width.full" if wide else "status.width.half"
    return (
        Property("InputMode", say(mode), symbol, say("status.mode_tip")),
        Property(
            "punctuation",
            say(marks),
            "。，" if chinese_marks else ".,",
            say("status.punctuation_tip"),
        ),
        Property("width", say(width), "全" if wide else "半", say("status.width_tip")),
        Property("private", say("ibus.private"), on=options.private),
        Property("settings", say("ibus.settings")),
    )
