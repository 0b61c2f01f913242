"""The toneless syllables of Mandarin as they are typed, and the other ways people spell them.

ü is written v where u is another sound (nv lv nve lve) and u after j q x y, as on the keyboard.
`SYLLABLES` are the syllables of the model's tokens: the readings of the 8,105 characters of
assets/standard_hanzi.tsv, held here as code because they never change at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

DELIMITER = "'"
DOT_KEY = "`"
"""Typed for the dot between the parts of a name, 比尔·盖茨."""
VOWELS = frozenset("aeiouv")
"""Letters of which every syllable but m and hng has one."""


def letters_of(raw: str) -> str:
    """Letters without their delimiters."""
    return raw.replace(DELIMITER, "")


_FINALS_OF = {
    "": "a ai an ang ao e en er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    # A bare m is 呣, hng is 哼: the two syllables without a vowel.
    "m": " a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo v ve",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}

INITIALS: tuple[str, ...] = tuple(sorted(filter(None, _FINALS_OF)))
"""The 23 initials as typed, y and w among them."""

SYLLABLES: frozenset[str] = frozenset(
    start + final for start, finals in _FINALS_OF.items() for final in finals.split(" ")
)
"""The 407 syllables of the model."""

TYPED_ONLY: frozenset[str] = frozenset({"ei", "hm", "n", "ng", "r", "tei", "zhei"})
"""Syllables people type and no token carries; `COLLOQUIAL` says which characters they mean."""


def initial(syllable: str) -> str:
    """The consonant a syllable begins with, y and w included; empty for `an`, `er`, `ou`."""
    if syllable[:2] in _FINALS_OF:
        return syllable[:2]
    return syllable[:1] if syllable[:1] in _FINALS_OF else ""


def final(syllable: str) -> str:
    """What follows the initial: `uang` of `zhuang`, the whole of `an`."""
    return syllable[len(initial(syllable)) :]


def _aliases() -> dict[str, str]:
    # After j q x y the u is an ü, and those who think so type v. lue and nue are what most
    # textbooks' readers type for lüe and nüe.
    found = {"lue": "lve", "nue": "nve"}
    for syllable in SYLLABLES:
        start, rest = initial(syllable), final(syllable)
        if start in {"j", "q", "x", "y"} and rest.startswith("u"):
            found[f"{start}v{rest[1:]}"] = syllable
    return found


ALIASES: Mapping[str, str] = MappingProxyType(dict(sorted(_aliases().items())))
"""Other full spellings of a syllable: `lue` is lve, `jv` is ju."""

SPELLINGS: Mapping[str, str] = MappingProxyType(
    {syllable: syllable for syllable in sorted(SYLLABLES | TYPED_ONLY)} | dict(ALIASES)
)
"""Every full spelling, with the syllable (of `SYLLABLES` or `TYPED_ONLY`) it stands for."""


@dataclass(frozen=True, slots=True)
class Colloquial:
    """A reading people type for a character where the model's token has another one.

    Attributes:
        char: one hanzi.
        typed: syllable typed, of `SYLLABLES` or `TYPED_ONLY`.
        syllable: syllable of the model's token for `char`.
        log_prob: log P(typed | this token is meant) in nats, below 0.
    """

    char: str
    typed: str
    syllable: str
    log_prob: float


# Three grades, because a token such as 给/gei is so frequent that it would lead the list of
# `ji` if the detour were free. The shares are estimates: no log of typed readings is to be had.
_BEGINNINGS = frozenset(spelling[:end] for spelling in SPELLINGS for end in range(1, 7))
_INSIDE = frozenset({*SPELLINGS, *INITIALS, "a", "e", "o"})


def may_be_pinyin(letters: str) -> bool:
    """Whether letters are syllables and initials, the last perhaps unfinished.

    No syllable begins with i, u or v, so that win, utf and vim are none. Slips do not count.
    """
    reached = {0}
    for end in range(1, len(letters) + 1):
        known = _BEGINNINGS if end == len(letters) else _INSIDE
        if any(letters[start:end] in known for start in reached if end - start <= 6):
            reached.add(end)
    return len(letters) in reached


_OFTEN = -1.204  # log(0.3): both readings are alive, or the typed one has no rival
_SOMETIMES = -2.996  # log(0.05): a common misreading, or a spoken form few people type
_SELDOM = -4.605  # log(0.01): the spelling mostly means something else

# Each item is the character, what is typed, and the reading of the token.
_COLLOQUIAL_TABLE = {
    _OFTEN: """
        谁shui>shei 谁shei>shui 这zhei>zhe 嗯ng>en 儿r>er 欸ei>ai 欸ei>e 忒tei>tui 忒te>tui
        哼hm>heng 血xie>xue 血xue>xie 熟shou>shu 熟shu>shou 给gei>ji 露lou>lu 露lu>lou 薄bao>bo
        薄bo>bao 削xiao>xue 削xue>xiao 色se>shai 壳ke>qiao 剥bo>bao 剥bao>bo 落la>luo 落luo>la
        落luo>lao 角jiao>jue 嚼jue>jiao 嚼jiao>jue 雀qiao>que 雀que>qiao 柏bo>bai 柏bai>bo
        迫po>pai 勒lei>le 勒le>lei 肋le>lei 钥yao>yue 钥yue>yao 疟yao>nve 疟nve>yao 择ze>zhai
        粘nian>zhan 粘zhan>nian 模mo>mu 咋za>zha 咋zha>za 券juan>quan 似si>shi 尾wei>yi
        曝pu>bao 曝bao>pu 咖ka>ga 吓xia>he 塞sai>se 塞se>sai 澄cheng>deng 龟gui>jun 龟gui>qiu
        校xiao>jiao 提ti>di 埋mai>man 强qiang>jiang 参can>cen 差cha>ci 巷xiang>hang 溃kui>hui
        蔓man>wan 秘mi>bi 泌mi>bi 哪na>ne 虹hong>jiang 杉sha>shan 杉shan>sha 咯ge>lo 咯luo>lo
        咯lo>ge 哦o>e 嘚dei>de 仔zai>zi 仔zi>zai 伯bo>bai 拗niu>ao 拗ao>niu 吁yu>xu 卡ka>qia
        大da>dai 扎za>zha 扎zha>za 桔ju>jie 缉qi>ji 缉ji>qi""",
    _SOMETIMES: """
        嗯n>en 那nei>na 哪nei>na 得dei>de 得de>dei 地di>de 地de>di 什shi>shen 什shen>shi
        着zhe>zhao 着zhe>zhuo 着zhao>zhe 没mei>mo 车che>ju 便bian>pian 佛fo>fu 和he>hu 和he>huo
        绿lv>lu 哦e>o 呢ne>ni 呐ne>na 色shai>se 壳qiao>ke 迫pai>po 俩liang>lia 骑ji>qi 泊bo>po
        泊po>bo 茄jia>qie 酵xiao>jiao 暂zhan>zan 械jie>xie 畸qi>ji 歼qian>jian 粳geng>jing
        尴jian>gan 尬jie>ga 塑shuo>su 绽ding>zhan 撞chuang>zhuang 骰shai>tou 恪ge>ke 祟chong>sui
        嗲die>dia 剽biao>piao 拈zhan>nian 憧zhuang>chong 瞠tang>cheng 涮shua>shuan 纤qian>xian
        湍chuan>tuan 掣zhi>che 赡zhan>shan 谄xian>chan 咄chu>duo 挟jia>xie 阈fa>yu 倩qing>qian
        莘xin>shen 怵shu>chu 镐hao>gao 隽jun>juan 铣xian>xi 裨pi>bi 姥mu>lao 苕tiao>shao
        侗tong>dong 僮zhuang>tong 氓meng>mang 酢cu>zuo 粥yu>zhou 阏e>yan 崴wei>wai 嵌kan>qian
        轧ga>ya 俟si>qi 幢zhuang>chuang 缪miu>mou 缪miao>mou 峒tong>dong 覃qin>tan 圜yuan>huan
        茜xi>qian 芾fu>fei 蔚yu>wei 句gou>ju 涌chong>yong 颉xie>jie 翟di>zhai 泷shuang>long
        脯fu>pu 喳cha>zha 鬲li>ge 圩xu>wei 扛gang>kang 轧zha>ya 捋luo>lv 酗xiong>xu 玷zhan>dian
        忏qian>chan 纰bi>pi 炽zhi>chi 赁ren>lin
        绮yi>qi 侈duo>chi 惴chuan>zhui 龋yu>qu 隘yi>ai 涸gu>he 梏hao>gu 沏qie>qi 涎yan>xian
        缔ti>di 喔o>wo 颤zhan>chan 呵a>he""",
    _SELDOM: "给ji>gei 尾yi>wei 似shi>si 还huan>hai 还hai>huan 择zhai>ze 角jue>jiao",
}


def _colloquial() -> tuple[Colloquial, ...]:
    found = []
    for log_prob, items in _COLLOQUIAL_TABLE.items():
        for item in items.split():
            typed, _, syllable = item[1:].partition(">")
            found.append(Colloquial(item[0], typed, syllable, log_prob))
    return tuple(found)


COLLOQUIAL: tuple[Colloquial, ...] = _colloquial()
"""Typed readings of single characters beside those of their tokens."""


def _by_typed() -> dict[str, tuple[Colloquial, ...]]:
    groups: dict[str, list[Colloquial]] = {}
    for item in COLLOQUIAL:
        groups.setdefault(item.typed, []).append(item)
    return {typed: tuple(items) for typed, items in groups.items()}


COLLOQUIAL_BY_TYPED: Mapping[str, tuple[Colloquial, ...]] = MappingProxyType(_by_typed())
"""`COLLOQUIAL` by the syllable typed; meant for exact edges, whose letters are all there."""
