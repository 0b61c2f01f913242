from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from model.data.lexicon import (
    COHESION,
    Occurrences,
    Reading,
    build,
    chosen,
    count_words,
    initials_of,
    occurrences,
    with_readings,
)
from model.data.word_lists import WordList
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


# --- words of lists --------------------------------------------------------------------------

VOCABULARY = Vocabulary.from_pairs([("西", "xi"), ("安", "an"), ("年", "nian")])
TOKENS = {char: FIRST_HANZI + place for place, char in enumerate("西安年")} | {"，": BREAK}


def shard(text: str) -> tuple[np.ndarray, np.ndarray]:
    """`|` before a word."""
    tokens = [TOKENS[char] for char in text if char != "|"]
    starts = [text[i - 1] == "|" for i, char in enumerate(text) if char != "|"]
    return np.array(tokens, np.uint16), np.array(starts)


@pytest.mark.parametrize(
    ("text", "words", "characters", "total"),
    [
        pytest.param("|西安|年", {"西安": 1, "安年": 0}, {"年": 1}, 2, id="a cut word"),
        pytest.param("|西|安|年", {"西安": 1, "安年": 1}, {"西": 1, "安": 1}, 3, id="several"),
        pytest.param("|西安年", {"西安": 0, "安年": 0}, {}, 1, id="inside another"),
        pytest.param("|西|，|安", {"西安": 0}, {"西": 1, "安": 1}, 3, id="a mark between"),
        pytest.param("|西安|西|安", {"西安": 2}, {"西": 1}, 3, id="both"),
    ],
)
def test_occurrences_go_from_cut_to_cut(
    text: str, words: dict[str, int], characters: dict[str, int], total: int
) -> None:
    found = occurrences([shard(text)], VOCABULARY, sorted(words))
    assert {word: found.of(word) for word in words} == words
    assert {char: found.of(char) for char in characters} == characters
    assert found.total == total


FOUND = Occurrences({"西安": 50, "安年": 4, "西安年": 5}, {"西": 100, "安": 100, "年": 4}, 1000)


def test_cohesion_is_that_of_the_likeliest_cut() -> None:
    assert FOUND.cohesion("西安") == pytest.approx(np.log(50 * 1000 / 100**2))
    # 西 安年 is likelier by chance than 西安 年.
    assert FOUND.cohesion("西安年") == pytest.approx(np.log(5 * 1000 / (100 * 4)))
    assert FOUND.cohesion("年西") == -np.inf


def test_what_meets_by_chance_hardly_counts() -> None:
    counts = {"西安": 400, "安年": 400, "年西": 0, "安西": 9}
    found = Occurrences(counts, {"西": 500, "安": 500, "年": 10**6}, 10**7)
    assert found.cohesion("西安") > COHESION
    assert found.weight("西安") == 400
    assert found.cohesion("安年") == pytest.approx(np.log(8))
    assert found.weight("安年") == round(400 * 8 / np.exp(COHESION))
    assert found.weight("年西") == 1
    assert found.weight("安西") == 9


@pytest.mark.parametrize(
    ("least", "cohesion", "expected"),
    [
        (0, -np.inf, {"西安", "安年", "年西"}),
        (1, -np.inf, {"西安", "安年"}),
        (5, -np.inf, {"西安"}),
        (1, 2.0, {"安年"}),
        (5, 2.0, set()),
    ],
)
def test_lists_ask_for_evidence(least: int, cohesion: float, expected: set[str]) -> None:
    one = WordList("list", frozenset({"西安", "安年", "年西"}), least, cohesion)
    assert chosen([one], FOUND) == expected
    sure = WordList("sure", frozenset({"年西"}))
    assert chosen([one, sure], FOUND) == expected | {"年西"}


@pytest.mark.parametrize(
    ("cut", "listed", "known", "expected"),
    [
        pytest.param(
            {("chong", "xin"): 990, ("zhong", "xin"): 1}, None, [], {"chong xin": 990},
            id="slips of the tagger are left out",
        ),
        pytest.param(
            {("chong", "xin"): 9, ("zhong", "xin"): 1}, None, [], {"chong xin": 9},
            id="what was read so once, too",
        ),
        pytest.param(
            {("chong", "xin"): 1}, None, [], {"chong xin": 1}, id="but for the only reading",
        ),
        pytest.param(
            {("xing", "zou"): 60, ("hang", "zou"): 40}, None, [],
            {"xing zou": 60, "hang zou": 40}, id="two readings",
        ),
        pytest.param(
            {}, 7, [("chong", "men"), ("zhong", "men")], {"chong men": 7, "zhong men": 1},
            id="a word of lists",
        ),
        pytest.param(
            {("zhong", "men"): 20}, 25, [("chong", "men")],
            {"zhong men": 20, "chong men": 1}, id="in the text, too",
        ),
        pytest.param({}, 1, [("chong", "men")], {"chong men": 1}, id="never seen"),
        pytest.param({}, 9, [], {}, id="no tokens spell it"),
    ],
)  # fmt: skip
def test_readings_of_text_and_tables_are_joined(
    cut: dict[Reading, int],
    listed: int | None,
    known: list[Reading],
    expected: dict[str, int],
) -> None:
    rows = with_readings(
        {"重重": cut} if cut else {},
        {} if listed is None else {"重重": listed},
        lambda word: known,
    )
    assert {reading: count for reading, _, count in rows} == expected


def test_words_of_lists_stand_in_the_lexicon(data: Path, tmp_path: Path) -> None:
    one = WordList("list", frozenset({"重新", "心中", "银心"}))
    plain = build(data, tmp_path, least=2)
    assert build(data, tmp_path, least=2, lists=[one]) == plain + 2
    lines = (tmp_path / "words.tsv").read_text(encoding="utf-8").splitlines()
    assert "xin zhong\t心中\t1" in lines
