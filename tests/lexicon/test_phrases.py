"""The user's phrase file: one bad line costs that line, never the others, never the program."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.errors import Message
from ime.lexicon.phrases import (
    MAX_TEXT,
    MOST_NOTICES,
    Phrase,
    PhraseError,
    checked,
    line_of,
    listed_phrases,
    load_phrases,
    parse_phrases,
    replace_phrases,
)


def test_phrases_of_a_code_come_by_place() -> None:
    book, notices = parse_phrases(
        ["# mine", "", "dz\t北京\t2", "dz\t上海", "yx\ta b@c.cn\t9\r\n"]
    )
    assert notices == ()
    assert book.find("dz") == (Phrase("dz", "上海", 1), Phrase("dz", "北京", 2))
    assert book.find("yx") == (Phrase("yx", "a b@c.cn", 9),)
    assert book.find("d") == ()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("dz 北京 1", "1 columns"),
        ("dz\t北京\t1\t", "4 columns"),
        ("DZ\t北京", "'DZ'"),
        ("\t北京", "''"),
        ("地址\t北京", "'地址'"),
        ("dz\t", "text is empty"),
        ("dz\t" + "北" * (MAX_TEXT + 1), str(MAX_TEXT)),
        ("dz\t北\0京", "control characters"),
        ("dz\t北京\t0", "place '0'"),
        ("dz\t北京\t10", "place '10'"),
        ("dz\t北京\t一", "place '一'"),
        ("dz\t北京\t²", "place '²'"),
        ("dz\t北京\t" + "9" * 5_000, "place '999"),
        ("Z" * 5_000 + "\t北京", "code 'ZZZ"),
        ("a" * 5_000 + "\t北京", "over 64 letters"),
    ],
)
def test_bad_lines_are_skipped_with_their_reason(line: str, reason: str) -> None:
    book, (notice,) = parse_phrases(["wo\t我们", line, "ni\t你们"])
    assert notice.startswith("line 2 skipped")
    assert reason in notice
    assert book.find("wo")
    assert book.find("ni")


@given(st.lists(st.text(alphabet="a\t1 北\0", max_size=8)))
def test_any_line_is_a_phrase_a_notice_or_nothing(lines: list[str]) -> None:
    book, notices = parse_phrases(lines)
    phrases = sum(len(found) for found in book.by_code.values())
    blank = sum(not line.strip() for line in lines)
    bad = len(lines) - phrases - blank
    assert len(notices) == min(bad, MOST_NOTICES + 1)


def test_a_file_with_a_mark_and_windows_lines_loads(tmp_path: Path) -> None:
    path = tmp_path / "phrases.tsv"
    path.write_bytes("\ufeffdz\t北京\t1\r\nwo\t我们\r\n".encode())
    book, notices = load_phrases(path)
    assert notices == ()
    assert book.find("dz")[0].text == "北京"
    assert book.find("wo")[0].text == "我们"


def test_a_missing_file_is_an_empty_book(tmp_path: Path) -> None:
    assert load_phrases(tmp_path / "none.tsv")[1] == ()


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "phrases.tsv"
    path.write_bytes(b"wo\tab\n" + "dz\t北京".encode("gb18030"))
    book, (notice,) = load_phrases(path)
    assert not book.by_code
    assert f"{path}, line 2" in notice
    assert "UTF-8" in notice


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    book, (notice,) = load_phrases(tmp_path)  # a folder
    assert not book.by_code
    assert str(tmp_path) in notice
    assert "check its permissions" in notice


def test_notices_of_a_file_name_it(tmp_path: Path) -> None:
    path = tmp_path / "phrases.tsv"
    path.write_text("oops\n", "utf-8")
    assert load_phrases(path)[1] == (
        f"{path}, line 1 skipped: 1 columns; write code, text and place with one tab between",
    )


def test_bad_lines_are_counted_where_they_are_many(tmp_path: Path) -> None:
    path = tmp_path / "phrases.txt"
    path.write_text("bad\n" * 20_000 + "dz\t北京\n", encoding="utf-8")
    book, notices = load_phrases(path)
    assert book.find("dz")
    assert len(notices) == 4
    assert notices[-1] == f"{path}, 19997 more lines skipped"


@pytest.mark.parametrize(
    "content",
    [b"x" * 50_000_000, b"\n" * 50_000_000, b"dz\ta\n" * 9_000_000],
    ids=["a line", "lines", "phrases"],
)
def test_a_file_of_50_megabytes_is_not_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "phrases.txt"
    path.write_bytes(content)
    began = time.process_time()
    book, (notice,) = load_phrases(path)
    assert time.process_time() - began < 1
    assert not book.by_code
    assert "larger than 4.0 MB" in notice


@pytest.mark.skipif(os.name != "posix", reason="pipes with names")
def test_a_pipe_in_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "phrases.txt"
    os.mkfifo(path)
    book, (notice,) = load_phrases(path)
    assert not book.by_code
    assert "no regular file" in notice


@pytest.mark.parametrize(
    ("code", "initials"),
    [("wodedizhi", "wddz"), ("zhongguo", "zg"), ("xian", ""), ("dz", ""), ("wohello", "")],
)
def test_initials_of_codes_in_full_pinyin(code: str, initials: str) -> None:
    book, notices = parse_phrases([f"{code}\t某路 1 号"])
    assert not notices
    found = book.find_by_initials(initials or code[:1])
    assert [phrase.code for phrase in found] == ([code] if initials else [])


def test_a_code_of_its_own_goes_before_initials() -> None:
    book, _ = parse_phrases(["wddz\t甲", "wodedizhi\t乙"])
    assert book.find_by_initials("wddz") == ()


TEXTS = [
    "北京",
    "上海市\n静安区\n\n1 号",
    '"引号"',
    '"a\\nb"',
    '"',
    '""',
    "C:\\new",
    'x "y"\nz',
    " 空 格 ",
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_comes_back_from_its_line(text: str) -> None:
    phrase = checked("dz", text, 3)
    line = line_of(phrase)
    assert "\n" not in line
    book, notices = parse_phrases([line])
    assert notices == ()
    assert book.find("dz") == (phrase,)


@given(st.text(alphabet='a\n" \\n北u0', max_size=9))
def test_every_text_that_can_be_a_phrase_comes_back(text: str) -> None:
    try:
        phrase = checked("a", text, 1)
    except PhraseError:
        return
    assert parse_phrases([line_of(phrase)])[0].find("a") == (phrase,)


@pytest.mark.parametrize(
    ("code", "text", "place", "fault"),
    [
        ("", "x", 1, "code"),
        ("Dz", "x", 1, "code"),
        ("地", "x", 1, "code"),
        ("a" * 65, "x", 1, "code"),
        ("dz", "", 1, "text"),
        ("dz", "\n\n", 1, "text"),
        ("dz", "a\tb", 1, "text"),
        ("dz", "x" * (MAX_TEXT + 1), 1, "text"),
        ("dz", "x", 0, "place"),
        ("dz", "x", 10, "place"),
    ],
)
def test_what_can_be_no_phrase_is_told(code: str, text: str, place: int, fault: str) -> None:
    with pytest.raises(PhraseError) as caught:
        checked(code, text, place)
    assert isinstance(caught.value.told, Message)
    assert caught.value.told.code == f"phrases.fault.{fault}"


def test_changes_leave_other_lines_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "config" / "phrases.txt"
    replace_phrases(path, [], [Phrase("wo", "我们", 2)])
    assert path.read_text(encoding="utf-8") == "wo\t我们\t2\n"
    assert path.stat().st_mode & 0o077 == 0
    lines = "\ufeff# 我的\r\ndz\t北京\r\nnonsense\r\n\r\nwo\t我们\t2"
    path.write_text(lines, encoding="utf-8")
    replace_phrases(path, [Phrase("dz", "北京")], [Phrase("dz", "上海"), Phrase("yx", "a@b")])
    assert path.read_text(encoding="utf-8") == (
        "# 我的\ndz\t上海\t1\nyx\ta@b\t1\nnonsense\n\nwo\t我们\t2\n"
    )
    assert listed_phrases(path)[-1] == Phrase("wo", "我们", 2)
    replace_phrases(path, listed_phrases(path), [])
    assert path.read_text(encoding="utf-8") == "# 我的\nnonsense\n\n"


def test_a_file_that_cannot_be_read_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "phrases.txt"
    path.write_bytes("dz\t北京".encode("gb18030"))
    with pytest.raises(PhraseError, match="unread"):
        replace_phrases(path, [], [Phrase("a", "b")])
    assert path.read_bytes() == "dz\t北京".encode("gb18030")
