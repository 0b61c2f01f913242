"""`moyin words`: what is added is found, listed, moved and removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ime.__main__ import main
from ime.settings import user_folders
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Selection


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOYIN_HOME", str(tmp_path / "home"))
    return tmp_path


def moyin(*words: str) -> int:
    return main(["words", *words])


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> list[list[str]]:
    capsys.readouterr()
    assert moyin(*(words or ("list",))) == 0
    return [line.split("\t") for line in capsys.readouterr().out.splitlines()]


def learn_a_word() -> None:
    log = SelectionLog(user_folders().database, run=1)
    for number in (1, 2):
        choice = Selection(
            LeftContext(), "yinmo", ("yin", "mo"), ("隐没", "音墨"), "音墨", 1, How.DIGIT
        )
        log.append(Commit(number, "音墨", ("yin", "mo"), (choice,)), 1.0, Versions())
    log.close()


def test_added_words_are_listed_and_searched(capsys: pytest.CaptureFixture[str]) -> None:
    assert moyin("add", "陈省身", "chen xing shen") == 0
    assert moyin("add", "墨音", "mo'yin") == 0
    assert listed(capsys) == [
        ["墨音", "mo yin", "1", "added"],
        ["陈省身", "chen xing shen", "1", "added"],
    ]
    for part in ("省", "chenx"):
        assert [row[0] for row in listed(capsys, "search", part)] == ["陈省身"]
    assert len(listed(capsys, "list", "--limit", "1")) == 1


def test_a_missing_reading_is_told_by_the_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert moyin("add", "音乐银行") == 0
    assert listed(capsys)[0][1] == "yin yue yin hang"


def test_learned_words_are_listed_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    learn_a_word()
    ((text, reading, _, source),) = listed(capsys)
    assert (text, reading, source) == ("音墨", "yin mo", "learned")
    assert moyin("remove", "音墨") == 0
    assert listed(capsys) == []


def test_all_words_move_to_another_machine(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    learn_a_word()
    moyin("add", "陈省身", "chen xing shen")
    assert moyin("export", str(home / "words.tsv")) == 0
    assert (home / "words.tsv").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("MOYIN_HOME", str(home / "other"))
    assert moyin("import", str(home / "words.tsv")) == 0
    assert {row[0] for row in listed(capsys)} == {"音墨", "陈省身"}


def test_a_bad_file_imports_nothing_of_any_file(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "good.txt").write_text("墨音 mo'yin\n", encoding="utf-8")
    (home / "bad.txt").write_text("墨音 mo'yin\n陈省身 chen\n", encoding="utf-8")
    assert moyin("import", str(home / "good.txt"), str(home / "bad.txt")) != 0
    assert "line 2" in capsys.readouterr().err
    assert listed(capsys) == []
    assert moyin("import", "--skip", str(home / "good.txt"), str(home / "bad.txt")) == 0
    assert [row[0] for row in listed(capsys)] == ["墨音"]


def test_an_imported_file_is_removed_whole(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "a.txt").write_text("墨音 mo'yin\n陈省身 chen'xing'shen\n", encoding="utf-8")
    moyin("import", str(home / "a.txt"))
    moyin("add", "旅行社团", "lv xing she tuan")
    assert moyin("remove", "--source", "a.txt") == 0
    assert [row[0] for row in listed(capsys)] == ["旅行社团"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("remove", "没有"), "no word of yours"),
        (("remove",), "Name a word"),
        (("remove", "--source", "b.txt"), "known are: none"),
        (("add", "陈", "chen"), "no word of 2 to"),
        (("add", "陈省身", "chen xing"), "no word of 2 to"),
        (("add", "hello"), "no word of 2 to"),
        (("import", "/nowhere/a.txt"), "cannot be read"),
        (("export", "/nowhere/a.tsv"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    assert moyin(*words) != 0
    assert told in capsys.readouterr().err


def test_letters_that_were_typed_are_listed_exported_and_removed(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    log = SelectionLog(user_folders().database, run=1)
    for number, (text, typed) in enumerate((("nginx", ""),) * 2 + (("C盘", "cpan"),)):
        choice = Selection(LeftContext(), typed or text, (), (), text, -1, How.ENTER)
        log.append(Commit(number, text, (), (choice,)), 1.0, Versions())
    log.close()
    rows = [["nginx", "nginx", "2", "letters"], ["C盘", "cpan", "1", "letters"]]
    assert listed(capsys) == rows
    assert listed(capsys, "search", "盘") == rows[1:]
    assert moyin("export", str(home / "out.tsv")) == 0
    assert "nginx\tnginx\t2\tletters" in (home / "out.tsv").read_text("utf-8")
    assert moyin("remove", "nginx") == 0
    assert listed(capsys) == rows[1:]
