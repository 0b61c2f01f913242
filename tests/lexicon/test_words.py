from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ime.errors import AssetError
from ime.lexicon.words import Lexicon
from ime.values import Word
from tests.fakes import write_lexicon

WORDS = (
    ("西安", "xi an", 90), ("锡安", "xi an", 9), ("先", "xian", 500), ("先按", "xian an", 2),
    ("西", "xi", 300), ("喜爱", "xi ai", 70), ("西安年", "xi an nian", 4),
    ("中国", "zhong guo", 800), ("这个", "zhe ge", 900), ("祖国", "zu guo", 60),
    ("绿色", "lv se", 50), ("路色", "lu se", 1), ("𠮷人", "ji ren", 3),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_lexicon(tmp_path / "lexicon", WORDS)


@pytest.fixture
def lexicon(folder: Path) -> Lexicon:
    return Lexicon(folder)


@pytest.mark.parametrize(("text", "reading", "count"), WORDS)
def test_every_word_is_found_by_its_reading(
    lexicon: Lexicon, text: str, reading: str, count: int
) -> None:
    syllables = tuple(reading.split())
    assert Word(text, syllables, count) in lexicon.words_of(syllables)


def test_words_of_a_reading_come_most_frequent_first(lexicon: Lexicon) -> None:
    assert [word.text for word in lexicon.words_of(("xi", "an"))] == ["西安", "锡安"]


@pytest.mark.parametrize(
    "reading", [("xia",), ("xi", "a"), ("xi", "ann"), ("a",), ("zz",), ("xi", "an", "xi")]
)
def test_reading_without_words_has_none(lexicon: Lexicon, reading: tuple[str, ...]) -> None:
    assert lexicon.words_of(reading) == ()


@pytest.mark.parametrize(
    ("meanings", "found"),
    [
        ((("xi", "xian"), ("an", "ai")), ["西安", "喜爱", "锡安", "先按"]),
        ((("xian",), ("an", "ai")), ["先按"]),
        ((("zhong", "zhe", "zu"), ("ge", "guo")), ["这个", "中国", "祖国"]),
        ((("lv", "lu"), ("se",)), ["绿色", "路色"]),
        ((("ba", "xi"), ("an",)), ["西安", "锡安"]),
        ((("ba",), ("an",)), []),
    ],
)
def test_words_like_meanings_come_most_frequent_first(
    lexicon: Lexicon, meanings: tuple[tuple[str, ...], ...], found: list[str]
) -> None:
    assert [word.text for word in lexicon.words_like(meanings)] == found


def test_words_like_meanings_are_bounded(tmp_path: Path) -> None:
    many = [(chr(0x4E00 + i) + "安", "xi an", i + 1) for i in range(500)]
    lexicon = Lexicon(write_lexicon(tmp_path, many))
    found = lexicon.words_like((("xi",), ("an", "ai")))
    assert [word.count for word in found] == list(range(500, 460, -1))


def test_empty_lexicon_has_no_words(tmp_path: Path) -> None:
    lexicon = Lexicon(write_lexicon(tmp_path, []))
    assert len(lexicon) == 0
    assert lexicon.words_of(("xi", "an")) == ()
    assert lexicon.words_like((("xi",), ("an", "ai"))) == ()


# --- damage ----------------------------------------------------------------------------------


def cut(name: str, count: int) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes()[:count])

    return damage


def save(values: np.ndarray) -> Callable[[Path], None]:
    return lambda folder: np.save(folder / "by_initials.npy", values)


def replace(old: bytes, new: bytes) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / "words.tsv"
        path.write_bytes(path.read_bytes().replace(old, new, 1))

    return damage


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        pytest.param(lambda f: (f / "words.tsv").unlink(), r"words\.tsv", id="no words"),
        pytest.param(lambda f: (f / "by_initials.npy").unlink(), "by_initials", id="no index"),
        pytest.param(cut("words.tsv", 40), r"words\.tsv", id="words cut off"),
        pytest.param(cut("words.tsv", 0), r"words\.tsv", id="words empty"),
        pytest.param(cut("by_initials.npy", 130), "lexicon", id="index cut off"),
        pytest.param(cut("by_initials.npy", 0), "lexicon", id="index empty"),
        pytest.param(save(np.zeros(3, np.int32)), "do not fit", id="index too short"),
        pytest.param(save(np.full(13, 99)), "do not fit", id="index out of range"),
        pytest.param(save(np.zeros(13)), "do not fit", id="index of no whole numbers"),
        pytest.param(save(np.zeros((13, 2), int)), "do not fit", id="index of pairs"),
        pytest.param(replace(b"\t", b" "), "damaged", id="a tab lost"),
        pytest.param(replace("西".encode(), b"\xff\xfe\xfd"), "damaged", id="no UTF-8"),
        pytest.param(replace(b"\n", b"\r"), "do not fit", id="a line end lost"),
        pytest.param(replace(b"\t90\n", b"\t\x190\n"), "damaged", id="a bit of a count"),
        pytest.param(replace(b"\t90\n", b"\t-9\n"), "damaged", id="a negative count"),
        pytest.param(replace(b"\t90\n", b"\t\n"), "damaged", id="no count"),
        pytest.param(replace(b"\t90\n", b"\t%d\n" % 10**10), "damaged", id="a huge count"),
    ],
)
def test_damaged_lexicon_is_refused_with_a_name_and_advice(
    folder: Path, damage: Callable[[Path], object], named: str
) -> None:
    damage(folder)
    with pytest.raises(AssetError, match=named) as caught:
        Lexicon(folder)
    assert "Install Moyin again" in str(caught.value)
    assert str(folder) in str(caught.value)
