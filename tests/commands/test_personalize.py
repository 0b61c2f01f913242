from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from ime.__main__ import main
from ime.commands import personalize as command
from ime.commands.personalize import Bar
from ime.personalize import supervisor as jobs
from ime.personalize.documents.words_of_text import FoundWord
from ime.personalize.protocol import Found, Progressed, Stage
from ime.personalize.report import read_report
from ime.personalize.versions import AdapterFolder
from ime.settings import Folders
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Mark, MarkKind, Selection
from tests.personalize.test_versions import add
from tests.tiny_network import tiny_assets


@pytest.fixture(autouse=True)
def _tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assets = tiny_assets(tmp_path / "assets")
    monkeypatch.setattr(jobs, "assets_folder", lambda: assets)


@pytest.fixture
def adapters(folders: Folders) -> AdapterFolder:
    return AdapterFolder(folders.adapters)


def write(folders: Folders, count: int) -> None:
    log = SelectionLog(folders.database, run=3)
    for i in range(count):
        selection = Selection(
            LeftContext("北京，"), "x", ("bei", "jing"), ("背景",), "背景", 0, How.SPACE
        )
        log.append(Commit(i, "背景", ("bei", "jing"), (selection,)), float(i), Versions())
    log.close()


def test_status_of_a_new_user(capsys: pytest.CaptureFixture[str], folders: Folders) -> None:
    assert main(["personalize"]) == 0
    out = capsys.readouterr().out
    assert "0 choices are logged." in out
    assert "the base model" in out
    assert not folders.data.exists()


