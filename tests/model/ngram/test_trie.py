from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from model.ngram import trie as module
from model.ngram.trie import LOWEST, ORDER, STEP, Ngram, NgramScorer, quantise, write_levels
from model.vocab import BREAK, UNKNOWN, Vocabulary
from tests.model.conftest import TinyText
from tests.tokens import id_of


def states(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def contexts(text: TinyText, count: int) -> list[list[int]]:
    generator = np.random.default_rng(9)
    places = generator.integers(ORDER, len(text.tokens), count).tolist()
    return [text.tokens[place - ORDER : place].astype(int).tolist() for place in places]


@pytest.mark.parametrize(
    ("alpha", "byte"),
    [
        pytest.param(1.0, 255, id="certain"),
        pytest.param(float(np.exp(-STEP)), 254, id="one step"),
        pytest.param(float(np.exp(LOWEST)), 0, id="lowest"),
        pytest.param(1e-30, 0, id="below the lowest"),
        pytest.param(0.0, 0, id="zero"),
    ],
)
def test_alpha_becomes_a_byte(alpha: float, byte: int) -> None:
    assert quantise(np.array([alpha])).tolist() == [byte]


def test_distributions_sum_to_one(ngram: NgramScorer, text: TinyText) -> None:
    for context in [[], [BREAK], [3], *contexts(text, 40)]:
        found = ngram.probabilities(states(ngram.start(context)))[0]
        assert found.min() > 0
        assert float(found.astype(np.float64).sum()) == pytest.approx(1, abs=1e-4)


@pytest.fixture
def overfull(tmp_path: Path) -> NgramScorer:
    """Of six tokens; the third has three alphas of 0.34, as rounding to bytes may give them."""
    unigrams = np.array([0.3, 0.25, 0.2, 0.15, 0.07, 0.03])
    entries = (np.array([2, 2, 2]), np.array([1, 3, 4], np.uint16), quantise(np.full(3, 0.34)))
    none = (np.zeros(0, np.int64), np.zeros(0, np.uint16), np.zeros(0, np.uint8))
    write_levels(tmp_path, unigrams, [entries, none, none, none])
    return NgramScorer(Ngram(tmp_path))


def test_distribution_whose_bytes_exceed_one_is_scaled(overfull: NgramScorer) -> None:
    found = overfull.probabilities(states(overfull.start([2])))[0]
    assert float(found.sum()) == pytest.approx(1, abs=1e-6)
    assert found[1] == pytest.approx(found[3], rel=1e-4)
    assert found[0] == pytest.approx(1e-4 * 0.3, rel=1e-3)


def test_extended_state_equals_a_fresh_start(ngram: NgramScorer, text: TinyText) -> None:
    for context in contexts(text, 30):
        state = ngram.start(context[:1])
        for token in context[1:]:
            (state,) = ngram.extend(states(state), states(token)).tolist()
        extended = ngram.probabilities(states(state))[0].copy()
        known = ngram.knowledge(states(state)).tolist()
        fresh = states(ngram.start(context))
        np.testing.assert_array_equal(extended, ngram.probabilities(fresh)[0])
        assert ngram.knowledge(fresh).tolist() == known


def test_batch_equals_single_states(ngram: NgramScorer) -> None:
    root = ngram.start([46])
    found = ngram.extend(states(root, root, root), states(50, 51, 52))
    together = ngram.probabilities(found)
    for row, state in zip(together, found.tolist(), strict=True):
        np.testing.assert_array_equal(row, ngram.probabilities(states(state))[0])


def test_log_probs_are_logs_of_the_probabilities(ngram: NgramScorer) -> None:
    root = states(ngram.start([46]))
    np.testing.assert_allclose(
        np.exp(ngram.log_probs(root)), ngram.probabilities(root), rtol=1e-5
    )


def test_asking_twice_gives_the_same(ngram: NgramScorer) -> None:
    """What is kept of distributions after one token must not be changed by longer histories."""
    first = ngram.probabilities(states(ngram.start([46]))).copy()
    for token in (50, 51, 52):
        ngram.probabilities(ngram.extend(states(ngram.start([46])), states(token)))
    np.testing.assert_array_equal(ngram.probabilities(states(ngram.start([46]))), first)


def test_text_seen_is_more_probable(ngram: NgramScorer, vocabulary: Vocabulary) -> None:
    new, heart = id_of(vocabulary, "新", "xin"), id_of(vocabulary, "心", "xin")
    chong, zhong = id_of(vocabulary, "重", "chong"), id_of(vocabulary, "重", "zhong")
    after_chong = ngram.probabilities(states(ngram.start([chong])))[0]
    after_zhong = ngram.probabilities(states(ngram.start([zhong])))[0]
    assert after_chong[new] > 0.9
    assert after_zhong[heart] > 10 * after_zhong[new]


def test_knowledge_is_the_longest_known_suffix(
    ngram: NgramScorer, vocabulary: Vocabulary
) -> None:
    # What follows 好 is settled three tokens back: 们是好银, 走是好事.
    assert ngram.knowledge(states(ngram.start(vocabulary.encode("我们是好")))).tolist() == [3]
    # 们们 never occurs, so only the last token is known; then 们是 is.
    men, shi = id_of(vocabulary, "们", "men"), id_of(vocabulary, "是", "shi")
    state = ngram.start([men, men])
    assert ngram.knowledge(states(state)).tolist() == [1]
    assert ngram.knowledge(ngram.extend(states(state), states(shi))).tolist() == [2]


def test_share_of_a_kind_is_the_sum_of_its_tokens(
    ngram: NgramScorer, text: TinyText, vocabulary: Vocabulary
) -> None:
    kind = np.array([not syllable for syllable in vocabulary.syllables])
    histories = [[], [3], *contexts(text, 40)]
    for _ in range(2):  # the second time from memory
        found = ngram.followers(histories, kind)
        for history, share in zip(histories, found.tolist(), strict=True):
            row = ngram.probabilities(states(ngram.start(history)))[0]
            assert share == pytest.approx(float(row[kind].sum()), abs=1e-5)


@pytest.mark.parametrize("make", ["ngram", "overfull"])
def test_best_sequels_are_the_largest_of_each_group(
    request: pytest.FixtureRequest, make: str
) -> None:
    scorer: NgramScorer = request.getfixturevalue(make)
    size = len(scorer.after(0))
    groups = np.random.default_rng(4).integers(-1, 4, size)
    found = scorer.best_sequels(groups)
    rows = np.stack([scorer.after(token) for token in range(size)])
    expected = [
        rows[:, groups == group].max(axis=1, initial=0) for group in range(groups.max() + 1)
    ]
    np.testing.assert_allclose(found, np.stack(expected, axis=1), rtol=1e-5)


def test_group_without_tokens_is_never_next(ngram: NgramScorer) -> None:
    groups = np.full(len(ngram.after(0)), -1)
    assert ngram.best_sequels(groups).shape == (len(groups), 0)
    groups[5] = 1
    assert not ngram.best_sequels(groups)[:, 0].any()


def test_nothing_before_means_the_start_of_a_line(ngram: NgramScorer) -> None:
    nothing = ngram.probabilities(states(ngram.start([]))).copy()
    # Nothing is known of unknown tokens, so that the break alone counts.
    line = ngram.probabilities(states(ngram.start([UNKNOWN, BREAK])))
    np.testing.assert_array_equal(nothing, line)


def test_released_states_are_used_again(ngram: NgramScorer) -> None:
    root = ngram.start([46])
    found = ngram.extend(states(root, root), states(50, 51))
    before = ngram.probabilities(found).copy()
    ngram.release(found)
    again = ngram.extend(states(root, root), states(50, 51))
    assert again.tolist() == found.tolist()
    np.testing.assert_array_equal(ngram.probabilities(again), before)


def test_states_may_be_released_out_of_order(ngram: NgramScorer) -> None:
    root = ngram.start([46])
    first, second = ngram.extend(states(root, root), states(50, 51)).tolist()
    ngram.release(states(first))
    assert np.isfinite(ngram.log_probs(states(second))).all()
    ngram.release(states(second))
    assert ngram.extend(states(root), states(52)).tolist() == [first]


@pytest.fixture
def copied(ngram_folder: Path, tmp_path: Path) -> Path:
    """The n-gram in a folder to be spoilt."""
    for path in ngram_folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def rewrite(
    name: str, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]
) -> Callable[[Path], None]:
    return lambda folder: np.save(folder / name, change(np.load(folder / name)))


