from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from model.data.token_shards import TokenShards
from model.ngram import build as module
from model.ngram.trie import ORDER, Ngram, NgramScorer
from model.vocab import BEGIN, BREAK, UNKNOWN, Vocabulary

ORDERS = range(2, ORDER + 1)


def build(data: Path, out: Path, budget: int, cut: int, limit: int = 0) -> Ngram:
    module.build(data, out, dict.fromkeys(ORDERS, budget), dict.fromkeys(ORDERS, cut), limit)
    return Ngram(out)


def nats(model: Ngram, data: Path) -> float:
    """Per token of dev, unknown ones left out."""
    scorer = NgramScorer(model)
    tokens = np.asarray(TokenShards(data, "dev").tokens[0]).astype(int).tolist()
    tokens = [BREAK if token == BEGIN else token for token in tokens]
    total = []
    for i in range(ORDER, len(tokens)):
        if tokens[i] != UNKNOWN:
            state = np.array([scorer.start(tokens[i - ORDER : i])])
            total.append(-float(scorer.log_probs(state)[0, tokens[i]]))
    return float(np.mean(total))


def entries(model: Ngram) -> dict[int, list[tuple[int, ...]]]:
    """Every entry as the tokens it is of, by order."""
    found: dict[int, list[tuple[int, ...]]] = {1: [(i,) for i in range(len(model.unigrams))]}
    for order, level in enumerate(model.levels, start=2):
        parents = np.repeat(np.arange(len(level.children)), level.children.lengths())
        found[order] = [
            (*found[order - 1][parent], token)
            for parent, token in zip(parents.tolist(), level.tokens.tolist(), strict=True)
        ]
    return found


def occurrences(data: Path, words: tuple[int, ...]) -> int:
    tokens = np.concatenate([np.asarray(part) for part in TokenShards(data, "train").tokens])
    tokens[tokens == BEGIN] = BREAK
    size = len(tokens) - len(words) + 1
    hits = np.all([tokens[i : i + size] == word for i, word in enumerate(words)], axis=0)
    return int(np.count_nonzero(hits))


def test_unigrams_are_probabilities(ngram_folder: Path, vocabulary: Vocabulary) -> None:
    unigrams = Ngram(ngram_folder).unigrams
    assert len(unigrams) == len(vocabulary)
    assert unigrams.min() > 0
    assert float(unigrams.sum()) == pytest.approx(1, abs=1e-5)
    assert unigrams[UNKNOWN] < 1e-6


def test_distributions_sum_to_one_whatever_is_pruned(data: Path, tmp_path: Path) -> None:
    for budget, cut in ((3, 1), (20, 2), (1000, 1)):
        scorer = NgramScorer(build(data, tmp_path / f"{budget}", budget, cut))
        for context in ([], [46], [46, 50, 51], [48, 55, 56, 54], [64, 46, 55, 63]):
            found = scorer.probabilities(np.array([scorer.start(context)]))[0]
            assert float(found.astype(np.float64).sum()) == pytest.approx(1, abs=1e-4)


def test_every_entry_occurs_often_enough(ngram_folder: Path, data: Path) -> None:
    for order, found in entries(Ngram(ngram_folder)).items():
        if order > 1:
            assert found
            assert all(occurrences(data, words) >= 2 for words in found)


def test_prefix_of_an_entry_is_an_entry(data: Path, tmp_path: Path) -> None:
    """Entries are stored under their history; pruning must not leave one without it."""
    for budget in (2, 5, 30):
        found = entries(build(data, tmp_path / f"{budget}", budget, 1))
        for order in range(3, ORDER + 1):
            assert {words[:-1] for words in found[order]} <= set(found[order - 1])


def test_no_more_is_kept_than_the_budget(data: Path, tmp_path: Path) -> None:
    model = build(data, tmp_path, 5, 1)
    # Fewer orders above force fewer prefixes below; the top order is forced by none.
    assert len(model.levels[-1].tokens) <= 5
    generous = build(data, tmp_path / "more", 1000, 1)
    for small, large in zip(model.levels, generous.levels, strict=True):
        assert len(small.tokens) < len(large.tokens)


