from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from ime import __main__
from ime.commands import pinyin as module
from ime.commands.pinyin import read_lines, spelled
from ime.convert.text_to_pinyin import Reader
from tests.tiny_model import COUNTS, PAIRS, TinyModel


@pytest.fixture
def reader() -> Reader:
    return Reader(TinyModel(COUNTS | {("，", ""): 1}, PAIRS))


@pytest.mark.parametrize(
    ("text", "syllables", "written"),
    [
        pytest.param("再见", ["zai", "jian"], "zai jian", id="hanzi"),
        pytest.param("再见，再", ["zai", "jian", "", "zai"], "zai jian，zai", id="mark"),
        pytest.param("3月OK了", ["", "yue", "", "", "le"], "3 yue OK le", id="letters"),
        pytest.param("OK 3", ["", "", "", ""], "OK 3", id="no-hanzi"),
        pytest.param("再 见", ["zai", "", "jian"], "zai jian", id="space"),
        pytest.param("朕再朕朕", ["", "zai", "", ""], "朕 zai 朕朕", id="unknown"),
        pytest.param("", [], "", id="nothing"),
    ],
)
def test_spelled_keeps_syllables_apart(text: str, syllables: list[str], written: str) -> None:
    assert spelled(text, syllables) == written


def test_read_lines_writes_a_line_for_each(reader: Reader) -> None:
    out = io.StringIO()
    read_lines(reader, ["再见，\n", "\n", "西安\r\n"], out, as_json=False)
    assert out.getvalue() == "zai jian，\n\nxi an\n"


def test_read_lines_as_json_has_null_for_what_has_no_reading(reader: Reader) -> None:
    out = io.StringIO()
    read_lines(reader, ["再A见\n"], out, as_json=True)
    assert json.loads(out.getvalue()) == {"text": "再A见", "syllables": ["zai", None, "jian"]}


@pytest.fixture
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    class Opened:
        score = TinyModel()

    monkeypatch.setattr(module, "open_by_settings", lambda *_: Opened())


@pytest.mark.usefixtures("_tiny", "folders")
def test_pinyin_reads_its_argument_or_its_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert __main__.main(["pinyin", "西安"]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("再见\n银行\n"))
    assert __main__.main(["pinyin"]) == 0
    assert capsys.readouterr().out == "xi an\nzai jian\nyin xing\n"


ROWS = """\
a	银	xing	行	xing	het	行:0:xing
b		zaijian	再见	zai jian	het	见:1:xian
"""


@pytest.mark.usefixtures("_tiny", "folders")
def test_pinyin_checks_itself_beside_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "set.tsv"
    path.write_text(ROWS, encoding="utf-8")
    assert __main__.main(["pinyin", "--check", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    assert [row[0] for row in rows] == ["moyin", "pypinyin", "tagger"]
    # Ours has no history of readings; the others know the word 银行.
    assert rows[0][1:] == ["2", "50.0 (9.5-90.5)", "3", "100.0 (43.8-100.0)"]
    assert [row[2] for row in rows[1:]] == ["0.0 (0.0-65.8)"] * 2
    assert [row[4] for row in rows[1:]] == ["66.7 (20.8-93.9)"] * 2


@pytest.mark.usefixtures("_tiny", "folders")
def test_pinyin_checks_as_many_rows_as_it_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "set.tsv"
    path.write_text("".join(f"{i}\t\tzai\t再\tzai\tchat\n" for i in range(9)), encoding="utf-8")
    assert __main__.main(["pinyin", "--check", str(path), "--limit", "4"]) == 0
    assert "| moyin | - | - | 4 | 100.0" in capsys.readouterr().out


@pytest.mark.usefixtures("_tiny", "folders")
def test_pinyin_without_jieba_leaves_the_tagger_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "set.tsv"
    path.write_text(ROWS, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "jieba", None)
    assert __main__.main(["pinyin", "--check", str(path)]) == 0
    printed = capsys.readouterr()
    assert "| tagger" not in printed.out
    assert "left out" in printed.err


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "cannot be read"), ("a\tb\n", "line 1: 2 columns")],
    ids=["absent", "broken"],
)
@pytest.mark.usefixtures("_tiny", "folders")
def test_pinyin_names_a_set_that_it_cannot_read(
    text: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "set.tsv"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert __main__.main(["pinyin", "--check", str(path)]) == 1
    assert said in capsys.readouterr().err