def truncate(folder: Path) -> None:
    path = folder / "tokens3-0.npy"
    path.write_bytes(path.read_bytes()[:-2])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(truncate, r"tokens3-0\.npy: damaged", id="truncated"),
        pytest.param(
            lambda folder: (folder / "alphas2-0.npy").write_bytes(b""),
            r"alphas2-0\.npy: damaged",
            id="empty file",
        ),
        pytest.param(
            rewrite("tokens3-0.npy", lambda a: a.reshape(-1, 1)), "damaged", id="another shape"
        ),
        pytest.param(rewrite("tokens3-0.npy", lambda a: a[:-1]), "order 3", id="one too few"),
        pytest.param(rewrite("alphas4-0.npy", lambda a: a[:-1]), "order 4", id="alphas"),
        pytest.param(rewrite("children5-0.npy", lambda a: a[:-1]), "order 5", id="children"),
        pytest.param(rewrite("tokens2-0.npy", lambda a: a + 9999), "no tokens", id="large ids"),
        pytest.param(
            rewrite("tokens2-0.npy", lambda a: a.astype(np.int64)), "uint16", id="wide"
        ),
        pytest.param(rewrite("alphas3-0.npy", lambda a: a / 2), "uint8", id="fractions"),
        pytest.param(rewrite("unigrams-0.npy", lambda a: 0 * a), "unigrams", id="zeros"),
        pytest.param(
            rewrite("unigrams-0.npy", lambda a: 9 * a), "unigrams", id="more than one"
        ),
        pytest.param(rewrite("unigrams-0.npy", lambda a: -a), "unigrams", id="negative"),
        pytest.param(
            rewrite("unigrams-0.npy", lambda a: a * np.float32("inf")),
            "unigrams",
            id="infinite",
        ),
    ],
)
def test_damaged_ngram_is_refused(
    copied: Path, spoil: Callable[[Path], None], message: str
) -> None:
    spoil(copied)
    with pytest.raises(ValueError, match=message):
        Ngram(copied)


