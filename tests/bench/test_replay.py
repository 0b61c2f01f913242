from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from ime.bench.process_cost import Memory
from ime.bench.replay import (
    Effort,
    Plan,
    Row,
    TableError,
    enter,
    opened,
    read_rows,
    replay,
    warm_up,
    write_meta,
)
from ime.session.runner import SyncRunner
from ime.session.state import SessionOptions
from ime.values import CandidateList, LeftContext
from tests.fakes import FakeConverter

PRIVATE = SessionOptions(private=True)


def answers(runner: SyncRunner, rows: list[Row], plan: Plan | None = None) -> list[list[str]]:
    out = io.StringIO()
    assert replay(runner, rows, plan or Plan(), out) == len(out.getvalue().splitlines())
    return [line.split("\t") for line in out.getvalue().splitlines()]


def test_read_rows_skips_the_head_and_short_lines() -> None:
    lines = [
        "id\tcontext\tkeys\tgold\n",
        "a\t左 边\tnihao\t你好\tni hao\tchat\n",
        "\n",
        "broken\tline\n",
        "b\t\tni\t你\r\n",
    ]
    assert list(read_rows(lines)) == [
        Row("a", "左 边", "nihao", "你好"),
        Row("b", "", "ni", "你"),
    ]


def test_replay_writes_id_times_candidates_and_key_times(runner: SyncRunner) -> None:
    (fields,) = answers(runner, [Row("r1", "", "nihao", "你好")])
    assert fields[0] == "r1"
    assert fields[3:-1] == ["你好", "拟好", *"你尼泥呢妮腻拟"]
    keys = [int(time) for time in fields[-1].removeprefix("#k=").split(",")]
    assert len(keys) == 5
    assert int(fields[1]) == sum(keys)
    assert int(fields[2]) == max(keys)


def test_replay_lists_ten_candidates_at_most(fake_converter: FakeConverter) -> None:
    runner = SyncRunner(
        fake_converter, rewriter=lambda listed: replace(listed, items=listed.items * 3)
    )
    (fields,) = answers(runner, [Row("r1", "", "nihao", "你好")])
    assert len(fields) == 3 + 10 + 1


@pytest.mark.parametrize(
    ("keys", "gold", "rank"),
    [
        pytest.param("nihao", "你好", 0, id="first"),
        pytest.param("shijienihao", "姐", -1, id="not-in-the-list"),
        pytest.param("nihao", "腻", 7, id="behind-the-page"),
        pytest.param("", "你", -1, id="no-list"),
    ],
)
def test_replay_tells_the_place_of_the_gold_when_asked(
    runner: SyncRunner, keys: str, gold: str, rank: int
) -> None:
    rows = [Row("r1", "", keys, gold)]
    (fields,) = answers(runner, rows, Plan(picks=True, pool=True))
    assert f"#g={rank}" in fields
    assert fields[-1].startswith("#p=")
    (without,) = answers(runner, rows)
    assert not any(field.startswith("#g=") for field in without)


@pytest.mark.parametrize(
    ("keys", "gold", "expected"),
    [
        pytest.param("nihao", "你好", (1, 0, 0), id="first"),
        pytest.param("nihao", "拟好", (1, 0, 0), id="second-on-the-page"),
        pytest.param("nihao", "妮好", (2, 1, 0), id="in-pieces-over-a-page"),
        pytest.param("nihao", "拟号", (2, 1, 0), id="character-of-the-second-page"),
        pytest.param("shijienihao", "世界你好", (1, 0, 0), id="sentence"),
        pytest.param("nihao", "您好", (0, 0, 2), id="never-offered"),
        pytest.param("nihao", "你们", (1, 0, 1), id="half-offered"),
        pytest.param("ni", "你好", (1, 0, 1), id="letters-used-up"),
        pytest.param("", "你好", (0, 0, 2), id="no-keys"),
        pytest.param("qqq", "你", (0, 0, 1), id="no-candidates"),
    ],
)
@pytest.mark.parametrize("commit", [True, False], ids=["commit", "count"])
def test_enter_counts_picks_turns_and_what_is_out_of_reach(
    runner: SyncRunner, keys: str, gold: str, expected: tuple[int, int, int], commit: bool
) -> None:
    runner.type(keys)
    assert enter(runner, gold, commit=commit) == Effort(*expected)
    assert not runner.state.composing


def test_enter_picks_the_longest_candidate_on_the_page(runner: SyncRunner) -> None:
    runner.type("nihaoshijie")
    # 你 is on the page, too, and would cost one pick more.
    assert enter(runner, "你好是姐", commit=True) == Effort(picks=3, turns=0, stuck=0)
    assert runner.committed == "你好是姐"


