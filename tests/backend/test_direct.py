"""What was chosen and pinned holds in every front, whichever it was made in."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from ime.backend import direct
from ime.commands.terminal import converse
from ime.errors import Message
from ime.settings import Folders, ModelSettings, Settings, TypingSettings, save
from ime.texts.catalogue import told as in_words
from ime.userdb.selection_log import SelectionLog
from ime.values import Mark, MarkKind
from tests.fakes import FakeConverter

REPOSITORY = Path(__file__).parents[2]
NGRAM = Settings(model=ModelSettings(tier="ngram"))
PRIVATE = msgspec.structs.replace(NGRAM, typing=TypingSettings(private=True))


def moyin(*arguments: str, said: str = "") -> str:
    """What a process of its own prints; without arguments it converses in the terminal."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    done = subprocess.run(
        [sys.executable, "-m", "ime", *arguments],
        cwd=REPOSITORY,
        env=environ,
        input=said,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def converted(raw: str) -> list[str]:
    return moyin("convert", raw, "--tier", "ngram").split()


def set_mark(folders: Folders, text: str, syllables: str) -> None:
    """As the window writes it down."""
    folders.data.mkdir(parents=True)
    log = SelectionLog(folders.database, run=1)
    letters, read = syllables.replace(" ", ""), tuple(syllables.split())
    log.set_mark(Mark(MarkKind.PINNED, letters, read, text), 1.0)
    log.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the terminal takes over without a screen")
@pytest.mark.slow
def test_chosen_in_the_terminal_is_first_in_the_next_processes(folders: Folders) -> None:
    save(NGRAM, folders.settings_file)
    assert converted("gongshi")[0] != "公示"
    for _ in range(3):
        place = converted("gongshi").index("公示") + 1
        assert place < 6, "it is on the first page"
        assert "公示> " in moyin(said=f"gongshi{place}\n")
    assert converted("gongshi")[0] == "公示"
    assert "1 公示" in moyin(said="gongshi\n")


@pytest.mark.slow
def test_pinned_in_the_window_is_first_in_convert(folders: Folders) -> None:
    save(NGRAM, folders.settings_file)
    unlikely = converted("shiji")[5]
    set_mark(folders, unlikely, "shi ji")
    assert converted("shiji")[0] == unlikely


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> FakeConverter:
    converter = FakeConverter()
    monkeypatch.setattr(direct, "open_by_settings", lambda *_: converter)
    return converter


def talk(folders: Folders, settings: Settings, *lines: str) -> str:
    with direct.logged_runner(settings, folders, lambda _: None) as runner:
        return converse(runner, [f"{line}\n" for line in lines], io.StringIO())


def chosen(folders: Folders) -> list[tuple[str, bool]]:
    log = SelectionLog(folders.database, run=0)
    try:
        return [(row.selection.chosen, row.retracted) for row in log.rows()]
    finally:
        log.close()


def test_logged_runner_writes_down_what_is_chosen_and_taken_back(
    folders: Folders, opened: FakeConverter
) -> None:
    talk(folders, NGRAM, "nihao2", "shijie1", ":undo")
    assert chosen(folders) == [("拟好", False), ("世界", True)]
    assert [commit.text for commit in opened.learned.values()] == ["拟好"]


def test_logged_runner_has_learned_what_the_last_one_wrote(
    folders: Folders, opened: FakeConverter
) -> None:
    talk(folders, NGRAM, "nihao2")
    opened.learned.clear()
    assert talk(folders, NGRAM, "nihao1") == "拟好"


def _logged(folders: Folders) -> None:
    talk(folders, PRIVATE, "nihao2")


def _converted(folders: Folders) -> None:
    direct.personal_runner(PRIVATE, folders, lambda _: None).type("nihao")


@pytest.mark.parametrize("use", [_logged, _converted], ids=["terminal", "convert"])
def test_private_mode_makes_no_files(
    folders: Folders, opened: FakeConverter, use: Callable[[Folders], None]
) -> None:
    use(folders)
    assert [str(path) for path in folders.data.parent.rglob("*")] == []


def test_shipped_runner_reads_nothing_of_the_users(
    folders: Folders, opened: FakeConverter
) -> None:
    set_mark(folders, "拟好", "ni hao")
    runner = direct.shipped_runner(NGRAM, lambda _: None)
    runner.type("nihao1")
    assert runner.committed == "你好"


def test_log_that_cannot_be_read_is_told_and_conversion_goes_on(
    folders: Folders, opened: FakeConverter
) -> None:
    folders.data.mkdir(parents=True)
    folders.database.write_bytes(b"no database" * 1000)
    told: list[str | Message] = []
    runner = direct.personal_runner(NGRAM, folders, told.append)
    runner.type("nihao1")
    assert runner.committed == "你好"
    (notice,) = told
    assert str(folders.database) in in_words(notice)
    assert folders.database.exists(), "whoever only reads moves nothing aside"
