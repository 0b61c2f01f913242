from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette

from ime.settings import Theme as ThemeName
from ime.ui.theme import DARK, LIGHT, Theme, choose, palette

READABLE = 4.5  # contrast that WCAG 2.1 asks of text
VISIBLE = 3.0  # and of parts of controls


def _luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = (QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF())
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_theme_has_text_that_can_be_read(theme: Theme) -> None:
    for ground in (theme.paper, theme.chrome, theme.panel, theme.hover):
        assert _contrast(theme.ink, ground) >= READABLE
    for ground in (theme.paper, theme.chrome, theme.panel):
        assert _contrast(theme.quiet, ground) >= READABLE
        assert _contrast(theme.accent, ground) >= READABLE
    assert _contrast(theme.on_accent, theme.accent) >= READABLE
    assert _contrast(theme.ink, theme.notice) >= READABLE


@pytest.mark.parametrize(
    ("name", "scheme", "dark"),
    [
        pytest.param("system", Qt.ColorScheme.Dark, True, id="system-dark"),
        pytest.param("system", Qt.ColorScheme.Light, False, id="system-light"),
        pytest.param("system", Qt.ColorScheme.Unknown, False, id="system-unknown"),
        pytest.param("light", Qt.ColorScheme.Dark, False, id="light"),
        pytest.param("dark", Qt.ColorScheme.Light, True, id="dark"),
    ],
)
def test_choose_follows_the_setting_before_the_system(
    name: ThemeName, scheme: Qt.ColorScheme, dark: bool
) -> None:
    assert choose(name, scheme).dark is dark


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_palette_sets_every_role(theme: Theme) -> None:
    roles = set(QPalette.ColorRole) - {
        QPalette.ColorRole.NoRole,
        QPalette.ColorRole.NColorRoles,
    }
    made = palette(theme)
    unset = {role for role in roles if not made.isBrushSet(QPalette.ColorGroup.Active, role)}
    assert {role.name for role in unset} <= {"LinkVisited"}
