from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.ngram import build_word_pairs as module
from model.ngram.build_word_pairs import Cutter, build, count_pairs, worth_keeping
from model.ngram.word_pairs import (
    BUCKET_BITS,
    COUNTS,
    DISCOUNT,
    EDGE,
    LEAST_REST,
    PIECES,
    WordPairs,
    _pair_hash,
    level_of,
    pair_hashes,
    word_hash,
)
from model.vocab import FIRST_HANZI, MARKS, Vocabulary

HANZI = [("西", "xi"), ("安", "an"), ("年", "nian"), ("长", "chang"), ("长", "zhang")]
COMMA = FIRST_HANZI - 1


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.from_pairs(HANZI)


def ids(text: str) -> list[int]:
    """Tokens; 張 stands for the other reading of 长."""
    places = {"西": 0, "安": 1, "年": 2, "长": 3, "張": 4}
    return [COMMA if char == "，" else FIRST_HANZI + places[char] for char in text]


def write_data(folder: Path, words: list[str], vocabulary: Vocabulary) -> Path:
    """Shards of the text that `words` make."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary.save(folder / "vocab.tsv")
    tokens = [token for word in words for token in ids(word)]
    starts = [place == 0 for word in words for place in range(len(word))]
    np.array(tokens, np.uint16).tofile(folder / "train-000.bin")
    np.packbits(starts).tofile(folder / "train-000.starts")
    (folder / "words.tsv").write_text(
        "nian chang\t年长\t3\nxi an\t西安\t9\nxi an nian\t西安年\t2\n", encoding="utf-8"
    )
    return folder


OFTEN = ["西安", "年", "，"] * 6 + ["西安", "年长", "，"] * 3
TEXT = [*OFTEN, "安西", "安", "西", "年張", "，", "西安", "长"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Path:
    folder = tmp_path_factory.mktemp("pairs")
    data = write_data(folder / "data", TEXT, vocabulary)
    assert build(data, data, folder / "out", least=0.3) == 8
    return folder / "out"


def test_words_are_cut_and_unknown_ones_are_their_characters(vocabulary: Vocabulary) -> None:
    cutter = Cutter(vocabulary, ["年长", "西安"])
    tokens = np.array(ids("西安年張，安西长西安"), np.uint16)
    starts = np.array([1, 0, 1, 0, 1, 1, 0, 1, 1, 0], np.bool_)
    texts = [cutter.texts[number] for number in cutter.cut(tokens, starts)]
    assert texts == ["西安", "年长", EDGE, "安", "西", "长", "西安"]


def test_pairs_are_counted_but_for_those_with_no_hanzi_behind() -> None:
    pairs, often = count_pairs(np.array([3, 1, 0, 3, 1, 2, 0, 3]))
    base = 1 << module.BITS
    assert pairs.tolist() == [3, base + 2, 3 * base + 1]
    assert often.tolist() == [2, 1, 2]


def test_probabilities_follow_the_formula(built: Path) -> None:
    pairs = WordPairs(built)
    west, year, old = (pairs.find(text) for text in ("西安", "年", "年长"))
    counts = {"西安": 10, "年": 6, "年长": 4, EDGE: 10, "安": 2, "西": 2, "长": 1}
    total = sum(counts.values()) + 0.5 * len(counts)

    def told(often: int, before: int) -> float:
        return (COUNTS.item(level_of(np.array([often])).item()) - DISCOUNT) / before

    # 西安 is followed by 年 six times, by 年长 three times and once by 长; what each of these
    # three is discounted by is left.
    rest = 3 * DISCOUNT / 10
    assert pairs.log_prob(west, year) == pytest.approx(
        math.log(told(6, 10) + rest * 6.5 / total), abs=1e-5
    )
    assert pairs.log_prob(west, old) == pytest.approx(
        math.log(told(3, 10) + rest * 4.5 / total), abs=1e-5
    )
    assert pairs.log_prob(west, pairs.find("长")) == pytest.approx(
        math.log(told(1, 10) + rest * 1.5 / total), abs=1e-5
    )
    # never seen
    assert pairs.log_prob(west, west) == pytest.approx(math.log(rest * 10.5 / total), abs=1e-5)
    # always followed by a mark
    assert pairs.log_prob(year, west) == pytest.approx(
        math.log(LEAST_REST * 10.5 / total), abs=1e-5
    )


def test_pairs_are_kept_that_tell_more_than_their_second_word_does() -> None:
    counts = np.array([0, 1000, 10, 10, 980])
    base = 1 << module.BITS
    pairs = np.array([base + 2, base + 4, 3 * base + 2, 3 * base + 4], np.uint64)
    often = np.array([1, 1, 1, 1])
    rests = np.clip(1 - np.array([0, 0.5, 0, 0.5, 0]) / np.maximum(counts, 1), LEAST_REST, 1)
    chances = (counts + 0.5) / (2000 + 2.5)
    gains = [
        math.log1p(0.25 / counts[v] / (rests[v] * chances[w]))
        for v, w in ((1, 2), (1, 4), (3, 2), (3, 4))
    ]
    for least in (0, 0.01, 0.04, 0.1, 2):
        kept = worth_keeping((counts, np.zeros(5, int)), pairs, often, least)
        assert kept.tolist() == [gain >= least for gain in gains]


def test_words_unheard_of_are_unlikely_not_impossible(built: Path) -> None:
    pairs = WordPairs(built)
    assert pairs.find("北京") == -1
    assert pairs.find("西安年") == -1  # in the lexicon only
    west = pairs.find("西安")
    least = min(pairs.log_prob(-1, pairs.find(text)) for text in "西安年长")
    assert pairs.log_prob(-1, -1) <= least
    assert math.isfinite(pairs.log_prob(west, -1))


def test_edge_is_a_word(built: Path) -> None:
    pairs = WordPairs(built)
    edge = pairs.find(EDGE)
    assert edge >= 0
    assert pairs.log_prob(edge, pairs.find("西安")) > pairs.log_prob(-1, pairs.find("西安"))


@given(st.text(max_size=6), st.text(max_size=6))
def test_one_pair_and_many_have_the_same_hash(before: str, after: str) -> None:
    first, second = word_hash(before), word_hash(after)
    many = pair_hashes(np.array([first], np.uint64), np.array([second], np.uint64))
    assert int(many[0]) == _pair_hash(first, second)


def test_order_of_a_pair_matters() -> None:
    first, second = word_hash("西"), word_hash("安")
    assert _pair_hash(first, second) != _pair_hash(second, first)


def test_small_counts_are_exact_and_larger_ones_within_a_quarter() -> None:
    counts = np.array([1, 2, 3, 4, 5, 7, 10, 100, 12_345, 80_000, 900_000])
    told = COUNTS[level_of(counts)]
    assert told[:4].tolist() == [1, 2, 3, 4]
    assert np.all(np.abs(np.log(told / counts)) < 0.23)
    assert level_of(np.array([10**9])).tolist() == [31]


def test_few_unseen_pairs_pass_for_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many pairs to a bucket as shipped: 7.7."""
    for name in ("build_word_pairs", "word_pairs"):
        monkeypatch.setattr(f"model.ngram.{name}.BUCKET_BITS", BUCKET_BITS - 3)
    generator = np.random.default_rng(4)
    base = np.uint64(1 << module.BITS)
    words = [str(i) for i in range(2500)]
    drawn = generator.choice(2500 * 2500, 16_200_000 // 8, replace=False).astype(np.uint64)
    packed = np.sort(drawn // np.uint64(2500) * base + drawn % np.uint64(2500))
    counts = np.full(2500, 10_000)
    often = np.full(len(packed), 5)
    module.write(tmp_path, words, (counts, np.zeros(2500, int)), packed, often)
    pairs = WordPairs(tmp_path)
    numbers = [pairs.find(word) for word in words]
    seen = set(packed[:: len(packed) // 500].tolist())
    for key in seen:
        assert pairs._count(numbers[key >> module.BITS], numbers[key % int(base)]) > 0
    asked = [(a, b) for a in range(0, 2500, 23) for b in range(0, 2500, 23)]
    everything = set(packed.tolist())
    unseen = [(a, b) for a, b in asked if a * int(base) + b not in everything]
    wrong = sum(pairs._count(numbers[a], numbers[b]) > 0 for a, b in unseen)
    assert wrong / len(unseen) < 0.01


Damage = Callable[[Path], object]


def swapped(folder: Path) -> None:
    """Two pieces in each other's place; there are pairs enough that their lengths differ."""
    pieces = sorted(folder.glob("pairs-*.npy"), key=lambda path: len(np.load(path)))
    first, last = pieces[0].read_bytes(), pieces[-1].read_bytes()
    assert first != last
    pieces[0].write_bytes(last)
    pieces[-1].write_bytes(first)


def rewrite(path: Path, change: Callable[[np.ndarray], np.ndarray]) -> None:
    np.save(path, change(np.load(path)))


DAMAGES: list[tuple[str, Damage]] = [
    ("no words", lambda folder: (folder / "words.npy").unlink()),
    ("empty", lambda folder: (folder / "pairs-2.npy").write_bytes(b"")),
    (
        "no array",
        lambda folder: (folder / "rests.npy").write_bytes(b"\x93NUMPY\x01\x00garbage"),
    ),
    ("short", lambda folder: np.save(folder / "pairs-2.npy", np.zeros(1, np.uint16))),
    ("bytes", lambda folder: np.save(folder / "pairs-2.npy", np.zeros(4, np.uint8))),
    ("buckets", lambda folder: np.save(folder / "buckets.npy", np.zeros(4, np.uint8))),
    ("counts", lambda folder: np.save(folder / "counts.npy", np.zeros(2, np.uint32))),
    ("no rows", lambda folder: np.save(folder / "words.npy", np.uint64(1))),
    ("text", lambda folder: np.save(folder / "rests.npy", np.array(["a"] * 7))),
    ("nan", lambda folder: np.save(folder / "rests.npy", np.full(7, np.nan, np.float32))),
    ("no rests", lambda folder: np.save(folder / "rests.npy", np.zeros(7, np.float32))),
    ("no counts", lambda folder: np.save(folder / "counts.npy", np.zeros(7, np.uint32))),
    ("negative", lambda folder: np.save(folder / "counts.npy", np.full(7, -1, np.int32))),
    ("no piece", lambda folder: (folder / f"pairs-{PIECES - 1}.npy").unlink()),
    ("swapped", swapped),
    ("unsorted", lambda folder: rewrite(folder / "words.npy", lambda a: a[::-1])),
    ("twice", lambda folder: rewrite(folder / "words.npy", lambda a: np.full_like(a, a[0]))),
    ("table", lambda folder: rewrite(folder / "counts.npy", lambda a: a.reshape(-1, 1))),
    ("pairs of pairs", lambda folder: rewrite(folder / "pairs-1.npy", lambda a: a[:, None])),
]


@pytest.mark.parametrize("damage", [d for _, d in DAMAGES], ids=[name for name, _ in DAMAGES])
def test_damage_is_refused(built: Path, tmp_path: Path, damage: Damage) -> None:
    for path in built.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    WordPairs(tmp_path)
    damage(tmp_path)
    with pytest.raises((OSError, ValueError)):
        WordPairs(tmp_path)


def test_too_many_words_are_refused(vocabulary: Vocabulary) -> None:
    with pytest.raises(ValueError, match="20 bits"):
        Cutter(vocabulary, ["西安"] * (1 << module.BITS))


def test_marks_are_the_edge(vocabulary: Vocabulary) -> None:
    assert vocabulary.texts[COMMA] in MARKS
    cutter = Cutter(vocabulary, [])
    assert cutter.cut(np.array([COMMA, 0], np.uint16), np.ones(2, np.bool_)).tolist() == [0, 0]
