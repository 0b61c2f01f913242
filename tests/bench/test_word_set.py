from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from ime.bench.test_sets import ceiling, draw_words, word_set
from ime.lexicon.words import Lexicon
from ime.values import Word

ROWS = [
    ("gong shi", "公式", 60),
    ("gong shi", "攻势", 30),
    ("shi jie", "世界", 900),
    ("xi an", "西安", 10),
    ("xian", "先", 500),
]


@pytest.fixture
def lexicon(tmp_path: Path) -> Lexicon:
    lines = "".join(f"{reading}\t{text}\t{count}\n" for reading, text, count in ROWS)
    (tmp_path / "words.tsv").write_text(lines, encoding="utf-8")
    np.save(tmp_path / "by_initials.npy", np.arange(len(ROWS), dtype=np.uint32))
    return Lexicon(tmp_path)


def test_a_lexicon_lists_its_words_in_the_order_of_the_file(lexicon: Lexicon) -> None:
    found = [(" ".join(word.syllables), word.text, word.count) for word in lexicon]
    assert found == ROWS
    assert len(lexicon) == len(found)


def test_words_are_different_and_the_same_for_the_same_seed(lexicon: Lexicon) -> None:
    drawn = draw_words(lexicon, 3, seed=4)
    assert len(set(drawn)) == 3
    assert drawn == draw_words(lexicon, 3, seed=4)
    assert len({tuple(draw_words(lexicon, 3, seed)) for seed in range(9)}) > 1


def test_words_are_all_of_a_small_lexicon(lexicon: Lexicon) -> None:
    assert {word.text for word in draw_words(lexicon, 99, seed=1)} == {row[1] for row in ROWS}


def test_common_words_are_drawn_in_proportion(lexicon: Lexicon) -> None:
    found = Counter(draw_words(lexicon, 1, seed)[0].text for seed in range(3000))
    total = sum(count for _, _, count in ROWS)
    for _, text, count in ROWS:
        assert found[text] / 3000 == pytest.approx(count / total, abs=0.03)


def test_word_set_is_a_table_that_replay_reads(lexicon: Lexicon) -> None:
    asked = word_set([Word("西安", ("xi", "an"), 10), Word("先", ("xian",), 500)])
    assert (
        asked.text
        == "word00001\t\txian\t西安\txi an\twords\nword00002\t\txian\t先\txian\twords\n"
    )
    assert asked.name == "words"


def test_ceiling_counts_words_without_a_commoner_one_of_the_same_letters(
    lexicon: Lexicon,
) -> None:
    assert ceiling(lexicon, list(lexicon)) == 3 / 5  # 攻势 loses to 公式, 西安 to 先
    assert ceiling(lexicon, []) == 0
