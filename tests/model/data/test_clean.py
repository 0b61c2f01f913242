from __future__ import annotations

import pytest

from model.data.clean import clean_line

pytest.importorskip("opencc")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("  你好\n", "你好", id="white space around"),
        pytest.param(
            "我有ＡＢ和１２个苹果呢", "我有AB和12个苹果呢", id="wide letters and digits"
        ),
        pytest.param(
            "好的，好！好吧？（好）", "好的，好！好吧？（好）", id="wide punctuation stays"
        ),
        pytest.param(
            "繁體中文，頭髮與發展", "繁体中文，头发与发展", id="traditional, by phrase"
        ),
        pytest.param("豈不是⼀样", "岂不是一样", id="compatibility forms and radicals"),
        pytest.param("<b>你好</b>世界&nbsp;啊啊", "你好世界啊啊", id="HTML"),
        pytest.param("[img]图片在这里了[/img]", "图片在这里了", id="forum markup"),
        pytest.param("{\\an8}字幕文字在此", "字幕文字在此", id="subtitle markup"),
        pytest.param("联系我foo@bar.com谢谢你们", "联系我谢谢你们", id="mail address"),
        pytest.param("请看https://a.b/c?d=1，谢谢", "请看，谢谢", id="web address"),
        pytest.param("电话13812345678请打过来吧", "电话请打过来吧", id="telephone"),
        pytest.param("电话010-6513 7766请打过来", "电话请打过来", id="telephone with gaps"),
        pytest.param("@小明 你好啊朋友", "你好啊朋友", id="mention"),
        pytest.param("今天是5月12日啊啊", "今天是5月12日啊啊", id="short numbers stay"),
        pytest.param("真的好啊！！！！！！", "真的好啊！！", id="repeated marks"),
        pytest.param("哈哈哈哈哈哈", "哈哈哈哈哈哈", id="repeated hanzi stay"),
        pytest.param("你 好 世 界", "你好世界", id="spaces between hanzi"),
        pytest.param(
            "我们都在用 Linux 系统吧", "我们都在用 Linux 系统吧", id="spaces beside latin stay"
        ),
        pytest.param(
            "零\u200b宽字\u0007符好", "零宽字符好", id="invisible and control characters"
        ),
    ],
)
def test_line_is_cleaned(line: str, expected: str) -> None:
    assert clean_line(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("", id="empty"),
        pytest.param(" \t \n", id="white space"),
        pytest.param("你", id="one hanzi"),
        pytest.param("1234 5678 9012", id="numbers"),
        pytest.param("Hello, 世界 and the world", id="mostly latin"),
        pytest.param("。。。！！！好的", id="mostly marks"),
        pytest.param("版本v12.34.56发布", id="too many digits"),
    ],
)
def test_line_without_enough_hanzi_is_dropped(line: str) -> None:
    assert clean_line(line) == ""


def test_cleaning_twice_changes_nothing() -> None:
    once = clean_line("<i>繁體</i>  中文，ＡＢ 測試了……！！！！")
    assert once
    assert clean_line(once) == once
