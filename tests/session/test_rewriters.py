"""Rewriters add and never displace: hanzi keep the first place, phrases get their own."""

from __future__ import annotations

from datetime import datetime

import pytest

from ime.lexicon.phrases import parse_phrases
from ime.session.rewriters import RewriteOptions, insert_at, literal_list, rewrite
from ime.values import Candidate, CandidateList, Source

NOW = datetime(2026, 3, 5, 9, 7)


def listed(raw: str, *texts: str) -> CandidateList:
    items = tuple(Candidate(text, ("x",), len(raw), Source.WORD) for text in texts)
    return CandidateList(3, raw, items)


def texts(candidates: CandidateList) -> list[str]:
    return [item.text for item in candidates.items]


@pytest.mark.parametrize(
    ("raw", "added"),
    [
        ("rq", ["2026年3月5日", "2026-03-05"]),
        ("sj", ["09:07", "9点07分"]),
        ("xq", ["星期四", "周四"]),
    ],
)
def test_dates_stand_second_and_third(raw: str, added: list[str]) -> None:
    found = rewrite(listed(raw, "甲", "乙"), NOW)
    assert texts(found) == ["甲", *added, "乙"]
    assert {item.source for item in found.items[1:3]} == {Source.REWRITE}
    assert all(item.end == len(raw) for item in found.items)


def test_dates_lead_where_nothing_else_is() -> None:
    assert texts(rewrite(listed("rq"), NOW)) == ["2026年3月5日", "2026-03-05"]


@pytest.mark.parametrize("raw", ["rqi", "r", "RQ", "ni"])
def test_other_letters_get_no_date(raw: str) -> None:
    assert "2026-03-05" not in texts(rewrite(listed(raw, "甲"), NOW))


def test_dates_can_be_switched_off() -> None:
    found = rewrite(listed("rq", "甲"), NOW, RewriteOptions(date_time=False))
    assert texts(found) == ["甲"]


@pytest.mark.parametrize(
    ("day", "weekday"), [(2, "一"), (4, "三"), (8, "日")], ids=["monday", "wednesday", "sunday"]
)
def test_weekday_is_the_calendars(day: int, weekday: str) -> None:
    found = rewrite(listed("xq", "甲"), NOW.replace(day=day))
    assert f"星期{weekday}" in texts(found)


def test_a_date_the_converter_found_too_is_offered_once() -> None:
    assert texts(rewrite(listed("xq", "甲", "周四"), NOW)) == ["甲", "星期四", "周四"]


def test_phrases_keep_their_places() -> None:
    book, _ = parse_phrases(["dz\t一号\t1", "dz\t三号\t3", "rq\t节日\t2"])
    options = RewriteOptions(phrases=book)
    assert texts(rewrite(listed("dz", "地址", "电子"), NOW, options)) == [
        "一号",
        "地址",
        "三号",
        "电子",
    ]
    assert texts(rewrite(listed("rq", "日期"), NOW, options))[:2] == ["日期", "节日"]
    assert texts(rewrite(listed("d", "的"), NOW, options)) == ["的"]


def test_a_phrase_behind_a_short_list_comes_last() -> None:
    book, _ = parse_phrases(["dz\t九号\t9"])
    found = rewrite(listed("dz", "地址"), NOW, RewriteOptions(phrases=book))
    assert texts(found) == ["地址", "九号"]


def test_capitals_offer_the_letters_first_once() -> None:
    once = rewrite(listed("niHao", "你"), NOW)
    assert texts(once) == ["niHao", "你"]
    assert once.items[0].source is Source.LITERAL
    assert rewrite(once, NOW) == once


@pytest.mark.parametrize(
    ("raw", "first"),
    [
        ("v0", "零"),
        ("v105", "一百零五"),
        ("v3.14", "三点一四"),
        ("v20200203", "2020年2月3日"),
        ("v3.", "三"),
        ("v1a", "v1a"),
        ("v1.2.3", "v1.2.3"),
        ("v12345678901234567", "v12345678901234567"),
        ("a@b.cn", "a@b.cn"),
    ],
)
def test_literal_runs_offer_numerals_or_themselves(raw: str, first: str) -> None:
    found = literal_list(4, raw)
    assert found.revision == 4
    assert found.items[0].text == first
    assert found.items[-1].text == raw
    assert len(set(texts(found))) == len(found.items)


def test_money_stands_behind_the_number() -> None:
    assert texts(literal_list(4, "v12.50"))[:3] == [
        "十二点五零",
        "壹拾贰元伍角整",
        "十二元五角",
    ]
    assert texts(literal_list(4, "v10.5"))[-1] == "v10.5"


def test_a_capital_leads_to_numerals_behind_the_letters() -> None:
    assert texts(literal_list(4, "V105")) == ["V105", "一百零五", "壹佰零伍", "一〇五"]
    assert texts(literal_list(4, "VR3")) == ["VR3"]


@pytest.mark.parametrize(("first", "place"), [("我去KTV啦", 1), ("你", 0)])
def test_letters_come_second_behind_hanzi_that_keep_them(first: str, place: int) -> None:
    item = Candidate(first, (), 9 if place else 2, Source.SENTENCE)
    found = rewrite(CandidateList(3, "woquKTVla", (item,)), NOW)
    assert texts(found).index("woquKTVla") == place


def test_insert_at_moves_what_is_there_already() -> None:
    found = listed("a", "一", "二", "三")
    assert texts(insert_at(found, 1, [found.items[2]])) == ["三", "一", "二"]
    assert insert_at(found, 1, []) == found


def test_a_phrase_is_found_by_the_initials_of_its_code() -> None:
    book, _ = parse_phrases(["wodedizhi\t某路 1 号\t1"])
    found = rewrite(listed("wddz", "我的地址", "我得到"), NOW, RewriteOptions(phrases=book))
    assert [item.text for item in found.items] == ["我的地址", "某路 1 号", "我得到"]
