from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from model.data.lexicon import build, count_words, initials_of
from model.vocab import BREAK, FIRST_HANZI, Vocabulary
from tests.model.conftest import TinyText
from tests.tokens import id_of

A, B, C = FIRST_HANZI, FIRST_HANZI + 1, 9000


def arrays(text: str) -> tuple[np.ndarray, np.ndarray]:
    """`|` before a word; `,` is a break, a b c are hanzi."""
    tokens, starts = [], []
    begins = False
    for char in text:
        if char == "|":
            begins = True
            continue
        tokens.append({"a": A, "b": B, "c": C, ",": BREAK}[char])
        starts.append(begins or char == ",")
        begins = False
    return np.array(tokens, np.uint16), np.array(starts)


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        pytest.param("|ab|c|ab,", 2, {(A, B): 2}, id="two hanzi"),
        pytest.param("|abc|ab,", 2, {(A, B): 1}, id="a longer word is another"),
        pytest.param("|a|b,", 2, {}, id="two words"),
        pytest.param("|ab|a,|b", 2, {(A, B): 1}, id="a break is no part"),
        pytest.param("|abcab|a", 5, {(A, B, C, A, B): 1}, id="over four hanzi"),
        pytest.param(
            "|abcabcab,|abcabcab,", 8, {(A, B, C, A, B, C, A, B): 2}, id="eight hanzi"
        ),
        pytest.param("|cccc,", 4, {(C, C, C, C): 1}, id="large ids"),
    ],
)
def test_words_are_counted(
    text: str, length: int, expected: dict[tuple[int, ...], int]
) -> None:
    assert count_words(*arrays(text), length) == Counter(expected)


@pytest.mark.parametrize(
    ("reading", "expected"), [("zhong guo", "zg"), ("a", "a"), ("nv er", "ne")]
)
def test_initials_are_first_letters(reading: str, expected: str) -> None:
    assert initials_of(reading) == expected


def test_lexicon_is_sorted_and_indexed(data: Path, tmp_path: Path) -> None:
    count = build(data, tmp_path, least=2)
    lines = (tmp_path / "words.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    assert len(rows) == count
    # The words of the sentences in conftest.py, and nothing else.
    assert {word for _, word, _ in rows} == {
        "我们",
        "银行",
        "重新",
        "重要",
        "重心",
        "中心",
        "行走",
        "好事",
    }
    assert [reading for reading, _, _ in rows] == sorted(reading for reading, _, _ in rows)
    readings = {word: reading for reading, word, _ in rows}
    assert readings["重新"] == "chong xin"
    assert readings["行走"] == "xing zou"
    order = np.load(tmp_path / "by_initials.npy")
    assert sorted(order.tolist()) == list(range(count))
    keys = [(initials_of(rows[i][0]), -int(rows[i][2])) for i in order.tolist()]
    assert keys == sorted(keys)


def test_words_are_counted_over_all_shards(
    data: Path, text: TinyText, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    build(data, tmp_path, least=1)
    # 重新 stands in one sentence only, and always as a word.
    first, second = id_of(vocabulary, "重", "chong"), id_of(vocabulary, "新", "xin")
    found = np.count_nonzero((text.tokens[:-1] == first) & (text.tokens[1:] == second))
    lines = (tmp_path / "words.tsv").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "重新" in line] == [f"chong xin\t重新\t{found}"]


def test_rare_words_are_left_out(data: Path, tmp_path: Path) -> None:
    assert build(data, tmp_path, least=10**6) == 0
    assert (tmp_path / "words.tsv").read_text(encoding="utf-8") == ""
