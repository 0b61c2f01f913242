"""Two-part names of Uyghurs and Kazakhs by their sounds: 迪丽热巴·迪力木拉提.

The given name stands before the dot, the father's behind it. Each is a known name, or one with
江, 古丽, 汗, 别克 and the like at its end, or with 阿不都 and the like before it. Sounds are
looked at, because hanzi of such names have no likelihood of their own: where the text has hanzi
that such names do not have, those of the table stand in their place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from ime.lexicon.dotted_names import DOT

_SOUNDS = """
a 阿|ai 艾|ba 巴|bai 拜白|ban 班|bi 比|bie 别|bo 波|bu 不卜布|da 达|dan 旦|de 德|deng 登
di 地迪|ding 鼎|dou 都|du 杜|er 尔|fei 菲|fu 甫福|ge 格|gu 古谷|ha 哈|hai 海|han 汗|he 合
hong 洪|hu 胡|ji 吉|jia 加贾|jiang 江|jie 介|ju 居|ka 卡|kai 凯开|kan 坎|ke 克|ken 肯|ku 库
kun 坤|la 拉|lai 来|li 力里丽|lin 林|ma 马玛|mai 买麦|man 曼|mi 米|min 敏|ming 明|mu 木姆穆
na 娜|nai 乃|ni 尼妮|nong 农|nu 努|pa 帕|pi 皮|pu 普|qi 其|re 热|ri 日|rou 肉|ru 茹|sa 萨
sai 赛|se 色|sen 森|sha 沙莎|shan 山|sheng 生|shou 守|si 斯司|su 素苏|ta 塔|tan 坦|te 特|ti 提
tie 铁|tu 吐图|tuo 托|wa 瓦|wai 外|wan 万|wu 吾乌|xi 西希|xia 夏|xian 仙|xie 谢|xue 雪|xun 逊
ya 亚娅牙|ye 叶|yi 伊依义|yin 音|you 尤|yu 玉|zai 再|zao 早|ze 则|zha 扎|zhu 朱|zi 孜|zu 祖
zuo 佐
"""
"""A toneless syllable, and the characters of these names that are read so."""
_NAMES = """
买买提 麦麦提 艾合买提 艾买提 阿合买提 赛买提 尼格买提 吐尔逊 吐尔洪 吐尔地 托合提
吐合提 伊明 依明 伊敏 玉素甫 玉苏甫 玉山 亚森 亚生 牙生 亚力坤 努尔买买提 阿迪力
阿迪尔 阿力木 阿里木 阿里甫 阿力甫 艾力 艾尔肯 艾山 艾则孜 艾克拜尔 艾斯卡尔
阿斯卡尔 阿不力孜 阿布力孜 阿不来提 阿布来提 阿不都拉 阿卜杜拉 阿布都拉 阿不都热合曼
阿卜杜热合曼 阿不都热西提 阿不都克里木 阿不都卡德尔 阿不都外力 阿不都萨拉木 阿不力米提
阿不里米提 巴哈尔 巴拉提 白克力 拜合提 拜合提亚尔 巴图尔 居马 居来提 朱马 卡德尔
卡斯木 卡哈尔 克里木 克尤木 库尔班 马合木提 买合木提 买合苏提 麦合苏提 米吉提
木合塔尔 木合买提 木拉提 穆拉提 木沙 木塔力甫 穆合塔尔 乃比 尼加提 尼亚孜 帕尔哈提
帕哈提 帕力哈提 热合曼 热合木 热西提 热西木 热依木 热合买提 热介甫 肉孜 茹孜 赛迪
赛福鼎 沙吾提 沙地克 沙塔尔 司马义 斯马义 司马依 司地克 塔依尔 塔西 铁木尔
铁力瓦尔迪 吾买尔 吾斯曼 吾守尔 乌斯曼 吾甫尔 外力 吾拉木 西尔艾力 雪克来提
伊力哈木 依力哈木 依不拉音 依布拉音 伊不拉音 依斯拉木 伊斯拉木 伊斯马依 伊斯坎达尔
艾沙 艾拜 艾孜孜 哈力克 哈斯木 哈迪尔 哈木拉提 合力力 胡达拜尔地 迪力木拉提
迪力夏提 迪里夏提 迪力亚尔 地里夏提 加帕尔 贾帕尔 江布尔 卡米力 凯赛尔 开赛尔 孜亚
祖农 再努拉 扎克尔 扎依尔 赛依提 色买提 努尔白克力 努尔 努尔夏提 苏来曼 苏里坦
沙拉木 夏提 叶尔肯 叶尔江 哈孜 波拉提 巴合提 阿依登 阿依波力 塔里哈提 叶斯 赛力克
木拉特 别尔德 加尔肯 哈拉提 迪丽热巴 迪丽拜尔 古丽娜扎 古力娜扎 古丽努尔 古丽米热
古丽扎尔 哈妮克孜 热依扎 热娜 热孜万 热依汗 阿依努尔 阿依谢 阿米娜 阿尔孜 帕提曼
帕丽达 帕热合提 米娜 米热 米热班 努尔曼古丽 努尔比亚 佐热 祖丽菲亚 祖丽皮亚 早热
热比亚 茹仙 赛努拜尔 赛乃姆 沙依普加玛力 山吉 吐尼莎 提拉 乌日 玛依拉 玛依努尔
买尔哈巴 麦尔哈巴 木克热木 伊帕尔 再乃普 再娜甫 孜乃提 扎依提 艾丽菲热 阿丽娅
阿孜古丽 巴哈古丽 阿依古丽 阿娜尔 阿娜尔古丽 其曼古丽 米日古丽 热孜亚 吾尔古丽
希林娜依 希尔娜依 西日娜依 娜孜 娜迪拉 迪娜 迪里拜尔 迪力 迪里 古海尔 谷扎努尔
古扎努尔 哈里旦 汗克孜 卡丽比努尔 开丽比努尔 克丽比努尔 买合甫来提 木尼热 苏比努尔
海尼扎提 伊尔扎提 扎达 赛尔江 阿斯哈尔 阿扎提 木亚斯尔 夏力
"""
_BEGINNINGS = "阿不都 阿卜杜 努尔 买买提 麦麦提 艾合买提 阿依 古丽"
_ENDINGS = "江 古丽 汗 别克 拜 买买提 麦麦提"
_ALSO_READ = {"du": "dou"}  # 阿不都
SHORTEST = 2
"""Hanzi of a part."""
SURE = 5
"""Syllables from which on the sounds alone tell a name."""

Sounds = tuple[str, ...]


def _characters() -> Mapping[str, str]:
    rows = (item.split(" ") for item in _SOUNDS.replace("\n", "|").split("|") if item)
    return MappingProxyType(
        {character: syllable for syllable, found in rows for character in found}
    )


_SYLLABLE = _characters()


def _by_sounds(texts: str) -> Mapping[Sounds, str]:
    found: dict[Sounds, str] = {}
    for text in texts.split():
        found.setdefault(tuple(_SYLLABLE[character] for character in text), text)
    return MappingProxyType(found)


_KNOWN, _FIRST, _LAST = map(_by_sounds, (_NAMES, _BEGINNINGS, _ENDINGS))
_WRITTEN = frozenset(_NAMES.split())
_LONGEST_PART = max(map(len, _KNOWN)) + max(map(len, (*_FIRST, *_LAST)))


def with_dot(text: str, syllables: Sequence[str]) -> str:
    """The name that a text is, with its dot; empty where it is none.

    Args:
        text: hanzi.
        syllables: its reading, one a hanzi; where they are fewer or more it is no name.
    """
    if len(text) != len(syllables) or not 2 * SHORTEST <= len(text) <= 2 * _LONGEST_PART:
        return ""
    if len(text) < SURE and not is_of_names(text):
        return ""
    sounds = tuple(_ALSO_READ.get(syllable, syllable) for syllable in syllables)
    for place in range(len(text) - SHORTEST, SHORTEST - 1, -1):
        known = _part(sounds[:place]), _part(sounds[place:])
        if all(known):
            own = text[:place], text[place:]
            return DOT.join(
                part if _is_written(part) else other
                for part, other in zip(own, known, strict=True)
            )
    return ""


def _is_written(part: str) -> bool:
    """Whether a part is a name as somebody writes it, or one with an ending or a beginning."""
    added = (*_ENDINGS.split(), *_BEGINNINGS.split())
    return part in _WRITTEN or any(
        part.removesuffix(each) in _WRITTEN or part.removeprefix(each) in _WRITTEN
        for each in added
    )


def is_of_names(text: str) -> bool:
    """Whether all characters are some that such names are written with."""
    return all(character in _SYLLABLE for character in text)


@lru_cache(4096)  # each key asks for the same parts
def _part(sounds: Sounds) -> str:
    """The part of a name that sounds are; empty where they are none."""
    if sounds in _KNOWN:
        return _KNOWN[sounds]
    for cut in range(1, len(sounds)):
        before, behind = sounds[:cut], sounds[cut:]
        if before in _KNOWN and behind in _LAST:
            return _KNOWN[before] + _LAST[behind]
        if before in _FIRST and behind in _KNOWN:
            return _FIRST[before] + _KNOWN[behind]
    return ""
