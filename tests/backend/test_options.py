from __future__ import annotations

from dataclasses import fields
from typing import TypeVar

import msgspec
import pytest

from ime.backend.options import session_options
from ime.session.state import PAGE_SIZES, SessionOptions
from ime.settings import KeySettings, Settings, TypingSettings, WindowSettings

StructT = TypeVar("StructT", bound=msgspec.Struct)


def test_default_settings_are_the_sessions_defaults() -> None:
    assert session_options(Settings()) == SessionOptions()


def test_every_page_size_of_the_settings_suits_the_session() -> None:
    (size,) = (f for f in msgspec.structs.fields(WindowSettings) if f.name == "page_size")
    allowed = [n for n in range(-1, 99) if _is_valid(n, size.type)]
    assert allowed == list(PAGE_SIZES)


@pytest.mark.parametrize("name", [field.name for field in fields(SessionOptions)])
def test_every_switch_of_the_session_follows_a_setting(name: str) -> None:
    default = SessionOptions()
    settings = Settings(
        window=WindowSettings(page_size=9, orientation="vertical"),
        keys=_all_turned(KeySettings),
        typing=_all_turned(TypingSettings),
    )
    assert getattr(session_options(settings), name) != getattr(default, name)


def _all_turned(kind: type[StructT]) -> StructT:
    default = kind()
    turned: dict[str, object] = {
        name: not getattr(default, name) for name in kind.__struct_fields__
    }
    changed = {"scheme": "flypy", "mode_key": "control", "own": {"pin": ["Alt+1"]}}
    turned |= {name: value for name, value in changed.items() if name in turned}
    return kind(**turned)


def _is_valid(value: int, kind: object) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True