def test_run_learns_and_reports_as_json(
    capsys: pytest.CaptureFixture[str], folders: Folders, adapters: AdapterFolder
) -> None:
    write(folders, 80)
    assert main(["personalize", "run", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["type"] == "finished"
    report = read_report(json.dumps(answer["report"]).encode())
    assert report.learned == 68
    assert adapters.report() == report
    assert main(["personalize", "report"]) == 0
    assert "newest 12 choices" in capsys.readouterr().out


def test_run_with_too_few_choices_says_so(
    capsys: pytest.CaptureFixture[str], folders: Folders
) -> None:
    write(folders, 3)
    assert main(["personalize", "run"]) == 1
    assert "3 new choices are too few" in capsys.readouterr().err


def test_versions_are_listed_rolled_back_and_deleted(
    capsys: pytest.CaptureFixture[str], adapters: AdapterFolder
) -> None:
    first = add(adapters)
    second = add(adapters, parent=first)
    adapters.activate(second)
    assert main(["personalize", "list"]) == 0
    assert "* v0002" in capsys.readouterr().out
    assert main(["personalize", "rollback", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["active"] == first
    assert main(["personalize", "rollback", "base"]) == 0
    assert adapters.active() == ""
    assert main(["personalize", "rollback", "v0002"]) == 0
    assert adapters.active() == "v0002"
    assert main(["personalize", "delete", "v0002"]) == 0
    assert adapters.names() == [first]
    assert adapters.active() == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["forget"], "Say what to forget"),
        (["forget", "北京", "--all"], "Say what to forget"),
        (["forget", "--from", "yesterday"], "is no time"),
        (["delete"], "which version"),
        (["delete", "v0009"], "no version v0009"),
        (["rollback"], "nothing to go back to"),
        (["report"], "no report"),
        (["export", "x.doc"], "must end in"),
        (["export", "x.safetensors"], "no version to export"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_request_is_explained(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["personalize", *arguments]) == 1
    assert message in capsys.readouterr().err


def test_word_is_forgotten_with_proof(
    capsys: pytest.CaptureFixture[str], folders: Folders
) -> None:
    write(folders, 5)
    assert main(["personalize", "forget", "背景"]) == 0
    out = capsys.readouterr().out
    assert "5 choices deleted" in out
    assert "Typed alone" in out
    assert "No file" in out


def test_everything_is_forgotten(
    capsys: pytest.CaptureFixture[str], folders: Folders, adapters: AdapterFolder
) -> None:
    write(folders, 5)
    add(adapters)
    assert main(["personalize", "forget", "--all", "--json"]) == 0
    proof = json.loads(capsys.readouterr().out)["proof"]
    assert (proof["removed"], proof["versions"]) == (5, ["v0001"])
    assert adapters.names() == []


def test_period_is_forgotten(capsys: pytest.CaptureFixture[str], folders: Folders) -> None:
    write(folders, 5)  # one a second from the beginning of 1970, UTC
    times = ["--from", "1970-01-01T00:00:01+00:00", "--until", "1970-01-01T00:00:03+00:00"]
    assert main(["personalize", "forget", *times]) == 0
    assert "2 choices deleted" in capsys.readouterr().out


def test_choices_and_versions_are_exported(
    capsys: pytest.CaptureFixture[str],
    folders: Folders,
    adapters: AdapterFolder,
    tmp_path: Path,
) -> None:
    write(folders, 2)
    adapters.activate(add(adapters))
    for name in ("mine.tsv", "mine.json", "mine.safetensors"):
        assert main(["personalize", "export", str(tmp_path / name)]) == 0
    assert "背景" in (tmp_path / "mine.tsv").read_text(encoding="utf-8")
    assert len(json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))) == 2
    assert (tmp_path / "mine.safetensors").stat().st_size > 100
    assert "2 choices" in capsys.readouterr().out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_bar_shows_stage_share_and_time() -> None:
    terminal, file = Terminal(), io.StringIO()
    for out in (terminal, file):
        bar = Bar(out)
        bar.show(Progressed(Stage.TRAINING, 5, 10, 2.0, 1.5, 7.4))
        bar.clear()
    assert "training" in terminal.getvalue()
    assert "50%" in terminal.getvalue()
    assert "7 s left" in terminal.getvalue()
    assert "1.500" in terminal.getvalue()
    assert file.getvalue() == ""


def test_bar_is_full_where_training_ends_early() -> None:
    terminal = Terminal()
    bar = Bar(terminal)
    bar.show(Progressed(Stage.TRAINING, 11, 18, 2.0, 1.5, 7.4))
    bar.show(Progressed(Stage.TRAINING, 12, 12, 2.0, 1.5, 0.0))
    newest = terminal.getvalue().rpartition("\r")[2]
    assert "100%" in newest
    assert "[############################]" in newest
    assert "  0 s left" in newest


def test_words_are_listed_and_taken_back(
    capsys: pytest.CaptureFixture[str], folders: Folders
) -> None:
    assert main(["personalize", "words"]) == 0
    assert not folders.data.exists()
    log = SelectionLog(folders.database, run=3)
    log.set_mark(Mark(MarkKind.PINNED, "bj", ("bei", "jing"), "背景"), 1.0)
    log.set_mark(Mark(MarkKind.HIDDEN, "nihao", ("ni", "hao"), "你号"), 2.0)
    log.close()
    capsys.readouterr()
    assert main(["personalize", "words"]) == 0
    assert capsys.readouterr().out == "pinned   背景  bei jing\nhidden   你号  ni hao\n"
    assert main(["personalize", "words", "--json", "--remove", "背景"]) == 0
    (left,) = json.loads(capsys.readouterr().out)
    assert (left["kind"], left["text"]) == ("hidden", "你号")
    assert main(["personalize", "words", "--remove", "背景"]) == 1
    assert "neither pinned nor hidden" in capsys.readouterr().err


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a child would find."""
    words = (FoundWord("谱蓝", ("pu", "lan"), 9), FoundWord("飞连", ("fei", "lian"), 7))
    monkeypatch.setattr(command, "carry_out", lambda *_: Found(words))


def own_words(folders: Folders) -> list[str]:
    log = SelectionLog(folders.database, run=0)
    try:
        return [one.text for one in log.words.find(order="text")]
    finally:
        log.close()


@pytest.mark.usefixtures("found")
def test_words_of_documents_are_listed_and_not_added(
    capsys: pytest.CaptureFixture[str], folders: Folders
) -> None:
    assert main(["personalize", "documents", "words"]) == 0
    assert capsys.readouterr().out == "谱蓝\tpu lan\t9\n飞连\tfei lian\t7\n"
    assert not folders.database.exists()


@pytest.mark.usefixtures("found")
@pytest.mark.parametrize(
    ("named", "added"), [((), ["谱蓝", "飞连"]), (("飞连",), ["飞连"])], ids=["all", "one"]
)
def test_words_of_documents_are_added(
    folders: Folders, named: tuple[str, ...], added: list[str]
) -> None:
    assert main(["personalize", "documents", "words", "--add", *named]) == 0
    assert own_words(folders) == added


@pytest.mark.usefixtures("found")
def test_word_that_was_not_found_is_named_and_none_added(
    capsys: pytest.CaptureFixture[str], folders: Folders
) -> None:
    assert main(["personalize", "documents", "words", "--add", "飞连", "背景"]) == 1
    assert "Not among the words found: 背景." in capsys.readouterr().err
    assert not folders.database.exists()