def test_kept_entries_beat_backing_off(data: Path, tmp_path: Path) -> None:
    """The most saving ones of the top order; lower ones may be kept for the sake of longer."""
    budgets = {2: 1000, 3: 1000, 4: 1000, 5: 8}
    module.build(data, tmp_path, budgets, dict.fromkeys(ORDERS, 2))
    model = Ngram(tmp_path)
    scorer = NgramScorer(model)
    compared = 0
    for words in entries(model)[ORDER]:
        state = np.array([scorer.start(words[:-1])])
        if scorer.knowledge(state)[0] < ORDER - 1:
            continue  # the scorer stops at a suffix that pruning took
        whole = float(scorer.log_probs(state)[0, words[-1]])
        state = np.array([scorer.start(words[1:-1])])
        assert whole > float(scorer.log_probs(state)[0, words[-1]]), words
        compared += 1
    assert compared > 3


def test_longer_history_makes_new_text_more_probable(data: Path, tmp_path: Path) -> None:
    by_budget = [nats(build(data, tmp_path / f"{b}", b, 2), data) for b in (1, 20, 1000)]
    assert by_budget[0] > by_budget[1] > by_budget[2]
    # After the first word a sentence of the text is settled: six of them, nine tokens each.
    assert by_budget[2] < 0.6


def test_more_text_helps(data: Path, tmp_path: Path) -> None:
    little = build(data, tmp_path / "little", 1000, 1, limit=150)
    whole = build(data, tmp_path / "whole", 1000, 1)
    assert nats(whole, data) < nats(little, data) - 0.05


def test_unknown_tokens_are_in_no_entry(ngram_folder: Path) -> None:
    for found in entries(Ngram(ngram_folder)).values():
        assert not any(UNKNOWN in words for words in found if len(words) > 1)


def test_facts_are_written_beside(ngram_folder: Path, data: Path) -> None:
    facts = json.loads((ngram_folder / "ngram.json").read_text(encoding="utf-8"))
    assert facts["tokens"] == len(TokenShards(data, "train"))
    levels = Ngram(ngram_folder).levels
    assert [facts["entries"][str(order)] for order in ORDERS] == [
        len(level.tokens) for level in levels
    ]
    assert all(len(facts["discounts"][str(order)]) == 3 for order in ORDERS)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param([1, 1, 1, 1, 2, 2, 3, 4], (0.5, 1.25, 1.0), id="all counts occur"),
        pytest.param([1, 1, 2], (0.75, 1.0, 1.3), id="too little text"),
    ],
)
def test_discounts_follow_chen_and_goodman(
    counts: list[int], expected: tuple[float, ...]
) -> None:
    found = module._discounts(np.array(counts, np.float64))
    assert found == pytest.approx(expected)


def test_rebuilding_replaces_the_old(data: Path, tmp_path: Path) -> None:
    build(data, tmp_path, 1000, 1)
    small = build(data, tmp_path, 3, 1)
    assert len(small.levels[-1].tokens) <= 3


def test_tiny_corpus_may_lack_long_entries(vocabulary: Vocabulary, tmp_path: Path) -> None:
    vocabulary.save(tmp_path / "vocab.tsv")
    np.array([BEGIN, 50, 51], np.uint16).tofile(tmp_path / "train-000.bin")
    model = build(tmp_path, tmp_path / "out", 10, 1)
    scorer = NgramScorer(model)
    found = scorer.probabilities(np.array([scorer.start([50])]))[0]
    assert float(found.sum()) == pytest.approx(1, abs=1e-4)


def test_command_builds(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = [str(data), str(tmp_path), "--budgets", "9", "9", "9", "9", "--cuts", *"2222"]
    monkeypatch.setattr(sys, "argv", ["model.ngram.build", *arguments])
    module.main()
    assert len(Ngram(tmp_path).levels[-1].tokens) <= 9
