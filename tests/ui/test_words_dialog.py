"""Words of the user's own in a window: found, changed, taken back, moved, many at once."""

from __future__ import annotations

import time
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ime.settings import Folders
from ime.ui import words_dialog
from ime.ui.words_dialog import WordsDialog
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Selection, UserWord
from tests.ui.conftest import Typist

pytestmark = pytest.mark.gui

Key = Qt.Key
CHEN = UserWord("陈省身", ("chen", "xing", "shen"), 1.0, "added", 1_700_000_000.0)
MOYIN = UserWord("墨音", ("mo", "yin"), 0.5, "a.txt", 1_600_000_000.0)


def put(folders: Folders, *words: UserWord) -> None:
    log = SelectionLog(folders.database, run=1)
    log.words.put(words)
    log.close()


@pytest.fixture
def dialog(typist: Typist, folders: Folders, qtbot: QtBot) -> WordsDialog:
    put(folders, CHEN, MOYIN)
    typist.window.open_words()
    made = typist.window.words_dialog
    assert made is not None
    qtbot.waitUntil(lambda: texts(made) == ["陈省身", "墨音"])
    return made


def texts(dialog: WordsDialog) -> list[str]:
    model = dialog.model
    rows = range(model.rowCount())
    return [str(model.data(model.index(row, 0))) for row in rows]


def _shows(dialog: WordsDialog, wanted: list[str]) -> bool:
    return texts(dialog) == wanted


def choose(dialog: WordsDialog, text: str) -> None:
    dialog.table.selectRow(texts(dialog).index(text))


def stored(folders: Folders) -> set[tuple[str, str]]:
    log = SelectionLog(folders.database, run=2)
    try:
        return {(text, reading) for text, reading, _ in log.words.rows()}
    finally:
        log.close()


@pytest.mark.parametrize(
    ("part", "found"),
    [("省", ["陈省身"]), ("moy", ["墨音"]), ("mo yin", ["墨音"]), ("无", []), ("", 2)],
)
def test_words_are_found_by_hanzi_and_pinyin(
    dialog: WordsDialog, qtbot: QtBot, part: str, found: list[str] | int
) -> None:
    dialog.search.setText("x")
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 0)
    dialog.search.setText(part)
    if isinstance(found, int):
        qtbot.waitUntil(lambda: dialog.model.rowCount() == found)
        return
    qtbot.waitUntil(lambda: texts(dialog) == found)
    assert dialog.count.text() == f"{len(found)} word{'' if len(found) == 1 else 's'}"


@pytest.mark.parametrize(
    ("column", "first"),
    list(enumerate(["墨音", "陈省身", "陈省身", "墨音", "陈省身"])),
)
def test_each_column_sorts_both_ways(
    dialog: WordsDialog, qtbot: QtBot, column: int, first: str
) -> None:
    for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder):
        dialog.table.sortByColumn(column, order)
        up = order == Qt.SortOrder.AscendingOrder
        wanted = [first, *({"陈省身", "墨音"} - {first})]
        wanted = wanted if up else wanted[::-1]
        qtbot.waitUntil(partial(_shows, dialog, wanted))


def test_word_is_added_by_keys_alone_and_its_reading_told_by_the_model(
    dialog: WordsDialog, qtbot: QtBot, folders: Folders
) -> None:
    dialog.add_button.setFocus()
    QTest.keyClick(dialog.add_button, Key.Key_Space)
    assert dialog.form is not None
    dialog.form.text.setText("音乐银行")
    QTest.keyClick(dialog.form.text, Key.Key_Return)
    qtbot.waitUntil(lambda: "音乐银行" in texts(dialog), timeout=30_000)
    assert ("音乐银行", "yin yue yin hang") in stored(folders)
    assert not dialog.form.isVisible()


