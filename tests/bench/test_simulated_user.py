from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ime.__main__ import main
from ime.backend import opening
from ime.bench import simulated_user as module
from ime.bench.replay import Plan, Row, replay
from ime.bench.simulated_user import HomeError, SimulatedUser, home_folders, outcome_lines
from ime.personalize import supervisor as jobs
from ime.personalize.protocol import Answer, Cancelled, Failed, Finished, Task
from ime.personalize.report import RunReport, Tally
from ime.session.runner import SyncRunner
from ime.settings import HOME_VARIABLE, Folders, user_folders
from ime.userdb.selection_log import SelectionLog
from ime.values import Commit, How, LeftContext, Mark, MarkKind, Selection
from tests.fakes import FakeConverter
from tests.tiny_network import tiny_assets

ROWS = [Row("a", "左边", "nihao", "拟好"), Row("b", "", "shijie", "世界")]


class Adapted(FakeConverter):
    """Says of which model and version it is."""

    model, adapter = "base", "v0007"


@pytest.fixture
def home(tmp_path: Path) -> Folders:
    return user_folders({HOME_VARIABLE: str(tmp_path / "other")})


@pytest.fixture
def opened() -> list[FakeConverter]:
    return []


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def make(
    home: Folders, opened: list[FakeConverter], said: io.StringIO
) -> Iterator[Callable[[], SimulatedUser]]:
    made: list[SimulatedUser] = []

    def opener() -> FakeConverter:
        opened.append(Adapted())
        return opened[-1]

    def learner() -> SimulatedUser:
        made.append(SimulatedUser(home, opener, 1, said))
        return made[-1]

    yield learner
    for one in made:
        one.close()


def report(*reasons: str) -> RunReport:
    return RunReport(
        version="" if reasons else "v0008", accepted=not reasons, reasons=reasons,
        parent="v0007", created=0.0, seconds=12.34, learned=60, fresh=40, strength=0.6,
        held_out=Tally(10, 7, 8, 2, 1), known=Tally(5, 5, 5, 0, 0),
        general=Tally(20, 15, 15, 0, 0),
    )  # fmt: skip


def answering(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> list[Task]:
    asked: list[Task] = []

    def carry_out(task: Task, show: object) -> Answer:
        asked.append(task)
        return answer

    monkeypatch.setattr(module, "carry_out", carry_out)
    return asked


def rows_of(home: Folders) -> list[tuple[str, str, bool]]:
    log = SelectionLog(home.database, run=0)
    try:
        rows = list(log.rows())
        return [(row.selection.chosen, row.versions.adapter, row.retracted) for row in rows]
    finally:
        log.close()


def test_choices_are_learned_and_logged_with_what_offered_them(
    make: Callable[[], SimulatedUser], opened: list[FakeConverter], home: Folders
) -> None:
    replay(SyncRunner(make()), ROWS, Plan(learn=True, context=True), io.StringIO())
    assert [commit.text for commit in opened[0].learned.values()] == ["拟好", "世界"]
    assert rows_of(home) == [("拟好", "v0007", False), ("世界", "v0007", False)]


def test_what_is_taken_back_and_marked_reaches_log_and_converter(
    make: Callable[[], SimulatedUser], opened: list[FakeConverter], home: Folders
) -> None:
    learner = make()
    selection = Selection(LeftContext(), "ni", ("ni",), ("你",), "你", 0, How.SPACE)
    learner.learn(Commit(1, "你", ("ni",), (selection,)))
    learner.retract(1)
    learner.mark(Mark(MarkKind.PINNED, "ni", ("ni",), "拟"))
    assert opened[0].learned == {}
    assert rows_of(home) == [("你", "v0007", True)]
    runner = SyncRunner(make())
    runner.type("ni")
    assert runner.state.candidates is not None
    assert runner.state.candidates.items[0].text == "拟"


def test_next_one_begins_with_what_the_home_holds(
    make: Callable[[], SimulatedUser], opened: list[FakeConverter]
) -> None:
    replay(SyncRunner(make()), ROWS, Plan(learn=True), io.StringIO())
    make()
    assert [commit.text for commit in opened[1].learned.values()] == ["拟好", "世界"]


def test_accepted_run_is_told_and_used_at_once(
    make: Callable[[], SimulatedUser],
    opened: list[FakeConverter],
    said: io.StringIO,
    home: Folders,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = answering(monkeypatch, Finished(report()))
    learner = make()
    replay(SyncRunner(learner), ROWS, Plan(learn=True), io.StringIO())
    learner.train(2)
    assert (asked[0].database, asked[0].adapters) == (str(home.database), str(home.adapters))
    assert said.getvalue() == (
        "#run row=2 accepted=1 version=v0008 parent=v0007 strength=0.6 learned=60 fresh=40 "
        "seconds=12.3 held_out=7-8/10+2-1 known=5-5/5+0-0 general=15-15/20+0-0\n"
    )
    assert len(opened) == 2
    assert next(iter(opened[1].learned.values())).text == "拟好"


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (Finished(report("It harms.")), "#run row=9 refused: It harms."),
        (Failed("39 are too few."), "#run row=9 failed: 39 are too few."),
    ],
    ids=["refused", "failed"],
)
def test_run_that_gives_nothing_is_told_and_changes_nothing(
    make: Callable[[], SimulatedUser],
    opened: list[FakeConverter],
    said: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
    line: str,
) -> None:
    answering(monkeypatch, answer)
    make().train(9)
    assert said.getvalue().splitlines()[-1] == line
    assert len(opened) == 1


def test_run_that_the_user_stops_stops_everything(
    make: Callable[[], SimulatedUser], monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, Cancelled())
    with pytest.raises(KeyboardInterrupt):
        make().train(1)


def test_home_is_never_that_of_the_real_user(folders: Folders) -> None:
    with pytest.raises(HomeError, match="name another"), home_folders(folders.data.parent):
        pass


def test_home_that_is_not_named_is_empty_and_goes(folders: Folders) -> None:
    with home_folders(None) as found:
        place = found.data.parent
        assert place.exists()
        assert list(place.iterdir()) == []
        assert place != folders.data.parent
    assert not place.exists()


def test_outcome_without_a_last_word_is_told() -> None:
    assert outcome_lines(3, Cancelled()) == ["#run row=3 ended without a word"]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "rows.tsv"
    lines = (f"r{i}\t\tnihao\t{'拟好' if i % 2 else '你好'}\n" for i in range(50))
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_replay_trains_in_a_child_after_every_so_many_rows(
    table: Path,
    tmp_path: Path,
    folders: Folders,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assets = tiny_assets(tmp_path / "assets")
    monkeypatch.setattr(jobs, "assets_folder", lambda: assets)
    monkeypatch.setattr(opening, "open_by_settings", lambda *_: FakeConverter())
    words = ["--learn", "--context", "--personalize-after", "45", "--home", "other"]
    monkeypatch.chdir(tmp_path)
    assert main(["replay", str(table), *words]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 50
    told = [line for line in err.splitlines() if line.startswith("#run row=45 accepted=")]
    assert len(told) == 1
    other = user_folders({HOME_VARIABLE: str(tmp_path / "other")})
    assert len(json.loads((other.adapters / "runs.json").read_text())) == 1
    assert not folders.data.exists()
    assert len(rows_of(other)) == 50


def test_replay_without_learn_has_nothing_to_train_on(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(table), "--personalize-after", "9"]) == 1
    assert "needs --learn" in capsys.readouterr().err
