"""Themes as small TOML files: those that come with the program, and the user's own. No Qt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from ime import atomic_write, private_folder, untrusted_files
from ime.errors import Message, SettingsError
from ime.settings import THEMES

SHIPPED = Path(__file__).with_name("themes")
READABLE = 4.5
"""Contrast of text that WCAG 2.1 asks for (1.4.3)."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_MOST_THEMES = 50


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as #rrggbb.

    Attributes:
        paper: behind the text.
        chrome: menu bar, status line, dialogs.
        panel: behind the candidates.
        ink: text.
        quiet: text of second rank.
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


TEXT_ON = {
    "ink": ("paper", "chrome", "panel", "hover", "notice"),
    "quiet": ("paper", "chrome", "panel"),
    "accent": ("paper", "chrome", "panel"),
    "on_accent": ("accent",),
}
"""Colours of text, and what each stands on."""

_COLOURS = tuple(field.name for field in fields(Theme) if field.name != "dark")


def read_theme(path: Path) -> Theme:
    """Read a theme.

    Raises:
        SettingsError: the file cannot be read, is no TOML, or has a value that no theme has; it
            names the line.
    """
    try:
        table = untrusted_files.read_toml(path)
        lines = path.read_text("utf-8-sig").splitlines()
    except OSError as exc:
        raise _fault("unreadable", path, why=exc.strerror or str(exc)) from exc
    except ValueError as exc:  # which names the line
        raise _fault("toml", path, why=str(exc)) from exc
    colours = table.get("colours")
    if not isinstance(colours, dict):
        raise _fault("lacking", path, name="[colours]")
    for name in [*(set(table) - {"dark", "colours"}), *(set(colours) - set(_COLOURS))]:
        raise _fault("unknown", path, line=_line(lines, name), name=name)
    if not isinstance(table.get("dark"), bool):
        raise _fault("dark", path, line=_line(lines, "dark"))
    return Theme(dark=bool(table["dark"]), **dict(_read_colours(colours, path, lines)))


def _read_colours(
    colours: Mapping[str, object], path: Path, lines: list[str]
) -> Iterator[tuple[str, str]]:
    for name in _COLOURS:
        if name not in colours:
            raise _fault("lacking", path, name=name)
        value = colours[name]
        if not isinstance(value, str) or not _COLOUR.fullmatch(value):
            raise _fault("colour", path, line=_line(lines, name), name=name, value=str(value))
        yield name, value.lower()


def _fault(code: str, path: Path, **figures: str | int) -> SettingsError:
    return SettingsError(Message.of(f"theme.fault.{code}", file=path.name, **figures))


def _line(lines: list[str], name: str) -> int:
    """The line that sets a value, from 1; the first where none does."""
    sets = re.compile(rf"""\s*["']?{re.escape(name)}["']?\s*=""")
    found = (number for number, line in enumerate(lines, start=1) if sets.match(line))
    return next(found, 1)


def too_faint(theme: Theme) -> tuple[tuple[str, str, float], ...]:
    """Colours of text, what they stand on, and their contrast, where it is below `READABLE`."""
    pairs = ((text, ground) for text, grounds in TEXT_ON.items() for ground in grounds)
    measured = (
        (text, ground, contrast(getattr(theme, text), getattr(theme, ground)))
        for text, ground in pairs
    )
    return tuple(found for found in measured if found[2] < READABLE)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours #rrggbb, 1 to 21 (WCAG 2.1, contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.1)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


LIGHT = read_theme(SHIPPED / "light.toml")
DARK = read_theme(SHIPPED / "dark.toml")


def own_themes(folder: Path) -> tuple[str, ...]:
    """Names of the user's own themes, in their order; those of shipped ones are taken."""
    try:
        found = sorted(path.stem for path in folder.glob("*.toml"))
    except OSError:
        return ()
    return tuple(name for name in found if name not in THEMES)[:_MOST_THEMES]


def copy_theme(name: str, folder: Path) -> Path:
    """Put a copy of a theme into the folder of the user's own; returns its path.

    Raises:
        OSError: it cannot be written.
    """
    own = folder / f"{name}.toml"
    source = own if name in own_themes(folder) else SHIPPED / f"{name}.toml"
    if not source.exists():  # system, or one that is gone
        source = SHIPPED / "light.toml"
    private_folder.make(folder)
    number = 1
    while (path := folder / f"own-{number}.toml").exists():
        number += 1
    atomic_write.replace(path, source.read_bytes(), mode=0o600)
    return path


def chosen_theme(name: str, folder: Path, *, dark: bool) -> tuple[Theme, tuple[Message, ...]]:
    """The theme of a setting, and what the user should read of it.

    Args:
        name: system, light, dark, or the name of a file in the folder.
        folder: of the user's own themes.
        dark: whether the desktop is dark; which shipped theme stands in for one that cannot be
            read.
    """
    shipped = DARK if name == "dark" or (name != "light" and dark) else LIGHT
    if name in THEMES:
        return shipped, ()
    path = folder / f"{name}.toml"
    try:
        theme = read_theme(path)
    except SettingsError as exc:
        told = exc.told if isinstance(exc.told, Message) else Message(exc.told)
        return shipped, (told,)
    faint = too_faint(theme)
    if not faint:
        return theme, ()
    text, ground, ratio = min(faint, key=lambda found: found[2])
    line = _line(path.read_text("utf-8-sig").splitlines(), text)
    return theme, (
        Message.of(
            "theme.faint", file=path.name, line=line, text=text, ground=ground, ratio=ratio
        ),
    )
