from __future__ import annotations

import pytest

from ime.desktop.x_keys import key_event
from ime.session.keys import Key


@pytest.mark.parametrize(
    ("symbol", "text"),
    [
        (0x61, "a"),
        (0xE9, "é"),
        (0x1B1, "ą"),
        (0x20AC, "€"),
        (0x6CA, "й"),
        (0x6A7, "ї"),
        (0x7E1, "α"),
        (0x5C7, "ا"),
        (0xCE0, "א"),
        (0xDA1, "ก"),
        (0x13BD, "œ"),
        (0x100_0000 + 0x1E9E, "ẞ"),
        (0x100_0000 + 0x4F60, "你"),
    ],
)
def test_letters_of_every_layout(symbol: int, text: str) -> None:
    event = key_event(symbol, 0)
    assert (event.key, event.text) == (Key.CHARACTER, text)


def test_function_keys_have_their_names() -> None:
    found = [str(key_event(0xFFBE + place, 0)) for place in range(12)]
    assert found == [f"F{number}" for number in range(1, 13)]


@pytest.mark.parametrize(
    "symbol", [0, 0x100, 0x4A4, 0x6A0, 0x8FB, 0xFE51, 0xFF20, 0xFFCA, 0xFFFFFF]
)
def test_symbols_that_type_nothing(symbol: int) -> None:
    event = key_event(symbol, 0)
    assert (event.key, event.text) == (Key.UNKNOWN, "")