@pytest.mark.parametrize(("text", "proposed"), [("陈景润", "陈景润"), ("hello 你", "")])
def test_word_selected_in_the_text_is_proposed(
    typist: Typist, dialog: WordsDialog, text: str, proposed: str
) -> None:
    typist.window.editor.setPlainText(text)
    typist.window.editor.selectAll()
    typist.window.open_words()
    dialog.add_button.click()
    assert dialog.form is not None
    assert dialog.form.text.text() == proposed
    dialog.form.reject()


def test_word_that_is_none_is_refused_where_it_was_written(
    dialog: WordsDialog, qtbot: QtBot, folders: Folders
) -> None:
    dialog.add_button.click()
    form = dialog.form
    assert form is not None
    form.text.setText("陈省身")
    form.reading.setText("chen xing")
    form.buttons.accepted.emit()
    qtbot.waitUntil(form.fault.isVisible)
    assert "chen xing shen" in form.fault.text()
    assert form.isVisible()
    form.reject()
    assert len(stored(folders)) == 2


def test_word_is_changed_and_that_is_taken_back(
    dialog: WordsDialog, qtbot: QtBot, folders: Folders
) -> None:
    choose(dialog, "墨音")
    dialog.edit_button.click()
    form = dialog.form
    assert form is not None
    assert form.reading.text() == "mo yin"
    form.text.setText("墨印")
    form.buttons.accepted.emit()
    qtbot.waitUntil(lambda: "墨印" in texts(dialog) and "墨音" not in texts(dialog))
    dialog.undo_button.click()
    qtbot.waitUntil(lambda: "墨音" in texts(dialog) and "墨印" not in texts(dialog))
    assert stored(folders) == {("陈省身", "chen xing shen"), ("墨音", "mo yin")}


@pytest.mark.parametrize("everything", [False, True])
def test_words_are_deleted_by_a_key_and_come_back_as_they_were(
    dialog: WordsDialog, qtbot: QtBot, folders: Folders, *, everything: bool
) -> None:
    if everything:
        dialog.table.selectAll()
    else:
        choose(dialog, "墨音")
    dialog.activateWindow()
    dialog.table.setFocus()
    qtbot.waitUntil(dialog.table.hasFocus)
    QTest.keyClick(dialog.table, Key.Key_Delete)
    left = [] if everything else ["陈省身"]
    qtbot.waitUntil(lambda: texts(dialog) == left)
    dialog.undo_button.click()
    qtbot.waitUntil(lambda: texts(dialog) == ["陈省身", "墨音"])
    log = SelectionLog(folders.database, run=2)
    assert set(log.words.find()) == {CHEN, MOYIN}
    log.close()


