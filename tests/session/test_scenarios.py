"""Every scenario file comes out as written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes import FakeConverter
from tests.scenario import ScenarioError, main, play

SCENARIOS = sorted((Path(__file__).parents[1] / "scenarios").glob("*.txt"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario_comes_out_as_written(path: Path) -> None:
    play(path, FakeConverter())


def test_scenarios_each_tell_their_story() -> None:
    without = [path.name for path in SCENARIOS if not path.read_text("utf-8").startswith("# ")]
    assert len(SCENARIOS) >= 25
    assert without == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("COMMIT 你", "expected '你', got ''"),
        ("PAGE <你>", "got '<是> 时 十 事 市'"),
        ("NOT_OFFERED 时", "时"),
        ("OFFERED 食", "食"),
        ("COMIT 你", "no such directive"),
    ],
)
def test_play_says_where_and_what_differs(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "wrong.txt"
    path.write_text(f"KEYS shi # typed\n\n{line}\n", "utf-8")
    with pytest.raises(ScenarioError) as caught:
        play(path, FakeConverter())
    assert f"{path}:3" in str(caught.value)
    assert message in str(caught.value)


def test_play_as_a_program_reports_each_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text("KEYS wo\nKEY Space\nCOMMIT 我\n", "utf-8")
    bad.write_text("KEYS wo\nKEY Space\nCOMMIT 你\n", "utf-8")
    assert main([str(good)]) == 0
    assert main([str(good), str(bad)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["ok", "ok", "FAIL"]
