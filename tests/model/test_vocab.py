from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.vocab import (
    BEGIN,
    BREAK,
    FIRST_HANZI,
    LATIN,
    MARK_ALIASES,
    MARKS,
    PAD,
    SPECIALS,
    UNKNOWN,
    Vocabulary,
    is_hanzi,
)
from tests.tokens import id_of


@pytest.mark.parametrize(
    ("char", "expected"),
    [
        pytest.param("中", True, id="basic"),
        pytest.param("㐀", True, id="extension A"),
        pytest.param("\U00020000", True, id="extension B"),
        pytest.param("〇", False, id="ideographic zero is a symbol"),
        pytest.param("，", False, id="full-width comma"),
        pytest.param("あ", False, id="kana"),
        pytest.param("a", False, id="letter"),
    ],
)
def test_hanzi_are_told_from_others(char: str, expected: bool) -> None:
    assert is_hanzi(char) is expected


def test_specials_and_marks_lead(vocabulary: Vocabulary) -> None:
    assert vocabulary.texts[: len(SPECIALS)] == SPECIALS
    assert vocabulary.texts[len(SPECIALS) : FIRST_HANZI] == MARKS
    assert not any(vocabulary.syllables[:FIRST_HANZI])
    assert all(vocabulary.syllables[FIRST_HANZI:])


def test_pair_has_an_id_of_its_own(vocabulary: Vocabulary) -> None:
    assert id_of(vocabulary, "重", "zhong") != id_of(vocabulary, "重", "chong")
    assert vocabulary.find("重", "tong") == UNKNOWN


@pytest.mark.parametrize(
    ("char", "syllable"), [("行", "xing"), ("重", "zhong"), ("我", "wo")], ids="行重我"
)
def test_commonest_reading_follows_the_counts(
    vocabulary: Vocabulary, char: str, syllable: str
) -> None:
    assert vocabulary.commonest_reading(char) == id_of(vocabulary, char, syllable)


def test_commonest_reading_of_unknown_character_is_unknown(vocabulary: Vocabulary) -> None:
    assert vocabulary.commonest_reading("龘") == UNKNOWN


@pytest.mark.parametrize(("alias", "mark"), MARK_ALIASES.items())
def test_alias_shares_the_token_of_its_mark(
    vocabulary: Vocabulary, alias: str, mark: str
) -> None:
    assert vocabulary.mark(alias) == vocabulary.mark(mark) != UNKNOWN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("我是", ["我", "是"], id="hanzi"),
        pytest.param(
            "Windows 11", ["<latin>", "<break>", "1", "1"], id="latin run, digits apart"
        ),
        pytest.param(
            "don't stop", ["<latin>", "<break>", "<latin>"], id="apostrophe inside a run"
        ),
        pytest.param("我 \n 你", ["我", "<break>", "你"], id="white space is one break"),
        pytest.param("我\u3000你", ["我", "<break>", "你"], id="ideographic space"),
        pytest.param("(你)", ["（", "你", "）"], id="ASCII marks are their full-width ones"),
        pytest.param("「你」", ["“", "你", "”"], id="corner brackets are quotes"),
        pytest.param("我😀龘é", ["我", *["<unknown>"] * 3], id="what has no token"),
        pytest.param("\0我", ["<unknown>", "我"], id="control character"),
    ],
)
def test_encode_gives_tokens(vocabulary: Vocabulary, text: str, expected: list[str]) -> None:
    assert [vocabulary.texts[token] for token in vocabulary.encode(text)] == expected


def test_encode_takes_known_readings(vocabulary: Vocabulary) -> None:
    tokens = vocabulary.encode("重行重", {0: "chong", 1: "hang"})
    assert [vocabulary.syllables[token] for token in tokens] == ["chong", "hang", "zhong"]


def test_encode_counts_readings_by_character_of_the_text(vocabulary: Vocabulary) -> None:
    tokens = vocabulary.encode("abc  重", {5: "chong"})
    assert tokens == [LATIN, BREAK, id_of(vocabulary, "重", "chong")]


def test_encode_leaves_impossible_reading_for_the_commonest(vocabulary: Vocabulary) -> None:
    assert vocabulary.encode("重", {0: "wo"}) == [id_of(vocabulary, "重", "zhong")]


@pytest.mark.parametrize("limit", [0, 1, 3, 4, 9])
def test_encode_keeps_the_last_tokens(vocabulary: Vocabulary, limit: int) -> None:
    whole = vocabulary.encode("我是你，")
    expected = whole[max(0, len(whole) - limit) :]
    assert vocabulary.encode("我是你，", limit=limit) == expected


def test_by_syllable_holds_every_hanzi_once(vocabulary: Vocabulary) -> None:
    groups = vocabulary.by_syllable()
    assert sorted(np.concatenate(list(groups.values())).tolist()) == list(
        range(FIRST_HANZI, len(vocabulary))
    )
    for syllable, ids in groups.items():
        assert {vocabulary.syllables[i] for i in ids.tolist()} == {syllable}
        assert ids.tolist() == sorted(ids.tolist())
    assert [vocabulary.texts[i] for i in groups["shi"].tolist()] == ["是", "事", "时"]


def test_saved_vocabulary_comes_back(vocabulary: Vocabulary, tmp_path: Path) -> None:
    vocabulary.save(tmp_path / "vocab.tsv")
    loaded = Vocabulary.load(tmp_path / "vocab.tsv")
    assert (loaded.texts, loaded.syllables) == (vocabulary.texts, vocabulary.syllables)
    assert loaded.counts.tolist() == vocabulary.counts.tolist()
    assert loaded.commonest_reading("行") == vocabulary.commonest_reading("行")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(lambda text: text.replace("<begin>", "<start>"), "leading", id="specials"),
        pytest.param(
            lambda text: text + "好\thao\n", "three|text, syllable and count", id="field"
        ),
        pytest.param(lambda text: text + "好\thao\tmany\n", "invalid literal", id="count"),
        pytest.param(lambda text: "", "leading", id="empty file"),
    ],
)
def test_damaged_vocabulary_is_refused(
    vocabulary: Vocabulary, tmp_path: Path, spoil: Callable[..., Any], message: str
) -> None:
    path = tmp_path / "vocab.tsv"
    vocabulary.save(path)
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        Vocabulary.load(path)


def test_special_ids_stay_where_shards_have_them() -> None:
    assert (PAD, BEGIN, BREAK, LATIN, UNKNOWN) == (0, 1, 2, 3, 4)
