"""Whether the machine runs on mains power, where the system tells so in a file."""

from __future__ import annotations

from pathlib import Path

SUPPLIES = Path("/sys/class/power_supply")
"""Of Linux; other systems have none, and count as on mains."""


def on_mains(supplies: Path = SUPPLIES) -> bool:
    """False only where a battery says that it is being emptied.

    Args:
        supplies: folder with one folder a power supply.
    """
    try:
        return not any(_discharging(supply) for supply in supplies.iterdir())
    except OSError:
        return True


def _discharging(supply: Path) -> bool:
    return (
        _word(supply / "type") == "Battery"
        and _word(supply / "scope") != "Device"  # a mouse's battery
        and _word(supply / "status") == "Discharging"
    )


def _word(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
