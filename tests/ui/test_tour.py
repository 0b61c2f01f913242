"""The tour of a first start: three steps, typed beside, skipped, shown once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from pytestqt.qtbot import QtBot

from ime import app
from ime.backend.threaded import OpenConverter
from ime.personalize.facade import Personalizer
from ime.settings import Folders, Settings, load, save
from ime.ui import application
from ime.ui.personalize_dialog import PAGES
from ime.ui.tour import STEPS
from tests.ui.conftest import Typist

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def _no_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at the versions loads torch, which takes seconds."""
    monkeypatch.setattr(Personalizer, "survey", lambda _: None)


def test_typing_goes_on_beside_every_step(typist: Typist) -> None:
    typist.window.action("menu.tour").trigger()
    tour = typist.window.tour
    typist.type("nihao").wait_list()
    for step in range(len(STEPS)):
        assert tour.step == step
        assert tour.title.text().startswith(f"{step + 1} of {len(STEPS)}")
        assert typist.window.editor.hasFocus()
        assert typist.offered[0] == "你好"
        tour.next_button.click()
    assert not tour.isVisible()
    typist.type(" ").wait_text("你好")


def test_back_and_skip(typist: Typist) -> None:
    tour = typist.window.tour
    tour.begin()
    assert not tour.back_button.isEnabled()
    tour.next_button.click()
    tour.back_button.click()
    assert tour.step == 0
    tour.skip_button.click()
    assert not tour.isVisible()
    tour.begin()
    assert tour.step == 0


def test_the_last_step_leads_to_documents(typist: Typist) -> None:
    tour = typist.window.tour
    tour.begin()
    tour.show_step(len(STEPS) - 1)
    tour.open_button.click()
    dialog = typist.window.personalize_dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.tabs.currentIndex() == PAGES.index("documents")


def test_it_is_over_once_it_was_left(typist: Typist, qtbot: QtBot, folders: Folders) -> None:
    assert not folders.settings_file.exists()  # what `run_window` looks at
    typist.window.begin_tour()
    typist.window.tour.skip_button.click()
    qtbot.waitUntil(folders.settings_file.exists)
    assert load(folders.settings_file).settings == typist.window.settings


@pytest.mark.parametrize("first", [True, False])
def test_only_a_first_start_begins_it(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    begun: list[bool] = []
    window = SimpleNamespace(begin_tour=lambda: begun.append(True))
    parts = SimpleNamespace(
        window=window, show=lambda: None, close=lambda: None, note_bug=lambda *_: None
    )
    monkeypatch.setattr(app, "Parts", lambda *_: parts)
    monkeypatch.setattr(
        application, "make_application", lambda: SimpleNamespace(exec=lambda: 0)
    )
    if not first:
        save(Settings(), folders.settings_file)
    app.run_window(Settings(), folders, [], cast(OpenConverter, None))
    assert begun == [True] * first
