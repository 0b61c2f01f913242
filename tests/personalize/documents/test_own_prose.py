from __future__ import annotations

import pytest

from ime.personalize.documents.own_prose import LeftOut, own_prose
from ime.personalize.documents.text_of_file import Paragraph, Voice


def kept(*lines: str) -> str:
    return "|".join(own_prose([Paragraph(line) for line in lines]).paragraphs)


def test_own_lines_are_kept_with_letters_and_digits_masked() -> None:
    prose = own_prose([Paragraph("我用 Python 写了3个程序。\n明天见")])
    assert prose.paragraphs == ("我用 a 写了0个程序。", "明天见")
    assert (prose.hanzi, dict(prose.left_out)) == (10, dict.fromkeys(prose.left_out, 0))


@pytest.mark.parametrize(
    ("voice", "kind"), [(Voice.QUOTE, LeftOut.QUOTE), (Voice.CODE, LeftOut.CODE)]
)
def test_what_others_said_is_left_out(voice: Voice, kind: LeftOut) -> None:
    prose = own_prose([Paragraph("别人的话", voice), Paragraph("我的话")])
    assert (prose.paragraphs, prose.left_out[kind]) == (("我的话",), 1)


@pytest.mark.parametrize(
    ("line", "kind", "left"),
    [
        ("我的电话是13800138000，打给我", LeftOut.NUMBER, "我的电话是 打给我"),
        ("身份证 11010519491231002X 别丢了", LeftOut.NUMBER, "身份证 别丢了"),
        ("卡号是 6222 0212 3456 7890 123。", LeftOut.NUMBER, "卡号是"),
        ("打 +86 138-0013-8000 找他", LeftOut.NUMBER, "打 找他"),
        ("请看 https://example.com/a?b=1 这一页", LeftOut.ADDRESS, "请看 这一页"),
        ("写信到 zhang.san@mail.example.cn 吧", LeftOut.ADDRESS, "写信到 吧"),
        ("文件在 /srv/zhang/docs/a.txt 里面", LeftOut.ADDRESS, "文件在 里面"),
        ("我住在北京市朝阳区建国路88号2单元301室，欢迎来", LeftOut.ADDRESS, "欢迎来"),
        ("快递寄到中山路12号就好了", LeftOut.ADDRESS, "就好了"),
        ("邮箱密码：hunter2，别告诉别人", LeftOut.PASSWORD, "邮箱 别告诉别人"),
        ("wifi的密码是 abcd1234，随便用", LeftOut.PASSWORD, "随便用"),
        ("Password: 我爱北京天安门，记住它", LeftOut.PASSWORD, "记住它"),
        ("验证码为 482913，五分钟内有效", LeftOut.PASSWORD, "五分钟内有效"),
    ],
)
def test_what_gives_somebody_away_is_left_out(line: str, kind: LeftOut, left: str) -> None:
    prose = own_prose([Paragraph(line)])
    text = " ".join(prose.paragraphs)
    assert prose.left_out[kind] == 1
    assert all(part in text for part in left.split())
    for secret in ("13800", "6222", "hunter", "建国路", "中山路", "天安门", "1101", "4829"):
        assert secret not in text


@pytest.mark.parametrize(
    "line",
    [
        "2018年12月11日，公司成立了",
        "他说这条路走了三年",
        "这个号码我不认识",
        "我们有 12000 个用户，比去年多",
        "你的密码太简单了，换一个吧",
        "每小时从 5000 次降到 200 次",
    ],
)
def test_everyday_sentences_are_whole(line: str) -> None:
    prose = own_prose([Paragraph(line)])
    assert sum(prose.left_out.values()) == 0
    assert "\n" not in prose.paragraphs[0]


@pytest.mark.parametrize(
    "line",
    ["This is a line in English with 一 hanzi", "今日は雨が降っています", "오늘은 비 漢字"],
)
def test_other_languages_are_left_out(line: str) -> None:
    prose = own_prose([Paragraph(line)])
    assert (prose.paragraphs, prose.left_out[LeftOut.LANGUAGE]) == ((), 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2026-11-02 19:30:05 张三", ""),
        ("2026/11/2 下午7:30 张三(123456)", ""),
        ("[2026-11-02 19:30] 张三: 明天去吗", "明天去吗"),
        ("2026年11月2日 19:30 李四：好的", "好的"),
    ],
)
def test_heads_of_a_chat_are_no_text(line: str, said: str) -> None:
    assert kept(line) == said


def test_lines_that_stand_in_two_files_are_read_once() -> None:
    known: set[int] = set()
    sign = Paragraph("此致敬礼，您的张三敬上")
    first = own_prose([sign, Paragraph("好的")], known)
    second = own_prose([Paragraph("好的"), sign, Paragraph("明天见")], known)
    assert first.paragraphs == (sign.text, "好的")
    assert second.paragraphs == ("好的", "明天见")
