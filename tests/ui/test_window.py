"""The window as a whole: settings taken up live, private mode, drafts, notices, dialogs."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFontDialog, QTabWidget
from pytestqt.qtbot import QtBot

from ime.backend.options import converter_options
from ime.errors import EnvironmentFaultError, Notify
from ime.ports import Converter
from ime.settings import Folders, Settings, load
from ime.ui.placing import fit
from ime.ui.screen import check_libraries
from ime.ui.settings_dialog import SMALLEST, SettingsDialog
from ime.ui.theme_file import DARK
from ime.values import CandidateList, DecodeRequest
from tests.fakes import FakeConverter
from tests.ui.conftest import SIMPLE, OpenWindow, Typist

pytestmark = pytest.mark.gui

Key = Qt.Key


def _changed(settings: Settings, section: str, **values: object) -> Settings:
    part = msgspec.structs.replace(getattr(settings, section), **values)
    return msgspec.structs.replace(settings, **{section: part})


PRIVATE = _changed(SIMPLE, "typing", private=True)


def _user_files(folders: Folders) -> list[str]:
    """Names of all files of the user but settings, locks and log."""
    root = folders.data
    found = (path for path in root.rglob("*") if path.is_file())
    return sorted(path.name for path in found if path.suffix not in (".lock", ".log"))


# --- settings -----------------------------------------------------------------------------


@pytest.fixture
def dialog(typist: Typist) -> SettingsDialog:
    typist.window.open_settings()
    dialog = typist.window.settings_dialog
    assert dialog is not None
    return dialog


def test_page_size_is_taken_up_at_once(typist: Typist, dialog: SettingsDialog) -> None:
    dialog.segments("window.page_size").choose(3)
    dialog.reject()
    typist.type("ni").wait_list()
    assert len(typist.offered) == 3


def test_orientation_is_taken_up_by_panel_and_keys(
    typist: Typist, dialog: SettingsDialog
) -> None:
    dialog.segments("window.orientation").choose("vertical")
    dialog.reject()
    typist.type("nihao").wait_list().press(Key.Key_Down).press(Key.Key_Space)
    assert typist.text == "拟好"
    assert len({cell.x() for cell in typist.window.panel.cells}) == 1


def test_font_size_is_taken_up_by_editor_and_panel(
    typist: Typist, dialog: SettingsDialog
) -> None:
    dialog.stepper("window.font_size").more.click()
    assert typist.window.editor.font().pointSize() == 15
    assert typist.window.panel.font().pointSize() == 15


def test_theme_is_taken_up_at_once(typist: Typist, dialog: SettingsDialog) -> None:
    dialog.segments("window.theme").choose("dark")
    colour = typist.window.editor.palette().base().color().name()
    assert colour == DARK.paper
    dialog.segments("window.theme").choose("light")
    assert typist.window.editor.palette().base().color().name() != DARK.paper


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [("window", "theme", "somebody's"), ("typing", "scheme", "/anywhere/mine.toml")],
)
def test_file_chosen_in_another_process_joins_the_choice(
    dialog: SettingsDialog, section: str, name: str, value: str
) -> None:
    dialog.show_settings(_changed(Settings(), section, **{name: value}))
    assert dialog.segments(f"{section}.{name}").value == value


def test_own_theme_is_made_chosen_and_kept_when_it_is_spoilt(
    typist: Typist, dialog: SettingsDialog, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        "ime.ui.settings_dialog.QDesktopServices.openUrl",
        lambda url: opened.append(url.toLocalFile()),
    )
    dialog.segments("window.theme").choose("dark")
    dialog.themes_button.click()
    made = folders.themes / "own-1.toml"
    assert opened == [str(made)]
    assert typist.window.settings.window.theme == "own-1"
    assert dialog.segments("window.theme").value == "own-1"
    assert typist.window.editor.palette().base().color().name() == DARK.paper
    made.write_text("dark = 3", encoding="utf-8")
    dialog.segments("window.page_size").choose(3)
    assert "own-1.toml" in typist.window.notices.text
    dialog.segments("window.theme").choose("light")


def test_fonts_of_text_and_candidates_are_chosen_apart(
    typist: Typist, dialog: SettingsDialog
) -> None:
    dialog.font_button("window.candidate_font").click()
    (asking,) = dialog.findChildren(QFontDialog)
    asking.setCurrentFont(QFont("Noto Serif CJK SC", 20))
    asking.accept()
    window = typist.window
    assert window.settings.window.candidate_font == "Noto Serif CJK SC"
    assert window.panel.font().families()[0] == "Noto Serif CJK SC"
    assert window.panel.font().pointSize() == 20
    assert window.editor.font().families()[0] != "Noto Serif CJK SC"
    assert window.editor.font().pointSize() == Settings().window.font_size
    assert dialog.font_button("window.candidate_font").text() == "Noto Serif CJK SC"
    assert dialog.stepper("window.candidate_size").value == 20


@pytest.mark.parametrize(
    "path", ["fuzzy.z_zh", "fuzzy.in_ing", "typing.correction", "keys.comma_period_page"]
)
def test_switch_is_saved(
    typist: Typist, dialog: SettingsDialog, folders: Folders, qtbot: QtBot, path: str
) -> None:
    switch = dialog.switch(path)
    wanted = not switch.isChecked()
    switch.click()
    section, name = path.split(".")

    def saved() -> bool:
        settings = load(folders.settings_file).settings
        return getattr(getattr(settings, section), name) is wanted

    qtbot.waitUntil(saved, timeout=5000)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "once the large model is loaded"),
        ({"cpu": "8"}, "8 threads. No CUDA"),
        ({"cpu": "8", "cuda": "NVIDIA H200"}, "NVIDIA H200 (CUDA)"),
        ({"cpu": "8", "mps": "MPS"}, "(MPS)"),
    ],
)
def test_what_the_machine_has_is_told_beside_the_device(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    found: dict[str, str] | None,
    said: str,
) -> None:
    monkeypatch.setattr("ime.ui.settings_dialog.found_devices", lambda: found)
    dialog = SettingsDialog(None, Settings(), tmp_path)
    qtbot.addWidget(dialog)
    assert said in dialog.devices.text()


def test_every_setting_is_in_the_dialog(dialog: SettingsDialog) -> None:
    every = {
        f"{section}.{name}"
        for section in Settings.__struct_fields__
        for name in getattr(Settings(), section).__struct_fields__
    }
    assert {row.path for row in dialog._rows} == every


def test_settings_are_found_by_what_is_written_there(dialog: SettingsDialog) -> None:
    tabs = dialog.findChild(QTabWidget)
    assert tabs is not None
    dialog.search.setText("cuda")
    assert [page for page in range(tabs.count()) if tabs.isTabVisible(page)] == [4]
    assert tabs.currentIndex() == 4
    assert dialog.segments("model.device").isVisible()
    assert not dialog.segments("model.tier").isVisible()
    dialog.search.setText("nothing has this")
    assert not any(tabs.isTabVisible(page) for page in range(tabs.count()))
    dialog.search.clear()
    assert all(tabs.isTabVisible(page) for page in range(tabs.count()))
    assert not dialog.segments("model.tier").isHidden()


def test_page_is_restored_and_the_others_stay(typist: Typist, dialog: SettingsDialog) -> None:
    dialog.switch("fuzzy.z_zh").click()
    dialog.segments("window.page_size").choose(9)
    dialog.stepper("window.font_size").more.click()
    dialog.restore_button.click()
    settings = typist.window.settings
    assert settings.window == Settings().window
    assert settings.fuzzy.z_zh
    assert dialog.segments("window.page_size").value == Settings().window.page_size


def test_scheme_file_is_taken_if_it_is_sound(
    typist: Typist, dialog: SettingsDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        "ime.ui.settings_dialog.QMessageBox.warning", lambda *given: told.append(given[2])
    )
    bad = tmp_path / "bad.toml"
    bad.write_text("name = 3", encoding="utf-8")
    dialog.take_scheme(str(bad))
    assert "bad.toml" in told[0]
    assert typist.window.settings.typing.scheme == "full"


def test_text_grows_and_shrinks_by_keys_within_bounds(typist: Typist) -> None:
    size = typist.window.settings.window.font_size
    typist.press(Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert typist.window.editor.font().pointSize() == size + 1
    for _ in range(50):
        typist.press(Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert typist.window.editor.font().pointSize() == SMALLEST


def test_settings_that_cannot_be_saved_are_told(
    typist: Typist, dialog: SettingsDialog, folders: Folders, qtbot: QtBot
) -> None:
    folders.config.parent.mkdir(parents=True, exist_ok=True)
    folders.config.write_text("a file where the folder should be")
    dialog.switch("fuzzy.z_zh").click()
    notices = typist.window.notices
    qtbot.waitUntil(lambda: "cannot be saved" in "".join(notices.messages), timeout=5000)


@pytest.mark.parametrize(
    ("section", "changes"),
    [
        pytest.param("fuzzy", {"n_l": True}, id="fuzzy sound"),
        pytest.param("typing", {"correction": False}, id="correction"),
        pytest.param("typing", {"scheme": "flypy"}, id="scheme"),
        pytest.param("typing", {"fixed_order": True}, id="fixed order"),
        pytest.param("model", {"beam": 8}, id="beam"),
    ],
)
def test_open_converter_follows_the_settings(
    open_window: OpenWindow, qtbot: QtBot, section: str, changes: dict[str, object]
) -> None:
    opened: list[FakeConverter] = []

    def opener(settings: Settings, notify: Notify) -> FakeConverter:
        opened.append(FakeConverter())
        return opened[-1]

    typist = Typist(open_window(opener), qtbot)
    window = typist.window
    window.change_settings(_changed(window.settings, section, **changes))
    expected = converter_options(window.settings)
    assert expected != converter_options(SIMPLE)
    qtbot.waitUntil(lambda: opened[0].options == expected, timeout=5000)
    assert len(opened) == 1


def test_page_size_travels_with_each_request(open_window: OpenWindow, qtbot: QtBot) -> None:
    asked: list[int] = []

    class Noting(FakeConverter):
        def convert(
            self, request: DecodeRequest, stale: Callable[[], bool] | None = None
        ) -> CandidateList | None:
            asked.append(request.page_size)
            return super().convert(request, stale)

    typist = Typist(open_window(lambda *_: Noting()), qtbot)
    typist.type("n").wait_list()
    window = typist.window
    window.change_settings(_changed(window.settings, "window", page_size=7))
    typist.type("i").wait_list()
    assert (asked[0], asked[-1]) == (5, 7)


def test_another_model_is_opened_while_the_first_answers(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    opened: list[tuple[str, int]] = []

    def opener(settings: Settings, notify: Notify) -> FakeConverter:
        opened.append((settings.model.tier, settings.model.threads))
        return FakeConverter()

    typist = Typist(open_window(opener, Settings()), qtbot)
    qtbot.waitUntil(lambda: len(opened) == 2, timeout=5000)
    for threads in (2, 3, 4):
        settings = _changed(typist.window.settings, "model", threads=threads)
        typist.window.change_settings(settings)
    typist.type("nihao").wait_list()
    qtbot.waitUntil(lambda: len(opened) > 2, timeout=5000)
    assert opened == [("ngram", 0), ("auto", 0), ("auto", 4)]


def test_transformer_takes_over_from_the_ngram(open_window: OpenWindow, qtbot: QtBot) -> None:
    gate = threading.Event()

    def opener(settings: Settings, notify: Notify) -> Converter:
        converter = FakeConverter()
        converter.description = settings.model.tier  # type: ignore[attr-defined]
        assert settings.model.tier == "ngram" or gate.wait(20)
        return converter

    typist = Typist(open_window(opener, Settings()), qtbot)
    engine = typist.window.status.engine
    assert engine.text() == "Ready · large model on its way…"
    typist.type("nihao").wait_list().press(Key.Key_Space)
    assert typist.text == "你好"
    gate.set()
    qtbot.waitUntil(lambda: engine.text() == "auto", timeout=5000)


TOGGLES = {
    "width_badge": ("full_width", Key.Key_Space, Qt.KeyboardModifier.ShiftModifier),
    "punctuation": (
        "chinese_punctuation",
        Key.Key_Period,
        Qt.KeyboardModifier.ControlModifier,
    ),
    "script": (
        "traditional",
        Key.Key_F,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    ),
}


@pytest.mark.parametrize("badge", TOGGLES)
@pytest.mark.parametrize("by_key", [False, True], ids=["badge", "key"])
def test_toggle_holds_at_the_next_start(
    typist: Typist, folders: Folders, qtbot: QtBot, badge: str, *, by_key: bool
) -> None:
    shown = getattr(typist.window.status, badge)
    before = shown.text()
    name, key, held = TOGGLES[badge]
    if by_key:
        typist.press(key, held)
    else:
        QTest.mouseClick(shown, Qt.MouseButton.LeftButton)
    assert shown.text() != before
    changed = _changed(SIMPLE, "typing", **{name: not getattr(SIMPLE.typing, name)})
    qtbot.waitUntil(lambda: load(folders.settings_file).settings == changed)
    assert typist.window.settings == changed


def test_width_turned_by_a_key_survives_a_change_of_other_settings(typist: Typist) -> None:
    typist.press(Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    window = typist.window
    window.change_settings(_changed(window.settings, "window", page_size=4))
    assert window.input_context.state.options.full_width
    assert window.status.width_badge.text() == "全"


def test_badges_turn_width_and_punctuation(typist: Typist) -> None:
    status = typist.window.status
    QTest.mouseClick(status.width_badge, Qt.MouseButton.LeftButton)
    typist.type("!")
    QTest.mouseClick(status.width_badge, Qt.MouseButton.LeftButton)
    QTest.mouseClick(status.punctuation, Qt.MouseButton.LeftButton)
    typist.type("!")
    assert typist.text == "！!"


def test_badges_say_what_english_mode_and_shuangpin_do(typist: Typist) -> None:
    window = typist.window
    status = window.status
    assert (status.punctuation.text(), status.scheme.isVisible()) == ("。，", False)
    typist.press(Key.Key_Shift)
    assert status.punctuation.text() == ".,"
    window.change_settings(_changed(window.settings, "typing", scheme="flypy"))
    assert status.scheme.isVisible()
    assert "Xiaohe" in status.scheme.toolTip()
    QTest.mouseClick(status.scheme, Qt.MouseButton.LeftButton)
    assert window.settings_dialog is not None
    assert window.settings_dialog.isVisible()


def test_private_mode_is_said_when_it_begins_and_when_it_ends(typist: Typist) -> None:
    action, passing = typist.window.action("menu.private"), typist.window.status.passing
    action.trigger()
    assert "is on" in passing.text()
    action.trigger()
    assert "is off" in passing.text()


def test_untouched_window_is_not_modified_and_ctrl_y_redoes(typist: Typist) -> None:
    assert not typist.window.isWindowModified()
    typist.type("ni").wait_list().press(Key.Key_Escape)
    assert not typist.window.isWindowModified()
    typist.type("ni").wait_list().press(Key.Key_Space)
    typist.press(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    typist.wait_text("")
    typist.press(Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    typist.wait_text("你")


def test_window_fits_a_small_screen(typist: Typist) -> None:
    room = typist.window.screen().availableGeometry().size()
    fit(typist.window, QSize(10_000, 10_000))
    assert typist.window.width() < room.width()
    assert typist.window.height() < room.height()


# --- private mode -------------------------------------------------------------------------


def test_private_mode_writes_nothing_and_learns_nothing(
    open_window: OpenWindow, qtbot: QtBot, folders: Folders
) -> None:
    converter = FakeConverter()
    parts = open_window(lambda *_: converter, PRIVATE)
    typist = Typist(parts, qtbot)
    before = _user_files(folders)
    typist.type("nihao").wait_list().press(Key.Key_Space)
    typist.type("shijie").wait_list().type("2")
    assert typist.window.status.private.isVisible()
    typist.window.keeper.wanted.emit()
    parts.backend.worker.close()
    parts.backend.store.close()
    typist.window.keeper.finish()
    assert converter.learned == {}
    assert _user_files(folders) == before
    typist.window.editor.clear()


def test_private_mode_is_switched_by_menu_and_badge(typist: Typist) -> None:
    window = typist.window
    window.action("menu.private").trigger()
    assert window.input_context.state.options.private
    QTest.mouseClick(window.status.private, Qt.MouseButton.LeftButton)
    assert not window.input_context.state.options.private
    assert not window.action("menu.private").isChecked()


# --- drafts, learning across starts -------------------------------------------------------


def test_text_comes_back_after_a_crash(
    open_window: OpenWindow, qtbot: QtBot, folders: Folders
) -> None:
    first = Typist(open_window(), qtbot)
    first.type("nihao").wait_list().press(Key.Key_Space)
    draft = folders.data / "drafts" / "draft-1.json"
    qtbot.waitUntil(draft.exists, timeout=5000)
    crashed = json.loads(draft.read_text())
    first.window.close()
    first.parts.close()
    # What a killed process leaves: the draft, and a lock that nobody holds.
    draft.write_text(json.dumps(crashed))
    second = Typist(open_window(), qtbot)
    second.wait_text("你好")
    assert second.window.isWindowModified()


def test_draft_is_written_in_the_pause_after_a_commit(
    typist: Typist, qtbot: QtBot, folders: Folders
) -> None:
    typist.type("nihao").wait_list().press(Key.Key_Space)
    draft = folders.data / "drafts" / "draft-1.json"
    qtbot.waitUntil(draft.exists, timeout=3000)
    assert json.loads(draft.read_text())["text"] == "你好"


def test_user_folder_that_cannot_be_written_is_told_and_typing_works(
    open_window: OpenWindow, qtbot: QtBot, folders: Folders
) -> None:
    folders.data.parent.mkdir(parents=True)
    folders.data.write_text("a file where the folder should be")
    typist = Typist(open_window(), qtbot)
    typist.type("nihao").wait_list().press(Key.Key_Space)
    assert typist.text == "你好"
    qtbot.waitUntil(lambda: bool(typist.window.notices.text), timeout=5000)
    typist.window.editor.clear()


def test_choices_of_earlier_starts_are_learned_again(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    first = Typist(open_window(), qtbot)
    first.type("nihao").wait_list().type("2")
    first.window.editor.clear()
    first.window.close()
    first.parts.close()
    second = Typist(open_window(), qtbot)
    second.type("nihao").wait_list()
    assert second.offered[0] == "拟好"


def test_phrases_of_the_user_are_offered(
    open_window: OpenWindow, qtbot: QtBot, folders: Folders
) -> None:
    folders.config.mkdir(parents=True)
    (folders.config / "phrases.txt").write_text("nihao\t您好！\nbad line\n", encoding="utf-8")
    typist = Typist(open_window(), qtbot)
    typist.type("nihao").wait_list()
    assert typist.offered[0] == "您好！"
    assert "line 2" in typist.window.notices.text


# --- the rest -----------------------------------------------------------------------------


def test_notices_queue_and_are_not_repeated(typist: Typist) -> None:
    notices = typist.window.notices
    for message in ("one", "two", "one"):
        notices.add(message)
    assert notices.text == "one"
    notices.close_button.click()
    assert notices.text == "two"
    notices.close_button.click()
    assert not notices.isVisible()


def test_copy_all_puts_the_text_on_the_clipboard(typist: Typist) -> None:
    typist.type("nihao").wait_list().press(Key.Key_Space)
    typist.window.action("menu.copy_all").trigger()
    assert QGuiApplication.clipboard().text() == "你好"


@pytest.mark.parametrize(
    "entry", ["menu.keys", "menu.about", "menu.personalize", "menu.settings"]
)
def test_dialog_opens_and_closes(typist: Typist, entry: str) -> None:
    typist.type("ni")
    typist.window.action(entry).trigger()
    dialogs = [d for d in typist.window.findChildren(QDialog) if d.isVisible()]
    assert len(dialogs) == 1
    assert typist.text == "ni", "the composition is settled before the dialog takes the keys"
    QTest.keyClick(dialogs[0], Key.Key_Escape)
    assert not dialogs[0].isVisible()


def test_title_names_file_and_change(typist: Typist, tmp_path: Path) -> None:
    path = tmp_path / "文.txt"
    path.write_text("x")
    typist.window.document.load(path)
    assert typist.window.windowTitle().startswith("文.txt")
    assert not typist.window.isWindowModified()
    typist.type("nihao").wait_list().press(Key.Key_Space)
    assert typist.window.isWindowModified()


def test_panel_stays_hidden_after_a_click_beside_it(typist: Typist) -> None:
    typist.type("nihao").wait_list()
    typist.window.panel.show()
    typist.window.editor.clearFocus()
    assert not typist.window.panel.isVisible()


def test_window_that_closes_while_the_model_loads_ends_cleanly(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    loading, gate = threading.Event(), threading.Event()

    def opener(_: Settings, notify: Notify) -> Converter:
        loading.set()
        assert gate.wait(20)
        return FakeConverter()

    parts = open_window(opener, wait=False)
    qtbot.waitUntil(loading.is_set, timeout=5000)
    assert parts.window.close()
    gate.set()
    parts.close()
    assert not [t for t in threading.enumerate() if t.name == "decode"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_window_closes_on_a_signal(open_window: OpenWindow, qtbot: QtBot) -> None:
    parts = open_window()
    os.kill(os.getpid(), signal.SIGTERM)
    qtbot.waitUntil(lambda: not parts.window.isVisible(), timeout=5000)


def test_fault_of_the_window_is_told_without_typed_text(
    open_window: OpenWindow, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    parts = open_window()
    error = ValueError("你好")
    parts.note_bug(ValueError, error, None)
    qtbot.waitUntil(lambda: "ValueError" in parts.window.notices.text, timeout=5000)
    assert "你好" not in parts.window.notices.text + caplog.text


@pytest.mark.parametrize(
    ("environ", "platform"),
    [
        pytest.param({"QT_QPA_PLATFORM": "offscreen"}, "linux", id="offscreen"),
        pytest.param({"WAYLAND_DISPLAY": "wayland-0"}, "linux", id="wayland"),
        pytest.param({}, "darwin", id="mac"),
        pytest.param({}, "win32", id="windows"),
    ],
)
def test_check_libraries_lets_a_screen_pass(environ: dict[str, str], platform: str) -> None:
    check_libraries(environ, platform)


def test_check_libraries_names_a_missing_screen() -> None:
    with pytest.raises(EnvironmentFaultError, match="neither DISPLAY nor WAYLAND_DISPLAY"):
        check_libraries({}, "linux")


def test_check_libraries_names_a_missing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr("ctypes.CDLL", missing)
    with pytest.raises(EnvironmentFaultError, match="libxcb-cursor0"):
        check_libraries({"DISPLAY": ":0"}, "linux")
