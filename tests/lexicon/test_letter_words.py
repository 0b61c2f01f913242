"""Words of letters: what is written for what is typed."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from ime.errors import AssetError
from ime.lexicon.abbreviations import MEANINGS
from ime.lexicon.letter_words import LetterWords
from ime.lexicon.units import AMBIGUOUS, UNITS
from ime.pinyin.shuangpin import built_in_scheme

WORDS = LetterWords(
    [
        *(("ktv", "KTV", 90), ("ktv", "ktv", 10), ("app", "APP", 50), ("app", "app", 25)),
        *(
            ("iphone", "iPhone", 20),
            ("nih", "NIH", 5),
            ("c pan", "C盘", 30),
            ("qq hao", "QQ号", 9),
        ),
    ]
)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("ktv", "KTV"),  # nearly always
        ("app", "app"),  # written in several ways
        ("iphone", "iPhone"),
        ("iPHONE", "iPHONE"),  # capitals are meant
        ("cpan", "C盘"),
        ("Cpan", "C盘"),
        ("xyz", "xyz"),
    ],
)
def test_what_is_written(typed: str, written: str) -> None:
    assert WORDS.text_of(typed) == written


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("ktv", True),
        ("KTV", True),
        ("Nih", False),
        ("iPhone", True),
        ("Cpan", True),
        ("kt", False),
    ],
)
def test_capitals_have_to_agree(typed: str, known: bool) -> None:
    assert (WORDS.log_prob(typed) > -math.inf) == known


def test_probabilities_sum_to_one() -> None:
    typed = ("ktv", "app", "iphone", "nih", "cpan", "qqhao")
    assert sum(math.exp(WORDS.log_prob(word)) for word in typed) == pytest.approx(1)


def test_all_ways_with_the_letters_first() -> None:
    assert WORDS.ways_of("app") == ("app", "APP")
    assert WORDS.ways_of("cpan") == ("C盘",)
    assert WORDS.ways_of("none") == ()


def test_hanzi_of_a_word_are_typed_by_codes_in_shuangpin() -> None:
    flypy = built_in_scheme("flypy")
    assert WORDS.coded("qqhc", flypy) == ("QQ号",)
    assert WORDS.coded("cpj", flypy) == ("C盘",)
    assert WORDS.coded("cpan", flypy) == ()


def test_no_words_are_no_edges() -> None:
    assert LetterWords().longest == 0
    assert LetterWords().log_prob("a") == -math.inf


@pytest.mark.parametrize("content", ["a\tb\n", "a\tb\tmany\n"])
def test_a_damaged_file_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "letters.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(AssetError, match="cannot be read"):
        LetterWords.load(path)


def test_tables_are_of_small_letters() -> None:
    for typed in (*UNITS, *MEANINGS):
        assert typed.isascii()
        assert typed.isalpha()
        assert typed.islower()
    assert set(UNITS) >= AMBIGUOUS
    assert all(ways and typed in ways for typed, ways in UNITS.items())
