from __future__ import annotations

from pathlib import Path

import pytest

from ime.bench.test_sets import Answer, Question, SetError, read_answers, read_set


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("a\t左\tni\t你", ("左", "ni", "你", (), "", None), id="four-columns"),
        pytest.param(
            "a\t\tnihao\t你好\tni hao\tchat",
            ("", "nihao", "你好", ("ni", "hao"), "chat", None),
            id="domain",
        ),
        pytest.param(
            "a\t\tnh\t你好\tni hao\tchat\tinitials",
            ("", "nh", "你好", ("ni", "hao"), "initials", None),
            id="kind",
        ),
        pytest.param(
            "a\t\tchang\t长\tchang\theteronym\t长:0:chang",
            ("", "chang", "长", ("chang",), "heteronym", 0),
            id="marked",
        ),
        pytest.param("a\t\tni\t你\t\t\t\tmore", ("", "ni", "你", (), "", None), id="further"),
    ],
)
def test_question_reads_what_a_set_has(line: str, expected: tuple[object, ...]) -> None:
    question = Question.parse(line)
    assert question is not None
    found = (question.context, question.keys, question.gold, question.syllables)
    assert (*found, question.kind, question.marked) == expected
    assert (question.id, question.line) == ("a", line)


@pytest.mark.parametrize(
    "line", ["", "a\tb\tc", "id\tcontext\tkeys\tgold"], ids=["empty", "short", "head"]
)
def test_question_of_other_lines_is_none(line: str) -> None:
    assert Question.parse(line) is None


def test_answer_reads_every_field() -> None:
    line = "a\t500\t300\t你好\t拟好\t\t#k=200,300\t#g=4\t#p=1,2,3\t#new=1"
    assert Answer.parse(line) == Answer(
        "a", 500, 300, ("你好", "拟好", ""), (200, 300), (1, 2, 3), 4
    )


def test_answer_without_anything_offered() -> None:
    answer = Answer.parse("a\t0\t0\t#k=\t#g=-1")
    assert answer == Answer("a", 0, 0, rank=-1)
    assert answer.first == ""


def test_answer_keeps_ten_candidates() -> None:
    line = "\t".join(["a", "0", "0", *"一二三四五六七八九十百"])
    assert Answer.parse(line).candidates == tuple("一二三四五六七八九十")


@pytest.mark.parametrize(
    "line",
    ["a\t1", "a\tx\t1\t你", "a\t1\t1\t#k=1,x", "a\t1\t1\t#p=1,2", "a\t1\t1\t#g=x"],
    ids=["short", "time", "keys", "effort", "rank"],
)
def test_answer_of_another_form_raises(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Answer.parse(line)


def _table(path: Path, count: int) -> Path:
    path.write_text("".join(f"r{i}\t\tni\t你\n" for i in range(count)), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("limit", "rows"),
    [
        pytest.param(None, ["r0", "r1", "r2", "r3", "r4", "r5", "r6"], id="all"),
        pytest.param(0, ["r0", "r1", "r2", "r3", "r4", "r5", "r6"], id="zero-is-all"),
        pytest.param(3, ["r0", "r2", "r4"], id="evenly"),
        pytest.param(99, ["r0", "r1", "r2", "r3", "r4", "r5", "r6"], id="more-than-there-are"),
    ],
)
def test_read_set_takes_rows_evenly(tmp_path: Path, limit: int | None, rows: list[str]) -> None:
    asked = read_set(_table(tmp_path / "few.tsv", 7), limit)
    assert asked.name == "few"
    assert [question.id for question in asked.questions] == rows


def test_set_is_known_by_its_rows(tmp_path: Path) -> None:
    first = read_set(_table(tmp_path / "a.tsv", 4))
    assert first.text == (tmp_path / "a.tsv").read_text(encoding="utf-8")
    assert read_set(_table(tmp_path / "b.tsv", 4)).sha256 == first.sha256
    assert read_set(_table(tmp_path / "c.tsv", 5)).sha256 != first.sha256
    assert read_set(_table(tmp_path / "d.tsv", 8), 4).sha256 != first.sha256


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(None, "cannot be read", id="missing"),
        pytest.param("id\tcontext\tkeys\tgold\n", "no rows", id="head-only"),
        pytest.param("a\t\tni\t你\na\t\tni\t拟\n", "two rows a", id="same-id-twice"),
    ],
)
def test_read_set_of_what_is_none_raises(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "set.tsv"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(SetError, match=said):
        read_set(path)


def test_read_answers_names_the_line_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "out.tsv"
    path.write_text("a\t1\t1\t你\n\nb\tx\n", encoding="utf-8")
    with pytest.raises(SetError, match="line 3"):
        read_answers(path)
    path.write_bytes(b"a\t1\t1\t\xff\r\n")
    assert read_answers(path) == [Answer("a", 1, 1, ("\ufffd",))]
