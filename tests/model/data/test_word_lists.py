from __future__ import annotations

import json
from pathlib import Path

import pytest

from model.data.word_lists import LONGEST, SHORTEST, WordList, table_readings, word_lists
from model.vocab import is_hanzi

pytest.importorskip("jieba")
pytest.importorskip("pypinyin_dict")
pytest.importorskip("opencc")
pytest.importorskip("wordfreq")

PLACES = {"浙江省": {"丽水市": {"景宁畲族自治县": ["沙湾镇", "红星街道"]}}}
POEM = [
    {"author": "李白", "paragraphs": ["床前明月光，疑是地上霜。", "舉頭望明月，低頭思故鄉。"]}
]
FILES = {
    "THUOCL/data/THUOCL_food.txt": "\ufeff土豆\t17\n苹果 \t 3\nA型血\t2\n\n",
    "THUOCL/data/THUOCL_diming.txt": "金家村桥东\t1\n",
    "Administrative-divisions-of-China/dist/pcas.json": json.dumps(PLACES),
    "Administrative-divisions-of-China/dist/HK-MO-TW.json": json.dumps({"台湾省": {}}),
    "Chinese-Names-Corpus/Chinese_Dict_Corpus/ChengYu_Corpus（5W）.txt": "四通八达\n",
    "Chinese-Names-Corpus/Chinese_Names_Corpus/Ancient_Names_Corpus（25W）.txt": "錢炘和\n",
    "chinese-poetry/全唐诗/唐诗三百首.json": json.dumps(POEM),
    "chinese-poetry/宋词/宋词三百首.json": "[]",
    "chinese-poetry/蒙学/tangshisanbaishou.json": "[]",
    "chinese-poetry/蒙学/qianjiashi.json": "[]",
    "chinese-poetry/诗经/shijing.json": "[]",
    "chinese-poetry/论语/lunyu.json": "[]",
}


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> dict[str, WordList]:
    folder = tmp_path_factory.mktemp("lists")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return {one.name: one for one in word_lists(folder)}


def test_words_are_hanzi_of_a_length_that_is_looked_up(lists: dict[str, WordList]) -> None:
    for one in lists.values():
        assert one.words
        assert all(SHORTEST <= len(word) <= LONGEST for word in one.words)
        assert all(map(is_hanzi, "".join(one.words)))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("THUOCL_food", {"土豆", "苹果"}),
        ("THUOCL_diming", {"金家村桥东"}),
        ("places", {"浙江省", "丽水市", "景宁畲族自治县", "沙湾镇", "红星街道", "台湾省"}),
        ("places, short", {"浙江", "丽水", "景宁畲族", "沙湾", "红星", "台湾"}),
        ("idioms", {"四通八达"}),
        ("historical persons", {"钱炘和"}),
        ("verses", {"床前明月光", "疑是地上霜", "举头望明月", "低头思故乡"}),
    ],
)
def test_lists_of_repositories_are_read(
    lists: dict[str, WordList], name: str, words: set[str]
) -> None:
    assert lists[name].words == words


@pytest.mark.parametrize("name", ["jieba", "CC-CEDICT", "large_pinyin", "wordfreq"])
def test_lists_of_packages_are_read(lists: dict[str, WordList], name: str) -> None:
    assert len(lists[name].words) > 80_000
    assert "中国" in lists[name].words


def test_only_what_is_sure_needs_no_evidence(lists: dict[str, WordList]) -> None:
    assert lists["CC-CEDICT"].least == 0
    assert lists["wordfreq"].least > 0
    assert lists["wordfreq"].cohesion > 0


def test_missing_repository_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="THUOCL"):
        [*word_lists(tmp_path)]


def test_tables_read_whole_words() -> None:
    tables = table_readings()
    assert ("chong", "men") in tables["重门"]
    assert all(len(word) == len(r) for word in ("银行", "绿色") for r in tables[word])
    assert tables["绿色"][0] == ("lv", "se")
