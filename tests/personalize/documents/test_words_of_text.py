"""Which runs of hanzi in documents are words, with a dictionary of a few words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from ime.personalize.documents.words_of_text import FEWEST, Paragraph, Syllables, words_of

KNOWN = {
    "动物": 300,
    "学家": 50,
    "动物学家": 20,
    "写信": 90,
    "喝水": 90,
}
HANZI = 100_000


class SmallWorld:
    """Knows the words of `KNOWN`, and all other hanzi as seldom as each other.

    Args:
        phrases: that everybody writes, though no dictionary has them.
    """

    def __init__(self, phrases: Sequence[str] = ()) -> None:
        self._phrases = phrases

    def word_nats(self, text: str, syllables: Syllables) -> float:
        assert len(text) == len(syllables)
        return math.log(KNOWN[text] / HANZI) if text in KNOWN else -math.inf

    def nats(self, text: str, syllables: Syllables) -> float:
        return math.log(0.01) if text in self._phrases else math.log(1e-4) * len(text)

    def share(self, hanzi: str) -> float:
        return {"的": 0.04, "有": 0.01}.get(hanzi, 1e-4)


def read(lines: Sequence[str]) -> list[Paragraph]:
    """Every hanzi is read as itself; a mark is no hanzi."""
    return [(line, ["" if char in "，。" else char for char in line]) for line in lines]


def written(word: str, times: int, beside: int = 1000) -> list[str]:
    """Lines in which a word stands between changing hanzi, and so many hanzi beside them."""
    first = ord("丁")
    lines = [chr(first + 2 * i) + word + chr(first + 2 * i + 1) for i in range(times)]
    return lines + [chr(first + 500 + i) for i in range(beside)]


def found(lines: Sequence[str], phrases: Sequence[str] = ()) -> dict[str, int]:
    return {one.text: one.count for one in words_of(read(lines), SmallWorld(phrases))}


@pytest.mark.parametrize("word", ["谱蓝", "尤雨溪", "裸鼹鼠洞", "沃兹尼亚克", "罗动物"])
def test_own_word_is_found_with_its_count(word: str) -> None:
    assert found(written(word, 5)) == {word: 5}


def test_reading_is_that_of_most_places() -> None:
    lines = read(written("谱蓝", 5))
    text, readings = lines[0]
    lines[0] = text, ["pu" if one == "谱" else one for one in readings]
    (word,) = words_of(lines, SmallWorld())
    assert word.syllables == ("谱", "蓝")


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(written("谱蓝", FEWEST - 1), id="too seldom"),
        pytest.param(written("动物", 5), id="in the dictionary"),
        pytest.param(written("动物学家", 5), id="parts of a word of the dictionary"),
        pytest.param(written("谱的蓝", 5), id="with the commonest hanzi inside"),
        pytest.param(written("有蓝", 5), id="beginning with a common hanzi"),
        pytest.param(written("鼹鼠洞穴居民", 5), id="parts of what is too long"),
        pytest.param(
            [a + b for a in "谱尤裸罗沃" for b in "蓝雨鼠盒兹"] * 3, id="by chance together"
        ),
    ],
)
def test_what_is_no_own_word_is_not_found(lines: list[str]) -> None:
    assert found(lines) == {}


def test_what_everybody_writes_is_no_own_word() -> None:
    assert found(written("谱蓝", 5), phrases=["谱蓝"]) == {}


def test_two_known_words_are_one_only_where_they_hold_together_very_well() -> None:
    assert found(written("写信喝水", 4)) == {}
    assert found(written("写信喝水", 4, beside=6000)) == {"写信喝水": 4}


def test_word_that_is_written_beside_marks_alone_is_found() -> None:
    assert found(["，谱蓝。"] * 4 + written("", 0)) == {"谱蓝": 4}


def test_words_that_tell_most_come_first() -> None:
    lines = written("谱蓝", 4) + written("尤雨溪", 12)
    assert list(found(lines)) == ["尤雨溪", "谱蓝"]