def test_enter_gives_up_after_a_hundred_pages() -> None:
    def endless(listed: CandidateList) -> CandidateList:
        return replace(listed, items=listed.items * 500)

    runner = SyncRunner(FakeConverter(), rewriter=endless)
    runner.type("nihao")
    assert enter(runner, "您", commit=False) == Effort(0, 0, 1)


def test_enter_commits_only_when_asked(runner: SyncRunner) -> None:
    runner.type("nihao")
    enter(runner, "你好", commit=False)
    assert runner.committed == ""
    runner.type("nihao")
    enter(runner, "你好", commit=True)
    assert runner.committed == "你好"


def test_replay_without_learn_teaches_nothing_and_ignores_the_order(
    fake_converter: FakeConverter,
) -> None:
    rows = [
        Row("a", "", "nihao", "拟好"),
        Row("b", "", "nihao", "你好"),
        Row("c", "", "ni", "泥"),
    ]

    def candidates(ordered: list[Row]) -> dict[str, list[str]]:
        runner = SyncRunner(fake_converter, PRIVATE)
        out = answers(runner, ordered, Plan(picks=True, context=True))
        return {fields[0]: [*fields[3:-2], fields[-1]] for fields in out}

    assert candidates(rows) == candidates(rows[::-1])
    assert fake_converter.learned == {}


def test_replay_with_learn_teaches_what_could_be_entered(
    runner: SyncRunner, fake_converter: FakeConverter
) -> None:
    rows = [
        Row("a", "", "nihao", "拟好"),
        Row("b", "", "nihao", "您好"),
        Row("c", "", "nihao", "拟好"),
    ]
    first, _, third = answers(runner, rows, Plan(learn=True))
    assert (first[3], third[3]) == ("你好", "拟好")
    assert [commit.text for commit in fake_converter.learned.values()] == ["拟好", "拟好"]
    assert third[-1] == "#p=1,0,0"


@pytest.mark.parametrize(("used", "expected"), [(True, "左边"), (False, "")])
def test_replay_uses_the_context_only_when_asked(
    runner: SyncRunner, fake_converter: FakeConverter, used: bool, expected: str
) -> None:
    answers(runner, [Row("a", "左边", "ni", "你")], Plan(context=used))
    assert fake_converter.contexts == [LeftContext(expected)]


def test_replay_stops_at_the_limit(runner: SyncRunner) -> None:
    rows = [Row(str(number), "", "ni", "你") for number in range(5)]
    assert [fields[0] for fields in answers(runner, rows, Plan(limit=2))] == ["0", "1"]


def test_replay_of_odd_keys_never_raises(runner: SyncRunner) -> None:
    rows = [Row("a", "\x00👍", "n" * 10_000, ""), Row("b", "", "1=你\x00 NI", "你")]
    assert len(answers(runner, rows, Plan(picks=True, context=True))) == 2


def test_replay_answers_do_not_come_from_the_gold_column(runner: SyncRunner) -> None:
    (right,) = answers(runner, [Row("a", "", "nihao", "你好")])
    (wrong,) = answers(runner, [Row("a", "", "nihao", "再见")])
    assert right[3:-1] == wrong[3:-1]


def test_opened_reads_a_file_with_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    table = tmp_path / "in.tsv"
    table.write_bytes(b"a\t\xff\tni\tx\n")
    with opened(str(table)) as lines:
        assert list(read_rows(lines)) == [Row("a", "\ufffd", "ni", "x")]


def test_opened_of_no_file_raises_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="absent"), opened(str(tmp_path / "absent.tsv")):
        pass


def test_warm_up_leaves_a_fresh_session(runner: SyncRunner) -> None:
    warm_up(runner)
    assert not runner.state.composing
    assert runner.committed == ""


def test_write_meta_is_one_line_of_names_and_numbers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_meta("1.2", 12.34, Memory(1, 2, 3), rows=7, context=True)
    mark, *pairs = capsys.readouterr().err.split()
    assert mark == "#meta"
    names = dict(pair.split("=") for pair in pairs)
    assert names["version"] == "1.2"
    assert names["start_ms"] == "12.3"
    assert (names["rss_start_kb"], names["anon_start_kb"]) == ("1", "2")
    assert (names["rows"], names["context"]) == ("7", "1")
    assert int(names["rss_end_kb"]) >= int(names["anon_end_kb"])
    assert int(names["hwm_kb"]) >= int(names["rss_end_kb"])
