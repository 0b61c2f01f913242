"""Tables sorted by their first column, and the characters and symbols in the shipped ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from ime.lexicon.characters import Characters
from ime.lexicon.symbols import Symbols
from ime.lexicon.tables import SortedTable
from ime.pinyin.inventory import SYLLABLES

ASSETS = Path(__file__).parents[2] / "assets"
TABLE = SortedTable(b"a\t1\nab\t2\nab\t3\nb\t4\n")


@pytest.fixture(scope="module")
def characters() -> Characters:
    return Characters.load(ASSETS / "characters")


@pytest.fixture(scope="module")
def symbols() -> Symbols:
    return Symbols.load(ASSETS / "lexicon" / "symbols.tsv")


# --- tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "rows"),
    [("a", [("1",)]), ("ab", [("2",), ("3",)]), ("b", [("4",)]), ("c", []), ("", [])],
)
def test_rows_of_a_key(key: str, rows: list[tuple[str, ...]]) -> None:
    assert list(TABLE.rows(key)) == rows


def test_begun_are_all_rows_whose_key_begins_so() -> None:
    assert list(TABLE.begun("a")) == [("a", "1"), ("ab", "2"), ("ab", "3")]
    assert list(SortedTable().begun("a")) == []


def test_load_of_what_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nothing"):
        SortedTable.load(tmp_path / "nothing")
    (tmp_path / "bytes").write_bytes(b"\xff\n")
    with pytest.raises(ValueError, match="utf-8"):
        SortedTable.load(tmp_path / "bytes")


# --- characters -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("character", "syllable"),
    [
        ("鋆", "yun"), ("繇", "yao"), ("繇", "zhou"),
        ("繇", "you"), ("将", "qiang"), ("咗", "zuo"),
        ("渃", "ruo"), ("汯", "hong"), ("丿", "pie"), ("巿", "fu"), ("嫑", "bao"), ("女", "nv"),
        ("略", "lve"), ("嗯", "en"),
    ],
)  # fmt: skip
def test_characters_have_all_their_readings(
    characters: Characters, character: str, syllable: str
) -> None:
    assert character in characters.reading_so(syllable, large=True)


def test_every_syllable_has_characters_and_the_table_has_no_other(
    characters: Characters,
) -> None:
    rows = [row[0] for row in characters.readings.begun("")]
    assert rows == sorted(SYLLABLES)
    assert "".join(characters.reading_so("yao", large=False)).count("繇") == 1
    assert "嫑" not in characters.reading_so("bao", large=False)
    assert characters.reading_so("xyz", large=True) == ""


@pytest.mark.parametrize(
    ("character", "sound"), [("鋆", "yún"), ("尴", "gān"), ("女", "nǚ"), ("?", "")]
)
def test_sound(characters: Characters, character: str, sound: str) -> None:
    assert characters.sound_of(character).split(" ")[0] == sound


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("mumu", "林"), ("mumumu", "森"), ("riyue", "明"), ("buyao", "嫑"), ("niuniuniu", "犇"),
        ("junjin", "鋆"), ("hspnhspn", "林"),
        ("hspn", "木"), ("hs", "十"), ("wangkouyuebeifan", "赢"),
    ],
)  # fmt: skip
def test_made_of(characters: Characters, code: str, wanted: str) -> None:
    assert wanted in characters.made_of(code)[:5]


def test_unfinished_codes_give_what_they_begin(characters: Characters) -> None:
    assert "犇" in characters.made_of("niuniun")
    assert characters.made_of("hhhhhhhhhhhhhhhhhhhhhh") == []


# --- symbols ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letters", "symbol"),
    [
        ("sheshidu", "℃"), ("pingfangmi", "㎡"), ("aerfa", "α"), ("genhao", "√"),
        ("budengyu", "≠"), ("xiaolian", "😀"),
        ("pijiu", "🍺"), ("hongxin", "❤"), ("jiantou", "→"),
        ("wuqiongda", "∞"), ("shengluehao", "……"), ("oumiga", "Ω"), ("oumu", "Ω"),
    ],
)  # fmt: skip
def test_symbols_by_name(symbols: Symbols, letters: str, symbol: str) -> None:
    assert symbol in [found.rstrip("\ufe0f") for found, _ in symbols.called(letters)]


def test_symbols_have_names_and_words_have_no_symbols(symbols: Symbols) -> None:
    assert ("😀", "笑脸") in symbols.called("xiaolian")
    assert symbols.called("women") == []
