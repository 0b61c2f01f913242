"""他 她 它, 吗 嘛, 的 地 得: what differs only in these is there to choose from."""

from __future__ import annotations

import pytest

from ime.backend.opening import open_by_settings
from ime.decode.opening import OpenedConverter
from ime.settings import ModelSettings, Settings
from ime.values import DecodeRequest, LeftContext


@pytest.fixture(scope="module")
def opened() -> OpenedConverter:
    return open_by_settings(Settings(model=ModelSettings(tier="ngram")))


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("ta", "他 她 它"), ("tamen", "他们 她们 它们"), ("tashi", "他是 她是 它是"),
        ("tazai", "他在 她在 它在"), ("tadeshu", "他的书 她的书 它的书"),
        ("haoma", "好吗 好嘛"),
        ("haodema", "好的吗 好的嘛"), ("shima", "是吗 是嘛"), ("xingma", "行吗 行嘛"),
        ("zuodehao", "做得好 做的好"), ("paodekuai", "跑得快 跑的快"),
        ("womenxihuanta", "我们喜欢他 我们喜欢她 我们喜欢它"),
        ("tajintianmeiyoulai", "他今天没有来 她今天没有来 它今天没有来"),
        ("nizhidaotama", "你知道他吗 你知道她吗 你知道它吗"),
        ("gaoxingdeshuo", "高兴地说 高兴的说"), ("manmandezou", "慢慢地走 慢慢的走"),
    ],
)  # fmt: skip
def test_close_texts_stand_among_the_first_five(
    opened: OpenedConverter, raw: str, wanted: str
) -> None:
    found = opened.convert(DecodeRequest(0, LeftContext(), raw))
    assert found is not None
    assert set(wanted.split()) <= {item.text for item in found.items[:5]}
