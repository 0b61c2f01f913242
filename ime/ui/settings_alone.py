"""The dialog of the settings without the window, as the desktop's panel opens it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMessageBox

from ime.errors import SettingsError
from ime.settings import Settings, save
from ime.texts.catalogue import told
from ime.ui import theme
from ime.ui.application import make_application
from ime.ui.language import speak
from ime.ui.settings_dialog import SettingsDialog


def run_settings(settings: Settings, path: Path) -> int:
    """Show the dialog until it is closed; each change is saved, and running programs follow.

    Args:
        settings: as loaded.
        path: of the settings file.

    Returns:
        The exit status.
    """
    app = make_application()
    dialog = make_dialog(settings, path)
    dialog.finished.connect(app.quit)
    dialog.show()
    return int(app.exec())


def make_dialog(settings: Settings, path: Path) -> SettingsDialog:
    """The dialog, not shown yet; it wears the theme and speaks the language it sets."""
    app, themes = make_application(), path.with_name("themes")
    speak(app, settings.appearance.language)
    theme.apply(app, settings.window.theme, themes)
    dialog = SettingsDialog(None, settings, themes)

    def keep(changed: Settings) -> None:
        speak(app, changed.appearance.language)
        theme.apply(app, changed.window.theme, themes)
        try:
            save(changed, path)
        except SettingsError as error:
            QMessageBox.warning(dialog, dialog.windowTitle(), told(error.told))

    dialog.changed.connect(keep)
    return dialog
