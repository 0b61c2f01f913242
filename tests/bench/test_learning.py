from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ime.__main__ import main
from ime.bench import learning as module
from ime.bench.engines import Engine
from ime.bench.learning import TRAINED
from ime.bench.learning_report import line_of
from ime.bench.test_sets import Answer, Question
from ime.personalize.report import RUNS, RunReport, Tally
from ime.personalize.versions import AdapterFolder
from ime.settings import HOME_VARIABLE, user_folders

SCRIPT = Path(__file__).with_name("learning_script.py")


def questions(count: int) -> list[Question]:
    return [Question(f"r{i}\t\tni\t你", f"r{i}", "", "ni", "你") for i in range(count)]


def answers(firsts: str) -> list[Answer]:
    return [Answer(f"r{i}", 1, 1, (first,)) for i, first in enumerate(firsts)]


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stream of ten rows; the replay that answers is a script that tells its starts."""

    def scripted(model: tuple[str, ...] = (), version: str = "") -> Engine:
        command = (sys.executable, "-S", str(SCRIPT), str(tmp_path / "starts.log"))
        return Engine("moyin", command, model, version=version)

    monkeypatch.setattr(module, "ourselves", scripted)
    monkeypatch.chdir(tmp_path)
    for name in ("stream", "chat", "wiki"):
        rows = (f"{name}{i}\t左\tni\t你\n" for i in range(10))
        (tmp_path / f"{name}.tsv").write_text("".join(rows), encoding="utf-8")
    return tmp_path / "stream.tsv"


def starts(table: Path) -> list[str]:
    return (table.parent / "starts.log").read_text(encoding="utf-8").splitlines()


def cells(text: str, first: str) -> list[str]:
    for line in text.splitlines():
        found = [cell.strip() for cell in line.strip("|").split("|")]
        if found[0] == first:
            return found
    raise AssertionError(f"no row {first} in {text}")


@pytest.mark.parametrize(
    ("firsts", "parts", "errors", "late", "whole"),
    [
        pytest.param("你你错你", 2, (0.0, 50.0), 25.0, 25.0, id="even"),
        pytest.param("错你你你你", 2, (50.0, 0.0), 20.0, 20.0, id="odd"),
        pytest.param("错你你", 3, (100.0, 0.0, 0.0), 0.0, 100 / 3, id="last-two"),
        pytest.param("你", 2, (0.0, 100.0), 50.0, 50.0, id="unanswered-is-wrong"),
    ],
)
def test_errors_are_counted_part_by_part(
    firsts: str, parts: int, errors: tuple[float, ...], late: float, whole: float
) -> None:
    count = max(2, len(firsts))
    line = line_of("x", questions(count), answers(firsts), parts)
    assert line.errors == pytest.approx(errors)
    assert (line.late, line.whole) == pytest.approx((late, whole))
    assert line.against is None


def test_rescued_and_broken_are_against_no_learning() -> None:
    line = line_of("x", questions(4), answers("你你错你"), 2, answers("错错你你"))
    assert line.against is not None
    assert (line.against.rescued, line.against.broken) == (2, 1)


def test_stream_is_typed_in_three_ways_and_told_as_table_and_json(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["learning", str(table), "--parts", "2", "--out", "out"]) == 0
    text = capsys.readouterr().out
    assert (table.parent / "out" / "learning.md").read_text(encoding="utf-8") == text
    assert cells(text, "no learning")[1:5] == ["100.0", "100.0", "100.0", "100.00"]
    assert cells(text, "at once")[1:5] == ["40.0", "0.0", "20.0", "20.00"]
    assert cells(text, "at once")[5:] == ["80.0 % (ratio 0.20 (0.06-0.69))", "8 / 0"]
    found = json.loads((table.parent / "out" / "learning.json").read_text("utf-8"))
    assert [line["name"] for line in found["lines"]] == ["no learning", "at once", TRAINED]
    assert found["lines"][1]["against"]["rescued"] == 8
    assert sorted(starts(table)) == [
        "--context",
        "--learn --home out/homes/at-once --context",
        "--learn --home out/homes/at-once-and-trained --personalize-after 5 --context",
    ]


def test_answers_of_an_earlier_run_stand_unless_fresh_ones_are_wanted(table: Path) -> None:
    for options, asked in (([], 3), ([], 3), (["--fresh"], 6)):
        assert main(["learning", str(table), *options, "--out", "out"]) == 0
        assert len(starts(table)) == asked


def test_home_that_is_gone_is_filled_again(table: Path) -> None:
    assert main(["learning", str(table), "--out", "out"]) == 0
    home = table.parent / "out" / "homes" / "at-once"
    (home / "learned").unlink()
    home.rmdir()
    assert main(["learning", str(table), "--out", "out"]) == 0
    assert len(starts(table)) == 4
    assert home.exists()


def test_others_text_is_typed_with_and_without_what_was_learned(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = ["--general", "chat.tsv", "wiki.tsv", "--rows", "4", "--out", "out"]
    assert main(["learning", str(table), *others]) == 0
    # The script answers right with a home, and wrong without one.
    assert cells(capsys.readouterr().out, "at once")[1:] != []
    text = (table.parent / "out" / "learning.md").read_text(encoding="utf-8")
    _, _, prices = text.partition("## Text of others")
    assert cells(prices, "at once")[1:] == ["+100.0 (4 / 0)", "+100.0 (4 / 0)", "+200.0"]
    assert starts(table).count("--home out/homes/at-once --context") == 2


def test_wrong_history_is_learned_before_the_first_part(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = ["--wrong", "chat.tsv", "wiki.tsv", "--parts", "5", "--out", "out"]
    assert main(["learning", str(table), *wrong]) == 0
    home = "--home out/homes/wrong-history"
    assert f"--learn {home} --personalize-after 20 --context" in starts(table)
    assert f"{home} --context" in starts(table)
    assert "points against no learning: +100.0 (" in capsys.readouterr().out


def test_runs_of_training_and_peers_stand_beside(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (f"stream{i}\t1\t1\t{'你' if i < 5 else '错'}\n" for i in range(10))
    (table.parent / "peer.tsv").write_text("".join(rows), encoding="utf-8")
    arguments = ["learning", str(table), "--out", "out", "--peer", "libime=peer.tsv"]
    assert main(arguments) == 0
    home = user_folders({HOME_VARIABLE: "out/homes/at-once-and-trained"})
    tally = Tally(10, 7, 8, 2, 1)
    AdapterFolder(home.adapters).refuse(
        RunReport("", False, ("no",), "", 0.0, 12.0, 60, 60, 1.0, tally, tally, tally)
    )
    assert (home.adapters / RUNS).exists()
    capsys.readouterr()
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert cells(text, "libime")[1:] == ["0.0"] * 2 + ["50.0"] + ["100.0"] * 3 + [
        "50.00",
        "-",
        "-",
    ]
    assert cells(text, "1")[1:4] == ["refused", "60", "7 -> 8 of 10"]


def test_process_that_fails_is_named(
    table: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Engine("moyin", (sys.executable, "-c", "raise SystemExit('no model')"))
    monkeypatch.setattr(
        module, "ourselves", lambda _model, version: replace(failing, version=version)
    )
    assert main(["learning", str(table), "--out", "out"]) == 1
    assert "no-learning could not type stream: it ended with 1: no model" in (
        capsys.readouterr().err
    )
