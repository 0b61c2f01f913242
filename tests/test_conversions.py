"""What the shipped Transformer and n-gram convert: no wrong weights, no wrong wire gets past.

The first candidate of each row led by more than 1.2 nats when it was written down, in bf16 as
in fp32 (they differed by 0.2 at most), so that the rows hold on every processor. Where one
stands first for good reasons no longer, put in another that leads as clearly.
"""

from __future__ import annotations

import pytest

from ime.backend.opening import open_by_settings
from ime.decode.opening import OpenedConverter
from ime.settings import Settings
from ime.values import DecodeRequest, LeftContext

WHOLE = [
    ("woxiangheyibeirekafei", "我想喝一杯热咖啡"),
    ("mingtianxiawuliangdiankaihui", "明天下午两点开会"),
    ("tazaishanghaigongzuolewunian", "他在上海工作了五年"),
    ("zhebenshuhenyouyisi", "这本书很有意思"),
    ("qingbamenguanshang", "请把门关上"),
    ("waimianzhengzaixiaxue", "外面正在下雪"),
    ("womenyiqiqupashanba", "我们一起去爬山吧"),
    ("zuijingongzuotaimangle", "最近工作太忙了"),
    ("zhejiacanguandecaihenhaochi", "这家餐馆的菜很好吃"),
    ("nishenmeshihouhuijia", "你什么时候回家"),
    ("haizimenzaicaochangshangtizuqiu", "孩子们在操场上踢足球"),
    ("tamengangcongbeijinghuilai", "他们刚从北京回来"),
    ("xuexiaofujinyouyijiatushuguan", "学校附近有一家图书馆"),
    ("nainaizuodehongshaorouzuihaochi", "奶奶做的红烧肉最好吃"),
    ("qingnigaosuwonidedianhuahaoma", "请你告诉我你的电话号码"),
    ("wohennanxiangxintashuodehua", "我很难相信他说的话"),
]
WORDS = [
    ("shouji", "手机"),
    ("huochezhan", "火车站"),
    ("xiguan", "习惯"),
    ("yisheng", "医生"),
    ("putao", "葡萄"),
    ("xi'an", "西安"),
    ("nver", "女儿"),
    ("lvshi", "律师"),
]
INITIALS = [
    ("wm", "我们"),
    ("sm", "什么"),
    ("mygx", "没有关系"),
    ("zenmb", "怎么办"),
    ("zhongg", "中国"),
]
SLIPS = [
    ("nihoa", "你好"),
    ("zhognguo", "中国"),
    ("womne", "我们"),
    ("pegnyou", "朋友"),
    ("xianzia", "现在"),
    ("shenem", "什么"),
]
BEHIND = [
    ("老师在黑板上", "xiezi", "写字"),
    ("他脱下了一双", "xiezi", "鞋子"),
    ("今天考试的第一道", "shiti", "试题"),
    ("警察在河边发现了一具", "shiti", "尸体"),
    ("她怀孕了，医生说要注意", "yunfu", "孕妇"),
    ("国王和", "wanghou", "王后"),
    ("从今", "wanghou", "往后"),
    ("他从小就想当一名", "jizhe", "记者"),
    ("他的伤口一直在流", "xue", "血"),
    ("北风呼呼地吹，地上积了厚厚的", "xue", "雪"),
    ("请大家排好", "dui", "队"),
    ("你说得", "dui", "对"),
]
# Each first for one of the two models only, until the other is mixed in.
BY_THE_NETWORK = [
    ("昨晚喝了太多", "jiu", "酒"),
    ("图书馆里新买了一批", "shu", "书"),
    ("爷爷泡了一壶好", "cha", "茶"),
    ("农民们在田里收割成熟的", "daozi", "稻子"),
    ("教授昨天整晚都在", "beike", "备课"),
]
BY_THE_NGRAM = [
    ("餐桌上摆着刀和", "cha", "叉"),
    ("她切了几瓣", "suan", "蒜"),
    ("", "woqutushuguanjieshu", "我去图书馆借书"),
]


@pytest.fixture(scope="module")
def converter() -> OpenedConverter:
    opened = open_by_settings(Settings())
    assert opened.notices == ()
    assert opened.description.code == "engine.network"
    return opened


@pytest.mark.parametrize(
    ("context", "raw", "first"),
    [
        *(("", raw, first) for raw, first in (*WHOLE, *WORDS, *INITIALS, *SLIPS)),
        *(*BEHIND, *BY_THE_NETWORK, *BY_THE_NGRAM),
    ],
)
def test_shipped_model_converts(
    converter: OpenedConverter, context: str, raw: str, first: str
) -> None:
    listed = converter.convert(DecodeRequest(1, LeftContext(context), raw))
    assert listed is not None
    assert listed.items[0].text == first
