"""Reading tags for running text: the toneless syllable of every hanzi in its context.

Words come from jieba, their readings from pypinyin's phrase table and, for words that it lacks,
from CC-CEDICT. None knows surnames, nor the particles 地 and 得 that stand alone between words,
so a short table of rules decides those. A reading that the dictionary of standard characters
does not list gives way to one that it does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path

STANDARD_HANZI = Path(__file__).resolve().parents[2] / "assets" / "standard_hanzi.tsv"
# Readings of family names that differ from the everyday reading of the character. Words that
# jieba's dictionary marks as names begin with them, if pypinyin does not know the word itself.
SURNAMES = {
    "曾": "zeng", "朴": "piao", "仇": "qiu", "翟": "zhai", "缪": "miao", "冼": "xian",
}  # fmt: skip
# What jieba marks as a name though it is none.
NO_NAMES = frozenset((
    "曾用名", "曾效力", "曾述及", "曾率军", "曾答允", "朴子", "朴树", "仇富", "仇深似",
    "仇未报", "仇必报", "仇未复",
))  # fmt: skip
# Surnames with which jieba's names are mostly common words or transliterations: 查明, 查尔斯.
NAMES = {
    "单田芳": "shan", "单雄信": "shan", "单霁翔": "shan", "单树模": "shan", "单铁生": "shan",
    "查良镛": "zha", "查慎行": "zha", "查继佐": "zha", "查志隆": "zha", "查嗣庭": "zha",
    "查伊璜": "zha", "解振华": "xie", "解晓东": "xie", "盖叫天": "ge", "种师道": "chong",
    "种师中": "chong",
}  # fmt: skip
# pypinyin's spelling of what people type otherwise.
COLLOQUIAL = {("嗯", "n"): "en", ("嗯", "ng"): "en", ("哦", "e"): "o"}
# Readings of characters that stand alone; pypinyin's default is rarer there.
ALONE = {
    "什": "shi", "佛": "fo", "卜": "bu", "勒": "le", "朴": "pu", "翟": "zhai",
    "茄": "qie", "琢": "zhuo", "曾": "ceng", "弹": "tan", "谁": "shei", "盖": "gai",
    "幢": "zhuang", "莘": "xin", "覃": "qin", "隽": "jun", "伺": "si", "桔": "ju",
    "藉": "jie", "俟": "si",
}  # fmt: skip
# The same inside words of which no table lists any part.
INSIDE = {
    "什": "shi", "卜": "bu", "泊": "bo", "莎": "sha", "蛤": "ge", "幢": "zhuang", "莘": "xin",
    "薄": "bo", "粘": "nian", "桔": "ju", "藉": "jie", "藏": "zang", "覃": "qin", "隽": "jun",
    "伺": "si", "刹": "cha", "涌": "yong", "俟": "si",
}  # fmt: skip
# Words that the tables lack or read in a rarer way.
WORDS = {
    "万俟": "mo qi", "冷轧": "leng zha", "吡咯": "bi luo", "攒尖": "cuan jian",
    "柑桔": "gan ju", "桔子": "ju zi", "热轧": "re zha", "率军": "shuai jun",
    "率兵": "shuai bing", "率部": "shuai bu", "率队": "shuai dui", "粘土": "nian tu",
    "粘度": "nian du", "粘性": "nian xing", "粘液": "nian ye", "粘稠": "nian chou",
    "粘膜": "nian mo", "蔚县": "yu xian", "蔚州": "yu zhou", "藉此": "jie ci",
    "藉由": "jie you", "裨将": "pi jiang", "轧制": "zha zhi", "轧钢": "zha gang",
}  # fmt: skip
_PLACE = frozenset("上下里中内外方面点区铁图道震势形位理址主球")
# 我得走了 is dei; 就得 + 很/好 begins a complement, which is de.
_BEFORE_DEI = frozenset((
    "我", "你", "您", "他", "她", "它", "咱", "谁", "我们", "你们", "他们", "她们", "咱们",
    "大家", "就", "还", "也", "都", "又", "总", "必", "非", "可", "真", "只", "先", "得",
))  # fmt: skip
_AFTER_DE = frozenset((
    "很", "太", "多", "不", "更", "最", "这么", "那么", "非常", "十分", "比较", "特别", "挺",
    "好", "像", "出", "到", "了", "起", "住",
))  # fmt: skip
_GROW = frozenset("大高出得满成胖在了着过进到熟势啥")
_AFTER_HUAN = frozenset((
    "给", "钱", "债", "书", "清", "款", "了", "我", "你", "他", "她", "贷款", "账", "信用卡",
    "房贷",
))  # fmt: skip


def load_standard_readings(path: Path = STANDARD_HANZI) -> dict[str, tuple[str, ...]]:
    """Readings of the 8,105 standard characters, by way of Unihan's kTGHZ2013."""
    readings = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        char, _, syllables = line.partition("\t")
        readings[char] = tuple(syllables.split())
    return readings


