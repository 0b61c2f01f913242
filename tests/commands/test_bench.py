from __future__ import annotations

import io
import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ime.commands.answers import SetError
from ime.commands.bench import BenchError, Plan, bench, peers_of, to_json
from ime.commands.circumstances import Circumstances
from ime.commands.engines import Engine

SCRIPT = Path(__file__).with_name("engine_script.py")
HERE = Circumstances(
    "2024-05-01 12:00+02:00", "a processor", 2, 0.5, "a system", "1.0", "abc", "moyin bench"
)


def engine(name: str, manner: str, folder: Path) -> Engine:
    return Engine(name, (sys.executable, "-S", str(SCRIPT), manner, str(folder / "starts.log")))


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    rows = [
        f"r{i}\t左\tnihao\t你好\tni hao\tchat\t{'initials' if i < 2 else 'mixed'}"
        for i in range(4)
    ]
    (tmp_path / "abbrev.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    rows = ["a\t\tchang\t长\tchang\theteronym\t长:0:chang"]
    (tmp_path / "heteronym.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return Plan(
        sets=(tmp_path / "abbrev.tsv", tmp_path / "heteronym.tsv"),
        engines=(
            engine("moyin", "right", tmp_path),
            engine("half", "even", tmp_path),
            engine("bad", "crash", tmp_path),
        ),
        picks=True,
        out=tmp_path / "out",
    )


def measured(plan: Plan) -> tuple[bool, str, dict[str, object]]:
    out = io.StringIO()
    whole = bench(plan, HERE, out)
    assert (plan.out / "results.md").read_text(encoding="utf-8") == out.getvalue()
    return whole, out.getvalue(), json.loads((plan.out / "results.json").read_text("utf-8"))


def row(text: str, section: str, first: str) -> list[str]:
    """Cells of the row that begins with `first` in a section of the Markdown."""
    _, _, after = text.partition(f"\n## {section}")
    for line in after.partition("\n## ")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == first:
            return cells
    raise AssertionError(f"{section} has no row {first}")


def test_bench_sets_every_engine_beside_the_others(plan: Plan) -> None:
    whole, text, _ = measured(plan)
    assert not whole  # one engine crashed
    assert "Measured 2024-05-01 12:00+02:00 on a processor" in text
    assert "    moyin bench\n" in text
    ours = row(text, "abbrev, with context (4 rows)", "moyin")
    assert ours[1:6] == ["4", "100.0 (51.0-100.0)", "100.0", "100.0", "100.00"]
    assert ours[6:] == ["50.0 (0.0, 0.00%)", "1.00 / 1.00 / 1.00 / 1.00", "0.00", "2 / 0"]
    half = row(text, "abbrev, with context (4 rows)", "half")
    assert half[2] == "50.0 (15.0-85.0)"
    assert half[-2:] == ["-", "-"]


def test_bench_says_of_an_engine_that_failed_why(plan: Plan) -> None:
    _, text, results = measured(plan)
    bad = row(text, "abbrev, with context (4 rows)", "bad")
    assert bad[1] == "failed: ended with 3: terrible things happened"
    assert set(bad[2:]) == {"-"}
    assert row(text, "heteronym, with context (1 rows)", "bad")[2] == "100.0 (20.7-100.0)"
    sheets = results["sheets"]
    assert isinstance(sheets, list)
    assert sheets[0]["engines"]["bad"]["score"] is None
    assert sheets[0]["engines"]["bad"]["error"].startswith("ended with 3")
    assert "bad" in row(text, "Summary", "set")[4]


def test_bench_shows_kinds_and_marked_characters_where_a_set_has_them(plan: Plan) -> None:
    _, text, _ = measured(plan)
    assert row(text, "abbrev", "initials") == ["initials", "2", "100.0 / 100.0", "50.0 / 50.0"]
    assert "marked" not in row(text, "abbrev", "engine")
    place = row(text, "heteronym", "engine").index("marked")
    assert row(text, "heteronym", "moyin")[place] == "100.0"
    assert "kind" not in text.partition("## heteronym")[2]


def test_bench_sums_up_against_the_first_peer(plan: Plan) -> None:
    _, text, results = measured(plan)
    head = row(text, "Summary", "set")
    cells = dict(zip(head, row(text, "Summary", "abbrev, with context"), strict=True))
    assert cells["moyin top-1 / top-5"] == "100.0 / 100.0"
    assert cells["half top-1 / top-5"] == "50.0 / 50.0"
    assert cells["error ratio to half"] == "0.00"
    assert cells["rescued / broken"] == "2 / 0"
    assert cells["picks ratio"] == "1.00"
    assert results["reference"] == "half"


def test_bench_tells_what_the_engines_said_of_themselves(plan: Plan) -> None:
    _, text, _ = measured(plan)
    assert row(text, "Engines", "moyin") == ["moyin", "12", "-", "2", "-", "0 of 2"]
    assert row(text, "Engines", "bad")[1] == "12"  # on the set that it survived


def test_bench_again_asks_only_what_is_not_known(plan: Plan, tmp_path: Path) -> None:
    ours, *peers = plan.engines
    plan = replace(plan, engines=(replace(ours, kept=False), *peers))
    measured(plan)
    log = tmp_path / "starts.log"
    assert len(log.read_text(encoding="utf-8").splitlines()) == 6
    _, text, _ = measured(plan)
    # Ours on two sets, and the engine that crashed on one of them.
    assert len(log.read_text(encoding="utf-8").splitlines()) == 9
    assert row(text, "Engines", "half")[-1] == "2 of 2"
    assert row(text, "Engines", "moyin")[-1] == "0 of 2"


@pytest.mark.parametrize(
    ("contexts", "options"),
    [
        pytest.param((True,), ["--picks --context"], id="with"),
        pytest.param((False,), ["--picks"], id="without"),
        pytest.param((True, False), ["--picks --context", "--picks"], id="both"),
    ],
)
def test_bench_passes_over_the_sets_with_and_without_context(
    plan: Plan, tmp_path: Path, contexts: tuple[bool, ...], options: list[str]
) -> None:
    plan = replace(plan, sets=plan.sets[:1], engines=plan.engines[:1], contexts=contexts)
    whole, text, _ = measured(plan)
    assert whole
    starts = (tmp_path / "starts.log").read_text(encoding="utf-8").splitlines()
    assert [start.partition(" ")[2] for start in starts] == options
    assert ("abbrev, without context" in text) == (False in contexts)


def test_bench_without_peers_compares_with_nobody(plan: Plan) -> None:
    _, text, results = measured(replace(plan, engines=plan.engines[:1]))
    assert "error ratio:" not in text
    assert row(text, "abbrev", "moyin")[-2:] == ["-", "-"]
    assert results["reference"] == "moyin"


def test_bench_keeps_to_the_limit(plan: Plan) -> None:
    _, text, _ = measured(replace(plan, limit=3))
    assert row(text, "Summary", "abbrev, with context")[1] == "3"


def test_bench_refuses_two_engines_or_sets_of_one_name(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="moyin"):
        replace(plan, engines=(plan.engines[0], plan.engines[0]))
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / "abbrev.tsv"
    twin.write_text("a\t\tni\t你\n", encoding="utf-8")
    with pytest.raises(SetError, match="abbrev"):
        bench(replace(plan, sets=(*plan.sets, twin)), HERE, io.StringIO())


def test_bench_reads_all_sets_before_it_measures(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(SetError, match="absent"):
        bench(replace(plan, sets=(*plan.sets, tmp_path / "absent.tsv")), HERE, io.StringIO())
    assert not (tmp_path / "starts.log").exists()


@pytest.mark.parametrize("blocked", ["results.md", "answers"])
def test_bench_that_cannot_write_says_where(plan: Plan, blocked: str) -> None:
    plan.out.mkdir()
    if blocked == "answers":
        (plan.out / blocked).write_text("a file where the folder should be")
    else:
        (plan.out / blocked).mkdir()
    with pytest.raises(BenchError, match="out cannot be written"):
        bench(plan, HERE, io.StringIO())


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("terminal", [True, False])
def test_bench_tells_on_standard_error_how_far_it_is(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    told = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", told)
    measured(replace(plan, sets=plan.sets[:1]))
    ends = (
        "abbrev moyin: 4 rows in 0 s\n",
        "abbrev bad: ended with 3: terrible things happened\n",
    )
    assert all(end in told.getvalue() for end in ends)
    assert ("\rabbrev moyin: 1 of 4 rows, " in told.getvalue()) == terminal


def test_peers_of_wants_name_and_command() -> None:
    assert peers_of(["a=x y"]) == (Engine("a", ("x", "y")),)
    with pytest.raises(BenchError, match="'libime' is not NAME=COMMAND"):
        peers_of(["libime"])


def test_to_json_has_null_for_what_is_no_number() -> None:
    assert json.loads(to_json({"a": (math.nan, [1.5, math.nan]), "b": "NaN"})) == {
        "a": [None, [1.5, None]],
        "b": "NaN",
    }
