"""The preedit shows the letters that are there, cut as far as an answer told."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.pinyin.shuangpin import built_in_scheme
from ime.session.preedit import SEPARATOR, SpanKind, paint_preedit
from ime.values import Candidate, CandidateList, Composition, Source

NI = Candidate("你", ("ni",), 2, Source.CHARACTER)


def answer(raw: str, *spans: tuple[int, int]) -> CandidateList:
    return CandidateList(1, raw, (), spans)


@pytest.mark.parametrize(
    ("raw", "listed", "painted"),
    [
        ("nihao", None, "nihao"),
        ("nihao", answer("nihao", (0, 2), (2, 5)), "ni hao"),
        ("nihao", answer("niha", (0, 2), (2, 4)), "ni hao"),
        ("nih", answer("nihao", (0, 2), (2, 5)), "ni h"),
        ("nxhao", answer("nihao", (0, 2), (2, 5)), "nxhao"),
        ("xi'an", answer("xi'an", (0, 2), (3, 5)), "xi'an"),
        ("xi'an", answer("xi'an", (0, 2), (2, 5)), "xi'an"),
        ("xian''", answer("xian''", (0, 4)), "xian''"),
        ("niuu", answer("niuu", (0, 2)), "ni uu"),
        ("ni'uu", answer("ni'uu", (0, 2)), "ni'uu"),
        ("a@b", answer("a@b", (0, 1)), "a@b"),
    ],
    ids=repr,
)
def test_letters_are_cut_as_far_as_known(
    raw: str, listed: CandidateList | None, painted: str
) -> None:
    assert paint_preedit(Composition(raw, len(raw)), listed).text == painted


@pytest.mark.parametrize(
    ("caret", "painted"),
    [
        (2, "你|hao shi"),
        (4, "你ha|o shi"),
        (5, "你hao| shi"),
        (6, "你hao s|hi"),
        (8, "你hao shi|"),
    ],
)
def test_caret_stands_where_the_letter_goes(caret: int, painted: str) -> None:
    composition = Composition("nihaoshi", caret, (NI,))
    preedit = paint_preedit(composition, answer("haoshi", (0, 3), (3, 6)))
    assert f"{preedit.text[: preedit.caret]}|{preedit.text[preedit.caret :]}" == painted


def test_spans_say_what_they_show() -> None:
    preedit = paint_preedit(Composition("nihaoshi", 8, (NI,)), answer("haoshi", (0, 3), (3, 6)))
    assert preedit.spans == (
        (0, 1, SpanKind.FIXED),
        (1, 4, SpanKind.SYLLABLE),
        (5, 8, SpanKind.SYLLABLE),
    )
    literal = paint_preedit(Composition("www.", 4), None)
    assert literal.spans == ((0, 4, SpanKind.LITERAL),)


@given(
    st.text(alphabet="nihaoA'", min_size=1, max_size=8),
    st.text(alphabet="nihao'", max_size=8),
    st.lists(st.integers(0, 8), max_size=4, unique=True).map(sorted),
    st.data(),
)
def test_any_answer_leaves_the_letters_whole(
    raw: str, other: str, cuts: list[int], data: st.DataObject
) -> None:
    cuts = [cut for cut in cuts if cut <= len(other)]
    spans = itertools.pairwise(cuts)
    caret = data.draw(st.integers(0, len(raw)))
    preedit = paint_preedit(Composition(raw, caret), answer(other, *spans))
    assert preedit.text.replace(SEPARATOR, "") == raw
    assert preedit.text[: preedit.caret].replace(SEPARATOR, "") == raw[:caret]
    shown = [preedit.text[start:end] for start, end, _ in preedit.spans]
    assert "".join(shown) == raw


@pytest.mark.parametrize(
    ("keys", "caret", "painted"),
    [
        ("", 0, "|"),
        ("v", 1, "zh|"),
        ("vs", 2, "zhong|"),
        ("vsgo", 4, "zhong guo|"),
        ("vsgo", 2, "zhong| guo"),
        ("vsgo", 0, "|zhong guo"),
        ("vsgo", 3, "zhong g|o"),  # the keys that the next key changes
        ("vs'go", 5, "zhong'guo|"),
        ("vs'", 3, "zhong'|"),
        ("xnbq", 4, "xiao b q|"),  # no code
        ("Linux", 5, "Linux|"),
        ("a@b", 3, "a@b|"),
    ],
)
def test_shuangpin_is_shown_as_full_pinyin(keys: str, caret: int, painted: str) -> None:
    preedit = paint_preedit(Composition(keys, caret), None, built_in_scheme("flypy"))
    assert preedit.text[: preedit.caret] + "|" + preedit.text[preedit.caret :] == painted


def test_shuangpin_stands_behind_what_is_chosen() -> None:
    composition = Composition("nihcuj", 6, (NI,))
    preedit = paint_preedit(composition, None, built_in_scheme("flypy"))
    assert preedit.text == "你hao shan"
    assert [preedit.text[start:end] for start, end, _ in preedit.spans] == ["你", "hao", "shan"]