def test_learned_word_is_forgotten_only_if_the_user_is_sure(
    dialog: WordsDialog, qtbot: QtBot, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = SelectionLog(folders.database, run=3)
    for number in (1, 2):
        choice = Selection(
            LeftContext(), "yinmo", ("yin", "mo"), ("隐没", "音墨"), "音墨", 1, How.DIGIT
        )
        log.append(Commit(number, "音墨", ("yin", "mo"), (choice,)), 1.0, Versions())
    log.close()
    dialog.refresh()
    qtbot.waitUntil(lambda: texts(dialog)[:1] == ["音墨"])
    choose(dialog, "音墨")
    assert not dialog.edit_button.isEnabled()
    monkeypatch.setattr(words_dialog, "is_sure", lambda *_: False)
    dialog.delete_button.click()
    assert texts(dialog)[0] == "音墨"
    monkeypatch.setattr(words_dialog, "is_sure", lambda *_: True)
    dialog.delete_button.click()
    qtbot.waitUntil(lambda: "音墨" not in texts(dialog))


def test_file_is_reviewed_with_readings_of_the_model_before_it_is_imported(
    dialog: WordsDialog, qtbot: QtBot, folders: Folders, tmp_path: Path
) -> None:
    path = tmp_path / "b.txt"
    path.write_text("银行家\n孟德尔 meng'de'er\n好\n", encoding="utf-8")
    dialog.read_file(path)
    qtbot.waitUntil(lambda: dialog.review is not None, timeout=30_000)
    review = dialog.review
    assert review is not None
    model = review.model
    rows = [[model.data(model.index(row, at)) for at in range(3)] for row in range(2)]
    assert rows[0] == ["银行家", "yin hang jia", "told by the model"]
    assert rows[1] == ["孟德尔", "meng de er", "from the file"]
    assert len(stored(folders)) == 2  # nothing yet
    assert not model.setData(model.index(0, 1), "yin xing")
    assert model.setData(model.index(0, 1), "yin hang jie")
    review.own.setChecked(True)
    review.buttons.accepted.emit()
    qtbot.waitUntil(lambda: "银行家" in texts(dialog) and "孟德尔" in texts(dialog))
    assert ("银行家", "yin hang jie") in stored(folders)
    assert dialog.told.text() == "2 new words of b.txt were imported."
    log = SelectionLog(folders.database, run=2)
    assert all(word.weight >= 1 for word in log.words.find("孟"))
    log.close()


def test_bad_file_is_refused_with_its_line_and_imports_nothing(
    dialog: WordsDialog, qtbot: QtBot, folders: Folders, tmp_path: Path
) -> None:
    path = tmp_path / "bad.txt"
    path.write_text("墨印 mo'yin\n陈省身 chen\n", encoding="utf-8")
    dialog.read_file(path)
    qtbot.waitUntil(lambda: "line 2" in dialog.told.text())
    assert dialog.review is None
    assert dialog.import_button.isEnabled()
    assert len(stored(folders)) == 2


def test_words_are_written_and_read_again(
    dialog: WordsDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.write_file(tmp_path / "out.tsv")
    qtbot.waitUntil(lambda: dialog.told.text() == "2 words were written to out.tsv.")
    dialog.read_file(tmp_path / "out.tsv")
    qtbot.waitUntil(lambda: dialog.review is not None)
    assert dialog.review is not None
    assert {word.text for word in dialog.review.model.words} == {"陈省身", "墨音"}
    dialog.review.reject()
    dialog.write_file(tmp_path / "gone" / "out.tsv")
    qtbot.waitUntil(lambda: "cannot be written" in dialog.told.text())


def test_converter_is_opened_anew_once_after_changes(
    dialog: WordsDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(dialog, "墨音")
    with qtbot.waitSignal(dialog._settle.timeout):
        dialog.delete_button.click()


@pytest.mark.slow
def test_no_step_with_200_000_words_holds_the_window_for_50_ms(
    dialog: WordsDialog, folders: Folders, qtbot: QtBot
) -> None:
    """By the processor time of its thread: how fast others run must not decide."""
    syllables = ("yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu", "ling")
    hanzi = "一二三四五六七八九〇"
    words = [
        UserWord(
            "".join(hanzi[int(digit)] for digit in f"{number:06}"),
            tuple(syllables[int(digit)] for digit in f"{number:06}"),
            0.01,
            "many.txt",
            float(number),
        )
        for number in range(200_000)
    ]
    put(folders, *words)
    beats: list[float] = []
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(time.thread_time()))
    timer.start(0)
    dialog.refresh()
    qtbot.waitUntil(lambda: dialog.model.rowCount() == len(words) + 2, timeout=30_000)
    dialog.table.scrollToBottom()
    bar = dialog.table.verticalScrollBar()
    last = dialog.model.index(len(words) + 1, 0)
    qtbot.waitUntil(lambda: bool(dialog.model.data(last)), timeout=30_000)
    for share in (0.2, 0.7, 0.4):
        bar.setValue(int(bar.maximum() * share))
        qtbot.wait(60)
    dialog.search.setText("yier")
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 10_000, timeout=30_000)
    dialog.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    dialog.search.clear()
    qtbot.waitUntil(lambda: dialog.model.rowCount() > len(words), timeout=30_000)
    dialog.table.selectAll()
    dialog.delete_button.click()
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 0, timeout=60_000)
    timer.stop()
    gaps = [after - before for before, after in pairwise(beats)]
    assert max(gaps) < 0.050
