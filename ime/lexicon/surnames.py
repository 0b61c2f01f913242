"""Chinese surnames, by which a given name is joined with what stands before it.

Those of the Hundred Family Surnames (百家姓, 10th century) that are still borne, and others
common today, without those that are mostly another word where they end a text (和, 从, 都).
"""

from __future__ import annotations

_SINGLE = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"
    "云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常"
    "乐于傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪"
    "舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万"
    "支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊"
    "惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾"
    "暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰鄂索咸籍赖卓蔺屠蒙池乔阴胥"
    "苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎"
    "充慕连茹习宦艾鱼容古易慎戈廖庾终暨居衡步耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师"
    "巩厍聂晁勾敖融冷訾辛阚简饶空曾毋沙乜养鞠丰巢关蒯查荆红游竺权逯盖益桓公肖闫付代岳"
    "邸商佘苟佟覃仝侍冼涂亓练植丛楚官镇麦区敬岩火"
)
_DOUBLE = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "长孙",
        "宇文",
        "司徒",
        "司空",
        "夏侯",
        "端木",
        "轩辕",
        "独孤",
        "南宫",
        "申屠",
        "呼延",
        "赫连",
        "澹台",
        "闻人",
        "百里",
        "东郭",
        "太史",
        "濮阳",
        "淳于",
        "单于",
        "钟离",
        "鲜于",
        "闾丘",
        "公羊",
        "公冶",
        "宗政",
        "拓跋",
        "完颜",
        "纳兰",
        "西门",
    ]
)


def surname_at_end(text: str) -> str:
    """The surname that a text ends in, "" where it ends in none."""
    if text[-2:] in _DOUBLE:
        return text[-2:]
    return text[-1:] if text[-1:] in _SINGLE else ""
