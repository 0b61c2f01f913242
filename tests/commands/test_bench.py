"""`moyin bench` and `moyin errors` from their arguments to their exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

import pytest

from ime import __main__
from ime.backend import direct
from ime.bench.comparison import BenchError, Plan
from ime.bench.latency import HELD
from ime.commands import bench, errors, learning
from ime.session.runner import SyncRunner
from ime.session.state import MAX_LETTERS, SessionOptions
from ime.settings import Folders, ModelSettings, Settings
from tests.fakes import FakeConverter
from tests.tiny_model import TinyModel


class Seen:
    """Stands in for `bench`, and remembers its plan."""

    def __init__(self) -> None:
        self.plans: list[Plan] = []
        self.whole = True

    def __call__(self, plan: Plan, circumstances: object, out: TextIO) -> bool:
        self.plans.append(plan)
        return self.whole


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    stand_in = Seen()
    monkeypatch.setattr(bench, "bench", stand_in)
    monkeypatch.setattr(bench, "identity", lambda assets: "abc")
    return stand_in


def test_bench_reads_its_arguments(seen: Seen) -> None:
    arguments = "bench a.tsv b.tsv --both --picks --limit 9 --out o --tier ngram --beam 4"
    engines = ["--peer", "x=run x", "--peer", "y=run y", "--variant", "z@b=--fuzzy all"]
    assert __main__.main([*arguments.split(), *engines]) == 0
    (plan,) = seen.plans
    assert plan.sets == (Path("a.tsv"), Path("b.tsv"))
    assert [engine.name for engine in plan.engines] == ["moyin", "x", "y"]
    assert plan.engines[0].options == ("--pool", "--tier", "ngram", "--beam", "4")
    assert plan.variants == (plan.engines[0].with_options("z@b=--fuzzy all"),)
    assert (plan.contexts, plan.picks, plan.limit, plan.out) == (
        (True, False), True, 9, Path("o"),
    )  # fmt: skip
    assert plan.latency is None
    assert [engine.kept for engine in plan.engines] == [True, True, True]
    assert plan.engines[0].version == "abc"
    assert plan.reference == "x"
    assert plan.disk["weights"] > plan.disk["vocab.tsv"] > 0


def test_bench_of_a_folder_types_all_its_tables(seen: Seen, tmp_path: Path) -> None:
    for name in ("b.tsv", "a.tsv", "notes.md"):
        (tmp_path / name).write_text("")
    both = ["--both-of", "a,c"]
    assert __main__.main(["bench", str(tmp_path), "c.tsv", *both]) == 0
    assert seen.plans[0].sets == (tmp_path / "a.tsv", tmp_path / "b.tsv", Path("c.tsv"))
    assert seen.plans[0].both == {"a", "c"}


def small_lexicon(assets: Path) -> None:
    import numpy as np

    (assets / "lexicon").mkdir()
    lines = "an jing\t安静\t9\nshi jie\t世界\t90\nshi jie\t视界\t1\n"
    (assets / "lexicon" / "words.tsv").write_text(lines, encoding="utf-8")
    np.save(assets / "lexicon" / "by_initials.npy", np.arange(3, dtype=np.uint32))


def test_bench_everything_draws_words_and_times_keys_too(
    seen: Seen,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    small_lexicon(tmp_path)
    monkeypatch.setattr(bench, "assets_folder", lambda: tmp_path)
    measured: list[tuple[str, ...]] = []
    monkeypatch.setattr(bench, "measure_apart", measured.append)
    out = tmp_path / "out"
    options = ["--out", str(out), "--tier", "ngram"]
    assert __main__.main(["bench", "a.tsv", "--everything", *options]) == 0
    (plan,) = seen.plans
    assert (plan.sets, plan.picks) == ((Path("a.tsv"), out / "words.tsv"), True)
    rows = (out / "words.tsv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 3
    assert "3 rows" in capsys.readouterr().err
    assert plan.latency is not None
    plan.latency()
    assert measured == [("--tier", "ngram")]


@pytest.mark.parametrize("option", [["--words"], ["--words", "2", "--seed", "3"]], ids=" ".join)
def test_bench_of_words_alone_needs_no_set(
    seen: Seen, option: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_lexicon(tmp_path)
    monkeypatch.setattr(bench, "assets_folder", lambda: tmp_path)
    assert __main__.main(["bench", "--out", str(tmp_path), *option]) == 0
    assert seen.plans[0].sets == (tmp_path / "words.tsv",)
    rows = (tmp_path / "words.tsv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == (3 if option == ["--words"] else 2)


@pytest.mark.parametrize(
    ("option", "contexts"),
    [([], (True,)), (["--context"], (True,)), (["--no-context"], (False,))],
    ids=["default", "context", "no-context"],
)
def test_bench_uses_context_unless_told(
    seen: Seen, option: list[str], contexts: tuple[bool, ...]
) -> None:
    assert __main__.main(["bench", "a.tsv", *option]) == 0
    assert seen.plans[0].contexts == contexts


def test_bench_fresh_asks_all_again(seen: Seen) -> None:
    __main__.main(["bench", "a.tsv", "--peer", "x=run", "--variant", "y=--beam 2", "--fresh"])
    plan = seen.plans[0]
    assert not any(engine.kept for engine in (*plan.engines, *plan.variants))


def test_bench_exits_with_1_when_an_engine_failed(seen: Seen) -> None:
    seen.whole = False
    assert __main__.main(["bench", "a.tsv"]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bench"], "Nothing to measure"),
        (["bench", "a.tsv", "--both-of", "b"], "No set is called b"),
        (["bench", "a.tsv", "--variant", "x"], "'x' is not NAME=OPTIONS"),
        (["bench", "--words", "--out", "/dev/null/x"], "cannot be written"),
        (["bench", "a.tsv", "--peer", "x"], "'x' is not NAME=COMMAND"),
        (["bench", "a.tsv", "--peer", "moyin=run"], "Two engines are called moyin"),
        (["bench", "absent.tsv"], "absent.tsv cannot be read"),
        (["errors", "absent.tsv", "--ours", "x"], "absent.tsv cannot be read"),
    ],
    ids=" ".join,
)
def test_wrong_arguments_are_named(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert __main__.main(arguments) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["errors", "a.tsv"], ["bench", "a.tsv", "--both", "--context"], ["bench", "--limit", "x"]],
    ids=" ".join,
)
def test_arguments_of_another_form_exit_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        __main__.main(arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "text"])
def test_bench_latency_is_private_and_leaves_the_users_folders_alone(
    as_json: bool,
    folders: Folders,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    opened: list[tuple[Settings, SessionOptions]] = []
    converter = FakeConverter()

    def runner(settings: Settings, notify: object, options: SessionOptions) -> SyncRunner:
        opened.append((settings, options))
        return SyncRunner(converter, options)

    monkeypatch.setattr(direct, "shipped_runner", runner)
    monkeypatch.setattr(bench, "time_starts", lambda options: (float(len(options)),))
    option = ["--json"] if as_json else []
    assert __main__.main(["bench", "--latency", "--tier", "ngram", *option]) == 0
    printed = capsys.readouterr().out
    assert opened == [
        (Settings(model=ModelSettings(tier="ngram")), SessionOptions(private=True))
    ]
    assert converter.learned == {}
    assert not folders.data.exists()
    if as_json:
        report = json.loads(printed)
        assert report["starts"] == [2.0]
        assert report["keys"]["held"]["count"] == len(HELD) * MAX_LETTERS
        assert report["circumstances"]["version"]
    else:
        assert "Process start to first candidates: 2 ms" in printed


@pytest.fixture
def tiny_assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    class Opened:
        score = TinyModel()
        shipped = None

    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "words.tsv").write_text("", encoding="utf-8")
    np.save(tmp_path / "lexicon" / "by_initials.npy", np.zeros(0, np.int32))
    monkeypatch.setattr(errors, "assets_folder", lambda: tmp_path)
    monkeypatch.setattr(errors, "open_by_settings", lambda *_: Opened())


@pytest.mark.parametrize(
    ("options", "listed"),
    [
        pytest.param([], ["a", "c"], id="no-peer"),
        pytest.param(["--peer", "peer.tsv"], ["a"], id="lost"),
        pytest.param(["--peer", "peer.tsv", "--both"], ["a", "b"], id="both"),
        pytest.param(["--peer", "peer.tsv", "--both", "--all"], ["a", "b", "c"], id="all"),
        pytest.param(["--peer", "peer.tsv", "--all", "--limit", "1"], ["a"], id="limit"),
    ],
)
@pytest.mark.usefixtures("tiny_assets")
def test_errors_lists_rows_with_a_guess(
    options: list[str],
    listed: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "a\t不\tzai\t在\nb\t\tzai\t在\nc\t\tzai\t再\nd\t\tzai\t再\n"
    for name, firsts in (("ours.tsv", "再在在再"), ("peer.tsv", "在再在再")):
        answers = [f"{row}\t1\t1\t{first}\n" for row, first in zip("abcd", firsts, strict=True)]
        Path(name).write_text("".join(answers), encoding="utf-8")
    Path("set.tsv").write_text(rows, encoding="utf-8")
    command = ["errors", "set.tsv", "--ours", "ours.tsv", "--context", *options]
    assert __main__.main(command) == 0
    printed = capsys.readouterr()
    table = [line.split("\t") for line in printed.out.splitlines()[1:]]
    assert [fields[1] for fields in table] == listed
    assert table[0][2] == "context"
    assert "context" in printed.err


@pytest.mark.parametrize("text", ["libime", "=x.tsv", "libime="])
def test_peer_must_be_a_name_and_a_file(text: str) -> None:
    with pytest.raises(BenchError, match="NAME=FILE"):
        learning._peer(text)
