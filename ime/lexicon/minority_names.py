"""Two-part names of Uyghurs and Kazakhs by their sounds: 迪丽热巴·迪力木拉提.

The given name stands before the dot, the father's behind it. Each is a known name, or one with
江, 古丽, 汗, 别克 and the like at its end, or with 阿不都 and the like before it. Sounds are
looked at, because hanzi of such names have no likelihood of their own: where the text has hanzi
that such names do not have, those of the table stand in their place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ime.lexicon.dotted_names import DOT

_SOUNDS = """
a 阿|ai 艾|ba 巴|bai 拜白|ban 班|bi 比|bie 别|bo 波|bu 不卜布|da 达|dan 旦|de 德|deng 登
di 地迪|ding 鼎|dou 都|du 杜|er 尔|fei 菲|fu 甫福|ge 格|gu 古谷|ha 哈|hai 海|han 汗|he 合
hong 洪|hu 胡|ji 吉|jia 加|jiang 江|jie 介|ju 居|ka 卡|kai 凯开|kan 坎|ke 克|ken 肯|ku 库
kun 坤|la 拉|lai 来|li 力里丽|lin 林|ma 马玛|mai 买麦|man 曼|mi 米|min 敏|ming 明|mu 木姆
na 娜|nai 乃|ni 尼妮|nong 农|nu 努|pa 帕|pi 皮|pu 普|qi 其|re 热|ri 日|rou 肉|ru 茹|sa 萨
sai 赛|se 色|sen 森|sha 沙莎|shan 山|sheng 生|shou 守|si 斯司|su 素苏|ta 塔|tan 坦|te 特|ti 提
tie 铁|tu 吐图|tuo 托|wa 瓦|wai 外|wan 万|wu 吾乌|xi 西希|xia 夏|xian 仙|xie 谢|xue 雪|xun 逊
ya 亚娅|ye 叶|yi 伊依义|yin 音|you 尤|yu 玉|zai 再|zao 早|ze 则|zha 扎|zhu 朱|zi 孜|zu 祖
zuo 佐
"""
"""A toneless syllable, and the characters of these names that are read so."""
_NAMES = """
乃比 乌日 买买提 买合木提 买合甫来提 买合苏提 买尔哈巴 亚力坤 亚森 亚生 伊力哈木
伊尔扎提 伊帕尔 伊敏 伊斯坎达尔 伊斯马依 伊明 佐热 依不拉音 依斯拉木 克丽比努尔
克尤木 克里木 其曼古丽 再乃普 再努拉 再娜甫 凯赛尔 别尔德 加尔肯 加帕尔 努尔
努尔买买提 努尔夏提 努尔曼古丽 努尔比亚 努尔白克力 卡丽比努尔 卡哈尔 卡德尔 卡斯木
卡米力 古丽努尔 古丽娜扎 古丽扎尔 古丽米热 古海尔 叶尔江 叶尔肯 叶斯 司地克 司马义
合力力 吐合提 吐尔地 吐尔洪 吐尔逊 吐尼莎 吾买尔 吾守尔 吾尔古丽 吾拉木 吾斯曼
吾甫尔 哈力克 哈妮克孜 哈孜 哈拉提 哈斯木 哈木拉提 哈迪尔 哈里旦 塔依尔 塔西
塔里哈提 夏力 夏提 外力 娜孜 娜迪拉 孜乃提 孜亚 尼亚孜 尼加提 尼格买提 居来提
居马 山吉 巴合提 巴哈古丽 巴哈尔 巴图尔 巴拉提 希尔娜依 希林娜依 帕丽达 帕力哈提
帕哈提 帕尔哈提 帕提曼 帕热合提 库尔班 开丽比努尔 扎依尔 扎依提 扎克尔 扎达 托合提
拜合提 拜合提亚尔 提拉 早热 木亚斯尔 木克热木 木合买提 木合塔尔 木塔力甫 木尼热
木拉提 木拉特 木沙 朱马 汗克孜 江布尔 沙依普加玛力 沙吾提 沙地克 沙塔尔 沙拉木
波拉提 海尼扎提 热介甫 热依扎 热依木 热依汗 热合买提 热合曼 热合木 热娜 热孜万
热孜亚 热比亚 热西提 热西木 玉山 玉素甫 玛依努尔 玛依拉 白克力 祖丽皮亚 祖丽菲亚
祖农 米吉提 米娜 米日古丽 米热 米热班 肉孜 胡达拜尔地 色买提 艾丽菲热 艾买提
艾克拜尔 艾则孜 艾力 艾合买提 艾孜孜 艾尔肯 艾山 艾拜 艾斯卡尔 艾沙 苏来曼
苏比努尔 苏里坦 茹仙 茹孜 西尔艾力 西日娜依 谷扎努尔 赛乃姆 赛买提 赛依提 赛力克
赛努拜尔 赛尔江 赛福鼎 赛迪 迪丽拜尔 迪丽热巴 迪力 迪力亚尔 迪力夏提 迪力木拉提
迪娜 铁力瓦尔迪 铁木尔 阿不力孜 阿不力米提 阿不来提 阿不都克里木 阿不都卡德尔
阿不都外力 阿不都拉 阿不都热合曼 阿不都热西提 阿不都萨拉木 阿丽娅 阿依努尔 阿依古丽
阿依波力 阿依登 阿依谢 阿力木 阿卜杜拉 阿卜杜热合曼 阿合买提 阿娜尔 阿娜尔古丽
阿孜古丽 阿尔孜 阿扎提 阿斯卡尔 阿斯哈尔 阿米娜 阿迪力 阿迪尔 阿里甫 雪克来提
马合木提
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


def with_dot(text: str, syllables: Sequence[str]) -> str:
    """The name that a text is, with its dot; empty where it is none.

    Args:
        text: hanzi.
        syllables: its reading, one a hanzi; where they are fewer or more it is no name.
    """
    if len(text) != len(syllables) or len(text) < 2 * SHORTEST:
        return ""
    if len(text) < SURE and not is_of_names(text):
        return ""
    sounds = tuple(_ALSO_READ.get(syllable, syllable) for syllable in syllables)
    for place in range(len(text) - SHORTEST, SHORTEST - 1, -1):
        known = _part(sounds[:place]), _part(sounds[place:])
        if all(known):
            own = text[:place], text[place:]
            return DOT.join(
                part if is_of_names(part) else other
                for part, other in zip(own, known, strict=True)
            )
    return ""


def is_of_names(text: str) -> bool:
    """Whether all characters are some that such names are written with."""
    return all(character in _SYLLABLE for character in text)


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
