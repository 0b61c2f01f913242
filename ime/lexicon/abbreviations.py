"""Abbreviations of chat that are written as they are, and what they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_TABLE = """
awsl 啊我死了|bdjw 不懂就问|bhys 不好意思|blx 玻璃心|btw 顺便说一句|cpdd 处对象滴滴
dbq 对不起|dddd 懂的都懂|ddl 截止日期|djll 顶级流量|drl 打扰了|gkd 搞快点|hhh 哈哈哈
hhhh 哈哈哈哈|jms 姐妹们|jrm 家人们|kdl 磕到了|kswl 磕死我了|nb 牛逼|nbcs 没人在乎
nsdd 你说得对|omg 我的天|plgg 漂亮哥哥|pljj 漂亮姐姐|plmm 漂亮妹妹|pyq 朋友圈|rwkk 让我看看
srds 虽然但是|srkl 生日快乐|ssfd 瑟瑟发抖|szd 是真的|tmd 他妈的|tql 太强了|wsl 我死了
xdm 兄弟们|xgg 小哥哥|xjj 小姐姐|xsl 笑死了|xswl 笑死我了|ylq 娱乐圈|yxh 营销号
yyds 永远的神|yygq 阴阳怪气|yysy 有一说一|zdjd 尊嘟假嘟|zqsg 真情实感
"""

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        code: meaning
        for code, _, meaning in (
            item.partition(" ") for item in _TABLE.replace("\n", "|").split("|") if item
        )
    }
)
"""Abbreviation in small letters -> the words it stands for."""
