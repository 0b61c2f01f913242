"""`moyin backup` and `moyin restore`: what is said before, and what holds afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from ime.__main__ import main
from ime.settings import user_folders
from ime.userdb.selection_log import SelectionLog
from ime.values import Mark, MarkKind, UserWord


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOYIN_HOME", str(tmp_path / "home"))
    return tmp_path


def words() -> list[str]:
    log = SelectionLog(user_folders().database, run=0)
    found = [text for text, _, _ in log.words.rows()]
    log.close()
    return found


def put(text: str, time: float) -> None:
    log = SelectionLog(user_folders().database, run=0)
    log.words.put([UserWord(text, ("mo", "yin"), 1.0, "added", time)])
    log.close()


def test_there_and_back(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put("墨音", 1.0)
    file = home / "all.zip"
    assert main(["backup", str(file)]) == 0
    assert "0 choices, 1 word, 0 personal versions" in capsys.readouterr().out
    put("莫音", 2.0)
    log = SelectionLog(user_folders().database, run=0)
    log.set_mark(Mark(MarkKind.FORGOTTEN, "moyin", ("mo", "yin"), "墨音"), 4e9)
    log.close()
    assert main(["restore", str(file), "--yes"]) == 0
    said = capsys.readouterr().out
    assert "1 word that you forgot or hid since then stays so." in said
    assert "What you forgot for good since then comes back" in said
    assert words() == []


def test_nobody_to_ask(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put("墨音", 1.0)
    file = home / "all.zip"
    assert main(["backup", str(file)]) == 0
    put("莫音", 2.0)
    assert main(["restore", str(file)]) == 1
    assert "--yes" in capsys.readouterr().err
    assert words() == ["墨音", "莫音"]


def test_another_file_is_refused_in_one_line(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / "notes.zip"
    file.write_text("x", encoding="utf-8")
    assert main(["restore", str(file), "--yes"]) == 1
    assert (
        capsys.readouterr().err
        == f"moyin: {file} is no backup of Moyin; nothing was changed.\n"
    )


def test_a_place_that_cannot_be_written(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", str(home / "no" / "such" / "folder.zip")]) == 1
    assert "cannot be read or written" in capsys.readouterr().err
