"""Colours and fonts of the window: a light and a dark theme over Qt's Fusion style.

Fusion is used on every system because it takes all of its colours from the palette; native
styles ignore parts of it and would mix light and dark. Lengths are device-independent pixels.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from ime.settings import Theme as ThemeName
from ime.ui.style import RULES

CJK_FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "PingFang SC",
    "HarmonyOS Sans SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
)
"""Best first. A simplified Chinese family must be named: the fallback of many systems shows the
Japanese shapes of shared code points."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as #rrggbb.

    Attributes:
        paper: behind the text.
        chrome: menu bar, status line, dialogs.
        panel: behind the candidates.
        ink: text.
        quiet: text of second rank; at least 4.5:1 against paper, chrome and panel.
        line: borders and separators.
        hover: behind what the mouse points at.
        accent: highlight, caret, links.
        on_accent: text on the accent.
        notice: behind a notice.
        dark: whether it is a dark theme.
    """

    paper: str
    chrome: str
    panel: str
    ink: str
    quiet: str
    line: str
    hover: str
    accent: str
    on_accent: str
    notice: str
    dark: bool


LIGHT = Theme(
    paper="#ffffff",
    chrome="#f6f6f4",
    panel="#ffffff",
    ink="#1f2328",
    quiet="#63676e",
    line="#deded9",
    hover="#ebebe7",
    accent="#2f6d62",
    on_accent="#ffffff",
    notice="#fdf3d7",
    dark=False,
)
DARK = Theme(
    paper="#1c1e20",
    chrome="#232628",
    panel="#2a2d30",
    ink="#e6e6e3",
    quiet="#a2a6a9",
    line="#3b3f42",
    hover="#363a3d",
    accent="#7cc4b5",
    on_accent="#10201d",
    notice="#443b22",
    dark=True,
)


def choose(name: ThemeName, scheme: Qt.ColorScheme) -> Theme:
    """The theme for a setting, `scheme` being what the desktop asks for."""
    dark = name == "dark" or (name == "system" and scheme == Qt.ColorScheme.Dark)
    return DARK if dark else LIGHT


def text_font(points: int) -> QFont:
    """The font of editor and candidates.

    Args:
        points: size.
    """
    font = QFont(QApplication.font())
    font.setFamilies(_families(font.family()))
    font.setPointSize(points)
    return font


def interface_font() -> QFont:
    """The font of menus, status line and dialogs: the system's own, then a Chinese one."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setFamilies(_families(font.family()))
    return font


def _families(system: str) -> list[str]:
    """Family names, best first.

    Linux desktops without a configured font report DejaVu or a bare "Sans"; the Latin letters
    of the Chinese family go better with its hanzi than those.
    """
    installed = set(QFontDatabase.families())
    chinese = [family for family in CJK_FAMILIES if family in installed]
    bare = not system or system.startswith(("DejaVu", "Sans", "Bitstream", "Monospace"))
    return [*chinese, system] if bare and chinese else [system, *chinese]


def apply(app: QApplication, name: ThemeName) -> Theme:
    """Dress the application, and return the theme now worn."""
    hints = app.styleHints()
    match name:
        case "system":
            hints.unsetColorScheme()
        case "light":
            hints.setColorScheme(Qt.ColorScheme.Light)
        case "dark":
            hints.setColorScheme(Qt.ColorScheme.Dark)
    theme = choose(name, hints.colorScheme())
    app.setStyle("Fusion")
    app.setPalette(palette(theme))
    app.setStyleSheet(style_sheet(theme))
    return theme


def palette(theme: Theme) -> QPalette:
    """Qt's palette in the colours of a theme."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.chrome,
        role.WindowText: theme.ink,
        role.Base: theme.paper,
        role.AlternateBase: theme.chrome,
        role.Text: theme.ink,
        role.PlaceholderText: theme.quiet,
        role.Button: theme.chrome,
        role.ButtonText: theme.ink,
        role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.ink,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.BrightText: theme.on_accent,
        role.Light: theme.panel,
        role.Midlight: theme.hover,
        role.Mid: theme.line,
        role.Dark: theme.line,
        role.Shadow: theme.line,
    }
    result = QPalette()
    for colour_role, value in colours.items():
        result.setColor(colour_role, QColor(value))
    faded = QColor(theme.quiet)
    faded.setAlphaF(0.6)
    for colour_role in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, colour_role, faded)
    return result


def style_sheet(theme: Theme) -> str:
    """The style sheet in the colours of a theme."""
    return RULES.substitute(asdict(theme))
