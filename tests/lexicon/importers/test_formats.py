"""Files of other input methods: what comes out of sound, odd and broken ones."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from ime.lexicon.importers import cells, moyin
from ime.lexicon.importers.entries import normal
from ime.lexicon.importers.formats import Import, WordFileError, import_words
from ime.lexicon.user_layer import OWN, is_own_word
from ime.values import UserWord
from tests.lexicon.importers.samples import RIME, ROWS, SAMPLES

READINGS = {
    char: syllable
    for text, reading, _ in ROWS
    for char, syllable in zip(text, reading, strict=True)
}
OWN_FORMATS = {"moyin", "rime userdb"}
MUTATIONS = int(os.environ.get("MOYIN_MUTATIONS", "60"))
"""Broken files a format; MOYIN_MUTATIONS=2000 for a long run."""


def read_text(text: str) -> Sequence[str]:
    """As the model tells readings; it has only the characters of the samples."""
    return [READINGS.get(char, "") for char in text]


def imported(path: Path, **options: bool) -> Import:
    if path.suffix in cells.SUFFIXES:
        pytest.importorskip("cidian")
    if path.suffix == ".yaml":
        pytest.importorskip("yaml")
    return import_words(path, read_text, 7.0, **options)


def write(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize("form", SAMPLES)
def test_every_format_gives_its_words(tmp_path: Path, form: str) -> None:
    got = imported(write(tmp_path, *SAMPLES[form]))
    assert [(word.text, word.syllables) for word in got.words] == [row[:2] for row in ROWS]
    assert {word.time for word in got.words} == {7.0}
    assert got.unread == (3 if form == "words alone" else 0)
    assert {word.weight >= OWN for word in got.words} == {form in OWN_FORMATS}


@pytest.mark.parametrize("form", ["rime dictionary", "libime", "qq text", "scel"])
def test_a_dictionary_keeps_its_order(tmp_path: Path, form: str) -> None:
    got = imported(write(tmp_path, *SAMPLES[form]))
    ranked = sorted(got.words, key=lambda word: -word.weight)
    assert [word.text for word in ranked] == ["旅行", "格洛丽亚", "陈省身"]


def test_own_words_of_a_dictionary(tmp_path: Path) -> None:
    got = imported(write(tmp_path, *SAMPLES["sogou text"]), own=True)
    assert all(word.weight >= OWN for word in got.words)


def test_our_table_comes_back_as_it_went(tmp_path: Path) -> None:
    words = [
        UserWord("陈省身", ("chen", "xing", "shen"), 2.5, "a\tb\nc", 1e9),
        UserWord("旅行", ("lv", "xing"), 0.01, "x.scel", 0.0),
    ]
    got = imported(write(tmp_path, "out.tsv", "".join(moyin.write(words))))
    assert [(w.text, w.syllables) for w in got.words] == [(w.text, w.syllables) for w in words]
    assert [word.weight >= OWN for word in got.words] == [True, False]


def test_a_rime_folder_is_read_whole(tmp_path: Path) -> None:
    write(tmp_path, "a.dict.yaml", SAMPLES["rime dictionary"][1])
    write(tmp_path, "b.dict.yaml", RIME + "墨音\tmo yin\n".encode())
    (tmp_path / "sync/id").mkdir(parents=True)
    write(tmp_path / "sync/id", *SAMPLES["rime userdb"])
    pytest.importorskip("yaml")
    got = imported(tmp_path)
    assert {word.text for word in got.words} == {"墨音", *(row[0] for row in ROWS)}
    assert {word.source for word in got.words} == {"b.dict.yaml", "luna_pinyin.userdb.txt"}


def test_a_folder_without_words_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WordFileError, match="synchronise"):
        imported(tmp_path)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.txt", "旅行 lv'xing 1\n陈省身 chen'xing 2\n", "line 2: 陈省身 has 3 hanzi and 2"),
        ("a.txt", "旅行 lv'xxing\n", "line 1: 'xxing' of 旅行 is no pinyin"),
        ("a.txt", "\n\n旅行 格洛 1\n", "line 3: not one word"),
        ("a.txt", b"\xff\xff\n", "line 1: no text in utf-8 or gb18030"),
        ("a.txt", "好\0", "line 1: this is no text"),
        ("a.dict.yaml", "旅行\tlv xing\n", "no line ... ends the head"),
        ("a.dict.yaml", "---\nname: [\n...\n", "the head is no YAML"),
        ("a.dict.yaml", "---\nversion: 1\n...\n", "has no name"),
        ("a.dict.yaml", RIME + "旅行\tlv xing\tx\n".encode(), "line 8: the weight 'x'"),
        ("a.dict.yaml", RIME + b"a\tb\t1\td\te\n", "line 8: 5 columns"),
        ("a.userdb.txt", "lv xing\t旅行\n", "line 1: 2 columns"),
        ("a.userdb.txt", "lv xing\t旅行\td=1\n", "line 1: no number c="),
        ("a.tsv", "# moyin words 1\n旅行\tlv xing\ty\n", "line 2: the weight 'y'"),
        ("a.xml", "<a>\n<b></a>", "line 2: no sound XML"),
        ("a.xml", "<a></a>", "no DictionaryEntry"),
        ("a.scel", b"nothing", "SCEL"),
        ("a.bdict", b"", "a.bdict: "),
    ],
)
def test_a_bad_file_is_refused_with_its_place(
    tmp_path: Path, name: str, data: bytes | str, told: str
) -> None:
    with pytest.raises(WordFileError) as refused:
        imported(write(tmp_path, name, data))
    assert told in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path / name))
    assert str(refused.value).endswith("Nothing was imported.")


def test_bad_places_may_be_left_out(tmp_path: Path) -> None:
    got = imported(write(tmp_path, "a.txt", "旅行 lv'xing\n陈省身 chen\n"), skip=True)
    assert [word.text for word in got.words] == ["旅行"]
    assert "line 2" in got.skipped[0]


@pytest.mark.parametrize("text", ["好", "T恤", "hello", "比尔·盖茨", "😀"])
def test_what_is_no_word_of_hanzi_is_counted_and_left_out(tmp_path: Path, text: str) -> None:
    got = imported(write(tmp_path, "a.dict.yaml", RIME + f"{text}\thao\n旅行\n".encode()))
    assert [word.text for word in got.words] == ["旅行"]
    assert got.left_out == 1


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(WordFileError, match="cannot be read"):
        imported(tmp_path / "none.txt")


def test_columns_of_rime_in_another_order(tmp_path: Path) -> None:
    head = b"---\nname: x\ncolumns:\n  - code\n  - text\n...\n# a comment\nlv xing\t"
    got = imported(write(tmp_path, "a.dict.yaml", head + "旅行\n".encode()))
    assert got.words[0].syllables == ("lv", "xing")


def test_deleted_words_of_a_userdb_stay_deleted(tmp_path: Path) -> None:
    lines = "lv xing \t旅行\tc=-1 d=0 t=1\nlv xing \t履行\tc=2 d=1 t=2\n"
    assert [w.text for w in imported(write(tmp_path, "a.userdb.txt", lines)).words] == ["履行"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("lǚ", "lv"),
        ("lü4", "lv"),
        ("lu:", "lv"),
        ("nüe", "nve"),
        ("lue", "lve"),
        ("Chén", "chen"),
        ("xing2", "xing"),
        ("yuè", "yue"),
        ("ér", "er"),
    ],
)
def test_spellings_of_other_programs(written: str, meant: str) -> None:
    assert normal(written) == meant


@pytest.mark.parametrize("form", SAMPLES)
def test_a_broken_file_is_imported_whole_or_refused(tmp_path: Path, form: str) -> None:
    name, sound = SAMPLES[form]
    draw = random.Random(form)
    for _ in range(MUTATIONS):
        path = write(tmp_path, name, mutated(sound, draw))
        try:
            got = imported(path)
        except WordFileError as error:
            assert str(error).endswith("Nothing was imported.")  # noqa: PT017
            continue
        assert not got.skipped
        assert all(is_own_word(word.text, word.syllables) for word in got.words)
        assert all(0 <= word.weight < 1e18 for word in got.words)


def mutated(sound: bytes, draw: random.Random) -> bytes:
    """Some bytes changed, taken out, doubled, or the end cut off; within the text mostly."""
    data = bytearray(sound)
    for _ in range(draw.choice((1, 1, 2, 4))):
        least = len(data) * draw.choice((0, 0.9))  # what is before the words is long in some
        at = draw.randrange(int(least), len(data)) if data else 0
        size = draw.randrange(1, 9)
        match draw.randrange(5):
            case 0:
                data[at : at + 1] = bytes([draw.randrange(256)])
            case 1:
                del data[at : at + size]
            case 2:
                data[at:at] = data[at : at + size] * draw.randrange(1, 3)
            case 3:
                del data[max(at, len(data) // 2) :]
            case _:
                data[at:at] = draw.choice((b"\t", b"\n", b" ", b"\0", b"'", b"9", b"\xff"))
    return bytes(data)
