"""What another process of the user's changes reaches the engine while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from ime.settings import load, save
from ime.userdb.selection_log import SelectionLog
from ime.values import Mark, MarkKind
from tests.ibus.daemon import ESCAPE, Daemon, Editor

WITHIN_SECONDS = 5.0
"""A machine that is busy with other tests is given longer than the second that is meant."""


def reaches(editor: Editor, found: Callable[[], bool]) -> None:
    over = time.monotonic() + WITHIN_SECONDS
    while not found():
        assert time.monotonic() < over
        editor.look(0.1)


def test_settings_of_the_window_reach_the_engine_and_back(
    daemon: Daemon, editor: Editor
) -> None:
    path = daemon.folder / "moyin" / "config" / "settings.toml"
    before = load(path).settings
    editor.look(0.1)
    assert editor.properties["punctuation"] == "。，"
    typing = msgspec.structs.replace(before.typing, chinese_punctuation=False)
    save(msgspec.structs.replace(before, typing=typing), path)
    reaches(editor, lambda: editor.properties["punctuation"] == ".,")
    editor.activate("punctuation")
    reaches(editor, lambda: load(path).settings.typing.chinese_punctuation)


def test_a_pin_of_the_window_reaches_the_engine(daemon: Daemon, editor: Editor) -> None:
    def second_word() -> list[str]:
        editor.type("yiyi")
        editor.await_(lambda: len(editor.table) > 1)
        editor.look(0.1)
        found = list(editor.table)
        editor.tap(ESCAPE)
        return found

    first, second = second_word()[:2]
    log = SelectionLog(daemon.folder / "moyin" / "data" / "user.sqlite", run=99)
    try:
        log.set_mark(Mark(MarkKind.PINNED, "yiyi", ("yi", "yi"), second), time.time())
        reaches(editor, lambda: second_word()[0] == second)
        log.set_mark(Mark(MarkKind.PLAIN, "yiyi", ("yi", "yi"), second), time.time())
        reaches(editor, lambda: second_word()[0] == first)
    finally:
        log.close()


def test_private_mode_writes_nothing_down(daemon: Daemon, editor: Editor) -> None:
    path = daemon.folder / "moyin" / "data" / "user.sqlite"
    editor.activate("private")
    editor.type("zhuanyongci ")
    editor.look(0.3)
    log = SelectionLog(path, run=98)
    try:
        assert not [row for row in log.rows() if row.selection.raw.startswith("zhuanyong")]
    finally:
        log.close()
    editor.activate("private")
    reaches(
        editor,
        lambda: not load(path.parents[1] / "config" / "settings.toml").settings.typing.private,
    )
