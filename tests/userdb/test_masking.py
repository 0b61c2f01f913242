from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.pinyin.inventory import SYLLABLES
from ime.userdb.masking import (
    is_kept,
    is_like_password,
    kept_letters,
    mask_context,
    mask_text,
)
from ime.values import LeftContext


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param("你好，世界。", "你好，世界。", id="hanzi-stay"),
        pytest.param("密码是hunter2!X", "密码是a0!a", id="password"),
        pytest.param("zhang.san+x@example.com", "a.a+a@a.a", id="e-mail"),
        pytest.param("6222 0212-3456", "0000 0000-0000", id="card"),
        pytest.param("身份证11010519491231002X", "身份证" + "0" * 17 + "a", id="identity-card"),
        pytest.param("Ａｂ１２", "a00", id="full-width"),
        pytest.param("résumé", "a", id="accents"),
        pytest.param("re\u0301sume\u0301", "a", id="accents-apart"),
        pytest.param("пароль λόγος", "a a", id="other-alphabets"),
        pytest.param("①²Ⅻ", "000", id="other-digits"),
        pytest.param("一二三〇", "一二三〇", id="hanzi-digits-are-words"),
        pytest.param("卡号六二二二〇二完", "卡号000000完", id="hanzi-digits-of-a-number"),
        pytest.param("一万二千三百四十五元", "000000000元", id="number-in-hanzi"),
        pytest.param("千千万万个一百二十三", "千千万万个一百二十三", id="few-hanzi-digits"),
        pytest.param("壹佰贰拾叁万肆仟伍佰陆拾", "0" * 12, id="sum-of-money"),
        pytest.param("カラ한글々ㄅ", "カラ한글々ㄅ", id="neighbours-stay"),
        pytest.param("前\x00后\n行", "前 后 行", id="control"),
        pytest.param("前\ud83d后", "前\ufffd后", id="half-a-surrogate"),
        pytest.param("好👍🏽", "好👍🏽", id="emoji"),
        pytest.param("", "", id="empty"),
    ],
)
def test_mask_text_hides_letters_and_digits(text: str, masked: str) -> None:
    assert mask_text(text) == masked
    assert is_kept(text) == (bool(text) and text == masked)


@given(st.text())
def test_mask_text_leaves_nothing_to_mask_and_can_be_stored(text: str) -> None:
    masked = mask_text(text)
    assert mask_text(masked) == masked
    assert not any(c.isascii() and c.isalnum() and c not in "a0" for c in masked)
    masked.encode("utf-8")


def test_mask_context_moves_the_readings_with_their_characters() -> None:
    context = LeftContext("用Python写代码", ((0, "yong"), (7, "xie"), (8, "dai"), (9, "ma")))
    masked = mask_context(context)
    assert masked.text == "用a写代码"
    assert masked.readings == ((0, "yong"), (2, "xie"), (3, "dai"), (4, "ma"))


SPELLED = [
    pytest.param("nihao", "ni hao", "nihao", False, id="in-full"),
    pytest.param("xi'an", "xi an", "xi'an", False, id="delimiter"),
    pytest.param("womendeshijei", "wo men de shi jie", "womendeshijei", False, id="slip"),
    pytest.param("zongguoren", "zhong guo ren", "zongguoren", False, id="fuzzy"),
    pytest.param("nih", "ni hao", "", False, id="unfinished"),
    pytest.param("bgzn", "bei gao zhi ni", "", False, id="initials"),
    pytest.param("chenxs", "chen xing shen", "", False, id="name-and-initials"),
    pytest.param("sunshine", "sun shi ni e", "", False, id="like-pinyin"),
    pytest.param("dragon", "da ren a gong", "", True, id="one-word"),
    pytest.param("correcthorse", "cong ren ren e ci ta hou ren se", "", True, id="not-pinyin"),
    pytest.param("qzxkwvpt", "qu zai xi ke wu wei pa ta", "", True, id="random"),
    pytest.param("zhrmghg", "zhong hua ren min gong he guo", "", True, id="long-initials"),
    pytest.param("", "ni hao", "", False, id="no-letters"),
]


@pytest.mark.parametrize(("raw", "syllables", "kept", "like_password"), SPELLED)
def test_letters_are_kept_where_they_are_the_spelling(
    raw: str, syllables: str, kept: str, like_password: bool
) -> None:
    assert kept_letters(raw, syllables.split()) == kept
    assert is_like_password(raw, syllables.split()) == like_password


@given(
    st.text("abcdefghijklmnopqrstuvwxyz'", max_size=30),
    st.lists(st.sampled_from(sorted(SYLLABLES))),
)
def test_letters_that_are_kept_are_near_the_syllables(raw: str, syllables: list[str]) -> None:
    kept = kept_letters(raw, syllables)
    assert kept in ("", raw)
    if kept:
        assert abs(len(kept.replace("'", "")) - len("".join(syllables))) <= len(kept) / 2
