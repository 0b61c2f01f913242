"""Words of the user's own: found by reading, initials, mixed, and as they are begun."""

from __future__ import annotations

import random

import pytest

from ime.lexicon.layers import LayeredWords
from ime.lexicon.user_layer import LONGEST, UserLayer, WordIndex, count_of, is_own_word
from ime.lexicon.words import Lexicon
from ime.pinyin.inventory import SYLLABLES
from ime.values import Source, Word
from tests.fakes import write_lexicon

ROWS = [
    ("陈省身", "chen xing shen", 1.0),
    ("陈星沈", "chen xing shen", 3.0),
    ("成型声", "cheng xing sheng", 0.01),
    ("陈氏", "chen shi", 2.0),
    ("格洛丽亚马卡帕加尔", "ge luo li ya ma ka pa jia er", 1.0),
]


def begin(letter: str) -> tuple[str, ...]:
    return tuple(sorted(s for s in SYLLABLES if s.startswith(letter)))


def texts(words: tuple[Word, ...]) -> list[str]:
    return [word.text for word in words]


@pytest.fixture(params=["stored", "put"])
def layer(request: pytest.FixtureRequest) -> UserLayer:
    if request.param == "stored":
        return UserLayer(WordIndex(ROWS))
    layer = UserLayer()
    for text, reading, weight in ROWS:
        layer.put(text, tuple(reading.split()), weight)
    return layer


def test_words_of_a_reading_come_likeliest_first(layer: UserLayer) -> None:
    assert texts(layer.words_of(("chen", "xing", "shen"))) == ["陈星沈", "陈省身"]
    assert layer.words_of(("chen", "xing")) == ()
    assert layer.words_of(("no", "such")) == ()


@pytest.mark.parametrize(
    ("meanings", "found"),
    [
        ((begin("c"), begin("x"), begin("s")), ["陈星沈", "陈省身", "成型声"]),
        ((("chen",), begin("x"), begin("s")), ["陈星沈", "陈省身"]),
        ((("chen",), begin("s")), ["陈氏"]),
        (tuple(begin(i) for i in "gllymkpje"), ["格洛丽亚马卡帕加尔"]),
        ((("ge",), ("luo",), *(begin(i) for i in "lymkpje")), ["格洛丽亚马卡帕加尔"]),
        ((begin("x"), begin("s")), []),
    ],
)
def test_initials_and_mixed_spellings(
    layer: UserLayer, meanings: tuple[tuple[str, ...], ...], found: list[str]
) -> None:
    assert texts(layer.words_like(meanings, 40)) == found


def test_no_more_than_the_likeliest(layer: UserLayer) -> None:
    assert texts(layer.words_like((begin("c"), begin("x"), begin("s")), 1)) == ["陈星沈"]


@pytest.mark.parametrize(
    ("meanings", "found"),
    [
        ((("chen",), ("xing",)), ["陈星沈", "陈省身"]),
        ((("chen",), begin("x")), ["陈星沈", "陈省身"]),
        ((("ge",), ("luo",), ("li",), begin("y")), ["格洛丽亚马卡帕加尔"]),
        ((("chen",), ("xing",), ("shen",)), []),
    ],
)
def test_longer_words_by_their_beginning(
    layer: UserLayer, meanings: tuple[tuple[str, ...], ...], found: list[str]
) -> None:
    assert texts(layer.words_begun(meanings, 2)) == found


def test_own_words_are_told_from_those_of_a_dictionary(layer: UserLayer) -> None:
    (mine,) = layer.words_of(("chen", "shi"))
    (theirs,) = layer.words_of(("cheng", "xing", "sheng"))
    assert (mine.source, theirs.source) == (Source.USER, Source.WORD)
    assert mine.count > 100 * theirs.count
    assert count_of(1e9) == count_of(10.0)  # no word drowns all others


def test_what_is_dropped_is_found_no_more_and_what_is_taken_back_is_as_stored() -> None:
    layer = UserLayer(WordIndex(ROWS))
    reading = ("chen", "shi")
    layer.put("陈氏", reading, 9.0)
    assert layer.words_of(reading)[0].count == count_of(9.0)
    layer.take_back("陈氏", reading)
    assert layer.words_of(reading)[0].count == count_of(2.0)
    layer.drop("陈氏", reading)
    assert layer.words_of(reading) == ()
    assert layer.words_like((begin("c"), begin("s")), 9) == ()
    assert layer.stored("陈氏", reading) == 0.0
    layer.put("陈氏", reading, 1.0)
    assert texts(layer.words_like((begin("c"), begin("s")), 9)) == ["陈氏"]


@pytest.mark.parametrize(
    ("text", "syllables"),
    [
        ("陈", ("chen",)),
        ("陈氏", ("chen",)),
        ("陈氏", ("chen", "xyz")),
        ("陈" * (LONGEST + 1), ("chen",) * (LONGEST + 1)),
    ],
)
def test_what_is_no_word_is_left_out(text: str, syllables: tuple[str, ...]) -> None:
    assert not is_own_word(text, syllables)
    assert len(WordIndex([(text, " ".join(syllables), 1.0)])) == 0
    layer = UserLayer()
    layer.put(text, syllables, 1.0)
    assert layer.words_of(syllables) == ()


@pytest.mark.parametrize("stored", [True, False])
def test_layer_finds_what_a_plain_search_finds(*, stored: bool) -> None:
    draw = random.Random(4)
    some = sorted(SYLLABLES)[::25]
    rows = {
        (chr(0x4E00 + draw.randrange(50)) * n, " ".join(draw.choices(some, k=n)))
        for n in draw.choices((2, 3, 4), k=800)
    }
    words = [(text, reading, draw.random()) for text, reading in sorted(rows)]
    if stored:
        index = WordIndex(words)
        assert len(index) == len(words)
        layer = UserLayer(index)
    else:
        layer = UserLayer()
        for text, reading, weight in [*words, ("陈氏", "chen shi", 1.0)]:
            layer.put(text, tuple(reading.split()), weight)
        layer.take_back("陈氏", ("chen", "shi"))
    for _ in range(200):
        meanings = tuple(
            tuple(draw.sample(some, draw.randint(1, 4))) for _ in range(draw.choice((2, 3)))
        )
        for longer, ask in ((False, layer.words_like), (True, layer.words_begun)):
            wanted = {
                (text, tuple(reading.split()))
                for text, reading, _ in words
                if (len(text) > len(meanings) if longer else len(text) == len(meanings))
                and all(s in m for s, m in zip(reading.split(), meanings, strict=False))
            }
            found = ask(meanings, 10**6)
            assert {(word.text, word.syllables) for word in found} == wanted


def test_shipped_words_stand_below_those_of_the_user(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    shipped = write_lexicon(
        tmp_path_factory.mktemp("lexicon"), [("西安", "xi an", 900), ("锡安", "xi an", 5)]
    )
    words = LayeredWords(
        Lexicon(shipped), UserLayer(WordIndex([("锡安", "xi an", 1.0), ("洗鞍", "xi an", 0.0)]))
    )
    found = words.words_of(("xi", "an"))
    assert [(word.text, word.source) for word in found] == [
        ("锡安", Source.USER),
        ("西安", Source.WORD),
        ("洗鞍", Source.WORD),
    ]
    assert texts(words.words_like((("xi",), begin("a")))) == ["锡安", "西安", "洗鞍"]
