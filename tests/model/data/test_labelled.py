from __future__ import annotations

from pathlib import Path

import pytest

from model.data.labelled import LabelledRow, read_labelled
from model.vocab import UNKNOWN, Vocabulary
from tests.tokens import id_of


def write(folder: Path, *lines: str) -> Path:
    path = folder / "rows.tsv"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_rows_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "a-0\t你好， \twoshi\t我是\two shi\tchat",
        "a-1\t\tyinhang\t银行\tyin hang\theteronym\t行:1:hang",
        "a-2\t\tws\t我是\two shi\tchat\tinitials",
    )
    assert read_labelled(path) == [
        LabelledRow("你好， ", "我是", ("wo", "shi"), "chat"),
        LabelledRow("", "银行", ("yin", "hang"), "heteronym", (1, "hang")),
        LabelledRow("", "我是", ("wo", "shi"), "chat"),
    ]


def test_no_rows_are_no_error(tmp_path: Path) -> None:
    assert read_labelled(write(tmp_path)) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("a\tb\tc", "line 2: 3 columns; need id", id="too few columns"),
        pytest.param("a\t\two\t我是\two\tchat", "1 syllables for the 2 hanzi", id="syllables"),
        pytest.param(
            "a\t\two\t我\two\tx\t你:0:ni", "marks another character", id="wrong character"
        ),
        pytest.param(
            "a\t\two\t我\two\tx\t我:9:wo", "marks another character", id="index beyond"
        ),
        pytest.param("a\t\two\t我\two\tx\t我:i:wo", "invalid literal", id="index is no number"),
    ],
)
def test_bad_row_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = write(tmp_path, "a\t\two\t我\two\tchat", line)
    with pytest.raises(ValueError, match=rf"rows\.tsv, line 2: .*{message.split(': ')[-1]}"):
        read_labelled(path)


def test_tokens_have_the_readings_of_the_row(vocabulary: Vocabulary) -> None:
    row = LabelledRow("", "重重行", ("chong", "zhong", "hang"), "x")
    assert [vocabulary.syllables[i] for i in row.tokens(vocabulary)] == [
        "chong",
        "zhong",
        "hang",
    ]


def test_reading_not_in_the_vocabulary_gives_way(vocabulary: Vocabulary) -> None:
    row = LabelledRow("", "重龘", ("tong", "da"), "x")
    assert row.tokens(vocabulary) == [id_of(vocabulary, "重", "zhong"), UNKNOWN]
