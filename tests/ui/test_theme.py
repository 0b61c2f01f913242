"""Themes: files that are read with care, contrast that is measured, and what is worn."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from ime.errors import SettingsError
from ime.texts.catalogue import told
from ime.ui.theme import apply, palette, text_font
from ime.ui.theme_file import (
    DARK,
    LIGHT,
    READABLE,
    SHIPPED,
    Theme,
    chosen_theme,
    contrast,
    copy_theme,
    own_themes,
    read_theme,
    too_faint,
)

LIGHT_TEXT = (SHIPPED / "light.toml").read_text("utf-8")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_shipped_theme_has_text_that_can_be_read(theme: Theme) -> None:
    assert too_faint(theme) == ()


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#abcdef", "#abcdef", 1.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize(
    ("name", "desktop_is_dark", "dark"),
    [
        ("system", True, True),
        ("system", False, False),
        ("light", True, False),
        ("dark", False, True),
    ],
)
def test_setting_goes_before_the_desktop(
    tmp_path: Path, name: str, desktop_is_dark: bool, dark: bool
) -> None:
    theme, notices = chosen_theme(name, tmp_path, dark=desktop_is_dark)
    assert (theme.dark, notices) == (dark, ())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('ink = "#1f2328"', "ink = 3", "line 10: ink must be a colour"),
        ('ink = "#1f2328"', 'ink = "red"', "not red"),
        ('ink = "#1f2328"', 'inc = "#1f2328"', "line 10: there is no inc"),
        ('ink = "#1f2328"', "", "lacks ink"),
        ('ink = "#1f2328"', "ink = ", "at line 10"),
        ("dark = false", "dark = 1", "line 4: dark must be"),
        ("dark = false", "", "dark must be"),
        ("dark = false", "dark = false\nname = 1", "line 5: there is no name"),
        ("[colours]", "[colors]", "lacks [colours]"),
    ],
)
def test_bad_file_is_told_with_its_line_and_the_shipped_theme_is_worn(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in LIGHT_TEXT
    path = tmp_path / "mine.toml"
    path.write_text(LIGHT_TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(SettingsError):
        read_theme(path)
    theme, (notice,) = chosen_theme("mine", tmp_path, dark=True)
    assert theme == DARK
    assert said in told(notice)
    assert "mine.toml" in told(notice)


def test_missing_and_unreadable_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    for name in ("gone", "folder"):
        theme, (notice,) = chosen_theme(name, tmp_path, dark=False)
        assert theme == LIGHT
        assert f"{name}.toml cannot be read" in told(notice)


def test_faint_text_is_told_and_the_theme_is_worn(tmp_path: Path) -> None:
    path = tmp_path / "faint.toml"
    path.write_text(LIGHT_TEXT.replace("#1f2328", "#999999"), encoding="utf-8")
    theme, (notice,) = chosen_theme("faint", tmp_path, dark=False)
    assert theme.ink == "#999999"
    ratio = min(ratio for _, _, ratio in too_faint(theme))
    assert ratio < READABLE
    assert f"faint.toml, line 10: ink on hover has a contrast of {ratio:.1f}" in told(notice)


def test_copies_are_themes_of_ones_own(tmp_path: Path) -> None:
    folder = tmp_path / "themes"
    assert own_themes(folder) == ()
    first, second = copy_theme("dark", folder), copy_theme("own-1", folder)
    assert own_themes(folder) == ("own-1", "own-2")
    assert read_theme(first) == read_theme(second) == DARK
    assert read_theme(copy_theme("system", folder)) == LIGHT


@pytest.mark.gui
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_palette_sets_every_role(theme: Theme) -> None:
    roles = set(QPalette.ColorRole) - {
        QPalette.ColorRole.NoRole,
        QPalette.ColorRole.NColorRoles,
    }
    made = palette(theme)
    unset = {role for role in roles if not made.isBrushSet(QPalette.ColorGroup.Active, role)}
    assert {role.name for role in unset} <= {"LinkVisited"}


@pytest.mark.gui
def test_own_theme_is_worn(qapp: QApplication, tmp_path: Path) -> None:
    copy_theme("dark", tmp_path)
    worn, _ = apply(qapp, "own-1", tmp_path)
    assert worn == DARK
    assert qapp.palette().base().color().name() == DARK.paper
    apply(qapp, "system", tmp_path)


@pytest.mark.gui
def test_chosen_family_goes_before_the_systems(qapp: QApplication) -> None:
    assert text_font(14, "Some Family").families()[0] == "Some Family"
    assert len(text_font(14, "Some Family").families()) > 1
