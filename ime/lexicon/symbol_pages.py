"""Pages of symbols behind v and a digit, by what they are for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SYMBOL_PAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "v1": tuple("·—…～‖々〃「」『』〖〗【】〔〕〈〉《》“”‘’￣﹏※☆★○●◎◇◆□■△▲▽▼"),
        "v2": tuple("①②③④⑤⑥⑦⑧⑨⑩⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩"),
        "v3": tuple("±×÷≈≠≤≥≡∞√∛∑∏∫∮∂∈∉⊂⊃⊆⊇∪∩∅∧∨¬∀∃∵∴∠⊥∥△⊙°′″"),
        "v4": tuple("℃℉㎡㎝㎞㎏㎎㏄‰￥$€£₩₽§№™©®"),
        "v5": tuple("←↑→↓↔↕↖↗↘↙⇐⇒⇔↵✓✗☑☒♪♫♥♠♦♣♂♀☎✉☀☁☂☃"),
        "v6": tuple("αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"),
        "v7": tuple("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü"),
        "v8": tuple("あいうえおかきくけこさしすせそたちつてとなにぬねの"
                    "はひふへほまみむめもやゆよらりるれろわをん"),
        "v9": ("(^_^)", "(≧▽≦)", "(╥﹏╥)", "(¬_¬)", "(°ー°〃)", "(*^▽^*)", "(｡♥‿♥｡)",
               "(๑•̀ㅂ•́)و✧", "(╯°□°)╯︵┻━┻", "¯\\_(ツ)_/¯", "(｀・ω・´)", "Σ(°△°|||)",
               "(´・ω・`)", "(ಥ_ಥ)",
               "ヾ(•ω•`)o", "Orz", "T_T", "^_^", "=_=", "-_-||"),
    }
)  # fmt: skip
"""Marks, numbering, mathematics, units and money, arrows and signs, Greek letters, vowels with
tones, kana, faces."""

FACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "kaixin": ("(*^▽^*)", "(≧▽≦)"), "weixiao": ("(^_^)", "^_^"), "daku": ("(╥﹏╥)", "T_T"),
        "ku": ("T_T",), "wuyu": ("(¬_¬)", "-_-||"), "xihuan": ("(｡♥‿♥｡)",),
        "jiayou": ("(๑•̀ㅂ•́)و✧",), "xianzhuo": ("(╯°□°)╯︵┻━┻",),
        "wunai": ("¯\\_(ツ)_/¯", "=_="), "chijing": ("Σ(°△°|||)",), "peifu": ("Orz",),
        "ganbai": ("(๑´ڡ`๑)",), "zaijian": ("ヾ(•ω•`)o",), "shengqi": ("(｀へ´)",),
        "weiqu": ("(´・ω・`)", "(ಥ_ಥ)"), "haixiu": ("(⁄ ⁄•⁄ω⁄•⁄ ⁄)",),
    }
)  # fmt: skip
"""Pinyin of a mood -> faces made of marks (颜文字)."""
