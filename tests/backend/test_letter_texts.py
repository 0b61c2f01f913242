"""Texts with letters or a dot, chosen in one session, are there in the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ime.backend.direct import runner_of
from ime.backend.opening import open_by_settings
from ime.backend.options import session_options
from ime.backend.relearn import past_of, relearn
from ime.errors import Message
from ime.session.runner import SyncRunner
from ime.settings import ModelSettings, Settings
from ime.userdb.selection_log import SelectionLog
from ime.userdb.thread import Store
from ime.values import LeftContext

SETTINGS = Settings(model=ModelSettings(tier="ngram"))


class Machine:
    """Starts sessions of one user."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.store: Store | None = None

    def start(self) -> SyncRunner:
        self.stop()
        converter = open_by_settings(SETTINGS)
        log = SelectionLog(self.database, run=0)
        relearn(converter, past_of(log))
        log.close()
        self.store = Store(self.database, _fail)
        return runner_of(converter, session_options(SETTINGS), journal=self.store)

    def stop(self) -> None:
        if self.store is not None:
            self.store.close()


def _fail(told: str | Message) -> None:
    raise AssertionError(told)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path / "log.db")
    yield machine
    machine.stop()


def page(runner: SyncRunner, keys: str) -> list[str]:
    runner.reset(LeftContext())
    runner.type(keys)
    assert runner.state.page is not None
    return [item.text for item in runner.state.page.items]


def choose(runner: SyncRunner, keys: str, text: str) -> None:
    place = page(runner, keys).index(text) + 1
    runner.press(str(place))
    assert runner.committed == text


CHOSEN = (
    ("woyongpython", "我用Python"), ("cpan", "C盘"), ("biergaici", "比尔·盖茨"),
    ("liefutuoersitai", "列夫·托尔斯泰"),
)  # fmt: skip


def test_what_was_chosen_comes_first_and_forgetting_holds(machine: Machine) -> None:
    runner = machine.start()
    assert page(runner, "biergaici")[0] == "比尔盖茨"
    for keys, text in CHOSEN:
        choose(runner, keys, text)
        assert page(runner, keys)[0] == text
    for keys in ("zoxidx", "tokenctl", "libo") * 2:
        runner.reset(LeftContext())
        runner.type(keys)
        runner.press("Enter")
    runner = machine.start()
    assert [page(runner, keys)[0] for keys, _ in CHOSEN] == [text for _, text in CHOSEN]
    assert page(runner, "zoxidx")[0] == "zoxidx"
    choose(runner, "tokenc", "tokenctl")
    libo = page(runner, "libo")
    assert libo[0] != "libo"
    assert "libo" in libo
    # The other form is as much a choice; what is forgotten stays so.
    choose(runner, "biergaici", "比尔盖茨")
    page(runner, "zoxidx")
    runner.press("Control+Delete")
    assert "zoxidx" not in page(runner, "zoxid")
    runner = machine.start()
    assert page(runner, "biergaici")[0] == "比尔盖茨"
    assert "zoxidx" not in page(runner, "zoxid")
