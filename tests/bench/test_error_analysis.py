from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from ime.bench.error_analysis import HEAD, Case, Judge, Kind, Side, cases, write_cases
from ime.bench.test_sets import Answer, Question
from ime.lexicon.words import Lexicon
from ime.pinyin.graph import GraphOptions, Segmenter
from tests.tiny_model import TinyModel

WORDS = ["xi an\t西安\t9", "zai jian\t再见\t9"]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    (tmp_path / "words.tsv").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    np.save(tmp_path / "by_initials.npy", np.arange(len(WORDS), dtype=np.int32))
    return Judge(TinyModel(), Segmenter(GraphOptions()), Lexicon(tmp_path))


def question(keys: str, gold: str, row: str = "a", context: str = "") -> Question:
    return Question("", row, context, keys, gold)


def answer(first: str, row: str = "a", *others: str, rank: int | None = None) -> Answer:
    return Answer(row, 0, 0, (first, *others) if first else (), rank=rank)


ASKED = [question("zai", "再", row) for row in ("lost", "won", "both", "right", "unanswered")]
OURS = [answer("在", "lost"), answer("再", "won"), answer("在", "both"), answer("再", "right")]
PEER = [answer("再", "lost"), answer("在", "won"), answer("在", "both"), answer("再", "right")]


@pytest.mark.parametrize(
    ("sides", "found"),
    [
        pytest.param({Side.LOST}, ["lost"], id="lost"),
        pytest.param({Side.LOST, Side.WON}, ["lost", "won"], id="both-directions"),
        pytest.param(set(Side), ["lost", "won", "both"], id="all"),
    ],
)
def test_cases_are_the_rows_of_the_sides_asked_for(sides: set[Side], found: list[str]) -> None:
    listed = list(cases(ASKED, OURS, PEER, frozenset(sides)))
    assert [case.question.id for case in listed] == found
    assert [case.side.value for case in listed] == found
    assert {case.wrong for case in listed} == {"在"}


def test_cases_without_a_peer_are_all_our_mistakes() -> None:
    listed = list(cases(ASKED, OURS))
    assert [(case.question.id, case.side) for case in listed] == [
        ("lost", Side.BOTH),
        ("both", Side.BOTH),
    ]


@pytest.mark.parametrize(
    ("keys", "context", "gold", "wrong", "kind", "detail"),
    [
        pytest.param("zai", "", "朕", "在", Kind.UNREACHABLE, "在>朕", id="not-in-the-model"),
        pytest.param("zaijian", "", "再见", "在见", Kind.SEARCH, "在>再", id="search"),
        pytest.param("xian", "", "西安", "先", Kind.SEGMENTATION, "xian>xi'an", id="cut"),
        pytest.param("zai", "不", "在", "再", Kind.CONTEXT, "再>在", id="context-misleads"),
        pytest.param("zai", "", "再", "在", Kind.WORD, "在>再", id="word"),
        pytest.param("dadong", "", "打董", "大洞", Kind.NAME, "大洞>打董", id="name"),
        pytest.param("dadong", "", "打洞", "大洞", Kind.WORD, "大>打", id="not-rare"),
        pytest.param("dong", "", "董", "洞", Kind.WORD, "洞>董", id="rare-but-alone"),
        pytest.param(
            "xianxianxian", "", "线线线", "先先先", Kind.SENTENCE, "先先先>线线线", id="many"
        ),
        pytest.param("zai", "", "再", "", Kind.WORD, ">再", id="nothing-offered"),
    ],
)  # fmt: skip
def test_judge_names_the_kind_of_our_mistake(
    judge: Judge, keys: str, context: str, gold: str, wrong: str, kind: Kind, detail: str
) -> None:
    verdict = judge.judge(Case(Side.LOST, question(keys, gold), answer(wrong)), context)
    assert (verdict.kind, verdict.detail) == (kind, detail)


def test_judge_names_characters_typed_by_a_reading_that_the_model_lacks(tmp_path: Path) -> None:
    (tmp_path / "words.tsv").write_text("", encoding="utf-8")
    np.save(tmp_path / "by_initials.npy", np.zeros(0, np.int32))
    counts = {("乐", "le"): 300, ("月", "yue"): 400, ("音", "yin"): 9, ("乐", "yao"): 1}
    judge = Judge(TinyModel(counts), Segmenter(GraphOptions()), Lexicon(tmp_path))
    found = judge.judge(Case(Side.LOST, question("yinyue", "音乐"), answer("音月")), "")
    assert (found.kind, found.detail) == (Kind.UNREACHABLE, "月>乐")
    counts[("乐", "yue")] = 1
    counts[("乐", "le")] = 100_000
    judge = Judge(TinyModel(counts), Segmenter(GraphOptions()), Lexicon(tmp_path))
    found = judge.judge(Case(Side.LOST, question("yinyue", "音乐"), answer("音月")), "")
    assert (found.kind, found.detail) == (Kind.HETERONYM, "乐yue>le")


def test_judge_of_a_row_that_we_won_asks_whether_context_did_it(judge: Judge) -> None:
    case = Case(Side.WON, question("zai", "再"), answer("再"), answer("在"))
    assert judge.judge(case, "不").kind is Kind.CONTEXT
    assert judge.judge(case, "").kind is Kind.WORD  # never a search error: we found it
    found = judge.judge(case, "不")
    assert found.nats is not None
    assert found.nats > 0


def test_write_cases_makes_a_table_and_counts(judge: Judge) -> None:
    asked = question("zai", "再", "r1", "不")
    second = question("zai", "再", "r2")
    listed = [
        Case(Side.LOST, asked, answer("在", "r1", rank=3), answer("再", "r1")),
        Case(Side.BOTH, second, answer("在", "r2", "再"), answer("在", "r2")),
        Case(Side.BOTH, question("zai", "朕", "r3"), answer("在", "r3"), None),
    ]
    out = io.StringIO()
    counts = write_cases(listed, judge, use_context=False, out=out)
    head, *rows = (line.split("\t") for line in out.getvalue().splitlines())
    assert tuple(head) == HEAD
    first, second_row, third = (dict(zip(head, row, strict=True)) for row in rows)
    nats = first.pop("nats")
    assert float(nats) < 0
    assert first == {
        "side": "lost",
        "id": "r1",
        "kind": "word",
        "rank": "3",
        "context": "",
        "keys": "zai",
        "gold": "再",
        "ours": "在",
        "peer": "再",
        "detail": "在>再",
    }
    assert second_row["rank"] == "1"
    assert (third["kind"], third["rank"]) == ("unreachable", "")
    assert (third["nats"], third["peer"]) == ("", "")
    assert counts == {
        (Side.LOST, Kind.WORD): 1,
        (Side.BOTH, Kind.WORD): 1,
        (Side.BOTH, Kind.UNREACHABLE): 1,
    }


def test_write_cases_uses_and_shows_the_end_of_the_context(judge: Judge) -> None:
    asked = question("zai", "在", "r1", "一二三四五六七八九十百千万不")
    out = io.StringIO()
    counts = write_cases(
        [Case(Side.LOST, asked, answer("再", "r1"))], judge, use_context=True, out=out
    )
    assert counts == {(Side.LOST, Kind.CONTEXT): 1}
    assert "\t三四五六七八九十百千万不\t" in out.getvalue()
