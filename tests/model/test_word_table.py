from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.word_table import LONGEST, WordTable

TEXTS = ["", "，", "西", "安", "年", "长", "长"]
TEXTS[1] = ""  # a mark is no hanzi; 长 has two readings
HANZI = {"西": 2, "安": 3, "年": 4, "长": 5, "張": 6, "，": 1}


def tokens_of(text: str) -> np.ndarray:
    return np.array([HANZI[char] for char in text], np.uint16)


@given(
    text=st.text("西安年长張，", min_size=LONGEST, max_size=60),
    words=st.sets(st.text("西安年长", min_size=2, max_size=LONGEST), max_size=20),
    length=st.integers(2, LONGEST),
)
def test_every_word_is_found_where_it_stands(text: str, words: set[str], length: int) -> None:
    listed = sorted(words)
    table = WordTable(TEXTS, listed)
    begin = np.arange(len(text) - length + 1)
    rows, found = table.find(tokens_of(text), begin, length)
    plain = text.replace("張", "长")
    expected = [
        (place, listed.index(plain[place : place + length]))
        for place in begin.tolist()
        if plain[place : place + length] in words
    ]
    assert [*zip(rows.tolist(), found.tolist(), strict=True)] == expected


@pytest.mark.parametrize("other", ["西安龘", "龘西安", "西龘安"])
def test_word_that_no_tokens_spell_does_not_hide_another(other: str) -> None:
    for words in ([other, "西安"], ["西安", other]):
        rows, found = WordTable(TEXTS, words).find(tokens_of("年西安"), np.arange(2), 2)
        assert rows.tolist() == [1]
        assert found.tolist() == [words.index("西安")]


def test_places_are_looked_at_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.word_table.CHUNK", 3)
    table = WordTable(TEXTS, ["西安"])
    rows, found = table.find(tokens_of("西安年" * 5), np.arange(14), 2)
    assert rows.tolist() == [0, 3, 6, 9, 12]
    assert found.tolist() == [0] * 5


def test_characters_are_numbered_whatever_their_reading() -> None:
    table = WordTable(TEXTS, [])
    assert table.characters == sorted("西安年长")
    numbers = table.single[tokens_of("，西安年长張")].tolist()
    assert numbers[0] == 0
    assert [table.characters[number - 1] for number in numbers[1:]] == list("西安年长长")
