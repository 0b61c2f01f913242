"""Open lists of words, for what the text holds too seldom, or never as one word.

From packages of the `train` extra: jieba's dictionary, the phrase tables of pypinyin-dict
(CC-CEDICT, zdic, and the large one of phrase-pinyin-data), and wordfreq's list. From clones of
repositories below one folder: THUOCL, Administrative-divisions-of-China, Chinese-Names-Corpus,
chinese-poetry. Licences: `assets/MODEL_CARD.md`.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from pathlib import Path

from model.vocab import is_hanzi

SHORTEST, LONGEST = 2, 8  # hanzi of a word
LEAST_VERSE = 4  # hanzi
_PLACE_KIND = re.compile(
    "(特别行政区|自治区|自治州|自治县|自治旗|地区|街道|省|市|县|区|镇|乡|旗|盟)$"
)
_TABLES = ("cc_cedict", "zdic_cybs", "zdic_cibs", "large_pinyin")
_HANZI = re.compile("[\u4e00-\u9fff]+")
_POEMS = (
    "全唐诗/唐诗三百首.json", "宋词/宋词三百首.json", "蒙学/tangshisanbaishou.json",
    "蒙学/qianjiashi.json", "诗经/shijing.json", "论语/lunyu.json",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WordList:
    """Words of one list.

    Attributes:
        name: of the list.
        words: of `SHORTEST` to `LONGEST` hanzi, simplified.
        least: times that the text has to have a word of it from one cut to another.
        cohesion: least nats by which a word is likelier than its two likeliest parts would be
            side by side by chance; lists that were cut by machine hold pieces of sentences.
    """

    name: str
    words: frozenset[str]
    least: int = 0
    cohesion: float = float("-inf")


def word_lists(folder: Path) -> Iterator[WordList]:
    """All lists.

    Args:
        folder: holds clones of the repositories, named as they are.

    Raises:
        OSError: one of them is missing.
        ImportError: a package of the `train` extra is.
    """
    yield WordList("jieba", _fitting(_jieba()), least=3)
    yield WordList("CC-CEDICT", _fitting(_phrases("cc_cedict")))
    yield WordList("zdic_cybs", _fitting(_phrases("zdic_cybs")))
    for name in ("large_pinyin", "zdic_cibs"):
        yield WordList(name, _fitting(_phrases(name)), least=3)
    yield WordList("wordfreq", _fitting(_wordfreq()), least=5, cohesion=4.0)
    thuocl = folder / "THUOCL" / "data"
    for path in _some(thuocl.glob("THUOCL_*.txt"), thuocl):
        # The places hold stops of buses and addresses; what nobody wrote about is left out.
        least = 1 if path.stem.endswith("diming") else 0
        yield WordList(path.stem, _fitting(_first_columns(path)), least=least)
    places, short = _places(folder / "Administrative-divisions-of-China" / "dist")
    yield WordList("places", _fitting(places))
    yield WordList("places, short", _fitting(short), least=3)
    names = folder / "Chinese-Names-Corpus"
    idioms = names / "Chinese_Dict_Corpus" / "ChengYu_Corpus（5W）.txt"
    yield WordList("idioms", _fitting(_first_columns(idioms)))
    people = names / "Chinese_Names_Corpus" / "Ancient_Names_Corpus（25W）.txt"
    yield WordList(
        "historical persons", _fitting(_simplified(_first_columns(people))), 5, cohesion=4.0
    )
    poems = [folder / "chinese-poetry" / name for name in _POEMS]
    yield WordList("verses", _fitting(_simplified(_verses(poems))))


def table_readings() -> dict[str, list[tuple[str, ...]]]:
    """Readings of words by the phrase tables, CC-CEDICT's first."""
    from pypinyin.contrib.tone_convert import to_normal

    normal = cache(partial(to_normal, v_to_u=False))
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for name in _TABLES:
        for word, spelled in _phrases(name).items():
            if SHORTEST <= len(word) == len(spelled) <= LONGEST:
                reading = tuple(normal(one[0]) for one in spelled)
                if reading not in found[word]:
                    found[word].append(reading)
    return found


def _fitting(words: Iterable[str]) -> frozenset[str]:
    return frozenset(
        word for word in words if SHORTEST <= len(word) <= LONGEST and all(map(is_hanzi, word))
    )


def _some(paths: Iterable[Path], folder: Path) -> list[Path]:
    found = sorted(paths)
    if not found:
        raise FileNotFoundError(f"{folder} holds none of the lists")
    return found


def _jieba() -> Iterator[str]:
    import jieba

    with jieba.get_dict_file() as lines:
        for line in lines:
            yield line.decode("utf-8").split()[0]


def _phrases(name: str) -> dict[str, list[list[str]]]:
    table: dict[str, list[list[str]]] = import_module(
        f"pypinyin_dict.phrase_pinyin_data.{name}"
    ).phrases_dict
    return table


def _wordfreq() -> Iterable[str]:
    from wordfreq import get_frequency_dict

    frequencies: dict[str, float] = get_frequency_dict("zh", "large")
    return frequencies


def _first_columns(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return [fields[0] for fields in map(str.split, lines) if fields]


def _simplified(words: Iterable[str]) -> list[str]:
    from opencc import OpenCC

    return [*map(OpenCC("t2s").convert, words)]


def _places(folder: Path) -> tuple[set[str], set[str]]:
    """Administrative places, and the same without what kind of place each is."""
    names: set[str] = set()
    for name in ("pcas.json", "HK-MO-TW.json"):
        names.update(_strings(json.loads((folder / name).read_text(encoding="utf-8"))))
    return names, {_PLACE_KIND.sub("", name) for name in names}


def _verses(paths: Iterable[Path]) -> set[str]:
    """Lines of poems from mark to mark."""
    return {
        verse
        for path in paths
        for text in _strings(json.loads(path.read_text(encoding="utf-8")))
        for verse in _HANZI.findall(text)
        if len(verse) >= LEAST_VERSE
    }


def _strings(value: object) -> Iterator[str]:
    """Every string in what JSON holds, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
