"""The session's switches as the settings have them."""

from __future__ import annotations

from ime.pinyin.custom_scheme import chosen_scheme
from ime.session.state import SessionOptions
from ime.settings import Settings


def session_options(settings: Settings) -> SessionOptions:
    """What the session reads of the settings; window and command line use the same."""
    window, keys, typing = settings.window, settings.keys, settings.typing
    return SessionOptions(
        page_size=window.page_size,
        vertical=window.orientation == "vertical",
        comma_period_page=keys.comma_period_page,
        bracket_char=keys.bracket_char,
        semicolon_select=keys.semicolon_select,
        keypad_select=keys.keypad_select,
        chinese_punctuation=typing.chinese_punctuation,
        number_marks=typing.number_marks,
        full_width=typing.full_width,
        literal_addresses=typing.literal_addresses,
        numerals=typing.numerals,
        private=typing.private,
        scheme=chosen_scheme(typing.scheme)[0],
    )
