from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from model.data.report import DataFacts, as_json, as_markdown, gather, write_report
from model.data.shards import LineCounts
from model.data.statistics import (
    Coverage,
    Heteronym,
    SplitCounts,
    count_split,
    measure_coverage,
    measure_heteronyms,
)
from model.data.tagging import TaggingResult
from model.vocab import BEGIN, BREAK, FIRST_HANZI, UNKNOWN, Vocabulary
from tests.model.conftest import TinyText
from tests.tokens import id_of

pytest.importorskip("matplotlib")


def counts(vocabulary: Vocabulary, **pairs: int) -> np.ndarray:
    found = np.zeros(len(vocabulary), np.int64)
    for name, count in pairs.items():
        char, _, syllable = name.partition("_")
        found[id_of(vocabulary, char, syllable)] = count
    return found


def test_split_is_counted_over_all_shards(
    data: Path, vocabulary: Vocabulary, text: TinyText
) -> None:
    found = count_split(data, "train", len(vocabulary))
    assert found.tokens.tolist() == np.bincount(text.tokens, minlength=len(vocabulary)).tolist()
    begins = np.flatnonzero(text.tokens == BEGIN).tolist()
    lengths = [end - begin - 1 for begin, end in pairwise([*begins, len(text.tokens)])]
    assert found.document_lengths.tolist() == lengths
    summary = found.summary()
    assert summary["documents"] == 60
    assert summary["tokens"] == len(text.tokens)
    assert summary["hanzi"] == np.count_nonzero(text.tokens >= FIRST_HANZI)
    assert summary["breaks"] == np.count_nonzero(text.tokens == BREAK) == 600
    assert summary["unknown"] == np.count_nonzero(text.tokens == UNKNOWN) > 0


def test_coverage_counts_characters_over_their_readings(vocabulary: Vocabulary) -> None:
    tokens = counts(vocabulary, 重_zhong=60, 重_chong=50, 好_hao=99, 我_wo=1, 你_ni=790)
    found = measure_coverage(vocabulary, tokens, ["重", "好", "我", "龘"])
    assert found == Coverage(4, {1: 0.75, 100: 0.25, 1000: 0.0}, 0.21)


def test_heteronyms_need_a_second_reading_that_is_used(vocabulary: Vocabulary) -> None:
    tokens = counts(vocabulary, 重_zhong=75, 重_chong=25, 行_xing=10_000, 行_hang=9, 好_hao=500)
    assert measure_heteronyms(vocabulary, tokens, 40) == [
        Heteronym("重", 100, {"zhong": 0.75, "chong": 0.25})
    ]


def test_most_frequent_heteronyms_come_first(vocabulary: Vocabulary) -> None:
    tokens = counts(vocabulary, 重_zhong=75, 重_chong=25, 行_xing=60, 行_hang=50)
    found = measure_heteronyms(vocabulary, tokens, 2)
    assert [heteronym.char for heteronym in found] == ["行", "重"]
    assert measure_heteronyms(vocabulary, tokens, 1) == found[:1]


@pytest.fixture
def facts(vocabulary: Vocabulary) -> DataFacts:
    tokens = counts(vocabulary, 好_hao=1_234_567, 重_zhong=2)
    split = SplitCounts(tokens, np.array([10, 20, 30]))
    result = TaggingResult(
        4, 1, Counter({("好", "hao", "hao"): 7, ("重", "chong", "zhong"): 1}), Counter()
    )
    return DataFacts(
        {"dev": split, "train": split},
        {"dev": LineCounts(5, (0, 0, 6)), "train": LineCounts(0, (0, 1, 2))},
        Coverage(8105, {1: 0.9, 100: 0.5, 1000: 0.25}, 0.9999),
        [Heteronym("重", 4, {"zhong": 0.75, "chong": 0.25})],
        {"chat": result},
    )


def test_report_says_what_was_counted(facts: DataFacts) -> None:
    text = as_markdown(facts)
    assert "| dev | 3 | 6 | 5 | 1,234,569 | 1,234,569 | 0.00 % |" in text
    assert "| documents, dev | 20 | 11 | 20 | 29 | 30 |" in text
    assert "| lines, train | 1.7 | 1 | 2 | 2 | 2 |" in text
    assert "| seen 100 times or more | 50.00 % |" in text
    assert "| 重 | 4 | zhong 75.00 %, chong 25.00 % |" in text
    assert "| chat | 4 | 25.00 % | 8 | 12.500 % | 0 |  |" in text
    assert "| 重 | 1 | 1 | chong as zhong 1 |" in text


def test_report_without_labelled_rows_has_no_tagging(facts: DataFacts) -> None:
    plain = DataFacts(facts.splits, facts.lines, facts.coverage, facts.heteronyms, {})
    assert "Tagging" not in as_markdown(plain)
    assert as_json(plain)["tagging"] == {}


def test_report_is_written_as_text_values_and_curves(facts: DataFacts, tmp_path: Path) -> None:
    path = write_report(facts, tmp_path / "report")
    assert path.read_text(encoding="utf-8") == as_markdown(facts)
    values = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert values["splits"]["train"]["hanzi"] == 1_234_569
    assert values["lines"]["dev"] == {"kept": 6, "repeated": 5}
    assert values["coverage"]["seen"]["1000"] == 0.25
    assert values["tagging"]["chat"]["syllable_error"] == 0.125
    for name in ("lengths.png", "rank_frequency.png"):
        assert (tmp_path / "report" / name).read_bytes().startswith(b"\x89PNG")
        assert f"({name})" in path.read_text(encoding="utf-8")


def test_facts_are_gathered_from_the_finished_folder(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("jieba")
    labelled = tmp_path / "chat.tsv"
    labelled.write_text("1\t\tyinhang\t银行\tyin hang\tchat\n", encoding="utf-8")
    found = gather(data, [labelled])
    assert found.splits["dev"].summary()["documents"] == 6
    assert found.lines["train"].repeated == 2
    assert {heteronym.char for heteronym in found.heteronyms} == {"重", "行"}
    assert found.tagging["chat"].wrong_rows == 0
