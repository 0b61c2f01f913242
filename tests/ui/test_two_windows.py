from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ime.settings import Folders
from ime.userdb.draft_format import unpack
from ime.userdb.selection_log import SelectionLog
from tests.ui.conftest import OpenWindow, Typist

pytestmark = pytest.mark.gui


def test_two_windows_on_one_folder_keep_both_texts_and_all_choices(
    open_window: OpenWindow, qtbot: QtBot, folders: Folders
) -> None:
    first, second = (Typist(open_window(), qtbot) for _ in range(2))
    for typist in (first, second, first):
        typist.type("nihao").wait_list().press(Qt.Key.Key_Space)
    first.wait_text("你好你好")
    second.wait_text("你好")

    def kept() -> None:
        paths = sorted((folders.data / "drafts").glob("draft-*.json"))
        assert sorted(unpack(path.read_bytes())[1] for path in paths) == ["你好", "你好你好"]

    qtbot.waitUntil(kept, timeout=10_000)
    log = SelectionLog(folders.database, run=0)
    rows = [(row.run, row.commit_id, row.selection.chosen) for row in log.rows()]
    log.close()
    assert [text for _, _, text in rows] == ["你好"] * 3
    assert len({run for run, _, _ in rows}) == 2
    assert len(set(rows)) == 3
