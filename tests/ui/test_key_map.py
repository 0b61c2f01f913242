"""The keyboard of shuangpin: what each key is, in every scheme, and what may follow."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from ime.pinyin.schemes import SCHEME_TABLES
from ime.pinyin.shuangpin import built_in_scheme
from ime.settings import Settings, TypingSettings, WindowSettings
from ime.ui.key_map import ROWS
from ime.ui.theme_file import LIGHT
from tests.ui.conftest import SIMPLE, Typist

pytestmark = pytest.mark.gui

KEYS = "".join(ROWS)
SHOWN = WindowSettings(key_map=True)
FLYPY = Settings(window=SHOWN, typing=TypingSettings(scheme="flypy"), model=SIMPLE.model)


@pytest.mark.parametrize("name", SCHEME_TABLES)
def test_every_final_of_a_scheme_is_on_a_key(name: str) -> None:
    scheme = built_in_scheme(name)
    shown = {final for key in KEYS for final in scheme.finals_of(key)}
    for syllable, code in scheme.codes.items():
        assert code[1] in KEYS
        if syllable not in ("er", "n", "ng"):
            assert any(syllable.endswith(final) for final in shown), syllable


def test_map_is_shown_where_it_is_wanted_and_shuangpin_is_on(typist: Typist) -> None:
    assert typist.window.key_map.isHidden()
    typist.window.change_settings(FLYPY)
    assert typist.window.key_map.isVisible()
    assert typist.window.key_map.label("q") == "q iu"
    assert typist.window.key_map.label("v") == "v zh ui v"
    typist.window.change_settings(Settings(window=SHOWN))
    assert typist.window.key_map.isHidden()


def test_keys_that_end_a_syllable_are_marked_behind_an_initial(
    typist: Typist,
) -> None:
    typist.window.change_settings(FLYPY)
    shown = typist.window.key_map
    typist.type("f")
    assert shown.first == "f"
    assert {key for key in KEYS if shown.goes_on(key)} == set("agwjfhuoz")
    typist.type("g")
    assert shown.first == ""
    typist.press(Qt.Key.Key_Escape)
    assert all(shown.goes_on(key) for key in KEYS)


def test_map_is_painted(typist: Typist) -> None:
    typist.window.change_settings(FLYPY)
    shown = typist.window.key_map
    shown.dress(LIGHT)
    image = QImage(shown.size(), QImage.Format.Format_RGB32)
    shown.render(image)
    colours = {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in (20, 50, 90)
    }
    assert {LIGHT.chrome, LIGHT.panel} <= colours


def test_scheme_of_ones_own_has_its_map(typist: Typist, tmp_path: Path) -> None:
    table = SCHEME_TABLES["flypy"]
    lines = ['name = "Mine"', f'zero = "{table.zero[0]}"', "[initials]"]
    lines += [f'{name} = "{key}"' for name, key in table.initials.items()]
    lines += ["[finals]"] + [f'{name} = "{keys}"' for name, keys in table.finals.items()]
    path = tmp_path / "mine.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    typing = TypingSettings(scheme=str(path))
    typist.window.change_settings(Settings(window=SHOWN, typing=typing))
    assert typist.window.key_map.label("q") == "q iu"