def test_missing_piece_is_named(copied: Path) -> None:
    (copied / "tokens3-0.npy").unlink()
    with pytest.raises(FileNotFoundError, match=r"tokens3-0\.npy is missing"):
        Ngram(copied)


def test_large_levels_are_cut_into_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PIECE_BYTES", 1024)
    generator = np.random.default_rng(1)
    parents = np.sort(generator.integers(0, 300, 2000))
    parents[:400] = 0  # more children than a byte can say
    parents.sort()
    tokens = np.concatenate(
        [np.sort(generator.choice(3000, n, replace=False)) for n in np.bincount(parents) if n]
    ).astype(np.uint16)
    alphas = generator.integers(0, 150, 2000).astype(np.uint8)
    none = (np.zeros(0, np.int64), np.zeros(0, np.uint16), np.zeros(0, np.uint8))
    unigrams = np.full(3000, 1 / 3000)
    (tmp_path / "tokens2-9.npy").write_bytes(b"old")
    write_levels(tmp_path, unigrams, [(parents, tokens, alphas), none, none, none])
    assert all(p.stat().st_size <= 1024 for p in tmp_path.iterdir() if "unigrams" not in p.name)
    model = Ngram(tmp_path)
    assert model.levels[0].tokens.tolist() == tokens.tolist()
    assert model.levels[0].alphas.tolist() == alphas.tolist()
    assert (
        model.levels[0].children.lengths().tolist()
        == np.bincount(parents, minlength=3000).tolist()
    )
    for i in (0, 399, 400, 1234, 1999):
        assert model.child(2, int(parents[i]), int(tokens[i])) == i
    assert model.child(2, 0, 3001) == -1
    assert model.child(2, 2999, 5) == -1
