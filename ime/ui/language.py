"""The language of the window: our texts and Qt's own, changed while everything is open."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from ime.errors import Message
from ime.texts.catalogue import language, say, told, use_language

_TRANSLATOR = "texts of Qt"  # object name, to find those in use

_LACKING = {
    ("QFileDialog", "Look in:"): "qt.look_in",
    ("QFileDialog", "Files of type:"): "qt.file_type",
    ("QAbstractFileIconProvider", "Folder"): "qt.folder",
    ("QFileSystemModel", "Folder"): "qt.folder",
}
"""Texts of Qt, by context and English, that its own Chinese file lacks in Qt 6.11."""


def speak(app: QApplication, setting: str) -> None:
    """Use a language from now on; every widget gets `QEvent.LanguageChange`.

    Args:
        app: the application.
        setting: as `appearance.language` of the settings.
    """
    use_language(setting, next(iter(QLocale.system().uiLanguages()), ""))
    for before in app.findChildren(QTranslator, _TRANSLATOR):
        app.removeTranslator(before)
        before.deleteLater()
    if language() != "en":
        whole = QTranslator(app)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        whole.load(f"qtbase_{language()}", folder)
        for translator in (_Lacking(app), whole):  # the last one is asked first
            translator.setObjectName(_TRANSLATOR)
            app.installTranslator(translator)
    # Qt sends it by itself only where one of its own files was installed or removed.
    QApplication.sendEvent(app, QEvent(QEvent.Type.LanguageChange))


class _Lacking(QTranslator):
    """What Qt's own file lacks."""

    def translate(
        self, context: str, source: str, comment: str | None = None, n: int = -1
    ) -> str:
        code = _LACKING.get((context, source))
        return say(code) if code is not None else ""

    def isEmpty(self) -> bool:
        return False


class Wording:
    """The texts that a widget shows now; its `changeEvent` has them said again.

    Each is kept by the setter that shows it, so that a later text replaces an earlier.
    """

    def __init__(self) -> None:
        self._shown: dict[Callable[[str], object], str | Message] = {}

    def __call__(
        self, show: Callable[[str], object], code: str, /, **figures: str | float | Message
    ) -> None:
        """Show a text.

        Args:
            show: gets the sentence, for instance `label.setText`.
            code: of the catalogue.
            figures: of the text.
        """
        self.tell(show, Message(code, figures))

    def tell(self, show: Callable[[str], object], message: str | Message) -> None:
        """Show a message."""
        self._shown[show] = message
        show(told(message))

    def clear(self, show: Callable[[str], object]) -> None:
        """Show nothing."""
        self._shown.pop(show, None)
        show("")

    def say_again(self) -> None:
        """Show all texts in the language that is now in use."""
        for show, message in self._shown.items():
            show(told(message))
