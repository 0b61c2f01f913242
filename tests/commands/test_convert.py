from __future__ import annotations

import io
import json

import pytest

from ime.commands.convert import Form, PinyinInputError, candidates_of, convert
from ime.session.runner import SyncRunner
from ime.session.state import MAX_LETTERS
from ime.values import LeftContext
from tests.fakes import FakeConverter


def converted(runner: SyncRunner, lines: list[str], form: Form, context: str = "") -> str:
    out = io.StringIO()
    convert(runner, lines, context, form, out)
    return out.getvalue()


def test_convert_prints_one_candidate_a_line(runner: SyncRunner) -> None:
    assert converted(runner, ["nihao"], Form(top=3)) == "你好\n拟好\n你\n"


def test_convert_prints_rows_for_many_lines(runner: SyncRunner) -> None:
    form = Form(top=2, in_rows=True)
    lines = ["nihao\n", "  xi'an \r\n", "shijie"]
    assert converted(runner, lines, form) == (
        "nihao\t你好\t拟好\nxi'an\t西安\t西\nshijie\t世界\t视界\n"
    )


def test_convert_prints_json_with_readings(runner: SyncRunner) -> None:
    answer = json.loads(converted(runner, ["nihao"], Form(top=1, as_json=True), "早，"))
    assert answer["raw"] == "nihao"
    assert answer["context"] == "早，"
    assert answer["candidates"] == [
        {
            "text": "你好",
            "syllables": ["ni", "hao"],
            "letters": 5,
            "source": "word",
            "score": 0.0,
        }
    ]


def test_convert_says_why(runner: SyncRunner) -> None:
    lines = converted(runner, ["nihao"], Form(top=2, why=True)).splitlines()
    assert lines[0] == (
        "你好  word  0.00 =  n-gram -3.00  network +1.00  cache +0.00  yours +0.00  "
        "words +2.00  spelling +0.00"
    )
    assert lines[1].startswith("拟好  word  0.00 =")


def test_convert_says_why_in_json(runner: SyncRunner) -> None:
    (first,) = json.loads(converted(runner, ["hao"], Form(1, True, why=True)))["candidates"]
    shares = first["shares"]
    assert sum(shares.values()) == first["score"]
    assert [*shares] == ["ngram", "network", "cache", "user", "words", "spelling"]


def test_convert_gives_the_context_to_the_converter(
    runner: SyncRunner, fake_converter: FakeConverter
) -> None:
    converted(runner, ["ni"], Form(), "左边\x00👍")
    assert fake_converter.contexts[-1] == LeftContext("左边\x00👍")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("ni1hao", "'1'"),
        ("你好", "'你'"),
        ("ni hao", "' '"),
        ("ni\x00", "'\\\\x00'"),
        ("", "0 letters"),
        ("n" * 10_000, "10000 letters"),
    ],
    ids=["digit", "hanzi", "blank", "nul", "empty", "endless"],
)
def test_candidates_of_no_pinyin_raises_with_what_is_wrong(
    runner: SyncRunner, line: str, named: str
) -> None:
    with pytest.raises(PinyinInputError, match=named):
        candidates_of(runner, line, "")


def test_candidates_of_the_longest_input_come(runner: SyncRunner) -> None:
    assert candidates_of(runner, ("nihao" * 20)[:MAX_LETTERS], "")


def test_convert_reports_a_bad_line_and_goes_on(
    runner: SyncRunner, capsys: pytest.CaptureFixture[str]
) -> None:
    out = io.StringIO()
    form = Form(top=1, in_rows=True)
    assert convert(runner, ["ni", "?", "hao"], "", form, out) == 1
    assert out.getvalue() == "ni\t你\n?\nhao\t好\n"
    assert capsys.readouterr().err.startswith("moyin: line 2: '?' cannot be converted")


def test_convert_of_one_line_does_not_depend_on_the_one_before(runner: SyncRunner) -> None:
    form = Form(top=3, in_rows=True)
    alone = converted(runner, ["shijie"], form)
    assert converted(runner, ["nihao", "shijie"], form).endswith(alone)