class ReadingTagger:
    """Tags runs of hanzi with readings; keeps a cache of words, so one object a process.

    Args:
        standard: readings of the standard characters.

    Raises:
        ImportError: jieba or pypinyin-dict is not installed.
    """

    def __init__(self, standard: Mapping[str, tuple[str, ...]]) -> None:
        import jieba
        from pypinyin import lazy_pinyin

        jieba.setLogLevel(logging.WARNING)
        self._cut: Callable[..., list[str]] = jieba.lcut
        self._pinyin: Callable[..., list[str]] = lazy_pinyin
        self._standard = standard
        _dictionary_words()  # if it cannot be had, that is to be known now
        self._cache: dict[str, tuple[str, ...]] = {}

    def words(self, run: str) -> list[str]:
        """`run` of hanzi cut into dictionary words."""
        return self._cut(run, HMM=False)

    def tag(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """Syllables of each word of one run of hanzi."""
        tagged = [self._word(word) for word in words]
        for i, word in enumerate(words):
            rule = _CONTEXT_RULES.get(word)
            if rule is not None:
                before = words[i - 1] if i else ""
                after = words[i + 1] if i + 1 < len(words) else ""
                tagged[i] = (rule(before, after),)
        return tagged

    def _word(self, word: str) -> tuple[str, ...]:
        known = self._cache.get(word)
        if known is None:
            raw = _listed(word)
            if raw is None:
                raw = self._pinyin(word, errors=lambda chars: ["" for _ in chars], v_to_u=False)
                if len(word) > 1 and not _has_listed_part(word):
                    raw = [INSIDE.get(c, s) for c, s in zip(word, raw, strict=True)]
            known = tuple(self._settle(c, s) for c, s in zip(word, raw, strict=True))
            if len(word) > 1 and word in _family_names():
                known = (_family_names()[word], *known[1:])
            self._cache[word] = known
        return known

    def _settle(self, char: str, syllable: str) -> str:
        syllable = COLLOQUIAL.get((char, syllable), syllable)
        listed = self._standard.get(char)
        if listed is None or syllable in listed:
            return syllable
        default = self._pinyin(char, v_to_u=False)[0]
        return default if default in listed else listed[0]


def _listed(word: str) -> list[str] | None:
    """What the tables beside pypinyin's own say of the whole of `word`."""
    if word in ALONE:
        return [ALONE[word]]
    if word in WORDS:
        return WORDS[word].split()
    return _dictionary_words().get(word)


def _has_listed_part(word: str) -> bool:
    from pypinyin.constants import PHRASES_DICT

    pairs = combinations(range(len(word) + 1), 2)
    parts = (word[first:last] for first, last in pairs if last - first > 1)
    return any(part in PHRASES_DICT or part in _dictionary_words() for part in parts)


@cache
def _dictionary_words() -> dict[str, list[str]]:
    """Readings of CC-CEDICT's words that pypinyin lacks.

    They do not take the place of pypinyin's: of words with two entries the package keeps the
    last, 便宜 (bianyi) and 不了 (bule).
    """
    from pypinyin.constants import PHRASES_DICT
    from pypinyin.contrib.tone_convert import to_normal
    from pypinyin_dict.phrase_pinyin_data.cc_cedict import phrases_dict

    return {
        word: [to_normal(spelled[0], v_to_u=False) for spelled in reading]
        for word, reading in phrases_dict.items()
        if word not in PHRASES_DICT and len(reading) == len(word)
    }


@cache
def _family_names() -> dict[str, str]:
    """Names of people whose surname is read in a way of its own, with that reading."""
    import jieba
    from pypinyin.constants import PHRASES_DICT

    found = dict(NAMES)
    with jieba.get_dict_file() as lines:
        for line in lines:
            word, *rest = line.decode("utf-8").split()
            known = word in PHRASES_DICT or word in NO_NAMES
            if rest[1:] == ["nr"] and word[0] in SURNAMES and len(word) <= 3 and not known:
                found[word] = SURNAMES[word[0]]
    return found


def _read_di(before: str, after: str) -> str:
    # 慢慢地走: the particle stands between a longer word and a verb; 把地扫了: it does not.
    particle = len(before) >= 2 and after != "" and after[0] not in _PLACE
    return "de" if particle else "di"


def _read_de(before: str, after: str) -> str:
    return "dei" if before in _BEFORE_DEI and after != "" and after not in _AFTER_DE else "de"


def _read_chang(_before: str, after: str) -> str:
    return "zhang" if after != "" and after[0] in _GROW else "chang"


def _read_hai(before: str, after: str) -> str:
    return "huan" if after in _AFTER_HUAN and before != "" and after != "了" else "hai"


_CONTEXT_RULES: dict[str, Callable[[str, str], str]] = {
    "地": _read_di,
    "得": _read_de,
    "长": _read_chang,
    "还": _read_hai,
    "率": lambda before, _after: "lv" if len(before) >= 2 else "shuai",
}
