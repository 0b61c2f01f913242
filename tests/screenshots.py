"""Pictures of the window as it is on a screen: `python -m tests.screenshots OUT`.

Each look (theme, language, scale) is a process of its own under Xvfb: Qt reads the scale
once. The converter is the shipped n-gram, the user is made up. Files are named after what they
show and the look: `typing-light-zh-1x.png`.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QTabWidget, QWidget

from ime.app import Parts
from ime.backend.opening import open_by_settings
from ime.backend.savings import Replayed
from ime.settings import (
    Settings,
    TypingSettings,
    user_folders,
)
from ime.ui.application import make_application
from ime.ui.backup_dialog import BackupDialog
from ime.ui.statistics_dialog import StatisticsDialog
from ime.ui.tour import STEPS
from ime.ui.words_dialog import WordsDialog
from ime.userdb.selection_log import SelectionLog
from ime.values import How, LeftContext, Mark, MarkKind, Selection, UserWord

THEMES = ("light", "dark")
LANGUAGES = ("zh_CN", "en")
SCALES = (1, 2)
SCREEN = "1400x1000x24"  # at scale 2 as large as a small notebook's
PATIENCE = 20.0  # seconds that a picture may be in coming
TEXT = "墨音把拼音变成汉字。\n每一次选择都留在这台电脑上。\n"


class Photographer:
    """A window with what a picture needs around it.

    Args:
        folder: of the pictures.
        look: end of their names.
        settings: of the window.
    """

    def __init__(self, folder: Path, look: str, settings: Settings) -> None:
        self._folder, self._look = folder, look
        self.parts = Parts(settings, user_folders(), open_by_settings)
        self.window = self.parts.window
        self.parts.show()
        self.window.move(20, 20)
        self.wait(lambda: self.window.input_context.ready)
        self.window.editor.setPlainText(TEXT)
        self.window.editor.moveCursor(self.window.editor.textCursor().MoveOperation.End)

    def wait(
        self, condition: Callable[[], bool] = lambda: False, most: float = PATIENCE
    ) -> None:
        """Let Qt work until something holds."""
        end = time.monotonic() + most
        while not condition() and time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.01)

    def type(self, letters: str) -> None:
        """Type, and wait for the candidates."""
        QTest.keyClicks(self.window.editor, letters)
        self.wait(lambda: self.window.input_context.state.list_is_current)

    def press(self, key: Qt.Key) -> None:
        """Press a key in the editor."""
        QTest.keyClick(self.window.editor, key)
        self.wait(most=0.1)

    def change(self, settings: Settings) -> None:
        """Put settings into effect."""
        self.window.apply_settings(settings)

    def take(self, name: str, *others: QWidget) -> None:
        """Take the window and what lies over it."""
        self.wait(most=0.3)
        area = self.window.frameGeometry()
        for other in (*others, self.window.panel):
            if other.isVisible():
                area = area.united(other.frameGeometry())
        picture = _grab(area)
        picture.save(str(self._folder / f"{name}-{self._look}.png"))

    def take_dialog(self, name: str, dialog: QDialog) -> None:
        """Take a dialog alone, page by page where it has pages."""
        tabs = dialog.findChild(QTabWidget)
        for page in range(tabs.count() if tabs is not None else 1):
            if tabs is not None:
                tabs.setCurrentIndex(page)
            self.wait(most=0.4)
            screen = QGuiApplication.primaryScreen()
            area = dialog.frameGeometry()
            if not screen.geometry().contains(area):
                print(f"{name} {page} leaves the screen: {area}")  # noqa: T201
            picture = _grab(area)
            number = f"-{page + 1}" if tabs is not None else ""
            picture.save(str(self._folder / f"{name}{number}-{self._look}.png"))
        dialog.close()

    def open(self, code: str) -> QDialog:
        """The dialog that a menu entry opens."""
        before = set(self.window.findChildren(QDialog))
        self.window.action(code).trigger()
        self.wait(most=0.3)
        shown = [one for one in self.window.findChildren(QDialog) if one.isVisible()]
        return next((one for one in shown if one not in before), shown[-1])

    def close(self) -> None:
        """End it without questions."""
        self.window.host.leave_now()
        self.window.editor.document().setModified(False)
        self.window.close()
        self.parts.close()


def photograph(folder: Path, theme: str, language: str, scale: int) -> None:
    """Take all pictures of one look."""
    settings = msgspec.convert(
        {
            "window": {"theme": theme},
            "appearance": {"language": language},
            "model": {"tier": "ngram"},
        },
        Settings,
    )
    make_application()
    look = f"{theme}-{language.partition('_')[0]}-{scale}x"
    one = Photographer(folder, look, settings)
    try:
        for picture in PICTURES:
            picture(one, settings)
            one.change(settings)
            one.press(Qt.Key.Key_Escape)
    finally:
        one.close()


def typing(one: Photographer, settings: Settings) -> None:
    """Composing, first lines long and Latin, then below each other."""
    one.type("jintianwanshangyiqichifan")
    one.take("typing")
    one.press(Qt.Key.Key_Escape)
    for letters in ("API", "rq", "www.example.org/a/long/address", "v20261129"):
        one.type(letters)
        one.take(f"letters-{letters[:3].lower()}")
        one.press(Qt.Key.Key_Escape)


def vertical(one: Photographer, settings: Settings) -> None:
    """Candidates below each other, in a large type."""
    one.change(
        _with(
            settings,
            window=msgspec.structs.replace(
                settings.window, orientation="vertical", font_size=27
            ),
        )
    )
    one.type("nihao")
    one.take("vertical")


def signs(one: Photographer, settings: Settings) -> None:
    """Private mode, shuangpin with its keyboard, English mode."""
    window = msgspec.structs.replace(settings.window, key_map=True)
    flypy = TypingSettings(scheme="flypy", private=True)
    one.change(_with(settings, typing=flypy, window=window))
    one.press(Qt.Key.Key_Shift)
    one.take("signs")
    one.press(Qt.Key.Key_Shift)
    one.type("nihcm")
    one.take("key-map")
    one.press(Qt.Key.Key_Escape)


def empty(one: Photographer, settings: Settings) -> None:
    """The window as it opens, in a large type."""
    one.change(_with(settings, window=msgspec.structs.replace(settings.window, font_size=27)))
    one.window.editor.clear()
    one.take("empty")
    one.window.editor.setPlainText(TEXT)
    one.window.editor.moveCursor(one.window.editor.textCursor().MoveOperation.End)


def menus(one: Photographer, settings: Settings) -> None:
    """Each menu."""
    for number, action in enumerate(one.window.menuBar().actions(), start=1):
        menu = action.menu()
        if isinstance(menu, QWidget):
            at = one.window.menuBar().actionGeometry(action).bottomLeft()
            menu.popup(one.window.menuBar().mapToGlobal(at))  # type: ignore[attr-defined]
            one.take(f"menu-{number}", menu)
            menu.close()


def dialogs(one: Photographer, settings: Settings) -> None:
    """Every dialog, page by page."""
    store = one.parts.backend.store
    syllables = ("ce", "shi")
    for kind, text in ((MarkKind.PINNED, "测试"), (MarkKind.HIDDEN, "侧室")):
        store.mark(Mark(kind, "ceshi", syllables, text))
    for code in ("settings", "personalize", "keys", "about"):
        one.take_dialog(code, one.open(f"menu.{code}"))


def words(one: Photographer, settings: Settings) -> None:
    """5,000 words of the user's own, and a file before it is imported."""
    some = [
        "陈省身",
        "墨音",
        "格洛丽亚",
        "华罗庚",
        "潘建伟",
        "曾国藩",
        "单田芳",
        "朴树",
        "仇英",
        "解缙",
    ]
    readings = ["chen xing shen", "mo yin", "ge luo li ya", "hua luo geng", "pan jian wei"]
    rows = [
        UserWord(text, tuple(reading.split()), 1.0, "added", 1.79e9 - 1e5 * number)
        for number, (text, reading) in enumerate(zip(some, readings, strict=False))
    ]
    digits = {"一": "yi", "二": "er", "三": "san", "四": "si", "五": "wu"}
    for hanzi in itertools.product(digits, repeat=6):
        if len(rows) < 5000:
            reading = tuple(digits[one] for one in hanzi)
            rows.append(UserWord("".join(hanzi), reading, 0.02, "numbers.scel", 1.7e9))
    one.parts.backend.store.ask(lambda log: log.words.put(rows), lambda _: None, print).result()
    phrases = user_folders().phrases_file
    phrases.parent.mkdir(exist_ok=True)
    lines = (
        "dz\t上海市静安区某某路 1 号\t1",
        'zh\t"您好！\\n祝您愉快。"\t2',
        "yx\tmo@example.org",
    )
    phrases.write_text("\n".join(lines), encoding="utf-8")
    dialog = one.open("menu.words")
    path = Path(os.environ["MOYIN_HOME"]) / "names.txt"
    path.write_text("\n".join([*some, "孟德尔 meng'de'er", "好"]), encoding="utf-8")
    assert isinstance(dialog, WordsDialog)
    one.wait(lambda: dialog.model.rowCount() >= len(rows))
    dialog.read_file(path)
    one.wait(lambda: dialog.review is not None)
    assert dialog.review is not None
    one.take_dialog("import", dialog.review)
    one.take_dialog("words", dialog)


