"""The switches and entries that the desktop's panel shows."""

from __future__ import annotations

from dataclasses import dataclass

from ime.session.state import Mode, SessionState
from ime.texts.catalogue import say


@dataclass(frozen=True, slots=True)
class Badge:
    """A switch or an entry that the panel shows.

    Attributes:
        key: names it to the front.
        label: in menus.
        symbol: short text for the panel's icon; empty for none.
        tooltip: of the panel.
        on: state of a switch; None for an entry that only acts.
    """

    key: str
    label: str
    symbol: str = ""
    tooltip: str = ""
    on: bool | None = None


def badges_of(state: SessionState) -> tuple[Badge, ...]:
    """All of them, always in the same order; the mode is the one of the panel's own icon."""
    options = state.options
    chinese = state.mode is Mode.CHINESE
    symbol, mode = ("中", "status.mode.chinese") if chinese else ("英", "status.mode.english")
    if state.capitals:
        symbol, mode = "A", "status.mode.capitals"
    chinese_marks, wide = options.chinese_punctuation, options.full_width
    marks = "status.punctuation.chinese" if chinese_marks else "status.punctuation.english"
    width = "status.width.full" if wide else "status.width.half"
    traditional = options.traditional
    script = "status.script.traditional" if traditional else "status.script.simplified"
    return (
        Badge("InputMode", say(mode), symbol, say("status.mode_tip")),
        Badge(
            "punctuation",
            say(marks),
            "。，" if chinese_marks else ".,",
            say("status.punctuation_tip"),
        ),
        Badge("width", say(width), "全" if wide else "半", say("status.width_tip")),
        Badge("script", say(script), "繁" if traditional else "简", say("status.script_tip")),
        Badge("private", say("ibus.private"), on=options.private),
        Badge("settings", say("ibus.settings")),
    )
