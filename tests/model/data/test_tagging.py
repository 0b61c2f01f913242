from __future__ import annotations

from collections import Counter

import pytest

from model.data.labelled import LabelledRow
from model.data.readings import ReadingTagger
from model.data.tagging import (
    WorstCharacter,
    error_rate,
    measure_tagging,
    tag_row,
    worst_characters,
)


def row(
    context: str, gold: str, syllables: str, marked: tuple[int, str] | None = None
) -> LabelledRow:
    return LabelledRow(context, gold, tuple(syllables.split()), "x", marked)


@pytest.mark.parametrize(
    ("context", "gold", "expected"),
    [
        pytest.param("", "行走", ["xing", "zou"], id="no context"),
        pytest.param("我在银", "行", ["hang"], id="word that began in the context"),
        pytest.param("我在银，", "行走", ["xing", "zou"], id="punctuation ends the context"),
        pytest.param("银 ", "行走", ["xing", "zou"], id="a space ends the context"),
    ],
)
def test_row_is_read_with_the_hanzi_before_it(
    tagger: ReadingTagger, context: str, gold: str, expected: list[str]
) -> None:
    assert tag_row(tagger, row(context, gold, " ".join(expected))) == expected


def test_errors_are_counted_by_syllable_row_and_mark(tagger: ReadingTagger) -> None:
    rows = [
        row("", "银行", "yin hang", (1, "hang")),
        row("", "银行", "yin xing", (1, "xing")),
        row("", "你好", "ni hao"),
    ]
    result = measure_tagging(tagger, rows)
    assert (result.rows, result.wrong_rows) == (3, 1)
    assert result.syllables.total() == 6
    assert error_rate(result.syllables) == pytest.approx(1 / 6)
    assert result.marked == Counter({("行", "hang", "hang"): 1, ("行", "xing", "hang"): 1})
    assert error_rate(result.marked) == pytest.approx(1 / 2)


def test_no_tags_are_no_errors() -> None:
    assert error_rate(Counter()) == 0


def test_worst_characters_come_first() -> None:
    confusions = Counter(
        {
            ("行", "xing", "xing"): 5,
            ("行", "xing", "hang"): 2,
            ("行", "hang", "xing"): 1,
            ("重", "chong", "zhong"): 4,
            ("乐", "le", "yue"): 1,
            ("好", "hao", "hao"): 9,
        }
    )
    assert worst_characters(confusions, 2) == [
        WorstCharacter("重", 4, 4, (("chong", "zhong", 4),)),
        WorstCharacter("行", 8, 3, (("xing", "hang", 2), ("hang", "xing", 1))),
    ]
