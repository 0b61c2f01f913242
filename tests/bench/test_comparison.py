from __future__ import annotations

import io
import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ime.bench.comparison import BenchError, Plan, bench, peers_of, to_json, variants_of
from ime.bench.engines import Engine
from ime.bench.environment import Environment
from ime.bench.latency import Keys, Latency
from ime.bench.process_cost import Memory
from ime.bench.scoring import Times
from ime.bench.test_sets import SetError

SCRIPT = Path(__file__).with_name("engine_script.py")
HERE = Environment(
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
    assert row(text, "heteronym, without context (1 rows)", "bad")[2] == "100.0 (20.7-100.0)"
    sheets = results["sheets"]
    assert isinstance(sheets, list)
    assert sheets[0]["engines"]["bad"]["score"] is None
    assert sheets[0]["engines"]["bad"]["error"].startswith("ended with 3")
    assert row(text, "Summary", "abbrev, with context")[4] == "failed"


def test_bench_shows_kinds_and_marked_characters_where_a_set_has_them(plan: Plan) -> None:
    _, text, _ = measured(plan)
    assert row(text, "abbrev", "initials") == ["initials", "2", "100.0 / 100.0", "50.0 / 50.0"]
    assert "marked" not in row(text, "abbrev", "engine")
    place = row(text, "heteronym", "engine").index("marked")
    assert row(text, "heteronym", "moyin")[place] == "100.0 (20.7-100.0)"
    assert "kind" not in text.partition("## heteronym")[2]
    marked = row(text, "Summary", "heteronym, without context: marked character")
    assert marked[1:3] == ["1", "100.0 (20.7-100.0)"]


def test_bench_sums_up_against_the_first_peer(plan: Plan) -> None:
    _, text, results = measured(plan)
    head = row(text, "Summary", "set")
    cells = dict(zip(head, row(text, "Summary", "abbrev, with context"), strict=True))
    assert cells["moyin top-1 (95 %) / top-5"] == "100.0 (51.0-100.0) / 100.0"
    assert cells["half top-1 (95 %) / top-5"] == "50.0 (15.0-85.0) / 50.0"
    assert cells["error ratio to half (95 %)"] == "0.00"
    assert cells["rescued / broken"] == "2 / 0"
    assert "| abbrev, with context | 50.0 | 50.0 | 1.00 (1.00-1.00) | 1.00 /" in text
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
    assert row(text, "Summary", "abbrev, with context")[-2:] == ["-", "-"]
    assert results["reference"] == "moyin"


def test_bench_types_only_some_sets_without_context_too(plan: Plan, tmp_path: Path) -> None:
    more = tmp_path / "chat.tsv"
    more.write_text("a\t左\tni\t你\n", encoding="utf-8")
    plan = replace(plan, sets=(more, *plan.sets), engines=plan.engines[:1])
    _, _, results = measured(replace(plan, both=frozenset({"chat"})))
    sheets = results["sheets"]
    assert isinstance(sheets, list)
    # The set of heteronyms has no context at all: one pass, whatever is asked for.
    passes = [(sheet["set"], sheet["context"]) for sheet in sheets]
    assert passes == [("chat", True), ("chat", False), ("abbrev", True), ("heteronym", False)]


def test_bench_types_variants_on_the_sets_that_they_name(plan: Plan, tmp_path: Path) -> None:
    ours, *peers = plan.engines
    variants = (ours.with_options("plain=--x"), ours.with_options("short@abbrev=--y"))
    assert "variant" not in measured(replace(plan, engines=(ours, peers[0])))[1]
    (tmp_path / "starts.log").unlink()
    plan = replace(plan, engines=(ours, peers[0]), variants=variants, out=tmp_path / "again")
    _, text, results = measured(plan)
    starts = (tmp_path / "starts.log").read_text(encoding="utf-8").splitlines()
    assert [start.split()[1:] for start in starts] == [
        ["--picks", "--context"],
        ["--x", "--picks", "--context"],
        ["--y", "--picks", "--context"],
        ["--picks", "--context"],
        ["--picks"],
        ["--x", "--picks"],
        ["--picks"],
    ]
    short = row(text, "Summary", "abbrev, with context, short")
    assert short[2:] == [
        "100.0 (51.0-100.0) / 100.0",
        "50.0 (15.0-85.0) / 50.0",
        "0.00",
        "2 / 0",
    ]
    assert "heteronym, without context, short" not in text
    gain = "+0.0 (+0.0 to +0.0)"
    assert f"| abbrev, with context | short | {gain} | 0 | 0 |" in text
    assert f"| heteronym, without context | plain | {gain} | 0 | 0 |" in text
    assert results["reference"] == "half"


def test_bench_types_variants_in_the_first_pass_alone(plan: Plan) -> None:
    ours = plan.engines[0]
    variants = (ours.with_options("plain=--x"),)
    plan = replace(plan, sets=plan.sets[:1], engines=(ours,), variants=variants)
    _, text, _ = measured(replace(plan, both=frozenset({"abbrev"})))
    assert "abbrev, with context, plain" in text
    assert "abbrev, without context" in text
    assert "abbrev, without context, plain" not in text


def test_bench_refuses_sets_that_are_not_there(plan: Plan) -> None:
    with pytest.raises(BenchError, match=r"No set is called chat; the sets are abbrev, hetero"):
        replace(plan, both=frozenset({"chat"}))
    with pytest.raises(BenchError, match="No set is called typo"):
        replace(plan, variants=(plan.engines[0].with_options("a@typo=--x"),))


KEYS = Keys(*(Times(9, 1.0, 2.0, 3.0, 4.0),) * 4, right=8)
LATENCY = Latency(KEYS, (1500.0,), Memory(1, 2, 3), Memory(4, 5, 6))


def test_bench_tells_key_times_and_sizes_with_the_rest(plan: Plan) -> None:
    plan = replace(plan, latency=lambda: LATENCY, disk={"weights": 3 * 2**20, "ngram": 2**19})
    _, text, results = measured(plan)
    assert row(text, "Summary", "letters of typed sentences")[1:] == [
        "9",
        "1.00 / 2.00 / 3.00 / 4.00",
    ]
    assert "Process start to first candidates: 1500 ms" in text
    assert "On disk: weights 3.0, ngram 0.5; together 3.5 MiB." in text
    assert results["disk"] == {"weights": 3 * 2**20, "ngram": 2**19}
    latency = results["latency"]
    assert isinstance(latency, dict)
    assert latency["keys"]["typed"]["p95"] == 2.0


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


def test_variants_of_wants_name_and_options() -> None:
    ours = Engine("moyin", ("x",))
    assert variants_of(ours, ["a=--b"]) == (Engine("a", ("x",), ("--b",), variant=True),)
    with pytest.raises(BenchError, match=r"'a' is not NAME=OPTIONS or .*--variant"):
        variants_of(ours, ["a"])


def test_peers_of_wants_name_and_command() -> None:
    assert peers_of(["a=x y"]) == (Engine("a", ("x", "y")),)
    with pytest.raises(BenchError, match="'libime' is not NAME=COMMAND"):
        peers_of(["libime"])


def test_to_json_has_null_for_what_is_no_number() -> None:
    assert json.loads(to_json({"a": (math.nan, [1.5, math.nan]), "b": "NaN"})) == {
        "a": [None, [1.5, None]],
        "b": "NaN",
    }