def statistics(one: Photographer, settings: Settings) -> None:
    """Two months of a made-up typist, and what learning saved him."""
    now = time.time()

    def type_for_days(log: SelectionLog) -> None:
        log.daily.delete()
        for day in range(60):
            characters = 400 + 37 * day % 900
            choice = Selection(
                LeftContext(), "x" * (2 * characters), (), (), "字" * characters, 0, How.SPACE
            )
            worse = replace(choice, rank=1, raw="", chosen="")
            choices = (choice,) * (20 + day // 6) + (worse,) * 8
            with log._db:
                log.daily.add(choices, now - 86_400 * (60 - day))

    one.parts.backend.store.ask(type_for_days, lambda _: None, print).result()
    dialog = one.open("menu.statistics")
    assert isinstance(dialog, StatisticsDialog)
    learned = (36, 38, 37, 40, 41, 43, 42, 44, 45, 46)
    without = (36, 35, 36, 36, 37, 36, 35, 37, 36, 36)
    dialog._show_replayed(Replayed(500, 500, without, learned, (50,) * 10))
    one.take_dialog("statistics", dialog)


def around(one: Photographer, settings: Settings) -> None:
    """The tour step by step, find and replace, backing up."""
    one.window.tour.begin()
    for step in range(len(STEPS)):
        one.window.tour.show_step(step)
        one.take(f"tour-{step + 1}")
    one.window.tour.leave()
    one.window.action("menu.replace").trigger()
    one.window.find_bar.wanted.setText("汉字")
    one.window.find_bar.instead.setText("漢字")
    one.window.find_bar.find_next()
    one.take("replace")
    one.window.find_bar.leave()
    dialog = one.open("menu.backup")
    assert isinstance(dialog, BackupDialog)
    path = Path(os.environ["MOYIN_HOME"]) / "moyin.zip"
    dialog.save(path)
    one.wait(path.exists)
    one.take_dialog("backup", dialog)


PICTURES = (typing, vertical, signs, empty, menus, dialogs, words, statistics, around)


def _grab(area: QRect) -> QPixmap:
    """What the screen shows there, as far as it goes."""
    screen = QGuiApplication.primaryScreen()
    part = area.intersected(screen.geometry())
    return screen.grabWindow(0, part.x(), part.y(), part.width(), part.height())


def _with(settings: Settings, **sections: msgspec.Struct) -> Settings:
    return msgspec.structs.replace(settings, **sections)


def _looks() -> Iterator[tuple[str, str, int]]:
    return itertools.product(THEMES, LANGUAGES, SCALES)


def _one_look(folder: Path, theme: str, language: str, scale: int) -> None:
    """Start the process of one look on a screen of its own."""
    with tempfile.TemporaryDirectory() as home:
        environ = {
            **os.environ,
            "MOYIN_HOME": home,
            "QT_SCALE_FACTOR": str(scale),
            "LC_ALL": "C.UTF-8",
        }
        environ.pop("QT_QPA_PLATFORM", None)
        inner = [sys.executable, "-m", "tests.screenshots", str(folder)]
        look = ["--look", theme, language, str(scale)]
        screen = ["xvfb-run", "-a", "-s", f"-screen 0 {SCREEN}"]
        subprocess.run([*screen, *inner, *look], env=environ, check=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--look", nargs=3, help="theme, language and scale, in this process")
    parser.add_argument("--only", help="of the looks, those with this in their name")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    if args.look:
        theme, language, scale = args.look
        photograph(args.out, theme, language, int(scale))
        return
    for theme, language, scale in _looks():
        if not args.only or args.only in f"{theme}-{language}-{scale}x":
            _one_look(args.out, theme, language, scale)


if __name__ == "__main__":
    main()
